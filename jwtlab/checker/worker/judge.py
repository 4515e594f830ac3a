"""One check from answer to verdict: the learner's process is started, asked, and ended, whatever happens."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jwtlab.checker.answer.handle import LIMIT, Child, Raised
from jwtlab.checker.answer.limits import PRINTED
from jwtlab.checker.answer.process import Job
from jwtlab.checker.api.failures import THIS_MACHINE, CouldNotRun, Fail
from jwtlab.checker.api.learner import Learner
from jwtlab.checker.api.site import Site
from jwtlab.checker.exercise import CHECKS, FILE, PREDICT, Exercise, letter_of
from jwtlab.checker.verdict import PASSED, Verdict, Why
from jwtlab.checker.worker.explain import broken, failed, unloadable, unsettled
from jwtlab.checker.worker.world import World
from jwtlab.site.clock import LabClock

_SET_UP = 10.0  # seconds for Django to start with other settings; on a busy machine it takes one


@dataclass
class Task:
    """One answer to be judged."""

    exercise: Exercise
    answer: Any  # text, or a dict of files
    limit: float = LIMIT  # seconds for the learner's code
    keep: bool = False  # the site stays up after the verdict

    @property
    def face(self) -> str | None:
        """The settings module of the site, if the exercise has one."""
        meta = self.exercise.meta
        return meta.get("settings_module") or (f"config.settings.{meta['site']}" if "site" in meta else None)

    @property
    def can_use_ready_face(self) -> bool:
        """Whether the site is a face as it is. Other settings need a Django that is not set up yet."""
        meta = self.exercise.meta
        return "site" in meta and not meta.get("settings") and "settings_module" not in meta


def judge(task: Task, world: World, *, is_set_up: bool, hold: Callable[[Verdict], None]) -> Verdict:
    """Return the verdict. `world` is for this check alone; `hold` keeps it alive while the learner looks."""
    try:
        _look_for(task.exercise.meta.get("needs", ()))
        run = Run(task, world, is_set_up=is_set_up)
    except Fail as failure:
        return failed(task.exercise, failure)
    try:
        verdict = run.verdict()
        if task.keep and run.site:
            hold(verdict)
        return verdict
    finally:
        run.end()


def _look_for(needed: list[str]) -> None:
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


class Run:
    """The processes and folders of one check."""

    def __init__(self, task: Task, world: World, *, is_set_up: bool) -> None:
        self.site: Site | None = None
        self._task = task
        self._world = world
        self._folder = Path(tempfile.mkdtemp(prefix="answer-", dir=world.folder.parent)).resolve()
        self._child: Child | None = None
        self._printed = ""
        nonce = world.renew()
        meta = task.exercise.meta
        job = Job(
            folder=str(self._folder),
            world=str(world.folder),
            nonce=nonce,
            face=task.face,
            is_set_up=is_set_up,
            settings=tuple(meta.get("settings", ())),
            project="settings_module" in meta,
        )
        if task.exercise.kind != FILE or task.face or "run" in meta:
            self._child = Child(job, task.limit)
        self._job = job

    def end(self) -> None:
        """End the learner's process and remove its folder."""
        if self._child:
            self._child.end()
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
        namespace: dict[str, Any] = {"__name__": "exercise"}
        name = f"{CHECKS}{self._task.exercise.id.replace('.', '/', 1)}.py"
        exec(compile(self._task.exercise.text, name, "exec", dont_inherit=True), namespace)
        result = namespace["check"](learner, self.site)
        if self._task.exercise.kind == PREDICT:
            self._compare(result)
        if self._child:
            self._printed = self._child.ask("report")["text"]  # and fails if something has been replaced

    def _prepared(self) -> Learner:
        task, child = self._task, self._child
        if isinstance(task.answer, Mapping):
            _lay(self._folder, task.answer)
            learner = Learner(child, "", dict(task.answer))
            self._set_up()
            if "run" in task.exercise.meta:
                self._load(learner.text(task.exercise.meta["run"]), file=task.exercise.meta["run"])
        elif task.exercise.kind == PREDICT:
            learner = Learner(child, task.answer, {})
            self._set_up()
        else:
            learner = Learner(child, task.answer, {})
            self._load(task.answer)
            self._set_up()
        return learner

    def _load(self, source: str, **file: str) -> None:
        try:
            self._child.ask("load", "your code", source=source, **file)
        except Raised as raised:
            raise unloadable(raised.error) from None

    def _set_up(self) -> None:
        if not self._task.face:
            return
        try:
            if not self._job.is_set_up:
                self._child.allow(_SET_UP)
                self._child.ask("set_up", "your settings")
                self._child.allow(self._task.limit)
            self.site = Site(self._child, LabClock(self._world.folder / "clock"), self._job.nonce)
        except Raised as raised:
            raise unsettled(raised.error) from None

    def _compare(self, right: str) -> None:
        exercise, letter = self._task.exercise, letter_of(self._task.answer)
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
        """What has caused `failure`, where the learner's process knows more: one cause, one message."""
        if self._child and not isinstance(failure, CouldNotRun):
            try:
                self._printed = self._child.ask("report", failure.sent)["text"]
            except Fail as cause:
                return cause
        return failure

    def _with_notes(self, verdict: Verdict) -> Verdict:
        return replace(verdict, notes=tuple(self._notes(verdict)), printed=self._printed)

    def _notes(self, verdict: Verdict) -> Iterator[str]:
        printed = self._child.printed if self._child else 0
        if printed > PRINTED:
            yield f"Your code printed {printed:,} characters; the first {PRINTED:,} were kept."
        if verdict.message and self.site and self.site.url in verdict.message.sent and not self._task.keep:
            yield f"make check EX={verdict.id} KEEP=1 keeps the site up, so that you can run that line."


def _lay(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
