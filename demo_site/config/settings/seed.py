"""The `seed` face: the way the tutorials do it. DELIBERATELY WEAK, for this machine only."""

from typing import Any

from .local import *  # noqa: F403 -- settings stack this way in Django projects
from .local import DATABASES, INSTALLED_APPS

FACE = "seed"

# FLAW, kept: an error page with DEBUG shows settings, paths and local variables to whoever causes the error.
DEBUG = True

ROOT_URLCONF = "config.urls_seed"

INSTALLED_APPS = [*INSTALLED_APPS, "rest_framework_simplejwt.token_blacklist", "seed_auth"]

# The block of the seed document, whole. FLAW, kept: it names no DEFAULT_PERMISSION_CLASSES, and DRF's default
# is AllowAny, so a view that forgets its permissions is public.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework_simplejwt.authentication.JWTAuthentication",
    ],
    # Not in the document: what the OpenAPI page needs.
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}

# FLAW, kept: no SIGNING_KEY, so SimpleJWT signs tokens with SECRET_KEY, which signs sessions and reset links
# too. Lifetimes are SimpleJWT's own: access 5 minutes, refresh 1 day.
SIMPLE_JWT: dict[str, Any] = {
    "TOKEN_OBTAIN_SERIALIZER": "seed_auth.serializers.TokenObtainPairWithClaimsSerializer",
}

# FLAW, kept: Django's default for SQLite. Notebook 07 shows what it costs when several requests write.
DATABASES = {"default": DATABASES["default"] | {"OPTIONS": {}}}

# FLAW, kept: what a visitor writes into the guest book is put into the page as HTML, so a visitor can put a
# script into everyone's page (stored XSS). FLAW, kept: and no Content-Security-Policy stops that script.
GUEST_BOOK_SHOWS_RAW_HTML = True
SENDS_CONTENT_SECURITY_POLICY = False
