"""The lab clock: the time at which a demo site lives, moved by the notebook and by nothing else.

It is a file in the site's folder, which the site reads again at every request. Nobody waits for six minutes.
"""

import os
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from jwtlab.errors import LabError

LAB_EPOCH = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)  # a Monday; every lab clock starts here

HOW_TO_ADVANCE = "Name a unit: site.clock.advance(minutes=6), or hours=-1 to go back."
HOW_TO_SET = 'Write site.clock.set("09:06") or site.clock.set("2026-01-06 09:00"), which are UTC.'


class ClockError(LabError):
    """The clock was given something that is not a time, or its site is gone."""


class LabClock:
    """The clock of one site: `now`, `advance` and `set`. Moving it moves no other clock."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def now(self) -> datetime:
        """The site's present time, as an aware datetime in UTC. Raise ClockError when the site is gone."""
        try:
            return datetime.fromisoformat(self._path.read_text("ascii"))
        except FileNotFoundError:
            raise ClockError("The site of this clock is gone. Start another: site = start_site().") from None

    def advance(self, *unnamed: object, **by: float) -> "LabClock":
        """Move the clock by a `timedelta`: `advance(minutes=6)`. A negative amount moves it back.

        Return the clock. Raise ClockError for what is no `timedelta`, and when the site is gone.
        """
        if unnamed or not by:
            raise ClockError(f"advance() was not told what to move by. {HOW_TO_ADVANCE}")
        try:
            return self._move_to(self.now + timedelta(**by))
        except (TypeError, OverflowError) as error:
            wanted = ", ".join(f"{unit}={amount!r}" for unit, amount in by.items())
            raise ClockError(f"advance({wanted}) is not a time ({error}). {HOW_TO_ADVANCE}") from None

    def set(self, when: str | datetime) -> "LabClock":
        """Set the clock to a time of its present day ("09:06") or a day and time; UTC if no zone is named.

        Return the clock. Raise ClockError for what is no time, and when the site is gone.
        """
        try:
            return self._move_to(_instant(when, self.now))
        except (TypeError, ValueError, OverflowError):
            raise ClockError(f"The clock cannot be set to {when!r}. {HOW_TO_SET}") from None

    def _move_to(self, instant: datetime) -> "LabClock":
        write_clock(self._path, instant)
        return self

    def __repr__(self) -> str:
        return f"lab clock {self.now:%Y-%m-%d %H:%M:%S} UTC"


def write_clock(path: Path, instant: datetime) -> None:
    """Put `instant` in the clock file, in one step, so that no request reads half of it."""
    draft = path.with_name("clock.draft")
    draft.write_text(instant.isoformat(), "ascii")
    os.replace(draft, path)


def _instant(when: str | datetime, now: datetime) -> datetime:
    if isinstance(when, str):
        when = _read(when.strip(), now)
    if not isinstance(when, datetime):
        raise TypeError
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def _read(text: str, now: datetime) -> datetime:
    try:
        return datetime.combine(now, time.fromisoformat(text))
    except ValueError:
        return datetime.fromisoformat(text)
