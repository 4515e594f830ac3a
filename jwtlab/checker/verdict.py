"""What became of an answer: one of four outcomes, and why, as data that goes from worker to learner."""

from dataclasses import asdict, dataclass
from typing import Any

PASSED = "passed"
NOT_YET = "not yet"
NOT_ATTEMPTED = "not attempted"
COULD_NOT_RUN = "could not run"


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
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Verdict":
        message = data["message"] and Message(**data["message"])
        why = data["why"] and Why(**data["why"])
        return cls(**{**data, "message": message, "why": why, "notes": tuple(data["notes"])})

    def __str__(self) -> str:
        from jwtlab.checker.drawing import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from jwtlab.checker.drawing import as_html

        return as_html(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))
