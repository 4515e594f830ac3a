"""The seed document's greeting, for the faces that do not install `seed_auth`."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class HelloSerializer(serializers.Serializer[dict[str, Any]]):
    """The body of the greeting."""

    message = serializers.CharField()


class HelloView(APIView):
    """Greets whoever sends a valid access token."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=HelloSerializer)
    def get(self, request: Request) -> Response:
        return Response({"message": "Hello, World!"})
