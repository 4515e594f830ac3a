"""Routes of the seed face: the shared ones, the seed's endpoints, a front end for each of its documents."""

from django.urls import include, path

from pages import views as pages

from .urls import urlpatterns as shared

urlpatterns = [
    *shared,
    path("", include("seed_auth.urls")),
    path("app/local/", pages.app, {"tokens": "local"}, name="app_local"),
    path("app/cookie/", pages.app, {"tokens": "cookie"}, name="app_cookie"),
]
