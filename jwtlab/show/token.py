"""The anatomy of a token: three parts, two of them readable by anyone, and what each claim says in words.

    from jwtlab.show import show_token
    show_token(tokens["access"], at=site.clock.now)

The token is taken apart without a key (`compact`) and put in words (`meanings`); both are drawn here. Nothing
is verified, and the drawing says so. The same token and `at` give the same drawing, to the byte.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from jwtlab.show import compact_jws, html
from jwtlab.show.compact_jws import PARTS, Compact, TokenError
from jwtlab.show.meanings import Meaning, meaning, of_signature, stamp, time_in_words


@dataclass(frozen=True)
class Claim:
    """One claim: its value as JSON, what its name means, and where it is a time, the time in words."""

    name: str
    value: str
    meaning: Meaning
    words: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Anatomy:
    """A token taken apart and explained. Displays itself in a notebook. Nothing in it is verified."""

    token: Compact
    claims: tuple[Claim, ...]
    signature: tuple[str, ...]  # what there is to say about it, and about anything odd
    at: datetime | None

    def __repr__(self) -> str:
        return "\n".join(_as_text(self))

    def _repr_html_(self) -> str:
        return _as_html(self)


def show_token(token: str | bytes, *, at: datetime | None = None) -> Anatomy:
    """Return the anatomy of a compact JWS or JWT, which is not verified.

    `at`, an aware datetime such as `site.clock.now`, is the moment from which expiry is seen; without it
    nothing is said about now. Raise TokenError where the token cannot be read.
    """
    if at is not None and (not isinstance(at, datetime) or at.utcoffset() is None):
        raise TokenError("`at` is no datetime with a time zone. Pass site.clock.now or datetime.now(UTC).")
    parts = compact_jws.read(token)
    claims = tuple(_claim(name, parts.payload.value, at) for name in parts.payload.value)
    return Anatomy(parts, claims, tuple(of_signature(parts)), at)


def _claim(name: str, payload: Mapping[str, object], at: datetime | None) -> Claim:
    value = json.dumps(payload[name], ensure_ascii=False)
    return Claim(name, value, meaning(name), time_in_words(name, payload, at))


# --- as text ------------------------------------------------------------------------------------------------

TITLES = ("Claim", "Value", "Kind", "What it means")


def _as_text(anatomy: Anatomy) -> Iterator[str]:
    token = anatomy.token
    yield _summary(anatomy)
    yield ""
    yield from html.columns(zip(PARTS, _broken(token, html.WIDTH - 11), strict=True), (9, html.WIDTH - 11))
    for title, part in (("Header, decoded", token.header), ("Payload, decoded", token.payload)):
        yield from ("", title)
        yield from (f"  {line}" for line in _json_lines(part.text, html.WIDTH - 2))
    yield from ("", *_claims_as_text(anatomy.claims), "", "Signature")
    for sentence in anatomy.signature:
        yield from (f"  {piece.strip()}" for piece in html.fold(sentence, html.WIDTH - 2))


def _summary(anatomy: Anatomy) -> str:
    length = sum(map(len, anatomy.token.raw)) + 2
    seen = f", seen at {stamp(anatomy.at)}" if anatomy.at else ""
    return f"A token of {html.counted(length, 'character')}: three base64url parts joined by dots{seen}"


def _broken(token: Compact, width: int) -> Iterator[str]:
    """Yield the raw parts, each with the dot that follows it, in lines of `width`."""
    for raw, dot in zip(token.raw, (".", ".", ""), strict=True):
        text = raw + dot
        yield "\n".join(text[start : start + width] for start in range(0, len(text), width))


def _json_lines(text: str, width: int) -> list[str]:
    return [piece for line in text.split("\n") for piece in html.fold(line, width)]


def _claims_as_text(claims: tuple[Claim, ...]) -> list[str]:
    if not claims:
        return ["Claims: none"]
    name = min(20, max(5, *(len(claim.name) for claim in claims)))
    widths = (name, 44, 10, html.WIDTH - name - 44 - 10 - 6)
    rules = ["-" * width for width in widths]
    rows = [["\n".join(cell) for cell in _cells(claim)] for claim in claims]
    return html.columns([[title.lower() for title in TITLES], rules, *rows], widths)


def _cells(claim: Claim) -> tuple[list[str], ...]:
    """Return the four cells of a claim's row, each as lines."""
    source = [claim.meaning.source] if claim.meaning.source else []
    value = [claim.value, *claim.words]
    return ([html.one_line(claim.name)], value, [claim.meaning.kind], [claim.meaning.words, *source])


# --- as HTML ------------------------------------------------------------------------------------------------


def _as_html(anatomy: Anatomy) -> str:
    parts = html.table(
        ("Part", "As sent", "Decoded"), _part_rows(anatomy), ("7em", "44%", "44%"), _summary(anatomy)
    )
    rows = [_claim_row(claim) for claim in anatomy.claims]
    widths = ("18%", "38%", "12%", "32%")
    claims = html.table(TITLES, rows, widths, "What the payload claims") if rows else "<p>Claims: none</p>"
    return f"{parts}\n{claims}"


def _part_rows(anatomy: Anatomy) -> Iterator[tuple[str, str, str]]:
    token, colours = anatomy.token, (html.BLUE, html.ORANGE, html.PLUM)
    decoded = (
        _json_block(token.header.text, html.BLUE),
        _json_block(token.payload.text, html.ORANGE),
        html.joined("\n", "<p>{}</p>", ((line,) for line in anatomy.signature)),
    )
    for part, colour, raw, cell in zip(PARTS, colours, _broken(token, 40), decoded, strict=True):
        yield html.badge(part, colour), html.block(raw, colour.tint) if raw else "empty", cell


def _json_block(text: str, colour: html.Colour) -> SafeString:
    return html.block("\n".join(_json_lines(text, html.SIDE)), colour.tint)


def _claim_row(claim: Claim) -> tuple[SafeString, ...]:
    (name,), (value, *words), kind, means = _cells(claim)
    words[1:] = map(html.strong, words[1:])  # how it looks from `at` is what the reader came for
    return (
        html.code(name),
        html.stacked([html.code(value), *words]),
        html.stacked(kind),
        html.stacked(means),
    )
