"""The cookie that holds the refresh token: set and cleared with the same attributes, in one place."""

from datetime import timedelta

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.utils import aware_utcnow

from .conf import options
from .tokens import RefreshToken


def refresh_token_in(request: Request) -> str:
    """Return the text of the refresh token that came with the request, or an empty one."""
    return request.COOKIES.get(options().COOKIE, "")


def set_refresh_cookie(response: Response, token: RefreshToken) -> None:
    """Put the token into the browser, for as long as it is good."""
    _set(response, str(token), token.expires_at - aware_utcnow())


def clear_refresh_cookie(response: Response) -> None:
    """Take the cookie out of the browser.

    Not with `delete_cookie`, which sends neither HttpOnly nor, for most names, Secure: a browser keeps a
    cookie whose prefix asks for them.
    """
    _set(response, "", timedelta(0))


def _set(response: Response, value: str, max_age: timedelta) -> None:
    # What the prefix `__Host-` asks for (rfc6265bis section 4.1.3.2), and hidden from scripts. No Domain.
    response.set_cookie(
        options().COOKIE, value, max_age, path="/", secure=True, httponly=True, samesite="Strict"
    )
