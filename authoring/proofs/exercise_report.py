"""Every proof of one exercise: what an author sees of it while it is written."""

import time
from collections.abc import Iterator

from authoring.exercises.answer_patches import Answer
from authoring.exercises.source import Source
from authoring.proofs.mutants import mutants
from authoring.proofs.properties import PROPERTIES, Trial, right_answers_pass


def failures(trial: Trial) -> list[str]:
    """Return what does not hold when the answers run, a line each with file and line.

    Where a right answer fails, the rest would only repeat it.
    """
    course, source = trial.course, trial.source
    found: list[str] = []
    for each in PROPERTIES:
        name = each.__name__.replace("_", "-")
        found += [f"{course.place(source.path, line)} [{name}] {said}" for line, said in each(trial)]
        if found and each is right_answers_pass:
            break
    return found


def table(trial: Trial, *, in_full: bool) -> Iterator[str]:
    """Yield a line for each answer, with what became of it; `in_full`, the verdict as learners see it."""
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
        if in_full:
            yield from (f"      {line}" for line in str(verdict).splitlines())
    yield ""


def answers(source: Source) -> Iterator[tuple[str, Answer]]:
    yield "solution", source.solution
    for name, answer in source.also_right.items():
        yield f"also right: {name}", answer
    yield "starter", source.starter
    for wrong in source.wrong:
        yield f"wrong: {wrong.name}", wrong.answer
