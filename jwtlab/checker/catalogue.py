"""The exercises of the course, and what the learner has written to them: where they are and what is in them.

exercises/checks/02.json                 the exercises of notebook 02, as `make exercises` builds them
work/exercises/answers/02.whoami.py      the learner's cell, as it was last checked
work/exercises/projects/02/hello/        the learner's copy of a project, for exercises of kind "file"

Nothing of an exercise is run here, in the learner's kernel: the code of its check is text for the worker.
"""

import ast
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from jwtlab.errors import LabError
from jwtlab.workspace.files import COURSE, changing, work_folder, write_whole

Answer = str | Mapping[str, str]  # a cell, or the files of a project by their path
CODE, FILE, PREDICT = "code", "file", "predict"  # the kinds of exercise

LARGEST_FILE = 256 * 1024  # bytes; what is larger in a project is no answer
_SKIPPED = {"__pycache__", ".ipynb_checkpoints"}


class ExerciseError(LabError):
    """There is no such exercise, or its file is not what the course ships."""


@dataclass(frozen=True)
class Check:
    """The code of a check, and where its author finds it."""

    file: str  # in the clone: course/exercises/02/whoami.py
    line: int  # of that file, on which the code begins
    code: str


@dataclass(frozen=True)
class Exercise:
    """What an exercise asks and says, without its solution."""

    id: str
    title: str
    kind: str  # CODE, FILE or PREDICT
    starter: Answer
    hints: Sequence[str]
    messages: Mapping[str, Mapping[str, str]]
    why: Mapping[str, str]
    check: Check
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # of a prediction, by letter
    site: str | None = None  # the face of the demo site that it takes place on
    django: bool = False  # whether the answer is code for a Django project, which a kernel is not
    settings: Sequence[str] = field(default_factory=list)  # names of the answer that are settings of the site
    settings_module: str | None = None  # of the learner's own project
    run: str | None = None  # the file of a project that is the answer's code
    needs: Sequence[str] = field(default_factory=list)  # programs of this machine
    project: str | None = None  # its folder below exercises/projects/

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Exercise":
        """Return the exercise that `as_json` was given. Raise KeyError or TypeError where it is none."""
        return cls(**{**data, "check": Check(**data["check"])})

    def as_json(self) -> dict[str, Any]:
        """Return everything as values that JSON has."""
        return asdict(self)

    def is_untouched(self, answer: Answer) -> bool:
        """Return whether there is nothing in `answer` that the learner has written."""
        starter = self.starter
        if isinstance(starter, str) and isinstance(answer, str):
            return self._is_untouched_text(starter, answer)
        if isinstance(starter, Mapping) and isinstance(answer, Mapping):
            return all(answer.get(path) == text for path, text in starter.items())
        return False

    def _is_untouched_text(self, starter: str, answer: str) -> bool:
        if answer.strip() in ("", starter.strip()):
            return True
        if self.kind == PREDICT:
            return not letter_of(answer)
        written = _statements(answer)
        return written is not None and written in ([], _statements(starter))


def letter_of(answer: str) -> str:
    """Return the option that a prediction names, without quotes and comments: `b`; "" where there is none."""
    lines = (line.partition("#")[0].strip(" \t.'\"`") for line in answer.splitlines())
    return next((line for line in lines if line), "")


def _statements(source: str) -> list[str] | None:
    """Return what the code does, less comments, docstrings, `pass` and `...`; None where it is no Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last two: nested too deeply
        return None
    return [ast.dump(node) for node in tree.body if not _does_nothing(node)]


def _does_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


class Catalogue:
    """The exercises of one clone and one learner's answers to them."""

    def __init__(self, course: Path = COURSE) -> None:
        self._checks = course / "exercises" / "checks"
        self._projects = course / "exercises" / "projects"

    def find(self, which: str) -> Exercise:
        """Return the exercise of this id. Raise ExerciseError, with what comes close, if there is none."""
        name = which.strip()
        path = self._checks / f"{name[:2]}.json"
        if re.fullmatch(r"\d\d\.[a-z0-9-]+", name) and path.is_file():
            for exercise in _read(path):
                if exercise.id == name:
                    return exercise
        ids = [exercise.id for exercise in self.select("")]
        near = get_close_matches(which, ids, n=3, cutoff=0.5) or ids[:3]
        raise ExerciseError(f"There is no exercise {which!r}. Is it one of these: {', '.join(near)}?")

    def select(self, which: str) -> list[Exercise]:
        """Return the exercise of an id, those of a notebook ("02") or, with "", all, in their order."""
        if which and not which.isdecimal():
            return [self.find(which)]
        paths = sorted(self._checks.glob(f"{which.zfill(2) if which else '[0-9][0-9]'}.json"))
        chosen = [exercise for path in paths for exercise in _read(path)]
        if not chosen:
            raise ExerciseError(f"Notebook {which} has no exercises." if which else "There are no exercises.")
        return chosen

    def answer(self, exercise: Exercise) -> Answer:
        """Return what the learner has written so far; the starter where that is nothing."""
        if exercise.kind == FILE:
            return _files(self.project(exercise)) or exercise.starter
        path = self.answer_path(exercise)
        return path.read_text("utf-8", errors="replace") if path.is_file() else exercise.starter

    def save(self, exercise: Exercise, source: str) -> None:
        """Keep the text of a cell as the learner's answer."""
        path = self.answer_path(exercise)
        with changing(work_folder()):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, source.encode("utf-8"))

    def answer_path(self, exercise: Exercise) -> Path:
        """Return where the learner's answer in a cell is kept."""
        return answers_folder() / f"{exercise.id}.py"

    def project(self, exercise: Exercise) -> Path:
        """Return the learner's copy of the project that the exercise is about."""
        return projects_folder() / str(exercise.project)

    def course_project(self, exercise: Exercise) -> dict[str, str]:
        """Return the files of the project as the course has them, by their path in it."""
        return _files(self._projects / str(exercise.project))


def answers_folder() -> Path:
    return work_folder() / "exercises" / "answers"


def projects_folder() -> Path:
    return work_folder() / "exercises" / "projects"


def _read(path: Path) -> list[Exercise]:
    """Return the exercises of one notebook. Raise ExerciseError where the file is not as it was built."""
    try:
        return [Exercise.from_json({"id": id, **data}) for id, data in json.loads(path.read_bytes()).items()]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ExerciseError(
            f"{path} does not hold exercises of the course ({error}). "
            "`git status exercises` shows what changed."
        ) from error


def _files(project: Path) -> dict[str, str]:
    """Return the texts of a project by their path in it. What is hidden, large or no text is left out."""
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
