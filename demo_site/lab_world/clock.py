"""The lab clock: this process lives at the instant written in a file, and at no other until the file changes.

The file is the only door: whoever may write it moves the clock of every process that shares the world. There is no
route for it. Only wall-clock time stops (`datetime.now`, `time.time`); `time.monotonic`, `sleep` and SQLite's
timeouts run on, so servers, locks and databases do not notice.
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
        """Read the file again and live at what it says. Called before each request, from any thread.

        Reading and moving happen under one lock: else a slow thread could move the clock back to what it read earlier.
        """
        with self._lock:
            instant = read_instant(self._path)
            if instant != self._instant:
                self._traveller.move_to(_naive(instant))
                self._instant = instant


def read_instant(path: Path) -> datetime:
    """Return the aware datetime in the file, in UTC. Raises ImproperlyConfigured when there is none."""
    try:
        instant = datetime.fromisoformat(path.read_text("ascii").strip())
        if instant.tzinfo is None:
            raise ValueError("no offset from UTC")
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(
            f"The lab clock {path} cannot be read ({error}): "
            "write an instant with its offset into it, such as 2026-01-05T09:00:00+00:00."
        ) from None
    return instant.astimezone(UTC)


def _naive(instant: datetime) -> datetime:
    # time-machine takes a naive datetime as UTC. An aware one would also set this process's time zone on every move,
    # through os.environ, which is not safe while other threads run.
    return instant.replace(tzinfo=None)
