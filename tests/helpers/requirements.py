"""What a test needs of the machine. Where it is missing, the test is skipped and says so; in CI it fails."""

import os
from pathlib import Path

import pytest

from jwtlab.install import programs


def program_or_skip(thing: str) -> Path:
    """Return where the program for `thing` is, one of `programs.NAMES`, if this machine has it."""
    program = programs.find(thing)
    if program is None:
        message = f"this machine has no {programs.NAMES[thing]}. To get it: {programs.cure(thing)}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    return program.path


def engine_or_skip(engine: str) -> str:
    """Return `engine` if this machine has such a browser."""
    program_or_skip(engine)
    return engine


def nginx_or_skip() -> None:
    """Return if this machine has Nginx."""
    program_or_skip("nginx")
