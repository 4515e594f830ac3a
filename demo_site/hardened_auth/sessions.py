"""The life of a session: it starts with a login, rotates with each refresh, and ends.

The database decides, in one statement or one transaction, so that what it decides holds for any number of
threads, processes and servers.
"""

from typing import TYPE_CHECKING, NamedTuple

from django.db import IntegrityError, transaction
from rest_framework.exceptions import APIException, AuthenticationFailed
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.utils import aware_utcnow

from . import tokens
from .conf import options
from .models import Family, RefreshToken

if TYPE_CHECKING:
    from django.contrib.auth.models import _User  # django-stubs' name for the class in AUTH_USER_MODEL
    from django.db.models import QuerySet


class Grant(NamedTuple):
    """What a login or a refresh gives: two tokens, not yet signed."""

    access: tokens.AccessToken
    refresh: tokens.RefreshToken


class JustRotated(APIException):
    """409: another request used this refresh token a moment ago, and has the new one."""

    status_code = 409
    default_detail = "Another request has this moment rotated the refresh token: try again with the new one."
    default_code = "just_rotated"
    wait = 1  # seconds, as Retry-After


def start(user: "_User", *, instead_of: str = "") -> Grant:
    """Begin a session, and end the one whose refresh token this browser still had (ASVS 7.2.4).

    Raise AuthenticationFailed when the user is deleted at this very moment.
    """
    end(instead_of, Family.Reason.NEW_LOGIN)
    refresh = tokens.RefreshToken()
    family = Family(
        pk=refresh.id,
        user=user,
        password_hash=user.get_session_auth_hash(),
        expires_at=aware_utcnow() + options().SESSION_LIFETIME,
    )
    try:
        with transaction.atomic():
            family.save(force_insert=True)
            return _add(refresh, family)
    except IntegrityError as error:
        raise AuthenticationFailed from error


def rotate(refresh: str) -> Grant:
    """Exchange a refresh token for a new one and an access token. Of N requests with one token, one wins.

    Raise InvalidToken when the session is over, JustRotated when another request was a moment faster.
    A token that comes back later than that was copied: it ends its whole family, thief and owner alike
    (RFC 9700 section 4.14.2, ASVS 10.4.5).
    """
    presented = _verified(refresh)
    with transaction.atomic():
        used_at = aware_utcnow()
        # The compare-and-swap: one statement, in which the database lets one request win.
        won = RefreshToken.objects.filter(pk=presented.id, used_at=None).update(used_at=used_at)
        token = RefreshToken.objects.select_related("family__user").filter(pk=presented.id).first()
        if token and token.family.is_live():
            if won:
                return _add(tokens.RefreshToken(), token.family)
            # None where this transaction cannot see yet what the winner wrote.
            if token.used_at is None or used_at - token.used_at <= options().GRACE:
                raise JustRotated
            revoke(Family.objects.filter(pk=token.family_id), Family.Reason.REUSE)
        elif token:  # for good: an account that is activated again does not get its old sessions back
            revoke(Family.objects.filter(pk=token.family_id), Family.Reason.OVER)
    raise InvalidToken("This session is over: log in again.")


def end(refresh: str, reason: Family.Reason = Family.Reason.LOGOUT) -> None:
    """End the session that this refresh token belongs to, if it belongs to one."""
    try:
        family_id = tokens.RefreshToken(refresh).family_id
    except TokenError:
        return
    revoke(Family.objects.filter(pk=family_id), reason)


def end_all(user: "_User", reason: Family.Reason = Family.Reason.STAFF) -> None:
    """End every session of a user (ASVS 7.4.3, 7.4.5)."""
    revoke(Family.objects.filter(user=user), reason)


def _verified(refresh: str) -> tokens.RefreshToken:
    try:
        return tokens.RefreshToken(refresh)
    except TokenError as error:
        raise InvalidToken(error.args[0]) from error


def _add(refresh: tokens.RefreshToken, family: Family) -> Grant:
    refresh.join(family)
    RefreshToken.objects.create(pk=refresh.id, family=family, expires_at=refresh.expires_at)
    return Grant(tokens.AccessToken().join(family), refresh)


def revoke(families: "QuerySet[Family]", reason: Family.Reason) -> None:
    """End these families, those excepted that have ended already."""
    families.filter(revoked_at=None).update(revoked_at=aware_utcnow(), reason=reason)
