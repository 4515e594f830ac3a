"""The WSGI entry point, which `runserver` and Gunicorn load."""

import os
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.seed")


def utf8_request(environ: dict[str, Any]) -> WSGIRequest:
    """Return Django's request, which reads as UTF-8 whatever encoding the client names.

    Django takes any codec that Python has. For `charset=hex` and others that are not of text it fails before
    the first middleware, so that the server answers 500 (5.2 and 6.1).
    """
    try:
        request = WSGIRequest(environ)
        if request.encoding is not None:
            request.encoding = None
    except (LookupError, ValueError):
        request = WSGIRequest(environ | {"CONTENT_TYPE": ""})
    return request


application = get_wsgi_application()
application.request_class = utf8_request
