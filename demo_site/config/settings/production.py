"""The `production` face: every secret comes from the environment, and what is unsafe stops the start.

It serves no token endpoint yet; those come with `hardened_auth`.
"""

from django.core.exceptions import ImproperlyConfigured

from config.environment import hosts, refuse, secret

from .base import *  # noqa: F403 -- settings stack this way in Django projects
from .base import VAR

FACE = "production"

refuse("LAB_WORLD", "DEBUG")
DEBUG = False

SECRET_KEY = secret("SECRET_KEY")
SIMPLE_JWT = {"SIGNING_KEY": secret("JWT_SIGNING_KEY")}
if SIMPLE_JWT["SIGNING_KEY"] == SECRET_KEY:
    raise ImproperlyConfigured(
        "JWT_SIGNING_KEY is the same as SECRET_KEY: give it a value of its own, so that one leak is not two."
    )

ALLOWED_HOSTS = hosts("ALLOWED_HOSTS")

VAR.mkdir(exist_ok=True)  # SQLite makes its file, but not the folder

SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
