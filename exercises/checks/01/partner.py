"""01.partner. Built from course/exercises/01/partner.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "01.partner",
    "title": "Take tokens from a partner",
    "kind": "code",
    "minutes": 12,
    "stage": "free",
    "concepts": ["claim", "HMAC"],
    "lesson": "01_jwt_anatomy",
    "order": 5,
}
STARTER = (
    "import jwt\n"
    "\n"
    "\n"
    "def customer(token, key):\n"
    "    ...\n"
)
HINTS = [
    "One call of PyJWT does all of it, if it is told what you expect. Write down what that is: who, for whom, how signed, until when.",
    "`jwt.decode` has arguments for algorithms, audience and issuer. That a claim must be there at all is said in its `options`.",
    "`options={\"require\": [\"exp\"]}` is the last of the arguments; the others have the names of what they expect.",
]
MESSAGES = {
    "good-refused": {
        "title": "A token for `orders` is refused",
        "next": "`aud` may be one name or a list of names, and both are good if yours is among them. RFC 7519 §4.1.3, and notebook 01, *What may a claim be called, and what does it order?*",
    },
    "forged-accepted": {
        "title": "A forged token gets in",
        "next": "Which of your lines looks at the signature? Notebook 01, *Is decoding verifying?*",
        "misconception": "decode-is-verify",
    },
    "other-algorithm": {
        "title": "The token has chosen the algorithm",
        "next": "The partner signs with one algorithm, so you accept one. Whoever writes the header may write another. RFC 8725 §3.1, and notebook 01, *Is decoding verifying?*",
        "misconception": "token-chooses-algorithm",
    },
    "neighbour-accepted": {
        "title": "A token that is not for `orders` gets in",
        "next": "The other services hold tokens of the same signer, for the same people. Which claim says whom a token is for? Notebook 01, *What may a claim be called, and what does it order?*",
        "misconception": "any-good-token-is-for-me",
    },
    "other-issuer": {
        "title": "A token of another issuer gets in",
        "next": "The key is good, the name is not. Which claim says who made a token? Notebook 01, *What may a claim be called, and what does it order?*",
        "misconception": "any-good-token-is-for-me",
    },
    "late-accepted": {
        "title": "An expired token gets in",
        "next": "Leeway is for clocks that differ by seconds. How long is yours? Notebook 01, *What may a claim be called, and what does it order?*",
        "misconception": "leeway-by-default",
    },
    "endless-accepted": {
        "title": "A token without an end gets in",
        "next": "What is not in a token is not compared. PyJWT's documentation, *Requiring Presence of Claims*, and notebook 01, *What may a claim be called, and what does it order?*",
        "misconception": "missing-claims-are-refused",
    },
    "another-error": {
        "title": "A bad token raises an error that no caller expects",
        "next": "It becomes a 500 where a 401 was meant. Which error does PyJWT raise for a claim that is missing? Notebook 01, *What may a claim be called, and what does it order?*",
        "misconception": "missing-claims-are-refused",
    },
    "none-returned": {
        "title": "A bad token is answered with None",
        "next": "A caller who does not look at the result serves a customer called None. An error cannot be overlooked. Notebook 01, *Is decoding verifying?*",
    },
}
WHY = {
    "proven": "Three good tokens named their customer, and ten bad ones raised an error: forged, of another algorithm, late, endless, for a neighbour, and of another issuer.",
    "not_checked": "Whether `orders` can make such tokens itself. It can: with HS256 every verifier can forge, and so can each neighbour.",
}

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
