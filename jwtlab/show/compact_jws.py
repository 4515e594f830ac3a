"""A compact JWS taken apart into three, or the one reason why a string is none. Nothing is verified.

base64 and json alone: what a reader could do by hand (notebook 01 does).
"""

import base64
import json
import re
from collections import Counter
from dataclasses import dataclass

from jwtlab.errors import LabError
from jwtlab.show import html

PARTS = ("header", "payload", "signature")


class TokenError(LabError):
    """What was given is no compact JWS. The message says what is wrong with it, and what to do."""


@dataclass(frozen=True)
class Part:
    """A header or a payload: as sent, as a dict, as indented JSON, and the names that stand in it again."""

    raw: str
    value: dict[str, object]
    text: str
    repeated: tuple[str, ...]


@dataclass(frozen=True)
class Compact:
    """A token taken apart."""

    header: Part
    payload: Part
    raw_signature: str
    signature: bytes

    @property
    def raw(self) -> tuple[str, str, str]:
        """The three parts as sent, without their dots."""
        return (self.header.raw, self.payload.raw, self.raw_signature)


def read(token: object) -> Compact:
    """Return a token, as a string or ASCII bytes, taken apart (RFC 7515 §7.1). Raise TokenError else."""
    header, payload, signature = _split(_as_str(token))
    return Compact(
        _json_object("header", header),
        _json_object("payload", payload),
        signature,
        decoded("signature", signature),
    )


def is_canonical(raw: str) -> bool:
    """Return whether a part is as an encoder writes it: the spare bits of its last character are zero."""
    return base64.urlsafe_b64encode(decoded("part", raw)).rstrip(b"=").decode() == raw


def decoded(part: str, text: str) -> bytes:
    """Return the bytes of one part (RFC 7515 §2: base64url, no padding). Raise TokenError for other text."""
    if text.endswith("="):
        raise TokenError(f"The {part} ends in `=`. A token has no padding (RFC 7515 §2). Remove it.")
    wrong = re.search(r"[^A-Za-z0-9_-]", text)
    if wrong:
        shown = "a line break" if wrong[0] in "\r\n" else f"`{html.visible(wrong[0])}`"
        raise TokenError(
            f"The {part} has {shown} at position {wrong.start() + 1}: not base64url."
            f" {_CURES.get(wrong[0], _COPY_AGAIN)}"
        )
    if len(text) % 4 == 1:
        raise TokenError(
            f"The {part} has {html.counted(len(text), 'character')}, a length that base64url never has."
            " Copy the token again: a character is missing, or one too many."
        )
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


_COPY_AGAIN = "Its characters are A-Z a-z 0-9 - and _. Copy the token again, without quotes or line breaks."
_CURES = {
    "+": "Ordinary base64 has `+` where base64url has `-`: use base64.urlsafe_b64encode.",
    "/": "Ordinary base64 has `/` where base64url has `_`: use base64.urlsafe_b64encode.",
}


def _as_str(token: object) -> str:
    if isinstance(token, bytes):
        return token.decode("latin-1")  # a byte that is not ASCII is reported with the part it stands in
    if isinstance(token, dict):
        raise TokenError('This is a dict. Pick one token from it, as in show_token(tokens["access"]).')
    if not isinstance(token, str):
        raise TokenError(
            f"A token is a string; this is of type {type(token).__name__}. Pass the token itself."
        )
    return token


def _split(token: str) -> tuple[str, str, str]:
    if re.match(r"\s*bearer\s", token, re.IGNORECASE):
        raise TokenError(
            "This is the value of an Authorization header, not the token alone."
            ' Remove the word "Bearer" and the space.'
        )
    if token != token.strip():
        raise TokenError("There is whitespace around the token. Remove it: show_token(token.strip()).")
    match token.split("."):
        case [header, payload, signature]:
            return (header, payload, signature)
        case [_, _, _, _, _]:
            raise TokenError(
                "Five parts: this is an encrypted token, a JWE (RFC 7516 §7.1). Its payload cannot be read"
                " without the key. Pass a signed token, which has three parts."
            )
        case parts:
            raise TokenError(
                f"A signed token has three parts joined by two dots; this has {len(parts)}."
                " Copy it whole. Even an unsigned token ends in a dot."
            )


def _json_object(part: str, raw: str) -> Part:
    text = _utf8(part, decoded(part, raw))
    repeated: list[str] = []

    def collect(pairs: list[tuple[str, object]]) -> dict[str, object]:
        repeated.extend(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        return dict(pairs)

    try:
        value = json.loads(text, object_pairs_hook=collect, parse_constant=_refuse)
        indented = json.dumps(value, ensure_ascii=False, indent=2)
    except (ValueError, RecursionError) as error:
        raise TokenError(
            f"The {part} is not JSON: {_why(error, text)}. It decodes to: {_start(text)}"
        ) from None
    if not isinstance(value, dict):
        raise TokenError(
            f"The {part} is JSON, but not an object, {{…}}, as the {part} of a JWT must be (RFC 7519 §7.2)."
            f" It decodes to: {_start(text)}"
        )
    return Part(raw, value, indented, tuple(repeated))


def _utf8(part: str, content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise TokenError(
            f"The {part} decodes to {html.counted(len(content), 'byte')} that are not text."
            " Copy the token again: its first characters may be missing."
        ) from None


def _refuse(constant: str) -> None:
    raise ValueError(constant)  # Python would read NaN and Infinity; JSON has neither (RFC 8259 §6)


def _why(error: Exception, text: str) -> str:
    """Return the reason in words of our own: Python's differ from version to version."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply to be read"
    if not isinstance(error, json.JSONDecodeError):
        return "it holds NaN, Infinity or a number of thousands of digits"
    comma = re.search(r",\s*[}\]]", text)
    if comma:
        line = text.count("\n", 0, comma.start()) + 1
        return f"line {line} ends in a comma with nothing after it; remove the comma"
    return "it breaks off or has a wrong character in it"


def _start(text: str) -> str:
    shown = html.visible(" ".join(text.split()))
    return shown if len(shown) <= 120 else shown[:120] + "…"
