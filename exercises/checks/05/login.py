"""05.login. Built from course/exercises/05/login.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "05.login",
    "title": "A login that keeps the refresh token from scripts",
    "kind": "code",
    "minutes": 10,
    "stage": "faded",
    "concepts": ["HttpOnly", "same-site"],
    "lesson": "05_httponly_cookies",
    "order": 2,
    "site": "seed",
    "django": True,
}
STARTER = (
    "from django.contrib.auth import authenticate\n"
    "from rest_framework.permissions import AllowAny\n"
    "from rest_framework.response import Response\n"
    "from rest_framework.views import APIView\n"
    "from rest_framework_simplejwt.tokens import RefreshToken\n"
    "\n"
    "\n"
    "class LoginView(APIView):\n"
    "    authentication_classes = ()\n"
    "    permission_classes = (AllowAny,)\n"
    "\n"
    "    def post(self, request):\n"
    "        name, password = request.data.get(\"username\"), request.data.get(\"password\")\n"
    "        user = authenticate(request, username=name, password=password)\n"
    "        if user is None:\n"
    "            return Response({\"detail\": \"Name or password is wrong.\"}, status=401)\n"
    "        refresh = RefreshToken.for_user(user)\n"
    "        response = Response(...)\n"
    "        response.set_cookie(\"__Host-refresh\", ...)\n"
    "        response[\"Cache-Control\"] = \"no-store\"\n"
    "        return response\n"
)
HINTS = [
    "The key points of notebook 05 name the five things that such a cookie needs.",
    "What the prefix asks for, `set_cookie` does by default, but for one of three. A refresh token knows its `lifetime`.",
    "`response.set_cookie(\"__Host-refresh\", str(refresh), max_age=…, …)`, and three more names.",
]
MESSAGES = {
    "no-access": {
        "title": "The login gives no access token",
        "next": "The page sends it in a header with each call, so it comes in the body. Notebook 05, *Does the seed's flow run?*",
        "misconception": "login-means-cookie",
    },
    "no-refresh-token": {
        "title": "There is no refresh token in the cookie",
        "next": "A login makes two tokens of two types. Which of them does `/api/token/refresh/` take? Notebook 02, *What does each endpoint prove?*",
        "misconception": "any-type-of-token-will-do",
    },
    "in-the-body": {
        "title": "The cookie hides the token, and the body shows it",
        "next": "A script that logs in, or listens, reads every body. Notebook 05, *`samesite='Strict'`: which requests does it stop?*, at its end.",
        "misconception": "httponly-stops-scripts",
    },
    "readable": {
        "title": "A script in the page reads the cookie",
        "next": "One attribute hides the value from `document.cookie`. Notebook 05, *`HttpOnly`: what does it hide?*",
    },
    "not-kept": {
        "title": "The browser throws the cookie away",
        "next": "Its name begins with `__Host-`, and a browser holds you to that promise. Notebook 05, *Can a neighbour set your cookie?*",
    },
    "sent-from-elsewhere": {
        "title": "Requests that another site began carry the cookie",
        "next": "Left out it is Lax in some browsers, which lets links through. Notebook 05, *`samesite='Strict'`: which requests does it stop?*",
    },
    "other-end": {
        "title": "The cookie and the token in it end at different times",
        "next": "Ask the token how long it lives, in place of a number. Notebook 05, *\"The refresh token lasts for days\": does it?*",
        "misconception": "cookie-lives-as-its-token",
    },
}
WHY = {
    "proven": "The body held an access token and no other. The cookie had the refresh token, with the attributes of its prefix, HttpOnly and Strict, and ends with its token.",
    "not_checked": "Who sent the request. A form on another site can log a visitor in as somebody else: that is the next exercise.",
}

NAME = "__Host-refresh"


def check(learner, site):
    learner.mount("login/", "LoginView")
    login = site.post("/login/", json={"username": "vitor", "password": "123"})
    login.expect(200, key="no-access")
    body = login.json if isinstance(login.json, dict) else {}
    cookie = login.cookies.get(NAME)
    if cookie is None or refresh(site, cookie.value).status != 200:
        wanted = f"a cookie {NAME} with a token that /api/token/refresh/ takes"
        login.fail("no-refresh-token", wanted=wanted, saw=shown(cookie))
    if cookie.value in login.text:
        login.fail(
            "in-the-body", wanted="a body without the refresh token", saw=f"a body with {', '.join(body)}"
        )
    if site.get("/hello/", bearer=str(body.get("access"))).status != 200:
        login.fail(
            "no-access", wanted="an access token that /hello/ takes", saw=f"a body with {', '.join(body)}"
        )

    if not cookie["secure"] or cookie["domain"] or cookie["path"] != "/":
        login.fail("not-kept", wanted="Secure, Path=/ and no Domain, as the name promises", saw=shown(cookie))
    if not cookie["httponly"]:
        login.fail("readable", wanted="a cookie that scripts cannot read", saw=shown(cookie))
    if cookie["samesite"].lower() != "strict":
        wanted = "a cookie that no other site's request carries"
        login.fail("sent-from-elsewhere", wanted=wanted, saw=shown(cookie))
    if cookie["max-age"] != "86400" and cookie["max-age"] != 86400:
        login.fail("other-end", wanted="a cookie for 86400 seconds, as its token", saw=shown(cookie))


def refresh(site, token):
    return site.post("/api/token/refresh/", json={"refresh": token})


def shown(cookie):
    if cookie is None:
        return f"no cookie {NAME}"
    named = {name: value for name, value in cookie.items() if value and name != "expires"}
    ends = "; ".join(name if value is True else f"{name}={value}" for name, value in sorted(named.items()))
    return f"{cookie.key}={cookie.value[:8]}…; {ends}"
