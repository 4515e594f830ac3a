"""Every exercise of the course: what must hold when its answers run, of its texts, and of all together."""

import pytest

from authoring.exercises.build import read_all
from authoring.manifest import COURSE
from authoring.lint.exercise_texts import check_texts
from authoring.lint.exercise_coverage import missing, out_of_order
from authoring.proofs.properties import PROPERTIES, Property, Trial, mutants_die

OF_ANSWERS = [holds for holds in PROPERTIES if holds is not mutants_die]  # those are in a file of their own


@pytest.mark.parametrize("holds", OF_ANSWERS, ids=lambda holds: holds.__name__)
def test_what_must_hold_of_its_answers(trial: Trial, holds: Property) -> None:
    problems = [f"{COURSE.place(trial.source.path, line)}: {problem}" for line, problem in holds(trial)]
    assert not problems, "\n" + "\n".join(problems)


def test_its_texts_keep_to_the_rules(trial: Trial) -> None:
    problems = check_texts(trial.source)
    assert not problems, "\n" + "\n".join(problems)


def test_a_free_exercise_comes_after_a_faded_one() -> None:
    sources = (source for of_one in read_all(COURSE).values() for source in of_one)
    problems = [problem for _, problem in out_of_order(sources)]
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.parametrize("number", [path.stem[:2] for path in COURSE.find()])
def test_a_notebook_has_all_that_it_needs(number: str) -> None:
    assert list(missing(number, read_all(COURSE).get(number, []))) == []
