"""Checking, with everything around it: find the exercise, keep the answer, record the outcome, give hints.

The notebook's magic and the terminal's commands both go through here, so that both say the same.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.html import format_html
from django.utils.safestring import SafeString

from jwtlab.checker.catalogue import Book
from jwtlab.checker.drawing import prose
from jwtlab.checker.exercise import Exercise
from jwtlab.checker.verdict import NOT_ATTEMPTED, Verdict
from jwtlab.checker.worker.client import Engine
from jwtlab.show import html
from jwtlab.workspace.progress import EXERCISES, Progress


@dataclass(frozen=True)
class Hint:
    """One hint, shown as text and as HTML."""

    id: str
    number: int
    of: int
    text: str

    def __str__(self) -> str:
        head = f"hint {self.number} of {self.of} · {self.id}"
        return "\n".join((head, *html.fold(self.text)))

    __repr__ = __str__

    def _repr_html_(self) -> SafeString:
        head = f"hint {self.number} of {self.of}"
        badge = html.badge(head, html.PLUM)
        return format_html("<p>{} {} · {}</p>", badge, self.id, prose(self.text))


@dataclass
class Session:
    """One learner at work: the exercises, the warm worker and the record."""

    book: Book = field(default_factory=Book)
    engine: Engine = field(default_factory=Engine)

    def check(self, exercise: Exercise, hold: Callable[[Verdict], None] | None = None) -> Verdict:
        """Check the learner's present answer and record the outcome."""
        verdict = self.engine.check(exercise, self.book.answer(exercise), hold)
        if verdict.outcome != NOT_ATTEMPTED:
            Progress().record(EXERCISES, exercise.id, outcome=verdict.outcome, key=verdict.key)
        return verdict

    def hint(self, which: str) -> Hint:
        """The next hint for an exercise; after the last one, the last one again."""
        exercise = self.book.find(which)
        number = Progress().take_hint(exercise.id, len(exercise.hints))
        return Hint(exercise.id, number, len(exercise.hints), exercise.hints[number - 1])
