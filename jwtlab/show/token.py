"""The anatomy of a token: three parts, two of them readable by anyone, and what each claim says in words.

    from jwtlab.show import show_token
    show_token(tokens["access"], at=site.clock.now)

Takes the token apart without a key (`compact`), explains it (`claims`, `times`) and draws it as text and as
HTML. It does not verify, and says so. The same token and `at` give the same drawing, to the byte.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from jwtlab.show import compact, html, times
from jwtlab.show.claims import TIMES, Meaning, meaning
from jwtlab.show.compact import PARTS, Compact, TokenError

NOT_VERIFIED = (
    "NOT verified: to decode is not to verify. Anyone can read these parts, and anyone can write such parts."
    " Only a check of the signature with the right key tells who did."
)

# What each algorithm is, and the bytes its signature always has (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864
# §2.2). RSA signatures are as long as the key; EdDSA is Ed25519 or Ed448.
ALGORITHMS = {
    "HS256": ("HMAC with SHA-256", 32),
    "HS384": ("HMAC with SHA-384", 48),
    "HS512": ("HMAC with SHA-512", 64),
    "RS256": ("RSASSA-PKCS1-v1_5 with SHA-256", None),
    "RS384": ("RSASSA-PKCS1-v1_5 with SHA-384", None),
    "RS512": ("RSASSA-PKCS1-v1_5 with SHA-512", None),
    "PS256": ("RSASSA-PSS with SHA-256", None),
    "PS384": ("RSASSA-PSS with SHA-384", None),
    "PS512": ("RSASSA-PSS with SHA-512", None),
    "ES256": ("ECDSA with P-256 and SHA-256", 64),
    "ES384": ("ECDSA with P-384 and SHA-384", 96),
    "ES512": ("ECDSA with P-521 and SHA-512", 132),
    "EdDSA": ("Ed25519 or Ed448", None),
    "Ed25519": ("Edwards curve 25519", 64),
    "Ed448": ("Edwards curve 448", 114),
}

# How a time reads from `at`: when it lies ahead, when it lies behind, and at that very moment.
SEEN_FROM = {
    "exp": ("valid for {}", "expired {} ago", "expires at this moment"),
    "nbf": ("not valid for another {}", "reached {} ago", "reached at this moment"),
    "iat": ("issued {} in the future", "issued {} ago", "issued at this moment"),
}


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
    """Take a compact JWS or JWT apart, without verifying it.

    `at`, an aware datetime such as `site.clock.now`, is the moment from which expiry is seen; without it
    nothing is said about now. Raises TokenError where the token cannot be read.
    """
    if at is not None and (not isinstance(at, datetime) or at.utcoffset() is None):
        raise TokenError("`at` is no datetime with a time zone. Pass site.clock.now or datetime.now(UTC).")
    parts = compact.read(token)
    return Anatomy(parts, _claims(parts, at), (_signature(parts), NOT_VERIFIED, *_oddities(parts)), at)


# --- explain ------------------------------------------------------------------------------------------------


def _claims(token: Compact, at: datetime | None) -> tuple[Claim, ...]:
    payload = token.payload.value
    return tuple(
        Claim(name, json.dumps(value, ensure_ascii=False), meaning(name), _words(name, payload, at))
        for name, value in payload.items()
    )


def _words(name: str, payload: dict[str, object], at: datetime | None) -> tuple[str, ...]:
    """A time as a date with its distance from iat, then as it looks from `at`. () where it is no time."""
    if name not in TIMES:
        return ()
    time = times.moment(payload[name])
    if isinstance(time, str):
        return (time,)
    words = times.stamp(time)
    issued = times.moment(payload.get("iat"))
    if name != "iat" and isinstance(issued, datetime):
        words += ", " + times.compared(time - issued, "{} after iat", "{} before iat", "the same as iat")
    if at is None or name not in SEEN_FROM:
        return (words,)
    return (words, times.compared(time - at, *SEEN_FROM[name]))


def _signature(token: Compact) -> str:
    alg, size = token.header.value.get("alg"), html.counted(len(token.signature), "byte")
    if alg == "none":
        return f"alg none, {size}. An unsecured JWT: nobody signed it, nothing can be verified (RFC 7519 §6)."
    if not isinstance(alg, str):
        return f"{size}, and no algorithm: the header must name one in alg (RFC 7515 §4.1.1)."
    name, _ = ALGORITHMS.get(alg, ("an algorithm unknown to show_token", None))
    return f"{alg} ({name}), {size}."


def _oddities(token: Compact) -> Iterator[str]:
    for part, named in (("header", token.header), ("payload", token.payload)):
        for name in named.repeated:
            yield f"“{name}” stands more than once in the {part}, against RFC 7519 §4; the last is shown."
    for part, raw in zip(PARTS, token.raw, strict=True):
        if not compact.is_canonical(raw):
            yield f"The last character of the {part} has spare bits set; another would decode to the same."
    alg, size = token.header.value.get("alg"), len(token.signature)
    if alg == "none" and size:
        yield "alg is none, yet there is a signature."
    if isinstance(alg, str) and alg != "none":
        _, expected = ALGORITHMS.get(alg, ("", None))
        if size == 0 or expected not in (None, size):
            wanted = f"{expected} bytes" if expected else "a signature"
            yield f"{alg} always makes {wanted}, so this signature cannot be right."


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
        yield from (f"  {piece.strip()}" for piece in html.fold(html.visible(sentence), html.WIDTH - 2))


def _summary(anatomy: Anatomy) -> str:
    length = sum(map(len, anatomy.token.raw)) + 2
    seen = f", seen at {times.stamp(anatomy.at)}" if anatomy.at else ""
    return f"A token of {html.counted(length, 'character')}: three base64url parts joined by dots{seen}"


def _broken(token: Compact, width: int) -> Iterator[str]:
    """The raw parts, each with the dot that follows it, in lines of `width`."""
    for raw, dot in zip(token.raw, (".", ".", ""), strict=True):
        text = raw + dot
        yield "\n".join(text[start : start + width] for start in range(0, len(text), width))


def _json_lines(text: str, width: int) -> list[str]:
    return [piece for line in html.visible(text).split("\n") for piece in html.fold(line, width)]


def _claims_as_text(claims: tuple[Claim, ...]) -> list[str]:
    if not claims:
        return ["Claims: none"]
    name = min(20, max(5, *(len(claim.name) for claim in claims)))
    widths = (name, 44, 10, html.WIDTH - name - 44 - 10 - 6)
    rules = ["-" * width for width in widths]
    rows = [["\n".join(cell) for cell in _cells(claim)] for claim in claims]
    return html.columns([[title.lower() for title in TITLES], rules, *rows], widths)


def _cells(claim: Claim) -> tuple[list[str], ...]:
    """The four cells of a claim's row, each as lines."""
    source = [claim.meaning.source] if claim.meaning.source else []
    value = [html.visible(claim.value), *claim.words]
    return ([html.visible(claim.name)], value, [claim.meaning.kind], [claim.meaning.words, *source])


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
        format_html_join("\n", "<p>{}</p>", ((html.visible(line),) for line in anatomy.signature)),
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
