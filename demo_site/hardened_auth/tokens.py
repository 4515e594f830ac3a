"""The two kinds of token and the keys that sign them, on SimpleJWT's own classes."""

import base64
import hashlib
import json
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

import jwt
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from jwt import PyJWTError
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import Token
from rest_framework_simplejwt.utils import datetime_from_epoch, datetime_to_epoch

from .conf import options

if TYPE_CHECKING:
    from .models import Family


class KeyRing(TokenBackend):
    """SimpleJWT's backend, with keys found by `kid` among our own. `jwk` and `jku` count for nothing.

    `jwks` is the document that other services verify tokens with (RFC 7517 section 5).
    """

    def __init__(self) -> None:
        given = options()
        super().__init__(
            given.ALGORITHM,
            given.SIGNING_KEY,
            audience=given.AUDIENCE,
            issuer=given.ISSUER,
            leeway=given.LEEWAY,
        )
        others = (_public(self._prepare_key(pem)) for pem in given.OTHER_KEYS)
        keys = [self.prepared_signing_key.public_key(), *others]
        public = [_jwk(key, given.ALGORITHM) for key in keys]
        self.key_id = public[0]["kid"]
        self.jwks = {"keys": public}
        self._keys = {jwk["kid"]: key for jwk, key in zip(public, keys, strict=True)}

    def get_verifying_key(self, token: str | bytes) -> Any:  # type: ignore[override]  # as in FamilyToken
        """Return our key of this name. Raise TokenBackendError when there is none."""
        key = self._keys.get(jwt.get_unverified_header(token).get("kid", ""))
        if key is None:
            raise TokenBackendError("Token is invalid")
        return key

    def encode(self, payload: dict[str, Any]) -> str:
        """Sign the claims, and name the key in the header, so that the next key can come beside it."""
        claims = payload | {"iss": self.issuer, "aud": self.audience}
        return jwt.encode(claims, self.prepared_signing_key, self.algorithm, {"kid": self.key_id})


def _public(key: Any) -> Any:
    return key.public_key() if hasattr(key, "public_key") else key


def _jwk(key: Any, algorithm: str) -> dict[str, str]:
    """Return a public key as a JWK, named by its thumbprint (RFC 7638), so that no two share a name."""
    members = jwt.get_algorithm_by_name(algorithm).to_jwk(key, as_dict=True)
    required = {name: members[name] for name in ("crv", "e", "kty", "n", "x", "y") if name in members}
    canonical = json.dumps(required, sort_keys=True, separators=(",", ":")).encode()
    thumbprint = base64.urlsafe_b64encode(hashlib.sha256(canonical).digest()).rstrip(b"=").decode()
    return required | {"kid": thumbprint, "alg": algorithm, "use": "sig"}


@cache
def key_ring() -> KeyRing:
    """Return the keys in force, made once per process. Raise ImproperlyConfigured when they do not fit."""
    try:
        return KeyRing()
    except (
        ValueError,
        TypeError,
        AttributeError,
        NotImplementedError,
        PyJWTError,
        TokenBackendError,
    ) as error:
        raise ImproperlyConfigured(
            f"HARDENED_AUTH: SIGNING_KEY and OTHER_KEYS must be PEMs of {options().ALGORITHM} keys ({error})."
        ) from error


def _forget(*, setting: str, **_: object) -> None:
    if setting == "HARDENED_AUTH":
        key_ring.cache_clear()


setting_changed.connect(_forget)  # tests change settings


class FamilyToken(Token):
    """A token of a family, which its claim `sid` names."""

    def __init__(self, token: str | bytes | None = None, verify: bool = True) -> None:
        super().__init__(token, verify)  # type: ignore[arg-type]  # SimpleJWT says Token and means its text

    def get_token_backend(self) -> KeyRing:
        return key_ring()

    def verify(self) -> None:
        """Ask for the claims that SimpleJWT and PyJWT do not ask for. Raise TokenError."""
        super().verify()
        try:
            _ = self.id, self.family_id, self["iat"], self[api_settings.USER_ID_CLAIM]
        except (KeyError, ValueError, AttributeError) as error:
            raise TokenError("Token is invalid") from error

    @property
    def id(self) -> UUID:
        return UUID(self[api_settings.JTI_CLAIM])

    @property
    def family_id(self) -> UUID:
        return UUID(self["sid"])

    @property
    def expires_at(self) -> datetime:
        return datetime_from_epoch(self["exp"])

    def join(self, family: "Family") -> Self:
        """Make this new token one of the family's, which it will not outlive, and return it."""
        self[api_settings.USER_ID_CLAIM] = str(getattr(family.user, api_settings.USER_ID_FIELD))
        self["sid"] = family.pk.hex
        self["exp"] = min(self["exp"], datetime_to_epoch(family.expires_at))
        return self


class AccessToken(FamilyToken):
    """An access token, for the `Authorization` header."""

    token_type = "access"
    lifetime = property(lambda self: options().ACCESS_LIFETIME)


class RefreshToken(FamilyToken):
    """A refresh token, for the cookie. It works once."""

    token_type = "refresh"
    lifetime = property(lambda self: options().REFRESH_LIFETIME)
