"""Routes of the seed face: the shared ones, the seed's endpoints, and its front end with localStorage."""

from django.urls import include, path

from pages import views as pages

from .urls import urlpatterns as shared

urlpatterns = [
    *shared,
    path("", include("seed_auth.urls")),
    path("app/local/", pages.app, {"tokens": "local"}, name="app_local"),
]
