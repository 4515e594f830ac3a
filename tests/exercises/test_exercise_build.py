"""What learners get is what the texts give: drift, and the builder on a small course.

Nothing is executed here; that the outputs of the solutions are true is the gate's affair.
"""

from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_output

from authoring.__main__ import main
from authoring.build import holds
from authoring.run.canonical import canonical, to_json
from authoring.exercises import checkfile
from authoring.exercises.build import build, built, lesson_of, not_passed, read_all, still, unexecuted
from authoring.exercises.notebooks import solution_cells
from authoring.exercises.places import PLACES, Places, PracticeError
from authoring.proofs.properties import Trial
from authoring.exercises.reading import read_source
from authoring.proofs.trial import try_one
from jwtlab.checker.worker.client import Client
from jwtlab.checker.catalogue import Catalogue

Edit = Callable[..., Path]

# --- Drift


def test_the_committed_exercises_are_those_of_the_texts() -> None:
    files = still(read_all(PLACES), PLACES)
    assert files
    changed = [PLACES.name(path) for path, text in files.items() if not holds(path, text)]
    assert not changed, "run `make exercises`"


def test_nothing_else_lies_among_them() -> None:
    by_notebook = read_all(PLACES)
    names = {f"{lesson_of(number, PLACES).name}.ipynb" for number in by_notebook}
    made = {*still(by_notebook, PLACES), *(PLACES.solutions / name for name in names)}
    assert set(built(PLACES)) == made


@pytest.mark.parametrize("number", sorted({path.parent.name for path in PLACES.find()}))
def test_the_committed_solutions_are_those_of_the_texts_and_pass(number: str) -> None:
    """Sources and form; outputs as stored, and each last verdict is that it has passed."""
    [(name, wanted)] = unexecuted({number: read_all(PLACES)[number]}, PLACES).items()
    path = PLACES.solutions / f"{name}.ipynb"
    stored = nbformat.read(path, as_version=4)
    pairs = zip_longest(stored.cells, wanted.cells)
    changed = [n for n, (one, other) in enumerate(pairs, start=1) if not same_cell(one, other)]
    assert not changed, f"cells {changed} of {path.name} are not those of the texts; run `make exercises`"
    assert holds(path, to_json(canonical(stored)))
    assert not_passed(stored) == []


def same_cell(one: NotebookNode | None, other: NotebookNode | None) -> bool:
    """Whether two cells are one, but for what running adds."""
    ran = {"outputs", "execution_count"}
    return one is not None and other is not None and all(one[k] == other[k] for k in other if k not in ran)


# --- The parts


def test_the_checker_reads_what_is_built_for_it(trial: Trial) -> None:
    source, exercise = trial.source, Catalogue().find(trial.source.id)
    assert exercise == trial.exercise
    assert (exercise.id, exercise.kind, exercise.title) == (source.id, source.meta.kind, source.meta.title)
    assert exercise.hints == source.hints
    assert exercise.messages.keys() == source.messages.keys()
    assert exercise.is_untouched(source.starter)


def test_a_message_names_the_belief_if_there_is_one(edit: Edit, places: Places) -> None:
    exercise = checkfile.exercise(read_source(edit(), places))
    assert exercise.messages["odd-accepted"]["misconception"] == "decode-is-verify"
    assert "misconception" not in exercise.messages["other-number"]


def test_an_error_in_a_check_names_the_line_that_its_author_edits(
    edit: Edit, places: Places, client: Client
) -> None:
    path = edit(("learner.call(\"half\", 5)", "learner.cal(\"half\", 5)"))
    [line] = [n for n, text in enumerate(path.read_text().splitlines(), start=1) if "learner.cal(" in text]
    source = read_source(path, places)
    message = client.check(checkfile.exercise(source), source.solution).message
    assert message
    assert message.saw.endswith(f" (course/exercises/00/half.py, line {line})")


def test_the_exercises_of_a_notebook_stand_in_their_order_there() -> None:
    for number, sources in read_all(PLACES).items():
        assert [exercise.id for exercise in Catalogue().select(number)] == [source.id for source in sources]


def test_a_project_has_a_cell_for_each_file_and_the_last_one_checks() -> None:
    [path] = PLACES.find(["02.install"])
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
    monkeypatch.setattr("authoring.exercises.build.execute_all", passed())


@pytest.mark.usefixtures("executed")
def test_building_twice_leaves_no_diff(places: Places) -> None:
    assert build([], places=places) == [
        "written    exercises/00_sample.ipynb",
        "written    exercises/checks/00.json",
        "written    solutions/00_sample.ipynb",
    ]
    assert {line.split()[0] for line in build(["00.half"], check=True, places=places)} == {"unchanged"}


@pytest.mark.usefixtures("executed")
def test_the_check_names_what_would_change_and_writes_nothing(edit: Edit, places: Places) -> None:
    build([], places=places)
    edit(("Halve it", "Halve this"))
    before = {path: path.read_bytes() for path in built(places)}
    with pytest.raises(PracticeError, match=r"run `make exercises`:\nexercises/00_sample\.ipynb\n"):
        build([], check=True, places=places)
    assert {path: path.read_bytes() for path in built(places)} == before


@pytest.mark.usefixtures("executed")
def test_what_has_no_text_any_more_is_removed(edit: Edit, places: Places) -> None:
    edit()
    stale = places.checks / "01.json"
    stale.parent.mkdir(parents=True)
    stale.write_text("")
    assert "removed    exercises/checks/01.json" in build([], places=places)
    assert not stale.exists()


@pytest.mark.usefixtures("executed")
def test_one_notebook_is_built_whatever_is_wrong_with_another(edit: Edit, places: Places) -> None:
    edit()
    (places.sources / "01").mkdir()
    (places.sources / "01" / "begun.py").write_text("# %% exercise [markdown]\n")
    assert len(build(["00.half"], places=places)) == 3
    with pytest.raises(PracticeError, match=r"course/exercises/01/begun\.py:1: "):
        build([], places=places)


def test_a_solution_that_does_not_pass_is_not_written(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("authoring.exercises.build.execute_all", passed("✗ not yet · passed · 00.half"))
    with pytest.raises(PracticeError, match=r"does not pass(.|\n)*00_sample: 00\.half"):
        build([], places=places)
    assert list(places.solutions.iterdir()) == []


def test_two_exercises_cannot_have_one_place(edit: Edit, places: Places) -> None:
    path = edit()
    path.with_name("third.py").write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(PracticeError, match=r"00\.half and 00\.third both have `place: 1`"):
        build([], places=places)


def test_exercises_belong_to_a_lesson(edit: Edit, places: Places) -> None:
    path = edit()
    path.parent.rename(path.parent.with_name("77"))
    with pytest.raises(PracticeError, match="there is no lesson 77"):
        build([], places=places)


# --- The command


def test_the_command_says_an_error_in_one_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exercises", "--try", "99.nothing"]) == 1
    assert capsys.readouterr().err.startswith("There is no exercise '99.nothing'. There are: 0")


def test_an_exercise_is_tried_out(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    [path] = PLACES.find(["01.accepted"])
    assert try_one(path, client, show=True) == 0
    said = capsys.readouterr().out
    assert "01.accepted · Which one gets in? · predict" in said
    assert "  wrong: option-a                              not yet, changed-payload\n" in said
    assert "      ✗ not yet · 01.accepted · The changed payload is refused\n" in said
    assert said.endswith("Everything holds.\n")


def test_what_does_not_hold_is_counted(
    edit: Edit, places: Places, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    assert try_one(edit(("expect(3,", "expect(4,")), client, places=places) == 3
    assert "right_answers_pass: by-counting does not pass: not yet (other-number)" in capsys.readouterr().out
