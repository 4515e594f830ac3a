"""One exercise as a record: what is asked, the solution, the other answers, and what they are told.

`reading` makes it from the writer's text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from authoring.exercises.cuts import Cut
from authoring.exercises.answer_patches import Answer
from authoring.manifest import id_of
from jwtlab.checker.catalogue import CODE, FILE, PREDICT

KINDS = (CODE, FILE, PREDICT)
STAGES = ("worked", "faded", "free")
NEEDS = ("nginx", "browser")  # programs that an exercise can ask for
FACES = ("seed", "hardened", "rotating")  # of the demo site, on which an exercise can take place


@dataclass(frozen=True)
class Meta:
    """The lines `name: value` at the top of an exercise, up to the first empty line."""

    title: str
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
    cuts: Mapping[str, Cut]
    also_right: Mapping[str, Answer]
    wrong: list[Wrong]
    options: Mapping[str, Option]
    check: str
    messages: Mapping[str, Message]
    hints: list[str]
    proven: str
    not_checked: str
    lines: Mapping[str, int]  # of the file, on which the fields of the head, `asked` and each cell begin, by title

    @property
    def id(self) -> str:
        return id_of(self.path)

    def line(self, part: str) -> int:
        """Return where a part begins: a field of the head, `asked`, or a cell by its title."""
        return self.lines.get(part, 1)

    @property
    def notebook(self) -> str:
        """The number of the notebook that it belongs to."""
        return self.path.parent.name

    @property
    def solution(self) -> Answer:
        if self.meta.kind == PREDICT:
            return next(letter for letter, option in self.options.items() if option.key is None) + "\n"
        return self.whole({file: one.solution for file, one in self.cuts.items()})

    @property
    def starter(self) -> Answer:
        if self.meta.kind == PREDICT:
            return "...\n"
        return self.whole({file: one.starter for file, one in self.cuts.items()})

    def whole(self, texts: dict[str, str]) -> Answer:
        return texts if self.meta.kind == FILE else texts[""]

    @property
    def edited(self) -> list[str]:
        """The files of a project in which there is something to write."""
        return [file for file, one in self.cuts.items() if file and one.written]

    @property
    def misconceptions(self) -> set[str]:
        return {wrong.misconception for wrong in self.wrong if wrong.misconception}
