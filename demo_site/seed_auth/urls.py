"""The routes of the two seed documents, with their names, and those they leave out."""

from django.urls import path
from rest_framework_simplejwt import views as jwt_views

from . import views

urlpatterns = [
    path("api/token/", jwt_views.TokenObtainPairView.as_view(), name="token_obtain_pair"),
    path("api/token/refresh/", views.CustomTokenRefreshView.as_view(), name="token_refresh"),
    path("hello/", views.HelloView.as_view(), name="hello"),
    # Neither document routes these. Without the first two, the cookie flow does not run.
    path("login/", views.LoginView.as_view(), name="login"),
    path("logout/", views.LogoutView.as_view(), name="logout"),
    path("api/token/verify/", jwt_views.TokenVerifyView.as_view(), name="token_verify"),
    path("api/token/blacklist/", jwt_views.TokenBlacklistView.as_view(), name="token_blacklist"),
]
