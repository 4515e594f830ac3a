"""What the server remembers of its sessions. Never the text of a token: its reader could be anyone."""

from django.conf import settings
from django.db import models
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
            and api_settings.USER_AUTHENTICATION_RULE(self.user)
            and any(constant_time_compare(self.password_hash, now) for now in password_hashes(self.user))
        )


class RefreshToken(models.Model):
    """A refresh token that was handed out, by its `jti`."""

    jti = models.UUIDField(primary_key=True)
    family = models.ForeignKey(Family, models.CASCADE, related_name="tokens")
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.jti)


def password_hashes(user: models.Model) -> list[str]:
    """Return what `Family.password_hash` may be for this password: by SECRET_KEY, then by its fallbacks."""
    return [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
