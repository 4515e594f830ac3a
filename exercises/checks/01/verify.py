"""01.verify. Built from course/exercises/01/verify.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "01.verify",
    "title": "Check a signature by hand",
    "kind": "code",
    "minutes": 10,
    "stage": "free",
    "concepts": ["HMAC", "base64url"],
    "lesson": "01_jwt_anatomy",
    "order": 4,
}
STARTER = (
    "import base64\n"
    "import hmac\n"
    "import json\n"
    "\n"
    "\n"
    "def from_base64url(text: str) -> bytes:\n"
    "    return base64.urlsafe_b64decode(text + \"=\" * (-len(text) % 4))\n"
    "\n"
    "\n"
    "def verify(token: str, key: bytes) -> dict:\n"
    "    ...\n"
)
HINTS = [
    "Notebook 01 has a function `sign`. Verifying under HMAC means signing once more, and comparing.",
    "What was signed is everything before the last dot, as text. Which method of `str` cuts there, and leaves the dot in the first half alone?",
    "The first line: `signing_input, _, signature = token.rpartition(\".\")`. Then one for the signature, two that refuse, one that returns the claims.",
]
MESSAGES = {
    "good-refused": {
        "title": "A good token is refused",
        "next": "The signature covers header, dot and payload, as they are written. Compare the bytes of the two signatures one below the other. Notebook 01, *Can you build one by hand?*",
    },
    "spaces-refused": {
        "title": "A good token is refused because of its spaces",
        "next": "A verifier checks the text that it received, never a copy that it wrote anew. Notebook 01, *Do we agree with the RFC?*",
        "misconception": "signature-covers-meaning",
    },
    "changed-accepted": {
        "title": "A forged token gets in",
        "next": "Something has to compare the signature with the one that your key gives. Notebook 01, *Is decoding verifying?*",
        "misconception": "decode-is-verify",
    },
    "unsigned-accepted": {
        "title": "A token without a signature gets in",
        "next": "Whatever its header says, and however short its signature is: compare the whole of it. RFC 8725 §3.1 and §3.2, and notebook 01, *Is decoding verifying?*",
    },
    "another-error": {
        "title": "A forged token raises another error",
        "next": "Callers wait for a `ValueError`. And an `assert` is gone when Python runs with `-O`: Python's documentation, *The assert statement*.",
        "misconception": "asserts-are-checks",
    },
    "none-returned": {
        "title": "A forged token is answered with None",
        "next": "A caller who does not look at the result lets the token in. An exception cannot be overlooked. Notebook 01, *Is decoding verifying?*",
    },
}
WHY = {
    "proven": "Your function took two good tokens, one with line breaks in its JSON, and refused a changed one, one of another key and one without a signature.",
    "not_checked": "`exp`: a token of yesterday still gets in. Nor whether the comparison takes the same time for every wrong signature, which `hmac.compare_digest` is for.",
}

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
