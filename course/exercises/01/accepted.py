# %% exercise [markdown]
# title: Which one gets in?
# stage: worked
# kind: predict
# minutes: 4
# concepts: [HMAC, base64url]
#
# A site makes a token, and verifies what comes back:
#
# ```python
# claims = {"sub": "1234567890", "admin": False}
# token = jwt.encode(claims, key, algorithm="HS256")                 # 1. the site signs
# header, payload, signature = token.split(".")
# jwt.decode(what_comes_back, key, algorithms=["HS256"])             # 2. the site verifies
# ```
#
# Four callers bring something back. Whom does `jwt.decode` accept?

# %% option a -> changed-payload | misconception: payload-is-trusted [markdown]
# The one who wrote `"admin": true` into the payload and kept the signature

# %% option b -> no-signature | misconception: token-chooses-algorithm [markdown]
# The one who wrote `"alg": "none"` into the header and left the signature out

# %% option c [markdown]
# The one who appended `=` to the token, and changed nothing else

# %% option d -> changed-spaces | misconception: signature-covers-meaning [markdown]
# The one who wrote the same claims anew, with a space after each colon

# %% check
import base64
import json

import jwt

KEY = "a-teaching-key-of-thirty-two-bytes"
CLAIMS = {"sub": "1234567890", "admin": False}


def part(value, **options):
    return base64.urlsafe_b64encode(json.dumps(value, **options).encode()).rstrip(b"=").decode()


def check(learner, site):
    token = jwt.encode(CLAIMS, KEY, algorithm="HS256")
    header, payload, signature = token.split(".")
    brought = {
        "a": f"{header}.{part({**CLAIMS, 'admin': True}, separators=(',', ':'))}.{signature}",
        "b": f"{part({'alg': 'none', 'typ': 'JWT'})}.{payload}.",
        "c": token + "=",
        "d": f"{header}.{part(CLAIMS)}.{signature}",
    }
    [accepted] = [letter for letter, text in brought.items() if accepts(text)]
    return accepted


def accepts(text):
    try:
        return jwt.decode(text, KEY, algorithms=["HS256"]) == CLAIMS
    except jwt.InvalidTokenError:
        return False


# %% message: changed-payload [markdown]
# The changed payload is refused
#
# The signature was made over the old payload. Notebook 01, *What does the signature stop?*

# %% message: no-signature [markdown]
# The token without a signature is refused
#
# The list of algorithms is the verifier's, and `none` is not on it. Notebook 01, *Is decoding verifying?*

# %% message: changed-spaces [markdown]
# The same claims with other spaces are refused
#
# A signature covers octets, not meaning. Notebook 01, *Do we agree with the RFC?*

# %% hint 1 [markdown]
# What does the signature cover: claims, or text? And who says which algorithm is used?

# %% hint 2 [markdown]
# In three of the four, a part before the last dot is not what it was.

# %% hint 3 [markdown]
# Base64url leaves `=` out. PyJWT's decoder, like Python's, takes it where it stands.

# %% proven [markdown]
# All four were given to PyJWT. One got in: another string, the same token. A token's identity is its `jti`.

# %% not checked [markdown]
# What other libraries say to the `=`. RFC 7515 §2 leaves it out.
