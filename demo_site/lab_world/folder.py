"""The folder of a lab world, and the files in it."""

import re
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def lab_world_folder(value: str) -> Path:
    """Return the folder of this absolute path. Raise ImproperlyConfigured when there is none."""
    folder = Path(value)
    if not folder.is_absolute() or not folder.is_dir():
        raise ImproperlyConfigured(
            f"LAB_WORLD is not the absolute path of a folder ({value!r}): "
            "name one that exists, or unset LAB_WORLD to run the site on its own."
        )
    return folder


def read_nonce(folder: Path) -> str:
    """Return the hex text that names this site. Raise ImproperlyConfigured when there is none."""
    path = folder / "nonce"
    nonce = path.read_text("ascii", errors="replace").strip() if path.is_file() else ""
    if not re.fullmatch("[0-9a-f]+", nonce):
        raise ImproperlyConfigured(f"The nonce {path} holds no hex text: write some into it, such as 5eed.")
    return nonce
