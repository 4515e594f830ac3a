# %% exercise [markdown]
# title: A new password that throws everybody else out
# stage: faded
# minutes: 12
# concepts: [blacklist]
# security: true
# site: seed
# django: true
#
# alice suspects that somebody has her refresh token. She sends her old and a new password to `PasswordView`, which is there but
# for its end. Write `end_sessions(user)`: every refresh token of hers that has not expired is worth nothing afterwards.
#
# And write `renewed(user)`, which returns two new tokens for the browser in which she did it, as
# `{"access": …, "refresh": …}`: there she stays in. Sessions of other users are not touched.

# %% solution
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import RefreshToken


class PasswordView(APIView):
    permission_classes = (IsAuthenticated,)

    def post(self, request):
        if not request.user.check_password(request.data.get("old", "")):
            return Response({"detail": "The old password is another."}, status=400)
        request.user.set_password(request.data["new"])
        request.user.save()
        end_sessions(request.user)
        return Response(renewed(request.user))


def end_sessions(user):
    # << ...
    for token in OutstandingToken.objects.filter(user=user):
        BlacklistedToken.objects.get_or_create(token=token)
    # >>


def renewed(user):
    # << ...
    refresh = RefreshToken.for_user(user)
    return {"access": str(refresh.access_token), "refresh": str(refresh)}
    # >>


# %% also_right: in-bulk [markdown]
# - for token in OutstandingToken.objects.filter(user=user):
# -     BlacklistedToken.objects.get_or_create(token=token)
# + live = user.outstandingtoken_set.filter(blacklistedtoken=None)
# + BlacklistedToken.objects.bulk_create([BlacklistedToken(token=token) for token in live], ignore_conflicts=True)

# %% wrong: the-password-does-it -> copy-works | misconception: new-password-ends-sessions [markdown]
# - for token in OutstandingToken.objects.filter(user=user):
# -     BlacklistedToken.objects.get_or_create(token=token)
# + user.refresh_from_db()

# %% wrong: as-djangos-sessions-do -> copy-works | misconception: new-password-ends-sessions [markdown]
# - for token in OutstandingToken.objects.filter(user=user):
# -     BlacklistedToken.objects.get_or_create(token=token)
# + from django.contrib.sessions.models import Session
# +
# + Session.objects.all().delete()

# %% wrong: rows-deleted -> copy-works | misconception: server-remembers-tokens [markdown]
# - for token in OutstandingToken.objects.filter(user=user):
# -     BlacklistedToken.objects.get_or_create(token=token)
# + OutstandingToken.objects.filter(user=user).delete()

# %% wrong: the-last-one -> older-copy-works | misconception: reuse-tells-the-thief [markdown]
# - for token in OutstandingToken.objects.filter(user=user):
# -     BlacklistedToken.objects.get_or_create(token=token)
# + BlacklistedToken.objects.get_or_create(token=OutstandingToken.objects.filter(user=user).latest("id"))

# %% wrong: each-is-made-anew -> second-time-fails | slip [markdown]
# - BlacklistedToken.objects.get_or_create(token=token)
# + BlacklistedToken.objects.create(token=token)

# %% wrong: everybody -> others-thrown-out | slip [markdown]
# - filter(user=user)
# + all()

# %% wrong: switched-off -> not-in-herself | slip [markdown]
# - for token in OutstandingToken.objects.filter(user=user):
# -     BlacklistedToken.objects.get_or_create(token=token)
# + user.is_active = False
# + user.save()

# %% wrong: claims-by-hand -> not-on-the-list | misconception: server-remembers-tokens [markdown]
# - refresh = RefreshToken.for_user(user)
# + refresh = RefreshToken()
# + refresh["user_id"] = str(user.pk)

# %% wrong: access-twice -> not-in-herself | misconception: any-type-of-token-will-do [markdown]
# - "refresh": str(refresh)
# + "refresh": str(refresh.access_token)

# %% check
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


# %% message: copy-works [markdown]
# Under the new password, the copied token works on
#
# The password is in no token, and at a refresh nobody compares. What is looked at then? Notebook 06, *Does a new password end
# it?*

# %% message: older-copy-works [markdown]
# One session has ended, and another goes on
#
# Nobody knows which of her tokens was copied. Notebook 06, *Who stays in, the thief or the owner?*

# %% message: second-time-fails [markdown]
# The second change of the password fails
#
# Some of her tokens are on the blacklist by then, and each may stand there once. Django's documentation, *get_or_create*.

# %% message: others-thrown-out [markdown]
# vitor is thrown out because alice has a new password
#
# Each outstanding token knows its user. Notebook 06, *What does logout end?*

# %% message: not-in-herself [markdown]
# alice herself is not in any more
#
# She has proven who she is a moment ago. What does a login give? Notebook 02, *What does each endpoint prove?*

# %% message: not-on-the-list [markdown]
# The next change of the password does not end this session
#
# A token that you make by hand is signed, and nobody has written it down. Notebook 06, *What does logout end?*

# %% hint 1 [markdown]
# SimpleJWT's blacklist app has two tables: one of all refresh tokens that were handed out, and one of those that count no more.

# %% hint 2 [markdown]
# Go through the first for this user, and put each into the second, unless it is there. For the new ones, `RefreshToken` has a
# method that takes a user.

# %% hint 3 [markdown]
# `for token in OutstandingToken.objects.filter(…):` is the first line.

# %% proven [markdown]
# After the change two older refresh tokens were refused, and alice went on with new ones; after a second change those were
# refused too. vitor stayed in.

# %% not checked [markdown]
# Access tokens: they live their five minutes out. `CHECK_REVOKE_TOKEN` of SimpleJWT is for them.
