"""The views of the two seed documents, written afresh with their mistakes. DELIBERATELY WEAK.

`HelloView` is from the one that sends tokens in bodies. `LoginView`, `CustomTokenRefreshView` and
`LogoutView` are from the one that keeps the refresh token in a cookie. Each `FLAW, kept` has a test that
shows it, in `tests/demo_site/test_seed_cookie.py`.
"""

from django.contrib.auth import authenticate
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.tokens import RefreshToken
from rest_framework_simplejwt.views import TokenRefreshView

from . import schema
from .serializers import HelloSerializer


class HelloView(APIView):
    """Greets whoever sends a valid access token."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=HelloSerializer)
    def get(self, request: Request) -> Response:
        content = {"message": "Hello, World!"}
        return Response(content)


class LoginView(APIView):
    """Gives the access token in the body, and the refresh token in a cookie that no script can read."""

    # FLAW, kept: DRF's default authenticators run first, so a stale `Authorization` header stops the login.
    # FLAW, kept: nothing counts the attempts, and nothing asks which site the request came from.

    @schema.login
    def post(self, request: Request) -> Response:
        # FLAW, kept: no serializer looks at the body. A list, or half a surrogate pair, is a 500.
        username = request.data.get("username")  # type: ignore[union-attr]  # that flaw
        password = request.data.get("password")  # type: ignore[union-attr]  # that flaw
        # FLAW, kept: without the request, for which some backends ask (django-axes: 500), and without
        # USER_AUTHENTICATION_RULE, by which SimpleJWT's own login refuses inactive users.
        user = authenticate(username=username, password=password)

        if user is not None:
            # FLAW, kept: past the serializer of `/api/token/`, so these tokens lack the claims it adds.
            refresh = RefreshToken.for_user(user)
            # FLAW, kept: no `Cache-Control: no-store` (RFC 6749 section 5.1).
            response = Response({"access": str(refresh.access_token)})
            # FLAW, kept: the default path `/` sends the cookie with every request to this host, on every
            # port; its name has no prefix, so a sibling host may set one too (rfc6265bis section 8.6).
            response.set_cookie(
                key="refresh_token",
                value=str(refresh),
                httponly=True,
                secure=True,
                samesite="Strict",  # FLAW, kept: all there is against CSRF. Another port is the same site.
                max_age=7 * 24 * 60 * 60,  # FLAW, kept: the token inside lives one day.
            )
            return response
        return Response({"error": "Credenciais inválidas"}, status=status.HTTP_401_UNAUTHORIZED)


class CustomTokenRefreshView(TokenRefreshView):
    """Gives a new access token for the refresh token in the cookie or, without a cookie, in the body."""

    @schema.refresh
    def post(self, request: Request, *args: object, **kwargs: object) -> Response:
        refresh_token = request.COOKIES.get("refresh_token")

        # FLAW, kept: an empty cookie is not None, so it is a 400 below where a missing one is a 401.
        if refresh_token is None:
            # The two documents meet here. This one's request has no body: what has one is the other's.
            if request.data:
                return super().post(request, *args, **kwargs)
            return Response({"error": "Refresh token não encontrado"}, status=status.HTTP_401_UNAUTHORIZED)

        serializer = self.get_serializer(data={"refresh": refresh_token})

        # FLAW, kept: a refused cookie is not cleared, and a deleted user is a 500 (SimpleJWT 5.5.1).
        try:
            serializer.is_valid(raise_exception=True)
        except TokenError as e:
            raise InvalidToken(e.args[0]) from e

        # FLAW, kept: with ROTATE_REFRESH_TOKENS there is a new refresh token here too. It is thrown away.
        return Response({"access": serializer.validated_data["access"]})


class LogoutView(APIView):
    """Deletes this browser's copy of the refresh token."""

    # FLAW, kept: it asks for a live access token, so five minutes after the last refresh nobody can log out.
    permission_classes = (IsAuthenticated,)

    @schema.logout
    def post(self, request: Request) -> Response:
        response = Response({"message": "Logout realizado"})
        # FLAW, kept: the server ends nothing. A copy of either token works until it expires.
        # FLAW, kept: this works because path and domain were left out when the cookie was set. A browser
        # takes a cookie of another path or domain for another cookie, and keeps it.
        response.delete_cookie("refresh_token")
        return response
