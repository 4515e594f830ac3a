"""The index page and the guest book."""

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
