# %% exercise [markdown]
# title: Sign a download ticket
# stage: faded
# minutes: 8
# concepts: [HMAC, base64url]
#
# A link to `/files/report.pdf` shall work for a minute, for whoever has it. `ticket(path, now, key)` makes the JWT that
# goes into the link, signed with HS256. `now` is in seconds, `key` in bytes. PyJWT is not needed: fill in the alphabet and
# the signature.

# %% solution
import base64
import hmac
import json


def base64url(octets):
    # << return ...
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
    # >>


def ticket(path, now, key):
    header = {"alg": "HS256", "typ": "JWT"}
    claims = {"path": path, "iat": now, "exp": now + 60}
    signing_input = base64url(json.dumps(header).encode()) + "." + base64url(json.dumps(claims).encode())
    # << signature = ...
    signature = hmac.digest(key, signing_input.encode(), "sha256")
    # >>
    return signing_input + "." + base64url(signature)


# %% also_right: the-long-form [markdown]
# - import hmac
# + import hashlib
# + import hmac
# - hmac.digest(key, signing_input.encode(), "sha256")
# + hmac.new(key, signing_input.encode("ascii"), hashlib.sha256).digest()
# - base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
# + base64.urlsafe_b64encode(octets).decode().replace("=", "")

# %% wrong: the-other-alphabet -> not-for-a-link | misconception: base64url-is-base64 [markdown]
# - base64.urlsafe_b64encode
# + base64.b64encode

# %% wrong: with-padding -> not-for-a-link | misconception: base64url-is-base64 [markdown]
# - .rstrip(b"=")

# %% wrong: bytes-are-left -> no-ticket | slip [markdown]
# - .rstrip(b"=").decode()
# + .rstrip(b"=")

# %% wrong: in-hexadecimal -> another-signature | slip [markdown]
# - hmac.digest(key, signing_input.encode(), "sha256")
# + hmac.new(key, signing_input.encode(), "sha256").hexdigest().encode()

# %% wrong: signs-the-claims -> another-signature | misconception: signature-covers-meaning [markdown]
# - hmac.digest(key, signing_input.encode(), "sha256")
# + hmac.digest(key, json.dumps(claims).encode(), "sha256")

# %% wrong: signs-the-payload -> another-signature | slip [markdown]
# - signing_input.encode(), "sha256")
# + signing_input.split(".")[1].encode(), "sha256")

# %% wrong: a-hash-will-do -> no-key-in-it | misconception: signature-is-a-hash [markdown]
# - import hmac
# + import hashlib
# + import hmac
# - hmac.digest(key, signing_input.encode(), "sha256")
# + hashlib.sha256(signing_input.encode()).digest()

# %% check
import jwt

KEY, OTHER = b"a-teaching-key-of-thirty-two-bytes", b"another-key-of-thirty-two-bytes!!!"
NOW = 1767603600  # 2026-01-05 09:00 UTC


def check(learner, site):
    for path in ("/files/report.pdf", "/files/??>>~~.pdf", "/files/a", "/files/ab"):
        made = learner.call("ticket", path, NOW, KEY)
        text = made.expect(
            test=lambda value: isinstance(value, str) and value.count(".") == 2,
            wanted="three parts, joined by dots",
            key="no-ticket",
            crash="no-ticket",
        ).value
        if set(text) & set("+/="):
            made.fail("not-for-a-link", wanted="letters, digits, - and _ alone")
        try:
            jwt.decode(text, KEY, algorithms=["HS256"], options={"verify_exp": False, "verify_iat": False})
        except jwt.InvalidTokenError as error:
            if text == learner.call("ticket", path, NOW, OTHER).value:
                made.fail(
                    "no-key-in-it",
                    wanted="another signature for another key",
                    saw="the same ticket for two keys",
                )
            made.fail("another-signature", wanted="a token that PyJWT accepts", saw=f"{text}\nPyJWT: {error}")


# %% message: no-ticket [markdown]
# What comes out is no token
#
# A token is one `str` of three parts. Look at what each part is when it is joined. Notebook 01, *Can you build one by
# hand?*

# %% message: not-for-a-link [markdown]
# The ticket has characters that mean something else in a link
#
# Base64url differs from base64 in two characters, and in what stands at the end. Notebook 01, *Can you build one by hand?*

# %% message: another-signature [markdown]
# The signature is not the one that a verifier computes
#
# It is made from octets, over everything before the last dot as it is written. Notebook 01, *Can you build one by hand?*

# %% message: no-key-in-it [markdown]
# Two keys give the same ticket
#
# Then nobody needs a key to make one. What does a site know that the visitor does not? Notebook 01, *Who can verify, and
# who can forge?*

# %% hint 1 [markdown]
# Notebook 01 builds the seed's token by hand. Compare the two functions there with what you have.

# %% hint 2 [markdown]
# The signature takes the key, the two parts with their dot as bytes, and the name of a hash. It is bytes and not a
# hexadecimal text.

# %% hint 3 [markdown]
# `hmac.digest(key, …, "sha256")`, with the signing input as bytes in the middle.

# %% proven [markdown]
# PyJWT accepts your tickets for four paths, and each fits into a link as it is.

# %% not checked [markdown]
# That a ticket is used once. Whoever copies the link has the file for that minute, and a link ends up in logs.
