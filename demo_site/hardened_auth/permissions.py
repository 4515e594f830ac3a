"""Who may call login, refresh and logout: scripts of this very origin."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from .conf import options


class FromOwnOrigin(BasePermission):
    """Lets a request pass that a script of this very origin has sent, or a client that is no browser.

    SameSite does not do this: another port of the host is the same site, and so is a sibling host.
    """

    message = "This endpoint answers scripts of its own origin."

    def has_permission(self, request: Request, view: APIView) -> bool:
        # A form cannot send the header, and a script of another origin must ask first (a CORS preflight,
        # which nobody here allows). Fetch Metadata and Origin say it again; a browser may leave out either.
        own_origin = f"{request.scheme}://{request.get_host()}"
        return (
            request.headers.get(options().HEADER) == "1"
            and request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
            and request.headers.get("Origin", own_origin) == own_origin
        )
