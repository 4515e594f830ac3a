"""Content-Security-Policy: what a page may load and run, whatever is written in it.

Django has this built in from 6.0 on; the site also runs on 5.2.
"""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER = "Content-Security-Policy"

# Files of this origin, and nothing inline: no script in the page, no `onerror=`, no `style=`. Another port is
# another origin. The last three do not fall back on `default-src`, so each is named.
STRICT = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

# Swagger UI puts styles into the page and draws with `data:` images. Its scripts are files like any other.
FOR_SWAGGER_UI = f"{STRICT}; style-src 'self' 'unsafe-inline'; img-src 'self' data:"

View = Callable[..., HttpResponse]


class ContentSecurityPolicyMiddleware:
    """Sends the strict policy with each HTML page that has none of its own.

    A face without a policy sends it to whoever asks with `?csp`: one page with the same hole, with and
    without the defence.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        if is_page and (settings.SENDS_CONTENT_SECURITY_POLICY or "csp" in request.GET):
            response.headers.setdefault(HEADER, STRICT)
        return response


def with_policy(policy: str, view: View) -> View:
    """Return the view, with this policy on what it answers."""

    @wraps(view)
    def with_its_own(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers[HEADER] = policy
        return response

    return with_its_own
