"""Writes to a file, as JSON, what servers other than `runserver` must know of a project.

    python read_settings.py FILE

A program of its own, started in the project's folder; nothing imports it. Only `manage.py` knows which
settings are the project's. So it is run, with a command that changes nothing, until it has loaded them. What
comes after that, all apps of the project, would take three times as long.

FILE gets the settings module, WSGI_APPLICATION and STATIC_ROOT, each None where there is none. What the
project prints goes where it always goes.
"""

import json
import os
import runpy
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class EndAfterSettings(MetaPathFinder):
    """An import hook that finds nothing, and ends this process at the first import after the settings."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Leave the import to others."""
        write_if_loaded()
        return None


def write_if_loaded() -> None:
    """Write what the settings say, if they are loaded, and end this process, whatever else it has begun."""
    conf = sys.modules.get("django.conf")
    settings = getattr(conf, "settings", None)  # None: `django.conf` itself is being imported
    if settings is None or not settings.configured:
        return
    sys.meta_path.remove(hook)
    static = os.path.abspath(settings.STATIC_ROOT) if settings.STATIC_ROOT else None
    told = {
        "settings": settings.SETTINGS_MODULE,
        "application": settings.WSGI_APPLICATION,
        "static_root": static,
    }
    with open(FILE, "w", encoding="ascii") as file:
        json.dump(told, file)
    os._exit(0)


FILE = sys.argv[1]
hook = EndAfterSettings()
sys.meta_path.insert(0, hook)
sys.path[0] = os.getcwd()  # as if manage.py had been started, and not this file
sys.argv = ["manage.py", "version"]
runpy.run_path("manage.py", run_name="__main__")
write_if_loaded()
sys.exit("it does not load Django's settings")
