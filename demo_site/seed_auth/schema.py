"""What the OpenAPI document says of the cookie flow.

Left to itself, drf-spectacular says that a refresh needs a body, and of login and logout it can say nothing:
these views have no serializer to read.
"""

from typing import Any

from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework import serializers


class CredentialsSerializer(serializers.Serializer[dict[str, Any]]):
    """What login reads."""

    username = serializers.CharField()
    password = serializers.CharField()


class RefreshTokenSerializer(serializers.Serializer[dict[str, Any]]):
    """What refresh reads when there is no cookie."""

    refresh = serializers.CharField(required=False)


class AccessSerializer(serializers.Serializer[dict[str, Any]]):
    """What login and refresh answer."""

    access = serializers.CharField()


class MessageSerializer(serializers.Serializer[dict[str, Any]]):
    """What logout answers."""

    message = serializers.CharField()


class ErrorSerializer(serializers.Serializer[dict[str, Any]]):
    """A refusal in the words of these views."""

    error = serializers.CharField()


class DetailSerializer(serializers.Serializer[dict[str, Any]]):
    """A refusal in the words of the framework. It has a `code` when a token was the reason."""

    detail = serializers.CharField()
    code = serializers.CharField(required=False)


def _refusal(name: str) -> OpenApiResponse:
    return OpenApiResponse(
        PolymorphicProxySerializer(
            component_name=name,
            serializers=[ErrorSerializer, DetailSerializer],
            resource_type_field_name=None,
        ),
        description="Refused by the view (`error`) or, before or after it, by the framework (`detail`).",
    )


login = extend_schema(
    request=CredentialsSerializer,
    responses={200: AccessSerializer, 401: _refusal("LoginRefusal")},
    parameters=[
        OpenApiParameter(
            "Set-Cookie",
            location=OpenApiParameter.HEADER,
            response=[200],
            description="`refresh_token`: HttpOnly, Secure, SameSite=Strict, for 7 days.",
        )
    ],
)

refresh = extend_schema(
    request=RefreshTokenSerializer,
    responses={
        200: AccessSerializer,
        400: OpenApiResponse(description="An empty refresh token, or a body without one."),
        401: _refusal("RefreshRefusal"),
    },
    parameters=[
        OpenApiParameter(
            "refresh_token",
            location=OpenApiParameter.COOKIE,
            description="The refresh token that login has set. With it, the body is not read.",
        )
    ],
)

logout = extend_schema(request=None, responses={200: MessageSerializer, 401: DetailSerializer})
