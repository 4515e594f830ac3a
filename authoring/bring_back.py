"""Carry what was edited in JupyterLab back to the lesson's text."""

from pathlib import Path

import nbformat

from authoring.lesson import read_lesson, to_text
from authoring.manifest import COURSE, Course, CourseError, settle


def bring_back(notebook: Path, course: Course = COURSE) -> str:
    """Write the cells of `notebook` into the lesson of the same name; returns what was done.

    The front matter stays as it is in the text. The frame is made from it, so an edit of the frame is not
    kept.
    """
    if not notebook.is_file():
        raise CourseError(f"There is no notebook {notebook}. Name a file in work/ or notebooks/.")
    path = course.lessons / f"{notebook.stem}.md"
    if not path.is_file():
        raise CourseError(
            f"No lesson has the name {notebook.stem}. Write its front matter first, in {path.name}."
        )
    text = to_text(read_lesson(path), nbformat.read(notebook, as_version=4).cells)
    [report] = settle({path: text}, course)
    return report
