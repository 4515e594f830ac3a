"""One check from answer to verdict: the answer process is started, asked, and ended, whatever happens."""

import linecache
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

from jwtlab.checker.answer.child import CELL, Job
from jwtlab.checker.answer.limits import PRINTED
from jwtlab.checker.answer.parent import Handle, Raised, at_line
from jwtlab.checker.api.attribution import CHECK
from jwtlab.checker.api.learner import Learner
from jwtlab.checker.api.site import CheckedSite
from jwtlab.checker.catalogue import FILE, PREDICT, Answer, Check, Exercise, letter_of
from jwtlab.checker.verdict import (
    PASSED,
    THIS_MACHINE,
    CouldNotRun,
    Fail,
    Verdict,
    Why,
    course_broken,
    failed,
)
from jwtlab.site.world import LabClock

_SET_UP = 10.0  # seconds for Django to start with other settings; on a busy machine it takes one


@dataclass(frozen=True)
class Task:
    """One answer to be judged."""

    exercise: Exercise
    answer: Answer
    limit: float  # seconds for the learner's code
    keep: bool  # whether the site stays up after the verdict

    @property
    def face(self) -> str | None:
        """The settings module of the site, if the exercise has one."""
        exercise = self.exercise
        return exercise.settings_module or (f"config.settings.{exercise.site}" if exercise.site else None)

    @property
    def ready_face(self) -> str | None:
        """The same where the site is a face as it is, for which a worker can be set up beforehand."""
        is_as_it_is = not self.exercise.settings and not self.exercise.settings_module
        return self.face if is_as_it_is else None


def judge(
    task: Task, world: Path, nonce: str, *, is_set_up: bool, hold: Callable[[Verdict], None]
) -> Verdict:
    """Return the verdict on one answer.

    `world` is the folder of this check's lab world and `nonce` the name in it; `is_set_up` says whether
    Django is, in this process. `hold` is called with the verdict where the site is to stay up, for as long.
    """
    try:
        _look_for(task.exercise.needs)
        judging = Judging(task, world, nonce, is_set_up=is_set_up)
    except Fail as failure:
        return failed(task.exercise, failure)
    try:
        verdict = judging.verdict()
        if task.keep and judging.site:
            hold(verdict)
        return verdict
    finally:
        judging.end()


def _look_for(needed: Sequence[str]) -> None:
    from jwtlab.install import programs

    for program in needed:
        if programs.find(program) is None:
            raise CouldNotRun(
                "needs",
                sent=program,
                saw="not found",
                wanted=f"{program} on this machine",
                fault=THIS_MACHINE,
                cure=programs.cure(program),
            )


class Judging:
    """The process and the folder of one check, and what the check sees of them."""

    def __init__(self, task: Task, world: Path, nonce: str, *, is_set_up: bool) -> None:
        exercise = task.exercise
        self.site: CheckedSite | None = None
        self._task = task
        self._world = world
        self._folder = Path(tempfile.mkdtemp(prefix="answer-", dir=world.parent)).resolve()
        self._printed = ""
        self._job = Job(
            folder=str(self._folder),
            world=str(world),
            nonce=nonce,
            face=task.face,
            is_set_up=is_set_up,
            settings=tuple(exercise.settings),
            project=exercise.settings_module is not None,
        )
        self._handle: Handle | None = None
        if exercise.kind != FILE or task.face or exercise.run:
            self._handle = Handle(self._job, task.limit)

    def end(self) -> None:
        """End the answer process and remove its folder."""
        if self._handle:
            self._handle.end()
        shutil.rmtree(self._folder, ignore_errors=True)

    def verdict(self) -> Verdict:
        """Run the check, and return what came of it, whatever happens."""
        exercise = self._task.exercise
        try:
            self._check()
        except Fail as failure:
            return self._with_notes(failed(exercise, self._deeper(failure)))
        except Exception as error:  # of the check's own code, or of ours
            return self._with_notes(broken(exercise, error))
        verdict = Verdict(exercise.id, exercise.title, PASSED, why=Why(**exercise.why))
        return self._with_notes(verdict)

    def _check(self) -> None:
        learner = self._prepared()
        namespace: dict[str, Any] = {"__name__": CHECK}
        exec(compiled(self._task.exercise.check), namespace)
        result = namespace["check"](learner, self.site)
        if self._task.exercise.kind == PREDICT:
            self._compare(result)
        if self._handle:
            self._printed = self._handle.ask("report")["text"]  # and fails if something has been replaced

    def _prepared(self) -> Learner:
        """Load the answer and set the site up, in the order that its kind needs."""
        answer, exercise = self._task.answer, self._task.exercise
        if isinstance(answer, Mapping):
            _lay(self._folder, answer)
            learner = Learner(self._handle, "", answer)
            self._set_up()
            if exercise.run:
                self._load(learner.text(exercise.run), exercise.run)
            return learner
        if exercise.kind != PREDICT:
            self._load(answer, CELL)
        self._set_up()
        return Learner(self._handle, answer, {})

    def _load(self, source: str, file: str) -> None:
        try:
            self._process.ask("load", "your code", source=source, file=file)
        except Raised as raised:
            raise unloadable(raised.error) from None

    def _set_up(self) -> None:
        if not self._task.face:
            return
        try:
            if not self._job.is_set_up:
                self._process.allow(_SET_UP)
                self._process.ask("set_up", "your settings")
                self._process.allow(self._task.limit)
            self.site = CheckedSite(self._process, LabClock(self._world / "clock"), self._job.nonce)
        except Raised as raised:
            raise unstartable(raised.error) from None

    @property
    def _process(self) -> Handle:
        if self._handle is None:
            raise RuntimeError("this exercise has no code that could run")
        return self._handle

    def _compare(self, right: str) -> None:
        exercise, letter = self._task.exercise, letter_of(str(self._task.answer))
        letters = ", ".join(exercise.options)
        if letter not in exercise.options:
            raise Fail(
                "no-such-option", sent=f"your answer: {letter[:40]}", saw="no such option", wanted=letters
            )
        if letter != right:
            raise Fail(
                exercise.options[letter]["key"],
                sent=self.site.last_sent if self.site and self.site.last_sent else "the experiment",
                saw=f"something else than {letter}: {exercise.options[letter]['text']}",
                wanted="the option that says what comes back",
            )

    def _deeper(self, failure: Fail) -> Fail:
        """Return what has caused `failure`, where the answer process knows more: one cause, one message."""
        if self._handle and not isinstance(failure, CouldNotRun):
            try:
                self._printed = self._handle.ask("report", failure.sent)["text"]
            except Fail as cause:
                return cause
        return failure

    def _with_notes(self, verdict: Verdict) -> Verdict:
        return replace(verdict, notes=tuple(self._notes(verdict)), printed=self._printed)

    def _notes(self, verdict: Verdict) -> Iterator[str]:
        printed = self._handle.printed if self._handle else 0
        if printed > PRINTED:
            yield f"Your code printed {printed:,} characters; the first {PRINTED:,} were kept."
        if verdict.message and self.site and self.site.url in verdict.message.sent and not self._task.keep:
            yield f"make check EX={verdict.id} KEEP=1 keeps the site up, so that you can run that line."


def _lay(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


@cache
def compiled(check: Check) -> CodeType:
    """Return the code of a check, whose tracebacks name the file and the lines that its author edits."""
    text = "\n" * (check.line - 1) + check.code
    linecache.cache[check.file] = (len(text), None, text.splitlines(keepends=True), check.file)
    return compile(text, check.file, "exec", dont_inherit=True)


# --- Failures of no check -----------------------------------------------------------------------------------


def broken(exercise: Exercise, error: Exception) -> Verdict:
    """Return the verdict where the check, and not the answer, has failed. It names the line of the check."""
    frames = traceback.extract_tb(error.__traceback__)
    of_check = [frame for frame in frames if frame.filename == exercise.check.file]
    place = of_check[-1] if of_check else frames[-1]
    file = place.filename if of_check else Path(place.filename).name
    return failed(
        exercise, course_broken(f"{type(error).__name__}: {error} ({file}, line {place.lineno})"[:300])
    )


def unloadable(error: dict[str, Any]) -> CouldNotRun:
    """Return the failure of an answer that cannot be run from its first line to its last."""
    sent = "your code" + at_line(error["frames"])
    if "SyntaxError" in error["kinds"]:
        return CouldNotRun("syntax", sent=sent, saw=error["text"], wanted="Python code")
    key = "exits" if "SystemExit" in error["kinds"] else "raised"
    return CouldNotRun(key, sent=sent, saw=error["text"], wanted="code that runs to its last line")


def unstartable(error: dict[str, Any]) -> CouldNotRun:
    """Return the failure of a project, or of settings, with which Django does not start."""
    if error["frames"] and "ImproperlyConfigured" not in error["kinds"]:
        return unloadable(error)  # a module of the project, which Django has imported
    sent = "django.setup()" + at_line(error["frames"])
    return CouldNotRun("settings-refused", sent=sent, saw=error["text"], wanted="a project that starts")
