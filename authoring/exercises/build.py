"""Build what learners get: exercises/*.ipynb, exercises/checks/, exercises/projects/, solutions/*.ipynb."""

from itertools import pairwise
from pathlib import Path

from nbformat import NotebookNode

from authoring.build import holds, refuse
from authoring.run.canonical import canonical, to_json
from authoring.files import Course
from authoring.run.execute import execute_all
from authoring.lesson import Lesson, read_lesson
from authoring.exercises.checkfile import check_file
from authoring.exercises.notebooks import exercise_notebook, solution_notebook
from authoring.exercises.places import PLACES, Places, PracticeError
from authoring.exercises.reading import read_source
from authoring.exercises.source import Source
from jwtlab.checker.verdict import PASSED


def build(names: list[str], *, check: bool = False, places: Places = PLACES) -> list[str]:
    """Build the notebooks with the exercises `names` (all if empty); report a line a file.

    The solutions are executed and must pass. With `check` nothing is written, and a difference is a
    PracticeError. What has no text any more is removed when all are built.
    """
    sources = read_all(places, names)
    files = still(sources, places)
    kept = {*files, *solution_paths(sources, places)}
    stale = [] if names else [path for path in built(places) if path not in kept]
    report = settle(files, stale, places, check=check)
    return report + settle(solutions(sources, places), [], places, check=check)


def read_all(places: Places, names: list[str] | None = None) -> dict[str, list[Source]]:
    """The exercises by the number of their notebook, in the order in which they stand there.

    With `names`, those of the notebooks to which these belong.
    """
    numbers = sorted({path.parent.name for path in places.find(names)})
    found = [read_source(path, places) for path in places.find(numbers)]
    by_notebook: dict[str, list[Source]] = {}
    for source in sorted(found, key=lambda one: (one.notebook, one.meta.place)):
        by_notebook.setdefault(source.notebook, []).append(source)
    for sources in by_notebook.values():
        for one, other in pairwise(sources):
            if one.meta.place == other.meta.place:
                raise PracticeError(
                    f"{one.id} and {other.id} both have `place: {one.meta.place}`. Change one."
                )
    return by_notebook


def lesson_of(number: str, places: Places) -> Lesson:
    """The lesson that exercises belong to. Raises PracticeError if there is none."""
    path = next(iter(Course(places.root).lessons.glob(f"{number}_*.md")), None)
    if path is None:
        raise PracticeError(f"course/exercises/{number}/: there is no lesson {number}. Write that first.")
    return read_lesson(path)


def still(by_notebook: dict[str, list[Source]], places: Places) -> dict[Path, str]:
    """Every file that is built without running anything."""
    files: dict[Path, str] = {}
    for number, sources in by_notebook.items():
        lesson = lesson_of(number, places)
        files[places.exercises / f"{lesson.name}.ipynb"] = to_json(exercise_notebook(lesson, sources))
        files[places.checks / f"{number}.json"] = check_file(sources)
        for source in sources:
            if isinstance(source.starter, dict):
                folder = places.projects / number / source.path.stem
                files |= {folder / file: text for file, text in source.starter.items()}
    return files


def unexecuted(by_notebook: dict[str, list[Source]], places: Places) -> dict[str, NotebookNode]:
    """The solution notebooks by name, before they have run."""
    lessons = {number: lesson_of(number, places) for number in by_notebook}
    return {lesson.name: solution_notebook(lesson, by_notebook[number]) for number, lesson in lessons.items()}


def solutions(by_notebook: dict[str, list[Source]], places: Places) -> dict[Path, str]:
    """The solution notebooks, executed. Raises a LabError where a cell fails or an answer does not pass."""
    notebooks = unexecuted(by_notebook, places)
    places.solutions.mkdir(exist_ok=True)
    execute_all(notebooks, places.solutions)
    if failed := [f"{name}: {id}" for name, made in notebooks.items() for id in not_passed(made)]:
        advice = "Run `python -m authoring exercises --try` with its id."
        raise PracticeError("\n".join([f"A solution does not pass. {advice}", *failed]))
    files = {places.solutions / f"{name}.ipynb": to_json(canonical(made)) for name, made in notebooks.items()}
    refuse(files)
    return files


def not_passed(notebook: NotebookNode) -> list[str]:
    """The exercises of a solution notebook whose last verdict is not that they have passed."""
    last: dict[str, str] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.source.startswith("%%solution "):
            shown = [output.data["text/plain"] for output in cell.outputs if "data" in output]
            last[cell.source.split()[1]] = shown[-1] if shown else ""
    return [id for id, verdict in last.items() if PASSED not in verdict.partition("·")[0]]


def solution_paths(by_notebook: dict[str, list[Source]], places: Places) -> set[Path]:
    return {places.solutions / f"{lesson_of(number, places).name}.ipynb" for number in by_notebook}


def built(places: Places) -> list[Path]:
    """Everything that lies where this module writes."""
    trees = [path for folder in (places.checks, places.projects) for path in sorted(folder.rglob("*"))]
    notebooks = [
        path for folder in (places.exercises, places.solutions) for path in sorted(folder.glob("*.ipynb"))
    ]
    return [path for path in trees + notebooks if path.is_file() and "__pycache__" not in path.parts]


def settle(files: dict[Path, str], stale: list[Path], places: Places, *, check: bool) -> list[str]:
    """Write what differs and remove what is stale; with `check`, raise instead. Returns the report."""
    changed = [path for path, text in files.items() if not holds(path, text)]
    if check and (changed or stale):
        names = "\n".join(map(places.name, [*changed, *stale]))
        raise PracticeError(f"Not what the exercises' texts give; run `make exercises`:\n{names}")
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[path], encoding="utf-8", newline="\n")
    for path in stale:
        path.unlink()
    lines = [f"{'written  ' if path in changed else 'unchanged'}  {places.name(path)}" for path in files]
    return lines + [f"removed    {places.name(path)}" for path in stale]
