"""An HTTP exchange, drawn: what was sent, what came back, and the same request as an HTTPie and a curl line.

    from jwtlab.show import show
    show(requests.get(site.url + "/hello/"))

Nothing is sent. What is worth showing is chosen by jwtlab.show.http_messages, which shortens secrets; the
lines carry them in full (jwtlab.show.curl_and_httpie). The same exchange gives the same drawing, to the byte.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import requests
from django.utils.safestring import SafeString

from jwtlab.errors import LabError
from jwtlab.show import html
from jwtlab.show.curl_and_httpie import Commands, commands
from jwtlab.show.http_messages import Message, of_request, of_response, sent


class ExchangeError(LabError):
    """`show` was given something that is not a response it can draw."""


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
    """Return a drawing of the exchange that ended in this response, and of each redirect before it.

    `also` names response headers to show besides the usual ones, as in `also=["Strict-Transport-Security"]`.
    Raise ExchangeError for anything but a response that requests has received.
    """
    if not isinstance(response, requests.Response):
        raise ExchangeError(_what_to_pass(response))
    if response.request is None:
        raise ExchangeError(
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


def _hop(response: requests.Response, asked: tuple[str, ...]) -> Hop:
    request = sent(response.request)
    return Hop(of_request(request), of_response(response, asked), commands(request))


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
    headers = [f"{name}: {value}" for name, value in message.headers]
    note = [f"({message.note})"] if message.note else []
    for line in (message.start, *headers, "", *note, *message.body):
        yield from html.fold(line, html.WIDTH - 2)


def _lines(exchange: Exchange) -> list[tuple[str, str]]:
    """Return the lines for a shell, unabridged, under the name of their tool."""
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
        return html.markup("<em>{}</em>", "none shown")
    return html.stacked(
        html.code(html.markup("<strong>{}:</strong> {}", name, value)) for name, value in message.headers
    )


def _html_body(message: Message, colour: html.Colour) -> SafeString:
    note = html.markup("<em>{}</em>", message.note) if message.note else SafeString()
    lines = [piece for line in message.body for piece in html.fold(line, html.SIDE)]
    return note + (html.block("\n".join(lines), colour.tint) if lines else SafeString())


def _details(exchange: Exchange) -> SafeString:
    requests_ = "requests" if len(exchange.hops) > 1 else "request"
    lines = [(title, html.block(lines)) for title, lines in _lines(exchange)]
    return html.markup(
        "<details>\n<summary>{}</summary>\n{}\n</details>",
        f"The same {requests_} with HTTPie and with curl",
        html.joined("\n", "<p><strong>{}</strong></p>\n{}", lines),
    )
