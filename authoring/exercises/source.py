"""One exercise as a record: what is asked, the solution, the other answers, and what they are told.

`reading` makes it from the writer's text.
"""

from dataclasses import dataclass, field
from pathlib import Path

from authoring.exercises.cuts import Cut
from authoring.exercises.patches import Answer
from authoring.exercises.places import id_of
from jwtlab.checker.catalogue import CODE, FILE, PREDICT

KINDS = (CODE, FILE, PREDICT)
STAGES = ("worked", "faded", "free")


@dataclass(frozen=True)
class Meta:
    """The lines `name: value` at the top of an exercise, up to the first empty line."""

    title: str
    place: int  # where it stands among the exercises of its notebook, from 1
    stage: str
    minutes: int
    concepts: list[str]
    kind: str = CODE
    security: bool = False  # about an attack: at least five wrong answers in place of three
    break_then_fix: bool = False
    # What the checker needs to know; see jwtlab/checker/catalogue.py.
    site: str = ""
    django: bool = False
    settings: list[str] = field(default_factory=list)
    settings_module: str = ""
    run: str = ""
    needs: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Wrong:
    """A typical wrong answer, the message that it must get, and the belief behind it (None for a slip)."""

    name: str
    line: int
    key: str
    misconception: str | None
    answer: Answer


@dataclass(frozen=True)
class Message:
    """What a failing answer is told beside what the check computes: what happened, and where to look."""

    line: int
    title: str
    next: str


@dataclass(frozen=True)
class Option:
    """One answer of a prediction; the right one has no key."""

    line: int
    text: str
    key: str | None


@dataclass(frozen=True)
class Source:
    """One exercise. `cuts` holds the marked texts by file; a code exercise has one, under the empty name."""

    path: Path
    meta: Meta
    text: str
    cuts: dict[str, Cut]
    also_right: dict[str, Answer]
    wrong: list[Wrong]
    options: dict[str, Option]
    check: str
    check_line: int  # of the file, on which the code of the check begins
    messages: dict[str, Message]
    hints: list[str]
    proven: str
    not_checked: str

    @property
    def id(self) -> str:
        return id_of(self.path)

    @property
    def notebook(self) -> str:
        """The number of the notebook that it belongs to."""
        return self.path.parent.name

    @property
    def solution(self) -> Answer:
        if self.meta.kind == PREDICT:
            return next(letter for letter, option in self.options.items() if option.key is None) + "\n"
        return self.whole("solution")

    @property
    def starter(self) -> Answer:
        return "...\n" if self.meta.kind == PREDICT else self.whole("starter")

    def whole(self, version: str) -> Answer:
        texts = {file: getattr(one, version) for file, one in self.cuts.items()}
        return texts if self.meta.kind == FILE else texts[""]

    @property
    def edited(self) -> list[str]:
        """The files of a project in which there is something to write."""
        return [file for file, one in self.cuts.items() if file and one.written]

    @property
    def misconceptions(self) -> set[str]:
        return {wrong.misconception for wrong in self.wrong if wrong.misconception}
