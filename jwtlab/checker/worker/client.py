"""The learner's end of the checks: starts the warm worker when it is first needed, and asks it."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from jwtlab.checker.answer.channel import Channel, Closed, Late
from jwtlab.checker.exercise import Answer, Exercise
from jwtlab.checker.verdict import NOT_ATTEMPTED, Verdict
from jwtlab.errors import LabError
from jwtlab.site.supervisor import environment
from jwtlab.workspace.files import COURSE

LIMIT = 3.0  # seconds for the learner's code in one check
# A learner's client must reach the site. And on macOS, to look for the system's proxies in a forked process
# crashes it (https://github.com/python/cpython/issues/74570); requests does not look where this is set.
_AROUND_PROXIES = dict.fromkeys(("no_proxy", "NO_PROXY"), "127.0.0.1,localhost")
_BUSIEST = 3.0  # how much longer the code gets, at most, where others use the machine too
_PATIENCE = 60.0  # seconds more for everything else; the first check may have to make the database


def _busy() -> float:
    """How many times as long as on an idle machine things may take now, from 1 to `_BUSIEST`."""
    return min(_BUSIEST, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))


class EngineError(LabError):
    """There is no worker that checks."""


class Engine:
    """One warm worker. It does one check at a time, and ends with the process that started it."""

    def __init__(self, limit: float = LIMIT) -> None:
        """`limit` is how many seconds the code of an answer has."""
        self._limit = limit
        self._lock = threading.Lock()
        self._channel: Channel | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner: int | None = None

    def check(
        self, exercise: Exercise, answer: Answer, hold: Callable[[Verdict], None] | None = None
    ) -> Verdict:
        """Return what is to be said of `answer`: text, or for a project its files by path.

        With `hold`, the site stays up after the verdict until `hold` returns.
        """
        if exercise.is_untouched(answer):
            return Verdict(exercise.id, exercise.title, NOT_ATTEMPTED)
        request = {
            "do": "check",
            "exercise": exercise.text,
            "answer": answer if isinstance(answer, str) else dict(answer),
            "limit": self._limit * _busy(),
            "keep": hold is not None,
        }
        with self._lock:
            try:
                return self._ask(request, hold)
            except KeyboardInterrupt:  # its verdict is still to come, and would be taken for the next one's
                self._abandon()
                raise
            except Closed:  # the worker had gone to sleep, or was killed: once more with a new one
                self._end()
            try:
                return self._ask(request, hold)
            except Closed:
                self._end()
                raise EngineError("The worker that checks answers ended twice. Run `make doctor`.") from None

    def _ask(self, request: dict[str, Any], hold: Callable[[Verdict], None] | None) -> Verdict:
        channel = self._open()
        channel.send(request)
        verdict = self._receive(channel)
        if verdict.pop("held", False):
            hold(Verdict.from_json(verdict))
            channel.send({"do": "release"})
            verdict = self._receive(channel)
        return Verdict.from_json(verdict)

    def _receive(self, channel: Channel) -> dict[str, Any]:
        try:
            return channel.receive(time.monotonic() + self._limit + _PATIENCE)
        except Late:
            self._end()
            raise EngineError("The worker that checks answers does not answer. Check again.") from None

    def _open(self) -> Channel:
        if self._channel is None or self._owner != os.getpid():  # a forked process starts its own
            here, there = socket.socketpair()
            with there:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "jwtlab.checker.worker.worker", str(there.fileno())],
                    pass_fds=(there.fileno(),),
                    cwd=COURSE,
                    env=environment(PYTHONPATH=str(COURSE), **_AROUND_PROXIES),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    start_new_session=True,  # an interrupt of the notebook is not meant for it
                )
            self._channel, self._owner = Channel(here), os.getpid()
        return self._channel

    def warm_up(self) -> None:
        """Start the worker now, so that the first check does not wait for it."""
        with self._lock:
            self._open()

    def close(self) -> None:
        """End the worker. The next check starts another."""
        with self._lock:
            self._end()

    def _abandon(self) -> None:
        """Let go of the worker without waiting: it ends by itself, after the check that it is at."""
        self._channel.close()
        self._channel = None

    def _end(self) -> None:
        if self._channel is None or self._owner != os.getpid():
            return
        self._channel.close()
        self._channel = None
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, 9)  # its own session, with the workers of the faces in it
            self._process.wait()

    def __enter__(self) -> "Engine":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
