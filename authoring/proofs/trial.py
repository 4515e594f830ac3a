"""`python -m authoring exercises --try ID`: everything about one exercise while it is written."""

import time
from collections.abc import Iterator
from pathlib import Path

from authoring.exercises.reading import read_source
from authoring.exercises.source import Source
from authoring.files import COURSE, Course
from authoring.lint.exercises import check_texts
from authoring.proofs.mutants import mutants
from authoring.proofs.properties import PROPERTIES, Trial, right_answers_pass
from jwtlab.checker.worker.client import Client


def try_out(names: list[str], *, show: bool = False) -> int:
    """Print what holds and what does not for the exercises `names`; returns the number of problems.

    With `show`, the verdicts are printed in full, as a learner sees them.
    """
    with Client() as client:
        return sum(try_one(path, client, show=show) for path in COURSE.find_exercises(names))


def try_one(path: Path, client: Client, *, show: bool = False, course: Course = COURSE) -> int:
    """The same for the exercise at `path`."""
    source = read_source(path, course)
    trial = Trial(source, client, course)
    for line in table(trial, show=show):
        print(line, flush=True)
    found = check_texts(source, course) + failures(trial)
    print("\n".join(["", *found]) if found else "\nEverything holds.", flush=True)
    return len(found)


def failures(trial: Trial) -> list[str]:
    """What does not hold when the answers run. Where the solution fails, the rest would only repeat it."""
    found: list[str] = []
    for each in PROPERTIES:
        found += [f"{each.__name__}: {problem}" for problem in each(trial)]
        if found and each is right_answers_pass:
            break
    return found


def table(trial: Trial, *, show: bool) -> Iterator[str]:
    """One line for each answer, with what became of it."""
    source = trial.source
    meta = source.meta
    yield f"\n{source.id} · {meta.title} · {meta.kind} · {meta.stage} · {meta.minutes} minutes"
    trial.verdict(source.solution)  # the first check starts the worker
    started = time.perf_counter()
    trial.run(source.solution)
    yield f"a check takes {(time.perf_counter() - started) * 1000:.0f} ms; {len(mutants(source))} mutants\n"
    for name, answer in answers(source):
        verdict = trial.verdict(answer)
        yield f"  {name:<44} {verdict.outcome}{f', {verdict.key}' if verdict.key else ''}"
        if show:
            yield from (f"      {line}" for line in str(verdict).splitlines())


def answers(source: Source) -> Iterator[tuple[str, object]]:
    yield "solution", source.solution
    for name, answer in source.also_right.items():
        yield f"also right: {name}", answer
    yield "starter", source.starter
    for wrong in source.wrong:
        yield f"wrong: {wrong.name}", wrong.answer
