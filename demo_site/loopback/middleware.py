"""Answers 403 to every request that does not come from this machine, whatever the server is bound to."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .addresses import is_loopback


class LoopbackOnlyMiddleware:
    """Lets a request pass when its peer is a loopback address, or a Unix socket (whose address is empty)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        peer = request.META.get("REMOTE_ADDR", "")
        if peer and not is_loopback(peer):
            return HttpResponse(
                "This site is deliberately weak and answers only the machine it runs on.\n",
                status=403,
                content_type="text/plain",
            )
        return self.get_response(request)
