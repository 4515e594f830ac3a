"""How wire and token put text on a page: nothing invisible, nothing wider than the page, everything escaped.

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
    r"""The text with everything that does not print spelled out, as `\u001b` for Escape; newlines stay.

    What a stranger wrote must not move the cursor, colour the terminal or reverse the reading direction
    (https://trojansource.codes).
    """
    return "".join(c if c.isprintable() or c == "\n" else f"\\u{ord(c):04x}" for c in text)


def fold(line: str, width: int = WIDTH) -> list[str]:
    """One line as pieces no wider than `width`, broken at spaces where there are any.

    The pieces after the first are indented two more than the line. A host with its port is never split.
    """
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
    """Rows of cells as lines of text. A cell too wide for its column wraps; its own newlines stay."""
    lines = []
    for row in rows:
        cells = [_wrapped(cell, width) for cell, width in zip(row, widths, strict=True)]
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
    """`1 byte`, `2 bytes`, `1,234 bytes`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def badge(label: str, colour: Colour) -> SafeString:
    """A label on a coloured ground, as HTML."""
    style = "padding:1px 8px; border-radius:3px; font-weight:bold"
    return format_html(
        '<span style="background:{}; color:{}; {}">{}</span>', colour.ground, colour.ink, style, label
    )


def block(text: str, ground: str = "transparent") -> SafeString:
    """Lines of monospaced text as HTML, wrapping where they must. Copying them adds no line breaks."""
    return format_html('<pre style="{}; background:{}">{}</pre>', _BLOCK, ground, text)


def code(text: str) -> SafeString:
    """Monospaced text within a line, as HTML."""
    return format_html('<code style="{}">{}</code>', _INLINE, text)


def strong(text: str) -> SafeString:
    """Text that stands out, as HTML."""
    return format_html("<strong>{}</strong>", text)


def stacked(lines: Iterable[str]) -> SafeString:
    """Lines one below the other, as HTML."""
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines))


def table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[str], caption: str = ""
) -> SafeString:
    """An HTML table whose columns and rows both have headers. `widths` are CSS lengths, one to a column.

    Cells are escaped unless they are HTML already.
    """
    styles = [f"{_CELL}; width:{width}" for width in widths]
    return format_html(
        '<table style="{}">\n{}<thead>\n<tr style="{}">{}</tr>\n</thead>\n<tbody>\n{}\n</tbody>\n</table>',
        _TABLE,
        format_html('<caption style="{}">{}</caption>\n', _CAPTION, caption) if caption else "",
        _ROW,
        format_html_join("", '<th scope="col" style="{}">{}</th>', zip(styles, heads, strict=True)),
        format_html_join("\n", '<tr style="{}">{}</tr>', ((_ROW, _cells(row)) for row in rows)),
    )


def _cells(row: Sequence[str]) -> SafeString:
    head, *cells = row
    return format_html(
        '<th scope="row" style="{}">{}</th>{}',
        _CELL,
        head,
        format_html_join("", '<td style="{}">{}</td>', ((_CELL, cell) for cell in cells)),
    )
