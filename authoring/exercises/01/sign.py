# %% exercise [markdown]
# title: Sign by hand
# place: 2
# stage: faded
# minutes: 6
# concepts: [HMAC, base64url]
#
# `sign(claims, key)` returns a token with HS256. Header and payload are there; fill in what is signed, and with what.

# %% solution
import base64
import hmac
import json


def base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def sign(claims: dict, key: bytes) -> str:
    header = base64url(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    payload = base64url(json.dumps(claims).encode())
    # << signing_input = ...
    # << mac = hmac.digest(..., ..., "sha256")
    signing_input = header + "." + payload
    mac = hmac.digest(key, signing_input.encode(), "sha256")
    # >>
    return signing_input + "." + base64url(mac)


# %% also_right: hmac-new [markdown]
# - mac = hmac.digest(key, signing_input.encode(), "sha256")
# + mac = hmac.new(key, signing_input.encode("ascii"), "sha256").digest()

# %% wrong: without-the-header -> no-token | slip [markdown]
# - signing_input = header + "." + payload
# + signing_input = payload

# %% wrong: signs-the-json -> other-octets | misconception: signature-covers-meaning [markdown]
# - mac = hmac.digest(key, signing_input.encode(), "sha256")
# + mac = hmac.digest(key, json.dumps(claims).encode(), "sha256")

# %% wrong: without-the-dot -> other-octets | slip [markdown]
# - mac = hmac.digest(key, signing_input.encode(), "sha256")
# + mac = hmac.digest(key, (header + payload).encode(), "sha256")

# %% wrong: key-and-message-swapped -> other-octets | slip [markdown]
# - hmac.digest(key, signing_input.encode(), "sha256")
# + hmac.digest(signing_input.encode(), key, "sha256")

# %% check
from functools import partial

import jwt

KEY = b"a-teaching-key-of-thirty-two-bytes"


def check(learner, site):
    for claims in ({"sub": "amy"}, {"sub": "1234567890", "name": "Zoë", "admin": False}):
        token = learner.call("sign", claims, KEY)
        token.expect(test=has_three_parts, wanted="a text with two dots", key="no-token")
        token.expect(test=partial(verifies, claims), wanted="a token that verifies", key="other-octets")


def has_three_parts(token):
    return isinstance(token, str) and token.count(".") == 2


def verifies(claims, token):
    try:
        return jwt.decode(token, KEY, algorithms=["HS256"]) == claims
    except jwt.InvalidTokenError:
        return False


# %% message: no-token [markdown]
# What comes back has not the three parts of a token
#
# Header, payload and signature, with a dot between them. Notebook 01, *What is inside a token?*

# %% message: other-octets [markdown]
# The token does not verify
#
# The signature covers the first two parts as they are written in the token. Notebook 01, *Can you build one by hand?*

# %% hint 1 [markdown]
# The last line uses both names: what stands before the second dot, and the octets of the signature.

# %% hint 2 [markdown]
# `hmac.digest` takes three things: the key, the message as bytes, and the name of the hash.

# %% hint 3 [markdown]
# The message is `signing_input.encode()`, and the signing input is two parts with a dot between.

# %% proven [markdown]
# Two tokens of yours verify with the key, one of them with a letter outside ASCII in a claim.

# %% not checked [markdown]
# Whether the key is long enough: 32 bytes or more for HS256 (RFC 7518 §3.2).
