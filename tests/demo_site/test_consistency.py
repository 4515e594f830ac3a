"""What must agree: models with migrations, views with the OpenAPI document, flaws with their marks."""

import io
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import Resolver404, resolve

SITE = Path(__file__).resolve().parents[2] / "demo_site"


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", stdout=io.StringIO())


def test_the_openapi_document_is_valid_and_without_a_warning(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))


def test_the_openapi_document_names_every_endpoint(client):
    paths = client.get("/api/schema/?format=json").json()["paths"]
    assert {path: sorted(methods) for path, methods in paths.items()} == {
        "/api/guestbook/": ["get", "post"],
        "/api/guestbook/{id}/": ["delete"],
        "/api/notes/": ["get", "post"],
        "/api/notes/{id}/": ["delete", "get", "patch", "put"],
        "/api/token/": ["post"],
        "/api/token/blacklist/": ["post"],
        "/api/token/refresh/": ["post"],
        "/api/token/verify/": ["post"],
        "/hello/": ["get"],
        "/login/": ["post"],
        "/logout/": ["post"],
    }


def test_the_project_imports_nothing_from_the_notebooks_tools():
    sources = [path for path in SITE.rglob("*.py") if ".venv" not in path.parts]
    assert sources
    assert [path.name for path in sources if "jwtlab" in path.read_text("utf-8")] == []


@pytest.mark.parametrize("path", ["/api/token/", "/login/", "/hello/", "/app/local/"])
def test_only_the_seed_face_has_the_seeds_routes(path):
    assert resolve(path, urlconf="config.urls_seed")
    with pytest.raises(Resolver404):
        resolve(path, urlconf="config.urls")


def test_each_flaw_of_the_settings_is_marked():
    assert (SITE / "config/settings/seed.py").read_text().count("FLAW, kept") == 6
    assert "FLAW, kept" in (SITE / "seed_auth/serializers.py").read_text()
