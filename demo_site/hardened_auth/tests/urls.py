"""The package's routes, and one that wants an access token."""

from django.urls import include, path
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from hardened_auth.authentication import FamilyAuthentication


class WhoAmI(APIView):
    """Says whose session it is."""

    authentication_classes = (FamilyAuthentication,)
    permission_classes = (IsAuthenticated,)

    def get(self, request: Request) -> Response:
        return Response({"user": request.user.get_username()})


urlpatterns = [path("", include("hardened_auth.urls")), path("me/", WhoAmI.as_view())]
