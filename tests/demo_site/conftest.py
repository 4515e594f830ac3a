"""Django for the demo site's tests: the seed face in this process, and sites in processes of their own."""

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import django
import pytest
import requests

from jwtlab.site.world import database_template

SITE = Path(__file__).resolve().parents[2] / "demo_site"
LAB_EPOCH = "2026-01-05T09:00:00+00:00"


def _set_up_django() -> None:
    """Set Django up on the seed face, and leave the environment of the other tests as it was."""
    sys.path.insert(0, str(SITE))
    with mock.patch.dict(os.environ, {"DJANGO_SETTINGS_MODULE": "config.settings.seed"}):
        os.environ.pop("LAB_WORLD", None)
        django.setup()
    time.tzset()  # Django set the time zone through the environment too
    from django.conf import settings

    # Django's own hasher takes a quarter of a second per login. The served sites below use it.
    settings.PASSWORD_HASHERS = ["lab_world.hashers.LabPasswordHasher"]


_set_up_django()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker) -> None:
    """Copy the database that every seed site starts with into memory; each test's changes are rolled back.

    In place of pytest-django's, which migrates an empty database anew in every worker process.
    """
    from django.db import connection

    with (
        django_db_blocker.unblock(),
        contextlib.closing(sqlite3.connect(database_template("config.settings.seed"))) as template,
    ):
        connection.settings_dict["NAME"] = "file:tests?mode=memory&cache=shared"
        connection.ensure_connection()
        template.backup(connection.connection)


@pytest.fixture
def login(db: None, client) -> Callable[[str, str], dict[str, str]]:
    """Log in over the seed's route; gives the two tokens."""

    def post(username: str, password: str) -> dict[str, str]:
        response = client.post("/api/token/", {"username": username, "password": password})
        assert response.status_code == 200, response.content
        return response.json()

    return post


@pytest.fixture
def api(login) -> Callable[[str], "django.test.Client"]:
    """A JSON client that sends the access token of this demo user with each request."""
    from rest_framework.test import APIClient

    from notes.demo_data import USERS

    def client_of(username: str) -> APIClient:
        password = next(user.password for user in USERS if user.username == username)
        client = APIClient()
        client.default_format = "json"
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {login(username, password)['access']}")
        return client

    return client_of


class Served(NamedTuple):
    """A site in a process of its own."""

    url: str
    output: list[str]  # what it printed up to the line with its address
    http: requests.Session


def environment(**variables: str | Path) -> dict[str, str]:
    """An environment for a command of the site in which nothing of this one's Django is left."""
    kept = {k: v for k, v in os.environ.items() if k not in ("LAB_WORLD", "DJANGO_SETTINGS_MODULE", "TZ")}
    return kept | {"PYTHONUNBUFFERED": "1"} | {k: str(v) for k, v in variables.items()}


@contextlib.contextmanager
def _served(project: Path, **variables: str | Path) -> Iterator[Served]:
    command = [sys.executable, "manage.py", "runserver", "--noreload", "127.0.0.1:0"]
    with subprocess.Popen(
        command,
        cwd=project,
        env=environment(**variables),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # the log of requests
    ) as process:
        try:
            output = []
            for line in process.stdout or ():
                output.append(line.strip())
                if address := re.search(r"http://127\.0\.0\.1:\d+", line):
                    http = requests.Session()
                    http.trust_env = False  # a proxy of this machine has no say on loopback
                    yield Served(address[0], output, http)
                    return
            pytest.fail(f"the site did not start: {output}")
        finally:
            process.kill()


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[..., Served]]:
    """Start sites: `serve(project, LAB_WORLD=folder)`. They are stopped after the module's last test."""
    with contextlib.ExitStack() as stack:
        yield lambda project=SITE, **variables: stack.enter_context(_served(project, **variables))


@pytest.fixture(scope="session")
def manage() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run manage.py to its end: `manage("check", LAB_WORLD=folder)`; gives status and output."""

    def run(*arguments: str, **variables: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=SITE, env=environment(**variables), text=True, capture_output=True)

    return run


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A fresh clone whose site was started once, on its own: the project, and what the start printed."""
    clone = tmp_path_factory.mktemp("clone") / "demo_site"
    shutil.copytree(SITE, clone, ignore=shutil.ignore_patterns("var", "__pycache__", ".venv"))
    with _served(clone) as site:
        return clone, site.output


@pytest.fixture(scope="session")
def lab_world(first_start, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Make lab worlds: folders with nonce, clock and a seeded database of their own."""

    def make(clock: str | None = LAB_EPOCH, nonce: str = "5eed") -> Path:
        world = tmp_path_factory.mktemp("world")
        (world / "nonce").write_text(nonce)
        if clock:
            (world / "clock").write_text(clock)
        shutil.copy(first_start[0] / "var" / "db.sqlite3", world)
        return world

    return make
