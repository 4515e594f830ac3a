"""The seed's token endpoints: what they take, what they give, and the flaws that the lessons need."""

from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def claims(token: str) -> dict[str, Any]:
    return jwt.decode(token, settings.SECRET_KEY, algorithms=["HS256"], options={"verify_exp": False})


@pytest.fixture
def tokens(login) -> dict[str, str]:
    return login("vitor", "123")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("token_obtain_pair", "/api/token/"),
        ("token_refresh", "/api/token/refresh/"),
        ("token_verify", "/api/token/verify/"),
        ("token_blacklist", "/api/token/blacklist/"),
        ("hello", "/hello/"),
    ],
)
def test_routes_have_the_names_of_the_seed(name, path):
    assert reverse(name) == path


def test_hello_greets_the_bearer_of_an_access_token(client, tokens):
    response = client.get("/hello/", headers=bearer(tokens["access"]))
    assert (response.status_code, response.json()) == (200, {"message": "Hello, World!"})


def test_hello_without_a_token_is_401(client):
    response = client.get("/hello/")
    assert response.status_code == 401
    assert response.json() == {"detail": "Authentication credentials were not provided."}
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_refresh_token_is_no_access_token(client, tokens):
    response = client.get("/hello/", headers=bearer(tokens["refresh"]))
    assert response.status_code == 401
    assert response.json()["messages"][0]["message"] == "Token has wrong type"


def test_a_changed_token_is_401(client, tokens):
    header, payload, signature = tokens["access"].split(".")
    payload = payload[:-2] + ("AA" if payload[-2:] != "AA" else "BB")
    response = client.get("/hello/", headers=bearer(f"{header}.{payload}.{signature}"))
    assert (response.status_code, response.json()["code"]) == (401, "token_not_valid")


def test_obtain_gives_both_tokens_in_the_body_and_no_cookie(client):
    response = client.post("/api/token/", {"username": "vitor", "password": "123"}, "application/json")
    assert (response.status_code, sorted(response.json())) == (200, ["access", "refresh"])
    assert not response.cookies


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"username": "vitor", "password": "1234"}, 401),
        ({"username": "nobody", "password": "123"}, 401),
        ({"username": "vitor"}, 400),
        ({}, 400),
    ],
)
def test_obtain_refuses(client, body, status):
    assert client.post("/api/token/", body, "application/json").status_code == status


def test_tokens_are_signed_with_the_secret_key_by_hs256(tokens):
    assert jwt.get_unverified_header(tokens["access"]) == {"alg": "HS256", "typ": "JWT"}
    assert claims(tokens["access"])["token_type"] == "access"
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(tokens["access"], "x" * 32, algorithms=["HS256"])


def test_claims_are_simplejwts_and_two_of_our_own(tokens, login):
    names = {"token_type", "exp", "iat", "jti", "user_id", "username", "is_staff"}
    for token in tokens.values():
        assert claims(token).keys() == names
        assert claims(token)["user_id"] == "1"
        assert claims(token)["username"] == "vitor"
        assert claims(token)["is_staff"] is False
    assert claims(login("admin", "teaching-admin")["access"])["is_staff"] is True


def test_token_ids_are_random_outside_the_lab_world(login):
    pairs = [login("vitor", "123") for _ in range(2)]
    assert len({claims(token)["jti"] for pair in pairs for token in pair.values()}) == 4


def test_lifetimes_are_five_minutes_and_one_day(login):
    with time_machine.travel(NOON, tick=False):
        tokens = login("vitor", "123")
    lifetimes = {kind: claims(token)["exp"] - claims(token)["iat"] for kind, token in tokens.items()}
    assert lifetimes == {"access": 5 * 60, "refresh": 24 * 60 * 60}


@pytest.mark.parametrize(("seconds", "status"), [(299, 200), (300, 401)])
def test_an_access_token_expires_at_the_second_it_names(client, login, seconds, status):
    with time_machine.travel(NOON, tick=False) as clock:
        access = login("vitor", "123")["access"]
        clock.shift(seconds)
        assert client.get("/hello/", headers=bearer(access)).status_code == status


def test_refresh_gives_an_access_token_alone(client, tokens):
    response = client.post("/api/token/refresh/", {"refresh": tokens["refresh"]})
    assert (response.status_code, list(response.json())) == (200, ["access"])
    assert client.get("/hello/", headers=bearer(response.json()["access"])).status_code == 200


def test_flaw_a_refresh_token_works_again_and_again(client, tokens):
    answers = [client.post("/api/token/refresh/", {"refresh": tokens["refresh"]}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]


@pytest.mark.parametrize(
    ("body", "status"),
    [({"refresh": "refreshkey"}, 401), ({"refresh": ""}, 400), ({"token": "x"}, 400), (["x"], 400), (7, 400)],
)
def test_refresh_refuses(client, body, status):
    assert client.post("/api/token/refresh/", body, "application/json").status_code == status


def test_refresh_refuses_an_access_token(client, tokens):
    assert client.post("/api/token/refresh/", {"refresh": tokens["access"]}).status_code == 401


def test_flaw_is_staff_in_the_token_outlives_the_right(client, login):
    refresh = login("admin", "teaching-admin")["refresh"]
    User.objects.filter(username="admin").update(is_staff=False)
    access = client.post("/api/token/refresh/", {"refresh": refresh}).json()["access"]
    assert claims(access)["is_staff"] is True


def test_verify_accepts_either_token_and_nothing_else(client, tokens):
    answers = [client.post("/api/token/verify/", {"token": token}) for token in tokens.values()]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {}), (200, {})]
    assert client.post("/api/token/verify/", {"token": "a.b.c"}).status_code == 401
    assert client.post("/api/token/verify/", {}).status_code == 400


def test_blacklist_ends_a_refresh_token(client, tokens):
    assert (OutstandingToken.objects.count(), BlacklistedToken.objects.count()) == (1, 0)
    response = client.post("/api/token/blacklist/", {"refresh": tokens["refresh"]})
    assert (response.status_code, response.json()) == (200, {})
    assert (OutstandingToken.objects.count(), BlacklistedToken.objects.count()) == (1, 1)
    refreshed = client.post("/api/token/refresh/", {"refresh": tokens["refresh"]})
    assert (refreshed.status_code, refreshed.json()["detail"]) == (401, "Token is blacklisted")


def test_flaw_blacklisting_leaves_the_access_token_alive(client, tokens):
    client.post("/api/token/blacklist/", {"refresh": tokens["refresh"]})
    assert client.get("/hello/", headers=bearer(tokens["access"])).status_code == 200


def test_flaw_a_stale_token_closes_a_public_view(client):
    assert client.get("/api/guestbook/").status_code == 200
    assert client.get("/api/guestbook/", headers=bearer("stale")).status_code == 401


def test_flaw_a_view_without_permissions_is_public(rf):
    from rest_framework.response import Response
    from rest_framework.views import APIView

    class Forgetful(APIView):
        def get(self, request):
            return Response("open")

    assert Forgetful.as_view()(rf.get("/")).status_code == 200


@pytest.mark.parametrize("path", ["", "refresh/", "verify/", "blacklist/"])
def test_token_endpoints_take_post_alone(client, path):
    assert client.get(f"/api/token/{path}").status_code == 405
