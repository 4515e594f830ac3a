"""Where exercises, answers and projects are: the course's in the clone, the learner's under `work/`.

exercises/checks/02/whoami.py            the exercise 02.whoami, as built
work/exercises/answers/02.whoami.py      the learner's cell, as it was last checked
work/exercises/projects/02/hello/        the learner's copy of a project, for exercises of kind "file"
"""

import re
from difflib import get_close_matches
from pathlib import Path

from jwtlab.checker.exercise import FILE, Answer, Exercise, ExerciseError
from jwtlab.workspace.files import COURSE, changing, work_folder, write_whole

LARGEST_FILE = 256 * 1024  # bytes; what is larger in a project is no answer
_SKIPPED = {"__pycache__", ".ipynb_checkpoints"}
_ID = re.compile(r"(\d\d)\.([a-z0-9-]+)")


class Book:
    """The exercises of one clone and one learner's answers to them."""

    def __init__(self, course: Path = COURSE) -> None:
        self._checks = course / "exercises" / "checks"
        self._projects = course / "exercises" / "projects"

    def ids(self) -> list[str]:
        """Every exercise there is, by notebook and then in the order of the notebook."""
        found = [Exercise.read(path) for path in sorted(self._checks.glob("[0-9][0-9]/*.py"))]
        found.sort(key=lambda exercise: (exercise.id[:2], exercise.meta.get("order", 0), exercise.id))
        return [exercise.id for exercise in found]

    def find(self, which: str) -> Exercise:
        """The exercise of this id. Raises ExerciseError, with what comes close, where there is none."""
        named = _ID.fullmatch(which.strip())
        path = self._checks / named[1] / f"{named[2]}.py" if named else None
        if path and path.is_file():
            return Exercise.read(path)
        ids = self.ids()
        near = get_close_matches(which, ids, n=3, cutoff=0.5) or ids[:3]
        raise ExerciseError(f"There is no exercise {which!r}. Is it one of these: {', '.join(near)}?")

    def select(self, which: str) -> list[Exercise]:
        """The exercise of an id, those of a notebook ("02"), or with "" all of them."""
        if which and not which.isdecimal():
            return [self.find(which)]
        chosen = [each for each in self.ids() if each.startswith(which and which.zfill(2))]
        if not chosen:
            raise ExerciseError(f"Notebook {which} has no exercises." if which else "There are no exercises.")
        return [self.find(each) for each in chosen]

    def answer(self, exercise: Exercise) -> Answer:
        """What the learner has written so far; the starter where that is nothing."""
        if exercise.kind == FILE:
            return _files(self.project(exercise)) or dict(exercise.starter)
        path = self.answer_path(exercise)
        return path.read_text("utf-8", errors="replace") if path.is_file() else exercise.starter

    def save(self, exercise: Exercise, source: str) -> None:
        """Keep the text of a cell as the learner's answer."""
        path = self.answer_path(exercise)
        with changing(work_folder()):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, source.encode("utf-8"))

    def answer_path(self, exercise: Exercise) -> Path:
        return answers_folder() / f"{exercise.id}.py"

    def project(self, exercise: Exercise) -> Path:
        """The learner's copy of the project that the exercise is about."""
        return projects_folder() / exercise.meta["project"]

    def course_project(self, exercise: Exercise) -> dict[str, str]:
        """The files of the project as the course has them."""
        return _files(self._projects / exercise.meta["project"])


def answers_folder() -> Path:
    return work_folder() / "exercises" / "answers"


def projects_folder() -> Path:
    return work_folder() / "exercises" / "projects"


def _files(project: Path) -> dict[str, str]:
    """The texts of a project by their path in it. What is hidden, large or no text is left out."""
    files = {}
    for path in sorted(project.rglob("*")):
        parts = path.relative_to(project).parts
        if path.is_file() and not any(part in _SKIPPED or part.startswith(".") for part in parts):
            content = path.read_bytes() if path.stat().st_size <= LARGEST_FILE else b"\xff"
            try:
                files["/".join(parts)] = content.decode("utf-8")
            except UnicodeDecodeError:
                continue  # a database or a picture
    return files
