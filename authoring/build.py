"""Build the committed notebooks and pages from the lessons' text."""

from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from authoring.canonical import canonical, to_json
from authoring.execute import execute_all
from authoring.hygiene import findings
from authoring.lesson import ROOT, Lesson, LessonError, find_lessons, read_lesson, to_cells
from authoring.pages import pages


def unexecuted(lesson: Lesson) -> NotebookNode:
    """The lesson's notebook in canonical form, before it has run."""
    return canonical(new_notebook(cells=to_cells(lesson), metadata={"jwtlab": vars(lesson.meta)}))


def build(names: list[str], *, check: bool = False) -> list[str]:
    """Execute the lessons `names` (all if empty), write what changed, and report it, a line a file.

    With `check` nothing is written, and a difference is a LessonError. Nothing is written either when a lesson fails.
    """
    lessons = [read_lesson(path) for path in find_lessons(names)]
    notebooks = {lesson.name: unexecuted(lesson) for lesson in lessons}
    execute_all(notebooks)
    files = {lesson.notebook: to_json(canonical(notebooks[lesson.name])) for lesson in lessons}
    refuse(files)
    files |= pages([read_lesson(path) for path in find_lessons()])
    changed = [
        path for path, text in files.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if check and changed:
        raise LessonError(
            "Not what the lessons' text gives; run `make notebooks`:\n" + "\n".join(map(shown, changed))
        )
    for path in changed:
        path.write_text(files[path], encoding="utf-8", newline="\n")
    return [f"{'written' if path in changed else 'unchanged'}  {shown(path)}" for path in files]


def refuse(files: dict[Path, str]) -> None:
    """Raise LessonError for what the gate would not compare, or would not find again on another machine."""
    if found := [f"{path.stem}, {finding}" for path, text in files.items() for finding in findings(text)]:
        raise LessonError("\n".join(found))


def shown(path: Path) -> str:
    """A path as an author knows it, from the root of the repository."""
    return path.relative_to(ROOT).as_posix()
