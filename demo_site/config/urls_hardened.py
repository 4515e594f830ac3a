"""Routes of the hardened face and of production: the shared ones, and the endpoints of `hardened_auth`."""

from django.urls import include, path

from hello import HelloView

from .urls import urlpatterns as shared

urlpatterns = [
    *shared,
    path("", include("hardened_auth.urls")),
    path("hello/", HelloView.as_view(), name="hello"),
]
