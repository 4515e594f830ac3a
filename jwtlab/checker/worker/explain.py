"""From a failure to its verdict: the prose of its message is found, and whose matter it is."""

import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jwtlab.checker.answer.handle import at_line
from jwtlab.checker.api.failures import THE_COURSE, CouldNotRun, Fail
from jwtlab.checker.exercise import CHECKS, Exercise
from jwtlab.checker.messages import FIXED
from jwtlab.checker.verdict import COULD_NOT_RUN, NOT_YET, Message, Verdict

_TO_THE_END = "code that runs to its last line"


def failed(exercise: Exercise, failure: Fail) -> Verdict:
    """The verdict for a failure. One whose key has no message is the course's fault."""
    prose = _prose(exercise, failure.key)
    if prose is None:
        failure = _course_broken(f"no message {failure.key!r} in {exercise.id}")
        prose = FIXED[failure.key]._asdict()
    is_unrunnable = isinstance(failure, CouldNotRun)
    message = Message(
        title=prose["title"],
        sent=failure.sent,
        saw=failure.saw,
        wanted=failure.wanted,
        next=(is_unrunnable and failure.cure) or prose["next"],
    )
    return Verdict(
        exercise.id,
        exercise.title,
        COULD_NOT_RUN if is_unrunnable else NOT_YET,
        key=failure.key,
        fault=failure.fault if is_unrunnable else None,
        message=message,
    )


def _prose(exercise: Exercise, key: str) -> Mapping[str, str] | None:
    if key in exercise.messages:
        return exercise.messages[key]
    return FIXED[key]._asdict() if key in FIXED else None


def broken(exercise: Exercise, error: Exception) -> Verdict:
    """The verdict where the check, and not the answer, has failed. It names the line of the check."""
    frames = traceback.extract_tb(error.__traceback__)
    place = next((frame for frame in reversed(frames) if frame.filename.startswith(CHECKS)), frames[-1])
    where = f"{Path(place.filename).name}, line {place.lineno}"
    return failed(exercise, _course_broken(f"{type(error).__name__}: {error} ({where})"[:300]))


def _course_broken(saw: str) -> CouldNotRun:
    return CouldNotRun("course-broken", sent="the check", saw=saw, wanted="a verdict", fault=THE_COURSE)


def unloadable(error: dict[str, Any]) -> CouldNotRun:
    """The failure of an answer that cannot be run from its first line to its last."""
    sent = "your code" + at_line(error["frames"])
    if "SyntaxError" in error["kinds"]:
        return CouldNotRun("syntax", sent=sent, saw=error["text"], wanted="Python code")
    key = "exits" if "SystemExit" in error["kinds"] else "raised"
    return CouldNotRun(key, sent=sent, saw=error["text"], wanted=_TO_THE_END)


def unsettled(error: dict[str, Any]) -> CouldNotRun:
    """The failure of a project, or of settings, with which Django does not start."""
    if error["frames"] and "ImproperlyConfigured" not in error["kinds"]:
        return unloadable(error)  # a module of the project, which Django has imported
    sent = "django.setup()" + at_line(error["frames"])
    return CouldNotRun("settings-refused", sent=sent, saw=error["text"], wanted="a project that starts")
