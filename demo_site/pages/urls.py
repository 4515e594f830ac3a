"""Routes of the pages."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.index, name="index"),
    path("app/cookie/", views.app, {"tokens": "cookie"}, name="app_cookie"),
    path("guestbook/", views.guestbook, name="guestbook"),
    path("guestbook/entries/", views.entries, name="guestbook_entries"),
]
