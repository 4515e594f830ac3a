"""`%%exercise 02.whoami`, `%exercise 02.hello` and `hint("02.whoami")` in a notebook.

IPython knows a magic for a whole cell by the first line alone. Comments may stand above `%%exercise` all the
same (`Cells`); what else keeps it from being read as meant is said, with what to do.
"""

import re
import textwrap
from difflib import get_close_matches
from itertools import takewhile
from typing import Any, NoReturn

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, line_cell_magic, magics_class

from jwtlab.checker.catalogue import CODE, FILE, Catalogue, Exercise, ExerciseError
from jwtlab.checker.verdict import Verdict
from jwtlab.checker.worker.client import Hint, Session

Shell = Any  # IPython's InteractiveShell, of which half has no annotations

_UNSEEN = " \t\r\n\xa0\u200b\ufeff"  # what may stand around a line and cannot be seen
_MAGIC = re.compile(r"%%exercise(?=\s|$)")
_ANY_MAGIC = re.compile(r"(?P<mark>#\s*%%|%+)\s*(?P<name>\w+)\W*(?P<which>\d\d\.[\w-]+)?")
_NO_ANSWER = ("%", "!", "hint(")  # a line that begins so is none
_NEARLY = ("%exercise", "%exercises", "%Exercise", "%EXERCISE")  # as IPython names them below the first line


class CellError(ExerciseError, UsageError):
    """The cell is not one answer to one exercise. IPython shows the sentence without a traceback."""


def _is_comment(line: str) -> bool:
    """Return whether a line is empty or a comment."""
    return line.strip(_UNSEEN)[:1] in ("", "#")


@magics_class
class ExerciseMagics(Magics):
    """The magics of one kernel."""

    shell: Shell

    def __init__(self, shell: Shell, session: Session | None = None) -> None:
        super().__init__(shell)
        self.session = session or Session()
        self._solved: dict[str, dict[str, str]] = {}

    @line_cell_magic
    def exercise(self, line: str, cell: str | None = None) -> Verdict:
        """Save the cell as the answer, run it as any other cell, check it, and return what came of it.

        Without a cell: check what is there, in the files of a project or from an earlier run. Raise
        CellError where there is no such exercise, and for a second `%%exercise` in the cell.
        """
        try:
            exercise = self.session.catalogue.find(line.partition("#")[0])
        except ExerciseError as error:
            raise CellError(str(error)) from None
        if cell is not None:
            self._take(exercise, cell.replace("\r\n", "\n"))
        verdict = self.session.check(exercise)
        if verdict.printed and not _runs_here(exercise):
            print(verdict.printed, end="" if verdict.printed.endswith("\n") else "\n")
        return verdict

    def _take(self, exercise: Exercise, cell: str) -> None:
        if exercise.kind == FILE:
            place = f"work/exercises/projects/{exercise.project}"
            raise CellError(
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
    """Return whether the answer is plain Python. Django's code needs a project, and a kernel has none."""
    return exercise.kind == CODE and not exercise.django


class Cells:
    """Reads each cell before IPython does, for a `%%exercise` that IPython would not find."""

    has_side_effects = True  # IPython asks no such transformer whether a cell is complete

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def __call__(self, lines: list[str]) -> list[str]:
        """Return the lines, `%%exercise` above comments. Raise CellError where it is written otherwise."""
        above = list(takewhile(_is_comment, lines))
        head, below = "".join(lines[len(above) : len(above) + 1]), lines[len(above) + 1 :]
        first = head.strip(_UNSEEN)
        if _MAGIC.match(first):
            is_indented = head[0] in _UNSEEN
            body = textwrap.dedent("".join(below)).splitlines(keepends=True) if is_indented else below
            return [f"%%exercise {first.removeprefix('%%exercise').strip(_UNSEEN)}\n", *above, *body]
        next_one = next((line.strip(_UNSEEN) for line in below if not _is_comment(line)), "")
        if first.startswith("%%") and not first.startswith("%%time") and _MAGIC.match(next_one):
            misplaced(next_one.removeprefix("%%exercise").strip())
        has_answer = any(not _is_comment(line) and not line.startswith(_NO_ANSWER) for line in below)
        for line in (*above, head):
            self._refuse(line.strip(_UNSEEN), has_answer=has_answer)
        return lines

    def _refuse(self, line: str, *, has_answer: bool) -> None:
        """Raise CellError for a line that is nearly `%%exercise`; `has_answer`: there is code below it."""
        magic = _ANY_MAGIC.match(line)
        if not magic or not get_close_matches(magic["name"].lower(), ["exercise"], cutoff=0.75):
            return
        if line.endswith("?") or (magic["mark"].startswith("#") and not magic["which"]):
            return  # IPython's help, or a comment about exercises
        which = magic["which"] or "ID"
        if re.match(r"%exercise(\s|$)", line) and (not has_answer or self._is_in_files(which)):
            return  # `%exercise 02.install`, which has no cell
        raise CellError(
            f"`{line}` is not read as it is meant, and nothing was checked. Write `%%exercise {which}`."
        )

    def _is_in_files(self, which: str) -> bool:
        try:
            return self._catalogue.find(which).kind == FILE
        except ExerciseError:
            return True  # and the magic says so


def misplaced(line: str) -> NoReturn:
    """Raise CellError for a `%%exercise` that is below something else; `line` is what stands behind it."""
    raise CellError(
        f"`%%exercise {line}` is below something else in its cell, and nothing was checked. "
        "Make it the first line; comments alone may stand above it."
    )


def register(shell: Shell) -> None:
    """Give `shell` the magics, and its user the function `hint`."""
    magics = ExerciseMagics(shell)
    shell.register_magics(magics)
    for name in _NEARLY:
        shell.register_magic_function(misplaced, "line", name)
    shell.input_transformers_cleanup.append(Cells(magics.session.catalogue))
    shell.push({"hint": magics.hint})
