"""What a `production` site on the reader's machine has in its environment: secrets of its own, real time.

An operator would write the same names into an environment file (`demo_site/serving/production.env.example`).
"""

import os
import secrets
from pathlib import Path
from urllib.parse import quote

from jwtlab.site.processes import environment

PRODUCTION = "config.settings.production"


def production_environment(folder: Path) -> dict[str, str]:
    """Return the environment of a site whose database and cache are in `folder`, with new secrets."""
    path = quote(os.fsencode(folder))  # in a URL, a folder's name may not hold what means something there
    env = environment(
        DJANGO_SETTINGS_MODULE=PRODUCTION,
        SECRET_KEY=secrets.token_urlsafe(48),
        JWT_SIGNING_KEY=_signing_key(),
        ALLOWED_HOSTS="localhost,127.0.0.1",
        DATABASE_URL=f"sqlite:///{path}/db.sqlite3",
        CACHE_URL=f"filecache://{path}/cache",
        # A browser would keep to https for all that this machine calls localhost, for so many seconds.
        SECURE_HSTS_SECONDS="60",
    )
    env.pop("DEBUG", None)  # of some other project
    return env


def _signing_key() -> str:
    # Not at the top: they take longer to load than all of this package.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
