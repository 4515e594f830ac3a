"""What learners get is what the texts give: drift, and the builder on a small course.

Nothing is executed here; that the outputs of the solutions are true is the gate's affair.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_output

from authoring.check import same_cells
from authoring.exercises import checkfile
from authoring.exercises.build import build, built, lesson_of, not_passed, read_all, still, unexecuted
from authoring.exercises.notebooks import solution_cells
from authoring.exercises.reading import read_source
from authoring.manifest import COURSE, Course, CourseError, holds
from authoring.proofs.properties import Trial
from authoring.run.canonical import canonical, to_json
from jwtlab.checker.catalogue import Catalogue
from jwtlab.checker.worker.client import Client

Edit = Callable[..., Path]

# --- Drift


def test_the_committed_exercises_are_those_of_the_texts() -> None:
    files = still(read_all(COURSE), COURSE)
    assert files
    changed = [COURSE.name(path) for path, text in files.items() if not holds(path, text)]
    assert not changed, "run `make exercises`"


def test_nothing_else_lies_among_them() -> None:
    by_notebook = read_all(COURSE)
    names = {f"{lesson_of(number, COURSE).name}.ipynb" for number in by_notebook}
    made = {*still(by_notebook, COURSE), *(COURSE.solutions / name for name in names)}
    assert set(built(COURSE)) == made


@pytest.mark.parametrize("number", sorted({path.parent.name for path in COURSE.find_exercises()}))
def test_the_committed_solutions_are_those_of_the_texts_and_pass(number: str) -> None:
    """Sources and form; outputs as stored, and each last verdict is that it has passed."""
    [(name, wanted)] = unexecuted({number: read_all(COURSE)[number]}, COURSE).items()
    path = COURSE.solutions / f"{name}.ipynb"
    stored = nbformat.read(path, as_version=4)
    assert same_cells(path, wanted), f"{path.name} is not what the texts give; run `make exercises`"
    assert holds(path, to_json(canonical(stored)))
    assert not_passed(path.read_text(encoding="utf-8")) == []


# --- The parts


def test_the_checker_reads_what_is_built_for_it(trial: Trial) -> None:
    source, exercise = trial.source, Catalogue().find(trial.source.id)
    assert exercise == trial.exercise
    assert (exercise.id, exercise.kind, exercise.title) == (source.id, source.meta.kind, source.meta.title)
    assert exercise.hints == source.hints
    assert exercise.messages.keys() == source.messages.keys()
    assert exercise.is_untouched(source.starter)


def test_a_message_names_the_belief_if_there_is_one(edit: Edit, course: Course) -> None:
    exercise = checkfile.exercise(read_source(edit(), course))
    assert exercise.messages["odd-accepted"]["misconception"] == "decode-is-verify"
    assert "misconception" not in exercise.messages["other-number"]


def test_an_error_in_a_check_names_the_line_that_its_author_edits(
    edit: Edit, course: Course, client: Client
) -> None:
    path = edit(('learner.call("half", 5)', 'learner.cal("half", 5)'))
    [line] = [n for n, text in enumerate(path.read_text().splitlines(), start=1) if "learner.cal(" in text]
    source = read_source(path, course)
    message = client.check(checkfile.exercise(source), source.solution).message
    assert message
    assert message.saw.endswith(f" (course/exercises/00/half.py, line {line})")


def test_the_exercises_of_a_notebook_stand_in_their_order_there() -> None:
    for number, sources in read_all(COURSE).items():
        assert [exercise.id for exercise in Catalogue().select(number)] == [source.id for source in sources]


def test_a_project_has_a_cell_for_each_file_and_the_last_one_checks() -> None:
    [path] = COURSE.find_exercises(["02.install"])
    first, last = (cell.partition("\n")[0] for cell in solution_cells(read_source(path)))
    assert first == "%%solution 02.install myapi/settings.py --more"
    assert last == "%%solution 02.install myapi/urls.py"


# --- The builder


def passed(verdict: str = "✓ passed · 00.half") -> Callable[[dict[str, NotebookNode], Path], None]:
    """What executes notebooks in these tests: every cell shows the verdict."""

    def execute_all(notebooks: dict[str, NotebookNode], folder: Path) -> None:
        for notebook in notebooks.values():
            code = (cell for cell in notebook.cells if cell.cell_type == "code")
            for number, cell in enumerate(code, start=1):
                shown = new_output("execute_result", data={"text/plain": verdict}, execution_count=number)
                cell.update(outputs=[shown], execution_count=number)

    return execute_all


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("authoring.build.execute_all", passed())


@pytest.mark.usefixtures("executed")
def test_building_twice_leaves_no_diff(course: Course) -> None:
    assert build([], course=course) == [
        "written    exercises/00_sample.ipynb",
        "written    exercises/checks/00.json",
        "written    solutions/00_sample.ipynb",
    ]
    assert {line.split()[0] for line in build(["00.half"], check=True, course=course)} == {"unchanged"}


@pytest.mark.usefixtures("executed")
def test_the_check_names_what_would_change_and_writes_nothing(edit: Edit, course: Course) -> None:
    build([], course=course)
    edit(("Halve it", "Halve this"))
    before = {path: path.read_bytes() for path in built(course)}
    with pytest.raises(CourseError, match=r"run `make exercises`:\nexercises/00_sample\.ipynb\n"):
        build([], check=True, course=course)
    assert {path: path.read_bytes() for path in built(course)} == before


@pytest.mark.usefixtures("executed")
def test_what_has_no_text_any_more_is_removed(edit: Edit, course: Course) -> None:
    edit()
    stale = course.checks / "01.json"
    stale.parent.mkdir(parents=True)
    stale.write_text("")
    assert "removed    exercises/checks/01.json" in build([], course=course)
    assert not stale.exists()


@pytest.mark.usefixtures("executed")
def test_one_notebook_is_built_whatever_is_wrong_with_another(edit: Edit, course: Course) -> None:
    edit()
    second = course.lessons / "01_sample.md"
    shutil.copy(course.lessons / "00_sample.md", second)
    (course.texts / "01").mkdir()
    (course.texts / "01" / "begun.py").write_text("# %% exercise [markdown]\n")
    course.manifest.write_text('[lessons]\n00_sample = ["half"]\n01_sample = ["begun"]\n')
    assert len(build(["00.half"], course=course)) == 3
    with pytest.raises(CourseError, match=r"course/exercises/01/begun\.py:1: "):
        build([], course=course)


def test_what_shows_something_else_in_a_second_run_is_not_written(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what is new runs twice: what is as it is stored has run twice already."""
    runs: list[list[str]] = []

    def execute_all(notebooks: dict[str, NotebookNode], folder: Path) -> None:
        runs.append(list(notebooks))
        passed(f"✓ passed · 00.half · {len(runs)}")(notebooks, folder)

    monkeypatch.setattr("authoring.build.execute_all", execute_all)
    with pytest.raises(CourseError, match=r"00_sample, In\[1\]: two runs, two outputs\n") as error:
        build([], course=course)
    assert "\n-✓ passed · 00.half · 1\n+✓ passed · 00.half · 2\n" in str(error.value)
    assert str(error.value).endswith("course/README.md, What a cell may show.")
    assert list(course.solutions.iterdir()) == []
    monkeypatch.setattr("authoring.build.execute_all", passed())
    build([], course=course)
    runs.clear()

    def once(notebooks: dict[str, NotebookNode], folder: Path) -> None:
        runs.append(list(notebooks))
        passed()(notebooks, folder)

    monkeypatch.setattr("authoring.build.execute_all", once)
    build([], course=course)
    assert len(runs) == 1


def test_a_solution_that_does_not_pass_is_not_written(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("authoring.build.execute_all", passed("✗ not yet · passed · 00.half"))
    with pytest.raises(CourseError, match=r"does not pass(.|\n)*00_sample: 00\.half"):
        build([], course=course)
    assert list(course.solutions.iterdir()) == []
