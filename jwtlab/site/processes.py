"""Processes that end with this one, however it ends, and the private folder that goes with them.

A `Supervisor` is this process's end of one watchdog (`jwtlab/site/watchdog.py`), which is started first, owns
the folder and starts all processes of one site or one browser:

    with Supervisor("jwtlab-site-") as supervisor:
        log = supervisor.folder / "server.log"
        server = supervisor.start(command, cwd=project, env=environment(), log=log)
        port = server.wait_for(PortNamed("Listening at: http://127.0.0.1:"), Deadline(60))

What a process is waited for has a type of its own: `PortNamed`, `LinesWritten`, `FileMade`. One `Deadline`
goes through all levels of a start. Nothing here knows of faces, lab worlds and notebooks; the rest of
`jwtlab.site` does. Works on Linux and macOS.
"""

import fcntl
import itertools
import marshal
import math
import os
import re
import secrets
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import cache
from io import FileIO, TextIOWrapper
from pathlib import Path
from typing import Literal, Protocol, Self, TypeVar

import psutil

from jwtlab.errors import LabError
from jwtlab.site.log import reason

WATCHDOG = Path(__file__).with_name("watchdog.py")
WATCHDOG_TIMEOUT = 20  # seconds; the watchdog answers at once, so only a machine that stands still needs them
LOST = "has lost its watchdog, which would have ended it with this kernel, and was ended now"
LOOK_AGAIN = 0.01  # seconds between two looks at whether what is waited for has come

# What a kernel's environment may hold that would change how a Django process starts or what it prints.
NOT_PASSED_ON = {
    "DJANGO_SETTINGS_MODULE",  # of some other project
    "LAB_WORLD",
    "PYTHONDONTWRITEBYTECODE",  # compiling the project anew at each start costs more than the watchdog does
    "PYTHONSAFEPATH",  # would hide the project's packages from its manage.py
    "PYTHONINSPECT",  # would keep a process that has failed waiting at a prompt
    "GUNICORN_CMD_ARGS",  # Gunicorn takes settings from these three
    "WEB_CONCURRENCY",
    "FORWARDED_ALLOW_IPS",
    "GUNICORN_PID",  # by which Gunicorn hands its sockets to the next Gunicorn
    "GUNICORN_FD",
    "NOTIFY_SOCKET",  # by which systemd hears of its own service
    "NGINX",  # by which nginx hands its sockets to the next nginx
    "FORCE_COLOR",  # Jupyter sets these two for its kernels; Python 3.13 colours tracebacks by the first
    "CLICOLOR_FORCE",
    "PYTHON_COLORS",
}


# How to start a process: command, folder, environment, log, pipes (`jwtlab/site/watchdog.py`).
Details = tuple[list[bytes], bytes, dict[bytes, bytes], bytes, tuple[int, ...]]


class SiteError(LabError):
    """A site did not start, is gone, or was asked for something that it cannot do."""


class NotReady(Exception):
    """A process is not ready. The message says why, and reads on from the name of the process."""


class Deadline:
    """The moment up to which all that belongs together is waited for: `seconds` from its making."""

    def __init__(self, seconds: float = math.inf) -> None:
        self.seconds = seconds
        self._moment = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left: 0 or more."""
        return max(0.0, self._moment - time.monotonic())


NEVER = Deadline()

Found = TypeVar("Found", covariant=True)


class Awaited(Protocol[Found]):
    """What shows that a process is ready."""

    @property
    def missing(self) -> str:
        """What is said of a process that does not come so far, behind its name."""

    def look(self, output: str) -> Found | None:
        """Return what was found, given all that the process has printed, or None if it is not there yet."""


@dataclass(frozen=True)
class PortNamed:
    """The process prints `announcement` and behind it a number: the port on which it listens."""

    announcement: str
    missing: str = "has named no port"

    def look(self, output: str) -> int | None:
        """Return the port. It counts once something follows it: before that, digits may be missing."""
        found = re.search(re.escape(self.announcement) + r"(\d+)[^\d]", output)
        return int(found[1]) if found else None


@dataclass(frozen=True)
class LinesWritten:
    """The process writes `count` lines that begin with `start` into the file at `path`."""

    path: Path
    start: str
    count: int
    missing: str

    def look(self, output: str) -> Literal[True] | None:
        """Return True when there are as many."""
        return True if len(lines_of(self.path, self.start)) >= self.count else None


@dataclass(frozen=True)
class FileMade:
    """The process makes the file at `path`."""

    path: Path
    missing: str

    def look(self, output: str) -> Literal[True] | None:
        """Return True when the file is there."""
        return True if self.path.exists() else None


def lines_of(path: Path, start: str) -> list[str]:
    """Return what stands behind `start` in the lines of the file that begin so; nothing without a file."""
    text = path.read_text() if path.exists() else ""
    return [line.removeprefix(start) for line in text.splitlines() if line.startswith(start)]


class Process:
    """A process that a watchdog has started, and its process group.

    `pid` is its process id, and no other process's until `kill` is called or its watchdog ends. `exit_status`
    is None as long as it runs, and -N if signal N has ended it.
    """

    def __init__(self, supervisor: "Supervisor", number: int, log: Path) -> None:
        self.pid = 0  # until the watchdog has told it, before `Supervisor.start` returns
        self.exit_status: int | None = None
        self._supervisor = supervisor
        self._number = number
        self._log = log
        self._begin = log.stat().st_size if log.exists() else 0

    @property
    def is_running(self) -> bool:
        """Whether it runs and still has its watchdog."""
        self._supervisor.listen()
        return self._supervisor.end is None and self.exit_status is None

    @property
    def output(self) -> str:
        """What has come into its log since it was started; another process may use the same log."""
        with suppress(FileNotFoundError), self._log.open("rb") as log:
            log.seek(self._begin)
            return TextIOWrapper(log, "utf-8", "replace").read()
        return ""

    def wait_for(self, awaited: Awaited[Found], deadline: Deadline) -> Found:
        """Return what `awaited` finds. Raise NotReady when the process has ended or the deadline passed."""
        while True:
            runs = self.is_running  # asked first: what it has printed before its end counts
            if (found := awaited.look(self.output)) is not None:
                return found
            if not runs:
                raise NotReady("did not start")
            if not deadline.left:
                raise NotReady(f"{awaited.missing} in {deadline.seconds:g} seconds")
            self._supervisor.listen(deadline.left)

    def wait(self, deadline: Deadline) -> int:
        """Return the exit status once it has ended. Raise NotReady when the deadline has passed."""
        while self.is_running:
            if not deadline.left:
                raise NotReady(f"has not ended in {deadline.seconds:g} seconds")
            self._supervisor.listen(deadline.left)
        return -1 if self.exit_status is None else self.exit_status

    def kill(self) -> None:
        """End it and the rest of its process group. What else its watchdog tells of it is not heard."""
        self._supervisor._kill(self._number)
        if self.exit_status is None:
            self.exit_status = -signal.SIGKILL


class Supervisor:
    """Starts processes that end with this one, and has a private folder that goes with them.

    The processes are killed and the folder is removed by `stop()`, at the end of a `with` block, with the
    last reference to this object, and as soon as this process has ended. `end` is None until then, and
    afterwards says how it came: "was stopped".

    With `piped=True`, the first process that is started has two pipes to this one: its descriptors 3, which
    it reads, and 4, which it writes. Their other ends are `to_process` and `from_process`, without a buffer.
    """

    to_process: FileIO
    from_process: FileIO

    def __init__(self, prefix: str, parent: Path | None = None, *, piped: bool = False) -> None:
        """Start a watchdog, which makes a folder called `prefix` and eight characters. Raise OSError.

        The folder is in `parent` or, without one, in the user's folder for temporary files.
        """
        self._path = Path(parent or tempfile.gettempdir()).absolute() / f"{prefix}{secrets.token_hex(4)}"
        self.end: str | None = None
        self._numbers = itertools.count(1)
        self._processes: weakref.WeakValueDictionary[int, Process] = weakref.WeakValueDictionary()
        # The watchdog's answers to commands, by number: a process id, or minus the system's errno.
        self._answers: dict[int, int] = {}
        self._heard = b""  # the beginning of a line from the watchdog
        self._lock = threading.RLock()
        self._is_clean = False  # nothing is left to end or to remove
        self._watchdog: subprocess.Popen[bytes] | None = None
        self._pipes = self._open_pipes() if piped else ()
        commands, self._commands = _pipe()
        self._events, events = _pipe()
        self._events_number = self._events.fileno()
        os.set_blocking(self._events_number, False)
        _supervisors.add(self)
        _watch_for_forks()
        try:
            with commands, events:
                self._start_watchdog(commands, events)
        except BaseException:
            self.stop()
            raise

    @property
    def folder(self) -> Path:
        """The private folder, readable by this user alone, once it is there. Raise OSError if none comes."""
        self._answer(0, about=self._path)
        return self._path

    def start(
        self, command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str], log: Path
    ) -> Process:
        """Start `command` in the folder `cwd`; what it prints is added to the file `log`. Raise OSError.

        It has nothing to read on standard input, and no environment but `env`.
        """
        number = next(self._numbers)
        process = self._processes[number] = Process(self, number, log)
        words = [os.fsencode(word) for word in command]
        variables = {os.fsencode(name): os.fsencode(value) for name, value in env.items()}
        pipes, self._pipes = self._pipes, ()
        try:
            self._send(number, (words, os.fsencode(cwd), variables, os.fsencode(log), pipes))
            process.pid = self._answer(number, about=command[0])
        except BaseException:
            self._kill(number)
            raise
        return process

    def run(
        self, command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str], deadline: Deadline = NEVER
    ) -> tuple[int, str]:
        """Run `command` to its end. Return its exit status and what it printed, in the order of printing.

        Raise OSError when it cannot be started, and NotReady when it has not ended before the deadline.
        """
        log = self.folder / f"output-{secrets.token_hex(4)}"
        process = self.start(command, cwd=cwd, env=env, log=log)
        try:
            return process.wait(deadline), process.output
        finally:
            process.kill()
            log.unlink(missing_ok=True)

    def stop(self, end: str = "was stopped") -> None:
        """Kill the processes and remove the folder. `end` says how it came, if nothing has ended them before.

        The second time, and in a forked child, this does nothing.
        """
        self.end = self.end or end
        self._commands.close()  # ends even a watchdog whose start was interrupted, so that nobody knows it
        if self._watchdog is not None:
            deadline = Deadline(WATCHDOG_TIMEOUT)
            while self._watchdog is not None and deadline.left:
                self.listen(deadline.left)
            with self._lock:
                if self._watchdog is not None:
                    self._watchdog.kill()
                    self._collect(self._watchdog)
        if not self._is_clean:
            shutil.rmtree(self._path, ignore_errors=True)
            self._is_clean = True

    def listen(self, seconds: float = 0) -> None:
        """Take in what the watchdog says, waiting up to so many seconds for it to say something.

        It may return sooner, with nothing new: whoever waits for something asks again.
        """
        if self._watchdog is None:
            return
        waiting = select.poll()
        waiting.register(self._events_number, select.POLLIN)  # which another thread may close meanwhile
        # Another thread may have taken in what this one waits for since it has looked: so never for long.
        waiting.poll(math.ceil(1000 * min(seconds, LOOK_AGAIN)))
        with self._lock:
            if self._watchdog is None:  # another thread has heard the end
                return
            said = self._events.read(4096)  # None: nothing new; b"": the watchdog has ended
            *lines, self._heard = (self._heard + (said or b"")).split(b"\n")
            for word, number, value in map(bytes.split, lines):
                self._hear(word, int(number), int(value))
            if said == b"":
                self._collect(self._watchdog)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def _start_watchdog(self, commands: FileIO, events: FileIO) -> None:
        self._watchdog = subprocess.Popen(
            [sys.executable, "-I", "-S", WATCHDOG, self._path],
            cwd="/",
            stdin=commands,
            stdout=events,
            start_new_session=True,
            pass_fds=self._pipes,
        )
        for pipe in self._pipes:
            os.close(pipe)

    def _open_pipes(self) -> tuple[int, ...]:
        """Open the pipes of a piped process. Return its ends, with higher numbers than it will have."""
        reads, self.to_process = _pipe()
        self.from_process, writes = _pipe()
        with reads, writes:
            return tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 5) for end in (reads, writes))

    def _answer(self, number: int, *, about: str | Path) -> int:
        """Wait for the watchdog's answer to a command and return it. Raise OSError when it could not."""
        deadline = Deadline(WATCHDOG_TIMEOUT)
        while (answer := self._answers.get(number)) is None:
            if self.end or not deadline.left:
                raise OSError(f"the watchdog of {self._path} has ended or does not answer")
            self.listen(deadline.left)
        if answer < 0:
            raise OSError(-answer, os.strerror(-answer), str(about))
        return answer

    def _send(self, number: int, details: Details | None) -> None:
        """Send the watchdog a command. Raise OSError when it is gone."""
        data = marshal.dumps((number, details))
        data = len(data).to_bytes(4, "big") + data
        with self._lock:
            try:
                while data:
                    data = data[self._commands.write(data) :]
            except ValueError:  # closed
                raise BrokenPipeError(f"the watchdog of {self._path} has ended") from None

    def _kill(self, number: int) -> None:
        self._processes.pop(number, None)
        with suppress(OSError):  # with its watchdog gone, the process is gone too
            self._send(number, None)

    def _hear(self, word: bytes, number: int, value: int) -> None:
        """Take in one line of the watchdog (`jwtlab/site/watchdog.py` says which there are)."""
        if word in (b"ready", b"pid"):
            self._answers[number] = value
        elif word == b"failed":
            self._answers[number] = -value
        elif word == b"gone":
            self._is_clean = True
        elif word == b"exit" and (process := self._processes.get(number)):
            process.exit_status = value

    def _collect(self, watchdog: "subprocess.Popen[bytes]") -> None:
        """Wait for the watchdog, which has ended. Kill the processes if it has left them behind."""
        self.end = self.end or LOST
        if not self._is_clean:
            _kill_session(watchdog.pid)
        self._commands.close()
        self._events.close()
        watchdog.wait()
        self._watchdog = None

    def _leave_to_parent(self) -> None:
        """In a forked child: keep nothing open that the parent's watchdog looks at, and stop nothing."""
        self._commands.close()
        self._events.close()
        self.end, self._watchdog, self._is_clean = "belongs to the process that started it", None, True


def _pipe() -> tuple[FileIO, FileIO]:
    """Open a pipe. Return the end to read from and the end to write to."""
    reads, writes = os.pipe()
    return FileIO(reads, "r"), FileIO(writes, "w")


def _kill_session(session: int) -> None:
    """Kill the processes of a session whose leader has ended and was not waited for yet.

    That keeps its number, which is the session's too, from being given to another process.
    """
    for process in psutil.process_iter():
        with suppress(ProcessLookupError, PermissionError, psutil.Error):
            if process.pid != session and os.getsid(process.pid) == session:
                process.kill()


# A forked child (multiprocessing) inherits the pipes by which watchdogs know that this process lives, and
# would keep the sites of its dead parent alive.
_supervisors: "weakref.WeakSet[Supervisor]" = weakref.WeakSet()


@cache
def _watch_for_forks() -> None:
    """Once: from now on, leave this process's supervisors to it in each child that it forks."""
    if hasattr(os, "register_at_fork"):  # Windows does not fork
        os.register_at_fork(after_in_child=_leave_all_to_parent)


def _leave_all_to_parent() -> None:
    for supervisor in list(_supervisors):
        supervisor._leave_to_parent()


def environment(**extra: str) -> dict[str, str]:
    """Return this process's environment made fit for a Django process, with `extra` added."""
    passed_on = {
        name: value
        for name, value in os.environ.items()
        if name not in NOT_PASSED_ON and not name.startswith(("JPY_", "JUPYTER"))
    }
    # Unbuffered: the line with the port must leave the process when it is printed.
    ours = {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", "DJANGO_COLORS": "nocolor", "NO_COLOR": "1"}
    return passed_on | ours | extra


def manage(
    project: Path,
    env: Mapping[str, str],
    *arguments: str,
    under: Supervisor | None = None,
    deadline: Deadline = NEVER,
) -> str:
    """Run one `manage.py` command to its end and return what it printed. Raise SiteError when it fails.

    It runs under the watchdog of `under` or, without one, under a watchdog of its own.
    """
    name = " ".join(["manage.py", *arguments[:1]])
    with Supervisor("jwtlab-manage-") if under is None else nullcontext(under) as supervisor:
        command = [sys.executable, "manage.py", *arguments]
        try:
            status, output = supervisor.run(command, cwd=project, env=env, deadline=deadline)
        except NotReady as error:
            raise SiteError(f"`{name}` {error}.") from None
        except OSError as error:
            raise SiteError(f"`{name}` did not start: {error}.") from None
    if status:
        raise SiteError(f"`{name}` failed: {reason(output, project)}.")
    return output
