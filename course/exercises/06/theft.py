# %% exercise [markdown]
# title: Let the thief win, then end it for both
# stage: free
# minutes: 18
# concepts: [rotation]
# security: true
# break_then_fix: true
# site: rotating
# django: true
#
# This site rotates, with SimpleJWT's own two settings and tokens in bodies. Somebody has a copy of vitor's refresh token.
#
# First break it. `thief_first(url, copy)` refreshes at `url` as the thief, with the copy; then as vitor, with the same token;
# then as the thief again, with what he got. It returns the last two statuses.
#
# Then fix it. `ReuseView` passes the text of each refused refresh token to `look_for_theft`. If it is a token of this site that
# has been used before, end every session of its user: each of their outstanding tokens goes on the blacklist. Nothing else
# that is refused may end anything.

# %% solution
import requests
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import UntypedToken
from rest_framework_simplejwt.views import TokenRefreshView


def refresh(url, token):
    return requests.post(url, json={"refresh": token})


def thief_first(url, copy):
    # << ...
    thief = refresh(url, copy)
    owner = refresh(url, copy)
    return owner.status_code, refresh(url, thief.json()["refresh"]).status_code
    # >>


class ReuseView(TokenRefreshView):
    def post(self, request):
        try:
            return super().post(request)
        except InvalidToken:
            look_for_theft(request.data.get("refresh", ""))
            raise


def look_for_theft(text):
    # << ...
    try:
        token = UntypedToken(text)
    except TokenError:
        return
    if BlacklistedToken.objects.filter(token__jti=token["jti"]).exists():
        for other in OutstandingToken.objects.filter(user_id=token["user_id"]):
            BlacklistedToken.objects.get_or_create(token=other)
    # >>


# %% also_right: in-bulk [markdown]
# - if BlacklistedToken.objects.filter(token__jti=token["jti"]).exists():
# -     for other in OutstandingToken.objects.filter(user_id=token["user_id"]):
# -         BlacklistedToken.objects.get_or_create(token=other)
# + used = OutstandingToken.objects.filter(jti=token["jti"], blacklistedtoken__isnull=False).first()
# + if used:
# +     live = OutstandingToken.objects.filter(user=used.user, blacklistedtoken=None)
# +     BlacklistedToken.objects.bulk_create([BlacklistedToken(token=one) for one in live], ignore_conflicts=True)

# %% wrong: believes-what-it-reads -> stranger-ends-sessions | misconception: decode-is-verify [markdown]
# - try:
# -     token = UntypedToken(text)
# - except TokenError:
# -     return
# + import jwt
# +
# + try:
# +     token = jwt.decode(text, options={"verify_signature": False})
# + except jwt.InvalidTokenError:
# +     return

# %% wrong: every-refusal-is-theft -> age-is-no-theft | misconception: every-reuse-is-theft [markdown]
# - try:
# -     token = UntypedToken(text)
# - except TokenError:
# -     return
# - if BlacklistedToken.objects.filter(token__jti=token["jti"]).exists():
# + import jwt
# + from rest_framework_simplejwt.settings import api_settings
# +
# + try:
# +     token = jwt.decode(text, api_settings.SIGNING_KEY, ["HS256"], options={"verify_exp": False})
# + except jwt.InvalidTokenError:
# +     return
# + if token:

# %% wrong: the-list-does-it -> thief-stays | misconception: a-blacklist-detects-reuse [markdown]
# - for other in OutstandingToken.objects.filter(user_id=token["user_id"]):
# + for other in OutstandingToken.objects.filter(jti=token["jti"]):

# %% wrong: the-last-one-is-his -> thief-stays | misconception: reuse-tells-the-thief [markdown]
# - for other in OutstandingToken.objects.filter(user_id=token["user_id"]):
# + newest = OutstandingToken.objects.filter(user_id=token["user_id"]).latest("id")
# + for other in OutstandingToken.objects.filter(user_id=token["user_id"]).exclude(pk=newest.pk):

# %% wrong: rows-deleted -> thief-stays | misconception: server-remembers-tokens [markdown]
# - for other in OutstandingToken.objects.filter(user_id=token["user_id"]):
# -     BlacklistedToken.objects.get_or_create(token=other)
# + OutstandingToken.objects.filter(user_id=token["user_id"]).delete()

# %% wrong: a-new-password -> thief-stays | misconception: new-password-ends-sessions [markdown]
# - for other in OutstandingToken.objects.filter(user_id=token["user_id"]):
# -     BlacklistedToken.objects.get_or_create(token=other)
# + from django.contrib.auth.models import User
# +
# + user = User.objects.get(pk=token["user_id"])
# + user.set_unusable_password()
# + user.save()

# %% wrong: everybody-out -> others-thrown-out | slip [markdown]
# - OutstandingToken.objects.filter(user_id=token["user_id"])
# + OutstandingToken.objects.all()

# %% wrong: switched-off -> owner-locked-out | slip [markdown]
# - for other in OutstandingToken.objects.filter(user_id=token["user_id"]):
# -     BlacklistedToken.objects.get_or_create(token=other)
# + from django.contrib.auth.models import User
# +
# + User.objects.filter(pk=token["user_id"]).update(is_active=False)

# %% wrong: only-the-copy -> no-theft-yet | misconception: rotation-stops-thieves [markdown]
# - return owner.status_code, refresh(url, thief.json()["refresh"]).status_code
# + return owner.status_code, refresh(url, copy).status_code

# %% wrong: owner-comes-first -> no-theft-yet | slip [markdown]
# - thief = refresh(url, copy)
# - owner = refresh(url, copy)
# + owner = refresh(url, copy)
# + thief = refresh(url, copy)

# %% check
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


# %% message: no-theft-yet [markdown]
# The thief has not won at the site as it is
#
# Three refreshes, in an order that matters, and the last of them with the newest token. Notebook 06, *Who stays in, the thief
# or the owner?*

# %% message: stranger-ends-sessions [markdown]
# Somebody without any token of his ends vitor's session
#
# A `jti` is no secret, and everybody can write one into a text. What makes it a token of this site? Notebook 01, *Is decoding
# verifying?*

# %% message: age-is-no-theft [markdown]
# A token that was never used ends the session
#
# Who comes back after the holidays is no thief, nor is who sends the access token by mistake. Which table says that a token was used? Notebook 06, *Who stays in, the thief
# or the owner?*

# %% message: thief-stays [markdown]
# The used token came back, and one of the two stays in
#
# The server cannot tell who is who, and the blacklist is all that it looks at. RFC 9700 §4.14.2, and notebook 06, *Who stays in,
# the thief or the owner?*

# %% message: others-thrown-out [markdown]
# alice is thrown out with vitor
#
# Whose token came back? Each outstanding token knows its user. Notebook 06, *What does a family remember?*

# %% message: owner-locked-out [markdown]
# vitor cannot log in any more
#
# The sessions are to end, not the account: he comes back with his password. Notebook 06, *Who stays in, the thief or the owner?*

# %% hint 1 [markdown]
# The attack is in notebook 06, with cookies. For the repair, three questions: is it ours, was it used, whose is it?

# %% hint 2 [markdown]
# `UntypedToken` looks at signature and expiry, and not at the blacklist. The two models answer the other questions, by `jti` and
# by user.

# %% hint 3 [markdown]
# `for other in OutstandingToken.objects.filter(…): BlacklistedToken.objects.get_or_create(…)`

# %% proven [markdown]
# At the stock view the thief won. At yours, both were out, and vitor came back with his password. alice stayed in; forged and
# expired tokens ended nothing, nor did an access token.

# %% not checked [markdown]
# Two tabs that refresh at once: they look like a theft, and vitor is out everywhere. The grace window of notebook 06 is for
# them.
