"""`production` starts with secrets of its own, and refuses all else in a sentence that says what to do."""

import runpy
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.exceptions import ImproperlyConfigured

from config.keys import TEACHING_SECRET_KEY
from config.signing_keys import TEACHING_SIGNING_KEY

ED25519 = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----"""  # RFC 8037 appendix A.1
RSA = generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

GOOD = {
    "SECRET_KEY": "s" * 32,
    "JWT_SIGNING_KEY": ED25519,
    "ALLOWED_HOSTS": "notes.example.org, www.notes.example.org",
}
OPTIONAL = (
    *("DEBUG", "LAB_WORLD", "DATABASE_URL", "CACHE_URL", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS"),
    *("SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD", "NUM_PROXIES"),
)


@pytest.fixture
def settings_with(monkeypatch):
    """Run the settings module in an environment that is good but for these changes (None unsets)."""

    def run(**changes: str | None) -> dict[str, Any]:
        for name, value in (GOOD | dict.fromkeys(OPTIONAL) | changes).items():
            monkeypatch.delenv(name, raising=False) if value is None else monkeypatch.setenv(name, value)
        return runpy.run_module("config.settings.production")

    return run


def test_it_takes_its_secrets_from_the_environment(settings_with):
    found = settings_with()
    assert found["SECRET_KEY"] == "s" * 32
    assert found["HARDENED_AUTH"]["SIGNING_KEY"] == ED25519
    assert found["ALLOWED_HOSTS"] == ["notes.example.org", "www.notes.example.org"]
    assert found["DEBUG"] is False


def test_it_is_stricter_than_the_seed(settings_with):
    found = settings_with()
    rest = found["REST_FRAMEWORK"]
    assert rest["DEFAULT_PERMISSION_CLASSES"] == ["rest_framework.permissions.IsAuthenticated"]
    assert rest["DEFAULT_RENDERER_CLASSES"] == ["rest_framework.renderers.JSONRenderer"]
    assert found["DATABASES"]["default"]["OPTIONS"] == {"transaction_mode": "IMMEDIATE"}
    assert not {"lab_world", "loopback", "seed_auth"} & set(found["INSTALLED_APPS"])
    assert found["ROOT_URLCONF"] == "config.urls_hardened"


def test_it_says_how_it_is_reached_and_where_it_keeps_what(settings_with):
    found = settings_with(DATABASE_URL="postgres://notes:p%40ss@db:5432/notes", CACHE_URL="redis://cache/1")
    database = found["DATABASES"]["default"]
    assert (database["ENGINE"], database["PASSWORD"]) == ("django.db.backends.postgresql", "p@ss")
    assert database["CONN_HEALTH_CHECKS"] is True
    assert found["CACHES"]["default"]["BACKEND"] == "django.core.cache.backends.redis.RedisCache"
    assert (found["SECURE_SSL_REDIRECT"], found["SECURE_HSTS_SECONDS"]) == (True, 3600)
    assert "SECURE_PROXY_SSL_HEADER" not in found  # Gunicorn knows which peers to believe


def test_a_file_cache_takes_many_addresses(settings_with, tmp_path):
    cache = settings_with(CACHE_URL=f"filecache://{tmp_path}")["CACHES"]["default"]
    assert (cache["LOCATION"], cache["OPTIONS"]) == (str(tmp_path), {"MAX_ENTRIES": 20_000})


def test_a_signing_key_may_stand_on_one_line(settings_with):
    found = settings_with(JWT_SIGNING_KEY=ED25519.replace("\n", "\\n"))
    assert found["HARDENED_AUTH"]["SIGNING_KEY"] == ED25519


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": TEACHING_SECRET_KEY}, "SECRET_KEY is a key for teaching"),
        ({"SECRET_KEY": "django-insecure-" + "x" * 40}, "SECRET_KEY is a key for teaching or development"),
        ({"SECRET_KEY": "s" * 31}, "SECRET_KEY is shorter than 32 bytes"),
        ({"JWT_SIGNING_KEY": None}, "JWT_SIGNING_KEY is not set"),
        ({"JWT_SIGNING_KEY": TEACHING_SIGNING_KEY}, "JWT_SIGNING_KEY is the key for teaching"),
        ({"JWT_SIGNING_KEY": GOOD["SECRET_KEY"]}, "JWT_SIGNING_KEY is not the PEM of an Ed25519 private key"),
        ({"JWT_SIGNING_KEY": RSA.decode()}, "JWT_SIGNING_KEY is not the PEM of an Ed25519 private key"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS does not name the hosts"),
        ({"ALLOWED_HOSTS": " , "}, "ALLOWED_HOSTS does not name the hosts"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS does not name the hosts"),
        ({"DEBUG": "True"}, "DEBUG has no place in production: unset it"),
        ({"DEBUG": "1"}, "DEBUG has no place in production: unset it"),
        ({"LAB_WORLD": "/some/folder"}, "LAB_WORLD has no place in production: unset it"),
        ({"DATABASE_URL": "mysql://localhost/notes"}, "DATABASE_URL names no SQLite and no PostgreSQL"),
        ({"DATABASE_URL": "notes"}, "DATABASE_URL names no SQLite and no PostgreSQL"),
        ({"CACHE_URL": "locmemcache://"}, "CACHE_URL names no cache that all workers share"),
        ({"SECURE_HSTS_SECONDS": "a year"}, "SECURE_HSTS_SECONDS is no number"),
        ({"NUM_PROXIES": "one"}, "NUM_PROXIES is no number"),
        ({"SECURE_SSL_REDIRECT": "flase"}, "SECURE_SSL_REDIRECT says neither yes nor no"),
    ],
)
def test_it_refuses(settings_with, changes, message):
    with pytest.raises(ImproperlyConfigured, match=f"^{message}"):
        settings_with(**changes)


@pytest.mark.parametrize("word", ["", "0", "false", "False", "no", "off"])
def test_a_debug_that_says_no_is_none(settings_with, word):
    assert settings_with(DEBUG=word)["DEBUG"] is False


def test_a_refusal_is_one_line_without_a_traceback(manage):
    result = manage("check", DJANGO_SETTINGS_MODULE="config.settings.production", **GOOD | {"SECRET_KEY": ""})
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(
        "ImproperlyConfigured: SECRET_KEY is not set: set it to what this prints: "
    )
    assert result.stderr.count("\n") == 1


def test_it_starts(manage):
    result = manage("check", DJANGO_SETTINGS_MODULE="config.settings.production", **GOOD)
    assert (result.returncode, result.stderr) == (0, "")
