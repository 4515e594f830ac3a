"""`manage.py check` says what is wrong with the settings of this package."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

from .conf import Options, options
from .tokens import key_ring

PER_PROCESS = ("locmem.LocMemCache", "dummy.DummyCache")


@register()
def settings_are_sound(**_: Any) -> list[CheckMessage]:
    """Return what stops the package from working, or else what makes it weaker than it says."""
    try:
        given = options()
        key_ring()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="hardened_auth.E001")]
    return [*_lifetimes(given), *_cookie(given), *_cache(given)]


def _lifetimes(given: Options) -> list[CheckMessage]:
    if given.ACCESS_LIFETIME <= given.REFRESH_LIFETIME <= given.SESSION_LIFETIME:
        return []
    message = "HARDENED_AUTH wants ACCESS_LIFETIME <= REFRESH_LIFETIME <= SESSION_LIFETIME."
    return [Error(message, id="hardened_auth.E002")]


def _cookie(given: Options) -> list[CheckMessage]:
    if given.COOKIE.startswith("__Host-"):
        return []
    message = "HARDENED_AUTH COOKIE has no prefix __Host-, so a sibling host can set a cookie of this name."
    return [Warning(message, id="hardened_auth.W001")]


def _cache(given: Options) -> list[CheckMessage]:
    if given.CACHE not in settings.CACHES:
        return [Error(f"HARDENED_AUTH CACHE: CACHES has no {given.CACHE!r}.", id="hardened_auth.E003")]
    if not settings.CACHES[given.CACHE]["BACKEND"].endswith(PER_PROCESS):
        return []
    message = "The cache that counts failed logins is not shared: each worker process counts alone."
    hint = "Use Redis, Memcached, a database or a file cache."
    return [Warning(message, hint=hint, id="hardened_auth.W002")]
