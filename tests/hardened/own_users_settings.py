"""A project with the user model USER_MODEL, in SQLite; with SOCKET_FOLDER, all else is in PostgreSQL."""

import os

from config.signing_keys import TEACHING_SIGNING_KEY

SECRET_KEY = "for tests alone, and as long as a key has to be: 50 characters"
AUTH_USER_MODEL = os.environ["USER_MODEL"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "rest_framework",
    "hardened_auth",
    "own_users",
]
# Tables are made from the models.
MIGRATION_MODULES = dict.fromkeys(("auth", "contenttypes", "hardened_auth"))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
HARDENED_AUTH = {"SIGNING_KEY": TEACHING_SIGNING_KEY, "ISSUER": "tests", "AUDIENCE": "tests"}

SQLITE = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
DATABASES = {"default": SQLITE}
if "SOCKET_FOLDER" in os.environ:
    POSTGRESQL = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "postgres",
        "USER": "lab",
        "HOST": os.environ["SOCKET_FOLDER"],
    }
    DATABASES = {"default": POSTGRESQL, "users": SQLITE}
    DATABASE_ROUTERS = ["own_users.routers.UsersApart"]
