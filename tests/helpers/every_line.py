"""Ends starts of a site or a browser at one line after another: a program that tests start.

    python -m tests.helpers.every_line site PROJECT SCRATCH STEP
    python -m tests.helpers.every_line browser ENGINE SCRATCH STEP

It makes one start, to see which lines of jwtlab.site, jwtlab.browser and Python's `subprocess` that comes to.
Then it forks for every STEP-th of them, twice: one fork is interrupted when it comes to that line, and lives
on with the traceback in its hands, as a notebook's kernel does; the other is killed there by SIGKILL. For
each fork it prints a line of JSON: the line, how it was ended, and what was left of what it had started.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import psutil

import jwtlab
from jwtlab.browser import Browser, open_browser, session
from jwtlab.site import Site, start_site
from tests.helpers.processes import within

if TYPE_CHECKING:
    from _typeshed import TraceFunction

PATIENCE = 30  # seconds for what should take a moment
HOUSE = Path(jwtlab.__file__).parent
OURS = (str(HOUSE / "site"), str(HOUSE / "browser"), subprocess.__file__)
MARK = "JWTLAB_EVERY_LINE"  # in the environment of a fork, and of all that comes from it


START: dict[str, Callable[[str], Site | Browser]] = {
    "site": lambda project: start_site(project=Path(project)),
    "browser": open_browser,
}


def main(start: Callable[[], Site | Browser], scratch: Path, step: int) -> None:
    for number, line in enumerate(lines_of(start)[::step]):
        for way in ("interrupted", "killed"):
            folder = scratch / f"{number}-{way}"  # short: a browser keeps a socket in there
            folder.mkdir()
            print(json.dumps([line, way, what_is_left(start, line, way, folder)]), flush=True)


def end(started: Site | Browser) -> None:
    started.stop() if isinstance(started, Site) else started.close()


def lines_of(start: Callable[[], Site | Browser]) -> list[str]:
    """Return the lines that a start comes to, in the order in which it does so first."""
    lines: dict[str, None] = {}
    sys.settrace(at_each_line(lambda line: lines.setdefault(line)))
    started = start()
    sys.settrace(None)
    end(started)
    return list(lines)


def at_each_line(act: Callable[[str], None]) -> "TraceFunction":
    """Return a trace function that calls `act` with each of our lines."""

    def trace(frame: FrameType, event: str, argument: object) -> "TraceFunction | None":
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        if event == "line":
            act(f"{frame.f_code.co_filename}:{frame.f_lineno}")
        return trace

    return trace


def what_is_left(start: Callable[[], Site | Browser], line: str, way: str, folder: Path) -> list[str]:
    """Fork, end the fork's start at this line, and return what is there though it was given time to go."""
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.environ[MARK], tempfile.tempdir = str(folder), str(folder)
        start_and_end(start, line, way)
        os.write(writes, b"interrupted")
        signal.pause()
    os.close(writes)
    os.read(reads, 100)  # until it has been interrupted or killed
    left: list[str] = []

    def nothing_is_left() -> bool:
        left[:] = [str(process) for process in marked(folder) if process.pid != pid]
        left.extend(path.name for path in folder.iterdir())
        return not left

    within(PATIENCE, nothing_is_left)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(reads)
    return left


def start_and_end(start: Callable[[], Site | Browser], line: str, way: str) -> None:
    """In the fork: begin a start and end it at this line; return with the traceback still at hand."""
    kept: list[BaseException] = []

    def end_there(reached: str) -> None:
        if reached == line:
            sys.settrace(None)
            if way == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            raise KeyboardInterrupt

    sys.settrace(at_each_line(end_there))
    try:
        end(start())  # if it does not come to that line this time
    except KeyboardInterrupt as interrupt:
        kept.append(interrupt)
        session.close_all()  # a browser that this process knows is not lost: the next cell gets it
    globals()["kept"] = kept


def marked(folder: Path) -> list[psutil.Process]:
    """Return the processes that come from a fork and run."""
    return [
        process
        for process in psutil.process_iter(["environ", "status"])
        if (process.info["environ"] or {}).get(MARK) == str(folder)
        and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


if __name__ == "__main__":
    what, which, scratch, step = sys.argv[1:]
    main(partial(START[what], which), Path(scratch), int(step))
