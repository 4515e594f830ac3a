"""A request that was sent, as an HTTPie line and as a curl line that send the same again when pasted.

The same: method, path, query, headers and body, byte for byte. What each client adds by itself is left to
it: Content-Length, and where the reader set none, User-Agent, Accept, Accept-Encoding and Connection.
HTTPie adds `; charset=utf-8` to the type of a form. The lines are for bash and zsh. They hold full tokens
and passwords, as a command that works must. Where a tool cannot send the request, its line is a shell
comment that says why.
"""

import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import requests

FORM = "application/x-www-form-urlencoded"
LONGEST_BODY = 65_536  # bytes; Linux refuses an argument of 128 KiB (execve(2), MAX_ARG_STRLEN)

_FRAMING = {"content-length", "transfer-encoding"}  # each tool works these out from the body
_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")  # nothing in it that HTTPie reads as syntax
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a header name (RFC 9110 §5.6.2)


@dataclass(frozen=True)
class Sent:
    """A request as it left, values in bytes. `body` is None where it was streamed and is gone."""

    method: str
    url: str
    headers: tuple[tuple[str, bytes], ...]
    body: bytes | None

    def header(self, name: str) -> str | None:
        """The value of a header, names compared without case; None where it was not sent."""
        values = (value.decode("latin-1") for key, value in self.headers if key.lower() == name.lower())
        return next(values, None)

    @property
    def media_type(self) -> str:
        """The Content-Type without its parameters, in lower case."""
        return (self.header("Content-Type") or "").partition(";")[0].strip().lower()


@dataclass(frozen=True)
class Commands:
    """One request as two lines for a shell."""

    httpie: str
    curl: str


class Impossible(Exception):
    """This tool cannot send this request. The message says why, without a full stop."""


def sent(request: requests.PreparedRequest) -> Sent:
    """What a prepared request puts on the wire, less what every client adds by itself.

    The random boundary of a multipart body becomes a fixed one, so that the same request reads the same
    twice.
    """
    defaults = requests.utils.default_headers()
    headers = [
        (name, value if isinstance(value, bytes) else value.encode("latin-1"))
        for name, value in request.headers.items()
        if defaults.get(name) != value and name.lower() not in _FRAMING
    ]
    return _with_fixed_boundary(Sent(request.method, _bare(request.url), tuple(headers), _body(request)))


def _bare(url: str) -> str:
    # Without its fragment, which is never sent, and `user:password@`, which has become an Authorization
    # header.
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))


def _body(request: requests.PreparedRequest) -> bytes | None:
    if request.body is None:
        return b""
    if isinstance(request.body, str):
        return request.body.encode()  # UTF-8, as urllib3 does
    return request.body if isinstance(request.body, bytes) else None


def _with_fixed_boundary(request: Sent) -> Sent:
    boundary = re.search(
        rb"boundary=([0-9a-f]{32})$", (request.header("Content-Type") or "").encode("latin-1")
    )
    if not boundary or request.body is None or b"boundary-of-the-parts" in request.body:
        return request
    old, new = boundary[1], b"boundary-of-the-parts"
    headers = tuple((name, value.replace(old, new)) for name, value in request.headers)
    return Sent(request.method, request.url, headers, request.body.replace(old, new))


def commands(request: Sent) -> Commands:
    """The two lines. Either may be a comment that says why this tool cannot send the request."""
    return Commands(httpie=_line("HTTPie", _httpie, request), curl=_line("curl", _curl, request))


def _line(tool: str, words: Callable[[Sent], list[str]], request: Sent) -> str:
    try:
        if request.body is None:
            raise Impossible("the body was streamed and was not kept")
        if len(request.body) > LONGEST_BODY:
            raise Impossible(f"a body of {len(request.body):,} bytes does not fit on a command line")
        return " ".join(words(request))
    except Impossible as reason:
        return f"# No {tool} line: {reason}."


# --- curl ---------------------------------------------------------------------------------------------------


def _curl(request: Sent) -> list[str]:
    # -i prints status and headers too. `--json` would be shorter, but needs curl 7.82 and adds an Accept
    # header.
    words = ["curl", "-i", *_curl_method(request), quote(request.url)]
    for name, value in request.headers:
        if name.lower() == "content-type" and value == FORM.encode() and request.body:
            continue  # curl's own default for a body
        words += ["-H", quote(_curl_header(name, value))]
    if request.body and request.header("Content-Type") is None:
        words += ["-H", "Content-Type:"]  # takes that default away
    return _with_body(
        words, request.body, lambda text: [_data_option(text), quote(text)], ["--data-binary", "@-"]
    )


def _curl_method(request: Sent) -> list[str]:
    match request.method, bool(request.body):
        case ("GET", False) | ("POST", True):
            return []
        case "HEAD", False:
            return ["-I"]  # with -X HEAD curl waits for a body that never comes
        case "HEAD", True:
            raise Impossible("curl sends no body with HEAD")
    return ["-X", quote(request.method)]


def _curl_header(name: str, value: bytes) -> bytes:
    _check_header(name, value)
    return b"%s: %s" % (name.encode(), value) if value else b"%s;" % name.encode()


def _data_option(text: str) -> str:
    return "--data-raw" if text.startswith("@") else "-d"  # -d would read @name as a file


# --- HTTPie -------------------------------------------------------------------------------------------------


def _httpie(request: Sent) -> list[str]:
    if not re.fullmatch(r"[A-Za-z]+", request.method):
        raise Impossible(f"HTTPie takes methods of letters only, not {request.method}")
    items = _json_items(request) or _form_items(request)
    form = ["--form"] if items and request.media_type == FORM else []
    # HTTPie's own types need no header item: JSON for any other body, a form with --form.
    implied = {FORM} if form else {"application/json"} if request.body else set()
    words = ["http", *form, request.method, quote(request.url)]
    words += [_httpie_header(*header) for header in request.headers if not _is_implied(header, implied)]
    if request.body and request.header("Content-Type") is None:
        words.append("Content-Type:")
    if items:
        return [*words, *items]
    return _with_body(words, request.body, lambda text: ["--raw=" + quote(text)], [])


def _is_implied(header: tuple[str, bytes], implied: set[str]) -> bool:
    name, value = header
    return name.lower() == "content-type" and value.decode("latin-1") in implied


def _httpie_header(name: str, value: bytes) -> str:
    _check_header(name, value)
    try:
        text = value.decode()
    except UnicodeDecodeError:
        raise Impossible(f"HTTPie sends headers in UTF-8 only, and {name} is not") from None
    if re.search(r"\\[:;=@]", text):
        raise Impossible(f"HTTPie takes the backslash in {name} as an escape")
    if text.strip() != text.strip(" \t"):
        raise Impossible(f"HTTPie trims the end of {name}")
    escaped = "\\" + text if text[:1] in tuple(":;=@") else text
    return quote(f"{name}:{escaped}" if text else f"{name};")


def _json_items(request: Sent) -> list[str]:
    """A JSON object as HTTPie items, `name=text` and `name:=json`; [] where they would give other bytes."""
    if not (request.media_type == "application/json" or request.media_type.endswith("+json")):
        return []
    try:
        fields = json.loads(request.body)
        same = isinstance(fields, dict) and json.dumps(fields).encode() == request.body
    except (ValueError, RecursionError):
        return []
    if not same or not all(_is_plain_field(name, value) for name, value in fields.items()):
        return []
    return [
        quote(f"{name}={value}" if isinstance(value, str) else f"{name}:={json.dumps(value)}")
        for name, value in fields.items()
    ]


def _form_items(request: Sent) -> list[str]:
    if request.media_type != FORM:
        return []
    pairs = parse_qsl(request.body.decode("latin-1"), keep_blank_values=True)
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    same = (
        urlencode(grouped, doseq=True).encode() == request.body
    )  # HTTPie sends the values of one name together
    if not same or not all(_is_plain_field(*pair) for pair in pairs):
        return []
    return [quote(f"{name}={value}") for name, value in pairs]


def _is_plain_field(name: str, value: object) -> bool:
    if not _FIELD_NAME.fullmatch(name):
        return False
    # After the name HTTPie reads `==`, `=@` and any backslash as syntax. A lone surrogate cannot be typed.
    return not isinstance(value, str) or not re.match(r"[=@]|.*[\\\0\ud800-\udfff]", value, re.DOTALL)


# --- the shell ----------------------------------------------------------------------------------------------


def _with_body(
    words: list[str], body: bytes, as_argument: Callable[[str], list[str]], from_stdin: list[str]
) -> list[str]:
    """The words with the body as an argument, or, where it is no text, with `printf` piping it in."""
    if not body:
        return words
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" not in text:
        return [*words, *as_argument(text)]
    return ["printf", f"'{''.join(_printf(byte) for byte in body)}'", "|", *words, *from_stdin]


def _printf(byte: int) -> str:
    char = chr(byte)
    return char if char.isascii() and (char.isalnum() or char in " .,:;/=&<>()[]{}") else f"\\{byte:03o}"


def _check_header(name: str, value: bytes) -> None:
    if not _TOKEN.fullmatch(name):
        raise Impossible(f"{name!a} is no header name")
    if b"\0" in value:
        raise Impossible(f"{name} holds a null byte, which no command line can carry")


def quote(text: str | bytes) -> str:
    r"""One shell word. Text that prints is quoted by shlex; other text becomes `$'…'`, `\033` being one byte.

    Pasted raw, a tab would ask the shell to complete a name, and an Escape would move its cursor.
    """
    raw = text.encode() if isinstance(text, str) else text
    chars = raw.decode(errors="surrogateescape")
    if chars.isprintable():
        return shlex.quote(chars)
    return "$'" + "".join(_ansi_c(char) for char in chars) + "'"


def _ansi_c(char: str) -> str:
    if char == "\n":
        return "\\n"
    if char.isprintable() and char not in "'\\":
        return char
    return "".join(f"\\{byte:03o}" for byte in char.encode(errors="surrogateescape"))
