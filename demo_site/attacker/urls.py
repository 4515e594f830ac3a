"""Routes of the attacker's site."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.index, name="index"),
    path("loot", views.loot, name="loot"),  # no slash at the end: what is typed into a script is short
    path("loot.json", views.loot_json, name="loot_json"),
    path("form/", views.form, name="form"),
    path("fetch/", views.fetch, name="fetch"),
    path("toss/", views.toss, name="toss"),
]
