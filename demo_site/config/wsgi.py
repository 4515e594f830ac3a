"""The WSGI entry point, which `runserver` and Gunicorn load."""

import os
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.seed")


def utf8_request(environ: dict[str, Any]) -> WSGIRequest:
    """Return Django's request, which reads as UTF-8 whatever encoding the client names.

    Django takes any codec that Python has, and reads the query string with it before the first middleware.
    For `charset=hex`, or for more than 1,000 parameters, that fails where only the server can answer, with a
    500 (5.2 and 6.1). What is wrong with the query string is found again later, and answered with a 400.
    """
    try:
        request = WSGIRequest(environ)
        if request.encoding is not None:
            request.encoding = None  # type: ignore[assignment]  # stands for DEFAULT_CHARSET, which is UTF-8
    except (LookupError, ValueError, BadRequest, SuspiciousOperation):
        request = WSGIRequest(environ | {"CONTENT_TYPE": ""})
    return request


application = get_wsgi_application()
application.request_class = utf8_request  # type: ignore[assignment]  # Django calls it, and asks no more
get_resolver().url_patterns  # noqa: B018 -- loads routes and views: a worker that is ready has no more to load
