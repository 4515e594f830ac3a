"""05.leave. Built from course/exercises/05/leave.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "05.leave",
    "title": "Refresh by the cookie, and give it back",
    "kind": "code",
    "minutes": 12,
    "stage": "free",
    "concepts": ["HttpOnly"],
    "lesson": "05_httponly_cookies",
    "order": 4,
    "site": "seed",
    "django": True,
}
STARTER = (
    "from rest_framework.permissions import AllowAny\n"
    "from rest_framework.response import Response\n"
    "from rest_framework.views import APIView\n"
    "from rest_framework_simplejwt.exceptions import TokenError\n"
    "from rest_framework_simplejwt.tokens import RefreshToken\n"
    "\n"
    "ATTRIBUTES = {\"path\": \"/session/\", \"secure\": True, \"httponly\": True, \"samesite\": \"Strict\"}\n"
    "\n"
    "\n"
    "class OpenView(APIView):\n"
    "    authentication_classes = ()\n"
    "    permission_classes = (AllowAny,)\n"
    "\n"
    "\n"
    "class RefreshView(OpenView):\n"
    "    def post(self, request):\n"
    "        ...\n"
    "\n"
    "\n"
    "class LeaveView(OpenView):\n"
    "    def post(self, request):\n"
    "        ...\n"
)
HINTS = [
    "Both views take the cookie out, in one way. Everything that the browser compares is in `ATTRIBUTES`.",
    "A class of SimpleJWT reads the token and raises `TokenError` for everything that is none of its own. Try it with an empty text, and with `None`.",
    "`response.set_cookie(\"refresh\", …, max_age=…, **ATTRIBUTES)`, with a lifetime that is over.",
]
MESSAGES = {
    "good-cookie-refused": {
        "title": "A good refresh token in the cookie gets no access token",
        "next": "Where does a view find the cookies of a request? Notebook 05, *Does the seed's flow run?*",
    },
    "body-works": {
        "title": "A refresh token in the body works too",
        "next": "What a script can put there, a script has read somewhere. The cookie is the one door. Notebook 05, *`samesite='Strict'`: which requests does it stop?*, at its end.",
    },
    "token-from-nothing": {
        "title": "A request without a cookie gets an access token",
        "next": "SimpleJWT's token classes read a token, or make a new one: its documentation, *Creating tokens manually*. Which of the two does `None` ask for?",
    },
    "wrong-type": {
        "title": "Tokens of another kind go in or come out",
        "next": "An access token, a dead or forged refresh token: what does the class that you call look at? Notebook 02, *What does each endpoint prove?*",
    },
    "dead-cookie-kept": {
        "title": "The browser keeps a cookie that is good for nothing",
        "next": "It would send it with each request to come. Notebook 05, *\"The refresh token lasts for days\": does it?*",
        "misconception": "cookie-lives-as-its-token",
    },
    "another-cookie-deleted": {
        "title": "The browser keeps the cookie of the login",
        "next": "For a browser a cookie is its name, path and domain together: rfc6265bis §5.7, and notebook 05, *`secure=True`: who sends such a cookie over http?*",
    },
    "cannot-leave": {
        "title": "Somebody wants to leave, and is told to log in",
        "next": "Five minutes after the last refresh every access token is dead. Notebook 06, *What does logout end?*",
    },
}
WHY = {
    "proven": "The cookie refreshed. A body, no cookie, an access token, a dead, a forged and a broken token did not. Everybody could leave, and each time the browser was told to forget the cookie of the login.",
    "not_checked": "Whether anything has ended. A copy of the cookie works on, and a user who was switched off refreshes: notebook 06.",
}

def check(learner, site):
    learner.mount("session/refresh/", "RefreshView")
    learner.mount("session/leave/", "LeaveView")
    tokens_of_vitor = site.login("vitor")
    good = tokens_of_vitor.refresh
    make = site.tokens("vitor", token_type="refresh")

    def refresh(cookie=None, body=None):
        cookies = {"refresh": cookie} if cookie is not None else {}
        return site.post("/session/refresh/", json=body or {}, cookies=cookies)

    answer = refresh(good)
    answer.expect(200, key="good-cookie-refused", crash="good-cookie-refused")
    access = (answer.json or {}).get("access") if isinstance(answer.json, dict) else None
    if site.get("/hello/", bearer=str(access)).status != 200:
        answer.fail("wrong-type", wanted="an access token that /hello/ takes")
    refresh().expect(401, key="token-from-nothing")
    refresh("").expect(401, key="token-from-nothing")
    refresh(body={"refresh": good}).expect(401, key="body-works")
    for bad in (tokens_of_vitor.access, make.expired(), make.other_key(), make.broken()):
        refresh(bad).expect(401, key="wrong-type")
    refused = refresh(make.expired())
    forgotten(refused, "dead-cookie-kept")

    for bearer in (tokens_of_vitor.access, make.expired(token_type="access"), None):
        left = site.post("/session/leave/", bearer=bearer, cookies={"refresh": good})
        left.expect(204, key="cannot-leave")
        forgotten(left, "another-cookie-deleted")
    site.post("/session/leave/").expect(204, key="cannot-leave")


def forgotten(answer, key):
    """Whether a browser takes the cookie of the login out."""
    cookie = answer.cookies.get("refresh")
    if cookie is None or cookie.value or str(cookie["max-age"]) != "0" or cookie["path"] != "/session/":
        answer.fail(key, wanted="refresh, empty, Max-Age=0, with the path of the login", saw=shown(cookie))
    if not cookie["secure"] or cookie["domain"]:
        answer.fail(key, wanted="a Secure cookie in the place of a Secure one", saw=shown(cookie))


def shown(cookie):
    if cookie is None:
        return "no Set-Cookie for refresh"
    named = {name: value for name, value in sorted(cookie.items()) if value and name != "expires"}
    if cookie["max-age"] == 0:
        named["max-age"] = 0
    return "; ".join([f'refresh="{cookie.value}"', *(f"{name}={value}" for name, value in named.items())])
