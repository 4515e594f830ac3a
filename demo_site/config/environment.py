"""What `production` takes from the environment, and what it refuses there. Every refusal says what to do."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import environ
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.core.exceptions import ImproperlyConfigured

from config.settings.base import DATABASES
from config.settings.strict import FILE_CACHE_OPTIONS

SHARED_CACHES = ("redis", "rediss", "pymemcache", "filecache")

# Django signs by HMAC-SHA256, whose keys have at least as many bytes as the hash (RFC 2104 section 3).
MIN_KEY_BYTES = 32

SQLITE = {name: DATABASES["default"][name] for name in ("OPTIONS", "CONN_MAX_AGE")}


YES, NO = ("on", "yes", "true", "1"), ("off", "no", "false", "0")


def refuse(*names: str) -> None:
    """Raise ImproperlyConfigured if one of these variables is set to anything but a word for "no"."""
    for name in names:
        if os.environ.get(name, "").lower() not in ("", *NO):
            raise ImproperlyConfigured(f"{name} has no place in production: unset it and start again.")


def secret(name: str) -> str:
    """Return the secret in the variable `name`.

    Raise ImproperlyConfigured when it is missing, shorter than 32 bytes, or one that everyone knows.
    """
    key = os.environ.get(name, "")
    if not key:
        problem = "is not set"
    elif "teaching" in key or key.startswith("django-insecure-"):
        problem = "is a key for teaching or development, which everyone knows"
    elif len(key.encode()) < MIN_KEY_BYTES:
        problem = f"is shorter than {MIN_KEY_BYTES} bytes"
    else:
        return key
    recipe = 'python -c "import secrets; print(secrets.token_urlsafe(48))"'
    raise ImproperlyConfigured(f"{name} {problem}: set it to what this prints: {recipe}")


def signing_key(name: str, *, but_not: str) -> str:
    """Return the PEM of an Ed25519 private key in the variable `name`; `\\n` may stand for a line's end.

    Raise ImproperlyConfigured when it is missing, is something else, or is the key `but_not`.
    """
    pem = os.environ.get(name, "").replace("\\n", "\n").strip()
    if not pem:
        problem = "is not set"
    elif pem == but_not:
        problem = "is the key for teaching, which everyone knows"
    elif not _is_ed25519(pem):
        problem = "is not the PEM of an Ed25519 private key"
    else:
        return pem
    raise ImproperlyConfigured(
        f"{name} {problem}: set it to what this prints: openssl genpkey -algorithm ed25519"
    )


def _is_ed25519(pem: str) -> bool:
    try:
        return isinstance(load_pem_private_key(pem.encode(), password=None), Ed25519PrivateKey)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # not a key; one with a password; an exotic one
        return False


def database(name: str, *, otherwise: Path) -> dict[str, Any]:
    """Return the database whose URL is in the variable `name`; without one, SQLite in the file `otherwise`.

    `sqlite:////srv/notes/db.sqlite3` or `postgres://USER:PASSWORD@HOST:5432/NAME?sslmode=verify-full`.
    Raise ImproperlyConfigured for anything else.
    """
    url = os.environ.get(name) or f"sqlite:///{quote(str(_in_a_folder(otherwise)))}"
    scheme = url.partition("://")[0]
    if scheme not in ("sqlite", "postgres", "postgresql"):
        raise ImproperlyConfigured(
            f"{name} names no SQLite and no PostgreSQL: set it to sqlite:////FILE or postgres://…"
        )
    found: dict[str, Any] = environ.Env.db_url_config(url)
    if scheme == "sqlite":
        return found | SQLITE
    return {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True} | found


def cache(name: str, *, otherwise: Path) -> dict[str, Any]:
    """Return the cache whose URL is in the variable `name`; without one, files in the folder `otherwise`.

    `redis://HOST:6379/1` or `filecache:///srv/notes/cache`. Raise ImproperlyConfigured for a cache that the
    workers do not share, or that is unknown: it counts failed logins, and each worker would count alone.
    """
    url = os.environ.get(name) or f"filecache://{quote(str(_in_a_folder(otherwise)))}"
    scheme = url.partition("://")[0]
    if scheme not in SHARED_CACHES:
        known = ", ".join(f"{scheme}://" for scheme in SHARED_CACHES)
        raise ImproperlyConfigured(f"{name} names no cache that all workers share: use one of {known}.")
    found: dict[str, Any] = environ.Env.cache_url_config(url)
    if scheme == "filecache":  # of whose folder django-environ takes the URL's %20 for itself
        return found | {"LOCATION": unquote(found["LOCATION"]), "OPTIONS": FILE_CACHE_OPTIONS}
    return found


def number(name: str, *, otherwise: int) -> int:
    """Return the number in the variable `name`. Raise ImproperlyConfigured for anything but digits."""
    text = os.environ.get(name) or str(otherwise)
    if not (text.isascii() and text.isdecimal()):
        raise ImproperlyConfigured(f"{name} is no number: set it, for example, to {otherwise}.")
    return int(text)


def yes_or_no(name: str, *, otherwise: bool) -> bool:
    """Return what the variable `name` says. Raise ImproperlyConfigured for any other word."""
    word = os.environ.get(name, "").lower()
    if word not in ("", *YES, *NO):
        raise ImproperlyConfigured(f"{name} says neither yes nor no: set it to {YES[0]} or {NO[0]}.")
    return word in YES if word else otherwise


def _in_a_folder(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)  # SQLite makes its file, but not the folder
    return path


def hosts(name: str) -> list[str]:
    """Return the host names in the variable `name`, divided by commas.

    Raise ImproperlyConfigured when there are none, or when one of them stands for every host.
    """
    names = [host.strip() for host in os.environ.get(name, "").split(",") if host.strip()]
    if not names or "*" in names:
        raise ImproperlyConfigured(
            f"{name} does not name the hosts of this site: set it, for example, to notes.example.org."
        )
    return names
