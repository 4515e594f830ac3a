"""The manifest: what course.toml and the folders disagree on is one clear error, with file and line."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from authoring.manifest import COURSE, Course, CourseError, id_of, settle

GOOD = '[lessons]\n00_start = [\n    "one",\n    "two",\n]\n01_next = []\n'


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course of two lessons and two exercises, all of them empty files."""
    course = Course(tmp_path)
    for folder in (course.lessons, course.texts / "00", course.quizzes):
        folder.mkdir(parents=True)
    for path in (
        course.lessons / "00_start.md",
        course.lessons / "01_next.md",
        course.texts / "00" / "one.py",
        course.texts / "00" / "two.py",
    ):
        path.touch()
    course.manifest.write_text(GOOD, encoding="utf-8")
    return course


def test_the_course_is_what_its_manifest_lists_in_that_order() -> None:
    contents = COURSE.contents()
    assert [path.stem for path in COURSE.find()] == list(contents.lessons)
    ids = [f"{name[:2]}.{slug}" for name, slugs in contents.lessons.items() for slug in slugs]
    assert list(map(id_of, COURSE.find_exercises())) == ids


def test_the_order_is_that_of_the_lines(course: Course) -> None:
    course.manifest.write_text('[lessons]\n00_start = ["two", "one"]\n01_next = []\n', encoding="utf-8")
    assert list(map(id_of, course.find_exercises())) == ["00.two", "00.one"]


# manifest, files to add, files to remove -> what is said
WRONG: list[tuple[str, list[str], list[str], str]] = [
    ("[lessons\n", [], [], "course/course.toml:1: Expected ']'"),
    ("lessons = 1\n", [], [], "course/course.toml:1: something else stands in it"),
    (GOOD + "other = 1\n", [], [], "course/course.toml:7: other is no list. Write `other = ["),
    (
        GOOD + "09_late = []\n",
        ["lessons/09_late.md"],
        [],
        "course.toml:7: 09_late stands where the number is 02",
    ),
    (
        GOOD + "01_again = []\n",
        ["lessons/01_again.md"],
        [],
        "course.toml:7: 01_again stands where the number is 02. 01_next has the number 01 as well.",
    ),
    (GOOD + "Forging = []\n", ["lessons/Forging.md"], [], "course.toml:7: 'Forging' is no name of a lesson"),
    (GOOD.replace("two", "Two_2"), [], ["exercises/00/two.py"], "course.toml:4: 'Two_2' is no name of an ex"),
    (GOOD.replace('"two"', '"one"'), [], ["exercises/00/two.py"], "course.toml:3: 'one' stands twice"),
    (GOOD, [], ["lessons/01_next.md"], "course.toml:6: there is no course/lessons/01_next.md. Write it"),
    (
        GOOD,
        [],
        ["exercises/00/two.py"],
        "course.toml:4: there is no course/exercises/00/two.py. `make new EXERCISE=00.two` makes one",
    ),
    (
        GOOD,
        ["lessons/02_more.md"],
        [],
        "lessons/02_more.md:1: course/course.toml does not list it. Add the line",
    ),
    (GOOD, ["lessons/01_more.md"], [], "lessons/01_more.md:1: course/course.toml does not list it"),
    (
        GOOD,
        ["exercises/00/three.py"],
        [],
        'three.py:1: course/course.toml does not list it. Add the line `"three",`',
    ),
    (GOOD, ["exercises/07/one.py"], [], "exercises/07/one.py:1: there is no lesson 07 in course/course.toml"),
    (GOOD, ["exercises/00/site/x.py"], [], "exercises/00/site:1: a project without an exercise: there is no"),
    (GOOD, ["quizzes/07.toml"], [], "quizzes/07.toml:1: there is no lesson 07 in course/course.toml"),
]


@pytest.mark.parametrize(("text", "more", "fewer", "said"), WRONG, ids=[said for *_, said in WRONG])
def test_what_does_not_agree_is_named_with_file_and_line(
    text: str, more: Iterable[str], fewer: Iterable[str], said: str, course: Course
) -> None:
    course.manifest.write_text(text, encoding="utf-8")
    for name in more:
        path = course.root / "course" / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.touch()
    for name in fewer:
        (course.root / "course" / name).unlink()
    with pytest.raises(CourseError, match=re.escape(said)) as error:
        course.find()
    assert len(str(error.value).splitlines()) == 1, "one cause, one message"


def test_a_course_without_a_manifest_says_so(course: Course) -> None:
    course.manifest.unlink()
    with pytest.raises(CourseError, match=r"course/course\.toml is missing"):
        course.find_exercises()


def test_only_what_differs_is_written(course: Course) -> None:
    path, other, old = course.root / "a", course.root / "b" / "c", course.root / "old"
    path.write_text("a", encoding="utf-8")
    old.touch()
    before = path.stat().st_mtime_ns
    with pytest.raises(CourseError, match=r"run `make it`:\nb/c\nold$"):
        settle({path: "a", other: "c"}, course, stale=[old], check="make it")
    assert settle({path: "a", other: "c"}, course, stale=[old]) == [
        "unchanged  a",
        "written    b/c",
        "removed    old",
    ]
    assert (path.stat().st_mtime_ns, other.read_text(), old.exists()) == (before, "c", False)
