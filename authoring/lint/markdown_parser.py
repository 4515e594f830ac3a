"""Markdown as the rules see it: what a reader reads, told apart from code, tags and addresses.

markdown-it-py reads it as JupyterLab does, CommonMark with tables.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

PARSER = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class Heading:
    level: int
    title: str  # as it is written
    plain: str  # without its code


@dataclass(frozen=True)
class Fence:
    """A block of code."""

    language: str
    content: str
    after: str  # the text of the cell behind it


@dataclass(frozen=True)
class Link:
    """A link, or a picture, whose text is its alternative."""

    text: str
    target: str
    title: str
    is_picture: bool


@dataclass(frozen=True)
class Markdown:
    """A text, taken apart."""

    blocks: tuple[str, ...]  # paragraphs, headings, items and rows of tables, as they are written
    prose: str  # what is read; a piece of code in a line stays, in its backticks
    plain: str  # the same without that
    headings: tuple[Heading, ...]
    fences: tuple[Fence, ...]
    links: tuple[Link, ...]
    loose: tuple[str, ...]  # texts that stand in no link
    html: tuple[str, ...]  # tags, with what stands in one block with them
    outside_code: str  # the text without its blocks of code


@cache
def parse(source: str) -> Markdown:
    """Take a Markdown text apart."""
    tokens = PARSER.parse(source)
    lines = source.splitlines()
    texts = [token for token in tokens if token.type == "inline"]
    code = [token for token in tokens if token.type in ("fence", "code_block") and token.map]
    inside = {line for token in code for line in range(*(token.map or (0, 0)))}
    leaves = [leaf for token in texts for leaf in token.children or []]
    raw = [token.content for token in [*tokens, *leaves] if token.type in ("html_block", "html_inline")]
    return Markdown(
        blocks=tuple(blocks(tokens)),
        prose=read(tokens, with_code=True),
        plain=read(tokens, with_code=False),
        headings=tuple(headings(tokens)),
        fences=tuple(
            Fence(token.info.strip(), token.content, "\n".join(lines[token.map[1] :]))
            for token in code
            if token.map and token.type == "fence"
        ),
        links=tuple(link for token in texts for link in links(token.children or [])),
        loose=tuple(text for token in texts for text in loose(token.children or [])),
        html=tuple(raw),
        outside_code="\n".join(line for number, line in enumerate(lines) if number not in inside),
    )


def blocks(tokens: Iterable[Token]) -> Iterator[str]:
    row: list[str] | None = None
    for token in tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            yield " | ".join(row)
            row = None
        elif token.type in ("inline", "html_block"):
            if row is None:
                yield token.content
            else:
                row.append(token.content)


def headings(tokens: list[Token]) -> Iterator[Heading]:
    for token, text in pairwise(tokens):
        if token.type == "heading_open":
            yield Heading(int(token.tag[1:]), text.content, read([text], with_code=False).strip())


def read(tokens: Iterable[Token], *, with_code: bool) -> str:
    """Return what is read of some blocks, a line each."""
    return "\n".join("".join(words(token, with_code=with_code)) for token in tokens)


def words(token: Token, *, with_code: bool) -> Iterator[str]:
    """Yield the parts of a token that are read."""
    if token.type == "html_block":
        yield text_of_html(token.content)
    is_address = False
    for leaf in token.children or []:
        if leaf.type == "link_open":
            is_address = leaf.markup == "autolink"
        elif leaf.type == "link_close":
            is_address = False
        elif leaf.type == "code_inline":
            yield f"`{leaf.content}`" if with_code else " "
        elif leaf.type in ("softbreak", "hardbreak"):
            yield "\n"
        elif leaf.type == "html_inline":
            yield " "
        elif leaf.type in ("text", "image") and not is_address:
            yield leaf.content


def links(leaves: list[Token]) -> Iterator[Link]:
    for number, leaf in enumerate(leaves):
        if leaf.type == "image":
            yield Link(leaf.content, str(leaf.attrGet("src")), str(leaf.attrGet("title") or ""), True)
        elif leaf.type == "link_open" and leaf.markup != "autolink":
            end = next(n for n, other in enumerate(leaves[number:], number) if other.type == "link_close")
            text = "".join(other.content for other in leaves[number + 1 : end])
            yield Link(text, str(leaf.attrGet("href")), str(leaf.attrGet("title") or ""), False)


def loose(leaves: list[Token]) -> Iterator[str]:
    depth = 0
    for leaf in leaves:
        depth += {"link_open": 1, "link_close": -1}.get(leaf.type, 0)
        if leaf.type == "text" and not depth:
            yield leaf.content


# --- HTML


class Reader(HTMLParser):
    """Reads the texts of HTML, and the attributes of its pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.pictures: list[tuple[str, str]] = []  # the tag as it is written, and its `alt`

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.pictures.append((self.get_starttag_text() or "", dict(attrs).get("alt") or ""))


def text_of_html(html: str) -> str:
    reader = Reader()
    reader.feed(html)
    return " ".join(reader.texts)


def pictures_of_html(html: str) -> list[tuple[str, str]]:
    reader = Reader()
    reader.feed(html)
    return reader.pictures
