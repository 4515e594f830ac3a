"""Registers the checks and, where drf-spectacular is installed, the OpenAPI annotations."""

from importlib.util import find_spec

from django.apps import AppConfig


class HardenedAuthConfig(AppConfig):
    """The app: its tables, its checks, and what the OpenAPI document says of it."""

    name = "hardened_auth"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks  # noqa: F401 -- importing it registers it

        if find_spec("drf_spectacular"):
            from . import openapi  # noqa: F401 -- importing it registers it
