"""The `production` face: every secret comes from the environment, and what is unsafe stops the start.

It serves what the `hardened` face serves, behind Nginx and Gunicorn (`serving/`, whose README names each
variable). `manage.py check --deploy` has nothing to say about it.
"""

from config.environment import cache, database, hosts, number, refuse, secret, signing_key, yes_or_no
from config.signing_keys import TEACHING_SIGNING_KEY

from .base import *  # noqa: F403 -- settings stack this way in Django projects
from .base import INSTALLED_APPS, VAR
from .strict import *  # noqa: F403
from .strict import REST_FRAMEWORK

FACE = "production"

refuse("LAB_WORLD", "DEBUG")
DEBUG = False

SECRET_KEY = secret("SECRET_KEY")
ALLOWED_HOSTS = hosts("ALLOWED_HOSTS")

INSTALLED_APPS = [*INSTALLED_APPS, "hardened_auth"]

HARDENED_AUTH = {
    "SIGNING_KEY": signing_key("JWT_SIGNING_KEY", but_not=TEACHING_SIGNING_KEY),
    "ISSUER": f"https://{ALLOWED_HOSTS[0]}",
    "AUDIENCE": f"https://{ALLOWED_HOSTS[0]}",
}

REST_FRAMEWORK = REST_FRAMEWORK | {"NUM_PROXIES": number("NUM_PROXIES", otherwise=0)}

DATABASES = {"default": database("DATABASE_URL", otherwise=VAR / "db.sqlite3")}
CACHES = {"default": cache("CACHE_URL", otherwise=VAR / "cache")}

# Files carry a hash of their content in their names, so that Nginx can let clients keep them for ever.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}

# Whether a request came by TLS is what Gunicorn says: it believes X-Forwarded-Proto from its Unix socket
# alone (`serving/gunicorn.conf.py`). SECURE_PROXY_SSL_HEADER would have Django believe it from anyone.
SECURE_SSL_REDIRECT = yes_or_no("SECURE_SSL_REDIRECT", otherwise=True)
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # asked from this machine, without TLS

# Browsers that have seen this keep to https for so long, whatever happens to the certificate. Begin with an
# hour; go up to a year (31536000) when nothing has gone wrong for a while (RFC 6797 section 11.2).
SECURE_HSTS_SECONDS = number("SECURE_HSTS_SECONDS", otherwise=3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = yes_or_no("SECURE_HSTS_INCLUDE_SUBDOMAINS", otherwise=False)
SECURE_HSTS_PRELOAD = yes_or_no("SECURE_HSTS_PRELOAD", otherwise=False)

# W005 and W021 ask for these two. They bind every host below the domain, the second one for years: whoever
# owns the domain decides that, not this site.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# Django's default mails errors to ADMINS, of whom there are none, and prints nothing. A line for each refused
# request would only repeat Nginx's log.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}},
}
