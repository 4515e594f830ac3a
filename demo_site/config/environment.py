"""What `production` takes from the environment, and what it refuses there. Every refusal says what to do."""

import os

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.core.exceptions import ImproperlyConfigured

# Django signs by HMAC-SHA256, whose keys have at least as many bytes as the hash (RFC 2104 section 3).
MIN_KEY_BYTES = 32


def refuse(*names: str) -> None:
    """Raise ImproperlyConfigured if one of these variables is set to anything but a word for "no"."""
    for name in names:
        if os.environ.get(name, "").lower() not in ("", "0", "false", "no", "off"):
            raise ImproperlyConfigured(f"{name} has no place in production: unset it and start again.")


def secret(name: str) -> str:
    """Return the secret in the variable `name`.

    Raises ImproperlyConfigured when it is missing, shorter than 32 bytes, or one that everyone knows.
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

    Raises ImproperlyConfigured when it is missing, is something else, or is the key `but_not`.
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


def hosts(name: str) -> list[str]:
    """Return the host names in the variable `name`, divided by commas.

    Raises ImproperlyConfigured when there are none, or when one of them stands for every host.
    """
    names = [host.strip() for host in os.environ.get(name, "").split(",") if host.strip()]
    if not names or "*" in names:
        raise ImproperlyConfigured(
            f"{name} does not name the hosts of this site: set it, for example, to notes.example.org."
        )
    return names
