"""Token ids that come out the same in every run: the first token of a world has the first id, and so on.

SimpleJWT gives each token a random id (`jti`, RFC 7519 section 4.1.7). Here it is a hash of its position.
"""

import hashlib
import uuid
from pathlib import Path

from .counter import Counter


class TokenIds:
    """The ids of one world, whose tokens are counted in the file `path`."""

    def __init__(self, path: Path) -> None:
        self._count = Counter(path)

    def next(self) -> uuid.UUID:
        """Return the next id, shaped like the random `uuid4` whose place it takes."""
        digest = hashlib.sha256(b"jwt lab token %d" % self._count.next()).digest()
        return uuid.UUID(bytes=digest[:16], version=4)
