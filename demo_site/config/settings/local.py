"""A face that runs on the reader's own machine and answers nobody else.

Either it stands alone: real time, random token ids, a secret key of this clone's own, all kept in `var/`.
Or a notebook started it in a lab world, the folder that `LAB_WORLD` names (see `lab_world/`), with the
teaching key.
"""

import os
from pathlib import Path

from config.keys import TEACHING_SECRET_KEY, own_secret_key

from .base import *  # noqa: F403 -- settings stack this way in Django projects
from .base import DATABASES, INSTALLED_APPS, MIDDLEWARE, VAR

# `*.localhost` is loopback too (RFC 6761 section 6.3); lessons on cookies use such names as sibling sites.
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", ".localhost"]

# First, because its `runserver` takes the place of the one in `staticfiles`.
INSTALLED_APPS = ["loopback", *INSTALLED_APPS]
MIDDLEWARE = ["loopback.middleware.LoopbackOnlyMiddleware", *MIDDLEWARE]

LAB_WORLD: Path | None = None
if "LAB_WORLD" in os.environ:
    from lab_world.folder import lab_world_folder

    LAB_WORLD = lab_world_folder(os.environ["LAB_WORLD"])
    SECRET_KEY = TEACHING_SECRET_KEY
    DATABASES = {"default": DATABASES["default"] | {"NAME": LAB_WORLD / "db.sqlite3"}}
    INSTALLED_APPS = ["lab_world", *INSTALLED_APPS]
    MIDDLEWARE = ["lab_world.middleware.LabWorldMiddleware", *MIDDLEWARE]
    PASSWORD_HASHERS = ["lab_world.hashers.LabPasswordHasher"]
else:
    SECRET_KEY = own_secret_key(VAR / "secret_key")
