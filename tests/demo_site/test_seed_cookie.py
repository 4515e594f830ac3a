"""The seed's cookie flow: that it runs as its document says, and that each of its flaws is still there.

A lesson shows each flaw. If one of these tests fails, what the lesson says has stopped being true.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import jwt
import pytest
import time_machine
from django.conf import settings as live_settings
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db import connection
from django.test import Client
from django.urls import reverse
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

VITOR = {"username": "vitor", "password": "123"}
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
EVIL = "http://localhost:9999"


def claims(token: str) -> dict[str, Any]:
    return jwt.decode(token, live_settings.SECRET_KEY, algorithms=["HS256"], options={"verify_exp": False})


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def log_in(client: Client, **credentials: str) -> str:
    """Log in and return the access token; the client keeps the cookie."""
    response = client.post("/login/", VITOR | credentials, "application/json")
    assert response.status_code == 200, response.content
    return response.json()["access"]


def refresh(client: Client, cookie: str | None = None) -> "Answer":
    """Refresh as the document says: without a body, and with this client's cookie or the one given."""
    if cookie is not None:
        client.cookies["refresh_token"] = cookie
    return client.post("/api/token/refresh/")


@pytest.fixture
def access(client) -> str:
    return log_in(client)


@pytest.fixture
def cookie(client, access) -> str:
    return client.cookies["refresh_token"].value


# The flow, as the document describes it


@pytest.mark.parametrize(
    ("name", "path"), [("login", "/login/"), ("logout", "/logout/"), ("token_refresh", "/api/token/refresh/")]
)
def test_the_flow_is_routed(name, path):
    assert reverse(name) == path


def test_login_gives_the_access_token_in_the_body_and_the_refresh_token_in_a_cookie(client):
    response = client.post("/login/", VITOR, "application/json")
    assert (response.status_code, list(response.json())) == (200, ["access"])
    assert client.get("/hello/", headers=bearer(response.json()["access"])).status_code == 200
    assert claims(response.cookies["refresh_token"].value)["token_type"] == "refresh"
    assert {name: value for name, value in response.cookies["refresh_token"].items() if value} == {
        "expires": response.cookies["refresh_token"]["expires"],
        "httponly": True,
        "max-age": 604800,
        "path": "/",
        "samesite": "Strict",
        "secure": True,
    }


@pytest.mark.parametrize("body", [{"username": "vitor", "password": "no"}, {"username": "vitor"}, {}])
def test_login_refuses_in_the_words_of_the_document(client, body):
    response = client.post("/login/", body, "application/json")
    assert (response.status_code, response.json()) == (401, {"error": "Credenciais inválidas"})
    assert not response.cookies


def test_refresh_reads_the_cookie_and_needs_no_body(client, access):
    response = refresh(client)
    assert (response.status_code, list(response.json())) == (200, ["access"])
    assert response.json()["access"] != access
    assert client.get("/hello/", headers=bearer(response.json()["access"])).status_code == 200


def test_refresh_without_a_cookie_is_refused_in_the_words_of_the_document(client):
    response = refresh(client)
    assert (response.status_code, response.json()) == (401, {"error": "Refresh token não encontrado"})


@pytest.mark.parametrize("kind", ["access", "nonsense"])
def test_refresh_refuses_a_cookie_that_is_no_refresh_token(client, access, kind):
    response = refresh(client, {"access": access, "nonsense": "refreshkey"}[kind])
    assert (response.status_code, response.json()["code"]) == (401, "token_not_valid")


def test_where_the_documents_meet_the_cookie_comes_before_the_body(client, cookie, login):
    response = client.post("/api/token/refresh/", {"refresh": login("mallory", "mallory-attacks")["refresh"]})
    assert claims(response.json()["access"])["user_id"] == "1"


def test_logout_deletes_the_cookie(client, access):
    response = client.post("/logout/", headers=bearer(access))
    assert (response.status_code, response.json()) == (200, {"message": "Logout realizado"})
    assert (response.cookies["refresh_token"].value, response.cookies["refresh_token"]["max-age"]) == ("", 0)


# Login


def test_flaw_the_same_refresh_token_is_in_a_body_next_door(client):
    body = client.post("/api/token/", VITOR).json()
    assert claims(body["refresh"])["token_type"] == "refresh"
    assert refresh(client, body["refresh"]).status_code == 200


def test_flaw_login_leaves_out_the_claims_that_the_other_login_adds(access, cookie, login):
    for token in (access, cookie):
        assert not {"username", "is_staff"} & claims(token).keys()
    assert {"username", "is_staff"} < claims(login("vitor", "123")["access"]).keys()


def test_flaw_a_stale_authorization_header_stops_the_login_itself(client):
    response = client.post("/login/", VITOR, headers=bearer("stale"))
    assert (response.status_code, response.json()["code"]) == (401, "token_not_valid")
    assert client.post("/api/token/", VITOR, headers=bearer("stale")).status_code == 200


@pytest.mark.parametrize(
    "body",
    ["[]", '"x"', "7", '{"username": "\\ud800", "password": "123"}'],
    ids=["list", "text", "number", "half"],
)
def test_flaw_a_body_of_the_wrong_shape_is_a_500(client, body):
    client.raise_request_exception = False
    assert client.post("/login/", body, "application/json").status_code == 500
    assert client.post("/api/token/", body, "application/json").status_code == 400


def test_flaw_the_error_page_shows_the_password(client, settings):
    settings.DEBUG = True
    client.raise_request_exception = False
    with connection.cursor() as cursor:  # as if nobody had run `migrate`, which the document does not mention
        for table in ("blacklistedtoken", "outstandingtoken"):
            cursor.execute(f"DROP TABLE token_blacklist_{table}")
    alice = {"username": "alice", "password": "correct-horse-battery"}
    page = client.post("/login/", alice, "application/json", headers={"Accept": "text/html"})
    assert page.status_code == 500
    assert "no such table: token_blacklist_outstandingtoken" in page.text
    assert "correct-horse-battery" in page.text


def test_flaw_backends_and_signals_are_not_told_the_request(client):
    requests = []

    def note(request, **kwargs) -> None:
        requests.append(request)

    user_login_failed.connect(note)
    try:
        client.post("/login/", VITOR | {"password": "no"})
        client.post("/api/token/", VITOR | {"password": "no"})
    finally:
        user_login_failed.disconnect(note)
    assert requests[0] is None
    assert requests[1] is not None


def test_flaw_whether_a_user_is_active_is_left_to_the_backend(client, settings):
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.AllowAllUsersModelBackend"]
    User.objects.filter(username="vitor").update(is_active=False)
    assert client.post("/login/", VITOR).status_code == 200
    assert client.post("/api/token/", VITOR).status_code == 401


def test_flaw_nothing_slows_down_someone_who_tries_passwords(client):
    tries = [client.post("/login/", VITOR | {"password": str(n)}).status_code for n in range(100, 124)]
    assert tries == [401] * 23 + [200]


def test_flaw_a_login_leaves_no_trace(client, access):
    assert User.objects.get(username="vitor").last_login is None
    heard = []

    def note(**kwargs) -> None:
        heard.append(kwargs)

    user_logged_in.connect(note)
    try:
        log_in(client)
    finally:
        user_logged_in.disconnect(note)
    assert heard == []


# The cookie


def test_flaw_the_cookie_outlives_its_token_by_six_days(client, cookie):
    lifetime = claims(cookie)["exp"] - claims(cookie)["iat"]
    assert (client.cookies["refresh_token"]["max-age"], lifetime) == (7 * 86400, 86400)


def test_flaw_the_cookie_goes_to_every_path(client, access):
    assert client.cookies["refresh_token"]["path"] == "/"
    assert client.get("/guestbook/").wsgi_request.COOKIES["refresh_token"]


@pytest.mark.parametrize("path", ["/login/", "/api/token/refresh/"])
def test_flaw_an_answer_with_a_token_may_be_stored(client, access, path):
    response = client.post(path, VITOR)
    assert "access" in response.json()
    assert "Cache-Control" not in response.headers


def test_flaw_of_two_cookies_with_the_name_the_tossed_one_wins(client, cookie, login):
    mallorys = login("mallory", "mallory-attacks")["refresh"]
    tossed = Client(headers={"Cookie": f"refresh_token={cookie}; refresh_token={mallorys}"})
    assert claims(refresh(tossed).json()["access"])["user_id"] == "3"
    spoiled = Client(headers={"Cookie": f"refresh_token={cookie}; refresh_token=x"})
    assert refresh(spoiled).status_code == 401


# Requests that another site has started. Which of them carry the cookie is for a browser to show.


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]
)
def test_flaw_refresh_takes_any_forms_post_from_anywhere(client, access, content_type):
    headers = {"Origin": EVIL, "Sec-Fetch-Site": "same-site", "Accept": "text/html"}
    response = client.post("/api/token/refresh/", "", content_type, headers=headers)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert "&quot;access&quot;: &quot;eyJ" in response.text  # the browsable API writes it into the page


def test_flaw_login_takes_a_form_from_anywhere_and_sets_its_cookie(client):
    body = "username=mallory&password=mallory-attacks"
    headers = {"Origin": EVIL, "Sec-Fetch-Site": "cross-site"}
    response = client.post("/login/", body, "application/x-www-form-urlencoded", headers=headers)
    assert response.status_code == 200
    assert claims(refresh(client).json()["access"])["user_id"] == "3"


# Refresh


def test_flaw_the_cookie_works_again_and_again(client, cookie):
    assert [refresh(client).status_code for _ in range(3)] == [200, 200, 200]


def test_flaw_a_rotated_token_is_made_and_thrown_away(client, cookie, monkeypatch):
    monkeypatch.setattr(api_settings, "ROTATE_REFRESH_TOKENS", True)
    assert OutstandingToken.objects.count() == 1
    response = refresh(client)
    assert (response.status_code, list(response.json())) == (200, ["access"])
    assert not response.cookies
    assert OutstandingToken.objects.count() == 2


def test_flaw_with_blacklisting_the_second_refresh_ends_the_session(client, cookie, monkeypatch):
    monkeypatch.setattr(api_settings, "ROTATE_REFRESH_TOKENS", True)
    monkeypatch.setattr(api_settings, "BLACKLIST_AFTER_ROTATION", True)
    first, second = refresh(client), refresh(client)
    assert (first.status_code, second.status_code) == (200, 401)
    assert second.json()["detail"] == "Token is blacklisted"


def test_flaw_a_cookie_that_is_refused_stays(client):
    with time_machine.travel(NOON, tick=False) as clock:
        log_in(client)
        clock.shift(86400)
        response = refresh(client)
    assert response.status_code == 401
    assert not response.cookies


def test_flaw_an_empty_cookie_is_a_400(client):
    response = refresh(client, "")
    assert (response.status_code, response.json()) == (400, {"refresh": ["This field may not be blank."]})


def test_flaw_a_deleted_user_is_a_500(client, cookie):
    User.objects.filter(username="vitor").delete()
    client.raise_request_exception = False
    assert refresh(client).status_code == 500


def test_a_deactivated_user_is_refused_everywhere(client, access):
    User.objects.filter(username="vitor").update(is_active=False)
    assert refresh(client).status_code == 401
    assert client.get("/hello/", headers=bearer(access)).status_code == 401


def test_flaw_a_new_password_ends_nothing(client, access):
    vitor = User.objects.get(username="vitor")
    vitor.set_password("another one")
    vitor.save()
    assert refresh(client).status_code == 200
    assert client.get("/hello/", headers=bearer(access)).status_code == 200


# Logout


def test_flaw_logout_ends_nothing_on_the_server(client, access, cookie):
    client.post("/logout/", headers=bearer(access))
    assert (OutstandingToken.objects.count(), BlacklistedToken.objects.count()) == (1, 0)
    assert refresh(Client(), cookie).status_code == 200
    assert client.get("/hello/", headers=bearer(access)).status_code == 200


@pytest.mark.parametrize("headers", [{}, bearer("stale")], ids=["no token", "stale token"])
def test_flaw_without_a_live_access_token_nobody_can_log_out(client, access, headers):
    response = client.post("/logout/", headers=headers)
    assert response.status_code == 401
    assert not response.cookies


def test_flaw_five_minutes_after_the_login_it_cannot_be_undone(client):
    with time_machine.travel(NOON, tick=False) as clock:
        access = log_in(client)
        clock.shift(301)
        response = client.post("/logout/", headers=bearer(access))
    assert response.status_code == 401
    assert not response.cookies


def test_flaw_the_cookie_is_deleted_without_the_attributes_it_was_set_with(client, access):
    deleted = client.post("/logout/", headers=bearer(access)).cookies["refresh_token"]
    assert (deleted["path"], deleted["secure"], deleted["httponly"], deleted["samesite"]) == ("/", "", "", "")


# The tables of token_blacklist


def test_flaw_verify_says_yes_to_a_blacklisted_token(client, cookie):
    assert client.post("/api/token/blacklist/", {"refresh": cookie}).status_code == 200
    assert client.post("/api/token/verify/", {"token": cookie}).status_code == 200
    assert refresh(client).status_code == 401


def test_flaw_whoever_reads_the_table_of_tokens_owns_the_sessions(client, access):
    row = OutstandingToken.objects.get()
    assert refresh(Client(), row.token).status_code == 200


# The OpenAPI document


def test_the_openapi_document_says_what_the_views_take(client):
    paths = client.get("/api/schema/?format=json").json()["paths"]
    login, refresh, logout = (paths[path]["post"] for path in ("/login/", "/api/token/refresh/", "/logout/"))
    assert login["requestBody"]["required"] is True
    assert "Set-Cookie" in login["responses"]["200"]["headers"]
    assert "required" not in refresh["requestBody"]
    assert [(where["in"], where["name"]) for where in refresh["parameters"]] == [("cookie", "refresh_token")]
    assert "requestBody" not in logout
    statuses = [sorted(operation["responses"]) for operation in (login, refresh, logout)]
    assert statuses == [["200", "401"], ["200", "400", "401"], ["200", "401"]]
