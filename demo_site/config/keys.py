"""Where the secret key of each face comes from. It signs sessions and, on the seed face, the tokens too."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

# Public on purpose: with a known key a lesson prints the same token on every machine. Anyone can forge with it.
TEACHING_SECRET_KEY = "teaching-key-of-jwt-lab-it-is-public-so-anyone-can-forge-with-it"

# RFC 7518 section 3.2: a key for HS256 has at least as many bits as its hash.
MIN_KEY_BYTES = 32


def own_secret_key(path: Path) -> str:
    """Return the secret key of this clone, kept in `path`; the first process that asks makes it.

    The key is written elsewhere and then linked into place, which fails if another process was first.
    So every worker process reads one and the same whole key.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _link_new_key(path)
    return path.read_text("ascii").strip()


def _link_new_key(path: Path) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent)  # readable by its owner only
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
        with contextlib.suppress(FileExistsError):  # another process was first: its key is the one to read
            os.link(draft, path)
    finally:
        draft.unlink()


def production_key(name: str) -> str:
    """Return the secret in the environment variable `name`.

    Raises ImproperlyConfigured when it is missing, shorter than 32 bytes, or one that was published for teaching.
    """
    key = os.environ.get(name, "")
    if not key:
        problem = "is not set"
    elif "teaching" in key or key.startswith("django-insecure-"):
        problem = "is a teaching key, which everyone knows"
    elif len(key.encode()) < MIN_KEY_BYTES:
        problem = f"is shorter than {MIN_KEY_BYTES} bytes"
    else:
        return key
    raise ImproperlyConfigured(
        f'{name} {problem}: set it to the output of `python -c "import secrets; print(secrets.token_urlsafe(48))"`.'
    )
