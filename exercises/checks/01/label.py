"""01.label. Built from course/exercises/01/label.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "01.label",
    "title": "What a client can show without asking",
    "kind": "code",
    "minutes": 8,
    "stage": "faded",
    "concepts": ["base64url", "claim"],
    "lesson": "01_jwt_anatomy",
    "order": 2,
    "site": "seed",
}
STARTER = (
    "import base64\n"
    "import json\n"
    "\n"
    "import requests\n"
    "\n"
    "\n"
    "def claims_of(token):\n"
    "    payload = token.split(\".\")[1]\n"
    "    return json.loads(...)\n"
    "\n"
    "\n"
    "def log_in(site, username, password):\n"
    "    answer = requests.post(site + \"/api/token/\", json={\"username\": username, \"password\": password})\n"
    "    claims = claims_of(answer.json()[\"access\"])\n"
    "    return {\"user\": ..., \"seconds\": ...}\n"
)
HINTS = [
    "Notebook 01 reads a payload in its second code cell, and says later what the `=` signs there are for.",
    "How many `=` bring 5, 6, 7 or 8 characters up to a multiple of four? And how long is it from `iat` to `exp`?",
    "The last line has the shape `return {\"user\": claims[\"username\"], \"seconds\": … - …}`.",
]
MESSAGES = {
    "key-wanted": {
        "title": "A token was not read for want of the right key",
        "next": "Reading needs none. A key is for those who want to know whether to believe what they read. Notebook 01, *What is inside a token?*",
        "misconception": "signed-is-encrypted",
    },
    "length-matters": {
        "title": "A token of this length is not read",
        "next": "Print the length of its payload. Base64 comes in fours, and base64url leaves out what fills the last one. Notebook 01, *Can you build one by hand?*",
    },
    "another-alphabet": {
        "title": "A token with `-` and `_` in it is not read",
        "next": "Base64 has two alphabets, and two characters in which they differ. Python's decoder skips what it does not know. Notebook 01, *Can you build one by hand?*",
        "misconception": "base64url-is-base64",
    },
    "asked-again": {
        "title": "The site was asked once more",
        "next": "What the client shows came with the login. Notebook 01, *What is inside a token?*",
        "misconception": "reading-needs-the-site",
    },
    "other-label": {
        "title": "The client shows something else",
        "next": "Print the claims, and compare them with what is wanted: which one is a name, which two are instants? Notebook 01, *What is inside a token?*",
    },
}
WHY = {
    "proven": "Your function read payloads of every length and of both kinds of characters, and two logins were shown after one request each. No key was needed: nobody else needs one either.",
    "not_checked": "Whether the tokens are genuine. What you read so is good for a label, and for no decision.",
}

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
