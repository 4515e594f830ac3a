"""HTML as a notebook is given it, read by a parser that takes no liberties."""

from collections.abc import Set
from html.parser import HTMLParser

TAGS = set("table caption thead tbody tr th td p br pre code span strong em details summary".split())
ATTRIBUTES = {"style", "scope"}
PICTURE = {"a", "img", "href", "src", "alt", "width"}  # what a chart has besides
EMPTY = {"br", "img"}


class Reader(HTMLParser):
    """What is in a drawing: its tags, its attributes, its text, the cells of its tables.

    Fails on a tag or an attribute that no drawing has, and on a tag that is not closed in its turn.
    """

    def __init__(self, html: str, also: Set[str] = frozenset()) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.cells: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []
        assert set(self.tags) <= TAGS | also
        assert {name for name, _ in self.attributes} <= ATTRIBUTES | also
        self.cells = [cell.strip() for cell in self.cells]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in EMPTY:
            self._open.append(tag)
        if tag in ("th", "td", "caption"):
            self.cells.append("")
        elif tag == "br":
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.cells:
            self.cells[-1] += data
