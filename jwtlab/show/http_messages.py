"""What is worth showing of an HTTP message: its first line, the headers that teach, its body as lines.

A message is a request or a response (RFC 9110 §6). Secrets are shortened here (jwtlab.show.redact); how a
message looks is the business of jwtlab.show.exchange.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message as Mail
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import requests

from jwtlab.show import html, redact
from jwtlab.show.curl_and_httpie import FORM, JSON, Sent

LONGEST_BODY = 40  # lines
LONGEST_LINE = 200  # characters shown of the first line of a page

# A request shows every header that the reader chose: all but what each client adds by itself.
FRAMING = {"content-length", "transfer-encoding"}  # worked out from the body by whoever sends it
QUIET_IN_REQUESTS = FRAMING | {"user-agent", "accept-encoding", "connection"}

# A response shows the headers that this course is about, in this order. `show(response, also=[...])` adds
# others. Allow and Vary come with every answer of DRF; they are shown where they say something (`_teaches`).
TAUGHT_IN_RESPONSES = (
    "Content-Type",
    "Set-Cookie",
    "WWW-Authenticate",
    "Location",
    "Allow",
    "Retry-After",
    "Cache-Control",
    "Vary",
    "Clear-Site-Data",
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Credentials",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
)


@dataclass(frozen=True)
class Message:
    """A request or a response as it is shown: secrets already shortened, nothing left out but noise."""

    start: str
    headers: tuple[tuple[str, str], ...]
    note: str  # what the body is, where its own text does not say so
    body: tuple[str, ...]


# --- a request ----------------------------------------------------------------------------------------------


def sent(request: requests.PreparedRequest) -> Sent:
    """Return a prepared request as it went over the wire, less what every client adds by itself."""
    defaults = requests.utils.default_headers()
    headers = [(name, _decoded(value)) for name, value in request.headers.items()]
    chosen = [
        (name, value)
        for name, value in headers
        if defaults.get(name) != value and name.lower() not in FRAMING
    ]
    return Sent(request.method or "", _bare(request.url or ""), tuple(chosen), _body(request))


def _decoded(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


def _bare(url: str) -> str:
    """Return the URL less its fragment, which is never sent, and `user:password@`, which became a header."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))


def _body(request: requests.PreparedRequest) -> bytes | None:
    if request.body is None:
        return b""
    if isinstance(request.body, str):
        return request.body.encode()  # UTF-8, as urllib3 does
    return request.body if isinstance(request.body, bytes) else None


def of_request(request: Sent) -> Message:
    """Return what is shown of a request."""
    target = urlsplit(request.url)
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    headers = [(name, value) for name, value in request.headers if name.lower() not in QUIET_IN_REQUESTS]
    if request.header("Host") is None:
        headers.insert(0, ("Host", target.netloc))
    note, body = body_lines(request.header("Content-Type") or "", request.body)
    return Message(f"{request.method} {redact.url(path)}", _shortened(headers), note, body)


# --- a response ---------------------------------------------------------------------------------------------


def of_response(response: requests.Response, asked: tuple[str, ...]) -> Message:
    """Return what is shown of a response: besides the usual headers, those that were `asked` for."""
    low = {name.lower() for name in asked}
    taught = [name for name in TAUGHT_IN_RESPONSES if name.lower() not in low and _teaches(response, name)]
    headers = [(name, value) for name in (*taught, *asked) for value in _values(response, name)]
    note, body = body_lines(response.headers.get("Content-Type", ""), _content(response))
    return Message(f"{response.status_code} {_reason(response)}".strip(), _shortened(headers), note, body)


def _teaches(response: requests.Response, name: str) -> bool:
    if name == "Allow":  # the answer to "may I?" (OPTIONS) and the cure of a 405 (RFC 9110 §15.5.6)
        return response.status_code == 405 or response.request.method == "OPTIONS"
    if name == "Vary":  # whose copy a cache may hand out; `Accept` alone is about formats
        vary = response.headers.get("Vary", "").lower()
        return any(word in vary for word in ("cookie", "authorization", "origin", "*"))
    return True


def _values(response: requests.Response, name: str) -> list[str]:
    # requests joins several Set-Cookie by commas, which cookies contain themselves; urllib3 keeps them apart.
    apart = getattr(getattr(response.raw, "headers", None), "getlist", None)
    values: list[str] = apart(name) if apart else []
    if not values and name in response.headers:
        return [response.headers[name]]
    return values


def _reason(response: requests.Response) -> str:
    if response.reason:
        return response.reason
    try:
        return HTTPStatus(response.status_code).phrase
    except ValueError:  # a status code of the server's own making
        return ""


def _content(response: requests.Response) -> bytes | None:
    try:
        return response.content
    except RuntimeError:  # requests: "The content for this response was already consumed"
        return None


def _shortened(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, redact.header(name, value)) for name, value in headers)


# --- a body -------------------------------------------------------------------------------------------------


def body_lines(content_type: str, content: bytes | None) -> tuple[str, tuple[str, ...]]:
    """Return what a body is, where its lines do not say so themselves, and the lines to show of it.

    JSON is indented, a form listed as pairs, and a page shows its first line. `content_type` is the whole
    value of the header; `content` is None for a body that was streamed and not kept.
    """
    if not content:
        return "body streamed, not kept" if content is None else "no body", ()
    kind = content_type.partition(";")[0].strip().lower()
    if kind == JSON or kind.endswith("+json"):
        note, lines = _json(content_type, content)
    elif kind == FORM:
        note, lines = "form fields", _form(content)
    else:
        note, lines = _page(kind, content_type, content)
    left_out = len(lines) - LONGEST_BODY
    return note, (*lines[:LONGEST_BODY], f"… {left_out:,} more lines") if left_out > 1 else tuple(lines)


def _json(content_type: str, content: bytes) -> tuple[str, list[str]]:
    try:
        value = redact.json_value(json.loads(content))
        return "", json.dumps(value, indent=2, ensure_ascii=False).split("\n")
    except (ValueError, RecursionError):  # broken, not Unicode, a number of 5,000 digits, nested too deeply
        return "not valid JSON", _text(content_type, content)


def _form(content: bytes) -> list[str]:
    pairs = parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True)
    return [f"{name} = {redact.pair(name, value)}" for name, value in pairs]


def _page(kind: str, content_type: str, content: bytes) -> tuple[str, list[str]]:
    """Type and size, and of a text the first line; a text of one short line is shown whole."""
    note = f"{html.counted(len(content), 'byte')} of {kind or 'no declared type'}"
    if not kind.startswith("text/") and not kind.endswith(("xml", "javascript", "yaml")):
        return note, []
    lines = [line for line in _text(content_type, content) if line.strip()]
    if len(lines) == 1 and len(lines[0]) <= LONGEST_LINE:
        return note, lines
    return f"{note}, first line", [line[:LONGEST_LINE] for line in lines[:1]]


def _text(content_type: str, content: bytes) -> list[str]:
    header = Mail()
    header["Content-Type"] = content_type
    try:
        text = content.decode(header.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):  # a charset that Python does not know, or that has no "replace"
        text = content.decode("utf-8", "replace")
    return redact.clip(redact.tokens_in(text)).splitlines()
