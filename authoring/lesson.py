"""A lesson: a MyST text file with front matter, as cells of a notebook, and back again.

The text is the source. jupytext does the conversion; this module adds what the course wants on top: the
`jwtlab` front matter as a checked record, and the frame cell made from it, which the text never repeats.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_origin, get_type_hints

import jupytext
from jupytext.myst import MystMetadataParsingError
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook
from yaml import YAMLError

from authoring.manifest import FRAME_TAG, KEPT_CELL_METADATA, CourseError

FRONT_MATTER = re.compile(r"\A---\n.*?^---\n", re.DOTALL | re.MULTILINE)
CODE_FENCE = re.compile(r"^`{3,}\{code-cell\} *(\S*)$", re.MULTILINE)


@dataclass(frozen=True)
class Meta:
    """The `jwtlab` block of the front matter, from which the frame and the pages are made."""

    number: str
    title: str
    summary: str
    minutes: int
    objectives: list[str]
    needs: list[str]
    terms: dict[str, str]


@dataclass(frozen=True)
class Lesson:
    """One lesson as read: `front` is the front matter verbatim, `cells` has no frame and no outputs."""

    path: Path
    front: str
    meta: Meta
    cells: list[NotebookNode]

    @property
    def name(self) -> str:
        """The name that its text and its notebook share: `01_jwt_anatomy`."""
        return self.path.stem


def read_lesson(path: Path) -> Lesson:
    """Read one lesson's text. Raises CourseError for front matter or a cell that cannot be read."""
    text = path.read_text(encoding="utf-8")
    front = FRONT_MATTER.match(text)
    if front is None:
        raise unreadable(path, 1, "it has no front matter. Begin it as course/README.md shows.")
    try:
        notebook = jupytext.reads(text, fmt="md:myst")
    except YAMLError as error:
        mark, said = getattr(error, "problem_mark", None), getattr(error, "problem", error)
        raise unreadable(path, mark.line + 2 if mark else 1, f"the front matter: {said}. Mend it.") from error
    except MystMetadataParsingError as error:
        line = re.search(r"line (\d+)", str(error))
        raise unreadable(path, int(line[1]) if line else 1, f"{error}. Mend it.") from error
    for cell in notebook.cells:
        if cell.cell_type == "raw":
            line_of = text.count("\n", 0, text.index(cell.source)) + 1
            raise unreadable(path, line_of, "a raw cell. A lesson is made of Markdown and code.")
    return Lesson(path, front.group(), read_meta(path, front.group(), notebook.metadata), notebook.cells)


def unreadable(path: Path, line: int, problem: str) -> CourseError:
    """Return the error that names a place in a lesson's text."""
    return CourseError(f"course/lessons/{path.name}:{line}: {problem}")


KINDS = {
    str: "a text, in quotes where it looks like a number",
    int: "a number",
    list: "a list",
    dict: "a table",
}


def read_meta(path: Path, front: str, metadata: Mapping[str, Any]) -> Meta:
    """Return the `jwtlab` block of the front matter as a record.

    Raises CourseError for a field that is missing, unknown or of another kind.
    """

    def line_of(name: str) -> int:
        found = re.search(rf"^ *{name}:", front, re.MULTILINE)
        return front.count("\n", 0, found.start()) + 1 if found else 1

    block = metadata.get("jwtlab")
    if not isinstance(block, dict):
        raise unreadable(path, 1, "no `jwtlab:` block in the front matter. course/README.md shows one.")
    known = {name: get_origin(kind) or kind for name, kind in get_type_hints(Meta).items()}
    for name in sorted(set(block) - set(known)):
        raise unreadable(path, line_of(name), f"`jwtlab` has no field {name!r}. It has {', '.join(known)}.")
    for name, kind in known.items():
        if not isinstance(block.get(name), kind):
            where = line_of(name if name in block else "jwtlab")
            raise unreadable(path, where, f"`jwtlab.{name}` must be {KINDS[kind]}, as in course/README.md.")
    return Meta(**{name: plain(block[name]) for name in known})


def plain(value: Any) -> Any:
    """Return a value of the front matter as plain text, list or dictionary."""
    if isinstance(value, dict):
        return {str(key): str(text).strip() for key, text in value.items()}
    return [str(item) for item in value] if isinstance(value, list) else value


def to_cells(lesson: Lesson) -> list[NotebookNode]:
    """All the cells of a lesson's notebook, the frame first, not executed."""
    return [frame_cell(lesson), *lesson.cells]


def frame_cell(lesson: Lesson) -> NotebookNode:
    """Return the first cell of a notebook: what you will do, learn and need, and for how long."""
    meta = lesson.meta
    needs = ", ".join(link_to(need, lesson.path.parent) for need in meta.needs)
    terms = ", ".join(f"[{term}](GLOSSARY.md#{anchor(term)})" for term in meta.terms)
    parts = [
        f"# {meta.number} · {meta.title}",
        f"**What you will do.** {meta.summary.rstrip('.')}.",
        "**What you will learn.** At the end you can:",
        "\n".join(f"- {objective.rstrip('.')}" for objective in meta.objectives),
        f"**What you need.** {needs or 'This course, set up with `make lab`'}.",
        f"**Minutes.** About {meta.minutes}.",
        f"**New words.** {terms}." if terms else "",
    ]
    cell: NotebookNode = new_markdown_cell("\n\n".join(filter(None, parts)), metadata={"tags": [FRAME_TAG]})
    return cell


def link_to(need: str, lessons: Path) -> str:
    """`00 Start here` as a link to its notebook; a need that names no lesson stays as it is."""
    number = re.match(r"\d\d\b", need)
    target = next(lessons.glob(f"{number.group()}_*.md"), None) if number else None
    return f"[{need}]({target.stem}.ipynb)" if target else need


def anchor(term: str) -> str:
    """Return the anchor that GitHub and JupyterLab give to a term's heading in the glossary."""
    return re.sub(r"[^\w\- ]", "", term.lower()).replace(" ", "-")


def to_text(lesson: Lesson, cells: list[NotebookNode]) -> str:
    """`cells` as the text of `lesson`: its own front matter, no frame, no outputs.

    The inverse of `read_lesson`.
    """
    kept = [source_of(cell) for cell in cells if FRAME_TAG not in cell.metadata.get("tags", [])]
    notebook = new_notebook(cells=kept)
    if lexer := CODE_FENCE.search(lesson.path.read_text(encoding="utf-8")):
        notebook.metadata = {"language_info": {"name": "python", "pygments_lexer": lexer.group(1) or None}}
    return lesson.front + FRONT_MATTER.sub("", jupytext.writes(notebook, fmt="md:myst"))


def source_of(cell: NotebookNode) -> NotebookNode:
    """Return a copy of `cell` with what a text can hold. Raises CourseError for an image pasted into it."""
    if cell.get("attachments"):
        raise CourseError(
            "A cell holds a pasted image. Save it as a file beside the notebook and link to it."
        )
    metadata = {key: value for key, value in cell.metadata.items() if key in KEPT_CELL_METADATA and value}
    copy = NotebookNode(cell, metadata=NotebookNode(metadata))
    if cell.cell_type == "code":
        copy.update(outputs=[], execution_count=None)
    return copy
