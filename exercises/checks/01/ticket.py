"""01.ticket. Built from course/exercises/01/ticket.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "01.ticket",
    "title": "Sign a download ticket",
    "kind": "code",
    "minutes": 8,
    "stage": "faded",
    "concepts": ["HMAC", "base64url"],
    "lesson": "01_jwt_anatomy",
    "order": 3,
}
STARTER = (
    "import base64\n"
    "import hmac\n"
    "import json\n"
    "\n"
    "\n"
    "def base64url(octets):\n"
    "    return ...\n"
    "\n"
    "\n"
    "def ticket(path, now, key):\n"
    "    header = {\"alg\": \"HS256\", \"typ\": \"JWT\"}\n"
    "    claims = {\"path\": path, \"iat\": now, \"exp\": now + 60}\n"
    "    signing_input = base64url(json.dumps(header).encode()) + \".\" + base64url(json.dumps(claims).encode())\n"
    "    signature = ...\n"
    "    return signing_input + \".\" + base64url(signature)\n"
)
HINTS = [
    "Notebook 01 builds the seed's token by hand. Compare the two functions there with what you have.",
    "The signature takes the key, the two parts with their dot as bytes, and the name of a hash. It is bytes and not a hexadecimal text.",
    "`hmac.digest(key, …, \"sha256\")`, with the signing input as bytes in the middle.",
]
MESSAGES = {
    "no-ticket": {
        "title": "What comes out is no token",
        "next": "A token is one `str` of three parts. Look at what each part is when it is joined. Notebook 01, *Can you build one by hand?*",
    },
    "not-for-a-link": {
        "title": "The ticket has characters that mean something else in a link",
        "next": "Base64url differs from base64 in two characters, and in what stands at the end. Notebook 01, *Can you build one by hand?*",
        "misconception": "base64url-is-base64",
    },
    "another-signature": {
        "title": "The signature is not the one that a verifier computes",
        "next": "It is made from octets, over everything before the last dot as it is written. Notebook 01, *Can you build one by hand?*",
    },
    "no-key-in-it": {
        "title": "Two keys give the same ticket",
        "next": "Then nobody needs a key to make one. What does a site know that the visitor does not? Notebook 01, *Who can verify, and who can forge?*",
        "misconception": "signature-is-a-hash",
    },
}
WHY = {
    "proven": "PyJWT accepts your tickets for four paths, and each fits into a link as it is.",
    "not_checked": "That a ticket is used once. Whoever copies the link has the file for that minute, and a link ends up in logs.",
}

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
