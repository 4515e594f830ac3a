"""The requests that a page has sent, kept as the browser reports them, event by event."""

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from jwtlab.browser.tables import Request

# What a page is made of, and the icon in its tab: they come in any order, and no lesson is about them.
SCENERY = re.compile(r"https?://[^/]+/(static/|favicon\.ico)")


@dataclass
class _Entry:
    method: str = ""
    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    status: int | None = None
    is_over: bool = False


class Traffic:
    """Events go in from the browser's thread, requests come out in the order in which they were started."""

    def __init__(self) -> None:
        self._entries: dict[Hashable, _Entry] = {}

    def forget(self) -> None:
        """Begin anew."""
        self._entries = {}

    def start(self, key: Hashable, method: str, url: str) -> None:
        entry = self._entry(key)
        entry.method, entry.url = method, url

    def headers(self, key: Hashable, headers: Mapping[str, str]) -> None:
        """Note the headers that went out, cookies included."""
        self._entry(key).headers = {name.lower(): value for name, value in headers.items()}

    def answer(self, key: Hashable, status: int) -> None:
        self._entry(key).status = status

    def end(self, key: Hashable) -> None:
        self._entry(key).is_over = True

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is on its way."""
        return all(entry.is_over for entry in list(self._entries.values()))

    def requests(self) -> list[Request]:
        """The requests that were answered. What the browser held back never left, and has no answer."""
        entries = list(self._entries.values())
        return [_request(entry, entry.status) for entry in entries if entry.status and _counts(entry)]

    def _entry(self, key: Hashable) -> _Entry:
        return self._entries.setdefault(key, _Entry())


def _counts(entry: _Entry) -> bool:
    return entry.url.startswith("http") and not SCENERY.match(entry.url)


def _request(entry: _Entry, status: int) -> Request:
    cookies = entry.headers.get("cookie", "")
    return Request(
        method=entry.method,
        url=entry.url,
        cookies=tuple(cookie.partition("=")[0] for cookie in cookies.split("; ") if cookie),
        site=entry.headers.get("sec-fetch-site"),
        origin=entry.headers.get("origin"),
        status=status,
    )
