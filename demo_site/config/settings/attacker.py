"""The attacker's site: another origin, which keeps what is stolen. A TEACHING TOOL, for this machine only."""

from .local import *  # noqa: F403 -- settings stack this way in Django projects
from .local import DATABASES, INSTALLED_APPS, LAB_WORLD, VAR

FACE = "attacker"

ROOT_URLCONF = "config.urls_attacker"

INSTALLED_APPS = [*INSTALLED_APPS, "attacker"]

# A policy would stop its own pages from doing what they are for.
SENDS_CONTENT_SECURITY_POLICY = False

# On its own it runs beside a face that uses `var/db.sqlite3`.
if LAB_WORLD is None:
    DATABASES = {"default": DATABASES["default"] | {"NAME": VAR / "attacker.sqlite3"}}
