"""Where the course and the learner's folder are, and how a file in that folder is changed safely.

One job: paths, the lock, whole writes and free names, for every module that keeps something of the learner's.
What is in the files, and which of them the course may replace, is the business of those modules.
"""

import errno
import fcntl
import os
import pwd
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path

from jwtlab.errors import LabError

COURSE = Path(__file__).resolve().parents[2]
STATE = ".jwtlab"  # the folder under work/ for what is ours: fingerprints, the lock, JupyterLab's layout

_LOCK_SECONDS = 10.0
_ELSEWHERE = "Set JWTLAB_WORK to a folder in which you may write"
# What a system says by number (errno(3)), in the words of a learner: what is the matter, and what to do.
_CAUSES = {
    errno.EROFS: f"the file system is read-only. {_ELSEWHERE}, as in JWTLAB_WORK=~/jwtlab make lab",
    errno.ENOSPC: "the disk is full. Make room on it",
    errno.EDQUOT: "your share of the disk is used up. Make room in it",
    errno.EEXIST: "something else is at {place}. Move it away",
    errno.ENOTDIR: "{place} is a file where a folder has to be. Move it away",
    errno.EISDIR: "{place} is a folder where a file has to be. Move it away",
    errno.ENOLCK: f"its file system has no locks. {_ELSEWHERE}, on a disk of this machine",
    errno.EOPNOTSUPP: f"its file system has no locks. {_ELSEWHERE}, on a disk of this machine",
    errno.ENAMETOOLONG: "its name is too long for this file system. Set JWTLAB_WORK to a shorter path",
    errno.EIO: "the disk gives an error. Save elsewhere what you have, and look at the disk",
}


class WorkError(LabError):
    """The learner's folder could not be changed as asked."""


def work_folder() -> Path:
    """Return the learner's folder: `work/` in the clone, or `JWTLAB_WORK`. It need not exist."""
    return Path(os.environ.get("JWTLAB_WORK") or COURSE / "work").absolute()


def my_folder(name: str) -> Path:
    """Make and return an empty folder of the learner's, `work/NAME`.

    A folder that exists already is kept under a dated name. Raise WorkError for what is no plain name.
    """
    if name in ("", "exercises") or name != Path(name).name or name.startswith("."):
        raise WorkError(f"{name!r} cannot be a folder of yours. Choose a plain name such as 'my_site'.")
    path = work_folder() / name
    with changing(path.parent):
        if os.path.lexists(path):
            path.rename(dated(path))
        path.mkdir()
    return path


@contextmanager
def changing(work: Path) -> Iterator[None]:
    """Hold the lock of `work`, which is made if need be. The system releases it, however the process ends.

    Raise WorkError for any OSError in the block, with its cause and what to do about it.
    """
    try:
        (work / STATE).mkdir(parents=True, exist_ok=True)
        with open(work / STATE / "lock", "w") as lock:
            _acquire(lock.fileno(), work)
            yield
    except OSError as error:
        raise WorkError(f"{work} could not be used: {explained(error, work)}, and try again.") from error


def _acquire(lock: int, work: Path) -> None:
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise WorkError(
                    f"Another command is changing {work}. Let it end, then run this again."
                ) from None
            time.sleep(0.02)


def write_whole(path: Path, content: bytes) -> None:
    """Put `content` at `path`. A kill or a power cut leaves the old file or the new one, never half of one.

    The part file has a fixed name: callers hold the lock (`changing`), and what a kill leaves of it is
    overwritten the next time. Raise OSError where it cannot be written; the old file is then untouched.
    """
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with open(part, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def dated(path: Path) -> Path:
    """Return a free name with the local time for what lies at `path`: `02_x.2026-11-21-2215.ipynb`."""
    stem, suffix = (path.name, "") if path.is_dir() else (path.stem, path.suffix)
    candidates = numbered(path, f"{stem}.{datetime.now():%Y-%m-%d-%H%M}", suffix)
    return next(free for free in candidates if not os.path.lexists(free))


def numbered(path: Path, stem: str, suffix: str) -> Iterator[Path]:
    """Yield names beside `path`: `stem`, `stem-2`, `stem-3` and so on, each with `suffix`."""
    return (path.with_name(f"{stem}{'' if n == 1 else f'-{n}'}{suffix}") for n in count(1))


def explained(error: OSError, path: Path) -> str:
    """Return what went wrong with `path`, or with the file that the system names, and what to do about it.

    The second sentence has no full stop: callers say what to do after that.
    """
    named = error.filename if isinstance(error.filename, str | bytes) else path
    place = _nearest(Path(os.fsdecode(named)))
    if error.errno in (errno.EACCES, errno.EPERM):
        return _no_right(place)
    known = _CAUSES.get(error.errno or 0)
    return known.format(place=place) if known else f"{error.strerror or error}. Put that right"


def _nearest(path: Path) -> Path:
    """Return what exists of `path`: itself, or the first folder above it."""
    return next(place for place in (path, *path.absolute().parents) if os.path.lexists(place))


def _no_right(place: Path) -> str:
    owner = place.lstat().st_uid
    if owner == os.geteuid():
        return f"the permissions of {place} forbid it. Type chmod u+rwX '{place}'"
    cure = _ELSEWHERE
    if place.is_relative_to(work_folder()):  # as after one `sudo make lab`
        cure = f"Take it back with sudo chown -R \"$(id -un)\" '{work_folder()}'"
    return f"{place} belongs to {_name_of(owner)}. {cure}"


def _name_of(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:  # a container, or a disk of another machine, knows the number alone
        return f"user {user}"
