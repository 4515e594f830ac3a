# ruff: noqa: PT009 -- run by `manage.py test`, where a bare assert does not show its values
"""What a request must look like, and what an answer looks like: origins, bodies, cookies, headers, limits."""

import json
import time
from unittest.mock import patch

from django.test import Client, RequestFactory, override_settings
from django.views.debug import ExceptionReporter
from rest_framework.request import Request
from rest_framework.settings import api_settings

from hardened_auth.limits import network_of
from hardened_auth.parsers import MAX_BODY

from .base import COOKIE, GIVEN, HEADERS, PASSWORD, SessionTestCase

CREDENTIALS = {"username": "alice", "password": PASSWORD}
PATHS = ("/login/", "/api/token/refresh/", "/logout/")


class Origin(SessionTestCase):
    def statuses(self, headers: dict[str, str | None]) -> set[int]:
        """Post what would succeed, with these headers changed (None: left out). Return the statuses."""
        sent = {name: value for name, value in {**HEADERS, **headers}.items() if value is not None}
        found = set()
        for path in PATHS:
            client = Client(headers=sent)
            client.cookies[COOKIE] = self.thief().cookies[COOKIE].value
            found.add(client.post(path, CREDENTIALS, content_type="application/json").status_code)
        return found

    def setUp(self) -> None:
        super().setUp()
        self.log_in()

    def test_that_is_foreign_is_refused(self) -> None:
        for header, value in (
            ("X-Auth-Request", None),
            ("X-Auth-Request", ""),
            ("X-Auth-Request", "0"),
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Site", "same-site"),  # another port, a sibling host
            ("Sec-Fetch-Site", "none"),
            ("Sec-Fetch-Site", "same-origin, cross-site"),
            ("Origin", "http://evil.example"),
            ("Origin", "http://testserver:8000"),
            ("Origin", "https://testserver"),
            ("Origin", "http://testserver.evil.example"),
            ("Origin", "null"),
            ("Origin", ""),
        ):
            with self.subTest(header=header, value=value):
                self.assertEqual(self.statuses({header: value}), {403})

    def test_of_our_own_passes(self) -> None:
        passed = self.statuses({"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"})
        self.assertNotIn(403, passed)

    def test_that_is_foreign_counts_no_failed_login_and_ends_no_session(self) -> None:
        with override_settings(HARDENED_AUTH=GIVEN | {"FAILED_LOGINS_PER_NAME": 0}):
            self.assertEqual(self.statuses({"Origin": "http://evil.example"}), {403})
        self.assertEqual(self.refresh().status_code, 200)


class Body(SessionTestCase):
    def test_that_is_no_login_is_400(self) -> None:
        for body in (
            "",
            "{",
            "[]",
            '"x"',
            "null",
            "NaN",
            "[" * 30_000,
            '{"a":' * 30_000,
            '{"username": "\\ud800", "password": "x"}',
            '{"username": "x", "password": "\\udfff"}',
            '{"username": "a\\u0000", "password": "x"}',
            '{"username": ["alice"], "password": "x"}',
            '{"username": {"a": 1}, "password": "x"}',
            '{"username": null, "password": null}',
            '{"username": true, "password": "x"}',
            '{"username": "", "password": ""}',
            '{"username": "alice"}',
            '{"password": "x"}',
            "1" * 5000,
            "\ufeff{}",
            b"\xff\xfe{}",
        ):
            with self.subTest(body[:40]):
                response = self.client.post("/login/", body, content_type="application/json", headers=HEADERS)
                self.assertEqual(response.status_code, 400, response.content)
                json.loads(response.content)

    def test_of_more_than_64_kib_is_400(self) -> None:
        body = CREDENTIALS | {"more": "x" * MAX_BODY}
        response = self.post("/login/", body)
        self.assertEqual(
            (response.status_code, response.json()), (400, {"detail": "The body is longer than 65536 bytes."})
        )

    def test_in_a_codec_of_the_clients_choice_is_read_as_utf8(self) -> None:
        for charset in ("zlib", "rot13", "utf-16", "idna", "undefined", "nonsense"):
            with self.subTest(charset):
                kind = f"application/json; charset={charset}"
                body = json.dumps(CREDENTIALS).encode()
                response = self.client.generic("POST", "/login/", body, kind, headers=HEADERS)
                self.assertEqual(response.status_code, 200)

    def test_of_a_form_is_415(self) -> None:
        for kind in (
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "text/plain",
            "",
        ):
            with self.subTest(kind):
                response = self.client.post("/login/", "username=alice", content_type=kind, headers=HEADERS)
                self.assertEqual(response.status_code, 415)


class Answers(SessionTestCase):
    def test_are_never_stored(self) -> None:
        answers = [
            self.log_in(),
            self.refresh(),
            self.log_in(password="wrong"),
            self.refresh(client=Client()),
            self.log_out(),
            Client().post("/logout/"),
            self.client.get("/login/", headers=HEADERS),
        ]
        self.assertEqual([a.status_code for a in answers], [200, 200, 401, 401, 204, 403, 405])
        self.assertEqual({answer["Cache-Control"] for answer in answers}, {"no-store"})

    def test_set_a_cookie_bound_to_this_host_that_lives_as_long_as_its_token(self) -> None:
        self.log_in()
        expected = {"path": "/", "domain": "", "secure": True, "httponly": True, "samesite": "Strict"}
        self.assertEqual({name: self.cookie[name] for name in expected}, expected)
        self.assertIn(self.cookie["max-age"], (86399, 86400))

    def test_hold_no_refresh_token_in_a_body(self) -> None:
        for response in (self.log_in(), self.refresh()):
            self.assertNotIn(self.cookie.value.encode(), response.content)

    def test_allow_nothing_but_post(self) -> None:
        for path in PATHS:
            for method in ("get", "put", "patch", "delete", "options", "head"):
                with self.subTest(path=path, method=method):
                    response = getattr(self.client, method)(path, headers=HEADERS)
                    self.assertEqual((response.status_code, response["Allow"]), (405, "POST"))


class Errors(SessionTestCase):
    def test_that_are_reported_name_no_password_and_no_token(self) -> None:
        self.log_in()
        token = self.cookie.value
        with (
            patch("rest_framework_simplejwt.serializers.authenticate", side_effect=RuntimeError("down")),
            patch("hardened_auth.sessions.RefreshToken.objects.filter", side_effect=RuntimeError("down")),
        ):
            for path, body in (("/login/", CREDENTIALS), ("/api/token/refresh/", None)):
                report = self.report_of(path, body, token)
                self.assertIn("down", report)
                self.assertNotIn(PASSWORD, report)
                self.assertNotIn(token, report)

    def report_of(self, path: str, body: object, token: str) -> str:
        """Return what Django would mail to the admins about the error that this request causes."""
        self.client.raise_request_exception = False
        with patch("django.core.handlers.exception.log_response") as log:
            self.assertEqual(self.post(path, body).status_code, 500)
        error = log.call_args.kwargs["exception"]
        request = log.call_args.kwargs["request"]
        reporter = ExceptionReporter(request, type(error), error, error.__traceback__)
        return reporter.get_traceback_html() + reporter.get_traceback_text()


class Limits(SessionTestCase):
    def failed_login(self, name: str = "alice", **more: object) -> int:
        return self.log_in(name, "wrong", **more).status_code

    def test_hold_for_a_name_and_then_for_the_right_password_too(self) -> None:
        self.assertEqual([self.failed_login() for _ in range(11)], [401] * 10 + [429])
        response = self.log_in()
        self.assertEqual(response.status_code, 429)
        self.assertLessEqual(int(response["Retry-After"]), 300)
        self.assertEqual(self.log_in("bob").status_code, 401)

    def test_take_names_that_a_database_may_take_for_one_as_one(self) -> None:
        names = [" alice", "alice ", "ALICE", "Alice", "\uff41lice"] * 2
        self.assertEqual([self.failed_login(name) for name in names], [401] * 10)
        self.assertEqual(self.failed_login(), 429)

    def test_hold_for_an_address_whatever_it_says_in_x_forwarded_for(self) -> None:
        for number in range(30):
            self.assertEqual(
                self.failed_login(f"user{number}", headers={"X-Forwarded-For": f"192.0.2.{number}"}), 401
            )
        self.assertEqual(self.failed_login("user30", headers={"X-Forwarded-For": "198.51.100.1"}), 429)
        self.assertEqual(self.failed_login("user30", REMOTE_ADDR="192.0.2.1"), 401)

    def test_count_failures_alone(self) -> None:
        self.assertEqual({self.log_in().status_code for _ in range(40)}, {200})
        self.assertEqual(self.failed_login(), 401)

    def test_count_attempts_before_the_password_is_looked_at(self) -> None:
        # Else a thousand guesses sent at once would all be looked at before the first has failed.
        with patch("rest_framework_simplejwt.serializers.authenticate", return_value=None) as authenticate:
            for _ in range(12):
                self.failed_login()
        self.assertEqual(authenticate.call_count, 10)

    def test_end_with_their_window(self) -> None:
        for _ in range(11):
            self.failed_login()
        with patch("hardened_auth.limits.time.time", return_value=time.time() + 300):
            self.assertEqual(self.log_in().status_code, 200)

    def test_hold_when_the_cache_loses_a_counter_between_two_lines(self) -> None:
        with patch("django.core.cache.backends.locmem.LocMemCache.add"):
            self.assertEqual(self.failed_login(), 401)

    def test_name_an_ipv6_network_not_an_address(self) -> None:
        for address, network in (
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("192.0.2.1", "192.0.2.1"),
            ("", ""),
        ):
            request = Request(RequestFactory().post("/", REMOTE_ADDR=address))
            self.assertEqual(network_of(request), network)

    def test_hold_where_the_server_names_no_address(self) -> None:
        request = RequestFactory().post("/")
        del request.META["REMOTE_ADDR"]
        for proxies in (None, 0, 1):
            with patch.object(api_settings, "NUM_PROXIES", proxies):
                self.assertEqual(network_of(Request(request)), "")

    def test_believe_as_many_proxies_as_there_are(self) -> None:
        headers = {"X-Forwarded-For": "spoofed, 192.0.2.7"}
        request = Request(RequestFactory().post("/", REMOTE_ADDR="10.0.0.1", headers=headers))
        for proxies, address in ((None, "10.0.0.1"), (0, "10.0.0.1"), (1, "192.0.2.7"), (2, "spoofed")):
            with patch.object(api_settings, "NUM_PROXIES", proxies):
                self.assertEqual(network_of(request), address)
