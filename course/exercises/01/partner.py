# %% exercise [markdown]
# title: Take tokens from a partner
# stage: free
# minutes: 12
# concepts: [claim, HMAC]
# security: true
#
# Your service is `orders`. Its tokens come from `https://login.example`, which signs them with HS256 for many services.
# Write `customer(token, key)` with PyJWT: it returns the claim `sub` of a token that was issued there, for `orders`,
# and has an end that is yet to come. For every other text it raises `jwt.InvalidTokenError`.

# %% solution
import jwt


def customer(token, key):
    # << ...
    claims = jwt.decode(
        token,
        key,
        algorithms=["HS256"],
        audience="orders",
        issuer="https://login.example",
        options={"require": ["exp"]},
    )
    return claims["sub"]
    # >>


# %% also_right: looks-itself
import jwt


def customer(token, key):
    claims = jwt.decode(token, key, algorithms=["HS256"], audience=["orders"])
    if "exp" not in claims or claims.get("iss") != "https://login.example":
        raise jwt.InvalidTokenError("not for us")
    return claims["sub"]


# %% wrong: reads-only -> forged-accepted | misconception: decode-is-verify
import jwt


def customer(token, key):
    claims = jwt.decode(token, options={"verify_signature": False})
    if "orders" not in claims["aud"] or claims["iss"] != "https://login.example":
        raise jwt.InvalidTokenError("not for us")
    return claims["sub"]


# %% wrong: believes-the-header -> other-algorithm | misconception: token-chooses-algorithm [markdown]
# - algorithms=["HS256"]
# + algorithms=[jwt.get_unverified_header(token)["alg"]]

# %% wrong: audience-off -> neighbour-accepted | misconception: any-good-token-is-for-me [markdown]
# - audience="orders",
# - issuer="https://login.example",
# - options={"require": ["exp"]},
# + issuer="https://login.example",
# + options={"require": ["exp"], "verify_aud": False},

# %% wrong: any-issuer -> other-issuer | misconception: any-good-token-is-for-me [markdown]
# - issuer="https://login.example",

# %% wrong: endless -> endless-accepted | misconception: missing-claims-are-refused [markdown]
# - options={"require": ["exp"]},

# %% wrong: a-generous-leeway -> late-accepted | misconception: leeway-by-default [markdown]
# - audience="orders",
# + audience="orders",
# + leeway=120,

# %% wrong: says-no-with-none -> none-returned | slip
import jwt


def customer(token, key):
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=["HS256"],
            audience="orders",
            issuer="https://login.example",
            options={"require": ["exp"]},
        )
    except jwt.InvalidTokenError:
        return None
    return claims["sub"]


# %% wrong: takes-the-end-for-granted -> another-error | misconception: missing-claims-are-refused
import time

import jwt


def customer(token, key):
    claims = jwt.decode(token, key, algorithms=["HS256"], audience="orders", issuer="https://login.example")
    if claims["exp"] <= time.time():
        raise jwt.ExpiredSignatureError("late")
    return claims["sub"]


# %% wrong: compares-the-text -> good-refused | slip
import jwt


def customer(token, key):
    claims = jwt.decode(
        token, key, algorithms=["HS256"], issuer="https://login.example", options={"verify_aud": False}
    )
    if claims.get("aud") != "orders" or "exp" not in claims:
        raise jwt.InvalidAudienceError("not for us")
    return claims["sub"]


# %% check
from datetime import UTC, datetime

from jwtlab.checker.api import tokens

KEY = "a-teaching-key-that-is-long-enough-for-HS512-too-0123456789-0123456789"
CLAIMS = {"iss": "https://login.example", "aud": "orders", "sub": "amy"}


def check(learner, site):
    make = tokens.Maker(key=KEY, at=datetime(2026, 1, 5, 9, tzinfo=UTC), claims=CLAIMS)
    both = make.good(aud=["billing", "orders"])
    both.what = "a token for billing and orders"
    for good in (make.good(), both, make.good(sub="bob")):
        sub = "bob" if good == make.good(sub="bob") else "amy"
        learner.call("customer", good, KEY).expect(sub, key="good-refused", crash="good-refused")

    for bad, key in [
        (make.tampered(), "forged-accepted"),
        (make.other_key(), "forged-accepted"),
        (make.signed_as("HS512"), "other-algorithm"),
        (make.alg_none(), "other-algorithm"),
        (make.expired(), "late-accepted"),
        (make.wrong_audience("billing"), "neighbour-accepted"),
        (make.without("aud"), "neighbour-accepted"),
        (issued_elsewhere(make), "other-issuer"),
        (make.without("iss"), "other-issuer"),
        (make.without("exp"), "endless-accepted"),
    ]:
        called = learner.call("customer", bad, KEY)
        if called.error is None and called.value is None:
            called.fail("none-returned", wanted="InvalidTokenError")
        called.expect(raises="InvalidTokenError", key="another-error" if called.error else key)


def issued_elsewhere(make):
    token = make.good(iss="https://evil.example")
    token.what = "a token issued by https://evil.example"
    return token


# %% message: good-refused [markdown]
# A token for `orders` is refused
#
# `aud` may be one name or a list of names, and both are good if yours is among them. RFC 7519 §4.1.3, and notebook 01,
# *What may a claim be called, and what does it order?*

# %% message: forged-accepted [markdown]
# A forged token gets in
#
# Which of your lines looks at the signature? Notebook 01, *Is decoding verifying?*

# %% message: other-algorithm [markdown]
# The token has chosen the algorithm
#
# The partner signs with one algorithm, so you accept one. Whoever writes the header may write another. RFC 8725 §3.1, and
# notebook 01, *Is decoding verifying?*

# %% message: neighbour-accepted [markdown]
# A token that is not for `orders` gets in
#
# The other services hold tokens of the same signer, for the same people. Which claim says whom a token is for? Notebook
# 01, *What may a claim be called, and what does it order?*

# %% message: other-issuer [markdown]
# A token of another issuer gets in
#
# The key is good, the name is not. Which claim says who made a token? Notebook 01, *What may a claim be called, and what
# does it order?*

# %% message: late-accepted [markdown]
# An expired token gets in
#
# Leeway is for clocks that differ by seconds. How long is yours? Notebook 01, *What may a claim be called, and what does
# it order?*

# %% message: endless-accepted [markdown]
# A token without an end gets in
#
# What is not in a token is not compared. PyJWT's documentation, *Requiring Presence of Claims*, and notebook 01, *What
# may a claim be called, and what does it order?*

# %% message: another-error [markdown]
# A bad token raises an error that no caller expects
#
# It becomes a 500 where a 401 was meant. Which error does PyJWT raise for a claim that is missing? Notebook 01, *What may
# a claim be called, and what does it order?*

# %% message: none-returned [markdown]
# A bad token is answered with None
#
# A caller who does not look at the result serves a customer called None. An error cannot be overlooked. Notebook 01, *Is
# decoding verifying?*

# %% hint 1 [markdown]
# One call of PyJWT does all of it, if it is told what you expect. Write down what that is: who, for whom, how signed,
# until when.

# %% hint 2 [markdown]
# `jwt.decode` has arguments for algorithms, audience and issuer. That a claim must be there at all is said in its
# `options`.

# %% hint 3 [markdown]
# `options={"require": ["exp"]}` is the last of the arguments; the others have the names of what they expect.

# %% proven [markdown]
# Three good tokens named their customer, and ten bad ones raised an error: forged, of another algorithm, late, endless,
# for a neighbour, and of another issuer.

# %% not checked [markdown]
# Whether `orders` can make such tokens itself. It can: with HS256 every verifier can forge, and so can each neighbour.
