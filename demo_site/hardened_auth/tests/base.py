"""What the tests share: a project with this package, a user, and a client that behaves like the front end."""

from datetime import timedelta
from http.cookies import Morsel
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db.models import F
from django.test import Client, SimpleTestCase, TestCase, TransactionTestCase, override_settings

from hardened_auth.models import RefreshToken

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

    Answer = _MonkeyPatchedWSGIResponse  # django-stubs' name for what a test client returns


def new_key() -> str:
    """Return the PEM of a new Ed25519 key."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


GIVEN = {"SIGNING_KEY": new_key(), "ISSUER": "tests", "AUDIENCE": "tests"}
COOKIE = "__Host-refresh_token"
HEADERS = {"X-Auth-Request": "1"}
PASSWORD = "correct horse"


@override_settings(
    ROOT_URLCONF="hardened_auth.tests.urls",
    HARDENED_AUTH=GIVEN,
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
)
class Browser(SimpleTestCase):
    """Alice has an account; `self.client` is her browser."""

    def setUp(self) -> None:
        cache.clear()
        self.alice = get_user_model().objects.create_user("alice", password=PASSWORD)

    def post(self, path: str, body: Any = None, *, client: Client | None = None, **more: Any) -> "Answer":
        """Send what a script of this origin would send."""
        headers = HEADERS | more.pop("headers", {})
        body = {} if body is None else {"data": body, "content_type": "application/json"}
        return (client or self.client).post(path, headers=headers, **body, **more)

    def log_in(self, name: str = "alice", password: str = PASSWORD, **more: Any) -> "Answer":
        return self.post("/login/", {"username": name, "password": password}, **more)

    def refresh(self, **more: Any) -> "Answer":
        return self.post("/api/token/refresh/", **more)

    def log_out(self, **more: Any) -> "Answer":
        return self.post("/logout/", **more)

    def me(self, response: "Answer") -> int:
        """Return what the access token in this response is worth now, as a status."""
        headers = {"Authorization": f"Bearer {response.json()['access']}"}
        return Client().get("/me/", headers=headers).status_code

    @property
    def cookie(self) -> Morsel[str]:
        """Return the refresh cookie as the last response set or cleared it."""
        return self.client.cookies[COOKIE]

    def thief(self) -> Client:
        """Return another browser, with a copy of the cookie."""
        copy = Client()
        copy.cookies[COOKIE] = self.cookie.value
        return copy


class SessionTestCase(Browser, TestCase):
    """Tests that are rolled back at their end."""


class CommittingTestCase(Browser, TransactionTestCase):
    """Tests that commit, as a served site does."""


def let_pass(time: timedelta) -> None:
    """Date every use of a refresh token back by so much time."""
    RefreshToken.objects.exclude(used_at=None).update(used_at=F("used_at") - time)
