"""The drawing of an exchange: what is shown of a request and of its response, and what is not."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jwtlab.errors import LabError
from jwtlab.show import Exchange, ExchangeError, redact, show
from jwtlab.show.html import WIDTH
from tests.helpers.notebook_html import Reader
from tests.helpers.recorder import OK, Recorder, running_recorder

ACCESS = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIiwiZXhwIjoxNzY3NjAzOTAwLCJpYXQiOjE3Njc2M"
    "DM2MDAsImp0aSI6IjBhYjY0YzQ1NTAyMjRhYjg5YzA4NzMxMDE5Yzk3MTM4IiwidXNlcl9pZCI6IjEifQ.pYh2bqPvS-0cJr9oQv1rJ0w5"
    "zQ1p8zZrQyH3a5d6k3Y"
)
SHORT = f"eyJhbGciOi…6k3Y ({len(ACCESS)} chars)"


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    with running_recorder() as server:
        yield server


def reply(status: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode() + body


def exchange(
    recorder: Recorder, replied: bytes, method: str = "GET", path: str = "/", **options: Any
) -> requests.Response:
    recorder.replies.append(replied)
    response = requests.request(method, recorder.url + path, timeout=30, **options)
    recorder.next()
    return response


def as_json(value: object, status: str = "200 OK", *headers: str) -> bytes:
    return reply(status, "Content-Type: application/json", *headers, body=json.dumps(value).encode())


def drawing(shown: Exchange) -> str:
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


def test_a_login_as_text(recorder: Recorder) -> None:
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


def test_the_lines_are_unabridged(recorder: Recorder) -> None:
    response = exchange(recorder, OK, headers={"Authorization": f"Bearer {ACCESS}"})
    assert f"> Authorization: Bearer {SHORT}\n" in drawing(show(response))
    httpie, curl = show(response).hops[0].commands.httpie, show(response).hops[0].commands.curl
    assert f"'Authorization:Bearer {ACCESS}'" in httpie
    assert f"-H 'Authorization: Bearer {ACCESS}'" in curl
    assert repr(show(response)).endswith(f"\nHTTPie\n{httpie}\n\ncurl\n{curl}")


def test_each_redirect_is_shown(recorder: Recorder) -> None:
    recorder.replies.append(reply("301 Moved Permanently", "Location: /hello/"))
    response = exchange(recorder, as_json({"detail": "No."}, "401 Unauthorized"), path="/hello")
    recorder.next()
    shown = repr(show(response))
    order = ["Request 1 of 2", "GET /hello\n", "301 Moved Permanently", "Location: /hello/", "Request 2 of 2"]
    positions = [shown.index(text) for text in [*order, "> GET /hello/\n", "401 Unauthorized"]]
    assert positions == sorted(positions)
    assert shown.endswith(f"curl -i {recorder.url}/hello\ncurl -i {recorder.url}/hello/")
    assert show(response)._repr_html_().count("<table") == 2


def test_cookies_keep_their_attributes_and_stay_apart(recorder: Recorder) -> None:
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


def test_a_deleted_cookie_is_shown_empty(recorder: Recorder) -> None:
    gone = 'refresh_token=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/'
    shown = show(exchange(recorder, reply("200 OK", f"Set-Cookie: {gone}"))).hops[0].response.headers
    assert shown == (("Set-Cookie", gone),)


def test_noise_is_left_out_and_what_the_reader_set_is_not(recorder: Recorder) -> None:
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
def test_a_header_is_shown_where_it_teaches(
    recorder: Recorder, method: str, status: str, header: str, shown: bool
) -> None:
    response = exchange(recorder, reply(status, header), method)
    assert (f"< {header}\n" in repr(show(response))) is shown


def test_other_headers_on_request(recorder: Recorder) -> None:
    response = exchange(recorder, reply("200 OK", "Strict-Transport-Security: max-age=1"))
    assert "Strict-Transport" not in repr(show(response))
    assert "< Strict-Transport-Security: max-age=1\n" in repr(
        show(response, also=["Strict-Transport-Security"])
    )
    assert show(response, also="strict-transport-security").hops[0].response.headers


def test_a_header_that_was_asked_for_is_shown_once_whatever_it_says(recorder: Recorder) -> None:
    response = exchange(recorder, reply("200 OK", "Vary: Accept", "Content-Type: text/plain"))
    shown = show(response, also=["Vary", "content-type"]).hops[0].response.headers
    assert shown == (("Vary", "Accept"), ("content-type", "text/plain"))


@pytest.mark.parametrize(
    ("status", "line"),
    [("404 Not Found", "404 Not Found"), ("409 ", "409 Conflict"), ("299 ", "299"), ("200 Fine", "200 Fine")],
)
def test_the_status_has_its_reason(recorder: Recorder, status: str, line: str) -> None:
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
        ("text/plain; charset=idna", b"\xff", "1 byte of text/plain", ["\ufffd"]),  # knows no "replace"
        ("text/plain; charset=hex", b"a", "1 byte of text/plain", ["a"]),  # makes bytes, not text
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
def test_bodies(recorder: Recorder, content_type: str, body: bytes, note: str, lines: list[str]) -> None:
    shown = (
        show(exchange(recorder, reply("200 OK", f"Content-Type: {content_type}", body=body))).hops[0].response
    )
    assert (shown.note, list(shown.body)) == (note, lines)


def test_a_body_without_a_type_is_measured(recorder: Recorder) -> None:
    shown = show(exchange(recorder, reply("200 OK", body=b"xyz"))).hops[0].response
    assert (shown.note, shown.body) == ("3 bytes of no declared type", ())


def test_a_long_body_is_cut_and_says_so(recorder: Recorder) -> None:
    shown = show(exchange(recorder, as_json(list(range(1000))))).hops[0].response.body
    assert len(shown) == 41
    assert shown[-1] == "… 962 more lines"


def test_what_was_streamed_is_not_read_again(recorder: Recorder) -> None:
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
def test_a_password_is_not_drawn_and_the_lines_still_work(
    recorder: Recorder, options: dict[str, Any]
) -> None:
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
def test_a_token_is_shortened_wherever_it_stands(recorder: Recorder, options: dict[str, Any]) -> None:
    shown = show(exchange(recorder, OK, "POST", **options))
    assert SHORT in drawing(shown)
    assert ACCESS not in drawing(shown)


def test_what_only_looks_secret_is_left_alone() -> None:
    assert redact.tokens_in("eyewitnesses.example.com, eyJ.a.b and eyJhbGciOiJub25lIn0.e30.") == (
        "eyewitnesses.example.com, eyJ.a.b and eyJhbGciOiJub25lIn0.e30."
    )
    assert redact.json_value({"password": ["This field is required."]}) == {
        "password": ["This field is required."]
    }
    assert redact.header("Cookie", "theme=dark") == "theme=dark"


# --- HTML ---------------------------------------------------------------------------------------------------


def test_html_is_a_table_with_headers_and_closed_details(recorder: Recorder) -> None:
    shown = show(exchange(recorder, as_json({"a": 1}), "POST", json={"b": 2}))
    html = shown._repr_html_()
    read = Reader(html)
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
def test_an_attack_is_shown_as_text(recorder: Recorder, replied: bytes, options: dict[str, Any]) -> None:
    shown = show(exchange(recorder, replied, "POST", **options))
    read = Reader(shown._repr_html_())
    without_folds = re.sub(r"\n *", "", read.text)
    assert re.sub(r"\s", "", XSS) in re.sub(r"\s", "", without_folds)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda part: st.dictionaries(st.text(), part, max_size=4)
    )
)
def test_any_body_stays_inside_its_page(recorder: Recorder, value: object) -> None:
    shown = show(exchange(recorder, as_json(value), "POST", json=value))
    Reader(shown._repr_html_())
    for line in drawing(shown).split("\n"):
        assert len(line) <= WIDTH
        assert line.isprintable()


# --- stable -------------------------------------------------------------------------------------------------


def test_the_same_exchange_reads_the_same_on_another_port(recorder: Recorder) -> None:
    def once() -> tuple[str, str]:
        with running_recorder() as other:
            link = {"next": other.url + "/long/" + "x" * 80, "also": "word " * 20 + other.url}
            response = exchange(
                other, as_json(link), "POST", files={"f": ("a.txt", b"text\n")}, data={"b": "1"}
            )
            forms = repr(show(response)), show(response)._repr_html_()
            text, html = (re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8000", form) for form in forms)
            return text, html

    assert once() == once()


def test_a_folded_header_cannot_pass_for_another(recorder: Recorder) -> None:
    """A value may go on in the next line (RFC 9112 §5.2). It must not look like another header."""
    shown = show(exchange(recorder, reply("200 OK", "Location: /\r\n Set-Cookie: a=b")))
    assert "Set-Cookie: a=b" in repr(shown)
    assert not [line for line in repr(shown).split("\n") if "Set-Cookie" in line and "Location" not in line]


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
def test_bad_input_says_what_to_pass(given_: Any, named: str) -> None:
    with pytest.raises(ExchangeError, match=re.escape(named)) as caught:
        show(given_)
    assert "Pass the response itself: show(requests.get(url))." in str(caught.value)
    assert isinstance(caught.value, LabError)


def test_a_response_nobody_asked_for() -> None:
    with pytest.raises(ExchangeError, match="no request led to it"):
        show(requests.Response())
