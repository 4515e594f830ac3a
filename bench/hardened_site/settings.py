"""The hardened face, with what lets SimpleJWT's own views do the same work: rotate and blacklist.

Otherwise they are as they come, HS256 included. PASSWORD_HASHER in the environment replaces Django's own.
"""

import os

from django.conf.global_settings import PASSWORD_HASHERS as DJANGOS_HASHERS

from config.settings.base import MIDDLEWARE as SITE_MIDDLEWARE
from config.settings.hardened import *  # noqa: F403 -- settings stack this way in Django projects
from config.settings.hardened import INSTALLED_APPS as HARDENED_APPS

INSTALLED_APPS = [*HARDENED_APPS, "rest_framework_simplejwt.token_blacklist"]
MIDDLEWARE = SITE_MIDDLEWARE  # without the lab's own, whose cost would fall on both sides and hide theirs
ROOT_URLCONF = "bench.hardened_site.urls"
PASSWORD_HASHERS = [os.environ.get("PASSWORD_HASHER", DJANGOS_HASHERS[0])]
SIMPLE_JWT = {
    "ROTATE_REFRESH_TOKENS": os.environ.get("ROTATE", "yes") == "yes",
    "BLACKLIST_AFTER_ROTATION": True,
}
