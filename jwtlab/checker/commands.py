"""`make check`, `make watch`, `make hint` and `make progress`."""

from collections.abc import Iterable
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from threading import Event

from jwtlab.checker.catalogue import FILE, Catalogue, Exercise, answers_folder, projects_folder
from jwtlab.checker.verdict import NOT_ATTEMPTED, PASSED, SIGNS, Verdict
from jwtlab.checker.worker.client import Session
from jwtlab.show import html
from jwtlab.workspace.progress import EXERCISES, QUIZZES, Progress


def check(which: str = "", *, keep: bool = False, session: Session | None = None) -> None:
    """Check one exercise ("02.whoami"), those of a notebook ("02") or, with "", all of them.

    With `keep` the site of one exercise stays up afterwards, so that the line in the message can be run.
    """
    session = session or Session()
    with session.client:
        exercises = session.catalogue.select(which)
        if keep:
            session.check(exercises[0], hold=_let_look)
            return
        verdicts = [_checked(session, exercise, alone=len(exercises) == 1) for exercise in exercises]
    if len(verdicts) > 1:
        passed = sum(verdict.outcome == PASSED for verdict in verdicts)
        print(f"\n{passed} of {len(verdicts)} passed.")


def _checked(session: Session, exercise: Exercise, *, alone: bool) -> Verdict:
    verdict = session.check(exercise)
    if verdict.printed:
        print(verdict.printed)
    # One line each for what is done or not begun: in a list of thirty the others are what matters.
    is_short = not alone and verdict.outcome in (PASSED, NOT_ATTEMPTED)
    print(str(verdict).partition("\n")[0] if is_short else verdict, flush=True)
    return verdict


def _let_look(verdict: Verdict) -> None:
    print(verdict)
    try:
        input("\nThe site is up, as it was at the end of the check. Enter ends it.\n")
    except (EOFError, KeyboardInterrupt):
        print()


def watch(session: Session | None = None, until: Event | None = None) -> None:
    """Check an exercise whenever its answer is saved, until Ctrl-C or until `until` is set."""
    from watchfiles import watch as changes_in

    session = session or Session()
    folders = [answers_folder(), projects_folder()]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    print("Watching work/exercises. Save an answer, and it is checked. Ctrl-C ends this.", flush=True)
    with session.client, suppress(KeyboardInterrupt):
        session.client.warm_up()
        for changes in changes_in(*folders, stop_event=until):
            for exercise in touched(session.catalogue, {Path(path) for _, path in changes}):
                _checked(session, exercise, alone=True)
                print(flush=True)


def touched(catalogue: Catalogue, paths: Iterable[Path]) -> list[Exercise]:
    """Return the exercises whose answers are at or around these paths."""
    paths = list(paths)
    return [exercise for exercise in catalogue.select("") if _is_touched(catalogue, exercise, paths)]


def _is_touched(catalogue: Catalogue, exercise: Exercise, paths: list[Path]) -> bool:
    if exercise.kind == FILE:
        project = catalogue.project(exercise).resolve()
        return any(project in path.resolve().parents for path in paths)
    return catalogue.answer_path(exercise).resolve() in {path.resolve() for path in paths}


def hint(which: str) -> None:
    """Print one more hint."""
    print(Session().hint(which))


def progress() -> None:
    """Print every exercise with how it stands, by notebook."""
    for line in progress_lines(Catalogue().select(""), Progress()):
        print(line)


def progress_lines(exercises: Iterable[Exercise], record: Progress) -> Iterable[str]:
    """Yield the lines of `make progress`."""
    for number, group in groupby(exercises, key=lambda exercise: exercise.id[:2]):
        rows = [(exercise, record.entry(EXERCISES, exercise.id)) for exercise in group]
        done = sum("passed" in entry for _, entry in rows)
        yield f"notebook {number}: {done} of {len(rows)} passed"
        for exercise, entry in rows:
            outcome = PASSED if "passed" in entry else entry.get("outcome", NOT_ATTEMPTED)
            hints = f"  ({html.counted(entry['hints'], 'hint')})" if entry.get("hints") else ""
            yield f"  {SIGNS[outcome]} {outcome:<14}{exercise.id:<28}{exercise.title}{hints}"
    if quizzes := record.entries(QUIZZES).values():
        right = sum("passed" in entry for entry in quizzes)
        yield f"quizzes: {len(quizzes)} answered, {right} of them right in the end"
