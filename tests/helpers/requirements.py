"""What a test needs of the machine. Where it is missing, the test is skipped and says so; in CI it fails."""

import os

import pytest

from jwtlab.install import programs


def engine_or_skip(engine: str) -> str:
    """Return `engine` if this machine has such a browser."""
    if programs.find_browser(engine) is None:
        _missing(f"this machine has no browser of kind {engine}")
    return engine


def nginx_or_skip() -> None:
    """Return if this machine has Nginx."""
    if programs.find_nginx() is None:
        _missing(f"this machine has no Nginx. {programs.cure('nginx')}")


def _missing(why: str) -> None:
    (pytest.fail if os.environ.get("CI") else pytest.skip)(why)
