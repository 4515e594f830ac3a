"""The body of a login."""

from typing import TYPE_CHECKING, Any

from rest_framework_simplejwt.serializers import TokenObtainSerializer

from .limits import limits_for

if TYPE_CHECKING:
    from django.contrib.auth.models import _User  # django-stubs' name for the class in AUTH_USER_MODEL


class LoginSerializer(TokenObtainSerializer):
    """SimpleJWT's login, which gives backends the request and refuses inactive users. It counts failures."""

    user: "_User"  # whom `validate` has found

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        # Not in a throttle of the view: only here is the name as the database will be asked for it.
        limits = limits_for(self.context["request"], attrs[self.username_field])
        for limit in limits:
            limit.attempt()
        super().validate(attrs)
        for limit in limits:
            limit.forgive()
        return {}
