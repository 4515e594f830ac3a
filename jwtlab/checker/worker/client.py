"""The learner's end of the checks: the client, which starts a warm worker and asks it, and a session at work.

This runs in the learner's kernel or terminal. The notebook's magic and the terminal's commands both go
through a `Session`, which finds the exercise, has the answer checked and records the outcome: so both say the
same.
"""

import os
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from jwtlab.checker.answer.codec import Closed, Late, receive, send
from jwtlab.checker.catalogue import Answer, Catalogue, Exercise
from jwtlab.checker.verdict import NOT_ATTEMPTED, PASSED, Verdict, prose
from jwtlab.errors import LabError
from jwtlab.show import html
from jwtlab.site.processes import environment
from jwtlab.workspace.files import COURSE
from jwtlab.workspace.progress import EXERCISES, Progress

LIMIT = 3.0  # seconds for the learner's code in one check, all calls and requests together
# A learner's client must reach the site. And on macOS, to look for the system's proxies in a forked process
# crashes it (https://github.com/python/cpython/issues/74570); requests does not look where this is set.
_AROUND_PROXIES = dict.fromkeys(("no_proxy", "NO_PROXY"), "127.0.0.1,localhost")
_BUSIEST = 3.0  # how much longer the code gets, at most, where others use the machine too
_PATIENCE = 60.0  # seconds more for everything else; the first check may have to make the database


class WorkerError(LabError):
    """There is no worker that checks."""


class Client:
    """The client of one warm worker, which does one check at a time and ends with this process."""

    def __init__(self, limit: float = LIMIT) -> None:
        """`limit` is how many seconds the code of an answer has."""
        self._limit = limit
        self._lock = threading.Lock()
        self._worker: _Worker | None = None
        _clients.add(self)

    def check(
        self, exercise: Exercise, answer: Answer, hold: Callable[[Verdict], None] | None = None
    ) -> Verdict:
        """Return what is to be said of `answer`: text, or for a project its files by path.

        With `hold`, the site stays up after the verdict until `hold` returns. Raise WorkerError where no
        worker can be had.
        """
        if exercise.is_untouched(answer):
            return Verdict(exercise.id, exercise.title, NOT_ATTEMPTED)
        request = {
            "do": "check",
            "exercise": exercise.as_json(),
            "answer": answer if isinstance(answer, str) else dict(answer),
            "limit": self._limit * _busy(),
            "keep": hold is not None,
        }
        with self._lock:
            for _ in range(2):  # the worker may have gone to sleep, or was killed: once more with a new one
                try:
                    return self._ask(request, hold)
                except Closed:
                    self._end()
                except BaseException:  # its verdict is still to come, and would be taken for the next one's
                    self._end()
                    raise
        raise WorkerError("The worker that checks answers ended twice. Run `make doctor`.")

    def _ask(self, request: dict[str, Any], hold: Callable[[Verdict], None] | None) -> Verdict:
        connection = self._open().connection
        send(connection, request)
        verdict = self._receive(connection)
        if hold and verdict.pop("held", False):
            hold(Verdict.from_json(verdict))
            send(connection, {"do": "release"})
            verdict = self._receive(connection)
        return Verdict.from_json(verdict)

    def _receive(self, connection: Connection) -> dict[str, Any]:
        try:
            verdict: dict[str, Any] = receive(connection, time.monotonic() + self._limit + _PATIENCE)
        except Late:
            raise WorkerError("The worker that checks answers does not answer. Check again.") from None
        return verdict

    def _open(self) -> "_Worker":
        if self._worker is None:
            self._worker = _Worker.start()
        return self._worker

    @property
    def pid(self) -> int | None:
        """The process id of the worker's watchdog, whose child the worker is; None without a worker."""
        return self._worker.watchdog.pid if self._worker else None

    def warm_up(self) -> None:
        """Start the worker now, so that the first check does not wait for it."""
        with self._lock:
            self._open()

    def close(self) -> None:
        """End the worker. The next check starts another."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._worker:
            self._worker.end()
            self._worker = None

    def forget(self) -> None:
        """Let go of the worker without ending it: in a forked process, whose parent goes on with it."""
        if self._worker:
            self._worker.let_go()
        self._worker, self._lock = None, threading.Lock()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


@dataclass(frozen=True)
class _Worker:
    """A worker as its client has it: the connection to it, and the watchdog, which lives as long as it."""

    connection: Connection
    watchdog: subprocess.Popen[bytes]

    @classmethod
    def start(cls) -> "_Worker":
        here, there = Pipe()
        watchdog = subprocess.Popen(
            [sys.executable, "-m", "jwtlab.checker.worker", str(there.fileno())],
            pass_fds=(there.fileno(),),
            cwd=COURSE,
            env=environment(PYTHONPATH=str(COURSE), **_AROUND_PROXIES),
            stdin=subprocess.PIPE,  # ends when this process has, and with it the worker
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # an interrupt of the notebook is not meant for it
        )
        there.close()
        return cls(here, watchdog)

    def let_go(self) -> None:
        self.connection.close()
        if self.watchdog.stdin:
            self.watchdog.stdin.close()

    def end(self) -> None:
        """End it, and wait until its processes and its folder are gone."""
        self.let_go()
        try:
            self.watchdog.wait(10)
        except subprocess.TimeoutExpired:
            self.watchdog.kill()
            self.watchdog.wait()


def _busy() -> float:
    """How many times as long as on an idle machine things may take now, from 1 to `_BUSIEST`."""
    return min(_BUSIEST, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))


# A forked process (multiprocessing) inherits the ends of pipes by which a worker knows that its kernel lives.
_clients: "weakref.WeakSet[Client]" = weakref.WeakSet()


def _forget_workers() -> None:
    for client in _clients:
        client.forget()


os.register_at_fork(after_in_child=_forget_workers)


# --- A session ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hint:
    """One hint, shown as text and as HTML."""

    id: str
    number: int
    of: int
    text: str

    def __str__(self) -> str:
        head = f"hint {self.number} of {self.of} · {self.id}"
        return "\n".join((head, *html.fold(self.text)))

    __repr__ = __str__

    def _repr_html_(self) -> SafeString:
        head = f"hint {self.number} of {self.of}"
        badge = html.badge(head, html.PLUM)
        return format_html("<p>{} {} · {}</p>", badge, self.id, prose(self.text))


@dataclass
class Session:
    """One learner at work: the exercises, the client of the warm worker, and the record."""

    catalogue: Catalogue = field(default_factory=Catalogue)
    client: Client = field(default_factory=Client)

    def check(self, exercise: Exercise, hold: Callable[[Verdict], None] | None = None) -> Verdict:
        """Check the learner's present answer and record the outcome. `hold` is as in `Client.check`."""
        verdict = self.client.check(exercise, self.catalogue.answer(exercise), hold)
        if verdict.outcome != NOT_ATTEMPTED:
            outcome, key = verdict.outcome, verdict.key
            Progress().record(EXERCISES, exercise.id, outcome=outcome, passed=outcome == PASSED, key=key)
        return verdict

    def hint(self, which: str) -> Hint:
        """Return the next hint for an exercise; after the last one, the last one again."""
        exercise = self.catalogue.find(which)
        number = Progress().take_hint(exercise.id, len(exercise.hints))
        return Hint(exercise.id, number, len(exercise.hints), exercise.hints[number - 1])
