"""What tests in any folder ask for by name."""

import os

import pytest
from hypothesis import settings

from tests.helpers.requirements import nginx_or_skip

# How many examples a property gets. No deadline: a busy machine is no fault.
settings.register_profile("desk", max_examples=40, deadline=None)
settings.register_profile("weekly", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "desk"))


@pytest.fixture(scope="session")
def needs_nginx() -> None:
    """Let the test have Nginx, or not run."""
    nginx_or_skip()
