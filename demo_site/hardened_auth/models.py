"""The tables of sessions. They hold ids of tokens and not their text, so who reads them gains no session."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import F
from django.utils.crypto import constant_time_compare
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.utils import aware_utcnow

if TYPE_CHECKING:
    from django.contrib.auth.models import _User  # django-stubs' name for the class in AUTH_USER_MODEL


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
        """Ask the database whether tokens of this family are good now."""
        return live_user(self.pk) is not None


class RefreshToken(models.Model):
    """A refresh token that was handed out, by its `jti`."""

    jti = models.UUIDField(primary_key=True)
    family = models.ForeignKey(Family, models.CASCADE, related_name="tokens")
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.jti)


def is_as_it_was(user: "_User", password_hash: str) -> bool:
    """Say whether the account may log in, and has the password it had when `password_hash` was made."""
    # A hash may have been made before SECRET_KEY was changed, with what is a fallback now.
    hashes = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return api_settings.USER_AUTHENTICATION_RULE(user) and any(
        constant_time_compare(password_hash, now) for now in hashes
    )


def live_user(family_id: UUID) -> "_User | None":
    """Return the user of this family if its tokens are good now, else None. One query by primary key.

    They are good while the family has not ended and is not too old, and while the user is one whom the
    project's own manager finds, who may log in, and who has the password that the family began with.
    """
    users = get_user_model()._default_manager.filter(token_families=family_id)
    with_family = users.annotate(
        family_revoked_at=F("token_families__revoked_at"),
        family_expires_at=F("token_families__expires_at"),
        family_password_hash=F("token_families__password_hash"),
    )
    user = next(iter(with_family), None)  # not `first()`, which would sort the one row
    if user is None or user.family_revoked_at is not None or user.family_expires_at <= aware_utcnow():
        return None
    return user if is_as_it_was(user, user.family_password_hash) else None
