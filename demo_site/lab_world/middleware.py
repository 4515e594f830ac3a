"""Moves this process to the lab clock's time before each request, and names the site in each response."""

from collections.abc import Callable
from typing import cast

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse

from .apps import LabWorldConfig
from .counter import Counter
from .folder import read_nonce


class LabWorldMiddleware:
    """The first middleware, so that all that follows, errors included, is on the lab clock and named."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.clock = cast(LabWorldConfig, apps.get_app_config("lab_world")).clock
        assert settings.LAB_WORLD is not None  # else `config.settings.local` does not install this app
        self.nonce = read_nonce(settings.LAB_WORLD)
        # A server logs after it has answered. Who reads the log learns here how many lines to wait for.
        self.answered = Counter(settings.LAB_WORLD / "requests")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._respond(request)
        self.answered.next()
        response["X-Lab-Site"] = self.nonce
        # In place of the server's own header, which names the version of Python and so differs by machine.
        response["Server"] = "demo-site"
        return response

    def _respond(self, request: HttpRequest) -> HttpResponse:
        try:
            if self.clock:
                self.clock.follow()
        except ImproperlyConfigured as error:
            return HttpResponse(f"{error}\n", status=500, content_type="text/plain")
        return self.get_response(request)
