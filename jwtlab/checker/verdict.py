"""What became of an answer: one of four outcomes and why, as data, as text and as HTML.

A verdict is made in the worker, out of a `Fail` that a check or the worker has raised, and crosses to the
learner's kernel or terminal as JSON. There it is shown, the same words in the same order in both. The outcome
is a word with a sign before it; colour only repeats it. What an answer printed or sent back is shown with
everything invisible spelled out.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from jwtlab.checker.catalogue import Exercise
from jwtlab.checker.general_messages import GENERAL
from jwtlab.show import html

PASSED = "passed"
NOT_YET = "not yet"
NOT_ATTEMPTED = "not attempted"
COULD_NOT_RUN = "could not run"

# Whose matter it is that an answer could not be checked.
YOUR_CODE = "your code"
THIS_MACHINE = "this machine"
THE_COURSE = "the course"


@dataclass(frozen=True)
class Message:
    """Why an answer has not passed: what was sent, what came back, what was wanted, where to look next."""

    title: str
    sent: str
    saw: str
    wanted: str
    next: str


@dataclass(frozen=True)
class Why:
    """What a passed check has proven, and one thing that it has not looked at."""

    proven: str
    not_checked: str


@dataclass(frozen=True)
class Verdict:
    """The outcome of one check."""

    id: str
    title: str  # of the exercise
    outcome: str
    key: str | None = None
    fault: str | None = None  # of an answer that could not run
    message: Message | None = None
    why: Why | None = None
    notes: tuple[str, ...] = ()
    printed: str = ""  # what the code printed, its first part

    def as_json(self) -> dict[str, Any]:
        """Return everything as values that JSON has."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Verdict":
        """Return the verdict that `as_json` was given."""
        message = Message(**data["message"]) if data["message"] else None
        why = Why(**data["why"]) if data["why"] else None
        return cls(**{**data, "message": message, "why": why, "notes": tuple(data["notes"])})

    def __str__(self) -> str:
        return as_text(self)

    def _repr_html_(self) -> str:
        return as_html(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))


# --- Failures -----------------------------------------------------------------------------------------------


@dataclass(eq=False)
class Fail(Exception):
    """The answer failed in the way that `key` names: a message of the exercise, or a general one.

    `sent`, `saw` and `wanted` are computed where the failure is found; the rest of the message is prose.
    """

    key: str
    sent: str
    saw: str
    wanted: str


@dataclass(eq=False)
class CouldNotRun(Fail):
    """The answer could not be checked at all. `fault` is whose matter that is: one of the three above."""

    fault: str = YOUR_CODE
    cure: str = ""  # what to do, where it depends on the machine; else the general text is shown


def course_broken(saw: str) -> CouldNotRun:
    """Return the failure of a check, and not of the answer; `saw` says what is wrong with it."""
    return CouldNotRun("course-broken", sent="the check", saw=saw, wanted="a verdict", fault=THE_COURSE)


def failed(exercise: Exercise, failure: Fail) -> Verdict:
    """Return the verdict for a failure. One whose key has no message is the course's fault."""
    prose = exercise.messages.get(failure.key) or GENERAL.get(failure.key)
    if prose is None:
        return failed(exercise, course_broken(f"no message {failure.key!r} in {exercise.id}"))
    next_step, outcome, fault = prose["next"], NOT_YET, None
    if isinstance(failure, CouldNotRun):
        next_step, outcome, fault = failure.cure or next_step, COULD_NOT_RUN, failure.fault
    message = Message(prose["title"], failure.sent, failure.saw, failure.wanted, next_step)
    return Verdict(exercise.id, exercise.title, outcome, key=failure.key, fault=fault, message=message)


# --- How it looks -------------------------------------------------------------------------------------------

SIGNS = {PASSED: "✓", NOT_YET: "✗", NOT_ATTEMPTED: "○", COULD_NOT_RUN: "!"}
LONGEST_TITLE = 90  # columns of the first line
LONGEST_LINE = 280  # characters of what came back or was wanted
MOST_LINES = 12

_COLOURS = {
    PASSED: html.BLUE,
    NOT_YET: html.ORANGE,
    NOT_ATTEMPTED: html.PLUM,
    COULD_NOT_RUN: html.PLUM,
}
_INDENT = 13
_LITERAL = ("sent", "came back", "wanted")  # the parts that are code and not prose


def as_text(verdict: Verdict) -> str:
    """Return at most `MOST_LINES` lines. The line to run stays in one piece, so that it can be pasted."""
    lines = [_first_line(verdict)]
    for name, text in _parts(verdict):
        lines += _piece(name, text, is_command=name == "sent")
    return "\n".join(lines[:MOST_LINES])


def as_html(verdict: Verdict) -> SafeString:
    """Return the verdict as a table with a row for each part."""
    colour = _COLOURS[verdict.outcome]
    head = format_html("{} {}", html.badge(_outcome(verdict), colour), f"{verdict.id} · {_title(verdict)}")
    rows = [(name, html.block(text) if name in _LITERAL else prose(text)) for name, text in _parts(verdict)]
    if not rows:
        return format_html("<p>{}</p>", head)
    return html.table(("part", "what it says"), rows, ("7em", "auto"), caption=head)


def prose(text: str) -> SafeString:
    """Return a sentence as HTML: between backticks stands code, and between asterisks a section's name."""
    pieces = enumerate(text.split("`"))  # every other one was between two of them
    return format_html_join(
        "", "{}", ((html.code(piece) if n % 2 else _names(piece),) for n, piece in pieces)
    )


def _names(text: str) -> SafeString:
    pieces = enumerate(text.split("*")) if text.count("*") % 2 == 0 else [(0, text)]
    return format_html_join("", "{}", ((format_html("<em>{}</em>", s) if n % 2 else s,) for n, s in pieces))


def _first_line(verdict: Verdict) -> str:
    line = f"{_outcome(verdict)} · {verdict.id} · {_title(verdict)}"
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1] + "…"


def _outcome(verdict: Verdict) -> str:
    fault = f" ({verdict.fault})" if verdict.fault else ""
    return f"{SIGNS[verdict.outcome]} {verdict.outcome}{fault}"


def _title(verdict: Verdict) -> str:
    return verdict.message.title if verdict.message else verdict.title


def _parts(verdict: Verdict) -> list[tuple[str, str]]:
    parts = _of_message(verdict.message) if verdict.message else []
    if verdict.why:
        parts += [("proven", verdict.why.proven), ("not checked", verdict.why.not_checked)]
    if verdict.outcome == NOT_ATTEMPTED:
        parts.append(("next", f'Change the starter, then check again. hint("{verdict.id}") gives a hint.'))
    return parts + [("note", note) for note in verdict.notes]


def _of_message(message: Message) -> list[tuple[str, str]]:
    return [
        ("sent", html.visible(message.sent)),
        ("came back", _clipped(message.saw)),
        ("wanted", _clipped(message.wanted)),
        ("next", message.next),
    ]


def _clipped(text: str) -> str:
    text = html.visible(text)
    return text if len(text) <= LONGEST_LINE else text[:LONGEST_LINE] + "…"


def _piece(name: str, text: str, *, is_command: bool) -> list[str]:
    width = html.WIDTH - _INDENT
    lines = [text] if is_command else [piece for line in text.split("\n") for piece in html.fold(line, width)]
    head, *rest = [line.strip() for line in lines]
    return [f"{name:<{_INDENT}}{head}", *(" " * _INDENT + line for line in rest)]
