"""The check of each request with an access token."""

from typing import TYPE_CHECKING

from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError

from .models import live_user
from .tokens import AccessToken

if TYPE_CHECKING:
    from django.contrib.auth.models import _User  # django-stubs' name for the class in AUTH_USER_MODEL


class FamilyAuthentication(JWTAuthentication):
    """SimpleJWT's authentication, which asks for the family and its user in one query by primary key.

    So a logout, a new password and a deactivated account hold at once, not when the access token expires.
    """

    def get_validated_token(self, raw_token: bytes) -> AccessToken:
        try:
            return AccessToken(raw_token)
        except TokenError as error:
            raise InvalidToken(error.args[0]) from error

    def get_user(self, validated_token: AccessToken) -> "_User":  # type: ignore[override]  # not any Token
        user = live_user(validated_token.family_id)
        if user is None:
            raise InvalidToken("This session is over: log in again.")
        return user
