"""Which browsers a test can have."""

import os

import pytest

from jwtlab import machine


def engine_or_skip(engine: str) -> str:
    """Return `engine` if this machine has such a browser. Else the test is skipped; in CI it fails."""
    if machine.find_browser(engine) is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            f"this machine has no browser of kind {engine}"
        )
    return engine
