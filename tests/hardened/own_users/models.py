"""Two user models, of which the settings choose one. Neither is Django's."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Upper


class Account(AbstractBaseUser):
    """What both are: a name and a password."""

    username = models.CharField(max_length=50, unique=True)

    USERNAME_FIELD = "username"

    class Meta:
        abstract = True


class Accounts(BaseUserManager[Any]):
    """Makes accounts."""

    def create_user(self, username: str, password: str) -> Account:
        user: Account = self.model(username=username)
        user.set_password(password)
        user.save(using=self._db)
        return user


class KeptAccounts(Accounts):
    """Shows those that were not deleted, each with a name to shout."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(deleted=False).annotate(shout=Upper("username"))


class SoftDeleted(Account):
    """An account whose row stays when it is deleted. The default manager passes over it."""

    deleted = models.BooleanField(default=False)

    objects = KeptAccounts()


class AccountsOfThisTenant(Accounts):
    """Shows those of one tenant: a query with a parameter before all that others add."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(tenant="here")


class Tenant(Account):
    """An account of one of several tenants. The base manager, too, shows one tenant's alone."""

    tenant = models.CharField(max_length=10, default="here")

    objects = AccountsOfThisTenant()

    class Meta:
        base_manager_name = "objects"
