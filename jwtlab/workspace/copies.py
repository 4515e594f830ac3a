"""The learner's copies of the course: made, kept current, and never taken away.

Nobody edits the course's own files. Learners work on copies in the git-ignored `work/`. Three rules:

1. An update changes, moves and removes nothing that a learner wrote. Content decides whether they did
   (`fingerprints`): to run a notebook and save it is not to write, and a lost record makes every
   difference theirs.
2. A copy without edits is brought up to date, or removed with the file that it is a copy of.
3. When an edited copy has a newer version, that is laid beside it as `NAME.new.ipynb`. `reset` switches to it
   and keeps the learner's under a dated name.

Between the last look at a copy and its replacement lie microseconds in which another program could save into
it. Nothing portable closes that gap; JupyterLab itself asks before it saves over a file that has changed.
"""

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import NamedTuple

from jwtlab.errors import LabError
from jwtlab.workspace.fingerprints import Entry, Fingerprint, Ledger, write_whole

COURSE = Path(__file__).resolve().parents[2]


class Source(NamedTuple):
    """One row of the table of what learners get copies of."""

    folder: str  # in the course
    pattern: str  # with `**/` for the folders below it too
    to: str = ""  # the folder under work/


# A bare number, as in `reset 02`, means the first row that has it.
SOURCES = (
    Source("notebooks", "*.ipynb"),
    Source("notebooks", "*.md"),
    Source("exercises", "*.ipynb", "exercises"),
    Source("exercises/projects", "**/*", "exercises/projects"),
)
STATE = ".jwtlab"  # the folder under work/ for what is ours: the ledger, the lock, JupyterLab's layout

_LOCK_SECONDS = 10.0


class WorkError(LabError):
    """The learner's folder could not be changed as asked."""


@dataclass
class Report:
    """What an update or a reset did: one line for each thing that a learner wants to know."""

    lines: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.lines)

    def __str__(self) -> str:
        return "\n".join(self.lines)


def work_folder() -> Path:
    """The learner's folder: `work/` in the clone, or `JWTLAB_WORK`. It need not exist."""
    return Path(os.environ.get("JWTLAB_WORK") or COURSE / "work").absolute()


def update(course: Path = COURSE) -> Report:
    """Make the copies of the course's files, or bring them up to date.

    One file that cannot be copied is a line in the report. Raises WorkError where nothing can be.
    """
    work = work_folder()
    with changing(work):
        return Copies(course, work).update()


def reset(which: str, course: Path = COURSE) -> Report:
    """Lay the course's version of one file, and keep the learner's under a dated name.

    `which` is a number (`02` or `2`) or a name with or without its ending (`02_simplejwt_setup.ipynb`).
    Raises WorkError, with the names that exist, for any other.
    """
    work = work_folder()
    with changing(work):
        copies = Copies(course, work)
        return copies.reset(copies.find(which))


def my_folder(name: str) -> Path:
    """A fresh folder of the learner's, `work/NAME`. One that exists already is kept under a dated name."""
    reserved = {source.to for source in SOURCES}
    if name in reserved or name != Path(name).name or name.startswith("."):
        raise WorkError(f"{name!r} cannot be a folder of yours. Choose a plain name such as 'my_site'.")
    path = work_folder() / name
    with changing(path.parent):
        if os.path.lexists(path):
            path.rename(_dated(path))
        path.mkdir()
    return path


class Copies:
    """The copies under one `work`, for a caller that holds its lock."""

    def __init__(self, course: Path, work: Path) -> None:
        self._work = work
        self._files = _course_files(course)
        self._fresh = {name: Fingerprint.of(name, content) for name, content in self._files.items()}
        self._ledger = Ledger(work / STATE / "ledger.json")
        self._copied: list[str] = []
        self._lines: list[str] = []

    def update(self) -> Report:
        """Settle every file of the course, then every copy of a file that has left it."""
        if self._ledger.lost:
            self._lines.append(
                "The record of your copies was unreadable. A copy that differs counts as edited."
            )
        for name, fresh in self._fresh.items():
            self._ledger.entry(name).expect(fresh)
        self._ledger.save()  # before any copy is touched: see Entry.expect
        for name in self._files:
            self._settle_or_report(name)
        for name in sorted(self._ledger.entries.keys() - self._files.keys()):
            self._retire(name, self._ledger.entries.pop(name))
        self._ledger.save()
        return Report(self._copied_lines() + self._lines)

    def find(self, which: str) -> str:
        """The name of the course's file that a reader calls `which`."""
        asked = which.zfill(2) if which.isdecimal() else which
        for name in self._files:
            if asked in _names_of(name):
                return name
        known = ", ".join(_short(name) for name in self._files if not _is_in_a_project(name))
        raise WorkError(f"The course has no {which!r}. It has: {known}.")

    def reset(self, name: str) -> Report:
        """Lay the course's version of `name`. What lies there is kept, unless it is the course's own."""
        entry, path = self._ledger.entry(name), self._work / name
        entry.expect(self._fresh[name])
        self._ledger.save()
        line = f"{name} is as in the course."
        have = _peek(path)
        if os.path.lexists(path) and not (have and entry.untouched(have)):
            line += f" Yours is kept as {path.rename(_dated(path)).name}."
        self._lay(name)
        _withdraw(path, entry)
        entry.close(self._fresh[name])
        self._ledger.save()
        return Report([line])

    def _settle_or_report(self, name: str) -> None:
        try:
            self._settle(name, self._ledger.entry(name))
        except OSError as error:
            self._lines.append(
                f"{name} was not copied: {error.strerror}. Put that right and run `make lab` again."
            )

    def _settle(self, name: str, entry: Entry) -> None:
        """Bring one copy up to date; where it was edited, see that a newer version lies beside it."""
        path, fresh = self._work / name, self._fresh[name]
        have = _look(path)
        if have is None:
            self._lay(name)
            self._copied.append(name)
        elif _outdated(entry, have, fresh):
            self._lay(name)
        elif have.written != fresh.written:
            if not (entry.given and entry.given.written == fresh.written):
                self._offer(name, entry)
            return
        _withdraw(path, entry)
        entry.close(fresh)

    def _lay(self, name: str) -> None:
        path = self._work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, self._files[name])

    def _offer(self, name: str, entry: Entry) -> None:
        """Lay the newer version of an edited copy beside it."""
        path = self._work / name
        beside = _place_beside(path, entry, self._fresh[name])
        write_whole(beside, self._files[name])
        entry.given, entry.beside = self._fresh[name], beside.name
        self._lines.append(
            f"{name} has a newer version. Yours is untouched; the new one is beside it, {beside.name}. "
            f"To switch to it and keep yours under a dated name: make reset NB={_short(name)}"
        )

    def _retire(self, name: str, entry: Entry) -> None:
        """See to the copy of a file that is no longer in the course."""
        path = self._work / name
        _withdraw(path, entry)
        have = _peek(path)
        if have and entry.unedited(have):
            path.unlink()
            self._lines.append(f"{name} is no longer in the course. Your copy had no edits and was removed.")
        elif have:
            self._lines.append(f"{name} is no longer in the course. Yours stays where it is.")

    def _copied_lines(self) -> list[str]:
        if not self._copied:
            return []
        what = ", ".join(self._copied) if len(self._copied) <= 3 else f"{len(self._copied)} files"
        return [f"Copied {what} into {self._work.name}/."]


@contextmanager
def changing(work: Path) -> Iterator[None]:
    """Hold the lock of `work`, which is made if need be. The system releases it, however the process ends."""
    try:
        (work / STATE).mkdir(parents=True, exist_ok=True)
        with open(work / STATE / "lock", "w") as lock:
            _acquire(lock.fileno(), work)
            yield
    except OSError as error:
        raise WorkError(
            f"{work} could not be changed: {error}. Put that right and run the command again."
        ) from error


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


def _course_files(course: Path) -> dict[str, bytes]:
    """The content of what learners get copies of, by the copy's path under work/ (with slashes)."""
    files = {
        Path(source.to, path.relative_to(course / source.folder)).as_posix(): path.read_bytes()
        for source in SOURCES
        for path in sorted((course / source.folder).glob(source.pattern))
        if _is_of_the_course(path, course)
    }
    if not files:  # a damaged clone, not a course that dropped every lesson
        raise WorkError(f"There are no lessons in {course}. Bring them back with `git checkout notebooks`.")
    return files


def _names_of(name: str) -> tuple[str, ...]:
    """What a reader may call this file. Of a project the whole: there are many `views.py`."""
    path = Path(name)
    return (name,) if _is_in_a_project(name) else (name, path.name, path.stem, path.stem.split("_")[0])


def _is_in_a_project(name: str) -> bool:
    return name.startswith("exercises/projects/")


def _short(name: str) -> str:
    """What a reader types for this file: a lesson's name without its ending, any other's whole."""
    return name if "/" in name else Path(name).stem


def _is_of_the_course(path: Path, course: Path) -> bool:
    """Whether this is a file, and neither hidden nor something that Python has left."""
    parts = path.relative_to(course).parts
    return path.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in parts)


def _look(path: Path) -> Fingerprint | None:
    """What lies at `path`, None for nothing. Raises OSError for what is not a file or cannot be read."""
    if not os.path.lexists(path):
        return None
    if not path.is_file():  # reading a named pipe would wait for ever
        raise FileExistsError(errno.EEXIST, "something that is not a file is in its place")
    return Fingerprint.of(path.name, path.read_bytes())


def _peek(path: Path) -> Fingerprint | None:
    """What lies at `path`, None for nothing and for what is no file of ours."""
    try:
        return _look(path)
    except OSError:
        return None


def _outdated(entry: Entry, have: Fingerprint, fresh: Fingerprint) -> bool:
    """Whether `have` is an older version that nobody edited. A run of the current version is not outdated."""
    if have.written == fresh.written:
        return have.raw != fresh.raw and entry.untouched(have)
    return entry.unedited(have)


def _withdraw(path: Path, entry: Entry) -> None:
    """Remove what was laid beside the copy at `path`, unless somebody wrote in it."""
    if entry.beside:
        beside = path.with_name(entry.beside)
        have = _peek(beside)
        if have and entry.given and have.written == entry.given.written:
            beside.unlink()


def _place_beside(path: Path, entry: Entry, fresh: Fingerprint) -> Path:
    """Where a newer version goes: in place of one that nobody edited, or under a name that is free."""
    ours = {fresh.written} | ({entry.given.written} if entry.beside and entry.given else set())

    def usable(candidate: Path) -> bool:
        have = _peek(candidate)
        return have.written in ours if have else not os.path.lexists(candidate)

    return next(filter(usable, _numbered(path, f"{path.stem}.new", path.suffix)))


def _dated(path: Path) -> Path:
    """A free name with the local time for what lies at `path`: `02_x.2026-11-21-2215.ipynb`."""
    stem, suffix = (path.name, "") if path.is_dir() else (path.stem, path.suffix)
    candidates = _numbered(path, f"{stem}.{datetime.now():%Y-%m-%d-%H%M}", suffix)
    return next(free for free in candidates if not os.path.lexists(free))


def _numbered(path: Path, stem: str, suffix: str) -> Iterator[Path]:
    """Names beside `path`: `stem`, `stem-2`, `stem-3` and so on, each with `suffix`."""
    return (path.with_name(f"{stem}{'' if n == 1 else f'-{n}'}{suffix}") for n in count(1))
