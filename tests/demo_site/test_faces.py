"""What each face does with the text of strangers, and the policy it sends, in a process of its own."""

import json

import pytest
from test_production import GOOD

SCRIPT = """
import json
from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory
from notes.models import GuestBookEntry
from pages.csp import ContentSecurityPolicyMiddleware

entry = GuestBookEntry(name="mallory", message="<img src onerror=alert(1)>")
page = ContentSecurityPolicyMiddleware(lambda request: HttpResponse())(RequestFactory().get("/"))
print(json.dumps({
    "face": settings.FACE,
    "raw": entry.message in render_to_string("pages/entries.html", {"entries": [entry]}),
    "policy": page.get("Content-Security-Policy"),
    "sends it": "pages.csp.ContentSecurityPolicyMiddleware" in settings.MIDDLEWARE,
}))
"""
STRICT = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


@pytest.mark.parametrize(
    ("face", "raw", "policy"),
    [("seed", True, None), ("hardened", False, STRICT), ("production", False, STRICT)],
)
def test_only_the_seed_face_lets_a_strangers_script_into_its_pages(manage, lab_world, face, raw, policy):
    world = GOOD if face == "production" else {"LAB_WORLD": lab_world()}
    result = manage("shell", "-c", SCRIPT, DJANGO_SETTINGS_MODULE=f"config.settings.{face}", **world)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout.splitlines()[-1]) == {
        "face": face,
        "raw": raw,
        "policy": policy,
        "sends it": True,
    }
