"""What differs between the faces, each asked in a process of its own: its pages, its routes, its policy."""

import json
from typing import Any

import pytest

from tests.demo_site.test_production import GOOD

SCRIPT = """
import json
import re
from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import Resolver404, resolve
from notes.models import GuestBookEntry
from pages.csp import ContentSecurityPolicyMiddleware

def leads_nowhere(path):
    try:
        resolve(path)
    except Resolver404:
        return True

# Nothing here is about files, and production would ask for them to be collected first.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
entry = GuestBookEntry(name="mallory", message="<img src onerror=alert(1)>")
page = ContentSecurityPolicyMiddleware(lambda request: HttpResponse())(RequestFactory().get("/"))
index = render_to_string("pages/index.html", request=RequestFactory().get("/"))
routes = re.findall("<code>(/[^<]*)</code>", index)
print(json.dumps({
    "face": settings.FACE,
    "raw": entry.message in render_to_string("pages/entries.html", {"entries": [entry]}),
    "policy": page.get("Content-Security-Policy"),
    "sends it": "pages.csp.ContentSecurityPolicyMiddleware" in settings.MIDDLEWARE,
    "routes": routes,
    "dead routes": [path for path in routes if leads_nowhere(path)],
}))
"""
STRICT = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


@pytest.fixture(scope="module", params=["seed", "hardened", "production"])
def face(request, manage, lab_world) -> dict[str, Any]:
    """What the face says of itself."""
    world = GOOD if request.param == "production" else {"LAB_WORLD": lab_world()}
    result = manage("shell", "-c", SCRIPT, DJANGO_SETTINGS_MODULE=f"config.settings.{request.param}", **world)
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout.splitlines()[-1])
    assert found["face"] == request.param
    return found


def test_only_the_seed_face_shows_the_html_of_strangers(face):
    assert face["raw"] is (face["face"] == "seed")


def test_only_the_seed_face_sends_no_policy(face):
    assert face["sends it"]
    assert face["policy"] == (None if face["face"] == "seed" else STRICT)


def test_every_route_on_the_index_page_is_there(face):
    assert "/login/" in face["routes"]
    assert face["dead routes"] == []


def test_the_front_end_with_localstorage_is_on_the_seed_face_alone(face):
    assert "/app/cookie/" in face["routes"]
    assert ("/app/local/" in face["routes"]) is (face["face"] == "seed")
