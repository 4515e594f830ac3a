"""One JSON value a line over a socket: between a check and the learner's process, and along the workers."""

import json
import select
import socket
import time
from typing import Any

LARGEST = 4 * 1024**2  # bytes of one line; more is no answer to anything that a check asks


class Closed(Exception):
    """The other side is gone, or what it sent is no line of JSON."""


class Late(Exception):
    """Nothing came before the deadline."""


class Channel:
    """One end of a connected pair of sockets."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._rest = b""

    @classmethod
    def pair(cls) -> tuple["Channel", "Channel"]:
        here, there = socket.socketpair()
        return cls(here), cls(there)

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, value: Any) -> None:
        """Send one value. Raises Closed when nobody can receive it."""
        try:
            self._socket.sendall(json.dumps(value).encode() + b"\n")
        except OSError as error:
            raise Closed from error

    def receive(self, deadline: float | None = None) -> Any:
        """The next value. `deadline` is a reading of time.monotonic(). Raises Closed or Late."""
        while b"\n" not in self._rest:
            self._wait(deadline)
            try:
                more = self._socket.recv(65536)
            except OSError as error:
                raise Closed from error
            if not more or len(self._rest) > LARGEST:
                raise Closed
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\n")
        try:
            return json.loads(line)
        except (ValueError, RecursionError) as error:
            raise Closed from error

    def _wait(self, deadline: float | None) -> None:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        if not select.select([self._socket], [], [], left)[0]:
            raise Late

    def close(self) -> None:
        self._socket.close()
