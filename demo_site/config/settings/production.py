"""The `production` face. Every secret comes from the environment, and what is unsafe stops the start.

It serves no token endpoint yet: those come with `hardened_auth`.
"""

import os

from django.core.exceptions import ImproperlyConfigured

from config.keys import production_key

from .base import *  # noqa: F403 -- the way Django projects stack their settings

FACE = "production"

for name in ("LAB_WORLD", "DEBUG"):
    if os.environ.get(name, "").lower() not in ("", "0", "false", "no", "off"):
        raise ImproperlyConfigured(
            f"{name} is set, and it has no place in production: unset it and start again."
        )

DEBUG = False

SECRET_KEY = production_key("SECRET_KEY")
JWT_SIGNING_KEY = production_key("JWT_SIGNING_KEY")
if JWT_SIGNING_KEY == SECRET_KEY:
    raise ImproperlyConfigured(
        "JWT_SIGNING_KEY is the same as SECRET_KEY: give it a value of its own, so that one leak is not two."
    )
SIMPLE_JWT = {"SIGNING_KEY": JWT_SIGNING_KEY}

ALLOWED_HOSTS = [host.strip() for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host.strip()]
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS must name the site's hosts, divided by commas: notes.example.org."
    )

SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
