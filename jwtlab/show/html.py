"""How things are drawn, as text and as HTML: nothing invisible, nothing wider than the page, all escaped.

What is drawn is drawn with these functions, so that their rule holds for all of it: text that does not print
is spelled out (`visible`), and in HTML it is escaped. HTML that one of them has made is taken as it is.

The HTML carries inline styles only: JupyterLab drops `<style>` from a notebook that was not run here.
GitHub drops every style, so each colour repeats what a label or a table header says. Grounds are
see-through tints and text keeps the theme's own colour: one output serves light and dark.
"""

import re
import textwrap
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

WIDTH = 100  # columns of the text drawings
SIDE = 56  # columns of one side of an HTML table: two of them fit where GitHub strips the styles


class Colour(NamedTuple):
    """A colour in its three uses, each a CSS colour."""

    ground: str  # of a badge
    ink: str  # of the badge's text, at a contrast of 5 : 1 or better
    tint: str  # of the area that the badge names, see-through


# After Okabe and Ito's palette: three that colour-blind readers can tell apart.
BLUE = Colour("#0b62a8", "#ffffff", "rgba(20,120,220,0.12)")
ORANGE = Colour("#e8912d", "#1a1a1a", "rgba(240,140,20,0.15)")
PLUM = Colour("#8e4585", "#ffffff", "rgba(190,80,180,0.13)")

_TABLE = "border-collapse:collapse; width:100%; table-layout:fixed; margin:4px 0 10px 0; font-size:13px"
_CAPTION = "caption-side:top; text-align:left; padding:4px 10px"
_ROW = "background:transparent"  # JupyterLab stripes the rows of tables
_CELL = "text-align:left; vertical-align:top; padding:4px 10px; white-space:normal; overflow-wrap:anywhere"
_INLINE = "font-family:monospace; font-size:13px; background:transparent; padding:0"
_BLOCK = (
    "font-family:monospace; font-size:13px; line-height:1.4; margin:0; padding:2px 8px; border-radius:3px;"
    " white-space:pre-wrap; word-break:normal; overflow-wrap:anywhere"
)

# The port is the only thing that differs from run to run, so it must stay in one piece to be recognised.
_HOST_AND_PORT = re.compile(r"(?:127\.0\.0\.1|localhost):\d+")


def visible(text: str) -> str:
    r"""Return the text with what does not print spelled out, as `\u001b` for Escape; newlines stay.

    What a stranger wrote must not move the cursor, colour the terminal or reverse the reading direction
    (https://trojansource.codes).
    """
    return "".join(c if c.isprintable() or c == "\n" else f"\\u{ord(c):04x}" for c in text)


def one_line(text: str) -> str:
    """Return the text with newlines spelled out too, so that it cannot begin a line of its own."""
    return visible(text).replace("\n", r"\u000a")


def fold(line: str, width: int = WIDTH) -> list[str]:
    """Return one line as pieces no wider than `width`, broken at spaces where there are any.

    The pieces after the first are indented two more than the line. A host with its port is never split.
    """
    line = one_line(line)
    indent = " " * min(len(line) - len(line.lstrip()) + 2, width // 2)
    pieces = []
    while len(line) > width:
        cut = _cut(line, width, len(indent))
        pieces.append(line[:cut].rstrip())
        line = indent + line[cut:].lstrip()
    return [*pieces, line]


def _cut(line: str, width: int, start: int) -> int:
    space = line.rfind(" ", start + 1, width + 1)
    if space > start:
        return space
    for host in _HOST_AND_PORT.finditer(line):
        if start < host.start() < width < host.end():
            return host.start()
    return width


def columns(rows: Iterable[Sequence[str]], widths: Sequence[int]) -> list[str]:
    """Return rows of cells as lines of text, `widths` characters wide. A cell too wide for that wraps."""
    lines = []
    for row in rows:
        cells = [_wrapped(visible(cell), width) for cell, width in zip(row, widths, strict=True)]
        height = max(len(cell) for cell in cells)
        padded = [cell + [""] * (height - len(cell)) for cell in cells]
        for pieces in zip(*padded, strict=True):
            line = "  ".join(piece.ljust(width) for piece, width in zip(pieces, widths, strict=True))
            lines.append(line.rstrip())
    return lines


def _wrapped(cell: str, width: int) -> list[str]:
    wrap = textwrap.TextWrapper(width, break_on_hyphens=False)
    return [piece for line in cell.split("\n") for piece in wrap.wrap(line) or [""]]


def counted(number: int, noun: str) -> str:
    """Return `1 byte`, `2 bytes`, `1,234 bytes`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def markup(template: str, *parts: str) -> SafeString:
    """Return the template as HTML, each `{}` filled with a part: visible and escaped, or HTML already."""
    return format_html(template, *map(_safe, parts))


def joined(between: str, template: str, rows: Iterable[Sequence[str]]) -> SafeString:
    """Return one `markup` of the template for each row, with the text `between` them."""
    return format_html_join(between, template, (tuple(map(_safe, row)) for row in rows))


def _safe(text: str) -> str:
    return text if isinstance(text, SafeString) else visible(text)


def badge(label: str, colour: Colour) -> SafeString:
    """Return a label on a coloured ground, as HTML."""
    style = "padding:1px 8px; border-radius:3px; font-weight:bold"
    return markup(
        '<span style="background:{}; color:{}; {}">{}</span>', colour.ground, colour.ink, style, label
    )


def block(text: str, ground: str = "transparent") -> SafeString:
    """Return lines of monospaced text as HTML, wrapping where they must. Copying them adds no line breaks."""
    return markup('<pre style="{}; background:{}">{}</pre>', _BLOCK, ground, text)


def code(text: str) -> SafeString:
    """Return monospaced text within a line, as HTML."""
    return markup('<code style="{}">{}</code>', _INLINE, text)


def strong(text: str) -> SafeString:
    """Return text that stands out, as HTML."""
    return markup("<strong>{}</strong>", text)


def stacked(lines: Iterable[str]) -> SafeString:
    """Return lines one below the other, as HTML."""
    return joined(mark_safe("<br>"), "{}", ((line,) for line in lines))


def table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[str], caption: str = ""
) -> SafeString:
    """Return an HTML table whose columns and rows both have headers. `widths` are CSS, one to a column."""
    styles = [f"{_CELL}; width:{width}" for width in widths]
    return markup(
        '<table style="{}">\n{}<thead>\n<tr style="{}">{}</tr>\n</thead>\n<tbody>\n{}\n</tbody>\n</table>',
        _TABLE,
        markup('<caption style="{}">{}</caption>\n', _CAPTION, caption) if caption else "",
        _ROW,
        joined("", '<th scope="col" style="{}">{}</th>', zip(styles, heads, strict=True)),
        joined("\n", '<tr style="{}">{}</tr>', ((_ROW, _cells(row)) for row in rows)),
    )


def _cells(row: Sequence[str]) -> SafeString:
    head, *cells = row
    return markup(
        '<th scope="row" style="{}">{}</th>{}',
        _CELL,
        head,
        joined("", '<td style="{}">{}</td>', ((_CELL, cell) for cell in cells)),
    )
