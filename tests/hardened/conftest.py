"""The hardened face, served by Gunicorn on each database."""

import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from jwtlab.site import DEMO_SITE
from jwtlab.site.processes import manage
from jwtlab.site.world import database_template, prepare
from tests.helpers.real_servers import postgresql, site_environment


class Project(NamedTuple):
    """The demo site with a database of its own, filled by `seed_demo`."""

    env: dict[str, str]

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `manage.py` to its end, whatever that is."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=DEMO_SITE, env=self.env, capture_output=True, text=True)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The hardened face on SQLite, then on PostgreSQL. In real time: races are about real time."""
    world = tmp_path_factory.mktemp("world")
    prepare(world, database_template("config.settings.hardened"), clock=False)
    if request.param == "sqlite":
        yield Project(site_environment(world, "config.settings.hardened"))
        return
    with postgresql() as folder:
        env = site_environment(world, "postgresql_settings", SOCKET_FOLDER=str(folder))
        manage(DEMO_SITE, env, "migrate", "--verbosity", "0")
        manage(DEMO_SITE, env, "seed_demo", "--verbosity", "0")
        yield Project(env)
