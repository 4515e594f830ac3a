"""The quizzes of the lessons: course/quizzes/NN.toml, and what learners get, exercises/quizzes/NN.json.

The source says of each option which result it predicts, and what settles the question: the code in `verify`,
or without it the cell that follows the quiz in the lesson. tests/test_quizzes.py runs the one and reads the
other, so that no right answer is taken on trust. The learner's copy has neither.
"""

import ast
import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from authoring.manifest import COURSE, Course, CourseError, settle
from jwtlab.checker.quiz import Option, Question

QUESTION_FIELDS = {"question", "verify", "options"}
OPTION_FIELDS = {"text", "result", "feedback", "misconception"}


@dataclass(frozen=True)
class Quiz:
    """One question as its author wrote it. `results` is what each option predicts, in the options' order."""

    question: Question
    results: tuple[str, ...]
    verify: str | None

    @property
    def right(self) -> str:
        """What the right answer predicts."""
        return next(
            result for option, result in zip(self.question.options, self.results, strict=True) if option.right
        )

    @property
    def wrong(self) -> list[str]:
        """What the other answers predict."""
        return [
            result
            for option, result in zip(self.question.options, self.results, strict=True)
            if not option.right
        ]


def read_quizzes(path: Path, course: Course = COURSE) -> list[Quiz]:
    """Return the quizzes of one lesson. Raises CourseError for what cannot be read, with file and line."""
    text = path.read_text(encoding="utf-8")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise CourseError(f"{course.place(path, int(line[1]) if line else 1)}: {error}. Mend it.") from error
    quizzes = []
    for slug, table in tables.items():
        try:
            quizzes.append(read_quiz(f"{path.stem}.{slug}", table))
        except CourseError as error:
            line_of_quiz = line_of(f"{path.stem}.{slug}", path)
            raise CourseError(f"{course.place(path, line_of_quiz)}: {error}") from error
    return quizzes


def line_of(id: str, path: Path) -> int:
    """Return the line on which a quiz begins in its file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.strip() == f"[{id[3:]}]"), 1)


def read_quiz(id: str, table: Mapping[str, Any]) -> Quiz:
    """One quiz from its table. Raises CourseError for a field too many or too few."""
    if not {"question", "options"} <= table.keys() <= QUESTION_FIELDS:
        raise CourseError(f"Quiz {id}: give `question`, `options`, and `verify` where no cell settles it.")
    for option in table["options"]:
        if option.keys() | {"misconception"} != OPTION_FIELDS:
            raise CourseError(
                f"Quiz {id}: an option has `text`, `result`, `feedback`, and a wrong one `misconception`."
            )
    if sum("misconception" not in option for option in table["options"]) != 1:
        raise CourseError(f"Quiz {id}: one option is right, and has no `misconception`. The others have one.")
    written = sorted(table["options"], key=lambda option: place(id, option["text"]))
    options = tuple(
        Option(option["text"], option["feedback"].strip(), option.get("misconception")) for option in written
    )
    question = Question(id, table["question"].strip(), options)
    return Quiz(question, tuple(option["result"] for option in written), table.get("verify"))


def place(id: str, text: str) -> str:
    """By what options are ordered: shuffled, and the same each time."""
    return hashlib.sha256(f"{id}\n{text}".encode()).hexdigest()


def outcome(code: str, names: dict[str, Any]) -> str:
    """Return what the last expression of `code` gives, as text. It uses `names`, which are changed."""
    *body, last = ast.parse(code).body
    if not isinstance(last, ast.Expr):
        raise CourseError("The last line of a `verify` is the value that settles the question.")
    exec(compile(ast.Module(body, []), "<verify>", "exec"), names)
    return str(eval(compile(ast.Expression(last.value), "<verify>", "eval"), names))


def built(course: Course = COURSE) -> dict[Path, str]:
    """Return the learner's copies, as path and text."""
    return {
        course.built_quizzes / f"{source.stem}.json": for_learners(read_quizzes(source, course))
        for source in sorted(course.quizzes.glob("*.toml"))
    }


def for_learners(quizzes: list[Quiz]) -> str:
    """Return the text of a learner's copy: questions and options, in the order in which they are shown."""
    questions = {}
    for quiz in quizzes:
        table = asdict(quiz.question)
        questions[table.pop("id")] = table
    return json.dumps(questions, indent=1, ensure_ascii=False) + "\n"


def stale(course: Course = COURSE) -> list[Path]:
    """Return the learner's copies that have no source any more."""
    return sorted(set(course.built_quizzes.glob("*.json")) - built(course).keys())


def build(*, check: bool = False, course: Course = COURSE) -> list[str]:
    """Write the learner's copies that changed, remove those without a source, and report it, a line a file.

    With `check` nothing is written, and a difference is a CourseError.
    """
    would = "python -m authoring quizzes" if check else ""
    return settle(built(course), course, stale=stale(course), check=would)
