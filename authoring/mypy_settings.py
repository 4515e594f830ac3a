"""The settings that the type checker reads: those of the hardened face, with the apps of every face.

The plugin of django-stubs loads them to know which models and which settings there are. No site runs on them.
"""

from config.settings.hardened import *  # noqa: F403 -- settings stack this way in Django projects
from config.settings.hardened import INSTALLED_APPS as HARDENED_APPS

INSTALLED_APPS = [*HARDENED_APPS, "attacker", "rest_framework_simplejwt.token_blacklist", "seed_auth"]
