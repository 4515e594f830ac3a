"""What `hardened` and `production` share on top of `base`: all but keys, hosts and the place of the files."""

from pathlib import Path
from typing import Any

from .base import REST_FRAMEWORK as BASE_REST_FRAMEWORK
from .base import SPECTACULAR_SETTINGS as BASE_SPECTACULAR_SETTINGS

ROOT_URLCONF = "config.urls_hardened"

REST_FRAMEWORK = BASE_REST_FRAMEWORK | {
    "DEFAULT_AUTHENTICATION_CLASSES": ["hardened_auth.authentication.FamilyAuthentication"],
    "DEFAULT_PARSER_CLASSES": ["hardened_auth.parsers.SmallJSONParser"],
    "ALLOWED_VERSIONS": ["1"],  # of /api/schema/?version=, which goes into a header of the answer
    "NUM_PROXIES": 0,  # nobody's X-Forwarded-For counts, unless the environment says how many there are
}

SPECTACULAR_SETTINGS = BASE_SPECTACULAR_SETTINGS | {
    "ENFORCE_NON_BLANK_FIELDS": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.openapi.describe_refusals",
        "config.openapi.describe_text",
    ],
}

# Django's own cookies too go over TLS alone, and to this very host (rfc6265bis section 4.1.3.2).
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

# Who fills the cache throws counters of failed logins out of it. Let that take many addresses.
FILE_CACHE_OPTIONS = {"MAX_ENTRIES": 20_000}


def shared_cache(folder: Path) -> dict[str, Any]:
    """Return a cache in files, which the workers of one machine share. Several machines need Redis."""
    return {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": folder / "cache",
            "OPTIONS": FILE_CACHE_OPTIONS,
        }
    }
