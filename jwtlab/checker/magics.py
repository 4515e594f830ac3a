"""`%%exercise 02.whoami`, `%exercise 02.hello` and `hint("02.whoami")` in a notebook.

IPython knows a magic for a whole cell by the first line alone. Comments may stand above `%%exercise` all the
same (`Cells`); what else keeps it from being read as meant is said, with what to do.
"""

import re
import textwrap
from itertools import takewhile

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, cell_magic, line_cell_magic, magics_class

from jwtlab.checker.catalogue import CODE, FILE, Catalogue, Exercise, ExerciseError
from jwtlab.checker.verdict import Verdict
from jwtlab.checker.worker.client import Hint, Session
from jwtlab.errors import LabError

_UNSEEN = " \t\r\n\ufeff\u200b"  # what may stand before a line and cannot be seen
_MAGIC = re.compile(r"%%exercise\b")
# What is meant to be one, and is not: a comment, another number of %, a space, capitals, a plural.
_NEARLY = re.compile(r"(?:#\s*%%|%+)\s*exercises?\b\s*(?P<which>\d\d\.\S+)?", re.IGNORECASE)


def _is_comment(line: str) -> bool:
    """Whether a line is empty or a comment."""
    return line.strip(_UNSEEN)[:1] in ("", "#")


class CellError(LabError, UsageError):
    """The cell is not one answer to one exercise. IPython shows the sentence without a traceback."""


@magics_class
class ExerciseMagics(Magics):
    """The magics of one kernel."""

    shell: InteractiveShell

    def __init__(self, shell: InteractiveShell, session: Session | None = None) -> None:
        super().__init__(shell)
        self.session = session or Session()
        self._solved: dict[str, dict[str, str]] = {}

    @line_cell_magic
    def exercise(self, line: str, cell: str | None = None) -> Verdict:
        """Save the cell as the answer, run it as any other cell, check it, and return what came of it.

        Without a cell: check what is there, in the files of a project or from an earlier run. Raises
        ExerciseError where there is no such exercise, CellError for a second `%%exercise` in the cell.
        """
        exercise = self.session.catalogue.find(line.partition("#")[0])
        if cell is not None:
            self._take(exercise, cell.replace("\r\n", "\n"))
        verdict = self.session.check(exercise)
        if verdict.printed and not _runs_here(exercise):
            print(verdict.printed, end="" if verdict.printed.endswith("\n") else "\n")
        return verdict

    def _take(self, exercise: Exercise, cell: str) -> None:
        if exercise.kind == FILE:
            place = f"work/exercises/projects/{exercise.project}"
            raise ExerciseError(
                f"The answer to {exercise.id} is in files: edit them in {place}, "
                f"and check with one line, %exercise {exercise.id}."
            )
        if any(_MAGIC.match(line.strip(_UNSEEN)) for line in cell.splitlines()):
            raise CellError(
                "There is a second `%%exercise` in this cell, and nothing was checked. "
                "Give each a cell of its own."
            )
        self.session.catalogue.save(exercise, cell)
        if _runs_here(exercise):
            self.shell.run_cell(cell)  # shows an error as it always does; then the check has its own word

    @cell_magic
    def solution(self, line: str, cell: str) -> Verdict | None:
        """Run and check a cell of a solution notebook. The learner's answers and record stay as they are.

        `%%solution 02.hello api/views.py` is one file of a project; those of earlier cells stay in place.
        With `--more` behind it, other files follow, and nothing is checked yet.
        """
        which, *words = line.split()
        exercise = self.session.catalogue.find(which)
        if exercise.kind == FILE:
            files = self._solved.setdefault(exercise.id, self.session.catalogue.course_project(exercise))
            files[words[0]] = cell
            return None if "--more" in words else self.session.client.check(exercise, files)
        if _runs_here(exercise):
            self.shell.run_cell(cell)
        return self.session.client.check(exercise, cell)

    def hint(self, which: str) -> Hint:
        """Return one more hint for the exercise, each time."""
        return self.session.hint(which)


def _runs_here(exercise: Exercise) -> bool:
    """Whether the answer is plain Python. Django's code needs a project, and a kernel has none."""
    return exercise.kind == CODE and not exercise.django


class Cells:
    """Reads each cell before IPython does, for a `%%exercise` that IPython would not find."""

    has_side_effects = True  # IPython asks no such transformer whether a cell is complete

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def __call__(self, lines: list[str]) -> list[str]:
        """Return the lines, `%%exercise` above comments. Raises CellError where it is written otherwise."""
        above = list(takewhile(_is_comment, lines))
        head, below = "".join(lines[len(above) : len(above) + 1]), lines[len(above) + 1 :]
        first = head.strip(_UNSEEN)
        if _MAGIC.match(first):
            is_indented = head[0] in _UNSEEN
            body = textwrap.dedent("".join(below)).splitlines(keepends=True) if is_indented else below
            return [f"{first}\n", *above, *body]
        for line in (*above, head):
            self._refuse(line.strip(_UNSEEN), alone=all(map(_is_comment, below)))
        return lines

    def _refuse(self, line: str, *, alone: bool) -> None:
        """Raise CellError for a line that is nearly `%%exercise`; `alone` where it is a cell's only one."""
        nearly = _NEARLY.match(line)
        if not nearly or (line.startswith("#") and not nearly["which"]):
            return
        which = nearly["which"] or "ID"
        if line.startswith("%exercise") and (alone or self._is_in_files(which)):
            return  # `%exercise 02.install`, which has no cell
        raise CellError(
            f"`{line}` is not read as it is meant, and nothing was checked. Write `%%exercise {which}`."
        )

    def _is_in_files(self, which: str) -> bool:
        try:
            return self._catalogue.find(which).kind == FILE
        except ExerciseError:
            return True  # and the magic says so


def misplaced(line: str) -> None:
    """Say what to do about a `%%exercise` below something else. Raises CellError, always."""
    raise CellError(
        f"`%%exercise {line}` is below something else in its cell, so nothing was checked. "
        "Make it the first line; comments alone may stand above it."
    )


def register(shell: InteractiveShell) -> None:
    """Give `shell` the magics, and its user the function `hint`."""
    magics = ExerciseMagics(shell)
    shell.register_magics(magics)
    shell.register_magic_function(misplaced, "line", "%exercise")  # so IPython reads it below the first line
    shell.input_transformers_cleanup.append(Cells(magics.session.catalogue))
    shell.push({"hint": magics.hint})
