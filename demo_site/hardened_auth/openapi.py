# mypy: allow-untyped-calls
# Each class below calls drf-spectacular's `__init_subclass__`, which has no annotations.
"""What the OpenAPI document says of these views. Read by drf-spectacular, where that is installed."""

from collections.abc import Callable
from typing import Any, cast

from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme
from drf_spectacular.extensions import OpenApiViewExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.views import APIView

from .conf import options


class AccessSerializer(serializers.Serializer[dict[str, Any]]):
    """What login and refresh answer."""

    access = serializers.CharField(help_text="Access token, for the header `Authorization: Bearer`.")


class DetailSerializer(serializers.Serializer[dict[str, Any]]):
    """A refusal."""

    detail = serializers.CharField()
    code = serializers.CharField(required=False)


class KeySerializer(serializers.Serializer[dict[str, Any]]):
    """A public key (RFC 7517). Which further members it has depends on its type."""

    kid = serializers.CharField()
    kty = serializers.CharField()
    alg = serializers.CharField()
    use = serializers.CharField()


class KeySetSerializer(serializers.Serializer[dict[str, Any]]):
    """The public keys."""

    keys = KeySerializer(many=True)


def _refused(description: str) -> OpenApiResponse:
    return OpenApiResponse(DetailSerializer, description)


def _header(name: str, description: str, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, location=OpenApiParameter.HEADER, description=description, **more)


def _described(extension: OpenApiViewExtension, **methods: Callable[..., Any]) -> type[APIView]:
    """Return the view that this extension is for, with its methods described by these."""
    # A name when it is written, and the class by the time that drf-spectacular calls this.
    view = cast(type[APIView], extension.target_class)
    return extend_schema_view(**methods)(view)


def _session_view(extension: OpenApiViewExtension, **operation: Any) -> type[APIView]:
    """Return the view that this extension is for, with a `post` that scripts of its own origin may call."""
    parameters = [
        _header(options().HEADER, "Says that a script sends this.", enum=["1"], required=True),
        OpenApiParameter(options().COOKIE, location=OpenApiParameter.COOKIE, description="Refresh token."),
    ]
    operation["responses"][403] = _refused("Not from a script of this origin.")
    return _described(extension, post=extend_schema(parameters=parameters, auth=[], **operation))


SETS_COOKIE = _header("Set-Cookie", "The next refresh token.", response=[200])


class LoginExtension(OpenApiViewExtension):
    target_class = "hardened_auth.views.LoginView"

    def view_replacement(self) -> type[APIView]:
        answers = {
            200: AccessSerializer,
            400: OpenApiResponse(OpenApiTypes.OBJECT, "What is wrong with the body."),
            401: _refused("No active account has this name and password."),
            415: _refused("The body is not JSON."),
            429: _refused("Too many logins have failed; `Retry-After` says when to try again."),
        }
        return _session_view(self, responses=answers)


class RefreshExtension(OpenApiViewExtension):
    target_class = "hardened_auth.views.RefreshView"

    def view_replacement(self) -> type[APIView]:
        answers = {
            200: AccessSerializer,
            401: _refused("The session is over. The cookie is cleared."),
            409: _refused("Another request has rotated this token a moment ago: try again with its cookie."),
        }
        return _session_view(self, request=None, responses=answers)


class LogoutExtension(OpenApiViewExtension):
    target_class = "hardened_auth.views.LogoutView"

    def view_replacement(self) -> type[APIView]:
        answers = {204: OpenApiResponse(description="No session any more. The cookie is cleared.")}
        return _session_view(self, request=None, responses=answers)


class JWKSExtension(OpenApiViewExtension):
    target_class = "hardened_auth.views.JWKSView"

    def view_replacement(self) -> type[APIView]:
        return _described(self, get=extend_schema(responses=KeySetSerializer, auth=[]))


class FamilyAuthenticationScheme(SimpleJWTScheme):
    target_class = "hardened_auth.authentication.FamilyAuthentication"
