"""The worker's hold on the answer process: start it, ask it for things within the time limit, end it.

What comes back is only looked at as data. Whatever happens to the process becomes a `CouldNotRun` with the
message for it.
"""

import os
import signal
import socket
import struct
import time
from contextlib import suppress
from multiprocessing import Pipe
from typing import Any, NoReturn

from jwtlab.checker.answer.child import Job, become_answer_process
from jwtlab.checker.answer.codec import Closed, Late, Reference, decode, encode, receive, send
from jwtlab.checker.verdict import CouldNotRun, Fail

_LAST_WORDS = 0.3  # seconds more, in which it may say where it is
_REST = struct.pack("ll", 10, 0)  # seconds, as `struct timeval`: so long may the rest of a message take


class Handle:
    """One answer process, which lives from the making of this to `end`."""

    def __init__(self, job: Job, limit: float) -> None:
        """Start it. `limit` is how many seconds it has, for all calls and requests together."""
        self.allow(limit)
        self._connection, theirs = Pipe()
        with socket.socket(fileno=os.dup(self._connection.fileno())) as end:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _REST)
        self._printed = 0
        self.said = ""  # what the code printed while it did what it was last asked
        self._is_over = False
        self._status: int | None = None  # with which it ended by itself; below 0, by which signal
        self._pid = os.fork()
        if self._pid == 0:
            self._connection.close()
            become_answer_process(job, theirs)
        theirs.close()

    def ask(self, do: str, sent: str = "your code", **arguments: Any) -> Any:
        """Return the value of one command. `sent` is how a message names what was asked.

        Raise Raised for an error of the learner's code, CouldNotRun where there is no answer to this.
        """
        request = {"do": do, "with": encode(arguments, self._here)}
        try:
            send(self._connection, request)
            reply = receive(self._connection, self.deadline)
        except Late:
            self.stuck(sent)
        except Closed:
            self._died(sent)
        return self._read(reply, sent)

    def _here(self, value: Any) -> Reference:
        reference = getattr(value, "reference", None)
        if not isinstance(reference, Reference):
            raise TypeError(f"{type(value).__name__} cannot be handed to the learner's code")
        return reference

    def _read(self, reply: Any, sent: str) -> Any:
        try:
            if "broken" in reply:
                raise RuntimeError(str(reply["broken"]))
            self._printed = int(reply.get("printed", self._printed))
            self.said = str(reply.get("said", ""))
            if refused := reply.get("refused"):
                self._refused(refused, sent)
            if replaced := reply.get("replaced"):
                self._replaced(replaced, sent)
            if "missing" in reply:
                wanted = f"a name `{reply['missing']}`"
                raise Fail(
                    "missing-name", sent=sent, saw=f"no `{reply['missing']}` in your answer", wanted=wanted
                )
            if "error" in reply:
                no_room(reply["error"], sent)
                raise Raised(reply["error"])
            return decode(reply["value"], lambda reference: reference)
        except (AttributeError, TypeError, ValueError, LookupError):
            self._died(sent)

    def allow(self, seconds: float) -> None:
        """Give the code so many seconds from now on."""
        self._limit = seconds
        self.deadline = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left of the limit, for a request to the site."""
        return max(0.01, self.deadline - time.monotonic())

    @property
    def printed(self) -> int:
        """How many characters the code has printed so far."""
        return self._printed

    def _refused(self, refused: dict[str, str], sent: str) -> NoReturn:
        wanted = "code that stays in its folder, its process and its site"
        raise CouldNotRun(str(refused["key"]), sent=sent, saw=str(refused["what"])[:300], wanted=wanted)

    def _replaced(self, name: str, sent: str) -> NoReturn:
        saw = f"`{str(name)[:100]}` is not the original any more"
        raise CouldNotRun("replaced", sent=sent, saw=saw, wanted="the libraries and the check as they came")

    def stuck(self, sent: str) -> NoReturn:
        """Fail because the time is up, once the code has been asked where it is and was ended."""
        frames = self._last_words()
        self.end()
        where = at_line(frames) or ", in a place that does not say where"
        saw = f"nothing after {round(self._limit)} seconds: still running{where}"
        raise CouldNotRun(
            "timed-out", sent=sent, saw=saw, wanted=f"an end within {round(self._limit)} seconds"
        )

    def _last_words(self) -> list[dict[str, Any]]:
        until = time.monotonic() + _LAST_WORDS
        with suppress(Late, Closed, ProcessLookupError):
            os.kill(self._pid, signal.SIGALRM)
            while True:  # an answer that came too late may be before it in the line
                words = receive(self._connection, until)
                if isinstance(words, dict) and isinstance(words.get("stuck"), list):
                    return list(words["stuck"])
        return []

    def _died(self, sent: str) -> NoReturn:
        self.end(_LAST_WORDS)
        saw = "its process ended in the middle of the check" + _in_words(self._status)
        raise CouldNotRun("process-died", sent=sent, saw=saw, wanted="a process that lives to the end")

    def end(self, patience: float = 0.0) -> None:
        """End the process, after `patience` seconds in which it may do so itself."""
        if self._is_over:
            return
        self._is_over = True
        self._connection.close()
        until = time.monotonic() + patience
        while not (ended := os.waitpid(self._pid, os.WNOHANG))[0]:
            if time.monotonic() >= until:
                self._kill()
                return
            time.sleep(0.005)
        self._status = os.waitstatus_to_exitcode(ended[1])

    def _kill(self) -> None:
        for kill in (os.killpg, os.kill):  # it may not have come to its setsid() yet
            with suppress(ProcessLookupError, PermissionError):  # macOS: not permitted where only zombies are
                kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)


def _in_words(status: int | None) -> str:
    if status is None:
        return ""
    return f": exit status {status}" if status >= 0 else f": signal {signal.Signals(-status).name}"


class Raised(Exception):
    """The learner's code raised where the check had called it."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["text"])
        self.error = error


def no_room(error: dict[str, Any], sent: str) -> None:
    """Raise CouldNotRun for an error that says that the memory was used up."""
    if "MemoryError" in error["kinds"]:
        saw = error["text"] + at_line(error["frames"])
        raise CouldNotRun("memory", sent=sent, saw=saw, wanted="code that needs less than 2 GB")


def at_line(frames: list[dict[str, Any]]) -> str:
    """`, line 4: while True:` of the innermost frame; empty where there is none."""
    if not frames:
        return ""
    frame = frames[-1]
    file = f"{frame['file']}, " if frame["file"] else ""
    inside = f" in {frame['name']}" if frame["name"] not in ("", "<module>") else ""
    return f", {file}line {int(frame['line'])}{inside}: {str(frame['text'])[:120]}"
