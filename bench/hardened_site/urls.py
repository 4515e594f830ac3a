"""The hardened face's routes, SimpleJWT's own views, and what the worker has cost so far."""

import time

from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView

from config.urls_hardened import urlpatterns as hardened
from hello import HelloView


def cpu(request: HttpRequest) -> HttpResponse:
    """Say how many seconds of CPU time this process has used."""
    return HttpResponse(repr(time.process_time()))


urlpatterns = [
    *hardened,
    path("stock/login/", TokenObtainPairView.as_view()),
    path("stock/refresh/", TokenRefreshView.as_view()),
    path("stock/hello/", HelloView.as_view(authentication_classes=[JWTAuthentication])),
    path("cpu/", cpu),
]
