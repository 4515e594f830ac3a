"""The `hardened` face: the same service, with sessions that hold. On the reader's machine, like `seed`."""

from typing import Any

from config.environment import number
from config.signing_keys import TEACHING_SIGNING_KEY, own_signing_key

from .local import *  # noqa: F403 -- settings stack this way in Django projects
from .local import DATABASES, INSTALLED_APPS, LAB_WORLD, VAR
from .strict import *  # noqa: F403
from .strict import REST_FRAMEWORK, shared_cache

FACE = "hardened"
DEBUG = False

INSTALLED_APPS = [*INSTALLED_APPS, "hardened_auth"]
CACHES = shared_cache(LAB_WORLD or VAR)

# On its own it has other tables than the face that uses `var/db.sqlite3`.
if LAB_WORLD is None:
    DATABASES = {"default": DATABASES["default"] | {"NAME": VAR / "hardened.sqlite3"}}

REST_FRAMEWORK = REST_FRAMEWORK | {"NUM_PROXIES": number("NUM_PROXIES", otherwise=0)}

HARDENED_AUTH: dict[str, Any] = {
    "SIGNING_KEY": TEACHING_SIGNING_KEY if LAB_WORLD else own_signing_key(VAR / "signing_key.pem"),
    "ISSUER": "jwt-lab",
    "AUDIENCE": "jwt-lab-notes",
}
