"""The package beside user models that are not Django's, in projects of their own."""

import subprocess
import sys

import pytest

from jwtlab.site import DEMO_SITE
from tests.helpers.real_servers import postgresql, site_environment


def run(world, case: str, model: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run one class of `own_users.tests` in a project with this user model."""
    env = site_environment(world, "own_users_settings", USER_MODEL=f"own_users.{model}", **variables)
    command = [sys.executable, "manage.py", "test", f"own_users.tests.{case}"]
    return subprocess.run(command, cwd=DEMO_SITE, env=env, capture_output=True, text=True)


@pytest.mark.parametrize(("case", "model"), [("SoftDeletedUser", "SoftDeleted"), ("UserOfTenant", "Tenant")])
def test_the_projects_own_managers_say_who_is_a_user(tmp_path, case, model):
    done = run(tmp_path, case, model)
    assert done.returncode == 0, done.stderr
    assert "Ran 2 tests" in done.stderr


def test_users_may_live_in_a_database_of_another_kind(tmp_path):
    with postgresql() as folder:
        done = run(tmp_path, "UserInASecondDatabase", "SoftDeleted", SOCKET_FOLDER=str(folder))
    assert done.returncode == 0, done.stderr
    assert "Ran 1 test" in done.stderr
