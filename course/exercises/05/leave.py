# %% exercise [markdown]
# title: Refresh by the cookie, and give it back
# stage: free
# minutes: 12
# concepts: [HttpOnly]
# security: true
# site: seed
# django: true
#
# A login, which is there, has set the cookie `refresh` with `ATTRIBUTES`. Write the two views beside it:
#
# - `RefreshView` gives `{"access": …}` for the refresh token in the cookie, and for no other. For everything else it answers
#   401, and takes the cookie, which is good for nothing, out of the browser.
# - `LeaveView` takes the cookie out of the browser and answers 204, whether there is one or not, and whatever has become of
#   the access token.
#
# The browser speaks plain http on this machine. It keeps a cookie that differs in name, path or domain, and a Secure one that
# such an answer would replace by one that is not.

# %% solution
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import RefreshToken

ATTRIBUTES = {"path": "/session/", "secure": True, "httponly": True, "samesite": "Strict"}


class OpenView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)


class RefreshView(OpenView):
    def post(self, request):
        # << ...
        try:
            refresh = RefreshToken(request.COOKIES.get("refresh", ""))
        except TokenError:
            response = Response(status=401)
            response.set_cookie("refresh", "", max_age=0, **ATTRIBUTES)
            return response
        return Response({"access": str(refresh.access_token)})
        # >>


class LeaveView(OpenView):
    def post(self, request):
        # << ...
        response = Response(status=204)
        response.set_cookie("refresh", "", max_age=0, **ATTRIBUTES)
        return response
        # >>


# %% also_right: by-the-serializer
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.serializers import TokenRefreshSerializer

ATTRIBUTES = {"path": "/session/", "secure": True, "httponly": True, "samesite": "Strict"}


def forget(response):
    response.delete_cookie("refresh", path=ATTRIBUTES["path"], samesite="Strict")
    response.cookies["refresh"]["secure"] = True
    return response


class RefreshView(APIView):
    authentication_classes = []
    permission_classes = [AllowAny]

    def post(self, request):
        serializer = TokenRefreshSerializer(data={"refresh": request.COOKIES.get("refresh")})
        try:
            if serializer.is_valid():
                return Response({"access": serializer.validated_data["access"]})
        except TokenError:
            pass
        return forget(Response({"detail": "No."}, status=401))


class LeaveView(APIView):
    authentication_classes = []
    permission_classes = [AllowAny]

    def post(self, request):
        return forget(Response(status=204))


# %% wrong: the-body-will-do -> body-works | slip [markdown]
# - request.COOKIES.get("refresh", "")
# + request.COOKIES.get("refresh") or request.data.get("refresh", "")

# %% wrong: nothing-is-a-token -> token-from-nothing | slip [markdown]
# - request.COOKIES.get("refresh", "")
# + request.COOKIES.get("refresh")

# %% wrong: any-token -> wrong-type | misconception: any-type-of-token-will-do [markdown]
# - RefreshToken(request.COOKIES.get("refresh", ""))
# + __import__("rest_framework_simplejwt").tokens.UntypedToken(request.COOKIES.get("refresh", ""))
# - str(refresh.access_token)
# + str(refresh)

# %% wrong: signature-aside -> wrong-type | misconception: decode-is-verify [markdown]
# - RefreshToken(request.COOKIES.get("refresh", ""))
# + RefreshToken(request.COOKIES.get("refresh", ""), verify=False)

# %% wrong: a-dead-one-ends-itself -> dead-cookie-kept | misconception: cookie-lives-as-its-token [markdown]
# - response = Response(status=401)
# - response.set_cookie("refresh", "", max_age=0, **ATTRIBUTES)
# - return response
# + return Response(status=401)

# %% wrong: name-is-enough -> another-cookie-deleted | slip [markdown]
# - response = Response(status=204)
# - response.set_cookie("refresh", "", max_age=0, **ATTRIBUTES)
# + response = Response(status=204)
# + response.delete_cookie("refresh")

# %% wrong: path-is-enough -> another-cookie-deleted | misconception: clients-agree-on-secure [markdown]
# - response = Response(status=204)
# - response.set_cookie("refresh", "", max_age=0, **ATTRIBUTES)
# + response = Response(status=204)
# + response.delete_cookie("refresh", path="/session/", samesite="Strict")

# %% wrong: emptied-alone -> another-cookie-deleted | slip [markdown]
# - response = Response(status=204)
# - response.set_cookie("refresh", "", max_age=0, **ATTRIBUTES)
# + response = Response(status=204)
# + response.set_cookie("refresh", "", **ATTRIBUTES)

# %% wrong: who-leaves-must-be-in -> cannot-leave | misconception: logout-ends-the-session [markdown]
# - class LeaveView(OpenView):
# + class LeaveView(APIView):
# +     permission_classes = (__import__("rest_framework").permissions.IsAuthenticated,)
# +

# %% wrong: reads-the-header -> cannot-leave | misconception: every-view-reads-the-token [markdown]
# - class LeaveView(OpenView):
# + class LeaveView(APIView):
# +     permission_classes = (AllowAny,)
# +

# %% wrong: refused-with-400 -> good-cookie-refused | slip [markdown]
# - refresh = RefreshToken(request.COOKIES.get("refresh", ""))
# + refresh = RefreshToken(request.data["refresh"])


# %% check
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


# %% message: good-cookie-refused [markdown]
# A good refresh token in the cookie gets no access token
#
# Where does a view find the cookies of a request? Notebook 05, *Does the seed's flow run?*

# %% message: body-works [markdown]
# A refresh token in the body works too
#
# What a script can put there, a script has read somewhere. The cookie is the one door. Notebook 05, *`samesite='Strict'`: which
# requests does it stop?*, at its end.

# %% message: token-from-nothing [markdown]
# A request without a cookie gets an access token
#
# SimpleJWT's token classes read a token, or make a new one: its documentation, *Creating tokens manually*. Which of the two
# does `None` ask for?

# %% message: wrong-type [markdown]
# Tokens of another kind go in or come out
#
# An access token, a dead or forged refresh token: what does the class that you call look at? Notebook 02, *What does each
# endpoint prove?*

# %% message: dead-cookie-kept [markdown]
# The browser keeps a cookie that is good for nothing
#
# It would send it with each request to come. Notebook 05, *"The refresh token lasts for days": does it?*

# %% message: another-cookie-deleted [markdown]
# The browser keeps the cookie of the login
#
# For a browser a cookie is its name, path and domain together: rfc6265bis §5.7, and notebook 05, *`secure=True`: who sends
# such a cookie over http?*

# %% message: cannot-leave [markdown]
# Somebody wants to leave, and is told to log in
#
# Five minutes after the last refresh every access token is dead. Notebook 06, *What does logout end?*

# %% hint 1 [markdown]
# Both views take the cookie out, in one way. Everything that the browser compares is in `ATTRIBUTES`.

# %% hint 2 [markdown]
# A class of SimpleJWT reads the token and raises `TokenError` for everything that is none of its own. Try it with an empty
# text, and with `None`.

# %% hint 3 [markdown]
# `response.set_cookie("refresh", …, max_age=…, **ATTRIBUTES)`, with a lifetime that is over.

# %% proven [markdown]
# The cookie refreshed. A body, no cookie, an access token, a dead, a forged and a broken token did not. Everybody could leave,
# and each time the browser was told to forget the cookie of the login.

# %% not checked [markdown]
# Whether anything has ended. A copy of the cookie works on, and a user who was switched off refreshes: notebook 06.
