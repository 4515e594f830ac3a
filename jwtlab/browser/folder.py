"""A temporary folder for a browser, removed even if nobody was left to remove it.

Playwright removes what it has put there, unless it is killed together with its kernel, which is how Jupyter
ends a kernel that does not stop. Such a folder is removed by the next one. The system tells which are in use:
a lock on a file goes with the process that holds it.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "jwtlab-browser-"
LONGEST = 32  # characters of the folder around it: Chromium keeps a socket below, and macOS allows it 104


class TemporaryFolder:
    """A folder of this process, and the lock that says so."""

    def __init__(self) -> None:
        remove_left_behind()
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_around()))
        self._lock = open(self.path / "lock", "w")  # noqa: SIM115 -- it is held until `remove`
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    @contextmanager
    def for_programs(self) -> Iterator[None]:
        """Let programs that are started meanwhile take this folder for the system's temporary one."""
        before = os.environ.get("TMPDIR")
        os.environ["TMPDIR"] = str(self.path)
        try:
            yield
        finally:
            del os.environ["TMPDIR"]
            if before is not None:
                os.environ["TMPDIR"] = before

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def remove_left_behind() -> None:
    """Remove such folders of processes that are gone. Those of other users are left alone."""
    for folder in Path(_around()).glob(f"{PREFIX}*"):
        try:
            with open(folder / "lock") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue  # in use, not ours, or not yet locked


def _around() -> str:
    """The system's temporary folder, or where its name is long (macOS) the one that every system has."""
    usual = tempfile.gettempdir()
    return usual if len(usual) <= LONGEST else "/tmp"
