"""Routes of the attacker's site. It shares none with the faces it attacks."""

from django.urls import include, path

urlpatterns = [path("", include("attacker.urls"))]
