"""A count in a file, shared by all threads and processes of a lab world, without a lock."""

import os
from pathlib import Path


class Counter:
    """Counts up from 1. The file grows by one byte each time, so its size is the count."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def next(self) -> int:
        """Count one more, and return the number that nobody else gets."""
        # O_APPEND makes "seek to the end and write" one step (POSIX write()), and leaves the offset of *this*
        # open file behind *its own* byte. So no two calls see the same offset.
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, b".")
            return os.lseek(file, 0, os.SEEK_CUR)
        finally:
            os.close(file)
