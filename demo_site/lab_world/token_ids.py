"""Token ids that come out the same in every run: the first token of a world has the first id, and so on.

SimpleJWT gives each token a random id (`jti`, RFC 7519 section 4.1.7). Here it is a hash of the token's place
in the count.
"""

import hashlib
import os
import uuid
from pathlib import Path


class TokenIds:
    """Counts tokens in the file `path`, one byte each, for all threads and processes that share the world."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def next(self) -> uuid.UUID:
        """Return the next id, shaped like the random `uuid4` whose place it takes."""
        digest = hashlib.sha256(b"jwt lab token %d" % self._next_position()).digest()
        return uuid.UUID(bytes=digest[:16], version=4)

    def _next_position(self) -> int:
        # With O_APPEND, moving to the end and writing are one step (POSIX, write()), and the offset of this
        # open file is then right behind its own byte. So no two calls see the same offset, without a lock.
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, b".")
            return os.lseek(file, 0, os.SEEK_CUR)
        finally:
            os.close(file)
