"""One warm worker for all tests of a file."""

from collections.abc import Iterator

import pytest

from jwtlab.checker.worker.client import Client


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Client() as client:
        yield client
