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
    """A marked text as its two versions.

    `written`: the numbers of the solution's lines that are cut out. `solution_from` and `starter_from`: the
    line of the marked text from which each line of a version comes; `above` lines stand over the text in its
    file, which is `file`, or the exercise's own text where that is empty.
    """

    solution: str
    starter: str
    written: frozenset[int]
    solution_from: tuple[int, ...] = ()
    starter_from: tuple[int, ...] = ()
    above: int = 0
    file: str = ""

    @property
    def written_lines(self) -> list[str]:
        """What the learner writes: those lines of the solution, without indentation."""
        lines = self.solution.splitlines()
        return [lines[number - 1].strip() for number in sorted(self.written)]

    def solution_line(self, number: int) -> int:
        """Return on which line of its file a line of the solution stands."""
        return self.above + line_in(self.solution_from, number)

    def starter_line(self, number: int) -> int:
        """Return on which line of its file a line of the starter stands."""
        return self.above + line_in(self.starter_from, number)


def line_in(lines: tuple[int, ...], number: int) -> int:
    """Return the `number`th of `lines`; the nearest where there are fewer."""
    return lines[min(max(number, 1), len(lines)) - 1] if lines else 1


def cut(marked: str, *, above: int = 0, file: str = "") -> Cut:
    """Take a marked text apart. Raises CutError for marks that do not match."""
    solution: list[tuple[int, str]] = []
    starter: list[tuple[int, str]] = []
    written: set[int] = set()
    opened = 0  # the line of the mark that is open
    filled = False  # whether anything stands below it yet
    for number, line in enumerate(marked.splitlines(), start=1):
        if mark := OPEN.fullmatch(line):
            if opened and filled:
                raise CutError(
                    number, f"`# <<` inside the cut of line {opened + above}. Close that with `# >>` first."
                )
            opened, filled = opened or number, False
            starter.append((number, f"{mark['indent']}{mark['instead'] or '...'}".rstrip()))
        elif CLOSE.fullmatch(line):
            if not opened:
                raise CutError(number, "`# >>` without a `# <<` above it.")
            opened = 0
        else:
            solution.append((number, line))
            if opened:
                filled = True
                written.add(len(solution))
            else:
                starter.append((number, line))
    if opened:
        raise CutError(opened, "`# <<` without a `# >>` below it.")
    return Cut(
        "\n".join(line for _, line in solution) + "\n",
        "\n".join(line for _, line in starter) + "\n",
        frozenset(written),
        tuple(number for number, _ in solution),
        tuple(number for number, _ in starter),
        above,
        file,
    )


def in_file(file: str, line: int, problem: str) -> tuple[int, str]:
    """Return a line of the exercise's text and a problem; of another `file`, the problem names its line."""
    return (1, f"{file}, line {line}: {problem}") if file else (line, problem)
