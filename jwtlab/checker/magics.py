"""`%%exercise 02.whoami`, `%exercise 02.hello` and `hint("02.whoami")` in a notebook."""

from typing import Any

from IPython.core.magic import Magics, cell_magic, line_cell_magic, magics_class

from jwtlab.checker.exercise import CODE, FILE, Exercise, ExerciseError
from jwtlab.checker.session import Hint, Session
from jwtlab.checker.verdict import Verdict


@magics_class
class ExerciseMagics(Magics):
    """The magics of one kernel."""

    def __init__(self, shell: Any, session: Session | None = None) -> None:
        super().__init__(shell)
        self._session = session or Session()
        self._solved: dict[str, dict[str, str]] = {}

    @line_cell_magic
    def exercise(self, line: str, cell: str | None = None) -> Verdict:
        """Save the cell as the answer, run it as any other cell, check it, and show what came of it.

        Without a cell: check what is there, in the files of a project or from an earlier run.
        """
        exercise = self._session.book.find(line)
        if cell is not None:
            self._take(exercise, cell)
        verdict = self._session.check(exercise)
        if verdict.printed and not _runs_here(exercise):
            print(verdict.printed, end="" if verdict.printed.endswith("\n") else "\n")
        return verdict

    def _take(self, exercise: Exercise, cell: str) -> None:
        if exercise.kind == FILE:
            place = f"work/exercises/projects/{exercise.meta['project']}"
            raise ExerciseError(
                f"The answer to {exercise.id} is in files: edit them in {place}, "
                f"and check with one line, %exercise {exercise.id}."
            )
        self._session.book.save(exercise, cell)
        if _runs_here(exercise):
            self.shell.run_cell(cell)  # shows an error as it always does; then the check has its own word

    @cell_magic
    def solution(self, line: str, cell: str) -> Verdict | None:
        """Run and check a cell of a solution notebook. The learner's answers and record stay as they are.

        `%%solution 02.hello api/views.py` is one file of a project; those of earlier cells stay in place.
        With `--more` behind it, other files follow, and nothing is checked yet.
        """
        which, *words = line.split()
        exercise = self._session.book.find(which)
        if exercise.kind == FILE:
            files = self._solved.setdefault(exercise.id, self._session.book.course_project(exercise))
            files[words[0]] = cell
            return None if "--more" in words else self._session.engine.check(exercise, files)
        if _runs_here(exercise):
            self.shell.run_cell(cell)
        return self._session.engine.check(exercise, cell)

    def hint(self, which: str) -> Hint:
        """One more hint for the exercise, each time."""
        return self._session.hint(which)


def _runs_here(exercise: Exercise) -> bool:
    """Whether the answer is plain Python. Django's code needs a project, and a kernel has none."""
    return exercise.kind == CODE and not exercise.meta.get("django")


def register(shell: Any) -> None:
    """Give `shell` the magics, and its user the function `hint`."""
    magics = ExerciseMagics(shell)
    shell.register_magics(magics)
    shell.push({"hint": magics.hint})
