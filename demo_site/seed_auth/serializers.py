"""What goes into a token, and the shape of the greeting."""

from typing import Any

from django.contrib.auth.models import User
from rest_framework import serializers
from rest_framework_simplejwt.serializers import TokenObtainPairSerializer
from rest_framework_simplejwt.tokens import RefreshToken


class TokenObtainPairWithClaimsSerializer(TokenObtainPairSerializer):
    """SimpleJWT's login, with two claims of our own in both tokens."""

    @classmethod
    def get_token(cls, user: User) -> RefreshToken:
        token = super().get_token(user)
        token["username"] = user.get_username()
        # FLAW, kept: a right, copied into the token. It stays there after the database has changed.
        token["is_staff"] = user.is_staff
        return token


class HelloSerializer(serializers.Serializer[dict[str, Any]]):
    """The body of `HelloView`, for the OpenAPI document."""

    message = serializers.CharField()
