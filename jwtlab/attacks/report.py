"""Attacks by faces: run them, show who won, and hold that against what is expected.

`run` runs some attacks, `matrix` all of them and honest use.
"""

import textwrap
import tomllib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from jwtlab.attacks.actors import StageError
from jwtlab.attacks.registry import ATTACKS, HONEST, Attack, Evidence
from jwtlab.attacks.runner import arena_of
from jwtlab.show import html

FACES = ("seed", "hardened")
EXPECTED = Path(__file__).with_name("expected.toml")

HEADS = ("attack", *FACES, "evidence")  # of the HTML
COLUMNS = {"face": 8, "ends": 5, "evidence": 46}  # of the text, after the name; their widths
NAME = 35  # the width of the name


def run(*attacks: str | Callable[..., Evidence], engine: str | None = None) -> "Matrix":
    """Run these attacks, given as functions or by name, on both faces side by side.

    `engine` chooses the browser for those that need one. The sites are started once, for all calls.
    """
    return Matrix(tuple(_run([one for attack in attacks for one in named(attack)], engine)))


def matrix(engine: str | None = None) -> "Matrix":
    """Run every attack and all honest use on both faces."""
    return Matrix(tuple(_run([*ATTACKS.values(), *HONEST.values()], engine)))


def named(attack: str | Callable[..., Evidence]) -> list[Attack]:
    """Return the attack of this name, or all of this function. Raises StageError when there is none."""
    name = attack.replace(" ", "_") if isinstance(attack, str) else None
    found = [one for one in (ATTACKS | HONEST).values() if one.name == name or one.function is attack]
    if not found:
        raise StageError(f"There is no attack {attack!r}. There are: {', '.join(ATTACKS)}.")
    return found


def expected() -> dict[str, dict[str, str]]:
    """Return how each attack is expected to end: {name: {face: verdict}}, some with a `why`."""
    return tomllib.loads(EXPECTED.read_text("utf-8"))


def _run(attacks: list[Attack], engine: str | None) -> Iterable["Row"]:
    def on(face: str) -> list[Evidence]:
        return [arena_of(face, engine).run(attack) for attack in attacks]

    with ThreadPoolExecutor(len(FACES)) as pool:
        columns = list(pool.map(on, FACES))
    for attack, *evidence in zip(attacks, *columns, strict=True):
        yield Row(attack, dict(zip(FACES, evidence, strict=True)))


@dataclass(frozen=True)
class Row:
    """One attack, and how it ended on each face."""

    attack: Attack
    evidence: dict[str, Evidence]

    @property
    def title(self) -> str:
        return self.attack.name.replace("_", " ")

    @property
    def is_honest(self) -> bool:
        return self.attack.name in HONEST

    def verdict(self, face: str) -> str:
        won = self.evidence[face].won
        return ("works" if won else "fails") if self.is_honest else ("won" if won else "lost")

    @property
    def why(self) -> str:
        """Why it did not win on the seed alone, where it did not."""
        return expected().get(self.attack.name, {}).get("why", "")

    @property
    def surprises(self) -> list[str]:
        """One line for each face on which it did not end as expected."""
        ends = dict.fromkeys(FACES, "works") if self.is_honest else expected()[self.attack.name]
        return [
            f"{self.title}, on {face}: {self.verdict(face)}, not {ends[face]}: {self.evidence[face].text}"
            for face in FACES
            if self.verdict(face) != ends[face]
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


def _sections(rows: tuple[Row, ...]) -> Iterable[tuple[tuple[str, ...], list[Row]]]:
    """Attacks and honest use apart, each with its heads."""
    for heads, is_honest in ((HEADS, False), (("honest use", *HEADS[1:]), True)):
        if section := [row for row in rows if row.is_honest is is_honest]:
            yield heads, section


# --- as text ------------------------------------------------------------------------------------------------


def _sections_as_text(rows: tuple[Row, ...]) -> Iterable[str]:
    for heads, section in _sections(rows):
        widths = [NAME, *COLUMNS.values()]
        rows = [[heads[0], *COLUMNS], ["-" * width for width in widths]]
        for row in section:
            lines = [[face, row.verdict(face), row.evidence[face].text] for face in FACES]
            rows += [[name, *line] for name, line in zip((row.title, ""), lines, strict=True)]
        yield "\n".join(html.columns(rows, widths))


def _reasons_as_text(rows: tuple[Row, ...]) -> Iterable[str]:
    for row in rows:
        if row.why:
            yield ""
            yield from textwrap.wrap(f"{row.title}: {row.why}", html.WIDTH, subsequent_indent="  ")


# --- as HTML ------------------------------------------------------------------------------------------------


def _sections_as_html(rows: tuple[Row, ...]) -> Iterable[str]:
    for heads, section in _sections(rows):
        yield html.table(heads, map(_cells_as_html, section), ("26%", "8%", "10%", "56%"))


def _cells_as_html(row: Row) -> list[SafeString]:
    colours = {"won": html.ORANGE, "fails": html.ORANGE, "lost": html.BLUE, "works": html.BLUE}
    badges = [html.badge(verdict, colours[verdict]) for verdict in map(row.verdict, FACES)]
    claim = f"{row.attack.claim} ({row.attack.source})" if row.attack.source else row.attack.claim
    evidence = [(face, row.evidence[face].text) for face in FACES]
    lines = (format_html("{}: {}", html.strong(face), line) for face, line in evidence)
    return [row.title, *badges, html.stacked([claim, *lines])]


def _reasons_as_html(rows: tuple[Row, ...]) -> str:
    reasons = [(row.title, row.why) for row in rows if row.why]
    return format_html_join("\n", "<p><strong>{}</strong>: {}</p>", reasons)
