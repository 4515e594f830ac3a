"""The starter, cut out of the solution: what stands between two marks is what the learner writes.

    def current_user(request):
        # << token = ...              what the starter has in this place; nothing after `<<` means `...`
        token = request.headers["Authorization"].removeprefix("Bearer ")
        # >>
        return token

Several `# <<` lines one below the other make several lines of the starter.
"""

import re
from dataclasses import dataclass

OPEN = re.compile(r"(?P<indent>\s*)# <<(?: (?P<instead>.*))?")
CLOSE = re.compile(r"\s*# >>\s*")


class CutError(ValueError):
    """Marks that do not match. `line` counts from 1 within the text."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Cut:
    """A marked text as its two versions. `written`: the numbers of the solution's lines that are cut out."""

    solution: str
    starter: str
    written: frozenset[int]

    @property
    def written_lines(self) -> list[str]:
        """What the learner writes: those lines of the solution, without indentation."""
        lines = self.solution.splitlines()
        return [lines[number - 1].strip() for number in sorted(self.written)]


def cut(marked: str) -> Cut:
    """Take a marked text apart. Raises CutError for marks that do not match."""
    solution: list[str] = []
    starter: list[str] = []
    written: set[int] = set()
    opened = 0  # the line of the mark that is open
    filled = False  # whether anything stands below it yet
    for number, line in enumerate(marked.splitlines(), start=1):
        if mark := OPEN.fullmatch(line):
            if opened and filled:
                raise CutError(
                    number, f"`# <<` inside the cut of line {opened}. Close that with `# >>` first."
                )
            opened, filled = opened or number, False
            starter.append(f"{mark['indent']}{mark['instead'] or '...'}".rstrip())
        elif CLOSE.fullmatch(line):
            if not opened:
                raise CutError(number, "`# >>` without a `# <<` above it.")
            opened = 0
        else:
            solution.append(line)
            if opened:
                filled = True
                written.add(len(solution))
            else:
                starter.append(line)
    if opened:
        raise CutError(opened, "`# <<` without a `# >>` below it.")
    return Cut("\n".join(solution) + "\n", "\n".join(starter) + "\n", frozenset(written))
