"""A body as lines to read: JSON indented, a form as pairs, a page by its first line."""

import json
from email.message import Message
from urllib.parse import parse_qsl

from jwtlab.show import html, redact
from jwtlab.show.commands import FORM

LONGEST_BODY = 40  # lines
LONGEST_LINE = 200  # characters shown of the first line of a page


def body_lines(content_type: str, content: bytes | None) -> tuple[str, tuple[str, ...]]:
    """What a body is, where its lines do not say so themselves, and the lines to show of it.

    `content_type` is the header's whole value. `content` is None for a body that was streamed and not kept.
    """
    if not content:
        return "body streamed, not kept" if content is None else "no body", ()
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json" or kind.endswith("+json"):
        note, lines = _json(content_type, content)
    elif kind == FORM:
        note, lines = "form fields", _form(content)
    else:
        note, lines = _page(kind, content_type, content)
    return html.visible(note), _clipped([html.visible(line) for line in lines])


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
    header = Message()
    header["Content-Type"] = content_type
    try:
        text = content.decode(header.get_content_charset("utf-8"), "replace")
    except LookupError:  # a charset that Python does not know
        text = content.decode("utf-8", "replace")
    return redact.clip(redact.tokens_in(text)).splitlines()


def _clipped(lines: list[str]) -> tuple[str, ...]:
    left_out = len(lines) - LONGEST_BODY
    return (*lines[:LONGEST_BODY], f"… {left_out:,} more lines") if left_out > 1 else tuple(lines)
