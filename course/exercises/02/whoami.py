# %% exercise [markdown]
# title: Say who is asking
# stage: faded
# minutes: 8
# concepts: [permission class, stale claim]
# site: seed
# django: true
#
# `GET /whoami/` answers a caller who has an access token with their name, and with whether they are staff *now*:
# `{"user": "vitor", "staff": false}`. A caller without a token gets a 401. Fill in the dots.

# %% solution
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView


class WhoAmIView(APIView):
    # << permission_classes = ...
    permission_classes = [IsAuthenticated]
    # >>

    def get(self, request):
        # << return Response({"user": ..., "staff": ...})
        return Response({"user": request.user.username, "staff": request.user.is_staff})
        # >>


# %% also_right: get-username [markdown]
# - request.user.username
# + request.user.get_username()

# %% also_right: a-tuple [markdown]
# - [IsAuthenticated]
# + (IsAuthenticated,)

# %% wrong: open-to-all -> stranger-let-in | misconception: authentication-closes-views [markdown]
# - permission_classes = [IsAuthenticated]
# + permission_classes = []

# %% wrong: believes-the-claim -> stale-claim | misconception: claims-follow-the-database [markdown]
# - request.user.is_staff
# + request.auth["is_staff"]

# %% wrong: staff-alone -> user-refused | misconception: unauthorized-is-forbidden [markdown]
# - from rest_framework.permissions import IsAuthenticated
# + from rest_framework.permissions import IsAdminUser
# - [IsAuthenticated]
# + [IsAdminUser]

# %% wrong: the-number -> other-answer | slip [markdown]
# - request.user.username
# + request.user.id


# %% check
def check(learner, site):
    learner.mount("whoami/", "WhoAmIView")
    make = site.tokens("vitor")
    vitor = site.get("/whoami/", bearer=make.good(is_staff=False))
    vitor.expect(200, key="user-refused")
    vitor.expect(200, json={"user": "vitor", "staff": False}, key="other-answer")
    admin = site.get("/whoami/", bearer=site.login("admin").access)
    admin.expect(200, json={"user": "admin", "staff": True}, key="other-answer")
    site.get("/whoami/").expect(401, key="stranger-let-in")
    stale = site.get("/whoami/", bearer=make.good(is_staff=True))
    stale.expect(200, has={"staff": False}, key="stale-claim")


# %% message: user-refused [markdown]
# A user with a good token is refused
#
# A permission class says who may. Which one asks for a user, and no more? Notebook 02, *Who may call a view that names
# no permission?*

# %% message: other-answer [markdown]
# The view answers something else
#
# Compare name by name, and value by value, what came back with what was wanted. Notebook 02, *Where do `username` and
# `is_staff` come from?*

# %% message: stranger-let-in [markdown]
# A caller without a token gets in
#
# The settings say how a token is read, if one comes. That one must come is for the view to say. Notebook 02, *Who may
# call a view that names no permission?*

# %% message: stale-claim [markdown]
# The view believes the token, which is out of date
#
# This token says `is_staff: true`, and the database says no. Which object does `JWTAuthentication` load from the
# database? Notebook 02, *Where do `username` and `is_staff` come from?*

# %% hint 1 [markdown]
# Django REST framework puts two things on the request: whom the token names, and what the token says. One of the two
# comes from the database.

# %% hint 2 [markdown]
# `permission_classes` is a list of classes. One of them is imported above.

# %% hint 3 [markdown]
# `"user": request.user.username`; the other value has the same shape.

# %% proven [markdown]
# The site answered vitor and admin with name and rights, a stranger with 401, and did not believe a token that calls
# vitor staff.

# %% not checked [markdown]
# Whether a user who was switched off gets in. `JWTAuthentication` refuses them too: try it with `is_active`.
