"""What there is to say of a token's claims, times and signature, in words.

Of a claim: its kind by RFC 7519 §4, what it means, and where that is written. The kind is read off the name
alone. A token does not show whether two parties agreed on a private name, nor who owns the domain in a public
one; the words below claim no more than the name shows. No clock is read here, and nothing is verified.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from jwtlab.show import html
from jwtlab.show.compact_jws import PARTS, Compact, is_canonical

# --- claims -------------------------------------------------------------------------------------------------

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
    """Return the kind and the meaning of a claim of this name. Every name has one."""
    for kind, known in ((REGISTERED, _REGISTERED), (PUBLIC, _PUBLIC), (PRIVATE, _SIMPLE_JWT)):
        if name in known:
            return Meaning(kind, *known[name])
    if name in _USER:
        return Meaning(PUBLIC, "a fact about the user", "OpenID Connect Core 1.0 §5.1")
    if "://" in name or name.startswith("urn:"):
        return Meaning(PUBLIC, "a collision-resistant name, if its author owns that URI", "RFC 7519 §4.2")
    return Meaning(PRIVATE, "no standard meaning: what issuer and reader agreed on")


# --- times --------------------------------------------------------------------------------------------------

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# How a time reads from `at`: when it lies ahead, when it lies behind, and at that very moment.
SEEN_FROM = {
    "exp": ("valid for {}", "expired {} ago", "expires at this moment"),
    "nbf": ("not valid for another {}", "reached {} ago", "reached at this moment"),
    "iat": ("issued {} in the future", "issued {} ago", "issued at this moment"),
}


def time_in_words(name: str, payload: Mapping[str, object], at: datetime | None) -> tuple[str, ...]:
    """Return a claim's time as a date with its distance from iat, then as it looks from `at`.

    () where the claim is no time.
    """
    if name not in TIMES:
        return ()
    time = moment(payload[name])
    if isinstance(time, str):
        return (time,)
    words = stamp(time)
    issued = moment(payload.get("iat"))
    if name != "iat" and isinstance(issued, datetime):
        words += ", " + compared(time - issued, "{} after iat", "{} before iat", "the same as iat")
    if at is None or name not in SEEN_FROM:
        return (words,)
    return (words, compared(time - at, *SEEN_FROM[name]))


def moment(value: object) -> datetime | str:
    """Return a NumericDate (RFC 7519 §2: seconds since 1970, UTC) as a datetime, or say why it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "not a time: a NumericDate is a JSON number of seconds (RFC 7519 §2)"
    try:
        return EPOCH + timedelta(seconds=value)
    except OverflowError:
        far = "after the year 9999" if value > 0 else "before the year 1"
        return f"{far}: a NumericDate counts seconds, not milliseconds (RFC 7519 §2)"


def stamp(time: datetime) -> str:
    """Return `2026-01-05 09:05:00 UTC`, with a fraction of the second where there is one."""
    in_utc = time.astimezone(UTC)
    return f"{in_utc:%Y-%m-%d %H:%M:%S}{_fraction(in_utc.microsecond)} UTC"


def compared(distance: timedelta, ahead: str, behind: str, now: str) -> str:
    """Return one of three sentences by the sign of a distance; the first two have a `{}` for its length."""
    if not distance:
        return now
    return (ahead if distance > timedelta(0) else behind).format(duration(abs(distance)))


def duration(span: timedelta) -> str:
    """Return a span that is not negative, in words and exact: `60 seconds`, `4 minutes`, `1 day 2 hours`.

    Up to 90 seconds it counts seconds alone.
    """
    minutes, seconds = divmod(span.seconds, 60) if span > timedelta(seconds=90) else (0, span.seconds)
    hours, minutes = divmod(minutes, 60)
    units = [(span.days, "day"), (hours, "hour"), (minutes, "minute")]
    words = [f"{count:,} {unit}{'' if count == 1 else 's'}" for count, unit in units if count]
    fraction = _fraction(span.microseconds)
    if seconds or fraction or not words:
        words.append(f"{seconds}{fraction} second{'' if seconds == 1 and not fraction else 's'}")
    return " ".join(words)


def _fraction(microseconds: int) -> str:
    return f".{microseconds:06d}".rstrip("0") if microseconds else ""


# --- the signature ------------------------------------------------------------------------------------------

NOT_VERIFIED = (
    "NOT verified: to decode is not to verify. Anyone can read these parts, and anyone can write such parts."
    " Only a check of the signature with the right key tells who did."
)

# What each algorithm is, and the bytes its signature always has (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864
# §2.2). RSA signatures are as long as the key; EdDSA is Ed25519 or Ed448.
ALGORITHMS = {
    "HS256": ("HMAC with SHA-256", 32),
    "HS384": ("HMAC with SHA-384", 48),
    "HS512": ("HMAC with SHA-512", 64),
    "RS256": ("RSASSA-PKCS1-v1_5 with SHA-256", None),
    "RS384": ("RSASSA-PKCS1-v1_5 with SHA-384", None),
    "RS512": ("RSASSA-PKCS1-v1_5 with SHA-512", None),
    "PS256": ("RSASSA-PSS with SHA-256", None),
    "PS384": ("RSASSA-PSS with SHA-384", None),
    "PS512": ("RSASSA-PSS with SHA-512", None),
    "ES256": ("ECDSA with P-256 and SHA-256", 64),
    "ES384": ("ECDSA with P-384 and SHA-384", 96),
    "ES512": ("ECDSA with P-521 and SHA-512", 132),
    "EdDSA": ("Ed25519 or Ed448", None),
    "Ed25519": ("Edwards curve 25519", 64),
    "Ed448": ("Edwards curve 448", 114),
}


def of_signature(token: Compact) -> list[str]:
    """Return sentences on how the token is signed, on what that does not tell, and on anything odd in it."""
    return [_algorithm(token), NOT_VERIFIED, *_oddities(token)]


def _algorithm(token: Compact) -> str:
    alg, size = token.header.value.get("alg"), html.counted(len(token.signature), "byte")
    if alg == "none":
        return f"alg none, {size}. An unsecured JWT: nobody signed it, nothing can be verified (RFC 7519 §6)."
    if not isinstance(alg, str):
        return f"{size}, and no algorithm: the header must name one in alg (RFC 7515 §4.1.1)."
    name, _ = ALGORITHMS.get(alg, ("an algorithm unknown to show_token", None))
    return f"{alg} ({name}), {size}."


def _oddities(token: Compact) -> Iterator[str]:
    for part, named in (("header", token.header), ("payload", token.payload)):
        for name in named.repeated:
            yield f"“{name}” stands more than once in the {part}, against RFC 7519 §4; the last is shown."
    for part, raw in zip(PARTS, token.raw, strict=True):
        if not is_canonical(raw):
            yield f"The last character of the {part} has spare bits set; another would decode to the same."
    alg, size = token.header.value.get("alg"), len(token.signature)
    if alg == "none" and size:
        yield "alg is none, yet there is a signature."
    if isinstance(alg, str) and alg != "none":
        _, expected = ALGORITHMS.get(alg, ("", None))
        if size == 0 or expected not in (None, size):
            wanted = f"{expected} bytes" if expected else "a signature"
            yield f"{alg} always makes {wanted}, so this signature cannot be right."
