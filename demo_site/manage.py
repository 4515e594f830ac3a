#!/usr/bin/env python
"""Run a command of the demo site: `python manage.py runserver`, `migrate`, `seed_demo`, ..."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command line; a setting that is wrong is one sentence on stderr and exit status 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.seed")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # A traceback through Django's start-up tells a reader nothing that the sentence does not.
        sys.exit(f"ImproperlyConfigured: {error}")


if __name__ == "__main__":
    main()
