"""A lesson as the rules see it: cells with their place in the text, and prose told apart from code."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from authoring.lesson import Lesson, Meta, frame_cell
from authoring.lint.markdown_parser import Markdown, parse


@dataclass(frozen=True)
class Cell:
    """One cell.

    `number`: its place in the notebook, where the frame is 1; `line`: where it begins in the text.
    """

    number: int
    line: int
    kind: str
    source: str
    tags: list[str]
    prompt: int | None  # n of In[n], for a code cell

    @property
    def name(self) -> str:
        return f"cell {self.number}" + (f", In[{self.prompt}]" if self.prompt else "")

    @property
    def text(self) -> Markdown:
        """What a Markdown cell says, taken apart."""
        return parse(self.source)

    @property
    def words(self) -> int:
        return len([word for word in self.text.prose.split() if re.search(r"\w", word)])

    @property
    def lines(self) -> int:
        """Lines of a code cell that are not blank."""
        return len([line for line in self.source.splitlines() if line.strip()])

    @property
    def headings(self) -> list[tuple[int, str]]:
        """The headings of a Markdown cell, as level and text."""
        found = self.text.headings if self.kind == "markdown" else ()
        return [(heading.level, heading.title) for heading in found]


@dataclass(frozen=True)
class Section:
    """A second-level heading and the cells from it to the next one."""

    title: str
    cells: list[Cell]


@dataclass(frozen=True)
class Draft:
    """One lesson: its metadata, the frame that is made from it, and the cells of its text."""

    path: Path
    meta: Meta
    frame: Cell
    cells: list[Cell]

    @classmethod
    def of(cls, lesson: Lesson) -> "Draft":
        frame = Cell(1, 1, "markdown", frame_cell(lesson).source, [], None)
        text = lesson.path.read_text(encoding="utf-8")
        return cls(lesson.path, lesson.meta, frame, list(placed(lesson.cells, text)))

    @property
    def file(self) -> str:
        return self.path.name

    @property
    def markdown(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.kind == "markdown"]

    @property
    def code(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.kind == "code"]

    @property
    def sections(self) -> list[Section]:
        """The sections of the text; a cell with a heading inside belongs to both sides of it."""
        found: list[Section] = []
        for cell in self.cells:
            if found and not cell.source.startswith("## "):
                found[-1].cells.append(cell)
            found += [Section(title, [cell]) for level, title in cell.headings if level == 2]
        return found


# What a rule on one lesson yields: the cell, or None for the lesson, and what to do.
Findings = Iterator[tuple[Cell | None, str]]


@dataclass(frozen=True)
class Finding:
    """Something to put right: where, which rule, and what to do."""

    file: str | None  # the name of the lesson's file; None for all of them together
    cell: Cell | None
    rule: str
    advice: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.cell.line if self.cell else 1}" if self.file else ""
        cell = f": {self.cell.name}" if self.cell else ""
        return f"course/lessons/{place}{cell} [{self.rule.replace('_', '-')}] {self.advice}"


def placed(cells: list[NotebookNode], text: str) -> Iterator[Cell]:
    """The cells with their number in the notebook and their first line in `text`, in order."""
    position, prompt = 0, 0
    for number, cell in enumerate(cells, start=2):
        position = text.index(cell.source, position)
        prompt += cell.cell_type == "code"
        line = text.count("\n", 0, position) + 1
        tags = cell.metadata.get("tags", [])
        yield Cell(
            number, line, cell.cell_type, cell.source, tags, prompt if cell.cell_type == "code" else None
        )
        position += len(cell.source)
