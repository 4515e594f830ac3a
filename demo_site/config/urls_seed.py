"""Routes of the seed face: the shared ones and the seed's token endpoints."""

from django.urls import include, path

from .urls import urlpatterns as shared

urlpatterns = [
    *shared,
    path("", include("seed_auth.urls")),
]
