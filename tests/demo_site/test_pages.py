"""Index, documentation and admin: what they say, and that they ask no other machine for anything."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders

pytestmark = pytest.mark.django_db

SCRIPT_OF_THE_DOCUMENTATION = "/api/docs/?script="


class Links(HTMLParser):
    """Collects what a page refers to: `links` that a reader may follow, `assets` that the browser fetches."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.assets: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a":
            self.links.add(found["href"] or "")
        elif address := found.get("src") or (tag == "link" and found.get("href")):
            self.assets.add(address)


def test_the_index_says_which_face_this_is(client):
    page = client.get("/").text
    assert "Deliberately weak teaching site" in page
    assert "<code>seed</code> face" in page


def test_every_link_of_the_index_leads_somewhere(client):
    links = {link for link in Links(client.get("/").text).links if link.startswith("/")}
    statuses = {link: client.get(link).status_code for link in links}
    closed_without_a_token = {"/hello/": 401, "/api/notes/": 401}
    to_the_login_form = {"/admin/": 302}
    assert statuses == dict.fromkeys(links, 200) | closed_without_a_token | to_the_login_form


@pytest.mark.parametrize(
    "path", ["/", "/guestbook/", "/app/local/", "/app/cookie/", "/api/docs/", "/admin/login/"]
)
def test_pages_fetch_only_files_of_this_site(client, path):
    assets = Links(client.get(path).text).assets - {SCRIPT_OF_THE_DOCUMENTATION}
    assert assets
    for asset in assets:
        assert urlsplit(asset).netloc == ""
        assert finders.find(asset.removeprefix("/static/")), asset


def test_the_documentation_page_reads_this_sites_schema(client):
    assert SCRIPT_OF_THE_DOCUMENTATION in client.get("/api/docs/").text
    script = client.get(SCRIPT_OF_THE_DOCUMENTATION)
    assert script["Content-Type"] == "application/javascript"
    assert '"/api/schema/"' in re.sub(r"\\u002D", "-", script.text)


@pytest.mark.parametrize("path", ["/", "/guestbook/", "/app/local/", "/app/cookie/"])
def test_pages_are_accessible_in_the_ways_a_test_can_see(client, path):
    page = client.get(path).text
    assert '<html lang="en">' in page
    assert page.count("<h1>") == 1
    labelled = set(re.findall(r'<label for="(\w+)"', page))
    fields = set(re.findall(r'<(?:input|textarea)[^>]* id="(\w+)"', page))
    assert fields == labelled


def test_the_admin_lets_the_admin_in_and_nobody_else(client):
    assert client.login(username="vitor", password="123")
    assert client.get("/admin/notes/note/").status_code == 302
    assert client.login(username="admin", password="teaching-admin")
    for model in ("notes/note", "notes/guestbookentry", "token_blacklist/outstandingtoken"):
        assert client.get(f"/admin/{model}/").status_code == 200


def test_an_unknown_path_is_404(client):
    assert client.get("/nowhere/").status_code == 404
