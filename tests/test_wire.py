"""The drawing of an exchange, and the lines that repeat it, run by a shell against a recording server."""

import io
import json
import os
import pty
import re
import shutil
import socketserver
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest
import requests
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from jwtlab.errors import LabError
from jwtlab.show import WireError, redact, show
from jwtlab.show.commands import FORM, LONGEST_BODY, commands, quote, sent
from jwtlab.show.html import WIDTH, fold, visible

ACCESS = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIiwiZXhwIjoxNzY3NjAzOTAwLCJpYXQiOjE3Njc2M"
    "DM2MDAsImp0aSI6IjBhYjY0YzQ1NTAyMjRhYjg5YzA4NzMxMDE5Yzk3MTM4IiwidXNlcl9pZCI6IjEifQ.pYh2bqPvS-0cJr9oQv1rJ0w5"
    "zQ1p8zZrQyH3a5d6k3Y"
)
SHORT = f"eyJhbGciOi…6k3Y ({len(ACCESS)} chars)"
OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

needs_curl = pytest.mark.skipif(
    not shutil.which("curl"), reason="curl is not installed; its lines were not run"
)


# --- a server that records what reaches it, byte for byte ---------------------------------------------------


@dataclass
class Received:
    method: str
    target: bytes
    headers: list[tuple[str, bytes]]
    body: bytes


class Recorder(socketserver.ThreadingTCPServer):
    """Keeps each request, and answers with the next of `replies`, or with 200 and no body."""

    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Recording)
        self.received: Queue[Received] = Queue()
        self.replies: list[bytes] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def next(self) -> Received:
        return self.received.get(timeout=30)


class Recording(socketserver.StreamRequestHandler):
    """http.server would read the headers as e-mail and change some; this keeps the bytes."""

    def handle(self):
        start = self.rfile.readline()
        if not start:
            return
        headers = []
        while (line := self.rfile.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            headers.append((name.decode().lower(), value.strip(b" \t\r\n")))
        fields = dict(headers)
        length = int(fields.get("content-length", 0))
        body = self._chunks() if fields.get("transfer-encoding") == b"chunked" else self.rfile.read(length)
        method, target, _ = start.split(b" ")
        self.server.received.put(Received(method.decode(), target, headers, body))
        self.wfile.write(self.server.replies.pop(0) if self.server.replies else OK)

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body


@pytest.fixture(scope="module", autouse=True)
def tools(tmp_path_factory):
    """The tools of this environment, with nobody's settings, and HTTPie without its look for updates.

    That look forks a daemon, which asks a server on the internet.
    """
    folder = tmp_path_factory.mktemp("tools")
    (folder / "config.json").write_text('{"disable_update_warnings": true}')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HTTPIE_CONFIG_DIR", str(folder))
        patch.setenv("CURL_HOME", str(folder))
        patch.setenv("NO_PROXY", "127.0.0.1")
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        yield


@pytest.fixture(scope="module")
def recorder():
    with Recorder() as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def reply(status: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode() + body


def exchange(recorder, replied: bytes, method: str = "GET", path: str = "/", **options):
    recorder.replies.append(replied)
    response = requests.request(method, recorder.url + path, timeout=30, **options)
    recorder.next()
    return response


def as_json(value: object, status: str = "200 OK", *headers: str) -> bytes:
    return reply(status, "Content-Type: application/json", *headers, body=json.dumps(value).encode())


def drawing(shown) -> str:
    """The text without its last part, the lines for a shell."""
    return repr(shown).partition("\nHTTPie\n")[0]


# --- the drawing --------------------------------------------------------------------------------------------

LOGIN = """\
Request
> POST /token/
> Host: HOST
> Content-Type: application/json
>
> {
>   "username": "vitor",
>   "password": "•••"
> }

Response
< 200 OK
< Content-Type: application/json
< Cache-Control: no-store
<
< {
<   "access": "SHORT"
< }

HTTPie
http POST http://HOST/token/ username=vitor password=1

curl
curl -i http://HOST/token/ -H 'Content-Type: application/json' -d '{"username": "vitor", "password": "1"}'"""


def test_a_login_as_text(recorder):
    response = exchange(
        recorder,
        as_json(
            {"access": ACCESS}, "200 OK", "Server: demo-site", "X-Lab-Site: 4be1", "Cache-Control: no-store"
        ),
        "POST",
        "/token/",
        json={"username": "vitor", "password": "1"},
    )
    host = recorder.url.removeprefix("http://")
    assert repr(show(response)) == LOGIN.replace("SHORT", SHORT).replace("HOST", host)


def test_the_lines_are_unabridged(recorder):
    response = exchange(recorder, OK, headers={"Authorization": f"Bearer {ACCESS}"})
    assert f"> Authorization: Bearer {SHORT}\n" in drawing(show(response))
    httpie, curl = show(response).hops[0].commands.httpie, show(response).hops[0].commands.curl
    assert f"'Authorization:Bearer {ACCESS}'" in httpie
    assert f"-H 'Authorization: Bearer {ACCESS}'" in curl
    assert repr(show(response)).endswith(f"\nHTTPie\n{httpie}\n\ncurl\n{curl}")


def test_each_redirect_is_shown(recorder):
    recorder.replies.append(reply("301 Moved Permanently", "Location: /hello/"))
    response = exchange(recorder, as_json({"detail": "No."}, "401 Unauthorized"), path="/hello")
    recorder.next()
    shown = repr(show(response))
    order = ["Request 1 of 2", "GET /hello\n", "301 Moved Permanently", "Location: /hello/", "Request 2 of 2"]
    positions = [shown.index(text) for text in [*order, "> GET /hello/\n", "401 Unauthorized"]]
    assert positions == sorted(positions)
    assert shown.endswith(f"curl -i {recorder.url}/hello\ncurl -i {recorder.url}/hello/")
    assert show(response)._repr_html_().count("<table") == 2


def test_cookies_keep_their_attributes_and_stay_apart(recorder):
    attributes = (
        "expires=Tue, 06 Jan 2026 09:00:00 GMT; HttpOnly; Max-Age=604800; Path=/; SameSite=Strict; Secure"
    )
    csrf = "csrftoken=" + "h" * 32 + "; Path=/; SameSite=Lax"
    replied = reply("200 OK", f"Set-Cookie: refresh_token={ACCESS}; {attributes}", f"Set-Cookie: {csrf}")
    headers = show(exchange(recorder, replied, cookies={"refresh_token": ACCESS, "theme": "dark"})).hops[0]
    assert dict(headers.request.headers)["Cookie"] == f"refresh_token={SHORT}; theme=dark"
    assert headers.response.headers == (
        ("Set-Cookie", f"refresh_token={SHORT}; {attributes}"),
        ("Set-Cookie", "csrftoken=… (32 chars); Path=/; SameSite=Lax"),
    )


def test_a_deleted_cookie_is_shown_empty(recorder):
    gone = 'refresh_token=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/'
    shown = show(exchange(recorder, reply("200 OK", f"Set-Cookie: {gone}"))).hops[0].response.headers
    assert shown == (("Set-Cookie", gone),)


def test_noise_is_left_out_and_what_the_reader_set_is_not(recorder):
    noise = [
        "Date: Mon, 05 Jan 2026 09:00:00 GMT",
        "Server: demo-site",
        "X-Frame-Options: DENY",
        "X-Lab-Site: 4be1",
    ]
    chosen = {
        "Origin": "http://evil.test",
        "Sec-Fetch-Site": "cross-site",
        "X-Requested-With": "me",
        "Accept": "text/html",
    }
    hop = show(exchange(recorder, reply("200 OK", *noise), headers={**chosen, "User-Agent": "mine"})).hops[0]
    assert [name for name, _ in hop.request.headers] == ["Host", "Accept", *list(chosen)[:3]]
    assert hop.response.headers == ()


@pytest.mark.parametrize(
    ("method", "status", "header", "shown"),
    [
        ("GET", "200 OK", "Allow: GET, HEAD", False),
        ("GET", "405 Method Not Allowed", "Allow: POST", True),
        ("OPTIONS", "200 OK", "Allow: GET, HEAD", True),
        ("GET", "200 OK", "Vary: Accept", False),
        ("GET", "200 OK", "Vary: Accept, Cookie", True),
        ("GET", "200 OK", "Vary: origin", True),
        ("GET", "401 Unauthorized", 'WWW-Authenticate: Bearer realm="api"', True),
    ],
)
def test_a_header_is_shown_where_it_teaches(recorder, method, status, header, shown):
    response = exchange(recorder, reply(status, header), method)
    assert (f"< {header}\n" in repr(show(response))) is shown


def test_other_headers_on_request(recorder):
    response = exchange(recorder, reply("200 OK", "Strict-Transport-Security: max-age=1"))
    assert "Strict-Transport" not in repr(show(response))
    assert "< Strict-Transport-Security: max-age=1\n" in repr(
        show(response, also=["Strict-Transport-Security"])
    )
    assert show(response, also="strict-transport-security").hops[0].response.headers


def test_a_header_that_was_asked_for_is_shown_once_whatever_it_says(recorder):
    response = exchange(recorder, reply("200 OK", "Vary: Accept", "Content-Type: text/plain"))
    shown = show(response, also=["Vary", "content-type"]).hops[0].response.headers
    assert shown == (("Vary", "Accept"), ("content-type", "text/plain"))


@pytest.mark.parametrize(
    ("status", "line"),
    [("404 Not Found", "404 Not Found"), ("409 ", "409 Conflict"), ("299 ", "299"), ("200 Fine", "200 Fine")],
)
def test_the_status_has_its_reason(recorder, status, line):
    assert show(exchange(recorder, reply(status))).hops[0].response.start == line


# --- bodies -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content_type", "body", "note", "lines"),
    [
        ("application/json", b'{"a":[1,"\xc3\xa9"]}', "", ["{", '  "a": [', "    1,", '    "é"', "  ]", "}"]),
        ("application/problem+json", b'{"a":1}', "", ["{", '  "a": 1', "}"]),
        ("application/json", b'{"a": 1,}', "not valid JSON", ['{"a": 1,}']),
        ("application/json", b"9" * 5000, "not valid JSON", ["9" * 400 + "… (5,000 chars)"]),
        ("application/json", b"[" * 200_000, "not valid JSON", ["[" * 400 + "… (200,000 chars)"]),
        ("application/json", b"\xff\xfe\xfd", "not valid JSON", ["���"]),
        (
            "text/html; charset=utf-8",
            b"\n<!DOCTYPE html>\n<p>\n",
            "21 bytes of text/html, first line",
            ["<!DOCTYPE html>"],
        ),
        ("text/plain; charset=latin-1", b"caf\xe9", "4 bytes of text/plain", ["café"]),
        ("text/plain; charset=klingon", b"a", "1 byte of text/plain", ["a"]),
        ("image/png", b"\x89PNG\r\n", "6 bytes of image/png", []),
        (
            "application/x-www-form-urlencoded",
            b"a=1&password=x&b=+",
            "form fields",
            ["a = 1", "password = •••", "b =  "],
        ),
        ("application/json", b"", "no body", []),
    ],
)
def test_bodies(recorder, content_type, body, note, lines):
    shown = (
        show(exchange(recorder, reply("200 OK", f"Content-Type: {content_type}", body=body))).hops[0].response
    )
    assert (shown.note, list(shown.body)) == (note, lines)


def test_a_body_without_a_type_is_measured(recorder):
    shown = show(exchange(recorder, reply("200 OK", body=b"xyz"))).hops[0].response
    assert (shown.note, shown.body) == ("3 bytes of no declared type", ())


def test_a_long_body_is_cut_and_says_so(recorder):
    shown = show(exchange(recorder, as_json(list(range(1000))))).hops[0].response.body
    assert len(shown) == 41
    assert shown[-1] == "… 962 more lines"


def test_what_was_streamed_is_not_read_again(recorder):
    response = exchange(recorder, as_json({}), "POST", data=iter([b"a", b"b"]), stream=True)
    list(response.iter_content(1))
    hop = show(response).hops[0]
    assert (hop.request.note, hop.response.note) == ("body streamed, not kept",) * 2
    assert hop.commands.curl == "# No curl line: the body was streamed and was not kept."


# --- secrets ------------------------------------------------------------------------------------------------

SECRET = "correct-horse-battery"


@pytest.mark.parametrize(
    "options",
    [
        {"json": {"username": "alice", "password": SECRET}},
        {"json": {"user": {"new_password1": SECRET}, "client_secret": SECRET}},
        {"data": {"username": "alice", "password": SECRET}},
        {"params": {"password": SECRET, "next": "/"}},
        {"auth": ("alice", SECRET)},
        {"headers": {"Authorization": f"Token {SECRET * 2}"}},
        {"headers": {"X-CSRFToken": SECRET * 2}},
        {"cookies": {"sessionid": SECRET * 2}},
    ],
)
def test_a_password_is_not_drawn_and_the_lines_still_work(recorder, options):
    shown = show(exchange(recorder, OK, "POST", **options))
    html = shown._repr_html_().partition("<details>")[0]
    assert SECRET not in drawing(shown)
    assert SECRET not in html
    used = requests.auth._basic_auth_str("alice", SECRET) if "auth" in options else SECRET
    assert used in shown.hops[0].commands.curl
    assert used in shown.hops[0].commands.httpie


@pytest.mark.parametrize(
    "options",
    [
        {"json": {"refresh": ACCESS}},
        {"json": [{"deep": [ACCESS]}]},
        {"data": {"refresh": ACCESS}},
        {"data": f"prose with {ACCESS}, in it", "headers": {"Content-Type": "text/plain"}},
        {"params": {"token": ACCESS}},
        {"headers": {"Authorization": f"Bearer {ACCESS}"}},
        {"headers": {"X-Odd": ACCESS}},
        {"cookies": {"refresh_token": ACCESS}},
    ],
)
def test_a_token_is_shortened_wherever_it_stands(recorder, options):
    shown = show(exchange(recorder, OK, "POST", **options))
    assert SHORT in drawing(shown)
    assert ACCESS not in drawing(shown)


def test_what_only_looks_secret_is_left_alone():
    assert redact.tokens_in("eyewitnesses.example.com, eyJ.a.b and eyJhbGciOiJub25lIn0.e30.") == (
        "eyewitnesses.example.com, eyJ.a.b and eyJhbGciOiJub25lIn0.e30."
    )
    assert redact.json_value({"password": ["This field is required."]}) == {
        "password": ["This field is required."]
    }
    assert redact.header("Cookie", "theme=dark") == "theme=dark"


# --- HTML ---------------------------------------------------------------------------------------------------

VOID = {"br"}


class Reader(HTMLParser):
    """Collects tags, attributes and text, and fails on a tag that is not closed in its turn."""

    def __init__(self, html: str):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], [], [], ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self.open += [] if tag in VOID else [tag]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


ALLOWED_TAGS = {
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "strong",
    "em",
    "span",
    "code",
    "pre",
    "br",
    "p",
}


def check_html(html: str) -> Reader:
    read = Reader(html)
    assert set(read.tags) <= ALLOWED_TAGS | {"details", "summary"}
    assert {name for name, _ in read.attributes} <= {"style", "scope"}
    return read


def test_html_is_a_table_with_headers_and_closed_details(recorder):
    shown = show(exchange(recorder, as_json({"a": 1}), "POST", json={"b": 2}))
    html = shown._repr_html_()
    read = check_html(html)
    assert re.findall(r'<th scope="(\w+)"', html) == ["col"] * 3 + ["row"] * 3
    assert read.tags.count("details") == 1
    for label in ("Request", "Response", "Start line", "Headers", "Body", "HTTPie", "curl"):
        assert label in read.text
    assert shown.hops[0].commands.curl in read.text.partition("HTTPie and with curl")[2]


XSS = "<script>alert('x')</script><img src=x onerror=alert(1)></pre></table>&lt;b&gt;"


@pytest.mark.parametrize(
    ("replied", "options"),
    [
        (as_json({"text": XSS}), {"json": {"text": XSS}}),
        (as_json({XSS: 1}), {"data": {"text": XSS}}),
        (reply("200 OK", "Content-Type: text/html", body=XSS.encode()), {"headers": {"X-Odd": XSS}}),
        (reply(f"200 {XSS}"), {"data": XSS}),
        (reply("200 OK", f"Location: {XSS}", f"Content-Type: {XSS}", body=b"x"), {"cookies": {"a": XSS}}),
    ],
)
def test_an_attack_is_shown_as_text(recorder, replied, options):
    shown = show(exchange(recorder, replied, "POST", **options))
    read = check_html(shown._repr_html_())
    without_folds = re.sub(r"\n *", "", read.text)
    assert re.sub(r"\s", "", XSS) in re.sub(r"\s", "", without_folds)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda part: st.dictionaries(st.text(), part, max_size=4)
    )
)
def test_any_body_stays_inside_its_page(recorder, value):
    shown = show(exchange(recorder, as_json(value), "POST", json=value))
    check_html(shown._repr_html_())
    for line in drawing(shown).split("\n"):
        assert len(line) <= WIDTH
        assert line.isprintable()


# --- stable -------------------------------------------------------------------------------------------------


def test_the_same_exchange_reads_the_same_on_another_port(recorder):
    def once() -> tuple[str, str]:
        with Recorder() as other:
            Thread(target=other.serve_forever, args=(0.01,), daemon=True).start()
            link = {"next": other.url + "/long/" + "x" * 80, "also": "word " * 20 + other.url}
            response = exchange(
                other, as_json(link), "POST", files={"f": ("a.txt", b"text\n")}, data={"b": "1"}
            )
            other.shutdown()
            return tuple(
                re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8000", form)
                for form in (repr(show(response)), show(response)._repr_html_())
            )

    assert once() == once()


@settings(deadline=None)
@given(
    st.text(alphabet="ab1 :/.", max_size=120), st.text(alphabet="ab1 :/.", max_size=60), st.integers(24, 100)
)
def test_folding_loses_nothing_and_keeps_the_port_whole(before, after, width):
    line = f"{before}127.0.0.1:40000 {after}"
    pieces = fold(line, width)
    assert all(len(piece) <= width for piece in pieces)
    assert any("127.0.0.1:40000" in piece for piece in pieces)
    assert re.sub(" ", "", "".join(pieces)) == re.sub(" ", "", line)


def test_nothing_invisible_is_drawn(recorder):
    body = {"text": "a\u202eb\x1b[31m\x9b\u200b\tc"}
    shown = drawing(show(exchange(recorder, as_json(body))))
    assert r'"a\u202eb\u001b[31m\u009b\u200b\tc"' in shown
    assert visible("tab\there\nnext") == "tab\\u0009here\nnext"


# --- bad input ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "named"),
    [
        ("text", "the text of a response"),
        (b"bytes", "the bytes of a response"),
        ({"a": 1}, "the JSON of a response"),
        ([], "the JSON of a response"),
        (None, "None"),
        (requests.Request("GET", "http://127.0.0.1/").prepare(), "a request that was not sent yet"),
        (Path("a"), "a pathlib."),
    ],
)
def test_bad_input_says_what_to_pass(given_, named):
    with pytest.raises(WireError, match=re.escape(named)) as caught:
        show(given_)
    assert "Pass the response itself: show(requests.get(url))." in str(caught.value)
    assert isinstance(caught.value, LabError)


def test_a_response_nobody_asked_for():
    with pytest.raises(WireError, match="no request led to it"):
        show(requests.Response())


# --- the lines, pasted --------------------------------------------------------------------------------------

LEFT_TO_THE_TOOL = {"user-agent", "accept-encoding", "connection", "content-length", "accept"}


def comparable(received: Received, chosen: set[str] = frozenset()) -> tuple:
    """What must be the same: method, target, every header the reader chose or the body needs, body."""
    headers = [
        (name, value) for name, value in received.headers if name in chosen or name not in LEFT_TO_THE_TOOL
    ]
    return (received.method, received.target, sorted(headers), received.body)


def without_charset(received: Received) -> Received:
    """HTTPie says that its forms are UTF-8 (commands.py); requests leaves it at that."""
    form = b"application/x-www-form-urlencoded"
    headers = [
        (name, form if value == form + b"; charset=utf-8" else value) for name, value in received.headers
    ]
    return Received(received.method, received.target, headers, received.body)


def run(line: str) -> str:
    """The line in bash, with a terminal at its input, as when a reader pastes it. Returns what it printed."""
    ours, theirs = pty.openpty()
    done = subprocess.run(["bash", "-c", line], stdin=theirs, capture_output=True, timeout=60)
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout.decode(errors="replace")


def httpie_here(line: str) -> None:
    """The words that bash makes of the line, given to HTTPie in this process: starting it is slow."""
    from httpie.context import Environment
    from httpie.core import main

    if line.startswith("printf"):
        run(line)
        return
    words = subprocess.run(["bash", "-c", f"printf '%s\\0' {line}"], capture_output=True, check=True).stdout
    with tempfile.TemporaryFile("w+") as out, open(os.devnull) as stdin:
        env = Environment(
            stdin=stdin,
            stdin_isatty=True,
            stdout=out,
            stdout_isatty=False,
            stderr=io.StringIO(),
            config_dir=os.environ["HTTPIE_CONFIG_DIR"],
        )
        status = main(args=[os.fsdecode(word) for word in words.split(b"\0")[:-1]], env=env)
        assert status == 0, env.stderr.getvalue()


SHAPES = {
    "get": ("GET", "/hello/", {}),
    "query": ("GET", "/a b/é[1-2]{a,b}?x=1&y='$HOME'`id`;!!", {"params": {"q": 'say "hi" & [go]'}}),
    "bearer": ("GET", "/hello/", {"headers": {"Authorization": f"Bearer {ACCESS}"}}),
    "cookies": ("POST", "/api/token/refresh/", {"cookies": {"refresh_token": ACCESS, "theme": "a b"}}),
    "json": ("POST", "/api/token/", {"json": {"username": "vitor", "password": "123"}}),
    "json types": ("PATCH", "/", {"json": {"a": 1, "b": [1, {"c": None}], "d": 1.5, "e": True, "f": ""}}),
    "json odd": (
        "POST",
        "/",
        {"json": {"a=b": "@file", "c": 'it\'s $x `y` \\ "z"\n\ttab ! é \u202e', "": "=="}},
    ),
    "json odd values": ("POST", "/", {"json": {"a": "it's", "b": "$x `y` !!\n\té", "c:": "d"}}),
    "json list": ("POST", "/", {"json": [1, "two"]}),
    "json nothing": ("POST", "/", {"json": {}}),
    "json @": ("POST", "/", {"json": {"a": "@/etc/passwd"}}),
    "json =": ("POST", "/", {"json": {"a": "=x"}}),
    "json backslash": ("POST", "/", {"json": {"a": "C:\\:x"}}),
    "json null byte": ("POST", "/", {"json": {"a": "\0"}}),
    "json surrogate": ("POST", "/", {"json": {"a": "\ud800"}}),
    "json by hand": ("POST", "/", {"data": '{"a":"1"}', "headers": {"Content-Type": "application/json"}}),
    "form by hand": ("POST", "/", {"data": "a=%41", "headers": {"Content-Type": FORM}}),
    "form of nothing": ("POST", "/", {"headers": {"Content-Type": FORM}}),
    "form": ("POST", "/login/", {"data": {"username": "vitor", "password": "a&b =c+é"}}),
    "form twice": ("POST", "/", {"data": [("a", "1"), ("b", "2"), ("a", "3")]}),
    "form grouped": ("POST", "/", {"data": {"a": ["1", "2"], "b": ""}}),
    "raw": ("PUT", "/", {"data": "it's !! line 1\r\n\tline 2\n", "headers": {"Content-Type": "text/plain"}}),
    "raw @": ("POST", "/", {"data": "@/etc/passwd"}),
    "raw unicode": ("POST", "/", {"data": "é € 😀".encode()}),
    "bytes": (
        "POST",
        "/",
        {"data": bytes(range(256)), "headers": {"Content-Type": "application/octet-stream"}},
    ),
    "files": ("POST", "/", {"files": {"f": ("a.txt", b"text\n")}}),
    "empty post": ("POST", "/", {}),
    "delete": ("DELETE", "/api/notes/1/", {}),
    "options": ("OPTIONS", "/", {"headers": {"Origin": "http://evil.test"}}),
    "head": ("HEAD", "/", {}),
    "get with body": ("GET", "/", {"json": {"a": "1"}}),
    "odd headers": (
        "GET",
        "/",
        {"headers": {"X-A": "@x", "X-B": "=y;", "X-C": "'\"$`!\\", "X-D": "", "Accept": "a/b"}},
    ),
    "utf-8 header": ("GET", "/", {"headers": {"X-A": "é".encode()}}),
    "agent": ("GET", "/", {"headers": {"User-Agent": "Mozilla/5.0 (it's)", "Connection": "close"}}),
    "userinfo": ("GET", "/", {"auth": ("alice", "correct-horse-battery")}),
    "fragment": ("GET", "/page#part", {}),
}


def ask(recorder, shape: str):
    method, path, options = SHAPES[shape]
    response = requests.request(method, recorder.url + path, timeout=30, **options)
    received, lines = recorder.next(), show(response).hops[0].commands
    if shape == "files":  # the lines carry a fixed boundary
        received = with_fixed_boundary(received)
    return received, lines, {name.lower() for name in options.get("headers", {})}


def with_fixed_boundary(received: Received) -> Received:
    old = next(value for name, value in received.headers if name == "content-type").partition(b"boundary=")[2]
    new = b"boundary-of-the-parts"
    headers = [(name, value.replace(old, new)) for name, value in received.headers]
    return Received(received.method, received.target, headers, received.body.replace(old, new))


@needs_curl
@pytest.mark.parametrize("shape", SHAPES)
def test_the_curl_line_sends_the_same(recorder, shape):
    received, lines, chosen = ask(recorder, shape)
    output = run(lines.curl)
    assert comparable(recorder.next(), chosen) == comparable(received, chosen)
    assert output.startswith("HTTP/1.1 200 OK")


@pytest.mark.parametrize("shape", SHAPES)
def test_the_httpie_line_sends_the_same(recorder, shape):
    received, lines, chosen = ask(recorder, shape)
    httpie_here(lines.httpie)
    assert comparable(without_charset(recorder.next()), chosen) == comparable(received, chosen)


@pytest.mark.parametrize("shape", ["json", "json odd", "form", "bytes", "get"])
def test_the_httpie_line_runs_in_a_terminal(recorder, shape):
    received, lines, chosen = ask(recorder, shape)
    run(lines.httpie)
    assert comparable(without_charset(recorder.next()), chosen) == comparable(received, chosen)


@needs_curl
@pytest.mark.parametrize("shape", ["json", "json odd values", "query", "raw", "bytes", "odd headers"])
def test_the_curl_line_typed_into_an_interactive_shell(recorder, shape):
    """Where `!` recalls history and a tab completes names, which `bash -c` would not show."""
    received, lines, chosen = ask(recorder, shape)
    ours, theirs = pty.openpty()
    shell = subprocess.Popen(
        ["bash", "--norc", "--noprofile", "-i"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    drain = Thread(target=_drain, args=(ours,), daemon=True)
    drain.start()
    os.write(ours, f"bind 'set enable-bracketed-paste off'\n{lines.curl}\n".encode())
    again = recorder.next()
    os.write(ours, b"\nexit\n")
    shell.wait(timeout=30)
    drain.join(timeout=30)
    os.close(ours)
    assert comparable(again, chosen) == comparable(received, chosen)


def _drain(terminal: int) -> None:
    try:
        while os.read(terminal, 4096):
            continue
    except OSError:  # the shell has closed its end
        return


def test_the_lines_look_as_one_would_type_them(recorder):
    def lines(shape: str) -> tuple[str, str]:
        _, both, _ = ask(recorder, shape)
        return both.httpie.replace(recorder.url, "URL"), both.curl.replace(recorder.url, "URL")

    assert lines("get") == ("http GET URL/hello/", "curl -i URL/hello/")
    assert lines("json types")[0] == """http PATCH URL/ a:=1 'b:=[1, {"c": null}]' d:=1.5 e:=true f="""
    assert lines("form") == (
        "http --form POST URL/login/ username=vitor 'password=a&b =c+é'",
        "curl -i URL/login/ -d 'username=vitor&password=a%26b+%3Dc%2B%C3%A9'",
    )
    assert lines("delete") == ("http DELETE URL/api/notes/1/", "curl -i -X DELETE URL/api/notes/1/")
    assert lines("head")[1] == "curl -i -I URL/"
    assert lines("empty post") == ("http POST URL/", "curl -i -X POST URL/")
    assert lines("raw @") == (
        "http POST URL/ Content-Type: --raw=@/etc/passwd",
        "curl -i URL/ -H Content-Type: --data-raw @/etc/passwd",
    )


@needs_curl
def test_a_password_in_the_address_is_sent_as_a_header(recorder):
    address = recorder.url.replace("http://", "http://alice:correct-horse@")
    shown = show(requests.get(address, timeout=30))
    received = recorder.next()
    assert "correct-horse" not in repr(shown)
    assert "> Authorization: Basic •••\n" in repr(shown)
    run(shown.hops[0].commands.curl)
    assert comparable(recorder.next()) == comparable(received)


def prepared(method: str = "POST", **options):
    return sent(requests.Request(method, "http://127.0.0.1/", **options).prepare())


@pytest.mark.parametrize(
    ("request_", "httpie", "curl"),
    [
        (prepared(data="x" * (LONGEST_BODY + 1)), "65,537 bytes does not fit", "65,537 bytes does not fit"),
        (prepared("HEAD", data="x"), None, "curl sends no body with HEAD"),
        (prepared("M-SEARCH"), "letters only, not M-SEARCH", None),
        (prepared(headers={"X-A": "\\:"}), "takes the backslash in X-A as an escape", None),
        (prepared(headers={"X-A": "\xe9"}), "in UTF-8 only, and X-A is not", None),
        (prepared(headers={"X-A": "a\x0b"}), "trims the end of X-A", None),
        (prepared(headers={"X-A": "a\0"}), "X-A holds a null byte", "X-A holds a null byte"),
        (prepared(headers={"@x": "a"}), "'@x' is no header name", "'@x' is no header name"),
    ],
)
def test_what_a_tool_cannot_send_is_a_comment(request_, httpie, curl):
    lines = commands(request_)
    for tool, line, reason in (("HTTPie", lines.httpie, httpie), ("curl", lines.curl, curl)):
        assert line.startswith(f"# No {tool} line: ") is bool(reason)
        assert not reason or reason in line


# --- and over any request -----------------------------------------------------------------------------------

words = st.text(st.characters(codec="utf-8"), max_size=12)
odd = st.text(st.sampled_from("ab \t'\"$`!\\@=:;%&#{}[]()|<>*?~\n\ré😀\u202e\x1b"), max_size=12)
texts = words | odd
values = st.recursive(
    texts | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(texts, part, max_size=3),
    max_leaves=6,
)
header_values = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=12)
headers = st.dictionaries(
    st.sampled_from(["X-One", "X-Two", "Accept", "Content-Type", "User-Agent"]),
    header_values.map(str.strip) | words.map(lambda text: re.sub(r"[\r\n\0]", "", text).strip().encode()),
    max_size=2,
)
cookies = st.dictionaries(
    st.sampled_from("abc"),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1),
    max_size=2,
)
bodies = (
    st.just({})
    | values.map(lambda value: {"json": value})
    | st.dictionaries(st.from_regex("[a-z][a-z_0-9]*", fullmatch=True) | texts, texts, max_size=3).map(
        lambda form: {"data": form}
    )
    | st.dictionaries(st.from_regex("[a-z]+", fullmatch=True), texts, max_size=3).map(
        lambda flat: {"json": flat}
    )
    | (texts.map(str.encode) | st.binary(max_size=20)).map(lambda raw: {"data": raw})
)
requests_ = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"]),
        "path": texts.map(lambda text: "/" + text),
        "params": st.dictionaries(texts, texts, max_size=2),
        "headers": headers,
        "cookies": cookies,
        "body": bodies,
    }
)
many = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)


def send_any(recorder, any_request: dict):
    parts = {**any_request}
    method, path, body = parts.pop("method"), parts.pop("path"), parts.pop("body")
    try:
        request = requests.Request(method, recorder.url + path, **parts, **body).prepare()
    except (requests.RequestException, UnicodeError):
        assume(False)
    with requests.Session() as session:
        response = session.send(request, timeout=30)
    return recorder.next(), show(response).hops[0].commands, {name.lower() for name in parts["headers"]}


@needs_curl
@many
@given(requests_)
def test_any_request_again_with_curl(recorder, any_request):
    received, lines, chosen = send_any(recorder, any_request)
    if lines.curl.startswith("#"):
        assert received.method == "HEAD"
        assert received.body
        return
    run(lines.curl)
    assert comparable(recorder.next(), chosen) == comparable(received, chosen)


@many
@given(requests_)
def test_any_request_again_with_httpie(recorder, any_request):
    received, lines, chosen = send_any(recorder, any_request)
    if lines.httpie.startswith("#"):
        assert re.search("UTF-8 only|as an escape|trims the end", lines.httpie)
        return
    httpie_here(lines.httpie)
    assert comparable(without_charset(recorder.next()), chosen) == comparable(received, chosen)


@settings(max_examples=40, deadline=None)
@given(
    texts.filter(lambda text: "\0" not in text) | st.binary(max_size=12).filter(lambda raw: b"\0" not in raw)
)
@example("it's $HOME `id` \\ !! \t\n\x1b[31m é 😀 \u202e")
@example(b"\xff\xfe'")
def test_quoting_makes_one_word_of_anything(text):
    word = quote(text)
    assert visible(word) == word
    assert "\n" not in word
    printed = subprocess.run(["bash", "-c", f"printf %s {word}"], capture_output=True, check=True).stdout
    assert printed == (text.encode() if isinstance(text, str) else text)
