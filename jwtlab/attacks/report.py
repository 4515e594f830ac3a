"""Attacks by faces: run them, show who won, and hold that against what is expected.

`run` runs some attacks, `matrix` all of them and honest use.
"""

import textwrap
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.utils.safestring import SafeString

from jwtlab.attacks.expected import FACES, expected, require_rows
from jwtlab.attacks.registry import ATTACKS, HONEST, Attack, Evidence, named
from jwtlab.attacks.runner import runner_of
from jwtlab.show import html

HEADS = ("attack", *FACES, "evidence")  # of the HTML
NAME, EVIDENCE = 35, 46  # characters, the widths of two columns of the text; what is longer would wrap
COLUMNS = {"face": 8, "ends": 5, "evidence": EVIDENCE}  # of the text, after the name; their widths


def run(*attacks: str | Callable[..., Evidence], engine: str | None = None) -> "Matrix":
    """Run these attacks, given as functions or by name, on both faces side by side, and return who won.

    `engine`, "chromium" or "firefox", chooses the browser for those that need one. The sites are started
    once, for all calls. Raise AttackError, before anything runs, for a name that no attack has and for an
    attack without a row in `expected.toml`.
    """
    names = [attack if isinstance(attack, str) else attack.__name__ for attack in attacks]
    return _run([one for name in names for one in named(name)], engine)


def matrix(engine: str | None = None) -> "Matrix":
    """Run every attack and all honest use, as `run` does, and return who won."""
    return _run([*ATTACKS.values(), *HONEST.values()], engine)


def _run(attacks: list[Attack], engine: str | None) -> "Matrix":
    require_rows(attack.name for attack in attacks)

    def on(face: str) -> list[Evidence]:
        return [runner_of(face).run(attack, engine) for attack in attacks]

    with ThreadPoolExecutor(len(FACES)) as pool:
        columns = list(pool.map(on, FACES))
    rows = zip(attacks, *columns, strict=True)
    return Matrix(tuple(Row(attack, dict(zip(FACES, ends, strict=True))) for attack, *ends in rows))


@dataclass(frozen=True)
class Row:
    """One attack, and how it ended on each face."""

    attack: Attack
    evidence: dict[str, Evidence]

    @property
    def is_honest(self) -> bool:
        """Whether it is honest use."""
        return self.attack.name in HONEST

    def verdict(self, face: str) -> str:
        """Return how it ended on this face, in a word."""
        won, lost = ("works", "fails") if self.is_honest else ("won", "lost")
        return won if self.evidence[face].won else lost

    @property
    def why(self) -> str:
        """Why it did not win on the seed alone, where it did not."""
        return expected().get(self.attack.name, {}).get("why", "")

    @property
    def surprises(self) -> list[str]:
        """One line for each face on which it did not end as expected."""
        ends = dict.fromkeys(FACES, "works") if self.is_honest else expected()[self.attack.name]
        wrong = [(face, self.verdict(face)) for face in FACES if self.verdict(face) != ends[face]]
        return [
            html.one_line(
                f"{self.attack.title}, on {face}: {verdict}, not {ends[face]}: {self.evidence[face].text}"
            )
            for face, verdict in wrong
        ]


@dataclass(frozen=True, repr=False)
class Matrix:
    """What `run` and `matrix` return: displays itself, as text and as HTML."""

    rows: tuple[Row, ...]

    @property
    def surprises(self) -> list[str]:
        """One line for each cell that is not as expected; none when all is as the course says."""
        return [line for row in self.rows for line in row.surprises]

    def __repr__(self) -> str:
        return "\n".join(["\n\n".join(_sections_as_text(self.rows)), *_reasons_as_text(self.rows)])

    def _repr_html_(self) -> str:
        return "\n".join(_sections_as_html(self.rows)) + _reasons_as_html(self.rows)


def _sections(rows: tuple[Row, ...]) -> Iterator[tuple[tuple[str, ...], list[Row]]]:
    """Yield attacks and honest use apart, each with its heads."""
    for heads, is_honest in ((HEADS, False), (("honest use", *HEADS[1:]), True)):
        if section := [row for row in rows if row.is_honest is is_honest]:
            yield heads, section


# --- as text ------------------------------------------------------------------------------------------------


def _sections_as_text(rows: tuple[Row, ...]) -> Iterator[str]:
    for heads, section in _sections(rows):
        widths = [NAME, *COLUMNS.values()]
        lines = [[heads[0], *COLUMNS], ["-" * width for width in widths]]
        for row in section:
            for name, face in zip((row.attack.title, ""), FACES, strict=True):
                lines.append([name, face, row.verdict(face), html.one_line(row.evidence[face].text)])
        yield "\n".join(html.columns(lines, widths))


def _reasons_as_text(rows: tuple[Row, ...]) -> Iterator[str]:
    for row in rows:
        if row.why:
            reason = html.one_line(f"{row.attack.title}: {row.why}")
            yield from ("", *textwrap.wrap(reason, html.WIDTH, subsequent_indent="  "))


# --- as HTML ------------------------------------------------------------------------------------------------


def _sections_as_html(rows: tuple[Row, ...]) -> Iterator[str]:
    for heads, section in _sections(rows):
        yield html.table(heads, map(_cells_as_html, section), ("26%", "8%", "10%", "56%"))


def _cells_as_html(row: Row) -> list[str]:
    colours = {"won": html.ORANGE, "fails": html.ORANGE, "lost": html.BLUE, "works": html.BLUE}
    badges = [html.badge(verdict, colours[verdict]) for verdict in map(row.verdict, FACES)]
    claim = f"{row.attack.claim} ({row.attack.source})" if row.attack.source else row.attack.claim
    lines = (html.markup("{}: {}", html.strong(face), row.evidence[face].text) for face in FACES)
    return [row.attack.title, *badges, html.stacked([claim, *lines])]


def _reasons_as_html(rows: tuple[Row, ...]) -> SafeString:
    reasons = [(row.attack.title, row.why) for row in rows if row.why]
    return html.joined("\n", "<p><strong>{}</strong>: {}</p>", reasons)
