"""What a learner's code may not do while it is checked, and how much of everything it gets.

Two kinds of limit. The operating system's (`limit_resources`) hold whatever the code does. The audit hook
(`Fences`, PEP 578) names what the code tried, so that the learner reads "your code opens a connection to
example.org" and not a time-out. The hook is a fence for accidents and no sandbox: the learner owns this
machine, and code that wants to can get around it.
"""

import io
import os
import resource
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

MEMORY = 2 * 1024**3  # bytes of address space. macOS has no such limit; there the system's own holds
FILE = 16 * 1024**2  # bytes of one file
CPU = 10  # seconds; the clock on the wall stops earlier, this is for what has got away from it
PRINTED = 4_000  # characters of output that are kept

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def limit_resources() -> None:
    """Give this process the limits of a check. What a system does not know is left out."""
    for limit, amount in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, FILE),
        (resource.RLIMIT_CPU, CPU),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # macOS refuses RLIMIT_AS; a hard limit may be lower already
            resource.setrlimit(limit, (amount, amount))


class Refused(PermissionError):
    """The code tried what a check does not allow."""


class Fences:
    """The audit hook of one process, which cannot be taken out again. `refused` is what it refused first."""

    def __init__(self, *folders: Path) -> None:
        """`folders` are those in which files may be changed."""
        self.port: int | None = None  # of the check's own site, the one place to connect to
        self.may_bind = False  # while that site is opened
        self.refused: dict[str, str] | None = None
        self._folders = tuple(os.path.realpath(folder) + os.sep for folder in folders)
        self._watched = self._handlers()

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        handler = self._watched.get(event)
        if handler:
            handler(event, *arguments)

    def _handlers(self) -> dict[str, Callable[..., None]]:
        paths = "remove mkdir rmdir truncate chmod chown utime rename link symlink".split()
        processes = "system exec fork forkpty posix_spawn spawn kill killpg".split()
        return {
            "open": self._opens,
            **{f"os.{name}": self._changes for name in paths},
            **{f"os.{name}": self._starts for name in processes},
            "subprocess.Popen": self._starts,
            "pty.spawn": self._starts,
            "socket.connect": self._connects,
            "socket.sendto": self._connects,
            "socket.bind": self._binds,
            "socket.getaddrinfo": self._looks_up,
            "socket.gethostbyname": self._looks_up,
        }

    def _opens(self, event: str, path: Any, mode: str | None, flags: int) -> None:
        if flags & _WRITES and not isinstance(path, int):
            self._must_be_inside(path, "opens for writing")

    def _changes(self, event: str, path: Any, *more: Any) -> None:
        # A rename has two paths; the other arguments that are text or bytes are paths too.
        for each in (path, *more):
            if isinstance(each, str | bytes | os.PathLike):
                self._must_be_inside(each, event.removeprefix("os.") + "s")

    def _must_be_inside(self, path: Any, verb: str) -> None:
        name = os.path.realpath(os.fsdecode(path))
        if name != os.devnull and not (name + os.sep).startswith(self._folders):
            self._refuse("writes", f"your code {verb} {os.fsdecode(path)}")

    def _starts(self, event: str, *what: Any) -> None:
        self._refuse("starts-process", f"your code calls {event}")

    def _binds(self, event: str, sock: socket.socket, address: Any) -> None:
        if not self.may_bind:
            self._refuse("elsewhere", "your code opens a port of its own")

    def _connects(self, event: str, sock: socket.socket, address: Any) -> None:
        host, port = (*address[:2],) if isinstance(address, tuple) else (address, None)
        if host not in _LOOPBACK or port != self.port:
            self._refuse("elsewhere", f"your code connects to {host}" + (f":{port}" if port else ""))

    def _looks_up(self, event: str, host: Any, *more: Any) -> None:
        name = os.fsdecode(host) if isinstance(host, bytes) else host
        if name and name not in _LOOPBACK:
            self._refuse("elsewhere", f"your code looks up the host {name}")

    def _refuse(self, key: str, what: str) -> None:
        if self.refused is None:
            self.refused = {"key": key, "what": what}
        raise Refused(f"not in a check: {what}")


class Printed(io.TextIOBase):
    """Takes what the code prints: keeps the first `PRINTED` characters, and counts the rest."""

    def __init__(self) -> None:
        self.text = ""
        self.count = 0
        self._taken = 0

    def take(self) -> str:
        """What has been printed since the last call of this, as far as it was kept."""
        new, self._taken = self.text[self._taken :], len(self.text)
        return new

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.count += len(text)
        if len(self.text) < PRINTED:
            self.text += text[: PRINTED - len(self.text)]
        return len(text)
