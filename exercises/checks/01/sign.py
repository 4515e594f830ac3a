"""01.sign. Built from authoring/exercises/01/sign.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "01.sign",
    "title": "Sign by hand",
    "kind": "code",
    "minutes": 6,
    "stage": "faded",
    "concepts": ["HMAC", "base64url"],
    "lesson": "01_jwt_anatomy",
    "order": 2,
}
STARTER = (
    "import base64\n"
    "import hmac\n"
    "import json\n"
    "\n"
    "\n"
    "def base64url(octets: bytes) -> str:\n"
    "    return base64.urlsafe_b64encode(octets).rstrip(b\"=\").decode()\n"
    "\n"
    "\n"
    "def sign(claims: dict, key: bytes) -> str:\n"
    "    header = base64url(json.dumps({\"alg\": \"HS256\", \"typ\": \"JWT\"}).encode())\n"
    "    payload = base64url(json.dumps(claims).encode())\n"
    "    signing_input = ...\n"
    "    mac = hmac.digest(..., ..., \"sha256\")\n"
    "    return signing_input + \".\" + base64url(mac)\n"
)
HINTS = [
    "The last line uses both names: what stands before the second dot, and the octets of the signature.",
    "`hmac.digest` takes three things: the key, the message as bytes, and the name of the hash.",
    "The message is `signing_input.encode()`, and the signing input is two parts with a dot between.",
]
MESSAGES = {
    "no-token": {
        "title": "What comes back has not the three parts of a token",
        "next": "Header, payload and signature, with a dot between them. Notebook 01, *What is inside a token?*",
    },
    "other-octets": {
        "title": "The token does not verify",
        "next": "The signature covers the first two parts as they are written in the token. Notebook 01, *Can you build one by hand?*",
    },
}
WHY = {
    "proven": "Two tokens of yours verify with the key, one of them with a letter outside ASCII in a claim.",
    "not_checked": "Whether the key is long enough: 32 bytes or more for HS256 (RFC 7518 §3.2).",
}

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
