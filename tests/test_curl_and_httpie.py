"""The lines that repeat a request, run by a shell against a server that records what reaches it."""

import io
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from jwtlab.show.curl_and_httpie import FORM, LONGEST_BODY, Commands, Impossible, Sent, commands, quote
from jwtlab.show.http_messages import sent
from tests.helpers.recorder import Received, Recorder, running_recorder

ACCESS = f"{'eyJhbGciOiJIUzI1NiJ9' * 2}.{'e30x' * 30}.{'c2ln' * 10}"
TOOLS = ("httpie", "curl")


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    with running_recorder() as server:
        yield server


@pytest.fixture(scope="module", autouse=True)
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
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


# --- send, and send again -----------------------------------------------------------------------------------

LEFT_TO_THE_TOOL = {"user-agent", "accept-encoding", "connection", "content-length", "accept"}
CHARSET = FORM.encode() + b"; charset=utf-8"  # HTTPie says that its forms are UTF-8, requests does not


class Asked(NamedTuple):
    """A request that was sent: what must be the same when it is sent again, and the lines that do so."""

    received: tuple[object, ...]
    lines: Commands
    chosen: frozenset[str]


def ask(recorder: Recorder, method: str, path: str, options: dict[str, Any]) -> Asked:
    response = requests.request(method, recorder.url + path, timeout=30, **options)
    chosen = frozenset(name.lower() for name in options.get("headers", {}))
    return Asked(comparable(recorder.next(), chosen), commands(sent(response.request)), chosen)


def comparable(received: Received, chosen: frozenset[str]) -> tuple[object, ...]:
    """Return method, target, every header that was chosen or that the body needs, and the body."""
    headers = [
        (name, FORM.encode() if value == CHARSET else value)
        for name, value in received.headers
        if name in chosen or name not in LEFT_TO_THE_TOOL
    ]
    return (received.method, received.target, sorted(headers), received.body)


def assert_the_same_again(recorder: Recorder, asked: Asked, tool: str) -> None:
    line = getattr(asked.lines, tool)
    assert not line.startswith("#"), line
    {"httpie": httpie, "curl": pasted}[tool](line)
    assert comparable(recorder.next(), asked.chosen) == asked.received


def pasted(line: str) -> None:
    """Run the line in bash, with a terminal at its input, as when a reader pastes it."""
    if line.startswith("curl") and not shutil.which("curl"):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            "curl is not installed; its lines were not run"
        )
    ours, theirs = pty.openpty()
    done = subprocess.run(["bash", "-c", line], stdin=theirs, capture_output=True, timeout=60)
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 0, done.stderr.decode(errors="replace")


def httpie(line: str) -> None:
    """Give the words that bash makes of the line to HTTPie in this process: starting it is slow."""
    from httpie.context import Environment
    from httpie.core import main

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


# --- what the course sends ----------------------------------------------------------------------------------

SHAPES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "get": ("GET", "/hello/", {}),
    "query": ("GET", "/a b/é[1-2]{a,b}?x=1&y='$HOME'`id`;!!", {"params": {"q": 'say "hi" & [go]'}}),
    "bearer": ("GET", "/hello/", {"headers": {"Authorization": f"Bearer {ACCESS}"}}),
    "cookies": ("POST", "/api/token/refresh/", {"cookies": {"refresh_token": ACCESS, "theme": "a b"}}),
    "json": ("POST", "/api/token/", {"json": {"username": "vitor", "password": "123"}}),
    "json types": ("PATCH", "/", {"json": {"a": 1, "b": [1, {"c": None}], "d": 1.5, "e": True, "f": ""}}),
    "json non-ascii": ("POST", "/", {"json": {"title": "Olá, it's 😀", "body": "two\nlines\t\u202e"}}),
    "json odd names": ("POST", "/", {"json": {"a=b": "$x `y` !!", "": "=="}}),
    "json list": ("POST", "/", {"json": [1, "two"]}),
    "json @": ("POST", "/", {"json": {"a": "@/etc/passwd"}}),
    "json =": ("POST", "/", {"json": {"a": "=x"}}),
    "json backslash": ("POST", "/", {"json": {"a": "C:\\:x"}}),
    "json by hand": ("POST", "/", {"data": '{"a":"1"}', "headers": {"Content-Type": "application/json"}}),
    "form": ("POST", "/login/", {"data": {"username": "vitor", "password": "a&b =c+é"}}),
    "form twice": ("POST", "/", {"data": [("a", "1"), ("b", "2"), ("a", "3")]}),
    "form by hand": ("POST", "/", {"data": "a=%41", "headers": {"Content-Type": FORM}}),
    "text": ("PUT", "/", {"data": "it's !! é 😀".encode(), "headers": {"Content-Type": "text/plain"}}),
    "text @": ("POST", "/", {"data": "@/etc/passwd"}),
    "empty post": ("POST", "/", {}),
    "delete": ("DELETE", "/api/notes/1/", {}),
    "options": ("OPTIONS", "/", {"headers": {"Origin": "http://evil.test"}}),
    "head": ("HEAD", "/", {}),
    "get with body": ("GET", "/", {"json": {"a": "1"}}),
    "headers": ("GET", "/", {"headers": {"X-A": "'\"$`!", "X-B": "", "Accept": "a/b", "User-Agent": "me"}}),
    "basic": ("GET", "/", {"auth": ("alice", "correct-horse-battery")}),
    "fragment": ("GET", "/page#part", {}),
}


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_line_sends_the_same(recorder: Recorder, shape: str, tool: str) -> None:
    assert_the_same_again(recorder, ask(recorder, *SHAPES[shape]), tool)


@pytest.mark.parametrize("shape", ["get", "json non-ascii", "form"])
def test_the_httpie_line_runs_in_a_terminal(recorder: Recorder, shape: str) -> None:
    asked = ask(recorder, *SHAPES[shape])
    pasted(asked.lines.httpie)
    assert comparable(recorder.next(), asked.chosen) == asked.received


def test_the_lines_look_as_one_would_type_them(recorder: Recorder) -> None:
    def lines(shape: str) -> tuple[str, str]:
        both = ask(recorder, *SHAPES[shape]).lines
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
    assert lines("text @") == (
        "http POST URL/ Content-Type: --raw=@/etc/passwd",
        "curl -i URL/ -H Content-Type: --data-raw @/etc/passwd",
    )


def test_a_password_in_the_address_is_sent_as_a_header(recorder: Recorder) -> None:
    response = requests.get(recorder.url.replace("http://", "http://alice:correct-horse@"), timeout=30)
    asked = Asked(comparable(recorder.next(), frozenset()), commands(sent(response.request)), frozenset())
    assert "correct-horse" not in asked.lines.curl
    assert_the_same_again(recorder, asked, "curl")


def test_a_check_may_send_what_curl_takes_for_several_addresses(recorder: Recorder) -> None:
    """requests writes brackets as %5B; a check of an exercise sends the path as it is."""
    pasted(commands(Sent("GET", recorder.url + "/?page=[1-2]", (), b"")).curl)
    assert recorder.next().target == b"/?page=[1-2]"


# --- what they do not send ----------------------------------------------------------------------------------


def prepared(method: str = "POST", **options: Any) -> Sent:
    return sent(requests.Request(method, "http://127.0.0.1/", **options).prepare())


@pytest.mark.parametrize(
    ("request_", "httpie", "curl"),
    [
        (prepared(data=iter([b"a"])), "streamed and was not kept", "streamed and was not kept"),
        (prepared(data="x" * (LONGEST_BODY + 1)), "65,537 bytes does not fit", "65,537 bytes does not fit"),
        (prepared(data=b"\xff"), "bytes that are not text", "bytes that are not text"),
        (prepared(data="two\nlines"), "does not print", "does not print"),
        (prepared(data="a\0"), "does not print", "does not print"),
        (prepared(data="a\u202eb".encode()), "does not print", "does not print"),
        (prepared(files={"f": ("a.txt", b"text\n")}), "does not print", "does not print"),
        (prepared("HEAD", data="x"), None, "curl sends no body with HEAD"),
        (prepared("M-SEARCH"), "the method is not a word", "the method is not a word"),
        (prepared(headers={"X-A": "\\:"}), "would read the value of X-A as syntax", None),
        (prepared(headers={"X-A": "@/etc/passwd"}), "would read the value of X-A as syntax", None),
        (prepared(headers={"X-A": "\xe9"}), "the header 'X-A' is not", "the header 'X-A' is not"),
        (prepared(headers={"X-A": b"\xc3\xa9"}), "the header 'X-A' is not", "the header 'X-A' is not"),
        (prepared(headers={"X-A": "a\x1b"}), "the header 'X-A' is not", "the header 'X-A' is not"),
        (prepared(headers={"@x": "a"}), "the header '@x' is not", "the header '@x' is not"),
    ],
)
def test_what_a_line_cannot_carry_is_a_comment(request_: Sent, httpie: str | None, curl: str | None) -> None:
    lines = commands(request_)
    for tool, line, reason in (("HTTPie", lines.httpie, httpie), ("curl", lines.curl, curl)):
        assert line.startswith(f"# No {tool} line: ") is bool(reason), line
        assert not reason or reason in line
        assert line.isprintable()


# --- any request --------------------------------------------------------------------------------------------

texts = st.text(max_size=12) | st.text(
    st.sampled_from("ab \t'\"$`!\\@=:;%&#{}[]()|<>*?~\n\ré😀\u202e\x1b"), max_size=9
)
words = st.from_regex("[a-z][a-z_0-9]*", fullmatch=True)
ascii_ = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
latin = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=12)
any_request = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"]),
        "path": texts.map(lambda text: "/" + text),
        "params": st.dictionaries(texts, texts, max_size=2),
        "headers": st.dictionaries(
            st.sampled_from(["X-One", "Accept", "Content-Type", "User-Agent"]),
            (ascii_ | latin).map(str.strip),
        ),
        "json": st.none()
        | st.dictionaries(words | texts, texts | st.lists(st.none() | texts | st.floats(0, 1))),
        "data": st.none() | st.dictionaries(words | texts, texts, max_size=3) | st.binary(max_size=20),
    }
)
# Why there may be no line, and none of the reasons is about what the course sends.
REASONS = "not text|does not print|printable ASCII|with HEAD|syntax of its own"


@pytest.mark.parametrize("tool", TOOLS)
@settings(suppress_health_check=list(HealthCheck))
@given(any_request)
def test_any_request_again(recorder: Recorder, tool: str, parts: dict[str, Any]) -> None:
    options = {name: value for name, value in parts.items() if name not in ("method", "path")}
    try:
        asked = ask(recorder, parts["method"], parts["path"], options)
    except (requests.RequestException, UnicodeError):
        assume(False)
    line = getattr(asked.lines, tool)
    if line.startswith("#"):
        assert re.search(REASONS, line)
    else:
        assert_the_same_again(recorder, asked, tool)


@given(texts)
def test_quoting_makes_one_word_or_says_that_it_cannot(text: str) -> None:
    try:
        word = quote(text)
    except Impossible:
        assert not text.isprintable()
        return
    assert word.isprintable()
    assert subprocess.check_output(["bash", "-c", f"printf %s {word}"]) == text.encode()
