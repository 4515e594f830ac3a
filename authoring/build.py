"""Build the committed notebooks and pages from the lessons' text."""

from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from authoring.files import COURSE, Course, LessonError
from authoring.lesson import Lesson, read_lesson, to_cells
from authoring.pages import pages
from authoring.run.canonical import canonical, to_json
from authoring.run.execute import execute_all
from authoring.run.hygiene import findings


def unexecuted(lesson: Lesson) -> NotebookNode:
    """The lesson's notebook in canonical form, before it has run."""
    return canonical(new_notebook(cells=to_cells(lesson), metadata={"jwtlab": vars(lesson.meta)}))


def build(names: list[str], *, check: bool = False, course: Course = COURSE) -> list[str]:
    """Execute the lessons `names` (all if empty), write what changed, and report it, a line a file.

    With `check` nothing is written, and a difference is a LessonError. Nothing is written when a lesson
    fails.
    """
    notebooks = {path.stem: unexecuted(read_lesson(path)) for path in course.find(names)}
    execute_all(notebooks, course.notebooks)
    files = {course.notebooks / f"{name}.ipynb": to_json(canonical(nb)) for name, nb in notebooks.items()}
    refuse(files)
    files |= pages([read_lesson(path) for path in course.find()], course)
    changed = [path for path, text in files.items() if not holds(path, text)]
    if check and changed:
        names_of = "\n".join(path.relative_to(course.root).as_posix() for path in changed)
        raise LessonError(f"Not what the lessons' text gives; run `make notebooks`:\n{names_of}")
    for path in changed:
        path.write_text(files[path], encoding="utf-8", newline="\n")
    return [report(path, course, written=path in changed) for path in files]


def refuse(files: dict[Path, str]) -> None:
    """Raise LessonError for what the gate would not compare, or would not find again on another machine."""
    if found := [f"{path.stem}, {finding}" for path, text in files.items() for finding in findings(text)]:
        raise LessonError("\n".join(found))


def holds(path: Path, text: str) -> bool:
    """Whether the file `path` is `text`, byte for byte."""
    return path.is_file() and path.read_bytes() == text.encode()


def report(path: Path, course: Course, *, written: bool) -> str:
    return f"{'written  ' if written else 'unchanged'}  {path.relative_to(course.root).as_posix()}"
