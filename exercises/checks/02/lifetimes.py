"""02.lifetimes. Built from course/exercises/02/lifetimes.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "02.lifetimes",
    "title": "A settings block for a working day",
    "kind": "code",
    "minutes": 8,
    "stage": "faded",
    "concepts": ["signing key", "lifetimes"],
    "lesson": "02_simplejwt_setup",
    "order": 4,
    "site": "seed",
    "settings": ["SIMPLE_JWT"],
}
STARTER = (
    "from datetime import timedelta\n"
    "\n"
    "TOKEN_KEY = \"teaching-only-token-key-of-at-least-32-bytes\"\n"
    "\n"
    "SIMPLE_JWT = {\n"
    "    \"ACCESS_TOKEN_LIFETIME\": ...,\n"
    "    \"REFRESH_TOKEN_LIFETIME\": ...,\n"
    "    # the key, the maker and the audience\n"
    "}\n"
)
HINTS = [
    "SimpleJWT's documentation has a page *Settings*, with each name and its default. Five of them are wanted here.",
    "Two are lifetimes, of the class that is imported above. The others are a key and two names, as plain text; the last section of notebook 02 says what the two are called.",
    "`\"ACCESS_TOKEN_LIFETIME\": timedelta(minutes=10),` and four more lines of this shape.",
]
MESSAGES = {
    "no-token-made": {
        "title": "The login makes no token",
        "next": "The error says where it stops. SimpleJWT adds a lifetime to a `datetime`: what can be added to one? Its documentation, *Settings*, and notebook 02, *How long do tokens live when nobody says so?*",
        "misconception": "lifetimes-are-numbers",
    },
    "other-names": {
        "title": "The tokens name somebody else",
        "next": "A verifier compares these names letter by letter. RFC 7519 §4.1.1 and §4.1.3, and notebook 02, *How long do tokens live when nobody says so?*",
    },
    "other-lifetime": {
        "title": "A token lives longer or shorter than it should",
        "next": "A name that SimpleJWT does not know is passed over, and `timedelta(1)` is a day. Notebook 02, *How long do tokens live when nobody says so?*",
    },
    "short-key": {
        "title": "Tokens are signed with a key that can be guessed",
        "next": "Whoever holds one token can try keys at home. RFC 7518 §3.2, and notebook 01, *How short may the key be?*",
        "misconception": "short-secrets-will-do",
    },
    "old-key-reads": {
        "title": "Tokens are not signed with the key that you were given",
        "next": "Until the block names a key, it is Django's, and SimpleJWT reads no others beside it. Notebook 02, *Which key signed these tokens?*",
    },
    "neighbour-let-in": {
        "title": "A token for another service gets in",
        "next": "It has a good signature and another `aud`. SimpleJWT compares it when a setting says who you are. Notebook 02, *How long do tokens live when nobody says so?*",
        "misconception": "any-good-token-is-for-me",
    },
    "no-maker": {
        "title": "A token of another maker gets in, or yours names none",
        "next": "The claim is `iss`, and a setting both writes and compares it. Notebook 02, *How long do tokens live when nobody says so?*",
        "misconception": "any-good-token-is-for-me",
    },
}
WHY = {
    "proven": "The site made tokens of ten minutes and eight hours, signed with the new key; it refused tokens of the old key, of another maker and for another audience.",
    "not_checked": "Where the key comes from. In a repository it is everybody's: notebook 09 reads it from outside.",
}

import jwt

from jwtlab.checker.api import tokens
from jwtlab.checker.api.failures import fail

KEY = "teaching-only-token-key-of-at-least-32-bytes"
OFFICE = {"iss": "https://office.example", "aud": "office"}


def check(learner, site):
    body = {"username": "vitor", "password": "123"}
    login = site.post("/api/token/", json=body)
    login.expect(200, key="no-token-made", crash="no-token-made")
    claims = {
        name: jwt.decode(login.json[name], options={"verify_signature": False})
        for name in ("access", "refresh")
    }
    for name, wanted in (("access", 600), ("refresh", 8 * 3600)):
        seconds = claims[name]["exp"] - claims[name]["iat"]
        if seconds != wanted:
            login.fail(
                "other-lifetime",
                wanted=f"{wanted} seconds for the {name} token",
                saw=f"{seconds} seconds for the {name} token",
            )

    names = {name: claims["access"].get(name) for name in ("iss", "aud")}
    if any(names[name] not in (None, wanted, [wanted]) for name, wanted in OFFICE.items()):
        login.fail(
            "other-names", wanted=f"an access token with {OFFICE}", saw=f"an access token with {names}"
        )

    key = site.setting("SIMPLE_JWT.SIGNING_KEY")
    if len(str(key).encode()) < 32:
        saw = f"a key of {len(str(key).encode())} bytes"
        fail(
            "short-key",
            sent="SIMPLE_JWT['SIGNING_KEY']",
            saw=saw,
            wanted="32 bytes or more, as TOKEN_KEY has",
        )
    by_django = made_with(site, site.setting("SECRET_KEY"), "a token signed with SECRET_KEY")
    site.get("/hello/", bearer=by_django).expect(401, key="old-key-reads")
    site.get("/hello/", bearer=made_with(site, KEY, "a token signed with TOKEN_KEY")).expect(
        200, key="old-key-reads"
    )

    other = made_with(site, KEY, "a token for billing", aud="billing")
    site.get("/hello/", bearer=other).expect(401, key="neighbour-let-in")
    other = made_with(site, KEY, "a token of https://billing.example", iss="https://billing.example")
    site.get("/hello/", bearer=other).expect(401, key="no-maker")
    site.get("/hello/", bearer=login.json["access"]).expect(200, key="no-maker")


def made_with(site, key, what, **claims):
    about = {"token_type": "access", "jti": "a" * 32, "user_id": "1"} | OFFICE
    token = tokens.Maker(key=key, at=site.clock.now, claims=about).good(**claims)
    token.what = what
    return token
