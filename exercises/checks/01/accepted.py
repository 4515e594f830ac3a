"""01.accepted. Built from course/exercises/01/accepted.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "01.accepted",
    "title": "Which one gets in?",
    "kind": "predict",
    "minutes": 4,
    "stage": "worked",
    "concepts": ["HMAC", "base64url"],
    "lesson": "01_jwt_anatomy",
    "order": 1,
}
STARTER = "...\n"
HINTS = [
    "What does the signature cover: claims, or text? And who says which algorithm is used?",
    "In three of the four, a part before the last dot is not what it was.",
    "Base64url leaves `=` out. PyJWT's decoder, like Python's, takes it where it stands.",
]
MESSAGES = {
    "changed-payload": {
        "title": "The changed payload is refused",
        "next": "The signature was made over the old payload. Notebook 01, *What does the signature stop?*",
        "misconception": "payload-is-trusted",
    },
    "no-signature": {
        "title": "The token without a signature is refused",
        "next": "The list of algorithms is the verifier's, and `none` is not on it. Notebook 01, *Is decoding verifying?*",
        "misconception": "token-chooses-algorithm",
    },
    "changed-spaces": {
        "title": "The same claims with other spaces are refused",
        "next": "A signature covers octets, not meaning. Notebook 01, *Do we agree with the RFC?*",
        "misconception": "signature-covers-meaning",
    },
}
WHY = {
    "proven": "All four were given to PyJWT. One got in: another string, the same token. A token's identity is its `jti`.",
    "not_checked": "What other libraries say to the `=`. RFC 7515 §2 leaves it out.",
}
OPTIONS = {
    "a": {
        "text": "The one who wrote `\"admin\": true` into the payload and kept the signature",
        "key": "changed-payload",
    },
    "b": {
        "text": "The one who wrote `\"alg\": \"none\"` into the header and left the signature out",
        "key": "no-signature",
    },
    "c": {
        "text": "The one who appended `=` to the token, and changed nothing else",
    },
    "d": {
        "text": "The one who wrote the same claims anew, with a space after each colon",
        "key": "changed-spaces",
    },
}

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
