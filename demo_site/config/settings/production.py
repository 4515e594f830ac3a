"""The `production` face: every secret comes from the environment, and what is unsafe stops the start.

It serves what the `hardened` face serves.
"""

from config.environment import hosts, refuse, secret, signing_key
from config.signing_keys import TEACHING_SIGNING_KEY

from .base import *  # noqa: F403 -- settings stack this way in Django projects
from .base import INSTALLED_APPS, VAR
from .strict import *  # noqa: F403
from .strict import shared_cache

FACE = "production"

refuse("LAB_WORLD", "DEBUG")
DEBUG = False

SECRET_KEY = secret("SECRET_KEY")
ALLOWED_HOSTS = hosts("ALLOWED_HOSTS")

INSTALLED_APPS = [*INSTALLED_APPS, "hardened_auth"]

HARDENED_AUTH = {
    "SIGNING_KEY": signing_key("JWT_SIGNING_KEY", but_not=TEACHING_SIGNING_KEY),
    "ISSUER": f"https://{ALLOWED_HOSTS[0]}",
    "AUDIENCE": f"https://{ALLOWED_HOSTS[0]}",
}

VAR.mkdir(exist_ok=True)  # SQLite makes its file, but not the folder
CACHES = shared_cache(VAR)
