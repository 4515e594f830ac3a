"""`%%exercise`, `%exercise`, `%%solution` and `hint()` in a shell, and the same in the terminal."""

import json
from pathlib import Path
from threading import Event, Thread

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from jwtlab.checker import commands
from jwtlab.checker.catalogue import Catalogue, Exercise, ExerciseError
from jwtlab.checker.magics import ExerciseMagics
from jwtlab.checker.verdict import NOT_ATTEMPTED, NOT_YET, PASSED, Verdict
from jwtlab.checker.worker.client import Client, Session
from jwtlab.workspace import copies, files
from jwtlab.workspace.progress import EXERCISES, Progress
from tests.checker.samples import DATA, HELLO, HELLO_RIGHT, HELLO_VIEWS, WHOAMI, WHOAMI_RIGHT, made

DOUBLE = made("learner.call('double', 2).expect(4, key='no')", id="98.double")


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: Client) -> Session:
    """A learner in an empty `work/`, with a course of three exercises."""
    monkeypatch.setenv("JWTLAB_WORK", str(tmp_path / "work"))
    course = tmp_path / "course"
    for number, exercises in {"98": [DOUBLE], "99": [HELLO, WHOAMI]}.items():
        text = json.dumps({exercise.id: exercise.as_json() for exercise in exercises})
        write(course / "exercises/checks" / f"{number}.json", text)
    for path in sorted((DATA / "hello").rglob("*.py")):
        name = path.relative_to(DATA / "hello")
        write(course / "exercises/projects/99/hello" / name, path.read_text("utf-8"))
    copies.update(course)
    return Session(Catalogue(course), client)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> InteractiveShell:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        return InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))


@pytest.fixture
def magics(session: Session, shell: InteractiveShell) -> ExerciseMagics:
    shell.reset()
    return ExerciseMagics(shell, session)


def exercise(magics: ExerciseMagics, line: str, cell: str | None = None) -> Verdict:
    """Run the magic `exercise` as IPython does, by its name."""
    verdict: Verdict = magics.magics["line" if cell is None else "cell"]["exercise"](line, cell)
    return verdict


def solution(magics: ExerciseMagics, line: str, cell: str) -> Verdict | None:
    """Run the magic `solution` as IPython does, by its name."""
    verdict: Verdict | None = magics.magics["cell"]["solution"](line, cell)
    return verdict


def outcome_of(verdict: Verdict | None) -> str | None:
    return verdict.outcome if verdict else None


class TestMagic:
    def test_a_cell_is_run_saved_checked_and_recorded(
        self, magics: ExerciseMagics, session: Session, capsys: pytest.CaptureFixture[str]
    ) -> None:
        cell = "def double(x): return 2 * x\nprint(double(21))\n"
        assert exercise(magics, "98.double", cell).outcome == PASSED
        assert capsys.readouterr().out == "42\n"
        assert magics.shell.user_ns["double"](4) == 8
        assert session.catalogue.answer_path(DOUBLE).read_text() == cell
        assert Progress().entry(EXERCISES, "98.double")["outcome"] == PASSED

    def test_django_code_is_not_run_in_the_kernel(
        self, magics: ExerciseMagics, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert exercise(magics, "99.whoami", WHOAMI_RIGHT + "print('from the check')").outcome == PASSED
        assert capsys.readouterr().out == "from the check\n"
        assert "whoami" not in magics.shell.user_ns

    def test_a_line_checks_what_was_saved_before(self, magics: ExerciseMagics) -> None:
        assert exercise(magics, "98.double").outcome == NOT_ATTEMPTED
        exercise(magics, "98.double", "def double(x): return x\n")
        assert exercise(magics, "98.double").outcome == NOT_YET

    def test_a_project_is_checked_from_its_files(self, magics: ExerciseMagics, session: Session) -> None:
        assert exercise(magics, "99.hello").outcome == NOT_ATTEMPTED
        write(session.catalogue.project(HELLO) / HELLO_VIEWS, HELLO_RIGHT[HELLO_VIEWS])
        assert exercise(magics, "99.hello").outcome == PASSED

    def test_a_cell_for_a_project_says_where_to_edit(self, magics: ExerciseMagics) -> None:
        with pytest.raises(ExerciseError, match="work/exercises/projects/99/hello"):
            exercise(magics, "99.hello", "x = 1")

    def test_an_unknown_id_names_those_that_come_close(self, magics: ExerciseMagics) -> None:
        with pytest.raises(ExerciseError, match=r"98\.double"):
            exercise(magics, "98.doubel", "x = 1")

    def test_a_solution_leaves_answers_and_record_alone(
        self, magics: ExerciseMagics, session: Session
    ) -> None:
        assert outcome_of(solution(magics, "98.double", "def double(x): return 2 * x")) == PASSED
        assert outcome_of(solution(magics, f"99.hello {HELLO_VIEWS}", HELLO_RIGHT[HELLO_VIEWS])) == PASSED
        assert not session.catalogue.answer_path(DOUBLE).exists()
        assert Progress().entries(EXERCISES) == {}

    def test_a_solution_in_several_files_is_checked_with_the_last(self, magics: ExerciseMagics) -> None:
        assert solution(magics, "99.hello notes.txt --more", "nothing") is None
        assert outcome_of(solution(magics, f"99.hello {HELLO_VIEWS}", HELLO_RIGHT[HELLO_VIEWS])) == PASSED

    def test_each_call_of_hint_gives_one_more(self, magics: ExerciseMagics) -> None:
        hints = [str(magics.hint("99.whoami")) for _ in range(4)]
        assert [hint.splitlines()[1] for hint in hints] == [*WHOAMI.hints, WHOAMI.hints[-1]]
        assert Progress().entry(EXERCISES, "99.whoami")["hints"] == 3


class TestTerminal:
    def test_it_says_the_same_words_as_the_notebook(
        self, magics: ExerciseMagics, session: Session, capsys: pytest.CaptureFixture[str]
    ) -> None:
        verdict = exercise(magics, "98.double", "def double(x): return x\n")
        capsys.readouterr()
        commands.check("98.double", session=session)
        assert capsys.readouterr().out == f"{verdict}\n"

    def test_all_at_once_is_a_line_each_and_a_sum(
        self, magics: ExerciseMagics, session: Session, capsys: pytest.CaptureFixture[str]
    ) -> None:
        exercise(magics, "98.double", "def double(x): return 2 * x\n")
        commands.check(session=session)
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].startswith("✓ passed · 98.double")
        assert lines[1].startswith("○ not attempted · 99.hello")
        assert lines[-1] == "1 of 3 passed."

    def test_a_number_is_a_notebook(self, session: Session) -> None:
        assert [exercise.id for exercise in session.catalogue.select("99")] == ["99.hello", "99.whoami"]
        with pytest.raises(ExerciseError, match="Notebook 55 has no exercises"):
            session.catalogue.select("55")

    def test_progress_lists_every_exercise_under_its_notebook(self, session: Session) -> None:
        Progress().record(EXERCISES, "98.double", outcome=PASSED, passed=True)
        Progress().take_hint("99.whoami", 3)
        lines = list(commands.progress_lines(session.catalogue.select(""), Progress()))
        assert lines[0] == "notebook 98: 1 of 1 passed"
        assert lines[1].split() == "✓ passed 98.double Made for a test".split()
        assert lines[2] == "notebook 99: 0 of 2 passed"
        assert lines[4].split() == "○ not attempted 99.whoami Who is calling? (1 hint)".split()

    def test_watch_checks_what_is_saved(self, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        checked, until, ready = [], Event(), Event()

        def note(session: Session, exercise: Exercise, **how: bool) -> None:
            checked.append(exercise.id)
            until.set()

        monkeypatch.setattr(commands, "_checked", note)
        monkeypatch.setattr(session.client, "warm_up", ready.set)
        thread = Thread(target=commands.watch, args=(session, until))
        thread.start()
        ready.wait(20)
        for number in range(200):  # watchfiles says nowhere when it has begun to look
            session.catalogue.save(DOUBLE, f"def double(x): return {number}\n")
            if until.wait(0.1):
                break
        thread.join(20)
        assert set(checked) == {"98.double"}

    def test_a_change_in_a_project_is_that_projects(self, session: Session) -> None:
        path = session.catalogue.project(HELLO) / HELLO_VIEWS
        assert [exercise.id for exercise in commands.touched(session.catalogue, [path])] == ["99.hello"]
        assert commands.touched(session.catalogue, [path.parent.parent.parent / "other/views.py"]) == []


class TestCopies:
    def test_an_edited_project_survives_an_update(self, session: Session, tmp_path: Path) -> None:
        edited = session.catalogue.project(HELLO) / HELLO_VIEWS
        edited.write_text("mine\n")
        write(tmp_path / "course/exercises/projects/99/hello" / HELLO_VIEWS, "newer\n")
        report = str(copies.update(tmp_path / "course"))
        assert edited.read_text() == "mine\n"
        assert f"make reset NB=exercises/projects/99/hello/{HELLO_VIEWS}" in report
        copies.reset(f"exercises/projects/99/hello/{HELLO_VIEWS}", tmp_path / "course")
        assert edited.read_text() == "newer\n"

    def test_a_file_of_a_project_goes_by_its_whole_name(self, session: Session, tmp_path: Path) -> None:
        write(tmp_path / "course/notebooks/98_double.ipynb", "{}")
        with pytest.raises(files.WorkError, match=r"The course has no 'views'. It has: 98_double\.$"):
            copies.reset("views", tmp_path / "course")

    def test_progress_and_answers_survive_an_update(
        self, magics: ExerciseMagics, session: Session, tmp_path: Path
    ) -> None:
        exercise(magics, "98.double", "def double(x): return 2 * x\n")
        copies.update(tmp_path / "course")
        assert Progress().entry(EXERCISES, "98.double")["outcome"] == PASSED
        assert session.catalogue.answer(DOUBLE) == "def double(x): return 2 * x\n"
