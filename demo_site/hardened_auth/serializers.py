"""The body of a login."""

from typing import Any

from rest_framework_simplejwt.serializers import TokenObtainSerializer

from .limits import limits_for


class LoginSerializer(TokenObtainSerializer):
    """SimpleJWT's, which gives backends the request and refuses inactive users. This one counts failures."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        # Not in a throttle of the view: only here is the name as the database will be asked for it.
        limits = limits_for(self.context["request"], attrs[self.username_field])
        for limit in limits:
            limit.attempt()
        super().validate(attrs)
        for limit in limits:
            limit.forgive()
        return {}
