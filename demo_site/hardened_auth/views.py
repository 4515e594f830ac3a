"""Login, refresh and logout. What all three must hold to is written once, in `SessionView`."""

from typing import cast

from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.views import TokenViewBase

from . import sessions
from .cookies import clear_refresh_cookie, refresh_token_in, set_refresh_cookie
from .parsers import SmallJSONParser
from .permissions import FromOwnOrigin
from .serializers import LoginSerializer
from .tokens import key_ring


# Outside ATOMIC_REQUESTS, which would roll back what a refusal has to leave behind: a revoked family.
# And no error report shows what is in these frames or those below: passwords and tokens.
@method_decorator(
    [transaction.non_atomic_requests, sensitive_post_parameters(), sensitive_variables()], name="dispatch"
)
class SessionView(TokenViewBase):
    """What login, refresh and logout share: SimpleJWT's base view, and what a view with a cookie needs.

    The base has no authenticators, so a stale `Authorization` header does not matter, and a 401 is a 401.
    """

    http_method_names = ("post",)
    parser_classes = (SmallJSONParser,)
    renderer_classes = (JSONRenderer,)
    permission_classes = (FromOwnOrigin,)  # type: ignore[assignment]  # SimpleJWT's is an empty tuple by type

    def finalize_response(
        self, request: Request, response: Response, *args: object, **kwargs: object
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store"  # RFC 6749 section 5.1
        return response


class LoginView(SessionView):
    """Gives an access token in the body and a refresh token in a cookie, for a name and a password."""

    serializer_class = LoginSerializer

    def post(self, request: Request) -> Response:
        serializer = cast(LoginSerializer, self.get_serializer(data=request.data))
        serializer.is_valid(raise_exception=True)
        grant = sessions.start(serializer.user, instead_of=refresh_token_in(request))
        user_logged_in.send(type(serializer.user), request=request, user=serializer.user)
        return granted(grant)


class RefreshView(SessionView):
    """Gives an access token in the body and the next refresh token in the cookie, for the last one."""

    def post(self, request: Request) -> Response:
        return granted(sessions.rotate(refresh_token_in(request)))

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        if response.status_code == 401:
            clear_refresh_cookie(response)
        return response


class LogoutView(SessionView):
    """Ends the session of the refresh token in the cookie. It is no error when there is none."""

    def post(self, request: Request) -> Response:
        sessions.end(refresh_token_in(request))
        response = Response(status=204)
        clear_refresh_cookie(response)
        return response


class JWKSView(APIView):
    """The public keys, for services that verify access tokens by themselves (RFC 7517)."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = (JSONRenderer,)

    def get(self, request: Request) -> Response:
        # Publish the next key for longer than this before it signs.
        return Response(key_ring().jwks, headers={"Cache-Control": "public, max-age=300"})


def granted(grant: sessions.Grant) -> Response:
    """Return the answer that hands out these tokens."""
    response = Response({"access": str(grant.access)})
    set_refresh_cookie(response, grant.refresh)
    return response
