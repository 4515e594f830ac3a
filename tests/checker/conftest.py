"""One warm worker for all tests of a file."""

from collections.abc import Iterator

import pytest

from jwtlab.checker.worker.client import Engine


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as engine:
        yield engine
