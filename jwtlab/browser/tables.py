"""What a browser holds and what it has sent, as tables: text for a terminal, HTML for a notebook.

The same state gives the same table, to the byte; values are shortened as in `jwtlab.show`.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Protocol, SupportsIndex, TypeVar, overload
from urllib.parse import urlsplit

from jwtlab.errors import LabError
from jwtlab.show import html, redact


class BrowserError(LabError):
    """There is no browser, it has ended, or a page does not have what was asked of it."""


class Column(NamedTuple):
    """A column's head, and its width in the drawing as text."""

    head: str
    width: int


@dataclass(frozen=True)
class Cookie:
    """A cookie as the browser keeps it. `expires`: seconds since 1970, None if it goes with the browser."""

    name: str
    value: str
    domain: str
    path: str
    secure: bool
    http_only: bool
    same_site: str | None  # None: the server did not say
    expires: float | None

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("name", 16),
        Column("value", 29),
        Column("Domain", 16),
        Column("Path", 5),
        Column("Secure", 6),
        Column("HttpOnly", 8),
        Column("SameSite", 8),
        Column("ends", 12),
    )

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            self.name,
            redact.opaque(self.value),
            self.domain,
            self.path,
            _word(self.secure),
            _word(self.http_only),
            self.same_site or "not set",
            _time_left(self.expires),
        )


@dataclass(frozen=True)
class Stored:
    """One entry of a page's localStorage."""

    key: str
    value: str

    COLUMNS: ClassVar[tuple[Column, ...]] = (Column("key", 24), Column("value", 74))

    @property
    def cells(self) -> tuple[str, ...]:
        return self.key, redact.clip(redact.tokens_in(self.value))


@dataclass(frozen=True)
class Request:
    """A request that left the browser: `cookies` are the names it sent, `site` is its `Sec-Fetch-Site`."""

    method: str
    url: str
    cookies: tuple[str, ...]
    site: str | None
    origin: str | None
    status: int

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("request", 34),
        Column("cookies sent", 15),
        Column("Sec-Fetch-Site", 14),
        Column("Origin", 22),
        Column("status", 6),
    )

    @property
    def cells(self) -> tuple[str, ...]:
        to = urlsplit(self.url)
        path = redact.clip(redact.url(to.path + (f"?{to.query}" if to.query else "")))
        return (
            "\n".join([*html.fold(f"{self.method} {path}", 34), f"to {to.netloc}"]),
            "\n".join(self.cookies) or "none",
            self.site or "not sent",
            self.origin or "not sent",
            str(self.status),
        )


class Shown(Protocol):
    """A row: it has a cell for each of its kind's columns."""

    COLUMNS: ClassVar[tuple[Column, ...]]

    @property
    def cells(self) -> tuple[str, ...]: ...


Row = TypeVar("Row", bound=Shown)


class Table(tuple[Row, ...]):
    """Rows of one kind, oldest or alphabetically first. A tuple that displays itself.

    `what` says in the plural what the rows are, `where` whose they are.
    """

    kind: type[Row]
    what: str
    where: str

    def __new__(cls, kind: type[Row], rows: Iterable[Row], what: str, where: str) -> "Table[Row]":
        table = super().__new__(cls, rows)
        table.kind, table.what, table.where = kind, what, where
        return table

    @overload
    def __getitem__(self, key: SupportsIndex | str) -> Row: ...

    @overload
    def __getitem__(self, key: slice) -> tuple[Row, ...]: ...

    def __getitem__(self, key: SupportsIndex | str | slice) -> Row | tuple[Row, ...]:
        """Return a row by its number, or by its name: `browser.cookies()["refresh_token"]`."""
        if not isinstance(key, str):
            return super().__getitem__(key)
        rows = {row.cells[0]: row for row in self}
        if key not in rows:
            there = ", ".join(rows) or "none"
            raise BrowserError(
                html.one_line(
                    f"There is no {key!r} among the {self.what} of {self.where}. There is: {there}."
                )
            )
        return rows[key]

    @property
    def caption(self) -> str:
        return html.visible(f"{self.what} of {self.where}" + ("" if self else ": none"))

    def __repr__(self) -> str:
        if not self:
            return self.caption
        widths = [column.width for column in self.kind.COLUMNS]
        heads = [column.head for column in self.kind.COLUMNS]
        rows = [[html.visible(cell) for cell in row.cells] for row in self]
        rules = ["-" * width for width in widths]
        return "\n".join([self.caption, "", *html.columns([heads, rules, *rows], widths)])

    def _repr_html_(self) -> str:
        if not self:
            return f"<p>{html.code(self.caption)}</p>"
        total = sum(column.width for column in self.kind.COLUMNS)
        widths = [f"{100 * column.width // total}%" for column in self.kind.COLUMNS]
        heads = [column.head for column in self.kind.COLUMNS]
        rows = [[_html(cell) for cell in row.cells] for row in self]
        return html.table(heads, rows, widths, self.caption)


def _html(cell: str) -> str:
    return html.stacked(html.code(line) for line in html.visible(cell).split("\n"))


def _word(flag: bool) -> str:
    return "yes" if flag else "no"


def _time_left(expires: float | None) -> str:
    """How long a cookie will be kept, as `in 7 days`. Rounded: it is shown a moment after it came."""
    if expires is None:
        return "with browser"
    minutes = round((expires - time.time()) / 60)
    for unit, size in (("day", 24 * 60), ("hour", 60)):
        if minutes >= size - size // 24:
            return "in " + html.counted(round(minutes / size), unit)
    return "in " + html.counted(max(minutes, 0), "minute")
