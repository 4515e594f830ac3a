"""A lesson: a MyST text file with front matter, as cells of a notebook, and back again.

The text is the source. jupytext does the conversion; this module adds what the course wants on top: the `jwtlab` front
matter as a checked record, and the frame cell made from it, which the text never repeats.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import jupytext
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from jwtlab.errors import LabError

ROOT = Path(__file__).resolve().parent.parent
LESSONS = ROOT / "authoring" / "lessons"
NOTEBOOKS = ROOT / "notebooks"
FRAME_TAG = "frame"
KEPT_CELL_METADATA = (
    "tags",
)  # JupyterLab adds others of its own (scrolled, editable, …); they are nobody's text

FRONT_MATTER = re.compile(r"\A---\n.*?^---\n", re.DOTALL | re.MULTILINE)
CODE_FENCE = re.compile(r"^`{3,}\{code-cell\} *(\S*)$", re.MULTILINE)


class LessonError(LabError):
    """A lesson that cannot be read, built or brought back: which one, why, and what to do."""


@dataclass(frozen=True)
class Meta:
    """The `jwtlab` block of a lesson's front matter, which the frame, the start page and the glossary are made from."""

    number: str
    title: str
    summary: str
    minutes: int
    objectives: list[str]
    needs: list[str]
    terms: dict[str, str]


@dataclass(frozen=True)
class Lesson:
    """One lesson as read from its text: `front` is the front matter verbatim, `cells` has no frame and no outputs."""

    path: Path
    front: str
    meta: Meta
    cells: list[NotebookNode]

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def notebook(self) -> Path:
        """Where its notebook is kept."""
        return NOTEBOOKS / f"{self.name}.ipynb"


def find_lessons(names: list[str] | None = None, folder: Path = LESSONS) -> list[Path]:
    """The lessons' text files in order; `names` picks some by number, name or path. Raises LessonError for an unknown one."""
    paths = sorted(folder.glob("[0-9][0-9]_*.md"))
    if not names:
        return paths
    chosen = []
    for name in names:
        stem = Path(name).stem
        match = [path for path in paths if path.stem == stem or path.stem.split("_")[0] == stem]
        if not match:
            known = ", ".join(path.stem for path in paths) or "none yet"
            raise LessonError(f"There is no lesson {name!r}. Known: {known}.")
        chosen += match
    return chosen


def read_lesson(path: Path) -> Lesson:
    """Read one lesson's text. Raises LessonError when the front matter is missing or wrong."""
    text = path.read_text(encoding="utf-8")
    front = FRONT_MATTER.match(text)
    if front is None:
        raise LessonError(f"{path.name} has no front matter. Begin it as authoring/README.md shows.")
    notebook = jupytext.reads(text, fmt="md:myst")
    return Lesson(path, front.group(), read_meta(path.name, notebook.metadata.get("jwtlab")), notebook.cells)


def read_meta(name: str, block: dict | None) -> Meta:
    """The front matter's `jwtlab` block as a record. Raises LessonError naming the field that is missing or of the wrong kind."""
    if not isinstance(block, dict):
        raise LessonError(
            f"{name} has no `jwtlab:` block in its front matter. authoring/README.md shows one."
        )
    fields = Meta.__annotations__
    if unknown := set(block) - set(fields):
        raise LessonError(
            f"{name}: the `jwtlab:` block has no field {sorted(unknown)[0]!r}. It has: {', '.join(fields)}."
        )
    for field, kind in fields.items():
        wanted = getattr(kind, "__origin__", kind)
        if not isinstance(block.get(field), wanted):
            raise LessonError(
                f"{name}: `jwtlab.{field}` in the front matter must be a {wanted.__name__} (in YAML)."
            )
    return Meta(**{field: plain(block[field]) for field in fields})


def plain(value: object) -> object:
    """A front-matter value as plain strings, lists and dictionaries."""
    if isinstance(value, dict):
        return {str(key): str(text).strip() for key, text in value.items()}
    return [str(item) for item in value] if isinstance(value, list) else value


def frame_cell(meta: Meta, lessons: Path = LESSONS) -> NotebookNode:
    """The first cell of a notebook: what you will do, learn and need, and for how long."""
    needs = (
        ", ".join(link_to(need, lessons) for need in meta.needs)
        or "nothing but this course, set up with `make lab`"
    )
    terms = ", ".join(f"[{term}](GLOSSARY.md#{anchor(term)})" for term in meta.terms)
    lines = [
        f"# {meta.number} · {meta.title}",
        "",
        f"**What you will do.** {meta.summary.rstrip('.')}.",
        "",
        "**What you will learn.** At the end you can:",
        "",
        *[f"- {objective.rstrip('.')}" for objective in meta.objectives],
        "",
        f"**What you need.** {needs[0].upper()}{needs[1:]}.",
        "",
        f"**Minutes.** About {meta.minutes}.",
        *(["", f"**New words.** {terms}."] if terms else []),
    ]
    return new_markdown_cell("\n".join(lines), metadata={"tags": [FRAME_TAG]})


def link_to(need: str, lessons: Path = LESSONS) -> str:
    """`00 Start here` as a link to its notebook; a need that names no lesson stays as it is."""
    number = re.match(r"\d\d\b", need)
    target = next(iter(sorted(lessons.glob(f"{number.group()}_*.md"))), None) if number else None
    return f"[{need}]({target.stem}.ipynb)" if target else need


def anchor(term: str) -> str:
    """The anchor that GitHub and JupyterLab give to a term's heading in the glossary."""
    return re.sub(r"[^\w\- ]", "", term.lower()).replace(" ", "-")


def to_cells(lesson: Lesson) -> list[NotebookNode]:
    """All the cells of a lesson's notebook, the frame first, not yet executed."""
    return [frame_cell(lesson.meta, lesson.path.parent), *lesson.cells]


def to_text(lesson: Lesson, cells: list[NotebookNode]) -> str:
    """`cells` as the text of `lesson`: its own front matter, no frame, no outputs. The inverse of `read_lesson`."""
    kept = [keep_source(cell) for cell in cells if FRAME_TAG not in cell.metadata.get("tags", [])]
    notebook = new_notebook(cells=kept)
    if lexer := CODE_FENCE.search(lesson.path.read_text(encoding="utf-8")):
        notebook.metadata = {"language_info": {"name": "python", "pygments_lexer": lexer.group(1) or None}}
    text = jupytext.writes(notebook, fmt="md:myst")
    return lesson.front + FRONT_MATTER.sub("", text)


def keep_source(cell: NotebookNode) -> NotebookNode:
    """A copy of `cell` without what the text does not hold. Raises LessonError on an image pasted into it."""
    if cell.get("attachments"):
        raise LessonError(
            "A cell holds a pasted image, which text cannot. Save it as a file and link to it with alt text."
        )
    metadata = {key: value for key, value in cell.metadata.items() if key in KEPT_CELL_METADATA and value}
    copy = NotebookNode(cell, metadata=NotebookNode(metadata))
    if cell.cell_type == "code":
        copy.update(outputs=[], execution_count=None)
    return copy
