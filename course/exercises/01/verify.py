# %% exercise [markdown]
# title: Check a signature by hand
# stage: free
# minutes: 10
# concepts: [HMAC, base64url]
# security: true
#
# Write `verify(token, key)`: it returns the claims of a token that was signed with HS256 and `key`, and raises
# `ValueError` for every other text. No PyJWT: `hmac` and the function below are all that it takes.

# %% solution
import base64
import hmac
import json


def from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verify(token: str, key: bytes) -> dict:
    # << ...
    signing_input, _, signature = token.rpartition(".")
    mac = hmac.digest(key, signing_input.encode(), "sha256")
    if not hmac.compare_digest(mac, from_base64url(signature)):
        raise ValueError("another signature")
    return json.loads(from_base64url(signing_input.partition(".")[2]))
    # >>


# %% also_right: split-at-the-dots
import base64
import hmac
import json


def verify(token, key):
    header, payload, signature = token.split(".")
    mac = hmac.new(key, (header + "." + payload).encode(), "sha256").digest()
    if base64.urlsafe_b64encode(mac).rstrip(b"=").decode() != signature.rstrip("="):
        raise ValueError(token)
    return json.loads(base64.urlsafe_b64decode(payload + "=="))


# %% wrong: reads-and-believes -> changed-accepted | misconception: decode-is-verify [markdown]
# - if not hmac.compare_digest(mac, from_base64url(signature)):
# -     raise ValueError("another signature")

# %% wrong: believes-the-header -> unsigned-accepted | misconception: token-chooses-algorithm [markdown]
# - if not hmac.compare_digest(mac, from_base64url(signature)):
# + algorithm = json.loads(from_base64url(signing_input.partition(".")[0]))["alg"]
# + if algorithm == "HS256" and not hmac.compare_digest(mac, from_base64url(signature)):

# %% wrong: compares-the-beginning -> unsigned-accepted | slip [markdown]
# - if not hmac.compare_digest(mac, from_base64url(signature)):
# + if not mac.startswith(from_base64url(signature)):

# %% wrong: writes-the-claims-anew -> spaces-refused | misconception: signature-covers-meaning [markdown]
# - signing_input, _, signature = token.rpartition(".")
# + signing_input, _, signature = token.rpartition(".")
# + header, _, payload = signing_input.partition(".")
# + payload = json.dumps(json.loads(from_base64url(payload)), separators=(",", ":"))
# + signing_input = header + "." + base64.urlsafe_b64encode(payload.encode()).rstrip(b"=").decode()

# %% wrong: signs-the-payload-alone -> good-refused | slip [markdown]
# - mac = hmac.digest(key, signing_input.encode(), "sha256")
# + mac = hmac.digest(key, signing_input.partition(".")[2].encode(), "sha256")

# %% wrong: says-no-with-none -> none-returned | slip [markdown]
# - raise ValueError("another signature")
# + return None
# %% wrong: asserts-it -> another-error | misconception: asserts-are-checks [markdown]
# - if not hmac.compare_digest(mac, from_base64url(signature)):
# -     raise ValueError("another signature")
# + assert hmac.compare_digest(mac, from_base64url(signature))

# %% check
from datetime import UTC

from jwtlab.checker.api import tokens

KEY = b"a-teaching-key-of-thirty-two-bytes"
OTHER = b"another-key-of-thirty-two-bytes!!!"
SPACED = (
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"  # RFC 7515 A.1 without exp: line breaks in the JSON
    ".eyJpc3MiOiJqb2UiLA0KICJhZG1pbiI6ZmFsc2V9"
)


def check(learner, site):
    import base64
    import hmac
    from datetime import datetime

    make = tokens.Maker(key=KEY, at=datetime(2026, 1, 5, 9, tzinfo=UTC), claims={"sub": "amy"})

    good = learner.call("verify", make.good(), KEY)
    good.expect(
        test=lambda claims: isinstance(claims, dict) and claims.get("sub") == "amy",
        wanted="its claims",
        key="good-refused",
        crash="good-refused",
    )
    mac = base64.urlsafe_b64encode(hmac.digest(KEY, SPACED.encode(), "sha256")).rstrip(b"=").decode()
    spaced = tokens.Token(f"{SPACED}.{mac}", "a token whose JSON has line breaks")
    wanted = {"iss": "joe", "admin": False}
    learner.call("verify", spaced, KEY).expect(wanted, key="spaces-refused", crash="spaces-refused")

    for bad, key in [
        (make.tampered(), "changed-accepted"),
        (make.other_key(), "changed-accepted"),
        (make.alg_none(), "unsigned-accepted"),
    ]:
        called = learner.call("verify", bad, KEY)
        if called.error is None and called.value is None:
            called.fail("none-returned", wanted="ValueError")
        called.expect(raises="ValueError", key="another-error" if called.error else key)


# %% message: good-refused [markdown]
# A good token is refused
#
# The signature covers header, dot and payload, as they are written. Compare the bytes of the two signatures one below
# the other. Notebook 01, *Can you build one by hand?*

# %% message: spaces-refused [markdown]
# A good token is refused because of its spaces
#
# A verifier checks the text that it received, never a copy that it wrote anew. Notebook 01, *Do we agree with the RFC?*

# %% message: changed-accepted [markdown]
# A forged token gets in
#
# Something has to compare the signature with the one that your key gives. Notebook 01, *Is decoding verifying?*

# %% message: unsigned-accepted [markdown]
# A token without a signature gets in
#
# Whatever its header says, and however short its signature is: compare the whole of it. RFC 8725 §3.1 and §3.2, and
# notebook 01, *Is decoding verifying?*

# %% message: another-error [markdown]
# A forged token raises another error
#
# Callers wait for a `ValueError`. And an `assert` is gone when Python runs with `-O`: Python's documentation, *The assert
# statement*.

# %% message: none-returned [markdown]
# A forged token is answered with None
#
# A caller who does not look at the result lets the token in. An exception cannot be overlooked. Notebook 01, *Is
# decoding verifying?*

# %% hint 1 [markdown]
# Notebook 01 has a function `sign`. Verifying under HMAC means signing once more, and comparing.

# %% hint 2 [markdown]
# What was signed is everything before the last dot, as text. Which method of `str` cuts there, and leaves the dot in
# the first half alone?

# %% hint 3 [markdown]
# The first line: `signing_input, _, signature = token.rpartition(".")`. Then one for the signature, two that refuse, one
# that returns the claims.

# %% proven [markdown]
# Your function took two good tokens, one with line breaks in its JSON, and refused a changed one, one of another key and
# one without a signature.

# %% not checked [markdown]
# `exp`: a token of yesterday still gets in. Nor whether the comparison takes the same time for every wrong signature,
# which `hmac.compare_digest` is for.
