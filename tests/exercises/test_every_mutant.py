"""The mutants of every exercise, in a file of their own, since to run all of them takes long."""

from authoring.exercises.reading import read_source
from authoring.manifest import COURSE
from authoring.proofs.mutants import mutants
from authoring.proofs.properties import Trial, mutants_die
from authoring.proofs.survivors import listed

KILLED = 0.95  # of all mutants; those that live are listed, each with its reason
SAMPLE = 5  # of the mutants of an exercise, in each run; all of them are for the weekly one


def test_of_its_mutants_a_sample_dies(trial: Trial) -> None:
    problems = [problem for _, problem in mutants_die(trial, SAMPLE)]
    assert not problems, "\n" + "\n".join(problems)


def test_its_mutants_die_but_those_that_are_listed(trial: Trial) -> None:
    problems = [problem for _, problem in mutants_die(trial)]
    assert not problems, "\n" + "\n".join(problems)


def test_of_all_mutants_nearly_all_die() -> None:
    sources = [read_source(path) for path in COURSE.find_exercises()]
    alive = sum(len(listed(source, COURSE)) for source in sources)
    total = sum(len(mutants(source)) for source in sources)
    assert total > 0
    assert 1 - alive / total >= KILLED, f"{alive} of {total} live"
