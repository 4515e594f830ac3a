"""The lab clock: the time of this process is the instant written in a file, until the file changes.

Nothing but the file moves it. Whoever may write the file moves the clock of every process that shares the
world; there is no route for it. Replace the file (`os.replace`) rather than write into it, else a request may
read half of it.
Only the time of day stops (`datetime.now`, `time.time`). `time.monotonic`, `sleep` and SQLite's timeouts run
on, so that servers, locks and databases do not notice.
"""

import threading
from datetime import UTC, datetime
from pathlib import Path

import time_machine
from django.core.exceptions import ImproperlyConfigured


class LabClock:
    """Stops time at the instant in `path`. Raises ImproperlyConfigured when the file does not hold one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._instant = read_instant(path)
        self._traveller = time_machine.travel(_naive(self._instant), tick=False).start()

    def follow(self) -> None:
        """Set the time to what the file says now. Called before each request, from any thread."""
        with self._lock:  # read and move in one: a slow thread must not move the clock back to what it read
            instant = read_instant(self._path)
            if instant != self._instant:
                self._traveller.move_to(_naive(instant))
                self._instant = instant


def read_instant(path: Path) -> datetime:
    """Return the aware datetime in the file, in UTC. Raise ImproperlyConfigured when there is none."""
    try:
        instant = datetime.fromisoformat(path.read_text("ascii").strip())
        if instant.tzinfo is None:
            raise ValueError("an instant needs its offset from UTC")
        return instant.astimezone(UTC)
    except (OSError, ValueError, OverflowError) as error:
        raise ImproperlyConfigured(
            f"The lab clock {path} holds no instant: write one into it, such as 2026-01-05T09:00:00+00:00."
        ) from error


def _naive(instant: datetime) -> datetime:
    # time-machine takes a naive datetime as UTC. For an aware one it would also set this process's time zone
    # at every move, through os.environ, which is not safe while other threads run.
    return instant.replace(tzinfo=None)
