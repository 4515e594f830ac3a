"""How a verdict looks, in a terminal and in a notebook: the same words, in the same order.

The outcome is a word with a sign before it; colour only repeats it. What an answer printed or sent back is
shown with everything invisible spelled out.
"""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from jwtlab.checker.verdict import COULD_NOT_RUN, NOT_ATTEMPTED, NOT_YET, PASSED, Message, Verdict
from jwtlab.show import html

SIGNS = {PASSED: "✓", NOT_YET: "✗", NOT_ATTEMPTED: "○", COULD_NOT_RUN: "!"}
LONGEST_TITLE = 90  # columns of the first line
LONGEST_LINE = 280  # characters of what came back or was wanted
MOST_LINES = 12

_COLOURS = {
    PASSED: html.BLUE,
    NOT_YET: html.ORANGE,
    NOT_ATTEMPTED: html.PLUM,
    COULD_NOT_RUN: html.PLUM,
}
_INDENT = 13


def as_text(verdict: Verdict) -> str:
    """At most `MOST_LINES` lines. The line to run stays in one piece, so that it can be pasted."""
    lines = [_first_line(verdict)]
    for name, text in _parts(verdict):
        lines += _piece(name, text, is_command=name == "sent")
    return "\n".join(lines[:MOST_LINES])


def as_html(verdict: Verdict) -> SafeString:
    """The verdict as a table with a row for each part."""
    colour = _COLOURS[verdict.outcome]
    head = format_html("{} {}", html.badge(_outcome(verdict), colour), f"{verdict.id} · {_title(verdict)}")
    rows = [(name, html.block(text) if name in _LITERAL else prose(text)) for name, text in _parts(verdict)]
    if not rows:
        return format_html("<p>{}</p>", head)
    return html.table(("part", "what it says"), rows, ("7em", "auto"), caption=head)


_LITERAL = ("sent", "came back", "wanted")


def prose(text: str) -> SafeString:
    """A sentence as HTML: what stands between backticks is code, and between asterisks a section's name."""
    pieces = enumerate(text.split("`"))  # every other one was between two of them
    return format_html_join(
        "", "{}", ((html.code(piece) if n % 2 else _names(piece),) for n, piece in pieces)
    )


def _names(text: str) -> SafeString:
    pieces = enumerate(text.split("*")) if text.count("*") % 2 == 0 else [(0, text)]
    return format_html_join("", "{}", ((format_html("<em>{}</em>", s) if n % 2 else s,) for n, s in pieces))


def _first_line(verdict: Verdict) -> str:
    line = f"{_outcome(verdict)} · {verdict.id} · {_title(verdict)}"
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1] + "…"


def _outcome(verdict: Verdict) -> str:
    fault = f" ({verdict.fault})" if verdict.fault else ""
    return f"{SIGNS[verdict.outcome]} {verdict.outcome}{fault}"


def _title(verdict: Verdict) -> str:
    return verdict.message.title if verdict.message else verdict.title


def _parts(verdict: Verdict) -> list[tuple[str, str]]:
    parts = _of_message(verdict.message) if verdict.message else []
    if verdict.why:
        parts += [("proven", verdict.why.proven), ("not checked", verdict.why.not_checked)]
    if verdict.outcome == NOT_ATTEMPTED:
        parts.append(("next", f'Change the starter, then check again. hint("{verdict.id}") gives a hint.'))
    return parts + [("note", note) for note in verdict.notes]


def _of_message(message: Message) -> list[tuple[str, str]]:
    return [
        ("sent", html.visible(message.sent)),
        ("came back", _clipped(message.saw)),
        ("wanted", _clipped(message.wanted)),
        ("next", message.next),
    ]


def _clipped(text: str) -> str:
    text = html.visible(text)
    return text if len(text) <= LONGEST_LINE else text[:LONGEST_LINE] + "…"


def _piece(name: str, text: str, *, is_command: bool) -> list[str]:
    width = html.WIDTH - _INDENT
    lines = [text] if is_command else [piece for line in text.split("\n") for piece in html.fold(line, width)]
    head, *rest = [line.strip() for line in lines]
    return [f"{name:<{_INDENT}}{head}", *(" " * _INDENT + line for line in rest)]
