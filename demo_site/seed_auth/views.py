"""The one view of its own that the seed document has."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from .serializers import HelloSerializer


class HelloView(APIView):
    """Greets whoever sends a valid access token."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=HelloSerializer)
    def get(self, request: Request) -> Response:
        content = {"message": "Hello, World!"}
        return Response(content)
