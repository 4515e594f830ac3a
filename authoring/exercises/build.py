"""Build what learners get: exercises/*.ipynb, exercises/checks/, exercises/projects/, solutions/*.ipynb."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode

from authoring.build import executed
from authoring.exercises.checkfile import check_file
from authoring.exercises.notebooks import exercise_notebook, solution_notebook
from authoring.exercises.reading import read_source
from authoring.exercises.source import Source
from authoring.manifest import COURSE, Course, CourseError, settle
from authoring.lesson import Lesson, read_lesson
from authoring.run.canonical import to_json
from jwtlab.checker.verdict import PASSED

COMMAND = "make exercises"


def build(names: list[str], *, check: bool = False, course: Course = COURSE) -> list[str]:
    """Build the notebooks with the exercises `names` (all if empty); report a line a file.

    The solutions are executed and must pass. With `check` nothing is written, and a difference is a
    CourseError. What has no text any more is removed when all are built.
    """
    sources = read_all(course, names)
    would = COMMAND if check else ""
    report = settle(still(sources, course), course, stale=[] if names else stale(sources, course), check=would)
    return report + settle(solutions(sources, course), course, check=would)


def stale(by_notebook: dict[str, list[Source]], course: Course) -> list[Path]:
    """Return the built files that have no text any more. `by_notebook`: all exercises."""
    kept = {*still(by_notebook, course), *solution_paths(by_notebook, course)}
    return [path for path in built(course) if path not in kept]


def read_all(course: Course, names: list[str] | None = None) -> dict[str, list[Source]]:
    """Return the exercises by the number of their notebook, in the order in which they stand there.

    With `names`, those of the notebooks to which these belong.
    """
    numbers = {path.parent.name for path in course.find_exercises(names)}
    by_notebook: dict[str, list[Source]] = {}
    for path in course.find_exercises(numbers):
        by_notebook.setdefault(path.parent.name, []).append(read_source(path, course))
    return by_notebook


def lesson_of(number: str, course: Course) -> Lesson:
    """Return the lesson that exercises belong to."""
    [path] = course.find([number])
    return read_lesson(path)


def still(by_notebook: dict[str, list[Source]], course: Course) -> dict[Path, str]:
    """Every file that is built without running anything."""
    files: dict[Path, str] = {}
    for number, sources in by_notebook.items():
        lesson = lesson_of(number, course)
        files[course.exercises / f"{lesson.name}.ipynb"] = to_json(exercise_notebook(lesson, sources))
        files[course.checks / f"{number}.json"] = check_file(sources)
        for source in sources:
            if isinstance(source.starter, dict):
                folder = course.projects / number / source.path.stem
                files |= {folder / file: text for file, text in source.starter.items()}
    return files


def unexecuted(by_notebook: dict[str, list[Source]], course: Course) -> dict[str, NotebookNode]:
    """Return the solution notebooks by name, before they have run."""
    lessons = {number: lesson_of(number, course) for number in by_notebook}
    return {lesson.name: solution_notebook(lesson, by_notebook[number]) for number, lesson in lessons.items()}


def solutions(by_notebook: dict[str, list[Source]], course: Course) -> dict[Path, str]:
    """Return the solution notebooks, executed. Raises a LabError where a cell fails or an answer does not pass."""
    course.solutions.mkdir(exist_ok=True)
    files = executed(unexecuted(by_notebook, course), course.solutions)
    if failed := [f"{path.stem}: {id}" for path, text in files.items() for id in not_passed(text)]:
        advice = "Run `python -m authoring check` with its id."
        raise CourseError("\n".join([f"A solution does not pass. {advice}", *failed]))
    return files


def not_passed(text: str) -> list[str]:
    """Return the exercises of a solution notebook, given as its file, that have not passed in the end."""
    last: dict[str, str] = {}
    for cell in nbformat.reads(text, as_version=4).cells:
        if cell.cell_type == "code" and cell.source.startswith("%%solution "):
            shown = [output.data["text/plain"] for output in cell.outputs if "data" in output]
            last[cell.source.split()[1]] = shown[-1] if shown else ""
    return [id for id, verdict in last.items() if PASSED not in verdict.partition("·")[0]]


def solution_paths(by_notebook: dict[str, list[Source]], course: Course) -> set[Path]:
    return {course.solutions / f"{lesson_of(number, course).name}.ipynb" for number in by_notebook}


def built(course: Course) -> list[Path]:
    """Everything that lies where this module writes."""
    trees = [path for folder in (course.checks, course.projects) for path in sorted(folder.rglob("*"))]
    notebooks = [
        path for folder in (course.exercises, course.solutions) for path in sorted(folder.glob("*.ipynb"))
    ]
    return [path for path in trees + notebooks if path.is_file() and "__pycache__" not in path.parts]
