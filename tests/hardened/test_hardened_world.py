"""The hardened face in a lab world: the same tokens on every machine, and a clock that ends them."""

import pytest

from jwtlab.site import start_site
from tests.hardened.corpus import request
from tests.hardened.test_hardened_fuzz import status_of
from tests.helpers.real_servers import new_session

COOKIE = "__Host-refresh_token"
HEADERS = {"X-Auth-Request": "1"}
# The first login of any lab world: the key is fixed, so are time and ids, and Ed25519 adds no randomness.
FIRST_ACCESS_TOKEN = (
    "eyJhbGciOiJFZERTQSIsImtpZCI6InlYbUloUGxPYWtxaVBxMWd2RDNyZ1c3Sm0xb1JOdTkzRXVwa2Q1cS1zR2ciLCJ0eXAiOiJKV1QifQ."
    "eyJ0b2tlbl90eXBlIjoiYWNjZXNzIiwiZXhwIjoxNzY3NjAzOTAwLCJpYXQiOjE3Njc2MDM2MDAsImp0aSI6IjBhMDc5NGU3NTli"
    "ODQ0ZmQ5NTliNGI3Nzg2NGY0N2M0IiwidXNlcl9pZCI6IjEiLCJzaWQiOiI4NjNhNTNjYmZjNzE0NDljOGY3NjAwOTZlYzU0NTk5"
    "OCIsImlzcyI6Imp3dC1sYWIiLCJhdWQiOiJqd3QtbGFiLW5vdGVzIn0."
    "fiiMuOCsqcsIi2c7-QkZxRmTMb5THgNkuGjJ8HdN3mtLonefJ0HZ3cU1k9urawN6XL_W14gZQsC1AWQ_JsUKCw"
)


class Owner:
    """A browser's part: a cookie and an access token."""

    def __init__(self, site) -> None:
        self.site, self.cookie, self.access = site, "", ""
        self.log_in()

    def log_in(self) -> int:
        return self._keep(self._post("/login/", json={"username": "vitor", "password": "123"}))

    def refresh(self) -> int:
        return self._keep(self._post("/api/token/refresh/", cookies={COOKIE: self.cookie}))

    def hello(self) -> int:
        headers = {"Authorization": f"Bearer {self.access}"}
        return new_session().get(f"{self.site.url}/hello/", headers=headers).status_code

    def _post(self, path: str, **more):
        return new_session().post(self.site.url + path, headers=HEADERS, **more)

    def _keep(self, response) -> int:
        if response.ok:
            self.cookie, self.access = response.cookies[COOKIE], response.json()["access"]
        return response.status_code


@pytest.fixture(scope="module")
def site():
    """A site whose clock only goes forward: tests share it."""
    with start_site("hardened") as running:
        yield running


def test_the_first_tokens_of_two_worlds_are_the_same_to_the_byte():
    with start_site("hardened") as first, start_site("hardened") as second:
        one, two = Owner(first), Owner(second)
    assert one.access == two.access == FIRST_ACCESS_TOKEN
    assert one.cookie == two.cookie


def test_the_clock_decides_what_is_alive(site):
    owner, lives = Owner(site), []
    for minutes in (0, 5, 1):
        site.clock.advance(minutes=minutes)
        lives.append(owner.hello())
    assert lives == [200, 200, 401]  # after five minutes it lives on for the leeway of ten seconds
    assert (owner.refresh(), owner.hello()) == (200, 200)


def test_a_copy_is_a_race_for_five_seconds_and_then_a_theft(site):
    owner = Owner(site)
    thief = Owner.__new__(Owner)
    thief.site, thief.cookie = site, owner.cookie
    assert owner.refresh() == 200
    site.clock.advance(seconds=5)
    assert (thief.refresh(), owner.hello()) == (409, 200)
    site.clock.advance(seconds=1)
    assert (thief.refresh(), owner.hello(), owner.refresh()) == (401, 401, 401)


def test_a_session_ends_after_seven_days_however_often_it_is_refreshed(site):
    owner, hours = Owner(site), 0
    while owner.refresh() == 200:
        site.clock.advance(hours=20)
        hours += 20
    assert hours == 180  # the first multiple of 20 that is more than 7 * 24


def test_the_development_server_has_no_5xx_for_static_files_either(site):
    """It answers for them itself, before the site's own handling of requests."""
    header = b"Content-Type: text/plain; charset="
    sent = [("?a=%ff", b"hex"), ("?a=%ff", b"zlib"), ("?" + "a&" * 1_500, b"utf-8")]
    answers = [
        status_of(site.url, request("GET", f"/static/nothing{query}", [header + codec]))
        for query, codec in sent
    ]
    assert answers == ["404", "404", "404"]
