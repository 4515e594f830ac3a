"""The quizzes of the lessons: course/quizzes/NN.toml, and what learners get, exercises/quizzes/NN.json.

The source says of each option which result it predicts, and what settles the question: the code in `verify`,
or without it the cell that follows the quiz in the lesson. tests/test_quizzes.py runs the one and reads the
other, so that no right answer is taken on trust. The learner's copy has neither.
"""

import ast
import hashlib
import json
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path

from authoring.files import ROOT, LessonError
from jwtlab.checker.quiz import FOLDER, Option, Question

SOURCES = ROOT / "course" / "quizzes"
MISCONCEPTIONS = ROOT / "course" / "misconceptions.toml"

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


def read_quizzes(path: Path) -> list[Quiz]:
    """The quizzes of one lesson. Raises LessonError for a file that cannot be read, naming the quiz."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise LessonError(f"{path.name} cannot be read: {error}") from error
    return [read_quiz(f"{path.stem}.{slug}", table) for slug, table in tables.items()]


def read_quiz(id: str, table: dict) -> Quiz:
    """One quiz from its table. Raises LessonError for a field too many or too few."""
    if not {"question", "options"} <= table.keys() <= QUESTION_FIELDS:
        raise LessonError(f"Quiz {id}: give `question`, `options`, and `verify` where no cell settles it.")
    for option in table["options"]:
        if option.keys() | {"misconception"} != OPTION_FIELDS:
            raise LessonError(
                f"Quiz {id}: an option has `text`, `result`, `feedback`, and a wrong one `misconception`."
            )
    if sum("misconception" not in option for option in table["options"]) != 1:
        raise LessonError(f"Quiz {id}: one option is right, and has no `misconception`. The others have one.")
    written = sorted(table["options"], key=lambda option: place(id, option["text"]))
    options = tuple(
        Option(option["text"], option["feedback"].strip(), option.get("misconception")) for option in written
    )
    question = Question(id, table["question"].strip(), options)
    return Quiz(question, tuple(option["result"] for option in written), table.get("verify"))


def place(id: str, text: str) -> str:
    """By what options are ordered: shuffled, and the same each time."""
    return hashlib.sha256(f"{id}\n{text}".encode()).hexdigest()


def outcome(code: str, names: dict) -> str:
    """What the last expression of `code` gives, as text. `names` are there for it to use, and are changed."""
    body = ast.parse(code).body
    exec(compile(ast.Module(body[:-1], []), "<verify>", "exec"), names)
    return str(eval(compile(ast.Expression(body[-1].value), "<verify>", "eval"), names))


def built() -> dict[Path, str]:
    """The learner's copies, as path and text."""
    return {
        FOLDER / f"{source.stem}.json": for_learners(read_quizzes(source))
        for source in sorted(SOURCES.glob("[0-9][0-9].toml"))
    }


def for_learners(quizzes: list[Quiz]) -> str:
    """The text of a learner's copy: questions and options, in the order in which they are shown."""
    questions = {}
    for quiz in quizzes:
        table = asdict(quiz.question)
        questions[table.pop("id")] = table
    return json.dumps(questions, indent=1, ensure_ascii=False) + "\n"


def build(*, check: bool = False) -> list[str]:
    """Write the learner's copies that changed, remove those without a source, and report it, a line a file.

    With `check` nothing is written, and a difference is a LessonError.
    """
    files = built()
    stale = [path for path in sorted(FOLDER.glob("*.json")) if path not in files]
    changed = [
        path for path, text in files.items() if not path.is_file() or path.read_bytes() != text.encode()
    ]
    if check and (changed or stale):
        names = "\n".join(path.relative_to(ROOT).as_posix() for path in [*changed, *stale])
        raise LessonError(f"Not what course/quizzes gives; run `python -m authoring quizzes`:\n{names}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in changed:
        path.write_text(files[path], encoding="utf-8", newline="\n")
    for path in stale:
        path.unlink()
    return [
        *(
            f"{'written  ' if path in changed else 'unchanged'}  {path.relative_to(ROOT).as_posix()}"
            for path in files
        ),
        *(f"removed    {path.relative_to(ROOT).as_posix()}" for path in stale),
    ]
