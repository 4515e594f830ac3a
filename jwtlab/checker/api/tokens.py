"""Tokens for checks: good ones, and every kind of bad one, each of which knows in words what it is.

Made with `hmac` and PyJWT in the check's own process, so nothing that an answer does reaches them.
"""

import base64
import json
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import jwt

OTHER_KEY = "another-key-of-a-stranger-who-would-like-to-come-in-too-0123456789"


class Token(str):
    """A token that knows what is the matter with it. To all others it is text."""

    what: str

    def __new__(cls, text: str, what: str) -> "Token":
        """Make a token that a message calls `what`: "a token without exp"."""
        token = super().__new__(cls, text)
        token.what = what
        _made.append(token)
        return token


_made: deque[Token] = deque(maxlen=100)  # so that a token is known again within other text


def notes(*values: object) -> str:
    """Return what the tokens anywhere in `values` are, as a comment behind a line; "" without any."""
    found = "; ".join(_described(values))
    return f"  # {found}" if found else ""


def _described(value: object) -> Iterator[str]:
    if isinstance(value, Token):
        yield value.what
    elif isinstance(value, str):
        yield from {token: token.what for token in _made if token in value}.values()
    elif isinstance(value, Mapping):
        yield from _described((*value.keys(), *value.values()))
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from _described(part)


class Maker:
    """Makes tokens with one key at one instant."""

    def __init__(
        self,
        *,
        key: Any,
        at: datetime,
        claims: Mapping[str, Any] | None = None,
        alg: str = "HS256",
        lifetime: int = 300,
    ) -> None:
        """`claims` are in every token; `lifetime` is in seconds."""
        self._key = key
        self._at = at
        self._claims = dict(claims or {})
        self._alg = alg
        self._lifetime = lifetime

    def good(self, **claims: Any) -> Token:
        """Return a token that is in order. A claim of None is left out."""
        return self._signed("a good token", claims)

    def expired(self, **claims: Any) -> Token:
        """Return a token that was good until a minute ago."""
        times = {"iat": self._moment(-self._lifetime - 60), "exp": self._moment(-60)}
        return self._signed("a token that expired 60 seconds ago", times | claims)

    def not_yet(self, **claims: Any) -> Token:
        """Return a token that is good from a minute on (`nbf`)."""
        nbf = {"nbf": self._moment(60)}
        return self._signed("a token that is good from 60 seconds on", nbf | claims)

    def without(self, *names: str, **claims: Any) -> Token:
        """Return a token that lacks these claims."""
        missing = dict.fromkeys(names)
        return self._signed(f"a token without {', '.join(names)}", missing | claims)

    def wrong_audience(self, audience: Any, **claims: Any) -> Token:
        """Return a token for somebody else (`aud`)."""
        return self._signed(f"a token for {audience}", {"aud": audience} | claims)

    def other_key(self, **claims: Any) -> Token:
        """Return a token whose signature is a stranger's."""
        key = OTHER_KEY if self._alg.startswith("HS") else _new_key(self._key)
        return Token(jwt.encode(self._filled(claims), key, self._alg), "a token signed with another key")

    def signed_as(self, alg: str, key: Any = None, **claims: Any) -> Token:
        """Return a token signed with another algorithm, and with `key` where one is given."""
        text = _encoded({"alg": alg, "typ": "JWT"}, self._filled(claims))
        algorithm = jwt.get_algorithm_by_name(alg)
        # Not jwt.encode: it refuses an RSA public key as an HMAC key, which is what an attacker tries.
        secret = key if key is not None else self._key
        prepared = secret.encode() if isinstance(secret, str) and alg.startswith("HS") else secret
        signature = algorithm.sign(text.encode(), prepared)
        return Token(f"{text}.{_base64url(signature)}", f"a token signed with {alg}")

    def alg_none(self, **claims: Any) -> Token:
        """Return a token that says it needs no signature, and has none."""
        text = _encoded({"alg": "none", "typ": "JWT"}, self._filled(claims))
        return Token(f"{text}.", "a token with alg none and no signature")

    def with_header(self, **header: Any) -> Token:
        """Return a good token with more in its header."""
        text = jwt.encode(self._filled({}), self._key, self._alg, headers=header)
        return Token(text, f"a token with {', '.join(header)} in its header")

    def tampered(self, **claims: Any) -> Token:
        """Return a good token whose payload was changed afterwards, by default to another subject."""
        header, _, signature = self.good().split(".")
        payload = self._filled(claims or {"sub": "mallory", "user_id": "4"})
        return Token(f"{header}.{_part(payload)}.{signature}", "a token whose payload was changed")

    def broken(self) -> Token:
        """Return text of three parts that is no token."""
        return Token("not.a.token", "text that is no token")

    def _signed(self, what: str, claims: Mapping[str, Any]) -> Token:
        return Token(jwt.encode(self._filled(claims), self._key, self._alg), what)

    def _filled(self, claims: Mapping[str, Any]) -> dict[str, Any]:
        times = {"iat": self._moment(0), "exp": self._moment(self._lifetime)}
        merged = {**self._claims, **times, **claims}
        return {name: value for name, value in merged.items() if value is not None}

    def _moment(self, seconds: int) -> int:
        return int((self._at + timedelta(seconds=seconds)).timestamp())


def _new_key(like: Any) -> Any:
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

    rsa_like = isinstance(like, rsa.RSAPrivateKey) or "RSA" in str(like)
    return rsa.generate_private_key(65537, 2048) if rsa_like else ed25519.Ed25519PrivateKey.generate()


def _encoded(header: Mapping[str, Any], payload: Mapping[str, Any]) -> str:
    return f"{_part(header)}.{_part(payload)}"


def _part(value: Mapping[str, Any]) -> str:
    return _base64url(json.dumps(value, separators=(",", ":")).encode())


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
