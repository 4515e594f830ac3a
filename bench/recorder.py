"""Notes each call of a function of the house, in whatever process of Python it happens.

`bench.ways` makes an environment in which every process imports this first. It notes nothing unless the
variable `FILE` of the environment names a file for it. A program calls `mark` where its way begins and ends.
"""

import fcntl
import os
import resource
import sys
import threading
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[1]
FILE = "JWTLAB_WAYS"
ALONE = "JWTLAB_WAYS_ALONE"  # set where the processes that are started are somebody else's way
_HOUSE = tuple(f"{ROOT}{os.sep}{name}{os.sep}" for name in ("jwtlab", "authoring"))
_FREE = 1100  # the first descriptor that no process of the checker closes
MARK = "---"
_log = -1  # the descriptor of the file, once there is one


def mark() -> None:
    """Note that a way begins or ends here."""
    os.write(_log, f"{MARK}\n".encode())


def start(file: str, *, alone: bool) -> None:
    """Note every call from now on, in this process and in those forked from it.

    With `alone`, not in the programs that are started.
    """
    global _log
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    opened = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    _log = fcntl.fcntl(opened, fcntl.F_DUPFD_CLOEXEC, _FREE)
    os.close(opened)

    def note(frame: FrameType, event: str, argument: object) -> None:
        code = frame.f_code
        # A module and the body of a class are run and not called; a comprehension is part of its function.
        is_function = code.co_flags & CO_OPTIMIZED and not code.co_name.startswith("<")
        if event == "call" and is_function and code.co_filename.startswith(_HOUSE):
            write(module_of(code.co_filename), code.co_qualname)

    def write(module: str, function: str) -> None:
        os.write(_log, f"{os.getpid()}-{threading.get_ident()} {module} {function}\n".encode())

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        # Python started with -S imports nothing before its program: of that the module is known, no more.
        if event == "subprocess.Popen" and isinstance(arguments[1], list) and "-S" in arguments[1]:
            for each in map(str, arguments[1]):
                if each.startswith(_HOUSE):
                    write(module_of(each), "<program>")

    if not alone:
        sys.addaudithook(watch)
    threading.setprofile(note)
    sys.setprofile(note)


def module_of(file: str) -> str:
    """Return the dotted name of the module in a file of the house."""
    return ".".join(Path(file).relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


if FILE in os.environ:
    start(os.environ[FILE], alone=bool(os.environ.get(ALONE)))
    if os.environ.get(ALONE):
        del os.environ[FILE]
