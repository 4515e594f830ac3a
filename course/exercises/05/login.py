# %% exercise [markdown]
# title: A login that keeps the refresh token from scripts
# stage: faded
# minutes: 10
# concepts: [HttpOnly, same-site]
# security: true
# site: seed
# django: true
#
# `LoginView` gives an access token in the body, and the refresh token in a cookie named `__Host-refresh` alone. The browser
# hides the cookie from scripts, keeps it from plain http and from requests that other sites begin, and forgets it when the
# token in it has expired. No neighbour can set it in your place.
#
# Fill in the two gaps.

# %% solution
from django.contrib.auth import authenticate
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.tokens import RefreshToken


class LoginView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def post(self, request):
        name, password = request.data.get("username"), request.data.get("password")
        user = authenticate(request, username=name, password=password)
        if user is None:
            return Response({"detail": "Name or password is wrong."}, status=401)
        refresh = RefreshToken.for_user(user)
        # << response = Response(...)
        response = Response({"access": str(refresh.access_token)})
        # >>
        # << response.set_cookie("__Host-refresh", ...)
        response.set_cookie(
            "__Host-refresh",
            str(refresh),
            max_age=refresh.lifetime,
            secure=True,
            httponly=True,
            samesite="Strict",
        )
        # >>
        response["Cache-Control"] = "no-store"
        return response


# %% also_right: seconds-until-exp [markdown]
# - max_age=refresh.lifetime
# + path="/", max_age=refresh["exp"] - refresh["iat"]

# %% wrong: scripts-may-read -> readable | slip [markdown]
# - httponly=True,

# %% wrong: works-over-http -> not-kept | misconception: clients-agree-on-secure [markdown]
# - secure=True,

# %% wrong: for-the-siblings-too -> not-kept | misconception: samesite-means-same-origin [markdown]
# - secure=True,
# + secure=True, domain="127.0.0.1",

# %% wrong: where-it-is-needed -> not-kept | slip [markdown]
# - secure=True,
# + secure=True, path="/api/token/",

# %% wrong: changes-nothing-anyway -> sent-from-elsewhere | misconception: strict-lets-other-sites-in [markdown]
# - samesite="Strict",

# %% wrong: lax -> sent-from-elsewhere | slip [markdown]
# - "Strict"
# + "Lax"

# %% wrong: in-the-body-as-well -> in-the-body | misconception: httponly-stops-scripts [markdown]
# - {"access": str(refresh.access_token)}
# + {"access": str(refresh.access_token), "refresh": str(refresh)}

# %% wrong: seven-days -> other-end | misconception: cookie-lives-as-its-token [markdown]
# - max_age=refresh.lifetime
# + max_age=7 * 24 * 60 * 60

# %% wrong: no-end -> other-end | misconception: cookie-lives-as-its-token [markdown]
# - max_age=refresh.lifetime,

# %% wrong: the-other-token -> no-refresh-token | misconception: any-type-of-token-will-do [markdown]
# - str(refresh),
# + str(refresh.access_token),

# %% wrong: no-access-token -> no-access | misconception: login-means-cookie [markdown]
# - {"access": str(refresh.access_token)}
# + {"detail": "Welcome."}

# %% check
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


# %% message: no-access [markdown]
# The login gives no access token
#
# The page sends it in a header with each call, so it comes in the body. Notebook 05, *Does the seed's flow run?*

# %% message: no-refresh-token [markdown]
# There is no refresh token in the cookie
#
# A login makes two tokens of two types. Which of them does `/api/token/refresh/` take? Notebook 02, *What does each endpoint
# prove?*

# %% message: in-the-body [markdown]
# The cookie hides the token, and the body shows it
#
# A script that logs in, or listens, reads every body. Notebook 05, *`samesite='Strict'`: which requests does it stop?*, at
# its end.

# %% message: readable [markdown]
# A script in the page reads the cookie
#
# One attribute hides the value from `document.cookie`. Notebook 05, *`HttpOnly`: what does it hide?*

# %% message: not-kept [markdown]
# The browser throws the cookie away
#
# Its name begins with `__Host-`, and a browser holds you to that promise. Notebook 05, *Can a neighbour set your cookie?*

# %% message: sent-from-elsewhere [markdown]
# Requests that another site began carry the cookie
#
# Left out it is Lax in some browsers, which lets links through. Notebook 05, *`samesite='Strict'`: which requests does it
# stop?*

# %% message: other-end [markdown]
# The cookie and the token in it end at different times
#
# Ask the token how long it lives, in place of a number. Notebook 05, *"The refresh token lasts for days": does it?*

# %% hint 1 [markdown]
# The key points of notebook 05 name the five things that such a cookie needs.

# %% hint 2 [markdown]
# What the prefix asks for, `set_cookie` does by default, but for one of three. A refresh token knows its `lifetime`.

# %% hint 3 [markdown]
# `response.set_cookie("__Host-refresh", str(refresh), max_age=…, …)`, and three more names.

# %% proven [markdown]
# The body held an access token and no other. The cookie had the refresh token, with the attributes of its prefix, HttpOnly and
# Strict, and ends with its token.

# %% not checked [markdown]
# Who sent the request. A form on another site can log a visitor in as somebody else: that is the next exercise.
