"""`python -m authoring check` and `new`: one thing after the other, and one line when all is well."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from authoring import check as check_module
from authoring.__main__ import main
from authoring.build import unexecuted
from authoring.check import check, chosen
from authoring.exercises import build as exercises
from authoring.exercises.reading import read_source
from authoring.manifest import COURSE, Course, CourseError, id_of, settle
from authoring.lesson import read_lesson
from authoring.lint.exercise_texts import check_texts
from authoring.lint.section_references import dead_pointers
from authoring.new import new, with_line
from authoring.index_pages import pages
from authoring.proofs.properties import Trial
from authoring.proofs.exercise_report import failures
from authoring.run.canonical import to_json
from jwtlab.checker.worker.client import Client

Edit = Callable[..., Path]


@pytest.fixture
def built(course: Course, client: Client, monkeypatch: pytest.MonkeyPatch) -> Course:
    """The sample course, built but for what running adds; nobody asks it for what a whole course needs."""
    course.notebooks.mkdir()
    course.readme.write_text("<!-- notebooks:begin -->\n<!-- notebooks:end -->\n", encoding="utf-8")
    lesson = course.lessons / "00_sample.md"
    text = lesson.read_text(encoding="utf-8").replace("## Which status comes back?", "## What is half?", 1)
    lesson.write_text(
        text.replace("## What is a value?", "## Which numbers have a half?", 1), encoding="utf-8"
    )
    build(course)
    monkeypatch.setattr(check_module, "check_lessons", lambda lessons: [])
    monkeypatch.setattr(check_module, "missing", lambda number, sources: [])
    monkeypatch.setattr(check_module, "dead_pointers", lambda lessons, course: [])
    monkeypatch.setattr(check_module, "Client", lambda: Shared(client))
    return course


class Shared:
    """The client of all tests, which a check does not end."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def __enter__(self) -> Client:
        return self.client

    def __exit__(self, *_: object) -> None:
        pass


def build(course: Course) -> None:
    """Write everything that is built, but for what running adds."""
    lessons = [read_lesson(path) for path in course.find()]
    files = {course.notebooks / f"{one.name}.ipynb": to_json(unexecuted(one)) for one in lessons}
    of_all = exercises.read_all(course)
    files |= pages(lessons, course) | exercises.still(of_all, course)
    for name, notebook in exercises.unexecuted(of_all, course).items():
        files[course.solutions / f"{name}.ipynb"] = to_json(notebook)
    settle(files, course)


def said(course: Course, capsys: pytest.CaptureFixture[str], *names: str) -> list[str]:
    """The lines that a check prints, but for the table of a single exercise."""
    try:
        check(list(names), course=course)
    except CourseError as error:
        return str(error).splitlines()
    lines = capsys.readouterr().out.splitlines()
    return [
        line for line in lines if not line.startswith(("  ", "\n", "00.half ·", "a check takes")) and line
    ]


def test_a_course_of_which_all_is_well_gets_one_line_more(
    built: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    [last] = said(built, capsys)
    assert re.fullmatch(r"All is well: 1 lesson and 1 exercise, in \d+ s\.", last)


def test_each_answer_has_a_line_and_with_show_its_verdict(
    built: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(["00.half"], show=True, course=built) == 0
    shown = capsys.readouterr().out
    assert "\n00.half · Halve it · code · faded · 3 minutes\n" in shown
    assert "  wrong: doubles                               not yet, other-number\n" in shown
    assert "      ✗ not yet · 00.half · Another number comes back\n" in shown


# What is wrong, in the order in which it is said: each is said alone, though all later ones are wrong too.
def test_what_is_wrong_is_said_in_the_order_in_which_to_mend_it(
    built: Course, edit: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    good = (built.texts / "00" / "half.py").read_text(encoding="utf-8")
    manifest = built.manifest.read_text(encoding="utf-8")
    path = edit(
        ("expect(3,", "expect(4,"),  # the solution does not pass
        ("Python divides", "Python simply divides"),  # a rule
        ("# minutes: 3", "# minutes: three"),  # the form
    )
    built.manifest.write_text(manifest.replace('"half"', ""), encoding="utf-8")
    assert said(built, capsys) == [
        "course/exercises/00/half.py:1: course/course.toml does not list it."
        ' Add the line `"half",` to its lesson.'
    ]
    built.manifest.write_text(manifest, encoding="utf-8")
    [line] = said(built, capsys)
    assert line == "course/exercises/00/half.py:4: `minutes` must be a number, and is 'three'."
    edit(("# minutes: three", "# minutes: 3"))
    [line] = said(built, capsys)
    assert line.startswith("course/exercises/00/half.py:64 [wording] the word 'simply'.")
    edit(("Python simply divides", "Python divides"))
    lines = said(built, capsys)
    assert lines[0].startswith(
        "course/exercises/00/half.py:10 [right-answers-pass] `solution` does not pass: not yet"
    )
    path.write_text(good.replace("What remains", "What is left"), encoding="utf-8")
    assert said(built, capsys) == ["exercises/checks/00.json is old. Run `make exercises ARGS=00`."]
    build(built)
    assert said(built, capsys)[-1].startswith("All is well")


def test_two_exercises_are_not_blamed_for_a_third_that_is_not_looked_at(
    built: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    (built.texts / "00" / "begun.py").write_text("# %% exercise [markdown]\n", encoding="utf-8")
    built.manifest.write_text('[lessons]\n00_sample = ["half", "begun"]\n', encoding="utf-8")
    assert said(built, capsys, "00.half")[-1].startswith("All is well: 1 exercise")
    assert "begun.py:1: " in said(built, capsys)[0]


def test_a_lesson_whose_notebook_is_old_is_named_with_the_command(
    built: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = built.lessons / "00_sample.md"
    lesson.write_text(lesson.read_text(encoding="utf-8").replace("print(", "print( ", 1), encoding="utf-8")
    assert (
        "notebooks/00_sample.ipynb is not what its text gives. Run `make notebooks ARGS=00_sample`."
        in said(built, capsys)
    )


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["02"], 6),
        (["02_simplejwt_setup"], 6),
        (["02.whoami"], 1),
        (["course/exercises/02/whoami.py", "01.label"], 2),
        ([], len(COURSE.find()) + len(COURSE.find_exercises())),
    ],
)
def test_a_name_is_a_lesson_with_its_exercises_or_an_exercise(names: list[str], found: int) -> None:
    assert len(chosen(names, COURSE)) == found


def test_an_unknown_name_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "02.whoami", "02.whoareyou"]) == 1
    assert capsys.readouterr().err.startswith(
        "'02.whoareyou' is no lesson and no exercise. Lessons: 00_start"
    )


# --- Pointers


def test_every_pointer_of_the_course_leads_somewhere() -> None:
    lessons = [read_lesson(path) for path in COURSE.find()]
    assert [
        f"{COURSE.place(path, line)}: {said}" for path, line, said in dead_pointers(lessons, COURSE)
    ] == []


POINTERS = [
    ("Notebook 00, *What is half?*", "notebook 00 has no section 'What is half?'"),
    (
        "notebook 00,\n# *Which status\n# comes forth?*",
        "'Which status comes forth?'. Is it 'Which status comes back?'?",
    ),
    ("Notebook 00, *Which status comes back?* and *What else?*", "notebook 00 has no section 'What else?'"),
    ("notebook 07", "there is no notebook 07. There are 00; to come: 09"),
    ("notebook 09, *Who forges?*", "there is no notebook 09"),
    ("notebook 09", None),
    ("Notebook 00, *Which status comes back?*", None),
    ("notebook 00 has *emphasis*", None),
]


@pytest.mark.parametrize(("text", "wrong"), POINTERS)
def test_a_pointer_is_looked_up_by_its_heading(text: str, wrong: str | None, course: Course) -> None:
    course.manifest.write_text(
        'planned = ["09_forging"]\n' + course.manifest.read_text("utf-8"), encoding="utf-8"
    )
    (course.texts / "00" / "half.py").write_text(f"# One.\n# {text}\n", encoding="utf-8")
    found = list(dead_pointers([read_lesson(path) for path in course.find()], course))
    assert [path.name for path, *_ in found] == (["half.py"] if wrong else [])
    assert all(str(wrong) in problem and line in (2, 3) for _, line, problem in found)


# --- A new exercise


def test_what_is_begun_can_be_read_and_says_what_is_missing(course: Course) -> None:
    report = new("00.third", course)
    assert report.splitlines()[0] == "written    course/exercises/00/third.py"
    assert list(map(id_of, course.find_exercises())) == ["00.half", "00.third"]
    path = course.texts / "00" / "third.py"
    source = read_source(path, course)
    text = path.read_text(encoding="utf-8").splitlines()
    todo = [number for number, line in enumerate(text, start=1) if "TODO: " in line]
    found = check_texts(source, course)
    assert [int(re.findall(r":(\d+) ", line)[0]) for line in found if "[filled-in]" in line] == todo
    assert {re.findall(r"\[([\w-]+)\]", line)[0] for line in found} == {"filled-in", "measure", "beliefs"}


def test_what_is_begun_passes_its_own_check(course: Course, client: Client) -> None:
    new("00.third", course)
    source = read_source(course.texts / "00" / "third.py", course)
    trial = Trial(source, client, course)
    assert failures(trial) == []


def test_a_line_that_is_there_already_is_not_written_twice(course: Course) -> None:
    course.manifest.write_text('[lessons]\n00_sample = ["third", "half"]\n', encoding="utf-8")
    new("00.third", course)
    assert list(map(id_of, course.find_exercises())) == ["00.third", "00.half"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("01_a = []\n", '01_a = [\n    "new",\n]\n'),
        ('01_a = ["x"]\n', '01_a = ["x",\n    "new",\n]\n'),
        ('01_a = [\n    "x",\n]\n02_b = []\n', '01_a = [\n    "x",\n    "new",\n]\n02_b = []\n'),
    ],
)
def test_the_line_goes_to_the_end_of_the_list(before: str, after: str) -> None:
    assert with_line(before, "01_a", "new") == after


@pytest.mark.parametrize(
    ("id", "message"),
    [
        ("3.who", "'3.who' is no name of an exercise. Write two digits, a dot"),
        ("00.Who", "'00.Who' is no name of an exercise"),
        ("who", "'who' is no name of an exercise"),
        ("00.", "'00.' is no name of an exercise"),
        ("07.who", "There is no notebook 07; there are 00. A lesson comes first: CONTRIBUTING.md"),
        ("00.half", "course/exercises/00/half.py is there already"),
    ],
)
def test_what_cannot_begin_is_refused_and_nothing_is_written(id: str, message: str, course: Course) -> None:
    before = course.manifest.read_text("utf-8")
    with pytest.raises(CourseError, match=re.escape(message)):
        new(id, course)
    assert course.manifest.read_text("utf-8") == before
    assert len(course.find_exercises()) == 1
