"""What tests in any folder ask for by name."""

import pytest

from tests.helpers.requirements import nginx_or_skip


@pytest.fixture(scope="session")
def needs_nginx() -> None:
    """Let the test have Nginx, or not run."""
    nginx_or_skip()
