"""Routes of the sample project."""

from django.urls import path
from rest_framework_simplejwt.views import TokenObtainPairView

from hello_site.views import HelloView

urlpatterns = [
    path("hello/", HelloView.as_view()),
    path("api/token/", TokenObtainPairView.as_view()),
]
