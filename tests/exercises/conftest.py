"""One warm worker and one reading of the exercises for all tests of a file."""

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from authoring.exercises.reading import read_source
from authoring.manifest import COURSE, Course, id_of
from authoring.proofs.properties import Trial
from jwtlab.checker.worker.client import Client
from jwtlab.install import programs

DATA = Path(__file__).parent / "data"
SAMPLE_LESSON = DATA.parents[1] / "data" / "00_sample.md"


@pytest.fixture(scope="session")
def client() -> Iterator[Client]:
    """A patient one: a machine that runs many tests at once must not take an answer for an endless loop."""
    with Client(limit=15) as client:
        yield client


@pytest.fixture(scope="session")
def trial_of(client: Client) -> Callable[[Path], Trial]:
    """The trial of an exercise, made once, so that no answer runs twice."""

    @cache
    def make(path: Path) -> Trial:
        return Trial(read_source(path), client)

    return make


@pytest.fixture(params=COURSE.find_exercises(), ids=id_of)
def trial(request: pytest.FixtureRequest, trial_of: Callable[[Path], Trial]) -> Trial:
    """Each exercise of the course in turn; skipped where this machine lacks a program that it needs."""
    trial = trial_of(request.param)
    for program in trial.source.meta.needs:
        if programs.find(program) is None:
            pytest.skip(f"{trial.source.id} needs {program}. {programs.cure(program)}")
    return trial


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course with the sample lesson and the sample exercise, not yet built."""
    course = Course(tmp_path)
    (course.texts / "00").mkdir(parents=True)
    shutil.copy(DATA / "half.txt", course.texts / "00" / "half.py")
    lessons = tmp_path / "course" / "lessons"
    lessons.mkdir()
    shutil.copy(SAMPLE_LESSON, lessons)
    shutil.copy(COURSE.misconceptions, lessons.parent)
    course.manifest.write_text('[lessons]\n00_sample = ["half"]\n', encoding="utf-8")
    return course


@pytest.fixture
def edit(course: Course) -> Callable[..., Path]:
    """A function that makes edits in the sample exercise, pairs of old and new, and returns its path."""

    def edit(*pairs: tuple[str, str]) -> Path:
        path = course.texts / "00" / "half.py"
        text = path.read_text(encoding="utf-8")
        for old, new in pairs:
            assert old in text, old
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")
        return path

    return edit
