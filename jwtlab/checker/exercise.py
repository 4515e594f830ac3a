"""One exercise as the learner has it: a built file `exercises/checks/NN/slug.py`, without its solution.

All but the function `check` in it is literals, which are read and not run: lists, hints and progress need no
worker, and nothing of the course is executed in the learner's kernel.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jwtlab.errors import LabError

Answer = str | Mapping[str, str]  # a cell, or the files of a project by their path
CODE, FILE, PREDICT = "code", "file", "predict"

CHECKS = "exercises/checks/"  # in the clone: NN/slug.py

_PARTS = ("EXERCISE", "STARTER", "HINTS", "MESSAGES", "WHY", "OPTIONS")


class ExerciseError(LabError):
    """There is no such exercise, or its file is not what the course ships."""


@dataclass(frozen=True)
class Exercise:
    """What an exercise asks and says. `text` is its file, of which the worker runs `check`."""

    text: str
    meta: Mapping[str, Any]
    starter: Answer
    hints: tuple[str, ...]
    messages: Mapping[str, Mapping[str, str]]
    why: Mapping[str, str]
    options: Mapping[str, Mapping[str, str]]

    @classmethod
    def read(cls, path: Path) -> "Exercise":
        return cls.parse(path.read_text("utf-8"), str(path))

    @classmethod
    def parse(cls, text: str, name: str = "<exercise>") -> "Exercise":
        """Read the literals of a built file. Raises ExerciseError where they are not there."""
        try:
            found = _literals(ast.parse(text))
            return cls(
                text=text,
                meta=found["EXERCISE"],
                starter=found["STARTER"],
                hints=tuple(found["HINTS"]),
                messages=found["MESSAGES"],
                why=found["WHY"],
                options=found.get("OPTIONS", {}),
            )
        except (SyntaxError, ValueError, KeyError, TypeError) as error:
            raise ExerciseError(
                f"{name} is no exercise of the course ({error}). `git status exercises` shows what changed."
            ) from error

    @property
    def id(self) -> str:
        return self.meta["id"]

    @property
    def title(self) -> str:
        return self.meta["title"]

    @property
    def kind(self) -> str:
        """CODE, FILE or PREDICT."""
        return self.meta["kind"]

    def is_untouched(self, answer: Answer) -> bool:
        """Whether there is nothing in `answer` that the learner has written."""
        if isinstance(answer, Mapping):
            return all(answer.get(path) == text for path, text in self.starter.items())
        if answer.strip() in ("", self.starter.strip()):
            return True
        if self.kind == PREDICT:
            return not letter_of(answer)
        return _reads(answer) and _bones(answer) in ("", _bones(self.starter))


def letter_of(answer: str) -> str:
    """The option that a prediction names, without quotes and comments: `b`. Empty where there is none."""
    lines = (line.partition("#")[0].strip(" \t.'\"`") for line in answer.splitlines())
    return next((line for line in lines if line), "")


def _literals(tree: ast.Module) -> dict[str, Any]:
    assigned = (node for node in tree.body if isinstance(node, ast.Assign))
    named = ((node.targets[0], node.value) for node in assigned)
    return {
        target.id: ast.literal_eval(value)
        for target, value in named
        if isinstance(target, ast.Name) and target.id in _PARTS
    }


def _reads(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last two: nested too deeply
        return False
    return True


def _bones(source: str) -> str:
    """A text for what the code does: without comments, docstrings, blank lines, `pass` and `...`."""
    statements = [node for node in ast.parse(source).body if not _does_nothing(node)]
    return "\n".join(ast.dump(node) for node in statements)


def _does_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
