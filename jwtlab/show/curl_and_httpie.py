"""A request as an HTTPie line and as a curl line, which send the same again when pasted into bash or zsh.

The same: method, path, query, headers and body, byte for byte. What each client adds by itself is left to it:
Content-Length, and where the reader set none, User-Agent, Accept, Accept-Encoding and Connection. HTTPie adds
`; charset=utf-8` to the type of a form. The lines hold full tokens and passwords, as commands that work must.

They carry what an API is sent: JSON, forms, text of one line, headers, cookies, queries. For the rest (bytes,
files, text that does not print) the line is a shell comment that says why there is none.

The library for it, curlify, knows no HTTPie, repeats what curl adds by itself, and breaks on a body of bytes.
"""

import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
LONGEST_BODY = 65_536  # bytes; Linux refuses an argument of 128 KiB (execve(2), MAX_ARG_STRLEN)

_HEADER_NAME = re.compile(r"[A-Za-z0-9_-]+")  # neither a file to curl nor an item of another kind to HTTPie
_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")  # nothing in it that HTTPie reads as syntax


@dataclass(frozen=True)
class Sent:
    """A request as it left. `body` is None where it was streamed and is gone."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None

    def header(self, name: str) -> str | None:
        """Return the value of a header, names compared without case; None where it was not sent."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True)
class Commands:
    """One request as two lines for a shell."""

    httpie: str
    curl: str


class Impossible(Exception):
    """This tool cannot send this request. The message says why, without a full stop."""


def commands(request: Sent) -> Commands:
    """Return the two lines. Either may be a comment that says why this tool cannot send the request."""
    return Commands(httpie=_line("HTTPie", _httpie, request), curl=curl(request))


def curl(request: Sent) -> str:
    """Return the curl line alone, or a comment that says why curl cannot send this request."""
    return _line("curl", _curl, request)


def quote(text: str) -> str:
    """Return one word for a shell. Raise Impossible for text that does not print.

    Pasted, a tab would ask the shell to complete a name, and an Escape would move its cursor.
    """
    if not text.isprintable():
        raise Impossible("the request holds a line break or another character that does not print")
    return shlex.quote(text)


def _line(tool: str, words: Callable[[Sent, str], list[str]], request: Sent) -> str:
    try:
        if not re.fullmatch("[A-Za-z]+", request.method):
            raise Impossible("the method is not a word of letters")
        return " ".join(words(request, _text(request.body)))
    except Impossible as reason:
        return f"# No {tool} line: {reason}."


def _text(body: bytes | None) -> str:
    if body is None:
        raise Impossible("the body was streamed and was not kept")
    if len(body) > LONGEST_BODY:
        raise Impossible(f"a body of {len(body):,} bytes does not fit on a command line")
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Impossible("the body is bytes that are not text in UTF-8") from None


def _headers(request: Sent, implied: str | None) -> list[tuple[str, str]]:
    """Return the headers to name in a line: all but the Content-Type that the tool gives by itself."""
    for name, value in request.headers:
        if not _HEADER_NAME.fullmatch(name) or not (value.isascii() and value.isprintable()):
            raise Impossible(f"the header {name!a} is not of printable ASCII")
    return [
        (name, value) for name, value in request.headers if (name.lower(), value) != ("content-type", implied)
    ]


# --- curl ---------------------------------------------------------------------------------------------------


def _curl(request: Sent, body: str) -> list[str]:
    # -i prints status and headers too. `--json` would be shorter, but needs curl 7.82 and adds an Accept.
    # -g lets [1-3] and {a,b} stand in the URL, of which curl would make several requests.
    options = ["-i", *(["-g"] if set("[]{}") & set(request.url) else [])]
    words = ["curl", *options, *_curl_method(request.method, body), quote(request.url)]
    for name, value in _headers(request, implied=FORM if body else None):
        words += ["-H", quote(f"{name}: {value}" if value.strip() else f"{name};")]
    if body and request.header("Content-Type") is None:
        words += ["-H", "Content-Type:"]  # takes away the one that curl would add
    if body:
        words += ["--data-raw" if body.startswith("@") else "-d", quote(body)]  # -d @name would read a file
    return words


def _curl_method(method: str, body: str) -> list[str]:
    match method, bool(body):
        case ("GET", False) | ("POST", True):
            return []
        case "HEAD", False:
            return ["-I"]  # with -X HEAD curl waits for a body that never comes
        case "HEAD", True:
            raise Impossible("curl sends no body with HEAD")
    return ["-X", method]


# --- HTTPie -------------------------------------------------------------------------------------------------


def _httpie(request: Sent, body: str) -> list[str]:
    media_type = (request.header("Content-Type") or "").partition(";")[0].strip().lower()
    form = _form_items(body) if media_type == FORM else []
    items = _json_items(body) if media_type == JSON else form
    words = ["http", *(["--form"] if form else []), request.method, quote(request.url)]
    implied = FORM if form else JSON  # what HTTPie takes a body to be, unless it is told
    words += [_httpie_header(name, value) for name, value in _headers(request, implied if body else None)]
    if body and request.header("Content-Type") is None:
        words.append("Content-Type:")
    if body:
        words += items or ["--raw=" + quote(body)]
    return words


def _httpie_header(name: str, value: str) -> str:
    if value.startswith((":", ";", "=", "@")) or "\\" in value:
        raise Impossible(f"HTTPie would read the value of {name} as syntax of its own")
    return quote(f"{name}:{value}" if value.strip() else f"{name};")


def _json_items(body: str) -> list[str]:
    """Return a JSON object as HTTPie items, `name=text` and `name:=json`; [] where they are not the same."""
    try:
        fields = json.loads(body)
        same = isinstance(fields, dict) and json.dumps(fields) == body
    except (ValueError, RecursionError):
        return []
    if not same or not all(_is_plain(name, value) for name, value in fields.items()):
        return []
    return [
        quote(f"{name}={value}" if isinstance(value, str) else f"{name}:={json.dumps(value)}")
        for name, value in fields.items()
    ]


def _form_items(body: str) -> list[str]:
    """Return a form as HTTPie items, `name=text`; [] where they are not the same."""
    fields = parse_qsl(body, keep_blank_values=True)
    # HTTPie sends the values of one name together, wherever they stood.
    same = urlencode(fields) == body and len(dict(fields)) == len(fields)
    if not same or not all(_is_plain(name, value) for name, value in fields):
        return []
    return [quote(f"{name}={value}") for name, value in fields]


def _is_plain(name: str, value: object) -> bool:
    r"""Return whether HTTPie takes this field as it is. It reads a `\`, and a first `=` or `@`, as syntax."""
    if not _FIELD_NAME.fullmatch(name):
        return False
    if not isinstance(value, str):
        return True
    return value.isprintable() and not value.startswith(("=", "@")) and "\\" not in value
