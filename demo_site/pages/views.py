"""The index page, the guest book, and the front ends."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from notes.models import GuestBookEntry

from .forms import GuestBookForm


def index(request: HttpRequest) -> HttpResponse:
    """Show what there is on this site, and where."""
    return render(request, "pages/index.html")


def guestbook(request: HttpRequest) -> HttpResponse:
    """Show the guest book; sign it with a POST, which leads back to it."""
    form = GuestBookForm(request.POST or None)
    if form.is_valid():
        form.save()
        return redirect("guestbook")
    return render(request, "pages/guestbook.html", {"form": form, "entries": GuestBookEntry.objects.all()})


def entries(request: HttpRequest) -> HttpResponse:
    """Show the entries of the guest book alone: a piece of HTML that the front ends put into their page."""
    return render(request, "pages/entries.html", {"entries": GuestBookEntry.objects.all()})


def app(request: HttpRequest, tokens: str) -> HttpResponse:
    """Show the front end that keeps its tokens in `tokens`, "local" or "cookie" (`static/pages/app/`)."""
    title = {"local": "Notes, localStorage", "cookie": "Notes, cookie"}[tokens]
    return render(request, "pages/app.html", {"title": title, "tokens": f"pages/app/tokens_{tokens}.js"})
