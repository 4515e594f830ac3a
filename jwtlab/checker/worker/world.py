"""The lab world of a check: a folder with the clock, the name and the database of its site, as new each time.

The other side of the folder is `demo_site/lab_world/`; `jwtlab.site.world` makes one for each site of a
notebook. A worker has one for all its checks, because Django's settings name it and are read once.
"""

import secrets
import shutil
from pathlib import Path

from jwtlab.site.clock import LAB_EPOCH, write_clock
from jwtlab.site.world import database_template


class World:
    """One folder, for one check at a time."""

    def __init__(self, folder: Path, settings: str | None = None) -> None:
        """`settings` are those of the demo site whose database is wanted; None for no database."""
        self.folder = folder
        self._template = database_template(settings) if settings else None

    def renew(self) -> str:
        """Make everything as it is at 09:00 of the lab's first day, and return the new nonce."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        nonce = secrets.token_hex(16)
        (self.folder / "nonce").write_text(nonce, "ascii")
        write_clock(self.folder / "clock", LAB_EPOCH)
        if self._template:
            shutil.copyfile(self._template, self.folder / "db.sqlite3")
        return nonce
