"""06.rotate. Built from course/exercises/06/rotate.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "06.rotate",
    "title": "One of six",
    "kind": "code",
    "minutes": 12,
    "stage": "faded",
    "concepts": ["rotation", "absolute lifetime"],
    "lesson": "06_rotation_and_logout",
    "order": 2,
    "site": "seed",
    "django": True,
}
STARTER = (
    "import time\n"
    "\n"
    "from rest_framework.response import Response\n"
    "from rest_framework_simplejwt.exceptions import InvalidToken, TokenError\n"
    "from rest_framework_simplejwt.tokens import RefreshToken\n"
    "from rest_framework_simplejwt.views import TokenViewBase\n"
    "\n"
    "\n"
    "def is_in_order(request):\n"
    "    time.sleep(float(request.headers.get(\"X-Takes\", 0)))\n"
    "    return True\n"
    "\n"
    "\n"
    "class RotateView(TokenViewBase):\n"
    "    def post(self, request):\n"
    "        try:\n"
    "            refresh = RefreshToken(request.COOKIES.get(\"refresh_token\", \"\"))\n"
    "        except TokenError as error:\n"
    "            raise InvalidToken(error.args[0]) from error\n"
    "        if not is_in_order(request):\n"
    "            raise InvalidToken(\"The account is closed.\")\n"
    "        ...  # once, and only once\n"
    "        ...  # the new token\n"
    "        response = Response({\"access\": str(refresh.access_token)})\n"
    "        response.set_cookie(\"refresh_token\", str(refresh), secure=True, httponly=True, samesite=\"Strict\")\n"
    "        return response\n"
)
HINTS = [
    "Four methods of a refresh token matter here: `blacklist`, `set_jti`, `set_exp`, `outstand`. One of them is not needed.",
    "`get_or_create` returns the row, and whether this very call has made it. The database lets one of six make it.",
    "`_, won = …` is the first line. When it was not won, the answer is an `InvalidToken`.",
]
MESSAGES = {
    "first-one-refused": {
        "title": "Nobody gets a new token",
        "next": "`blacklist()` returns two things. What does the second of them say? Django's documentation, *get_or_create*.",
    },
    "old-one-works": {
        "title": "A token that was used works again",
        "next": "Rotation by itself only adds tokens. What takes the old one away, and when? Notebook 06, *What becomes of a rotated token?*",
    },
    "several-win": {
        "title": "One token was brought six times, and more than one request won",
        "next": "All had looked before the first wrote. One statement must do both, and somebody must read its answer. Notebook 06, *How many can win a race for one token?*",
        "misconception": "check-then-write-is-safe",
    },
    "others-do-not-know": {
        "title": "Another worker would take the used token",
        "next": "Variables belong to one process, and a site has several. What do all of them share? Notebook 06, *What does a family remember?*",
        "misconception": "workers-share-memory",
    },
    "new-one-is-dead": {
        "title": "The new token does not work",
        "next": "What does the blacklist know a token by? Notebook 01, *Is a token its string?*, and notebook 06, *What becomes of a rotated token?*",
        "misconception": "token-is-its-string",
    },
    "session-without-end": {
        "title": "Each rotation makes the session longer",
        "next": "Who comes back often enough is never asked for a password again. Notebook 06, *When does a session end?*",
        "misconception": "rotation-ends-sessions",
    },
    "not-on-the-list": {
        "title": "The new token is on no list",
        "next": "Whoever wants to end all sessions of a user goes through the outstanding tokens. Notebook 06, *What does logout end?*",
        "misconception": "server-remembers-tokens",
    },
}
WHY = {
    "proven": "The token rotated and kept its end; the old one was refused; of six requests at once one won, and its token worked.",
    "not_checked": "What the five losers do. A second tab is no thief, and a 401 throws it out: notebook 06, *What do two tabs get?*",
}

import jwt

COOKIE = "refresh_token"
SLOWLY = {"X-Takes": "0.4"}  # seconds: on a busy machine, too, all six are under way by then


def check(learner, site):
    learner.mount("rotate/", "RotateView")
    first = site.login("vitor").refresh
    end = claims(first)["exp"]
    site.clock.advance(hours=6)

    answer = rotate(site, first)
    answer.expect(200, key="first-one-refused")
    second = new_token(answer, first)
    if claims(second).get("exp") != end:
        saw = f"exp {claims(second).get('exp')}, six hours later"
        answer.fail("session-without-end", wanted=f"exp {end}, as at the login", saw=saw)
    rotate(site, first).expect(401, key="old-one-works")
    if site.count("token_blacklist.BlacklistedToken", token__jti=claims(first)["jti"]) != 1:
        wanted, saw = "the used token on the blacklist", "an empty blacklist: one process knows, and no other"
        answer.fail("others-do-not-know", wanted=wanted, saw=saw)
    if claims(second).get("jti") == claims(first)["jti"]:
        answer.fail("new-one-is-dead", wanted="a token with a jti of its own", saw="the jti that was used up")
    if site.count("token_blacklist.OutstandingToken", jti=claims(second).get("jti")) != 1:
        wanted, saw = "the new token among the outstanding ones", "outstanding: the login's token alone"
        answer.fail("not-on-the-list", wanted=wanted, saw=saw)

    six = site.together([("POST", "/rotate/", {"cookies": {COOKIE: second}, "headers": SLOWLY})] * 6)
    statuses = sorted(each.status for each in six)
    winners = [each for each in six if each.status == 200]
    if len(winners) > 1:
        six[0].fail("several-win", wanted="200 once and 401 five times", saw="200 more than once, of six")
    if statuses != [200, 401, 401, 401, 401, 401]:
        other = next((each for each in six if each.status not in (200, 401)), six[0])
        other.fail("first-one-refused", wanted="200 once and 401 five times", saw=f"{statuses}")
    rotate(site, new_token(winners[0], second)).expect(200, key="new-one-is-dead")
    rotate(site, "").expect(401, key="old-one-works")


def rotate(site, token):
    return site.post("/rotate/", cookies={COOKIE: token})


def new_token(answer, old):
    cookie = answer.cookies.get(COOKIE)
    if cookie is None or cookie.value == old:
        answer.fail(
            "new-one-is-dead", wanted="another refresh token in the cookie", saw="the old one, or none"
        )
    return cookie.value


def claims(token):
    try:
        return jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return {}
