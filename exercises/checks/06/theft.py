"""06.theft. Built from course/exercises/06/theft.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "06.theft",
    "title": "Let the thief win, then end it for both",
    "kind": "code",
    "minutes": 18,
    "stage": "free",
    "concepts": ["rotation"],
    "lesson": "06_rotation_and_logout",
    "order": 3,
    "site": "rotating",
    "django": True,
}
STARTER = (
    "import requests\n"
    "from rest_framework_simplejwt.exceptions import InvalidToken, TokenError\n"
    "from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken\n"
    "from rest_framework_simplejwt.tokens import UntypedToken\n"
    "from rest_framework_simplejwt.views import TokenRefreshView\n"
    "\n"
    "\n"
    "def refresh(url, token):\n"
    "    return requests.post(url, json={\"refresh\": token})\n"
    "\n"
    "\n"
    "def thief_first(url, copy):\n"
    "    ...\n"
    "\n"
    "\n"
    "class ReuseView(TokenRefreshView):\n"
    "    def post(self, request):\n"
    "        try:\n"
    "            return super().post(request)\n"
    "        except InvalidToken:\n"
    "            look_for_theft(request.data.get(\"refresh\", \"\"))\n"
    "            raise\n"
    "\n"
    "\n"
    "def look_for_theft(text):\n"
    "    ...\n"
)
HINTS = [
    "The attack is in notebook 06, with cookies. For the repair, three questions: is it ours, was it used, whose is it?",
    "`UntypedToken` looks at signature and expiry, and not at the blacklist. The two models answer the other questions, by `jti` and by user.",
    "`for other in OutstandingToken.objects.filter(…): BlacklistedToken.objects.get_or_create(…)`",
]
MESSAGES = {
    "no-theft-yet": {
        "title": "The thief has not won at the site as it is",
        "next": "Three refreshes, in an order that matters, and the last of them with the newest token. Notebook 06, *Who stays in, the thief or the owner?*",
    },
    "stranger-ends-sessions": {
        "title": "Somebody without any token of his ends vitor's session",
        "next": "A `jti` is no secret, and everybody can write one into a text. What makes it a token of this site? Notebook 01, *Is decoding verifying?*",
        "misconception": "decode-is-verify",
    },
    "age-is-no-theft": {
        "title": "A token that was never used ends the session",
        "next": "Who comes back after the holidays is no thief, nor is who sends the access token by mistake. Which table says that a token was used? Notebook 06, *Who stays in, the thief or the owner?*",
        "misconception": "every-reuse-is-theft",
    },
    "thief-stays": {
        "title": "The used token came back, and one of the two stays in",
        "next": "The server cannot tell who is who, and the blacklist is all that it looks at. RFC 9700 §4.14.2, and notebook 06, *Who stays in, the thief or the owner?*",
    },
    "others-thrown-out": {
        "title": "alice is thrown out with vitor",
        "next": "Whose token came back? Each outstanding token knows its user. Notebook 06, *What does a family remember?*",
    },
    "owner-locked-out": {
        "title": "vitor cannot log in any more",
        "next": "The sessions are to end, not the account: he comes back with his password. Notebook 06, *Who stays in, the thief or the owner?*",
    },
}
WHY = {
    "proven": "At the stock view the thief won. At yours, both were out, and vitor came back with his password. alice stayed in; forged and expired tokens ended nothing, nor did an access token.",
    "not_checked": "Two tabs that refresh at once: they look like a theft, and vitor is out everywhere. The grace window of notebook 06 is for them.",
}

import jwt

STOCK, MINE = "/api/token/refresh/", "/reuse/"


def check(learner, site):
    called = learner.call("thief_first", site.url + STOCK, site.login("vitor").refresh)
    called.expect(
        (401, 200),
        key="no-theft-yet",
        crash="no-theft-yet",
        wanted="(401, 200): vitor is out, and the thief is in",
    )

    learner.mount("reuse/", "ReuseView")
    alice, (access, first) = site.login("alice").refresh, site.login("vitor")
    second = rotated(site, first, "stranger-ends-sessions")
    used = {"token_type": "refresh", "jti": jti(first)}
    make = site.tokens("vitor", **used)
    for forged in (
        make.other_key(),
        make.alg_none(),
        make.tampered(**used, user_id="1", is_staff=True),
        make.broken(),
    ):
        refresh(site, forged).expect(401, key="stranger-ends-sessions")
    third = rotated(site, second, "stranger-ends-sessions")
    refresh(site, make.expired(jti="f" * 32)).expect(401, key="age-is-no-theft")
    refresh(site, access).expect(401, key="age-is-no-theft")
    fourth = rotated(site, third, "age-is-no-theft")

    called = learner.call("thief_first", site.url + MINE, fourth)
    called.expect((401, 401), key="thief-stays", wanted="(401, 401): both are out")
    refresh(site, alice).expect(200, key="others-thrown-out")
    again = site.post("/api/token/", json={"username": "vitor", "password": "123"})
    again.expect(200, key="owner-locked-out")
    refresh(site, again.json["refresh"]).expect(200, key="owner-locked-out")


def refresh(site, token):
    return site.post(MINE, json={"refresh": token})


def rotated(site, token, key):
    answer = refresh(site, token)
    answer.expect(200, key=key)
    found = answer.json if isinstance(answer.json, dict) else {}
    return found.get("refresh", "")


def jti(token):
    return jwt.decode(token, options={"verify_signature": False})["jti"]
