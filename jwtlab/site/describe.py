"""Prints as JSON what servers other than `runserver` must know of a project. Started in the project's folder.

It is a program of its own; nothing imports it. Only `manage.py` knows which settings are the project's. So it
is run, but with this in the place of Django's command line, which would take a third of a second to load all
apps.
"""

import json
import os
import runpy
import sys
from typing import NoReturn

from django.core import management


def describe(argv: list[str] | None = None) -> NoReturn:
    """Print the settings module, the application and STATIC_ROOT; do not return to `manage.py`."""
    from django.conf import settings

    print(json.dumps([settings.SETTINGS_MODULE, settings.WSGI_APPLICATION, str(settings.STATIC_ROOT or "")]))
    sys.exit()


management.execute_from_command_line = describe
sys.path[0] = os.getcwd()  # as if manage.py had been started, and not this file
sys.argv = ["manage.py"]
runpy.run_path("manage.py", run_name="__main__")
sys.exit("it does not come to execute_from_command_line")
