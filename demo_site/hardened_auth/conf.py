"""The settings of this package: what may stand in `HARDENED_AUTH`, and the defaults of what does not."""

from dataclasses import dataclass, fields
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed


@dataclass(frozen=True)
class Options:
    """`HARDENED_AUTH`, checked. The first three have no default: name them."""

    SIGNING_KEY: str  # PEM of the private key that signs tokens, and nothing else
    ISSUER: str  # this site, as `iss` (RFC 7519 section 4.1.1)
    AUDIENCE: str  # who the tokens are for, as `aud` (RFC 7519 section 4.1.3)
    OTHER_KEYS: tuple[str, ...] = ()  # PEMs of public keys also published and accepted: the next, the last
    ALGORITHM: str = "EdDSA"  # of all keys; "ES256" and "RS256" work too
    ACCESS_LIFETIME: timedelta = timedelta(minutes=5)
    REFRESH_LIFETIME: timedelta = timedelta(days=1)  # a session ends when it is left alone for so long
    SESSION_LIFETIME: timedelta = timedelta(days=7)  # and after so long in any case
    GRACE: timedelta = timedelta(seconds=5)  # a used refresh token is for so long a race, then a theft
    LEEWAY: timedelta = timedelta(seconds=10)  # by which the clocks of several servers may differ
    COOKIE: str = "__Host-refresh_token"  # Django hides cookies named "token" in its reports of errors
    HEADER: str = "X-Auth-Request"  # no HTML form can send it; its value is 1
    FAILED_LOGINS_PER_NAME: int = 10
    FAILED_LOGINS_PER_ADDRESS: int = 30
    FAILED_LOGINS_WINDOW: timedelta = timedelta(minutes=5)
    CACHE: str = "default"  # the entry of CACHES that counts failed logins; all workers must share it


@cache
def options() -> Options:
    """Return the settings in force. Raise ImproperlyConfigured with a sentence that says what to do."""
    given: dict[str, Any] = getattr(settings, "HARDENED_AUTH", {})
    names = {field.name for field in fields(Options)}
    if unknown := sorted(given.keys() - names):
        known = ", ".join(sorted(names))
        raise ImproperlyConfigured(f"HARDENED_AUTH has no setting {unknown[0]}. It has: {known}.")
    for name in ("SIGNING_KEY", "ISSUER", "AUDIENCE"):
        if not given.get(name):
            raise ImproperlyConfigured(f"HARDENED_AUTH needs {name}: see hardened_auth/README.md, Settings.")
    return Options(**given)


def _forget(*, setting: str, **_: object) -> None:
    if setting == "HARDENED_AUTH":
        options.cache_clear()


setting_changed.connect(_forget)  # tests change settings
