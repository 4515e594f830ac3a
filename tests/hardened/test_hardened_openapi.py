"""The OpenAPI document of the hardened face: valid, complete, and what the site does."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

from jwtlab.site import DEMO_SITE
from jwtlab.site.processes import manage
from jwtlab.site.world import database_template, prepare
from tests.helpers.real_servers import gunicorn, new_session, site_environment

FACE = "config.settings.hardened"
EXTENT = "--phases coverage,fuzzing --max-examples 5 --seed 1 --workers 2 --no-color".split()
# Every check but one: DRF takes the number 0 for the text "0", which the document does not say.
CHECKS = "--checks all --exclude-checks negative_data_rejection".split()


@pytest.fixture
def world(tmp_path):
    prepare(tmp_path, database_template(FACE), clock=False)
    return tmp_path


def test_the_document_is_valid_without_a_warning(world):
    env = site_environment(world, FACE)
    manage(DEMO_SITE, env, "spectacular", "--validate", "--fail-on-warn", "--file", str(world / "schema.yml"))


def test_the_document_names_every_endpoint_and_its_answers(world):
    with gunicorn(site_environment(world, FACE), workers=1) as url:
        paths = new_session().get(f"{url}/api/schema/?format=json").json()["paths"]
    answers = {
        f"{method.upper()} {path}": sorted(operation["responses"])
        for path, operations in paths.items()
        for method, operation in operations.items()
        if not path.startswith("/api/notes/") and not path.startswith("/api/guestbook/")
    }
    assert answers == {
        "GET /.well-known/jwks.json": ["200"],
        "GET /hello/": ["200", "401", "403"],
        "POST /api/token/refresh/": ["200", "401", "403", "409"],
        "POST /login/": ["200", "400", "401", "403", "415", "429"],
        "POST /logout/": ["204", "403"],
    }
    assert "requestBody" not in paths["/api/token/refresh/"]["post"]
    assert "requestBody" not in paths["/logout/"]["post"]


@pytest.mark.skipif(
    find_spec("schemathesis") is None,
    reason="schemathesis is not installed: .venv/bin/python -m pip install schemathesis",
)
def test_the_site_does_what_the_document_says(world):
    """Schemathesis makes requests from the document, right ones and wrong ones, and checks each answer."""
    with gunicorn(site_environment(world, "fuzz_settings"), workers=2) as url:
        vitor = {"username": "vitor", "password": "123"}
        headers = {"X-Auth-Request": "1"}
        access = new_session().post(f"{url}/login/", json=vitor, headers=headers).json()["access"]
        document = f"{url}/api/schema/?format=json"
        sent = ["--header", f"Authorization: Bearer {access}", "--header", "X-Auth-Request: 1"]
        command = [sys.executable, "-m", "schemathesis.cli", "run", document, *sent, *EXTENT, *CHECKS]
        done = subprocess.run(command, cwd=world, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:]
    assert "Tested: 14" in done.stdout
