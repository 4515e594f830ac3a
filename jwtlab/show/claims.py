"""What the name of a claim tells: its kind by RFC 7519 §4, what it means, and where that is written.

The kind is read off the name alone. A token does not show whether two parties agreed on a private name, nor
who owns the domain in a public one; the words below claim no more than the name shows.
"""

from dataclasses import dataclass

REGISTERED, PUBLIC, PRIVATE = "registered", "public", "private"

# RFC 7519 §4.1: the seven that the JWT standard itself registers.
_REGISTERED = {
    "iss": ("who issued the token", "RFC 7519 §4.1.1"),
    "sub": ("whom the token is about", "RFC 7519 §4.1.2"),
    "aud": ("who may accept the token", "RFC 7519 §4.1.3"),
    "exp": ("not to be accepted at or after this time", "RFC 7519 §4.1.4"),
    "nbf": ("not to be accepted before this time", "RFC 7519 §4.1.5"),
    "iat": ("when the token was issued", "RFC 7519 §4.1.6"),
    "jti": ("the id of this one token, unlike that of any other", "RFC 7519 §4.1.7"),
}

# RFC 7519 §4.2: names that other standards entered in IANA's registry of JWT claims. These are the ones a
# reader of this course may meet; the registry is longer (https://www.iana.org/assignments/jwt).
_PUBLIC = {
    "updated_at": ("when the facts about the user last changed", "OpenID Connect Core 1.0 §5.1"),
    "auth_time": ("when the user logged in", "OpenID Connect Core 1.0 §2"),
    "nonce": ("ties the token to one login request", "OpenID Connect Core 1.0 §2"),
    "acr": ("how strong the login was", "OpenID Connect Core 1.0 §2"),
    "amr": ("by which methods the user logged in", "OpenID Connect Core 1.0 §2"),
    "azp": ("the client the token was issued to", "OpenID Connect Core 1.0 §2"),
    "cnf": ("the key that the presenter must prove to hold", "RFC 7800 §3.1"),
    "act": ("who acts on behalf of the subject", "RFC 8693 §4.1"),
    "scope": ("what the token may be used for", "RFC 8693 §4.2"),
    "client_id": ("the client that asked for the token", "RFC 8693 §4.3"),
    "may_act": ("who may act on behalf of the subject", "RFC 8693 §4.4"),
    "roles": ("roles of the user", "RFC 9068 §2.2.3.1"),
    "groups": ("groups of the user", "RFC 9068 §2.2.3.1"),
    "entitlements": ("entitlements of the user", "RFC 9068 §2.2.3.1"),
}

# The facts about a user that OpenID Connect Core 1.0 §5.1 registered.
_USER = {
    *("name", "given_name", "family_name", "middle_name", "nickname", "preferred_username"),
    *("profile", "picture", "website", "email", "email_verified", "phone_number", "phone_number_verified"),
    *("gender", "birthdate", "zoneinfo", "locale", "address"),
}

# RFC 7519 §4.3: private names that Simple JWT writes; its settings can rename them.
_SIMPLE_JWT = {
    "token_type": ("whether this is an access or a refresh token", "Simple JWT, TOKEN_TYPE_CLAIM"),
    "user_id": ("the user, as a key of the site's user table", "Simple JWT, USER_ID_CLAIM"),
    "refresh_exp": (
        "until when a sliding token can be renewed",
        "Simple JWT, SLIDING_TOKEN_REFRESH_EXP_CLAIM",
    ),
    "hash_password": (
        "MD5 of the stored password hash; changes with the password",
        "Simple JWT, REVOKE_TOKEN_CLAIM",
    ),
}

# Claims whose value is a NumericDate: seconds since 1970-01-01 00:00:00 UTC (RFC 7519 §2).
TIMES = {"exp", "nbf", "iat", "auth_time", "updated_at", "refresh_exp"}


@dataclass(frozen=True)
class Meaning:
    """What a claim's name tells. `source` names the document; empty where no document speaks of the name."""

    kind: str
    words: str
    source: str = ""


def meaning(name: str) -> Meaning:
    """The kind and the meaning of a claim of this name. Every name has one."""
    for kind, known in ((REGISTERED, _REGISTERED), (PUBLIC, _PUBLIC), (PRIVATE, _SIMPLE_JWT)):
        if name in known:
            return Meaning(kind, *known[name])
    if name in _USER:
        return Meaning(PUBLIC, "a fact about the user", "OpenID Connect Core 1.0 §5.1")
    if "://" in name or name.startswith("urn:"):
        return Meaning(PUBLIC, "a collision-resistant name, if its author owns that URI", "RFC 7519 §4.2")
    return Meaning(PRIVATE, "no standard meaning: what issuer and reader agreed on")
