"""The hardened face on the PostgreSQL whose socket is in the folder SOCKET_FOLDER."""

import os

from config.settings.hardened import *  # noqa: F403 -- settings stack this way in Django projects

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "postgres",
        "USER": "lab",
        "HOST": os.environ["SOCKET_FOLDER"],
    }
}
