"""The WSGI entry point, which `runserver` and Gunicorn load."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.seed")

application = get_wsgi_application()
