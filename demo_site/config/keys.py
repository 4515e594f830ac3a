"""The secret key of a face that runs on the reader's machine: the public teaching key, or this clone's own.

It signs sessions and, on the seed face, the tokens too.
"""

import contextlib
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

# Public on purpose: with a known key a lesson prints the same token on every machine. Anyone can forge with
# it. It has the 32 bytes or more that RFC 7518 section 3.2 asks for HS256.
TEACHING_SECRET_KEY = "teaching-key-of-jwt-lab-it-is-public-so-anyone-can-forge-with-it"


def own_secret_key(path: Path) -> str:
    """Return the secret key that this clone keeps in the file `path`."""
    return kept(path, lambda: secrets.token_urlsafe(48))


def kept(path: Path, make: Callable[[], str]) -> str:
    """Return the text in the file `path`; the first process that asks makes it, and the file and its folder.

    The text is written elsewhere and then linked into place, which fails if another process was first.
    So every worker process reads one and the same whole key.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _link_new(path, make())
    return path.read_text("ascii").strip()


def _link_new(path: Path, text: str) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent)  # readable by its owner only
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text + "\n")
        with contextlib.suppress(FileExistsError):  # another process was first: its key is the one to read
            os.link(draft, path)
    finally:
        draft.unlink()
