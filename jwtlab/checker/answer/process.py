"""The process in which a learner's code runs, and nothing that judges it.

Forked from a worker for one check. It does what the check asks over a channel: run the answer, call one of
its functions, serve the site with its views. What it replies is data that the check reads with suspicion.
"""

import builtins
import linecache
import os
import re
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, NoReturn

import time_machine

from jwtlab.checker.answer.channel import Channel, Closed
from jwtlab.checker.answer.codec import Reference, decode, encode
from jwtlab.checker.answer.limits import Fences, Printed, limit_resources
from jwtlab.checker.answer.tampering import originals

MODULE = "answer"  # under which the answer can be imported, so that a setting can name a class of it
FILE = "<answer>"

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


class Missing(Exception):
    """The answer has no such name."""


@dataclass
class Pupil:
    """The learner's side of one check."""

    job: Job
    channel: Channel
    answer: ModuleType = field(default_factory=lambda: ModuleType(MODULE))
    printed: Printed = field(default_factory=Printed)
    kept: list[Any] = field(default_factory=list)
    crashes: list[dict[str, Any]] = field(default_factory=list)
    site: Any = None

    def run(self) -> NoReturn:
        """Obey until the check is gone, and end the process."""
        self._enter()
        # Bound here, so that an answer that reaches into this module changes nothing that is still called.
        first_replaced, commands, answer_to = self._watch(), self._commands(), self._reply
        while True:
            try:
                request = self.channel.receive()
                reply = answer_to(commands, request)
                reply["refused"] = self._fences.refused
                reply["printed"] = self.printed.count
                reply["said"] = self.printed.take()
                if request["do"] in ("load", "report"):
                    reply["replaced"] = first_replaced()
                self.channel.send(reply)
            except Closed:
                os._exit(0)

    def _enter(self) -> None:
        os.chdir(self.job.folder)
        sys.path.insert(0, self.job.folder)
        sys.dont_write_bytecode = True
        tempfile.tempdir = os.environ["TMPDIR"] = self.job.folder  # it may write there, and nowhere else
        sys.stdout = sys.stderr = self.printed
        sys.modules[MODULE] = self.answer
        self.clock = Clock(Path(self.job.world, "clock"))
        self._fences = Fences(Path(self.job.folder), Path(self.job.world))
        sys.addaudithook(self._fences)
        signal.signal(signal.SIGALRM, self._stuck)

    def _watch(self) -> Callable[[], str | None]:
        return originals().first_replaced

    def _commands(self) -> dict[str, Callable[..., Any]]:
        return {
            "load": self.load,
            "set_up": self.set_up,
            "serve": self.serve,
            "call": self.call,
            "attribute": self.attribute,
            "name": self.name,
            "has": lambda name: hasattr(self.answer, name),
            "mount": lambda route, name: self.site.mount(route, self._named(name)),
            "setting": lambda name: self.site.setting(name),
            "count": lambda model, filters: self.site.count(model, filters),
            "stub": lambda **stub: self.site.front.stub(**stub),
            "seen": lambda: self.site.front.seen,
            "forget": lambda: self.site.front.seen.clear(),
            "report": lambda: {"text": self.printed.text, "crashes": self.crashes},
        }

    def _reply(self, commands: dict[str, Callable[..., Any]], request: dict[str, Any]) -> dict[str, Any]:
        """Do one thing. An error of the learner's code is a reply like any other."""
        try:
            arguments = decode(request["with"], lambda reference: self.kept[reference.number])
            self.clock.follow()
            return {"value": encode(commands[request["do"]](**arguments), self.keep)}
        except Missing as missing:
            return {"missing": str(missing)}
        except BaseException as error:  # SystemExit and whatever a learner derives from BaseException too
            return {"error": described(error, self.job.folder)}

    def keep(self, value: Any) -> Reference:
        """Keep an object that cannot cross, and return what stands for it."""
        self.kept.append(value)
        return Reference(len(self.kept) - 1, type(value).__name__, shown(value))

    def load(self, source: str, file: str = FILE) -> None:
        """Run the answer. `file` is a name below the folder, or FILE for a cell."""
        name = file if file == FILE else os.path.join(self.job.folder, file)
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        self.answer.__file__ = name
        exec(compile(source, name, "exec", dont_inherit=True), vars(self.answer))

    def set_up(self) -> None:
        """Set Django up with the face, and with the settings of the answer in their place."""
        from jwtlab.checker.answer import server

        chosen = {name: self._named(name) for name in self.job.settings}
        server.set_up(self.job.face, Path(self.job.world), chosen, project=self.job.project)

    def serve(self) -> int:
        """Open the site and return its port."""
        from jwtlab.checker.answer import server

        self._fences.may_bind = True
        self.site = server.Site(self.job.nonce, self.clock.follow, self._crashed)
        self._fences.may_bind = False
        self._fences.port = self.site.port
        return self.site.port

    def _crashed(self, error: BaseException) -> int:
        self.crashes.append(described(error, self.job.folder))
        return len(self.crashes) - 1

    def call(self, target: Any, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Call a function of the answer, or a method of `target`."""
        function = self._named(name) if target is None else getattr(target, name)
        return function(*args, **kwargs)

    def attribute(self, target: Any, name: str) -> Any:
        return getattr(target, name)

    def name(self, name: str) -> Any:
        return self._named(name)

    def _named(self, name: str) -> Any:
        if not hasattr(self.answer, name):
            raise Missing(name)
        return getattr(self.answer, name)

    def _stuck(self, number: int, frame: FrameType | None) -> NoReturn:
        """Tell where the code is after the time limit, and end. The check sends SIGALRM for this."""
        stacks = [frame, *sys._current_frames().values()]
        frames = [
            place for stack in stacks for place in own_frames(traceback.walk_stack(stack), self.job.folder)
        ]
        self.channel.send({"stuck": frames[:1]})
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


def shown(value: Any) -> str:
    """How a value prints, or its class where printing it fails."""
    try:
        return _ADDRESS.sub("", repr(value)[:500])
    except Exception:  # whatever a learner's __repr__ does
        return f"<{type(value).__name__}>"


def described(error: BaseException, folder: str) -> dict[str, Any]:
    """An error as data: the names of its classes, its text, and the learner's own frames, innermost last."""
    names = [kind.__name__ for kind in type(error).__mro__]
    place = {"kinds": names, "text": shown_error(error), "frames": []}
    if isinstance(error, SyntaxError) and is_own(error.filename or "", folder):
        line = {"file": relative(error.filename, folder), "line": error.lineno or 0, "name": "", "text": ""}
        return place | {
            "text": f"{names[0]}: {error.msg}",
            "frames": [line | {"text": (error.text or "").strip()}],
        }
    frames = own_frames(traceback.walk_tb(error.__traceback__), folder)
    return place | {"frames": frames, "exit": exit_status(error)}


def exit_status(error: BaseException) -> str | None:
    return str(error.code) if isinstance(error, SystemExit) else None


def shown_error(error: BaseException) -> str:
    """The last line of a traceback: `KeyError: 'sub'`."""
    try:
        text = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
        return text.removeprefix(f"{MODULE}.")[:300]
    except Exception:  # whatever a learner's __str__ does
        return type(error).__name__


def own_frames(frames: Any, folder: str) -> list[dict[str, Any]]:
    """The frames that are in the learner's files."""
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
    return file == FILE or file.startswith(folder + os.sep)


def relative(file: str, folder: str) -> str:
    return "" if file == FILE else os.path.relpath(file, folder)


def become_pupil(job: Job, channel: Channel) -> NoReturn:
    """Turn this forked process into the learner's. It never returns."""
    os.setsid()  # a group of its own, which one signal ends; and no terminal to write to
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    # The worker's own connections are none of the learner's business.
    os.closerange(3, channel.fileno())
    os.closerange(channel.fileno() + 1, 1024)
    limit_resources()
    builtins.exit = builtins.quit = sys.exit  # `site` puts printing stand-ins there
    try:
        Pupil(job, channel).run()
    except BaseException:  # our own: an error of the learner's code is a reply
        channel.send({"broken": traceback.format_exc()[-300:]})
    finally:
        os._exit(70)  # never back into the worker's own code
