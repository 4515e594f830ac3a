"""What tests ask of processes: to come so far, to be gone."""

import time
from collections.abc import Callable
from contextlib import suppress

import psutil
import pytest

PATIENCE = 60  # seconds for what takes a moment on an idle machine


def until(condition: Callable[[], object], what: str) -> None:
    """Return as soon as `condition()` holds. Fails the test, with `what` it was, when it never does."""
    if not within(PATIENCE, condition):
        pytest.fail(f"waited in vain: {what}")


def within(seconds: float, condition: Callable[[], object]) -> bool:
    """Return whether `condition()` comes to hold in so many seconds, as soon as that is known."""
    deadline = time.monotonic() + seconds
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return bool(holds)


def is_alive(process: psutil.Process) -> bool:
    """Whether it runs. A zombie is dead; whoever reaps it is not the test's affair."""
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False
