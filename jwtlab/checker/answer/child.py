"""The answer process: the learner's code runs here, and nothing that judges it.

Forked from a worker for one check. It does what the check asks over a connection: run the answer, call one of
its functions, serve the site with its views. What it replies is data that the check reads with suspicion.
"""

import builtins
import linecache
import os
import re
import select
import signal
import sys
import tempfile
import traceback
from _thread import start_new_thread
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any, NoReturn

import time_machine

from jwtlab.checker.answer import live_server
from jwtlab.checker.answer.codec import Closed, Reference, decode, encode, receive, send
from jwtlab.checker.answer.limits import AuditHook, Printed, limit_resources, snapshot

MODULE = "answer"  # under which the answer can be imported, so that a setting can name a class of it
CELL = "<answer>"  # what an answer in a cell has in place of a file's name

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")  # of an object in memory: says nothing, and differs each time


@dataclass(frozen=True)
class Job:
    """What one check needs of the process. All of it comes from the exercise, none from the answer."""

    folder: str  # the current folder of the code; it is removed afterwards
    world: str  # with the clock, and the database of a site
    nonce: str = ""
    face: str | None = None  # settings module of the site, where there is one
    is_set_up: bool = False  # whether the worker that was forked is this face, set up
    settings: tuple[str, ...] = ()  # names of the answer that are settings
    project: bool = False  # whether `face` is the learner's own project in `folder`


def become_answer_process(job: Job, connection: Connection) -> NoReturn:
    """Turn this forked process into the one in which the answer runs. It never returns."""
    os.setsid()  # a group of its own, which one signal ends; and no terminal to write to
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    # The worker's own connections are none of the learner's business.
    os.closerange(3, connection.fileno())
    os.closerange(connection.fileno() + 1, 1024)
    start_new_thread(_end_with_the_worker, (connection.fileno(),))
    limit_resources()
    vars(builtins).update(exit=sys.exit, quit=sys.exit)  # `site` puts printing stand-ins there
    try:
        AnswerProcess(job, connection).run()
    except BaseException:  # our own: an error of the learner's code is a reply
        send(connection, {"broken": traceback.format_exc()[-300:]})
    finally:
        os._exit(70)  # never back into the worker's own code


def _end_with_the_worker(connection: int) -> NoReturn:
    """Wait until the other end of the connection is closed, and end this process, whatever it is at."""
    gone = select.poll()
    gone.register(connection, 0)  # no event but that it hangs up
    gone.poll()
    os._exit(0)


class Missing(Exception):
    """The answer has no such name."""


class AnswerProcess:
    """What a check may ask of the answer, and the replies."""

    def __init__(self, job: Job, connection: Connection) -> None:
        self._job = job
        self._connection = connection
        self._answer = ModuleType(MODULE)
        self._printed = Printed()
        self._kept: list[object] = []  # objects that cannot cross; their place is their number
        self._crashes: list[dict[str, Any]] = []
        self._clock = Clock(Path(job.world, "clock"))
        self._hook = AuditHook(Path(job.folder), Path(job.world))
        self._opened: live_server.SiteServer | None = None
        self._builtins = dict(builtins.__dict__)
        self._replaced: str | None = None  # of Python's own functions the first that the code has replaced

    def run(self) -> NoReturn:
        """Obey until the check is gone, and end the process."""
        self._enter()
        # Bound here, so that an answer that reaches into this module changes nothing that is still called.
        first_replaced, commands, answer_to = snapshot().first_replaced, self._commands(), self._reply
        while True:
            try:
                request = receive(self._connection)
                reply = answer_to(commands, request)
                reply["refused"] = self._hook.refused
                reply["printed"] = self._printed.count
                reply["said"] = self._printed.take()
                reply["replaced"] = self._replaced
                if request["do"] in ("load", "report"):
                    reply["replaced"] = self._replaced or first_replaced()
                send(self._connection, reply)
            except Closed:
                os._exit(0)

    def _enter(self) -> None:
        os.chdir(self._job.folder)
        sys.path.insert(0, self._job.folder)
        sys.dont_write_bytecode = True
        tempfile.tempdir = os.environ["TMPDIR"] = self._job.folder  # it may write there, and nowhere else
        sys.stdout = sys.stderr = self._printed
        sys.modules[MODULE] = self._answer
        sys.addaudithook(self._hook)
        signal.signal(signal.SIGALRM, self._stuck)

    def _commands(self) -> dict[str, Callable[..., object]]:
        return {
            "load": self.load,
            "set_up": self.set_up,
            "serve": self.serve,
            "call": self.call,
            "attribute": lambda target, name: getattr(target, name),
            "name": self._named,
            "has": lambda name: hasattr(self._answer, name),
            "mount": lambda route, name: self._site.mount(route, self._named(name)),
            "setting": lambda name: self._site.setting(name),
            "count": lambda model, filters: self._site.count(model, filters),
            "stub": lambda **stub: self._site.front.stub(**stub),
            "seen": lambda: self._site.front.seen,
            "forget": lambda: self._site.front.seen.clear(),
            "report": lambda: {"text": self._printed.text, "crashes": self._crashes},
        }

    def _reply(self, commands: dict[str, Callable[..., object]], request: dict[str, Any]) -> dict[str, Any]:
        """Do one thing. An error of the learner's code is a reply like any other."""
        try:
            arguments = decode(request["with"], lambda reference: self._kept[reference.number])
            self._clock.follow()
            try:
                value = commands[request["do"]](**arguments)
            finally:
                self._put_back()
            return {"value": encode(value, self._keep)}
        except Missing as missing:
            return {"missing": str(missing)}
        except BaseException as error:  # SystemExit and whatever a learner derives from BaseException too
            return {"error": described(error, self._job.folder)}

    def _put_back(self) -> None:
        """Undo what the code has replaced of Python's own functions: without those no reply is sent."""
        for name, value in self._builtins.items():
            if builtins.__dict__.get(name) is not value:
                self._replaced = self._replaced or f"builtins.{name}"
                builtins.__dict__[name] = value

    def _keep(self, value: object) -> Reference:
        """Keep an object that cannot cross, and return what stands for it."""
        self._kept.append(value)
        return Reference(len(self._kept) - 1, type(value).__name__, shown(value))

    def load(self, source: str, file: str = CELL) -> None:
        """Run the answer. `file` is a name below the folder, or CELL."""
        name = file if file == CELL else os.path.join(self._job.folder, file)
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        self._answer.__file__ = name
        exec(compiled(source, name), vars(self._answer))

    def set_up(self) -> None:
        """Set Django up with the face, and with the settings of the answer in their place."""
        job = self._job
        chosen = {name: self._named(name) for name in job.settings}
        live_server.set_up(str(job.face), Path(job.world), chosen, project=job.project)

    def serve(self) -> int:
        """Open the site and return its port."""
        self._hook.may_bind = True
        self._opened = live_server.SiteServer(self._job.nonce, self._clock.follow, self._crashed)
        self._hook.may_bind = False
        self._hook.port = self._opened.port
        return self._opened.port

    @property
    def _site(self) -> live_server.SiteServer:
        if self._opened is None:
            raise RuntimeError("the check asks for the site before it is opened")
        return self._opened

    def _crashed(self, error: BaseException) -> int:
        self._crashes.append(described(error, self._job.folder))
        return len(self._crashes) - 1

    def call(self, target: Any, name: str, args: list[Any], kwargs: dict[str, Any]) -> object:
        """Call a function of the answer, or a method of `target`."""
        function = self._named(name) if target is None else getattr(target, name)
        return function(*args, **kwargs)

    def _named(self, name: str) -> Any:
        if not hasattr(self._answer, name):
            raise Missing(name)
        return getattr(self._answer, name)

    def _stuck(self, number: int, frame: FrameType | None) -> NoReturn:
        """Tell where the code is after the time limit, and end. The check sends SIGALRM for this."""
        stacks = [frame, *sys._current_frames().values()]
        frames = [
            place for stack in stacks for place in own_frames(traceback.walk_stack(stack), self._job.folder)
        ]
        send(self._connection, {"stuck": frames[:1]})
        os._exit(0)


class Clock:
    """Moves this process to the instant in a file (see `demo_site/lab_world/`, whose file it is)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._instant = self._read()
        self._traveller = time_machine.travel(self._instant, tick=False).start()

    def follow(self) -> None:
        """Live at what the file says now."""
        if (instant := self._read()) != self._instant:
            self._traveller.move_to(instant)
            self._instant = instant

    def _read(self) -> datetime:
        # Naive: for an aware datetime time-machine would also change the time zone of the process.
        return datetime.fromisoformat(self._path.read_text("ascii")).replace(tzinfo=None)


def compiled(source: str, name: str) -> CodeType:
    """Return the code of an answer. Raise SyntaxError where it is no Python."""
    try:
        return compile(source, name, "exec", dont_inherit=True)
    except ValueError as error:  # a null byte, before Python 3.11.4
        raise SyntaxError(str(error)) from None


def shown(value: object) -> str:
    """Return how a value prints, or its class where printing it fails."""
    try:
        return _ADDRESS.sub("", repr(value)[:500])
    except Exception:  # whatever a learner's __repr__ does
        return f"<{type(value).__name__}>"


def described(error: BaseException, folder: str) -> dict[str, Any]:
    """Return an error as data: the names of its classes, its text, the learner's frames, innermost last."""
    names = [kind.__name__ for kind in type(error).__mro__]
    place = {"kinds": names, "text": shown_error(error), "frames": []}
    if isinstance(error, SyntaxError) and is_own(file := error.filename or "", folder):
        text = (error.text or "").strip()
        frame = {"file": relative(file, folder), "line": error.lineno or 0, "name": "", "text": text}
        return place | {"text": f"{names[0]}: {error.msg}", "frames": [frame]}
    frames = own_frames(traceback.walk_tb(error.__traceback__), folder)
    return place | {"frames": frames, "exit": exit_status(error)}


def exit_status(error: BaseException) -> str | None:
    return str(error.code) if isinstance(error, SystemExit) else None


def shown_error(error: BaseException) -> str:
    """Return the last line of a traceback: `KeyError: 'sub'`."""
    try:
        text = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
        return text.removeprefix(f"{MODULE}.")[:300]
    except Exception:  # whatever a learner's __str__ does
        return type(error).__name__


def own_frames(frames: Iterable[tuple[FrameType, int]], folder: str) -> list[dict[str, Any]]:
    """Return the frames that are in the learner's files."""
    return [
        {
            "file": relative(frame.f_code.co_filename, folder),
            "line": line,
            "name": frame.f_code.co_name,
            "text": linecache.getline(frame.f_code.co_filename, line).strip(),
        }
        for frame, line in frames
        if is_own(frame.f_code.co_filename, folder)
    ]


def is_own(file: str, folder: str) -> bool:
    return file == CELL or file.startswith(folder + os.sep)


def relative(file: str, folder: str) -> str:
    return "" if file == CELL else os.path.relpath(file, folder)
