# %% exercise [markdown]
# title: One of six
# stage: faded
# minutes: 12
# concepts: [rotation, absolute lifetime]
# security: true
# site: seed
# django: true
#
# `RotateView` gives an access token and a new refresh token for the one in the cookie. Fill in both gaps:
#
# - Each refresh token works once. Of six requests that bring the same one at the same moment, one gets a 200 and five a 401,
#   however many workers the site has. `blacklist()` returns what `get_or_create` returns.
# - The new token differs from the old in its `jti`, and is in SimpleJWT's list of outstanding tokens. The session still ends a
#   day after the login, however often it rotates.
#
# `is_in_order` stands for a question to another service; how long that takes, the check says.

# %% solution
import time

from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.tokens import RefreshToken
from rest_framework_simplejwt.views import TokenViewBase


def is_in_order(request):
    time.sleep(float(request.headers.get("X-Takes", 0)))
    return True


class RotateView(TokenViewBase):
    def post(self, request):
        try:
            refresh = RefreshToken(request.COOKIES.get("refresh_token", ""))
        except TokenError as error:
            raise InvalidToken(error.args[0]) from error
        if not is_in_order(request):
            raise InvalidToken("The account is closed.")
        # << ...  # once, and only once
        _, won = refresh.blacklist()
        if not won:
            raise InvalidToken("The token was used.")
        # >>
        # << ...  # the new token
        refresh.set_jti()
        refresh.outstand()
        # >>
        response = Response({"access": str(refresh.access_token)})
        response.set_cookie("refresh_token", str(refresh), secure=True, httponly=True, samesite="Strict")
        return response


# %% also_right: by-the-table [markdown]
# - _, won = refresh.blacklist()
# - if not won:
# -     raise InvalidToken("The token was used.")
# + from django.db import IntegrityError
# + from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
# +
# + try:
# +     BlacklistedToken.objects.create(token=OutstandingToken.objects.get(jti=refresh["jti"]))
# + except (IntegrityError, OutstandingToken.DoesNotExist):
# +     raise InvalidToken("Used, or not ours.") from None

# %% also_right: a-token-of-its-own [markdown]
# - refresh.set_jti()
# - refresh.outstand()
# + old, refresh = refresh, RefreshToken()
# + refresh.payload.update({name: old[name] for name in ("user_id", "exp")})
# + refresh.outstand()

# %% wrong: writes-and-goes-on -> several-win | misconception: check-then-write-is-safe [markdown]
# - _, won = refresh.blacklist()
# - if not won:
# -     raise InvalidToken("The token was used.")
# + refresh.blacklist()

# %% wrong: has-looked-before -> several-win | misconception: check-then-write-is-safe
import time

from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken
from rest_framework_simplejwt.tokens import RefreshToken
from rest_framework_simplejwt.views import TokenViewBase


def is_in_order(request):
    time.sleep(float(request.headers.get("X-Takes", 0)))
    return True


class RotateView(TokenViewBase):
    def post(self, request):
        try:
            refresh = RefreshToken(request.COOKIES.get("refresh_token", ""))
        except TokenError as error:
            raise InvalidToken(error.args[0]) from error
        used = BlacklistedToken.objects.filter(token__jti=refresh["jti"]).exists()
        if not is_in_order(request) or used:
            raise InvalidToken("The account is closed, or the token was used.")
        refresh.blacklist()
        refresh.set_jti()
        refresh.outstand()
        response = Response({"access": str(refresh.access_token)})
        response.set_cookie("refresh_token", str(refresh), secure=True, httponly=True, samesite="Strict")
        return response


# %% wrong: nothing-is-spent -> old-one-works | misconception: rotation-stops-thieves [markdown]
# - _, won = refresh.blacklist()
# - if not won:
# -     raise InvalidToken("The token was used.")

# %% wrong: in-memory -> others-do-not-know | misconception: workers-share-memory [markdown]
# - _, won = refresh.blacklist()
# - if not won:
# -     raise InvalidToken("The token was used.")
# + used = globals().setdefault("USED", {})
# + if used.setdefault(refresh["jti"], request) is not request:
# +     raise InvalidToken("The token was used.")

# %% wrong: the-old-name -> new-one-is-dead | misconception: token-is-its-string [markdown]
# - refresh.set_jti()
# + refresh.set_iat()

# %% wrong: a-new-day -> session-without-end | misconception: rotation-ends-sessions [markdown]
# - refresh.set_jti()
# + refresh.set_jti()
# + refresh.set_exp()

# %% wrong: spends-the-new-one -> old-one-works | slip [markdown]
# - _, won = refresh.blacklist()
# + refresh.set_jti()
# + _, won = refresh.blacklist()
# - refresh.set_jti()
# - refresh.outstand()
# + refresh.set_jti()
# + refresh.outstand()

# %% wrong: the-list-knows-anyway -> not-on-the-list | misconception: server-remembers-tokens [markdown]
# - refresh.outstand()

# %% wrong: two-hundreds-are-losers -> first-one-refused | slip [markdown]
# - if not won:
# + if won:

# %% check
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


# %% message: first-one-refused [markdown]
# Nobody gets a new token
#
# `blacklist()` returns two things. What does the second of them say? Django's documentation, *get_or_create*.

# %% message: old-one-works [markdown]
# A token that was used works again
#
# Rotation by itself only adds tokens. What takes the old one away, and when? Notebook 06, *What becomes of a rotated token?*

# %% message: several-win [markdown]
# One token was brought six times, and more than one request won
#
# All had looked before the first wrote. One statement must do both, and somebody must read its answer. Notebook 06, *How many
# can win a race for one token?*

# %% message: others-do-not-know [markdown]
# Another worker would take the used token
#
# Variables belong to one process, and a site has several. What do all of them share? Notebook 06, *What does a family
# remember?*

# %% message: new-one-is-dead [markdown]
# The new token does not work
#
# What does the blacklist know a token by? Notebook 01, *Is a token its string?*, and notebook 06, *What becomes of a rotated
# token?*

# %% message: session-without-end [markdown]
# Each rotation makes the session longer
#
# Who comes back often enough is never asked for a password again. Notebook 06, *When does a session end?*

# %% message: not-on-the-list [markdown]
# The new token is on no list
#
# Whoever wants to end all sessions of a user goes through the outstanding tokens. Notebook 06, *What does logout end?*

# %% hint 1 [markdown]
# Four methods of a refresh token matter here: `blacklist`, `set_jti`, `set_exp`, `outstand`. One of them is not needed.

# %% hint 2 [markdown]
# `get_or_create` returns the row, and whether this very call has made it. The database lets one of six make it.

# %% hint 3 [markdown]
# `_, won = …` is the first line. When it was not won, the answer is an `InvalidToken`.

# %% proven [markdown]
# The token rotated and kept its end; the old one was refused; of six requests at once one won, and its token worked.

# %% not checked [markdown]
# What the five losers do. A second tab is no thief, and a 401 throws it out: notebook 06, *What do two tabs get?*
