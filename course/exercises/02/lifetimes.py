# %% exercise [markdown]
# title: A settings block for a working day
# stage: faded
# minutes: 8
# concepts: [signing key, lifetimes]
# site: seed
# settings: [SIMPLE_JWT]
#
# People of an office log in once a day. Write the block for their site: access tokens live ten minutes, and refresh
# tokens eight hours. Tokens are signed with `TOKEN_KEY`, a key of their own. They say who made them,
# `https://office.example`, and for whom, `office`; tokens for others are refused.

# %% solution
from datetime import timedelta

TOKEN_KEY = "teaching-only-token-key-of-at-least-32-bytes"

SIMPLE_JWT = {
    # << "ACCESS_TOKEN_LIFETIME": ...,
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=10),
    # >>
    # << "REFRESH_TOKEN_LIFETIME": ...,
    "REFRESH_TOKEN_LIFETIME": timedelta(hours=8),
    # >>
    # << # the key, the maker and the audience
    "SIGNING_KEY": TOKEN_KEY,
    "ISSUER": "https://office.example",
    "AUDIENCE": "office",
    # >>
}

# %% also_right: in-other-units [markdown]
# - timedelta(minutes=10)
# + timedelta(seconds=600)
# - timedelta(hours=8)
# + timedelta(days=1) / 3

# %% wrong: seconds-as-a-number -> no-token-made | misconception: lifetimes-are-numbers [markdown]
# - timedelta(minutes=10)
# + 600

# %% wrong: eight-of-what -> other-lifetime | slip [markdown]
# - timedelta(hours=8)
# + timedelta(8)

# %% wrong: one-more-key -> old-key-reads | misconception: fallback-keys-verify-tokens [markdown]
# - "SIGNING_KEY": TOKEN_KEY,
# + "SIGNING_KEY_FALLBACKS": [TOKEN_KEY],

# %% wrong: verifies-with-it -> old-key-reads | slip [markdown]
# - "SIGNING_KEY": TOKEN_KEY,
# + "VERIFYING_KEY": TOKEN_KEY,

# %% wrong: a-word-is-enough -> short-key | misconception: short-secrets-will-do [markdown]
# - "SIGNING_KEY": TOKEN_KEY,
# + "SIGNING_KEY": "office-2026",

# %% wrong: no-audience -> neighbour-let-in | misconception: any-good-token-is-for-me [markdown]
# - "AUDIENCE": "office",

# %% wrong: no-issuer -> no-maker | misconception: any-good-token-is-for-me [markdown]
# - "ISSUER": "https://office.example",

# %% wrong: without-the-scheme -> other-names | slip [markdown]
# - "https://office.example"
# + "office.example"

# %% wrong: a-name-with-a-slip -> other-lifetime | slip [markdown]
# - "ACCESS_TOKEN_LIFETIME"
# + "ACCESS_TOKEN_LIFE_TIME"

# %% check
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


# %% message: no-token-made [markdown]
# The login makes no token
#
# The error says where it stops. SimpleJWT adds a lifetime to a `datetime`: what can be added to one? Its documentation,
# *Settings*, and notebook 02, *How long do tokens live when nobody says so?*

# %% message: other-names [markdown]
# The tokens name somebody else
#
# A verifier compares these names letter by letter. RFC 7519 §4.1.1 and §4.1.3, and notebook 02, *How long do tokens live
# when nobody says so?*

# %% message: other-lifetime [markdown]
# A token lives longer or shorter than it should
#
# A name that SimpleJWT does not know is passed over, and `timedelta(1)` is a day. Notebook 02, *How long do tokens live
# when nobody says so?*

# %% message: short-key [markdown]
# Tokens are signed with a key that can be guessed
#
# Whoever holds one token can try keys at home. RFC 7518 §3.2, and notebook 01, *How short may the key be?*

# %% message: old-key-reads [markdown]
# Tokens are not signed with the key that you were given
#
# Until the block names a key, it is Django's, and SimpleJWT reads no others beside it. Notebook 02, *Which key signed
# these tokens?*

# %% message: neighbour-let-in [markdown]
# A token for another service gets in
#
# It has a good signature and another `aud`. SimpleJWT compares it when a setting says who you are. Notebook 02, *How long
# do tokens live when nobody says so?*

# %% message: no-maker [markdown]
# A token of another maker gets in, or yours names none
#
# The claim is `iss`, and a setting both writes and compares it. Notebook 02, *How long do tokens live when nobody says
# so?*

# %% hint 1 [markdown]
# SimpleJWT's documentation has a page *Settings*, with each name and its default. Five of them are wanted here.

# %% hint 2 [markdown]
# Two are lifetimes, of the class that is imported above. The others are a key and two names, as plain text; the last
# section of notebook 02 says what the two are called.

# %% hint 3 [markdown]
# `"ACCESS_TOKEN_LIFETIME": timedelta(minutes=10),` and four more lines of this shape.

# %% proven [markdown]
# The site made tokens of ten minutes and eight hours, signed with the new key; it refused tokens of the old key, of
# another maker and for another audience.

# %% not checked [markdown]
# Where the key comes from. In a repository it is everybody's: notebook 09 reads it from outside.
