"""The key pair that signs tokens on the hardened face: the public teaching key, or this clone's own.

Apart from `config.keys`, because the seed face has no use for it and starts faster without `cryptography`.
"""

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from config.keys import kept


def own_signing_key(path: Path) -> str:
    """Return the PEM of the Ed25519 key that this clone keeps in the file `path`."""
    return kept(path, lambda: _pem(Ed25519PrivateKey.generate()))


def _pem(key: Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii").strip()


# Public on purpose, like TEACHING_SECRET_KEY: whoever reads this line can make the key, and forge with it.
# Ed25519 signatures have no randomness (RFC 8032 section 5.1.6), so lessons print the same token everywhere.
TEACHING_SIGNING_KEY = _pem(
    Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"teaching key of JWT Lab: public").digest())
)
