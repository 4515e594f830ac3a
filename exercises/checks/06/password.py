"""06.password. Built from course/exercises/06/password.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "06.password",
    "title": "A new password that throws everybody else out",
    "kind": "code",
    "minutes": 12,
    "stage": "faded",
    "concepts": ["blacklist"],
    "lesson": "06_rotation_and_logout",
    "order": 4,
    "site": "seed",
    "django": True,
}
STARTER = (
    "from rest_framework.permissions import IsAuthenticated\n"
    "from rest_framework.response import Response\n"
    "from rest_framework.views import APIView\n"
    "from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken\n"
    "from rest_framework_simplejwt.tokens import RefreshToken\n"
    "\n"
    "\n"
    "class PasswordView(APIView):\n"
    "    permission_classes = (IsAuthenticated,)\n"
    "\n"
    "    def post(self, request):\n"
    "        if not request.user.check_password(request.data.get(\"old\", \"\")):\n"
    "            return Response({\"detail\": \"The old password is another.\"}, status=400)\n"
    "        request.user.set_password(request.data[\"new\"])\n"
    "        request.user.save()\n"
    "        end_sessions(request.user)\n"
    "        return Response(renewed(request.user))\n"
    "\n"
    "\n"
    "def end_sessions(user):\n"
    "    ...\n"
    "\n"
    "\n"
    "def renewed(user):\n"
    "    ...\n"
)
HINTS = [
    "SimpleJWT's blacklist app has two tables: one of all refresh tokens that were handed out, and one of those that count no more.",
    "Go through the first for this user, and put each into the second, unless it is there. For the new ones, `RefreshToken` has a method that takes a user.",
    "`for token in OutstandingToken.objects.filter(…):` is the first line.",
]
MESSAGES = {
    "copy-works": {
        "title": "Under the new password, the copied token works on",
        "next": "The password is in no token, and at a refresh nobody compares. What is looked at then? Notebook 06, *Does a new password end it?*",
    },
    "older-copy-works": {
        "title": "One session has ended, and another goes on",
        "next": "Nobody knows which of her tokens was copied. Notebook 06, *Who stays in, the thief or the owner?*",
        "misconception": "reuse-tells-the-thief",
    },
    "second-time-fails": {
        "title": "The second change of the password fails",
        "next": "Some of her tokens are on the blacklist by then, and each may stand there once. Django's documentation, *get_or_create*.",
    },
    "others-thrown-out": {
        "title": "vitor is thrown out because alice has a new password",
        "next": "Each outstanding token knows its user. Notebook 06, *What does logout end?*",
    },
    "not-in-herself": {
        "title": "alice herself is not in any more",
        "next": "She has proven who she is a moment ago. What does a login give? Notebook 02, *What does each endpoint prove?*",
    },
    "not-on-the-list": {
        "title": "The next change of the password does not end this session",
        "next": "A token that you make by hand is signed, and nobody has written it down. Notebook 06, *What does logout end?*",
        "misconception": "server-remembers-tokens",
    },
}
WHY = {
    "proven": "After the change two older refresh tokens were refused, and alice went on with new ones; after a second change those were refused too. vitor stayed in.",
    "not_checked": "Access tokens: they live their five minutes out. `CHECK_REVOKE_TOKEN` of SimpleJWT is for them.",
}

OLD, NEW, NEWER = "correct-horse-battery", "a-new-pass-phrase", "and-one-more"


def check(learner, site):
    learner.mount("password/", "PasswordView")
    vitor = site.login("vitor")
    copy, hers = site.login("alice"), site.login("alice")

    answer = change(site, hers.access, OLD, NEW)
    mine = answer.json if isinstance(answer.json, dict) else {}
    if (
        refresh(site, mine.get("refresh")) != 200
        or site.get("/hello/", bearer=str(mine.get("access"))).status != 200
    ):
        answer.fail("not-in-herself", wanted="an access and a refresh token that work")
    for token, key in ((hers.refresh, "copy-works"), (copy.refresh, "older-copy-works")):
        expect(site, token, 401, key)
    expect(site, vitor.refresh, 200, "others-thrown-out")

    answer = change(site, mine["access"], NEW, NEWER, "second-time-fails")
    expect(site, mine["refresh"], 401, "not-on-the-list")
    again = answer.json if isinstance(answer.json, dict) else {}
    expect(site, again.get("refresh"), 200, "not-in-herself")


def change(site, access, old, new, crash=None):
    answer = site.post("/password/", bearer=access, json={"old": old, "new": new})
    return answer.expect(200, key="not-in-herself", crash=crash)


def refresh(site, token):
    return site.post("/api/token/refresh/", json={"refresh": str(token)}).status


def expect(site, token, status, key):
    site.post("/api/token/refresh/", json={"refresh": str(token)}).expect(status, key=key)
