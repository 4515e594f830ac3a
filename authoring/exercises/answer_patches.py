"""Other answers, written as what they change in the solution.

    - algorithms=["HS256"]
    + algorithms=["HS256", "none"]

Lines with `- ` are looked for in the solution, where they must stand exactly once, and lines with `+ ` are
put in their place. The first `-` line may be a part of a line; those that follow stand below it at the same
indent, as do further `+` lines, so that nobody counts spaces. A `-` after a `+` begins a second replacement.
In an exercise with files, `@ api/views.py` says which one. A patch that no longer applies is an error, so
wrong answers follow the solution.
"""

import re
from dataclasses import dataclass, field

Answer = str | dict[str, str]  # the source of a cell, or the texts of a project's files by path


class PatchError(ValueError):
    """A patch that cannot be read or does not apply. `line` counts from 1 within the patch."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass
class Hunk:
    """One replacement, in `file` (empty: the one source of a code exercise)."""

    file: str
    line: int
    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)


def apply(patch: str, answer: Answer) -> Answer:
    """Return the answer after the patch. Raises PatchError."""
    for hunk in read(patch):
        if isinstance(answer, str):
            answer = replace(hunk, answer)
        elif hunk.file in answer:
            answer = {**answer, hunk.file: replace(hunk, answer[hunk.file])}
        else:
            known = ", ".join(answer)
            raise PatchError(hunk.line, f"no file {hunk.file!r}. Begin with `@ path`, one of: {known}.")
    return answer


def read(patch: str) -> list[Hunk]:
    """Return the replacements of a patch, in order."""
    hunks: list[Hunk] = []
    file = ""
    for number, line in enumerate(patch.splitlines(), start=1):
        if not line.strip():
            continue
        sign, content = line[0], line[2:]
        if sign not in "@-+" or line[1:2] not in ("", " "):
            raise PatchError(number, f"{line!r} begins with none of `- `, `+ `, `@ `.")
        if sign == "@":
            file = content.strip()
        elif sign == "-":
            if not hunks or hunks[-1].new or hunks[-1].file != file:
                hunks.append(Hunk(file, number))
            hunks[-1].old.append(content)
        elif not hunks:
            raise PatchError(number, "`+` before any `-`. Say first what is replaced.")
        else:
            hunks[-1].new.append(content)
    if not hunks:
        raise PatchError(1, "the patch is empty.")
    return hunks


def replace(hunk: Hunk, text: str) -> str:
    """`text` with the hunk's old lines replaced."""
    places = [match.start() for match in re.finditer(re.escape(hunk.old[0]), text)]
    found = [
        (place, old) for place in places if text.startswith(old := indented(hunk.old, text, place), place)
    ]
    if len(found) != 1:
        times = "does not stand in the solution" if not found else f"stands there {len(found)} times"
        raise PatchError(
            hunk.line, f"{hunk.old[0]!r} {times}. Say what is replaced so that it is found once."
        )
    place, old = found[0]
    before, after = text[:place], text[place + len(old) :]
    if not hunk.new and not before.rpartition("\n")[2].strip() and after.startswith("\n"):
        return before.rpartition("\n")[0] + after  # whole lines are taken out, and leave no empty one
    return before + indented(hunk.new, text, place) + after


def indented(lines: list[str], text: str, place: int) -> str:
    """`lines` as they stand in `text` from `place` on: all but the first with the indent of that line."""
    start = text.rfind("\n", 0, place) + 1
    line = text[start:]
    indent = line[: len(line) - len(line.lstrip(" "))]
    return "\n".join([*lines[:1], *(f"{indent}{line}".rstrip() for line in lines[1:])])
