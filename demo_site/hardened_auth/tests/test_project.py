# ruff: noqa: PT009 -- run by `manage.py test`, where a bare assert does not show its values
"""What a project sees of the package: its settings and checks, its command, its admin."""

from datetime import timedelta
from io import StringIO
from itertools import count
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric import rsa
from django.apps import apps
from django.contrib.admin import AdminSite
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection
from django.test import Client, RequestFactory, SimpleTestCase, override_settings
from django.test.utils import CaptureQueriesContext
from rest_framework_simplejwt.utils import aware_utcnow

from hardened_auth.admin import FamilyAdmin
from hardened_auth.management.commands import clear_expired
from hardened_auth.models import Family, RefreshToken

from .base import GIVEN, SessionTestCase, new_key
from .test_tokens import pem, public_pem

REDIS = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1"}
}
LOCAL = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


def complaints() -> list[str]:
    """Return what `manage.py check` says of this package, each as its id and its words."""
    messages = run_checks(app_configs=[apps.get_app_config("hardened_auth")])
    return [f"{m.id}: {m.msg}" for m in messages if m.id and m.id.startswith("hardened_auth.")]


@override_settings(CACHES=REDIS)
class Settings(SimpleTestCase):
    def complaint(self, **changes: object) -> str:
        """Return the one complaint about settings that are good but for these changes (None: left out)."""
        given = {name: value for name, value in (GIVEN | changes).items() if value is not None}
        with override_settings(HARDENED_AUTH=given):
            (complaint,) = complaints()
        return complaint

    def test_that_are_good_get_no_complaint(self) -> None:
        with override_settings(HARDENED_AUTH=GIVEN):
            self.assertEqual(complaints(), [])

    def test_that_are_missing_are_named(self) -> None:
        for name in GIVEN:
            self.assertIn(f"E001: HARDENED_AUTH needs {name}", self.complaint(**{name: None}))

    def test_with_a_slip_of_the_pen_are_refused(self) -> None:
        self.assertIn(
            "has no setting ACCESS_LIFETIMES. It has: ACCESS_LIFETIME,", self.complaint(ACCESS_LIFETIMES=1)
        )

    def test_with_keys_that_do_not_fit_are_refused(self) -> None:
        for changes in (
            {"SIGNING_KEY": "secret"},
            {"SIGNING_KEY": public_pem(new_key())},
            {"SIGNING_KEY": pem(rsa.generate_private_key(65537, 2048))},
            {"OTHER_KEYS": ["secret"]},
            {"ALGORITHM": "HS256", "SIGNING_KEY": "x" * 32},
            {"ALGORITHM": "none"},
            {"ALGORITHM": "nonsense"},
        ):
            with self.subTest(changes):
                self.assertIn("must be PEMs of", self.complaint(**changes))

    def test_with_lifetimes_in_the_wrong_order_are_refused(self) -> None:
        self.assertIn("E002", self.complaint(ACCESS_LIFETIME=timedelta(days=2)))
        self.assertIn("E002", self.complaint(REFRESH_LIFETIME=timedelta(days=8)))

    def test_that_are_weaker_than_they_look_get_a_warning(self) -> None:
        self.assertIn("W001", self.complaint(COOKIE="refresh"))
        self.assertIn("E003", self.complaint(CACHE="nowhere"))
        with override_settings(CACHES=LOCAL):
            self.assertIn("W002", self.complaint())


class ClearExpired(SessionTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.now = aware_utcnow()

    def log_in_and_refresh(self, times: int) -> None:
        self.log_in(client=(browser := Client()))
        for _ in range(times):
            self.refresh(client=browser)

    def clear(self) -> str:
        call_command("clear_expired", stdout=(out := StringIO()))
        return out.getvalue()

    def test_deletes_what_is_of_no_more_use_and_nothing_else(self) -> None:
        self.log_in_and_refresh(2)
        old = Family.objects.get()
        RefreshToken.objects.update(expires_at=self.now - timedelta(days=1))
        self.log_in()
        self.assertEqual(self.clear(), "3 refresh tokens deleted\n0 families deleted\n")
        Family.objects.filter(pk=old.pk).update(expires_at=self.now - timedelta(seconds=11))
        self.assertEqual(self.clear(), "0 refresh tokens deleted\n1 families deleted\n")
        self.assertEqual((Family.objects.count(), RefreshToken.objects.count()), (1, 1))
        self.assertEqual(self.refresh().status_code, 200)

    def test_keeps_used_tokens_for_as_long_as_a_thief_could_send_them(self) -> None:
        self.log_in_and_refresh(2)
        RefreshToken.objects.update(expires_at=self.now - timedelta(seconds=5))  # within the leeway
        self.assertEqual(self.clear(), "0 refresh tokens deleted\n0 families deleted\n")

    def batches(self, *, seconds: float) -> tuple[list[int], list[float]]:
        """Clear seven rows, at most three at once, each time taking so long. Return batches and pauses."""
        self.log_in_and_refresh(6)
        RefreshToken.objects.update(expires_at=self.now - timedelta(days=1))
        with (
            patch.object(clear_expired, "MOST_AT_ONCE", 3),
            patch.object(clear_expired, "time") as time,
            CaptureQueriesContext(connection) as queries,
        ):
            time.monotonic.side_effect = count(0, seconds)
            self.assertIn("7 refresh tokens", self.clear())
        deletions = [query["sql"] for query in queries if query["sql"].startswith("DELETE")]
        return [sql.count(",") + 1 for sql in deletions], [call.args[0] for call in time.sleep.call_args_list]

    def test_works_in_batches_and_gives_way_between_them(self) -> None:
        self.assertEqual(self.batches(seconds=0.03125), ([3, 3, 1], [0.03125] * 3))

    def test_takes_fewer_rows_at_once_where_that_takes_long(self) -> None:
        self.assertEqual(self.batches(seconds=0.09375)[0], [3, 1, 1, 1, 1])

    def test_is_silent_when_asked_to_be(self) -> None:
        call_command("clear_expired", verbosity=0, stdout=(out := StringIO()))
        self.assertEqual(out.getvalue(), "")


class Admin(SessionTestCase):
    def test_ends_the_chosen_sessions(self) -> None:
        answers = [self.log_in(client=Client()) for _ in range(2)]
        first = Family.objects.earliest("created_at")
        admin = FamilyAdmin(Family, AdminSite())
        admin.end_sessions(RequestFactory().post("/"), Family.objects.filter(pk=first.pk))
        self.assertEqual([self.me(answer) for answer in answers], [401, 200])
        self.assertEqual(Family.objects.get(pk=first.pk).reason, "staff")
