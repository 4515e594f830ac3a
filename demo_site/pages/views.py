"""The index page, the guest book, and the front ends."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from notes.models import GuestBookEntry

from .forms import GuestBookForm


def index(request: HttpRequest) -> HttpResponse:
    """What is here, and where."""
    return render(request, "pages/index.html")


def guestbook(request: HttpRequest) -> HttpResponse:
    """Show the guest book; sign it with a POST, which leads back to it."""
    form = GuestBookForm(request.POST or None)
    if form.is_valid():
        form.save()
        return redirect("guestbook")
    return render(request, "pages/guestbook.html", {"form": form, "entries": GuestBookEntry.objects.all()})


def entries(request: HttpRequest) -> HttpResponse:
    """The entries of the guest book alone, as a piece of HTML for the front ends to put into their page."""
    return render(request, "pages/entries.html", {"entries": GuestBookEntry.objects.all()})


def app(request: HttpRequest, tokens: str) -> HttpResponse:
    """The front end that keeps its tokens as `static/pages/app/tokens_<tokens>.js` does: local or cookie."""
    title = {"local": "Notes, localStorage", "cookie": "Notes, cookie"}[tokens]
    return render(request, "pages/app.html", {"title": title, "tokens": f"pages/app/tokens_{tokens}.js"})
