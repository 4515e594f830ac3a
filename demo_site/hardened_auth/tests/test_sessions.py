# ruff: noqa: PT009 -- run by `manage.py test`, where a bare assert does not show its values
"""The life of a session: login, rotation, reuse, logout, and an account that changes."""

from datetime import timedelta
from typing import TYPE_CHECKING
from unittest.mock import patch

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from rest_framework.request import Request
from rest_framework_simplejwt.utils import aware_utcnow

from hardened_auth import sessions
from hardened_auth.models import Family, RefreshToken

from .base import COOKIE, GIVEN, CommittingTestCase, SessionTestCase, let_pass

if TYPE_CHECKING:
    from .base import Answer

GRACE = timedelta(seconds=5)


def reasons() -> list[str]:
    """Return why each family has ended, oldest first; an empty text for one that has not."""
    return list(Family.objects.order_by("created_at").values_list("reason", flat=True))


class Login(SessionTestCase):
    def test_gives_an_access_token_in_the_body_and_nothing_else(self) -> None:
        response = self.log_in()
        self.assertEqual((response.status_code, list(response.json())), (200, ["access"]))
        self.assertEqual(self.me(response), 200)

    def test_refuses_a_wrong_password_an_unknown_name_and_an_inactive_user_alike(self) -> None:
        get_user_model().objects.create_user("bob", password="secret", is_active=False)
        answers = [self.log_in(password="wrong"), self.log_in("nobody"), self.log_in("bob", "secret")]
        self.assertEqual([answer.status_code for answer in answers], [401, 401, 401])
        self.assertEqual(len({answer.content for answer in answers}), 1)
        self.assertEqual(answers[0]["WWW-Authenticate"], 'Bearer realm="api"')
        self.assertFalse(Family.objects.exists())

    def test_is_not_disturbed_by_a_stale_authorization_header(self) -> None:
        self.assertEqual(self.log_in(headers={"Authorization": "Bearer stale"}).status_code, 200)

    def test_ends_the_session_that_this_browser_still_had(self) -> None:
        first = self.log_in()
        second = self.log_in()
        self.assertEqual((self.me(first), self.me(second)), (401, 200))
        self.assertEqual(reasons(), ["new login", ""])

    def test_leaves_the_session_of_another_browser_alone(self) -> None:
        first = self.log_in()
        self.log_in(client=Client())
        self.assertEqual(self.me(first), 200)

    def test_that_fails_leaves_the_old_session_alone(self) -> None:
        first = self.log_in()
        self.log_in(password="wrong")
        self.assertEqual(self.me(first), 200)

    def test_is_announced_with_the_request(self) -> None:
        seen = []

        def receiver(request: Request, user: object, **_: object) -> None:
            seen.append((request.path, user))

        user_logged_in.connect(receiver)
        self.addCleanup(user_logged_in.disconnect, receiver)
        self.log_in()
        self.assertEqual(seen, [("/login/", self.alice)])


class Rotation(SessionTestCase):
    def test_gives_a_new_pair_each_time(self) -> None:
        answers, cookies = [self.log_in()], [self.cookie.value]
        for _ in range(3):
            answers.append(self.refresh())
            cookies.append(self.cookie.value)
        self.assertEqual([answer.status_code for answer in answers], [200] * 4)
        self.assertEqual(len({answer.json()["access"] for answer in answers}), 4)
        self.assertEqual(len(set(cookies)), 4)
        self.assertEqual(self.me(answers[-1]), 200)
        self.assertEqual((Family.objects.count(), RefreshToken.objects.count()), (1, 4))

    def test_without_a_cookie_or_with_a_bad_one_is_401_and_clears_it(self) -> None:
        for bad in ("", "nonsense", "a.b.c"):
            with self.subTest(bad):
                self.client.cookies[COOKIE] = bad
                response = self.refresh()
                self.assertEqual((response.status_code, self.cookie["max-age"]), (401, 0))
                self.assertEqual(response["WWW-Authenticate"], 'Bearer realm="api"')

    def test_reads_no_token_from_the_body(self) -> None:
        self.log_in()
        token = self.cookie.value
        self.assertEqual(self.refresh(body={"refresh": token}, client=Client()).status_code, 401)

    def test_refuses_an_access_token(self) -> None:
        self.client.cookies[COOKIE] = self.log_in().json()["access"]
        self.assertEqual(self.refresh().status_code, 401)

    def test_twice_with_one_token_at_once_is_a_race_which_ends_nothing(self) -> None:
        self.log_in()
        other_tab = self.thief()
        winner, loser = self.refresh(), self.refresh(client=other_tab)
        self.assertEqual((winner.status_code, loser.status_code), (200, 409))
        self.assertEqual(loser["Retry-After"], "1")
        self.assertNotIn(COOKIE, loser.cookies)
        self.assertEqual(RefreshToken.objects.count(), 2)  # the login's and the winner's: the loser got none
        self.assertEqual((self.me(winner), self.refresh().status_code), (200, 200))

    def test_with_a_used_token_later_ends_the_whole_family(self) -> None:
        self.log_in()
        thief = self.thief()
        owner = self.refresh()
        let_pass(GRACE + timedelta(seconds=1))
        self.assertEqual(self.refresh(client=thief).status_code, 401)
        self.assertEqual(self.me(owner), 401)
        self.assertEqual(self.refresh().status_code, 401)
        self.assertEqual(reasons(), ["reuse"])

    def test_by_a_thief_who_is_first_ends_when_the_owner_comes(self) -> None:
        self.log_in()
        thief = self.thief()
        stolen = self.refresh(client=thief)
        self.assertEqual((stolen.status_code, self.me(stolen)), (200, 200))
        let_pass(GRACE + timedelta(seconds=1))
        self.assertEqual(self.refresh().status_code, 401)
        self.assertEqual((self.me(stolen), self.refresh(client=thief).status_code), (401, 401))

    def test_does_not_move_the_end_of_the_session(self) -> None:
        self.log_in()
        end = aware_utcnow() + timedelta(minutes=10)
        Family.objects.update(expires_at=end)
        self.refresh()
        self.assertLessEqual(self.cookie["max-age"], 600)
        newest = RefreshToken.objects.get(used_at=None)
        self.assertEqual(newest.expires_at, end.replace(microsecond=0))

    def test_after_the_end_of_the_session_is_refused_and_so_is_the_access_token(self) -> None:
        access = self.log_in()
        Family.objects.update(expires_at=aware_utcnow())
        self.assertEqual(self.me(access), 401)
        self.assertEqual(self.refresh().status_code, 401)

    @override_settings(HARDENED_AUTH=GIVEN | {"REFRESH_LIFETIME": -timedelta(seconds=11)})
    def test_of_an_expired_token_is_refused(self) -> None:
        self.log_in()
        self.client.cookies[COOKIE]["max-age"] = 60  # the client drops what has expired; a thief does not
        self.assertEqual(self.refresh(client=self.thief()).status_code, 401)

    def test_of_a_token_whose_row_is_gone_is_refused(self) -> None:
        self.log_in()
        RefreshToken.objects.all().delete()
        self.assertEqual(self.refresh().status_code, 401)


class Logout(SessionTestCase):
    def test_ends_the_session_for_every_copy_of_either_token(self) -> None:
        access = self.log_in()
        thief = self.thief()
        self.assertEqual(self.log_out().status_code, 204)
        self.assertEqual((self.me(access), self.refresh(client=thief).status_code), (401, 401))
        self.assertEqual(reasons(), ["logout"])

    def test_needs_no_access_token_and_no_session(self) -> None:
        self.assertEqual([self.log_out().status_code for _ in range(2)], [204, 204])
        self.log_in()
        self.assertEqual([self.log_out().status_code for _ in range(2)], [204, 204])

    def test_clears_the_cookie_with_the_attributes_it_was_set_with(self) -> None:
        self.log_in()
        was_set = dict(self.cookie)
        self.log_out()
        self.assertEqual((self.cookie.value, self.cookie["max-age"]), ("", 0))
        for attribute in ("path", "domain", "secure", "httponly", "samesite"):
            self.assertEqual(self.cookie[attribute], was_set[attribute], attribute)

    def test_with_a_token_already_rotated_ends_the_session_too(self) -> None:
        self.log_in()
        old = self.thief()
        access = self.refresh()
        self.log_out(client=old)
        self.assertEqual(self.me(access), 401)

    def test_everywhere_ends_every_session_of_the_user_and_of_no_other(self) -> None:
        bob = get_user_model().objects.create_user("bob", password="secret")
        answers = [self.log_in(), self.log_in(client=Client()), self.log_in("bob", "secret", client=Client())]
        sessions.end_all(self.alice)
        self.assertEqual([self.me(answer) for answer in answers], [401, 401, 200])
        self.assertEqual(Family.objects.filter(user=bob, revoked_at=None).count(), 1)


class Account(SessionTestCase):
    def assert_over(self, access: "Answer") -> None:
        self.assertEqual((self.me(access), self.refresh().status_code), (401, 401))

    def test_with_a_new_password_has_no_old_session(self) -> None:
        access = self.log_in()
        self.alice.set_password("another one")
        self.alice.save()
        self.assert_over(access)

    def test_that_is_deactivated_has_no_session_and_gets_none_back(self) -> None:
        access = self.log_in()
        users = get_user_model().objects.filter(pk=self.alice.pk)
        users.update(is_active=False)
        self.assert_over(access)
        users.update(is_active=True)
        self.assertEqual(self.me(access), 401)

    def test_that_is_deleted_has_no_session(self) -> None:
        access = self.log_in()
        get_user_model().objects.filter(pk=self.alice.pk).delete()
        self.assert_over(access)

    def test_keeps_its_sessions_while_the_old_secret_key_is_a_fallback(self) -> None:
        access = self.log_in()
        old = settings.SECRET_KEY
        with override_settings(SECRET_KEY="n" * 50, SECRET_KEY_FALLBACKS=[old]):
            self.assertEqual(self.me(access), 200)
        with override_settings(SECRET_KEY="n" * 50, SECRET_KEY_FALLBACKS=[]):
            self.assertEqual(self.me(access), 401)


class AccessCheck(SessionTestCase):
    def test_is_one_query(self) -> None:
        access = self.log_in()
        with CaptureQueriesContext(connection) as queries:
            self.assertEqual(self.me(access), 200)
        self.assertEqual(len(queries), 1)

    def test_wants_a_token(self) -> None:
        response = Client().get("/me/")
        self.assertEqual((response.status_code, response["WWW-Authenticate"]), (401, 'Bearer realm="api"'))

    def test_refuses_a_refresh_token(self) -> None:
        self.log_in()
        headers = {"Authorization": f"Bearer {self.cookie.value}"}
        self.assertEqual(Client().get("/me/", headers=headers).status_code, 401)

    @override_settings(HARDENED_AUTH=GIVEN | {"ACCESS_LIFETIME": -timedelta(seconds=11)})
    def test_refuses_an_expired_token(self) -> None:
        self.assertEqual(self.me(self.log_in()), 401)

    @override_settings(HARDENED_AUTH=GIVEN | {"ACCESS_LIFETIME": -timedelta(seconds=5)})
    def test_allows_for_clocks_that_differ_by_the_leeway(self) -> None:
        self.assertEqual(self.me(self.log_in()), 200)


class Tables(SessionTestCase):
    def test_hold_no_text_of_a_token(self) -> None:
        access = self.log_in().json()["access"]
        rows = str([*Family.objects.values(), *RefreshToken.objects.values()])
        for token in (access, self.cookie.value):
            for part in token.split("."):
                self.assertNotIn(part, rows)


class Committed(CommittingTestCase):
    def test_login_of_a_user_who_is_deleted_meanwhile_is_refused(self) -> None:
        def authenticate(**_: object) -> object:
            get_user_model().objects.filter(pk=self.alice.pk).delete()
            return self.alice

        with patch("rest_framework_simplejwt.serializers.authenticate", authenticate):
            self.assertEqual(self.log_in().status_code, 401)
        self.assertFalse(Family.objects.exists())

    def test_a_refusal_keeps_its_revocation_under_atomic_requests(self) -> None:
        self.log_in()
        thief = self.thief()
        self.refresh()
        let_pass(GRACE + timedelta(seconds=1))
        with patch.dict(connection.settings_dict, ATOMIC_REQUESTS=True):
            self.assertEqual(self.refresh(client=thief).status_code, 401)
        self.assertEqual(reasons(), ["reuse"])
