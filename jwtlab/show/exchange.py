"""An HTTP exchange, drawn: what was sent, what came back, and the same request as an HTTPie and a curl line.

    from jwtlab.show import show
    show(requests.get(site.url + "/hello/"))

Three steps, top to bottom: read a `requests.Response`, keep what teaches, draw it as text and as HTML.
Nothing is sent. The drawing shortens secrets (jwtlab.show.redact); the lines carry them in full
(jwtlab.show.commands). The same exchange gives the same drawing, to the byte.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

import requests
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from jwtlab.errors import LabError
from jwtlab.show import html, redact
from jwtlab.show.bodies import body_lines
from jwtlab.show.commands import Commands, Sent, commands, sent

# A request shows every header the reader chose: all but the ones each client adds by itself.
QUIET_IN_REQUESTS = {"user-agent", "accept-encoding", "connection", "content-length", "transfer-encoding"}

# A response shows the headers that this course is about, in this order. `show(response, also=[...])` adds
# others. Allow and Vary come with every answer of DRF; they are shown where they say something
# (`_teaches`).
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


class WireError(LabError):
    """`show` was given something that is not a response it can draw."""


@dataclass(frozen=True)
class Message:
    """One side of an exchange as it is shown: secrets already shortened, nothing left out but noise."""

    start: str
    headers: tuple[tuple[str, str], ...]
    note: str  # what the body is, where its own text does not say so
    body: tuple[str, ...]


@dataclass(frozen=True)
class Hop:
    """One request, its response, and the request as two lines for a shell."""

    request: Message
    response: Message
    commands: Commands


@dataclass(frozen=True, repr=False)
class Exchange:
    """One hop, or several where redirects were followed. Displays itself in a notebook."""

    hops: tuple[Hop, ...]

    def __repr__(self) -> str:
        return "\n".join(_as_text(self))

    def _repr_html_(self) -> str:
        return _as_html(self)


def show(response: requests.Response, *, also: Iterable[str] = ()) -> Exchange:
    """Draw the exchange that ended in this response, and each redirect before it.

    `also` names response headers to show besides the usual ones, as in `also=["Strict-Transport-Security"]`.
    Raises WireError for anything but a response that requests has received.
    """
    if not isinstance(response, requests.Response):
        raise WireError(_what_to_pass(response))
    if response.request is None:
        raise WireError(
            "This response was built by hand: no request led to it. Pass what requests.get(...) returned."
        )
    asked = (also,) if isinstance(also, str) else tuple(also)
    return Exchange(tuple(_hop(one, asked) for one in (*response.history, response)))


def _what_to_pass(value: object) -> str:
    given = {
        str: "the text of a response",
        bytes: "the bytes of a response",
        dict: "the JSON of a response",
        list: "the JSON of a response",
        type(None): "None",
        requests.PreparedRequest: "a request that was not sent yet",
    }.get(type(value), f"a {type(value).__module__}.{type(value).__qualname__}")
    return f"show() was given {given}. Pass the response itself: show(requests.get(url))."


# --- read ---------------------------------------------------------------------------------------------------


def _hop(response: requests.Response, asked: tuple[str, ...]) -> Hop:
    request = sent(response.request)
    return Hop(_request(request), _response(response, asked), commands(request))


def _request(request: Sent) -> Message:
    target = urlsplit(request.url)
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    headers = [(name, value.decode("latin-1")) for name, value in request.headers if _chosen(name)]
    if request.header("Host") is None:
        headers.insert(0, ("Host", target.netloc))
    note, body = body_lines(request.header("Content-Type") or "", request.body)
    return Message(f"{request.method} {redact.url(path)}", _shown(headers), note, body)


def _chosen(name: str) -> bool:
    return name.lower() not in QUIET_IN_REQUESTS


def _response(response: requests.Response, asked: tuple[str, ...]) -> Message:
    low = {name.lower() for name in asked}
    taught = [name for name in TAUGHT_IN_RESPONSES if name.lower() not in low and _teaches(response, name)]
    headers = [(name, value) for name in (*taught, *asked) for value in _values(response, name)]
    note, body = body_lines(response.headers.get("Content-Type", ""), _content(response))
    return Message(f"{response.status_code} {_reason(response)}".strip(), _shown(headers), note, body)


def _teaches(response: requests.Response, name: str) -> bool:
    if name == "Allow":  # the answer to "may I?" (OPTIONS) and the cure of a 405 (RFC 9110 §15.5.6)
        return response.status_code == 405 or response.request.method == "OPTIONS"
    if name == "Vary":  # whose copy a cache may hand out; `Accept` alone is about formats
        return any(
            word in response.headers.get("Vary", "").lower()
            for word in ("cookie", "authorization", "origin", "*")
        )
    return True


def _values(response: requests.Response, name: str) -> list[str]:
    # requests joins several Set-Cookie with commas, which cookies contain themselves; urllib3 keeps them
    # apart.
    several = getattr(getattr(response.raw, "headers", None), "getlist", None)
    if several and several(name):
        return several(name)
    return [response.headers[name]] if name in response.headers else []


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


def _shown(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((html.visible(name), html.visible(redact.header(name, value))) for name, value in headers)


# --- as text ------------------------------------------------------------------------------------------------


def _as_text(exchange: Exchange) -> Iterator[str]:
    for number, hop in enumerate(exchange.hops, 1):
        for side, mark, message in (("Request", ">", hop.request), ("Response", "<", hop.response)):
            yield _title(side, number, exchange)
            yield from (f"{mark} {line}".rstrip() for line in _drawn(message))
            yield ""
    yield "\n\n".join(f"{title}\n{lines}" for title, lines in _lines(exchange))


def _title(side: str, number: int, exchange: Exchange) -> str:
    return f"{side} {number} of {len(exchange.hops)}" if len(exchange.hops) > 1 else side


def _drawn(message: Message) -> Iterator[str]:
    note = [f"({message.note})"] if message.note else []
    for line in (message.start, *_header_lines(message), "", *note, *message.body):
        yield from html.fold(line, html.WIDTH - 2)


def _header_lines(message: Message) -> list[str]:
    return [f"{name}: {value}" for name, value in message.headers]


def _lines(exchange: Exchange) -> list[tuple[str, str]]:
    """The lines for a shell, unabridged, under the name of their tool."""
    httpie = "\n".join(hop.commands.httpie for hop in exchange.hops)
    curl = "\n".join(hop.commands.curl for hop in exchange.hops)
    return [("HTTPie", httpie), ("curl", curl)]


# --- as HTML ------------------------------------------------------------------------------------------------


def _as_html(exchange: Exchange) -> str:
    tables = (_table(number, hop, exchange) for number, hop in enumerate(exchange.hops, 1))
    return "\n".join((*tables, _details(exchange)))


def _table(number: int, hop: Hop, exchange: Exchange) -> SafeString:
    sides = (hop.request, hop.response)
    heads = [
        "Part",
        html.badge(_title("Request", number, exchange), html.BLUE),
        html.badge(_title("Response", number, exchange), html.ORANGE),
    ]
    rows = [
        ("Start line", *(html.strong(html.code(side.start)) for side in sides)),
        ("Headers", *(_html_headers(side) for side in sides)),
        ("Body", _html_body(hop.request, html.BLUE), _html_body(hop.response, html.ORANGE)),
    ]
    return html.table(heads, rows, ("6em", "45%", "45%"))


def _html_headers(message: Message) -> SafeString:
    if not message.headers:
        return format_html("<em>{}</em>", "none shown")
    return html.stacked(
        html.code(format_html("<strong>{}:</strong> {}", name, value)) for name, value in message.headers
    )


def _html_body(message: Message, colour: html.Colour) -> SafeString:
    note = format_html("<em>{}</em>", message.note) if message.note else SafeString()
    lines = [piece for line in message.body for piece in html.fold(line, html.SIDE)]
    return note + (html.block("\n".join(lines), colour.tint) if lines else SafeString())


def _details(exchange: Exchange) -> SafeString:
    several = len(exchange.hops) > 1
    return format_html(
        "<details>\n<summary>{}</summary>\n{}\n</details>",
        f"The same {'requests' if several else 'request'} with HTTPie and with curl",
        format_html_join(
            "\n",
            "<p><strong>{}</strong></p>\n{}",
            ((title, html.block(lines)) for title, lines in _lines(exchange)),
        ),
    )
