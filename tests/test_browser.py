"""The driven browser, in each engine that this machine has: what it shows is what a server sees."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import psutil
import pytest

from jwtlab.browser import Browser, BrowserError, open_browser, session, try_out
from jwtlab.browser import engine as engine_module
from jwtlab.browser import page as page_module
from jwtlab.install import programs
from tests.helpers.processes import is_alive, until
from tests.helpers.requirements import engine_or_skip

ROOT = Path(__file__).resolve().parents[1]

COOKIES = (
    "refresh_token=eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjoxfQ.c2lnbmVkLWJ5LW5vYm9keQ; "
    "HttpOnly; Secure; SameSite=Strict; Path=/; Max-Age=604800",
    "theme=dark; SameSite=Lax; Path=/",
)
FORM = """<!doctype html><link rel="icon" href="data:,"><title>A form</title>
<label for="who">User name</label><input id="who" name="who">
<label for="other">User name, again</label><input id="other">
<label for="more">Text</label><textarea id="more"></textarea>
<button hidden>Greet</button><button id="greet">Greet</button><a href="/elsewhere">Elsewhere</a>
<p id="greeting"></p>
<script>
  let typed = 0;
  who.addEventListener("input", () => typed++);
  greet.onclick = async () => {
    const answer = await fetch("/answer", { method: "POST", body: who.value });
    greeting.textContent = `${await answer.text()} ${typed > 0} ${more.value}`;
  };
</script>"""


class Server(ThreadingHTTPServer):
    """A site that sets cookies at /login, redirects at /away, and remembers what it was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[tuple[str, str, tuple[str, ...], str | None, str | None]] = []
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def at(self, host: str) -> str:
        return f"http://{host}:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        if path != "/favicon.ico":
            cookies = tuple(c.partition("=")[0] for c in (self.headers["Cookie"] or "").split("; ") if c)
            row = (self.command, self.path, cookies, self.headers["Sec-Fetch-Site"], self.headers["Origin"])
            assert isinstance(self.server, Server)
            self.server.seen.append(row)
        self.send_response(302 if path == "/away" else 204 if path == "/nothing" else 200)
        if path == "/login":
            for cookie in COOKIES:
                self.send_header("Set-Cookie", cookie)
        if path == "/away":
            self.send_header("Location", "/arrived")
        if path == "/strict":
            self.send_header("Content-Security-Policy", "default-src 'self'")
        text = f"hello {body.decode()}".encode() if path == "/answer" else FORM.encode()
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "0" if path == "/nothing" else str(len(text)))
        self.end_headers()
        if path != "/nothing":
            self.wfile.write(text)

    do_GET = do_POST = do_OPTIONS = answer

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def sites() -> Iterator[tuple[Server, Server]]:
    """Two sites of one host: the same site to a browser, and two origins."""
    pair = Server(), Server()
    yield pair
    for server in pair:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def engine(request: pytest.FixtureRequest) -> str:
    return engine_or_skip(request.param)


@pytest.fixture
def browser(engine: str) -> Browser:
    """The one that this process has, whatever tests have used it before, with nothing in it."""
    return open_browser(engine)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait long for what will not come; the browser itself gets a second, on a busy machine too."""
    monkeypatch.setattr(page_module, "PATIENCE", 0.3)
    monkeypatch.setattr(engine_module, "PATIENCE", 1.0)


def test_a_page_is_filled_clicked_and_read(browser: Browser, sites: tuple[Server, Server]) -> None:
    page = browser.open(sites[0].at("127.0.0.1") + "/form")
    page.fill("User name", "vitor").fill("Text", "two\nlines").click("Greet")
    page.see("hello vitor true two")
    assert page.click("Elsewhere").url.endswith("/elsewhere")
    assert repr(page) == f"page · A form · {sites[0].at('127.0.0.1')}/elsewhere"


def test_what_was_typed_before_is_replaced(browser: Browser, sites: tuple[Server, Server]) -> None:
    page = (
        browser.open(sites[0].at("127.0.0.1") + "/form").fill("User name", "alice").fill("User name", "vitor")
    )
    assert page.run("who.value") == "vitor"


@pytest.mark.usefixtures("hasty")
def test_what_a_page_does_not_have_is_an_error_in_words(
    browser: Browser, sites: tuple[Server, Server]
) -> None:
    page = browser.open(sites[0].at("127.0.0.1") + "/form")
    for act, words in [
        (lambda: page.fill("Password", "123"), "The page shows no field called 'Password'."),
        (lambda: page.click("Log out"), "The page shows no button or link called 'Log out'."),
        (lambda: page.see("Your notes"), "The page does not show 'Your notes'. It shows: User name"),
        (lambda: page.answer("http://127.0.0.1:1/"), "This page has had no answer from http://127.0.0.1:1/."),
        (lambda: page.wait("1 > 2"), "In the page, this does not come true: 1 > 2"),
        (lambda: page.run("nobody.home"), "The page's script failed: ReferenceError: nobody is not defined"),
        (lambda: page.screenshot("../up"), "'../up' cannot be the name of a picture."),
        (lambda: browser.cookies()["session"], "There is no 'session' among the cookies of this browser."),
    ]:
        with pytest.raises(BrowserError) as caught:
            act()
        assert str(caught.value).startswith(words)


def test_cookies_are_shown_with_their_flags(browser: Browser, sites: tuple[Server, Server]) -> None:
    browser.open(sites[0].at("127.0.0.1") + "/login")
    cookies = browser.cookies()
    assert repr(cookies) == (
        "cookies of this browser\n\n"
        "name              value                          Domain            Path   Secure  HttpOnly  SameSite"
        "  ends\n"
        "----------------  -----------------------------  ----------------  -----  ------  --------  --------"
        "  ------------\n"
        "refresh_token     eyJhbGciOi…9keQ (62 chars)     127.0.0.1         /      yes     yes       Strict  "
        "  in 7 days\n"
        "theme             dark                           127.0.0.1         /      no      no        Lax     "
        "  with browser"
    )
    assert cookies["theme"].value == "dark"
    html = cookies._repr_html_()
    assert "c2lnbmVk" not in html  # the value is shortened there too
    assert html.count("<tr") == 3


def test_people_share_nothing(browser: Browser, sites: tuple[Server, Server]) -> None:
    url = sites[0].at("127.0.0.1") + "/login"
    browser.person("vitor").open(url).run("localStorage.setItem('access', 'his')")
    assert [cookie.name for cookie in browser.person("vitor").cookies()] == ["refresh_token", "theme"]
    assert repr(browser.person("alice").cookies()) == "cookies of alice: none"
    page = browser.person("alice").open(url)
    assert repr(page.storage()) == f"localStorage of {sites[0].at('127.0.0.1')}: none"
    assert repr(browser) == "browser · vitor, alice"


def test_opening_the_browser_again_forgets_everything(
    browser: Browser, engine: str, sites: tuple[Server, Server]
) -> None:
    url = sites[0].at("127.0.0.1") + "/login"
    browser.open(url).run("localStorage.setItem('access', 'mine')")
    again = open_browser(engine)
    assert again is browser
    assert repr(again) == "browser · nobody has opened a page"
    assert not again.cookies()
    assert not again.open(url).storage()


def test_storage_is_shown_with_tokens_shortened(browser: Browser, sites: tuple[Server, Server]) -> None:
    page = browser.open(sites[0].at("127.0.0.1") + "/form")
    token = COOKIES[0].partition("=")[2].partition(";")[0]
    page.run(f"localStorage.setItem('refresh', '{token}'), localStorage.setItem('access', 'short')")
    assert repr(page.storage()).splitlines()[2:] == [
        "key                       value",
        "-" * 24 + "  " + "-" * 74,
        "access                    short",
        "refresh                   eyJhbGciOi…9keQ (62 chars)",
    ]
    assert page.storage()["refresh"].value == token


def test_what_was_sent_is_what_the_server_got(browser: Browser, sites: tuple[Server, Server]) -> None:
    """To the last header, also where CORS keeps the answer from the page."""
    home, other = sites
    page = browser.open(home.at("127.0.0.1") + "/login")
    home.seen.clear()
    other.seen.clear()
    there, far = other.at("127.0.0.1"), other.at("localhost")
    for url, options in [
        (f"{there}/simple", "{method: 'POST', credentials: 'include'}"),
        (f"{there}/asked", "{method: 'POST', credentials: 'include', headers: {'X-A': '1'}}"),
    ]:
        assert "TypeError" in page.run(f"await fetch('{url}', {options}).catch(String)")
    page.run(f"await fetch('{far}/far', {{mode: 'no-cors', credentials: 'include'}}).then(() => 1)")
    page.run("await fetch('/away').then(answer => answer.url)")
    page.run(f"document.body.innerHTML = '<form action={there}/form method=post>'")
    page.run("document.forms[0].submit()")
    page.answer(there + "/form")
    got = sorted(home.seen + other.seen)
    sent = [(r.method, _target(r.url), r.cookies, r.site, r.origin) for r in page.sent]
    assert sorted(sent[1:]) == got  # all but the page itself, which came before
    both = ("refresh_token", "theme")
    assert [row[:4] for row in got] == [
        ("GET", "/arrived", both, "same-origin"),
        ("GET", "/away", both, "same-origin"),
        ("GET", "/far", (), "cross-site"),
        ("OPTIONS", "/asked", (), "same-site"),  # the preflight; /asked itself never left
        ("POST", "/form", both, "same-site"),
        ("POST", "/simple", both, "same-site"),
    ]
    assert [request.status for request in page.sent if request.url.endswith(("/away", "/simple"))] == [
        200,
        302,
    ]


def _target(url: str) -> str:
    return urlsplit(url).path


def test_the_table_of_requests_is_the_same_each_time(browser: Browser, sites: tuple[Server, Server]) -> None:
    browser.open(sites[0].at("127.0.0.1") + "/login")
    page = browser.open(sites[0].at("127.0.0.1") + "/form").fill("User name", "vitor").click("Greet")
    page.see("hello")
    host = f"127.0.0.1:{sites[0].server_port}"
    lines = repr(page.sent).splitlines()
    assert lines[0] == "requests of this page"
    assert lines[4:] == [
        "GET /form                           refresh_token    none            not sent                200",
        f"to {host:31}  theme",
        f"POST /answer                        refresh_token    same-origin     http://{host}  200",
        f"to {host:31}  theme",
    ]


def test_a_script_has_the_rights_of_the_page(browser: Browser, sites: tuple[Server, Server]) -> None:
    page = browser.open(sites[0].at("127.0.0.1") + "/login")
    assert page.run("document.cookie") == "theme=dark"
    assert page.run("[1, {a: null}, 'é']; ") == [1, {"a": None}, "é"]
    assert page.run("undefined") is None
    assert page.run("await Promise.resolve(3) // a remark") == 3
    strict = browser.open(sites[0].at("127.0.0.1") + "/strict")
    assert strict.run("1 + 1") == 2
    assert "TypeError" in strict.run(f"await fetch('{sites[1].at('127.0.0.1')}/simple').catch(String)")
    assert [_target(request.url) for request in strict.sent] == ["/strict"]


def test_an_answer_without_a_page_leaves_the_page(browser: Browser, sites: tuple[Server, Server]) -> None:
    page = browser.open(sites[0].at("127.0.0.1") + "/form").go(sites[0].at("127.0.0.1") + "/nothing")
    assert page.url.endswith("/form")
    assert page.answer(sites[0].at("127.0.0.1") + "/nothing").status == 204


def test_what_was_sent_begins_anew_with_each_address(browser: Browser, sites: tuple[Server, Server]) -> None:
    page = browser.open(sites[0].at("127.0.0.1") + "/login").go(sites[0].at("127.0.0.1") + "/form")
    assert [_target(request.url) for request in page.sent] == ["/form"]
    assert page.wait("document.title === 'A form'") is page


def test_siblings_are_hosts_without_dns(browser: Browser, sites: tuple[Server, Server]) -> None:
    """Below `shop.localhost`, one host can set a cookie for the other, unless its name has a prefix."""
    browser.open(sites[0].at("www.shop.localhost") + "/login")
    sibling = browser.open(sites[1].at("evil.shop.localhost") + "/form")
    sibling.run("document.cookie = 'tossed=1; Domain=shop.localhost; Path=/; Secure'")
    sibling.run("document.cookie = '__Host-tossed=1; Domain=shop.localhost; Path=/; Secure'")
    assert [(c.name, c.domain) for c in browser.cookies()] == [
        ("tossed", ".shop.localhost"),
        ("refresh_token", "www.shop.localhost"),
        ("theme", "www.shop.localhost"),
    ]


@pytest.mark.parametrize("url", ["http://example.com/", "http://192.0.2.1/"])
def test_it_reaches_no_other_machine(browser: Browser, url: str) -> None:
    with pytest.raises(
        BrowserError, match=f"{url} did not open: .*NS_ERROR_PROXY|{url} did not open: .*NOT_RESOLVED"
    ):
        browser.open(url)


def test_a_site_that_is_gone_is_one_line(browser: Browser) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        url = f"http://127.0.0.1:{server.server_port}/"
    with pytest.raises(BrowserError) as caught:
        browser.open(url)
    message = str(caught.value)
    assert message.startswith(f"{url} did not open: ")
    assert message.endswith("CONNECTION_REFUSED. See whether its site still runs.")
    assert "\n" not in message


def test_a_picture_is_kept_in_the_work_folder(
    browser: Browser, sites: tuple[Server, Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JWTLAB_WORK", str(tmp_path))
    picture = browser.open(sites[0].at("127.0.0.1") + "/form").screenshot("form")
    assert picture.path == tmp_path / "screenshots" / "form.png"
    assert picture.path.read_bytes().startswith(b"\x89PNG")
    assert repr(picture) == "picture · screenshots/form.png in your work folder"
    assert 'href="screenshots/form.png"' in picture._repr_html_()


def test_it_works_where_a_loop_runs_as_in_a_notebook(browser: Browser, sites: tuple[Server, Server]) -> None:
    async def cell() -> str:
        return browser.open(sites[0].at("127.0.0.1") + "/form").title

    assert asyncio.run(cell()) == "A form"


def test_a_page_that_is_closed_says_so(browser: Browser, sites: tuple[Server, Server]) -> None:
    page = browser.open(sites[0].at("127.0.0.1") + "/form")
    page.close()
    with pytest.raises(BrowserError):
        page.run("1")


def test_a_dialog_keeps_nobody(browser: Browser, sites: tuple[Server, Server]) -> None:
    page = browser.open(sites[0].at("127.0.0.1") + "/form")
    assert page.run("[alert('hello'), confirm('sure?')]") == [None, False]
    assert page.title == "A form"


@pytest.mark.parametrize("engine", ["chromium"], indirect=True)
def test_a_page_that_has_crashed_says_so(browser: Browser, sites: tuple[Server, Server]) -> None:
    page = browser.open(sites[0].at("127.0.0.1") + "/form")
    for act in (lambda: page.go("chrome://crash"), lambda: page.run("1")):
        with pytest.raises(BrowserError, match=r"This page has crashed. Open another."):
            act()
    assert browser.open(sites[0].at("127.0.0.1") + "/form").title == "A form"


def test_what_waits_for_a_browser_that_is_killed_does_not_wait_on(
    engine: str, sites: tuple[Server, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_running", {})
    others = set(psutil.Process().children(recursive=True))
    page = open_browser(engine).open(sites[0].at("127.0.0.1") + "/form")
    of_browser = set(psutil.Process().children(recursive=True)) - others

    def kill() -> None:
        for process in of_browser:
            with suppress(psutil.NoSuchProcess):
                if "chrom" in process.name() or "firefox" in process.name():
                    process.kill()

    threading.Timer(0.5, kill).start()
    with pytest.raises(BrowserError, match=r"The browser has ended\. Open another"):
        page.run("new Promise(() => 0)")


def test_a_browser_that_was_killed_is_replaced(
    engine: str, sites: tuple[Server, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_running", {})
    others = set(psutil.Process().children(recursive=True))
    browser = open_browser(engine)
    page = browser.open(sites[0].at("127.0.0.1") + "/form")
    for process in set(psutil.Process().children(recursive=True)) - others:
        if "chrom" in process.name() or "firefox" in process.name():
            process.kill()
    until(lambda: not browser.is_running, "a killed browser counts as running")
    with pytest.raises(BrowserError):
        page.run("1")
    with open_browser(engine) as another:
        assert another.open(sites[0].at("127.0.0.1") + "/form").title == "A form"


def test_a_browser_that_has_ended_says_so() -> None:
    browser = Browser(SimpleNamespace(is_running=False, close=lambda: None))
    assert repr(browser) == "browser · not running"
    with pytest.raises(
        BrowserError, match=r"This browser is not running. Open another: browser = open_browser\(\)"
    ):
        browser.open("http://127.0.0.1/")


@pytest.mark.parametrize(
    ("engine", "start"),
    [(None, "This drives a browser,"), ("firefox", "This drives Firefox,")],
)
def test_a_machine_without_a_browser_gets_one_line_and_the_cure(
    engine: str | None, start: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "browsers", lambda: iter(()))
    monkeypatch.setattr(programs, "cure", lambda thing: f"get {thing}")
    with pytest.raises(BrowserError) as caught:
        open_browser(engine)
    cure = "get browser" if engine is None else "install Firefox."
    assert str(caught.value) == f"{start} and this machine has none. To run it here: {cure}"


# How it ends

# It says so if its own environment, which its other threads and children see, is changed.
SCRIPT = """
import sys, time
sys.addaudithook(lambda event, what: event == "os.putenv" and print(event, *what, flush=True))
from jwtlab.browser import open_browser
page = open_browser(sys.argv[1]).open("data:text/html,<title>up</title>")
while True:
    try:
        print(page.title, flush=True)
        sys.stdin.readline() or sys.exit()
    except KeyboardInterrupt:
        continue
"""


class Owner:
    """A process that has a browser open, in a session, a temporary folder and a home of its own."""

    def __init__(self, engine: str, folder: Path, home: Path) -> None:
        self.folder, self.home = folder, home
        env = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        env |= {"TMPDIR": str(folder), "HOME": str(home), "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, engine],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdin
        assert self.process.stdout
        self.stdin, self.stdout = self.process.stdin, self.process.stdout
        if (first := self.stdout.readline()) != "up\n":
            pytest.fail(f"no browser: {first}{self.process.communicate()[0]}")
        self.browser = psutil.Process(self.process.pid).children(recursive=True)
        assert len(self.browser) > 3

    def is_gone(self) -> bool:
        """Whether nothing is left, neither a process nor a folder."""
        return not any(map(is_alive, self.browser)) and not any(self.folder.iterdir())

    def end(self) -> None:
        for process in self.browser:
            if is_alive(process):
                process.kill()
        self.process.kill()
        self.process.wait()
        self.stdin.close()
        self.stdout.close()


@pytest.fixture
def owner(engine: str, tmp_path: Path) -> Iterator[Owner]:
    with tempfile.TemporaryDirectory(prefix="jwtlab-") as folder:  # tmp_path is too long for a socket's name
        owner = Owner(engine, Path(folder), tmp_path)
        yield owner
        owner.end()


def test_an_interrupt_leaves_it_and_a_kill_ends_it(owner: Owner) -> None:
    os.killpg(owner.process.pid, signal.SIGINT)  # as Jupyter interrupts a kernel
    # A signal that comes between Python's look for signals and its read() is seen when the read ends: end it.
    owner.stdin.write("\n")
    owner.stdin.flush()
    assert owner.stdout.readline() == "up\n"
    owner.process.send_signal(signal.SIGKILL)
    until(owner.is_gone, "the browser outlives its kernel")


def test_it_ends_with_a_process_that_exits(owner: Owner) -> None:
    owner.stdin.close()
    until(owner.is_gone, "the browser outlives its script")
    assert [path for path in owner.home.rglob("*") if path.is_file()] == []


def test_it_ends_with_a_group_that_is_killed(owner: Owner) -> None:
    os.killpg(owner.process.pid, signal.SIGKILL)  # as Jupyter ends a kernel that does not stop
    until(owner.is_gone, "the browser outlives its kernel")


@pytest.mark.parametrize(("engine", "step"), [("chromium", 29), ("firefox", 61)])
def test_a_start_that_is_interrupted_or_killed_at_any_line_leaves_nothing(engine: str, step: int) -> None:
    with tempfile.TemporaryDirectory(prefix="jwtlab-") as folder:
        command = [sys.executable, "-m", "tests.helpers.every_line", "browser", engine_or_skip(engine)]
        done = subprocess.run([*command, folder, str(step)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    ends = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(ends) > 10
    assert [end for end in ends if end[-1]] == []


# How it is tried out, and why it may not start


def test_a_browser_that_works_has_no_reason_not_to(engine: str) -> None:
    running = session._running.copy()
    assert try_out(engine) is None
    assert session._running == running  # the browser of this process is another


MISSING = "error while loading shared libraries: libnss3.so: cannot open shared object file"
ROOT_REFUSED = "Running as root without --no-sandbox is not supported. See https://crbug.com/638180."
FIREFOX_ROOT_REFUSED = "Running Firefox as root in a regular user's session is not supported."
NO_SHM = "This is frequently caused by incorrect permissions on /dev/shm."
SNAP_REFUSED = "cannot open path of the current working directory: Permission denied"


@pytest.mark.parametrize(
    ("program", "script", "said", "cure"),
    [
        ("chromium", f"echo '{MISSING}' >&2; exit 127", MISSING, "A library"),
        ("chromium", f"echo '{ROOT_REFUSED}' >&2; exit 1", ROOT_REFUSED, "It does not start as root"),
        ("firefox", f'echo "{FIREFOX_ROOT_REFUSED}" >&2; exit 1', FIREFOX_ROOT_REFUSED, "It does not start"),
        ("chromium", f"echo '{NO_SHM}' >&2; kill -TRAP $$", NO_SHM, "It has too little shared memory."),
        ("snap/bin/chromium", f"echo '{SNAP_REFUSED}' >&2; exit 1", SNAP_REFUSED, "It is a snap, which"),
        ("chromium", "exit 1", "nothing", "See whether it does so by itself, or name another browser"),
        ("firefox", "exit 1", "nothing", "See whether it does so by itself, or name another browser"),
        ("chromium", "echo first; echo a; echo b; echo c; exec sleep 60", "a / b / c", "See whether"),
        ("firefox", "echo first; echo a; echo b; echo c; exec sleep 60", "a / b / c", "See whether"),
    ],
)
def test_a_browser_that_does_not_start_says_why_and_what_to_do(
    program: str, script: str, said: str, cure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory(prefix="jwtlab-") as folder, monkeypatch.context() as patch:
        there = Path(folder, "tmp")
        there.mkdir()
        patch.setattr(tempfile, "tempdir", str(there))
        patch.setattr(session, "TRYING", 2.0)
        patch.setenv("JWTLAB_BROWSER", str(program_of(Path(folder, program), script)))
        reason = try_out()
        name = Path(program).name
        assert reason is not None
        assert reason.startswith(f"{name} did not start. It said: {said.rstrip('.')}. {cure}")
        assert not any(there.iterdir())


def test_a_program_that_the_system_does_not_run_is_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = program_of(tmp_path / "chromium", "")
    program.write_bytes(b"\x7fELF, and no more")
    monkeypatch.setenv("JWTLAB_BROWSER", str(program))
    reason = try_out()
    assert reason is not None
    assert "Exec format error" in reason
    assert reason.startswith("chromium did not start: ")


def program_of(path: Path, script: str) -> Path:
    """Make a program of a script for the shell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path
