"""The learner's copies of the course: made, kept current, and never taken away.

Nobody edits the course's own files. Learners work on copies in the git-ignored `work/`. Three rules:

1. An update changes, moves and removes nothing that a learner wrote. Content decides whether they did
   (`fingerprints`): to run a notebook, to look at it and to save it is not to write, and a lost record makes
   every difference theirs.
2. A copy without edits is brought up to date, or removed with the file that it is a copy of. If it has
   metadata that could be a note, it is kept under a dated name then.
3. When an edited copy has a newer version, that is written beside it as `NAME.new.ipynb`. `reset` switches to
   it and keeps the learner's under a dated name.

Between the last look at a copy and its replacement lie microseconds in which another program could save into
it. Nothing portable closes that gap; JupyterLab itself asks before it saves over a file that has changed.
"""

import errno
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from jwtlab.workspace import legacy_record
from jwtlab.workspace.files import (
    COURSE,
    STATE,
    WorkError,
    changing,
    dated,
    explained,
    numbered,
    work_folder,
    write_whole,
)
from jwtlab.workspace.fingerprints import Entry, Fingerprint, Record


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
ALL = "all"  # what a reader calls every file


@dataclass
class Report:
    """What an update or a reset did: one line for each thing that a learner wants to know."""

    lines: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.lines)

    def __str__(self) -> str:
        return "\n".join(self.lines)


def update(course: Path = COURSE) -> Report:
    """Make the copies of the course's files, or bring them up to date, and return what a learner should know.

    One file that cannot be copied is a line in the report. Raise WorkError where nothing can be.
    """
    work = work_folder()
    with changing(work):
        return Copies(course, work).update()


def reset(which: str, course: Path = COURSE) -> Report:
    """Restore the course's version of a file, or of every file, and keep the learner's under a dated name.

    `which` is `all`, a number (`02` or `2`), or a name with or without its ending
    (`02_simplejwt_setup.ipynb`). Raise WorkError, with the names that exist, for any other.
    """
    work = work_folder()
    with changing(work):
        copies = Copies(course, work)
        return copies.reset(copies.find(which))


class Copies:
    """The copies under one `work`, for a caller that holds its lock."""

    def __init__(self, course: Path, work: Path) -> None:
        self._course, self._work = course, work
        self._files = _course_files(course)
        self._fresh = {name: Fingerprint.of(name, content) for name, content in self._files.items()}
        self._earlier = work / STATE / legacy_record.FILE
        self._record = Record(
            work / STATE / "fingerprints.json", lambda: legacy_record.entries(self._earlier, self._contents)
        )
        self._copied: list[str] = []
        self._lines: list[str] = []

    def update(self) -> Report:
        """Update the copy of every file of the course, then see to those of files that have left it."""
        if self._record.is_lost:
            self._lines.append(
                "The record of your copies was unreadable. A copy that differs counts as edited."
            )
        self._expect(self._files)
        for name in self._files:
            try:
                self._update_one(name, self._record.entry(name))
            except OSError as error:
                cause = explained(error, self._work / name)
                self._lines.append(f"{name} was not copied: {cause}, and run `make lab` again.")
        for name in sorted(self._record.entries.keys() - self._files.keys()):
            self._see_to_dropped(name, self._record.entries.pop(name))
        self._record.save()
        return Report(self._copied_lines() + self._lines)

    def find(self, which: str) -> list[str]:
        """Return the names of the course's files that a reader calls `which`: one, or all."""
        asked = which.zfill(2) if which.isdecimal() else which
        found = [name for name in self._files if asked in (ALL, *_names_of(name))]
        if not found:
            known = ", ".join(_short(name) for name in self._files if not _is_in_a_project(name))
            raise WorkError(f"The course has no {which!r}. It has: {known}.")
        return found if asked == ALL else found[:1]

    def reset(self, names: list[str]) -> Report:
        """Restore the course's version of these files, and return where the learner's are kept.

        Nothing is kept of what is, byte for byte, the course's own.
        """
        self._expect(names)
        if len(names) > 1:
            self._lines.append(f"All {len(names)} files are as in the course.")
        for name in names:
            line = f"{name} is as in the course."
            if kept := self._restore(name, self._record.entry(name)):
                line += f" Yours is kept as {kept.name}."
            if kept or len(names) == 1:
                self._lines.append(line)
        self._record.save()
        return Report(self._lines)

    def _expect(self, names: Iterable[str]) -> None:
        """Record what is about to be written, before any copy is touched: see Entry.expect."""
        for name in names:
            self._record.entry(name).expect(self._fresh[name])
        self._record.save()
        self._earlier.unlink(missing_ok=True)

    def _update_one(self, name: str, entry: Entry) -> None:
        """Bring one copy up to date; where it was edited, see that a newer version lies beside it."""
        path, fresh = self._work / name, self._fresh[name]
        have = _fingerprint_at(path)
        if have is None:
            self._write(name)
            self._copied.append(name)
        elif _is_outdated(entry, have, fresh):
            self._replace(name, entry, have)
        elif have.written != fresh.written:
            if not (entry.newest and entry.newest.written == fresh.written):
                self._write_beside(name, entry)
            return
        _remove_beside(path, entry)
        entry.mark_current(fresh)

    def _restore(self, name: str, entry: Entry) -> Path | None:
        """Write the course's version, and return where what lay there is kept, if it is."""
        path, kept = self._work / name, None
        have = _fingerprint_if_readable(path)
        if os.path.lexists(path) and not (have and entry.is_untouched(have)):
            kept = path.rename(dated(path))
        self._write(name)
        _remove_beside(path, entry)
        entry.mark_current(self._fresh[name])
        return kept

    def _write(self, name: str) -> None:
        path = self._work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, self._files[name])

    def _replace(self, name: str, entry: Entry, have: Fingerprint) -> None:
        """Write the newer version over a copy without edits, which is kept if there may be a note in it."""
        path = self._work / name
        if not entry.has_no_notes(have):
            kept = path.rename(dated(path))
            self._lines.append(
                f"{name} is up to date. Yours had metadata that may be a note, and is kept as {kept.name}."
            )
        self._write(name)

    def _write_beside(self, name: str, entry: Entry) -> None:
        """Write the newer version of an edited copy beside it."""
        path = self._work / name
        beside = _place_beside(path, entry, self._fresh[name])
        write_whole(beside, self._files[name])
        entry.newest, entry.beside = self._fresh[name], beside.name
        self._lines.append(
            f"{name} has a newer version. Yours is untouched; the new one is beside it, {beside.name}. "
            f"To switch to it and keep yours under a dated name: make reset NB={_short(name)}"
        )

    def _see_to_dropped(self, name: str, entry: Entry) -> None:
        """See to the copy of a file that is no longer in the course."""
        path = self._work / name
        _remove_beside(path, entry)
        have = _fingerprint_if_readable(path)
        if have and entry.is_unedited(have) and entry.has_no_notes(have):
            path.unlink()
            self._lines.append(f"{name} is no longer in the course. Your copy had no edits and was removed.")
        elif have:
            self._lines.append(f"{name} is no longer in the course. Yours stays where it is.")

    def _contents(self, name: str, beside: str | None) -> Iterator[bytes]:
        """Yield what lies under this name, copy and newer version, and what the course has and had there."""
        path = self._work / name
        for place in (path, path.with_name(beside)) if beside else (path,):
            if place.is_file() and os.access(place, os.R_OK):
                yield place.read_bytes()
        if name in self._files:
            yield self._files[name]
        yield from legacy_record.earlier_versions(self._course, name)

    def _copied_lines(self) -> list[str]:
        if not self._copied:
            return []
        what = ", ".join(self._copied) if len(self._copied) <= 3 else f"{len(self._copied)} files"
        return [f"Copied {what} into {self._work.name}/."]


def _course_files(course: Path) -> dict[str, bytes]:
    """Return the content of what learners get copies of, by the copy's path under work/ (with slashes)."""
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
    """Return what a reader may call this file. Of a project the whole: there are many `views.py`."""
    path = Path(name)
    return (name,) if _is_in_a_project(name) else (name, path.name, path.stem, path.stem.split("_")[0])


def _is_in_a_project(name: str) -> bool:
    return name.startswith("exercises/projects/")


def _short(name: str) -> str:
    """Return what a reader types for this file: a lesson's name without its ending, any other's whole."""
    return name if "/" in name else Path(name).stem


def _is_of_the_course(path: Path, course: Path) -> bool:
    """Return whether this is a file, and neither hidden nor something that Python has left."""
    parts = path.relative_to(course).parts
    return path.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in parts)


def _fingerprint_at(path: Path) -> Fingerprint | None:
    """Return the fingerprint of the file at `path`, None where there is nothing.

    Raise OSError for what is no file or cannot be read.
    """
    if not os.path.lexists(path):
        return None
    if not path.is_file():  # reading a named pipe would wait for ever
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    return Fingerprint.of(path.name, path.read_bytes())


def _fingerprint_if_readable(path: Path) -> Fingerprint | None:
    """Return the fingerprint of the file at `path`, None where there is no file that can be read."""
    try:
        return _fingerprint_at(path)
    except OSError:
        return None


def _is_outdated(entry: Entry, have: Fingerprint, fresh: Fingerprint) -> bool:
    """Return whether `have` is an older version that nobody edited. A run of the current one is not that."""
    if have.written == fresh.written:
        return have.raw != fresh.raw and entry.is_untouched(have)
    return entry.is_unedited(have)


def _remove_beside(path: Path, entry: Entry) -> None:
    """Remove the newer version beside the copy at `path`, unless somebody wrote in it."""
    if entry.beside:
        beside = path.with_name(entry.beside)
        have = _fingerprint_if_readable(beside)
        if have and entry.newest and have.noted == entry.newest.noted:
            beside.unlink()


def _place_beside(path: Path, entry: Entry, fresh: Fingerprint) -> Path:
    """Return where a newer version goes: over one in which nobody wrote, or under a name that is free."""
    ours = {fresh.noted} | ({entry.newest.noted} if entry.beside and entry.newest else set())

    def is_usable(candidate: Path) -> bool:
        have = _fingerprint_if_readable(candidate)
        return have.noted in ours if have else not os.path.lexists(candidate)

    return next(filter(is_usable, numbered(path, f"{path.stem}.new", path.suffix)))
