"""What the server remembers of its sessions. Never the text of a token: its reader could be anyone."""

from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, models
from django.utils.crypto import constant_time_compare
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.utils import aware_utcnow


class Family(models.Model):
    """One login, and all tokens that have come from it. Named after its first refresh token."""

    class Reason(models.TextChoices):
        """Why a family was ended before its time."""

        LOGOUT = "logout"
        NEW_LOGIN = "new login", "another login in the same browser"
        REUSE = "reuse", "a refresh token came back after its use"
        OVER = "over", "too old, or the account has changed"
        STAFF = "staff", "by the staff"

    id = models.UUIDField(primary_key=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="token_families")
    # Of the password, keyed with SECRET_KEY, as Django's own sessions keep it (get_session_auth_hash).
    password_hash = models.CharField(max_length=128, editable=False)
    created_at = models.DateTimeField(default=aware_utcnow)
    expires_at = models.DateTimeField(db_index=True)  # rotation does not move it (ASVS 7.3.2, 10.4.8)
    revoked_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=20, blank=True, choices=Reason)

    class Meta:
        verbose_name_plural = "families"

    def __str__(self) -> str:
        return f"{self.user}, since {self.created_at:%Y-%m-%d %H:%M}"

    def is_live(self) -> bool:
        """Say whether tokens of this family are good now: not ended, not too old, the account as it was."""
        return (
            self.revoked_at is None
            and aware_utcnow() < self.expires_at
            and is_as_it_was(self.user, self.password_hash)
        )


class RefreshToken(models.Model):
    """A refresh token that was handed out, by its `jti`."""

    jti = models.UUIDField(primary_key=True)
    family = models.ForeignKey(Family, models.CASCADE, related_name="tokens")
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.jti)


def is_as_it_was(user: AbstractBaseUser, password_hash: str) -> bool:
    """Say whether the account may log in, and has the password it had when `password_hash` was made."""
    # A hash may have been made before SECRET_KEY was changed, with what is a fallback now.
    hashes = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return api_settings.USER_AUTHENTICATION_RULE(user) and any(
        constant_time_compare(password_hash, now) for now in hashes
    )


def live_user(family_id: UUID) -> AbstractBaseUser | None:
    """Return the user of this family if it is live, else None. One query by primary key.

    Every request asks this, and for Django to put the query together takes several times as long as to run
    it. So that is done once, and the text of the query is kept.
    """
    users = get_user_model()._base_manager
    values = _for_database("id", family_id), _for_database("expires_at", aware_utcnow())
    user = next(iter(users.raw(_live_user_sql(), values)), None)
    return user if user and is_as_it_was(user, user.family_password_hash) else None


@cache
def _live_user_sql() -> str:
    users = (
        get_user_model()
        ._base_manager.filter(
            token_families=UUID(int=0),
            token_families__revoked_at=None,
            token_families__expires_at__gt=aware_utcnow(),
        )
        .annotate(family_password_hash=models.F("token_families__password_hash"))
    )
    return users.query.sql_with_params()[0]


def _for_database(field: str, value: Any) -> Any:
    return Family._meta.get_field(field).get_db_prep_value(value, connection)
