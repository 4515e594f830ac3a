"""Build the committed notebooks and pages from the lessons' text."""

import difflib
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from authoring.index_pages import pages
from authoring.lesson import Lesson, read_lesson, to_cells
from authoring.manifest import COURSE, Course, CourseError, holds, settle
from authoring.run.canonical import as_lines, canonical, to_json
from authoring.run.execute import execute_all
from authoring.run.output_rules import findings

UNSTEADY = (
    "A cell shows nothing that changes by itself: no clock of the machine, no random value, no order of a"
    " set. See course/README.md, What a cell may show."
)


def unexecuted(lesson: Lesson) -> NotebookNode:
    """Return the lesson's notebook in canonical form, before it has run."""
    return canonical(new_notebook(cells=to_cells(lesson), metadata={"jwtlab": vars(lesson.meta)}))


def build(names: list[str], *, check: bool = False, course: Course = COURSE) -> list[str]:
    """Execute the lessons `names` (all if empty), write what changed, and report it, a line a file.

    With `check` nothing is written, and a difference is a CourseError. Nothing is written when a lesson
    fails.
    """
    notebooks = {path.stem: unexecuted(read_lesson(path)) for path in course.find(names)}
    files = executed(notebooks, course.notebooks)
    files |= pages([read_lesson(path) for path in course.find()], course)
    stale = [] if names else [path for path in sorted(course.notebooks.glob("*.ipynb")) if path not in files]
    return settle(files, course, stale=stale, check="make notebooks" if check else "")


def executed(notebooks: Mapping[str, NotebookNode], folder: Path) -> dict[Path, str]:
    """Execute notebooks in `folder`, and return the texts of their files there.

    What is not as it is stored has been run for the first time, so it is run once more. Raises CourseError
    where a cell fails, for what the gate would not compare, and for two runs with two outputs.
    """
    ran = {name: deepcopy(notebook) for name, notebook in notebooks.items()}
    execute_all(ran, folder)
    texts = {folder / f"{name}.ipynb": to_json(canonical(notebook)) for name, notebook in ran.items()}
    refuse(texts)
    again = {
        path.stem: deepcopy(notebooks[path.stem]) for path, text in texts.items() if not holds(path, text)
    }
    if again:
        execute_all(again, folder)
    if found := [line for name, second in again.items() for line in differences(name, ran[name], second)]:
        raise CourseError("\n".join([*found, UNSTEADY]))
    return texts


def refuse(files: Mapping[Path, str]) -> None:
    """Raise CourseError for what the gate would not compare, or would not find again on another machine."""
    if found := [f"{path.stem}, {finding}" for path, text in files.items() for finding in findings(text)]:
        raise CourseError("\n".join(found))


def differences(name: str, first: NotebookNode, second: NotebookNode) -> Iterator[str]:
    """Yield what two runs of one notebook have shown differently, cell by cell."""
    pairs = zip(canonical(first).cells, canonical(second).cells, strict=True)
    code = [(one, other) for one, other in pairs if one.cell_type == "code"]
    for number, (one, other) in enumerate(code, start=1):
        if one.outputs != other.outputs:
            lines = as_lines(one.outputs), as_lines(other.outputs)
            yield f"{name}, In[{number}]: two runs, two outputs"
            yield from difflib.unified_diff(*lines, "the first run", "the second run", n=1, lineterm="")
