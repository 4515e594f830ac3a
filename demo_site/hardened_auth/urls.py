"""The routes. Include them at the root: the cookie has no path but `/`, and `.well-known` has its place."""

from django.urls import path

from . import views

app_name = "hardened_auth"

urlpatterns = [
    path("login/", views.LoginView.as_view(), name="login"),
    path("api/token/refresh/", views.RefreshView.as_view(), name="token_refresh"),
    path("logout/", views.LogoutView.as_view(), name="logout"),
    path(".well-known/jwks.json", views.JWKSView.as_view(), name="jwks"),
]
