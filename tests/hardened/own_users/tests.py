# ruff: noqa: PT009 -- run by `manage.py test`, where a bare assert does not show its values
"""What the sessions of such users are worth. `test_hardened_users.py` runs each class with its settings."""

from django.db import connections
from django.test import RequestFactory
from rest_framework.request import Request

from hardened_auth.authentication import FamilyAuthentication
from hardened_auth.models import Family
from hardened_auth.tests.base import SessionTestCase

from .models import SoftDeleted, Tenant


class SoftDeletedUser(SessionTestCase):
    def mark(self, *, deleted: bool) -> None:
        SoftDeleted._base_manager.filter(pk=self.alice.pk).update(deleted=deleted)

    def test_has_no_session_and_gets_none_back(self) -> None:
        access = self.log_in()
        self.assertEqual(self.me(access), 200)
        self.mark(deleted=True)
        self.assertEqual((self.me(access), self.refresh().status_code), (401, 401))
        self.mark(deleted=False)
        self.assertEqual((self.me(access), Family.objects.get().reason), (401, "over"))

    def test_that_is_not_deleted_is_the_default_managers_own(self) -> None:
        headers = {"Authorization": f"Bearer {self.log_in().json()['access']}"}
        request = Request(RequestFactory().get("/me/", headers=headers))
        found = FamilyAuthentication().authenticate(request)
        assert found is not None
        self.assertEqual(vars(found[0])["shout"], "ALICE")


class UserOfTenant(SessionTestCase):
    def test_is_let_in_and_refreshes(self) -> None:
        access = self.log_in()
        self.assertEqual((self.me(access), self.refresh().status_code), (200, 200))

    def test_of_another_tenant_is_refused(self) -> None:
        access = self.log_in()
        Tenant.objects.filter(pk=self.alice.pk).update(tenant="there")
        self.assertEqual((self.me(access), self.refresh().status_code), (401, 401))


class UserInASecondDatabase(SessionTestCase):
    databases = {"default", "users"}

    def test_is_let_in_and_refreshes(self) -> None:
        access = self.log_in()
        self.assertEqual([connections[name].vendor for name in connections], ["postgresql", "sqlite"])
        self.assertEqual((self.me(access), self.refresh().status_code), (200, 200))
