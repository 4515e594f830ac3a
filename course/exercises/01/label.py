# %% exercise [markdown]
# title: What a client can show without asking
# stage: faded
# minutes: 8
# concepts: [base64url, claim]
# site: seed
#
# After a login, a command-line client shows *logged in as vitor, for 300 seconds*. Both facts are in the access token, so
# it needs neither a second request nor a key.
#
# Fill in the dots: `claims_of(token)` returns a token's claims, and `log_in` what the client shows,
# `{"user": "vitor", "seconds": 300}`. Usernames differ in length, and so do payloads.

# %% solution
import base64
import json

import requests


def claims_of(token):
    payload = token.split(".")[1]
    # << return json.loads(...)
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    # >>


def log_in(site, username, password):
    answer = requests.post(site + "/api/token/", json={"username": username, "password": password})
    claims = claims_of(answer.json()["access"])
    # << return {"user": ..., "seconds": ...}
    return {"user": claims["username"], "seconds": claims["exp"] - claims["iat"]}
    # >>


# %% also_right: two-are-never-too-few [markdown]
# - "=" * (-len(payload) % 4)
# + "=="

# %% also_right: with-pyjwt [markdown]
# - import requests
# + import jwt
# + import requests
# - return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
# + return jwt.decode(token, options={"verify_signature": False})

# %% wrong: looks-for-a-key -> key-wanted | misconception: signed-is-encrypted [markdown]
# - import requests
# + import jwt
# + import requests
# - return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
# + return jwt.decode(token, "secret", algorithms=["HS256"])

# %% wrong: asks-the-site -> asked-again | misconception: reading-needs-the-site
import requests


def claims_of(token):
    import base64
    import json

    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


def log_in(site, username, password):
    tokens = requests.post(site + "/api/token/", json={"username": username, "password": password}).json()
    answer = requests.post(site + "/api/token/verify/", json={"token": tokens["access"]})
    return {"user": answer.json().get("username"), "seconds": answer.json().get("exp")}


# %% wrong: no-padding -> length-matters | slip [markdown]
# - payload + "=" * (-len(payload) % 4)
# + payload

# %% wrong: one-is-enough -> length-matters | slip [markdown]
# - "=" * (-len(payload) % 4)
# + "="

# %% wrong: the-other-alphabet -> another-alphabet | misconception: base64url-is-base64 [markdown]
# - base64.urlsafe_b64decode
# + base64.b64decode

# %% wrong: an-instant-for-a-time -> other-label | slip [markdown]
# - claims["exp"] - claims["iat"]
# + claims["exp"]

# %% wrong: the-number-of-the-user -> other-label | slip [markdown]
# - claims["username"]
# + claims["user_id"]


# %% check
def check(learner, site):
    make = site.tokens("vitor")
    for note in ("", "x", "xy", "xyz"):  # payloads of all lengths
        token = make.good(note=note)
        called = learner.call("claims_of", token)
        if called.error and ("Signature" in called.error or "Key" in called.error):
            called.fail("key-wanted", wanted="the claims")
        called.expect(
            test=lambda claims, note=note: isinstance(claims, dict) and claims.get("note") == note,
            wanted="the claims",
            key="length-matters",
            crash="length-matters",
        )
    token = make.good(note="???>>>~~~")
    token.what = "a token with - and _ in its payload"
    learner.call("claims_of", token).expect(
        test=lambda claims: claims.get("note") == "???>>>~~~",
        wanted="the claims",
        key="another-alphabet",
        crash="another-alphabet",
    )
    for user, password in [("vitor", "123"), ("alice", "correct-horse-battery")]:
        site.forget()
        shown = learner.call("log_in", site.url, user, password)
        if len(site.seen) > 1:
            shown.fail(
                "asked-again",
                wanted="one request",
                saw=", then ".join(f"{s.method} {s.path}" for s in site.seen),
            )
        shown.expect({"user": user, "seconds": 300}, key="other-label")


# %% message: key-wanted [markdown]
# A token was not read for want of the right key
#
# Reading needs none. A key is for those who want to know whether to believe what they read. Notebook 01, *What is inside a
# token?*

# %% message: length-matters [markdown]
# A token of this length is not read
#
# Print the length of its payload. Base64 comes in fours, and base64url leaves out what fills the last one. Notebook 01,
# *Can you build one by hand?*

# %% message: another-alphabet [markdown]
# A token with `-` and `_` in it is not read
#
# Base64 has two alphabets, and two characters in which they differ. Python's decoder skips what it does not know.
# Notebook 01, *Can you build one by hand?*

# %% message: asked-again [markdown]
# The site was asked once more
#
# What the client shows came with the login. Notebook 01, *What is inside a token?*

# %% message: other-label [markdown]
# The client shows something else
#
# Print the claims, and compare them with what is wanted: which one is a name, which two are instants? Notebook 01, *What
# is inside a token?*

# %% hint 1 [markdown]
# Notebook 01 reads a payload in its second code cell, and says later what the `=` signs there are for.

# %% hint 2 [markdown]
# How many `=` bring 5, 6, 7 or 8 characters up to a multiple of four? And how long is it from `iat` to `exp`?

# %% hint 3 [markdown]
# The last line has the shape `return {"user": claims["username"], "seconds": … - …}`.

# %% proven [markdown]
# Your function read payloads of every length and of both kinds of characters, and two logins were shown after one request
# each. No key was needed: nobody else needs one either.

# %% not checked [markdown]
# Whether the tokens are genuine. What you read so is good for a label, and for no decision.
