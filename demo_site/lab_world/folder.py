"""The folder of a lab world, and the files in it."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def lab_world_folder(value: str) -> Path:
    """Return the folder that `LAB_WORLD` names. Raises ImproperlyConfigured unless it is absolute and exists."""
    folder = Path(value)
    if not folder.is_absolute() or not folder.is_dir():
        raise ImproperlyConfigured(
            f"LAB_WORLD is {value!r}, and that is not the absolute path of a folder: "
            "name one that exists, or unset LAB_WORLD to run the site on its own."
        )
    return folder


def read_nonce(folder: Path) -> str:
    """Return the hex text by which a client knows this site from another one on the same port."""
    path = folder / "nonce"
    try:
        nonce = path.read_text("ascii").strip()
        int(nonce, 16)
    except (OSError, ValueError):
        raise ImproperlyConfigured(f"{path} must hold a nonce in hex: write one, for example 5eed.") from None
    return nonce
