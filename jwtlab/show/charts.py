"""A measurement drawn as bars, its figures kept out of what is compared.

Every output of a notebook is compared with a fresh run, and no two runs take the same time. So a chart shows
its verdicts, which are the same in each run, as the output of the cell. The figures are in two files that the
output refers to: a drawing, `work/charts/NAME.svg`, and a page with the same as a table, `NAME.html`. The
output is the same text in each run; what the files hold is of the last run on this machine. JupyterLab shows
the drawing in the cell. Where the files are not, as on GitHub, its alt text stands in its place.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from jwtlab.errors import LabError
from jwtlab.show import html
from jwtlab.show.html import BLUE, ORANGE, one_line
from jwtlab.workspace.files import work_folder

FOLDER = "charts"  # in the folder of the learner's notebooks, so that these find it by a relative path

# The drawing, in pixels: a row to each bar, and in it the label, the bar, the figures.
WIDTH, ROW, BAR = 760, 30, 18
LABEL, LONGEST, GAP, EDGE = 270, 270, 8, 10
INK, PAPER = "#1a1a1a", "#ffffff"  # a ground of its own: the drawing cannot know the theme of the page


class ChartError(LabError):
    """A chart names a bar that it has not, or could not be written."""


def chart(
    title: str, bars: Mapping[str, float], *, unit: str, base: str, verdicts: Mapping[str, str] | None = None
) -> "Chart":
    """Return a chart with a bar for each of `bars`, measured in `unit`, beside how it compares to `base`.

    `base` names one of the bars. `verdicts` says for each what was found, in words that are the same in each
    run. A cell that ends on the chart shows it; `figures` is the table with the numbers as text. Raise
    ChartError when the drawing cannot be written, and for a base or a verdict without a bar.
    """
    if unknown := {base, *(verdicts or {})} - bars.keys():
        missing, there = ", ".join(sorted(unknown)), ", ".join(bars)
        raise ChartError(one_line(f"No bar is called {missing}. There are: {there}."))
    drawn = Chart(title, bars, unit, base, verdicts or {})
    try:
        drawn.write(work_folder() / FOLDER)
    except OSError as error:
        raise ChartError(
            f"The chart could not be written: {error}. `make doctor` looks for the cause."
        ) from None
    return drawn


class Chart:
    """Bars with a verdict each. `chart` makes one."""

    def __init__(
        self, title: str, bars: Mapping[str, float], unit: str, base: str, verdicts: Mapping[str, str]
    ) -> None:
        self.title, self.unit, self.base = map(one_line, (title, unit, base))
        self._bars = {one_line(label): value for label, value in bars.items()}
        self._verdicts = {one_line(label): one_line(verdict) for label, verdict in verdicts.items()}
        self.name = re.sub(r"\W+", "-", title.lower()).strip("-")

    @property
    def figures(self) -> str:
        """The table with the numbers of this run, as text. No two runs agree on it."""
        return "\n".join([f"{self.title}, in {self.unit}", *_columns(self._figures())])

    @property
    def alt(self) -> str:
        """What the drawing shows, in words, without its numbers."""
        what = f"{self.title}, in {self.unit}, relative to {self.base}"
        return f"Bar chart of your last run: {what}. Bars: {', '.join(self._bars)}."

    def write(self, folder: Path) -> None:
        """Write the drawing and the page with the table into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.name}.svg").write_text(self._svg(), encoding="utf-8")
        (folder / f"{self.name}.html").write_text(self._page(), encoding="utf-8")

    def __repr__(self) -> str:
        where = f"Drawn, not compared: {FOLDER}/{self.name}.svg, and as a table {FOLDER}/{self.name}.html"
        return "\n".join([self.title, *_columns(list(self._verdicts.items())), where])

    def _repr_html_(self) -> str:
        caption = html.strong(self.title)
        verdicts = html.table(["", "verdict"], self._verdicts.items(), ["40%", "60%"], caption)
        return html.markup(
            '{}<p><img src="{}.svg" alt="{}" width="{}"></p><p><a href="{}.html">{}</a></p>',
            verdicts if self._verdicts else caption,
            f"{FOLDER}/{self.name}",
            self.alt,
            str(WIDTH),
            f"{FOLDER}/{self.name}",
            "The figures of your last run, as a table",
        )

    def _figures(self) -> list[tuple[str, str, str]]:
        base = self._bars[self.base]
        return [
            (label, number(value), f"{number(value / base)} × {self.base}" if base else "")
            for label, value in self._bars.items()
        ]

    def _page(self) -> str:
        heads = ["", self.unit, f"relative to {self.base}"]
        rows = html.table(heads, self._figures(), ["40%", "25%", "35%"], self.title)
        return (
            '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
            f"<title>{escape(self.title)}</title>\n"
            f"<h1>{escape(self.title)}</h1>\n<p>Measured on this machine, in the last run of the cell.</p>\n"
            f"{rows}\n{self._svg()}</html>\n"
        )

    def _svg(self) -> str:
        height = ROW * (len(self._bars) + 1) + EDGE
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{WIDTH}" height="{height}" '
                f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="14" fill="{INK}">',
                f"<title>{escape(self.title)}</title>",
                f"<desc>{escape(self.alt)}</desc>",
                f'<rect width="{WIDTH}" height="{height}" rx="6" fill="{PAPER}"/>',
                f'<text x="{EDGE}" y="{EDGE + 14}" font-weight="bold">{escape(self.title)}</text>',
                f'<text x="{EDGE + LABEL}" y="{EDGE + 14}">{escape(self.unit)}</text>',
                *self._drawn_bars(),
                "</svg>\n",
            ]
        )

    def _drawn_bars(self) -> Iterator[str]:
        longest = max(self._bars.values()) or 1
        for row, (label, value, ratio) in enumerate(self._figures(), start=1):
            top, length = ROW * row + EDGE, LONGEST * self._bars[label] / longest
            colour = (BLUE if label == self.base else ORANGE).ground
            yield f'<text x="{EDGE}" y="{top + 14}">{escape(label)}</text>'
            yield (
                f'<rect x="{EDGE + LABEL}" y="{top}" width="{max(length, 1):.1f}" height="{BAR}" rx="2" '
                f'fill="{colour}"/>'
            )
            shown = value if label == self.base else f"{value} · {ratio.split(' × ')[0]} ×"
            yield f'<text x="{EDGE + LABEL + length + GAP:.1f}" y="{top + 14}">{escape(shown)}</text>'


def number(value: float) -> str:
    """Return a number as one reads it aloud: `1,204`, `44`, `3.9`, `0.12`."""
    if value >= 20:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the rows as lines of text, each column as wide as its widest cell."""
    return html.columns(rows, [max(1, *map(len, column)) for column in zip(*rows, strict=True)])
