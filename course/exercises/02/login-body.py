# %% exercise [markdown]
# title: A name for the token, a right for the body
# stage: free
# minutes: 12
# concepts: [claim, stale claim]
# site: seed
# django: true
#
# A front end shows who is logged in, and a menu for staff. Write the serializer `LoginSerializer` for the login:
#
# - both tokens have a claim `name`, with the username;
# - the body has, beside `access` and `refresh`, `"staff": true` or `false`;
# - no token says anything about staff, for that would be out of date one day.
#
# The view is there, and is served at `/api/token/`.

# %% solution
from rest_framework_simplejwt.serializers import TokenObtainPairSerializer
from rest_framework_simplejwt.views import TokenObtainPairView


class LoginSerializer(TokenObtainPairSerializer):
    # << ...
    @classmethod
    def get_token(cls, user):
        token = super().get_token(user)
        token["name"] = user.get_username()
        return token

    def validate(self, attrs):
        body = super().validate(attrs)
        return {**body, "staff": self.user.is_staff}

    # >>


class LoginView(TokenObtainPairView):
    serializer_class = LoginSerializer


# %% also_right: changes-the-body [markdown]
# - return {**body, "staff": self.user.is_staff}
# + body["staff"] = self.user.is_staff
# + return body
# - user.get_username()
# + user.username

# %% wrong: all-in-the-token -> right-in-the-token | misconception: claims-follow-the-database [markdown]
# - token["name"] = user.get_username()
# + token["name"] = user.get_username()
# + token["is_staff"] = user.is_staff

# %% wrong: all-in-the-body -> no-name-in-it | slip
from rest_framework_simplejwt.serializers import TokenObtainPairSerializer
from rest_framework_simplejwt.views import TokenObtainPairView


class LoginSerializer(TokenObtainPairSerializer):
    def validate(self, attrs):
        body = super().validate(attrs)
        return {**body, "name": self.user.username, "staff": self.user.is_staff}


class LoginView(TokenObtainPairView):
    serializer_class = LoginSerializer


# %% wrong: on-the-access-token -> no-name-in-it | misconception: each-access-token-is-the-same [markdown]
# - token["name"] = user.get_username()
# + token.access_token["name"] = user.get_username()

# %% wrong: on-one-access-token -> lost-in-refreshing | misconception: each-access-token-is-the-same
from rest_framework_simplejwt.serializers import TokenObtainPairSerializer
from rest_framework_simplejwt.tokens import RefreshToken
from rest_framework_simplejwt.views import TokenObtainPairView


class LoginSerializer(TokenObtainPairSerializer):
    def validate(self, attrs):
        body = super().validate(attrs)
        access = RefreshToken(body["refresh"]).access_token
        access["name"] = self.user.username
        return {**body, "access": str(access), "staff": self.user.is_staff}


class LoginView(TokenObtainPairView):
    serializer_class = LoginSerializer


# %% wrong: two-logins-in-one -> two-refresh-tokens | misconception: each-access-token-is-the-same
from rest_framework_simplejwt.serializers import TokenObtainPairSerializer
from rest_framework_simplejwt.tokens import RefreshToken
from rest_framework_simplejwt.views import TokenObtainPairView


class LoginSerializer(TokenObtainPairSerializer):
    def validate(self, attrs):
        super().validate(attrs)
        refresh = RefreshToken.for_user(self.user)
        refresh["name"] = self.user.username
        return {"access": str(refresh.access_token), "refresh": str(refresh), "staff": self.user.is_staff}


class LoginView(TokenObtainPairView):
    serializer_class = LoginSerializer


# %% wrong: always-false -> other-body | slip [markdown]
# - self.user.is_staff
# + attrs.get("is_staff", False)

# %% wrong: forgets-the-tokens -> other-body | slip [markdown]
# - return {**body, "staff": self.user.is_staff}
# + return {"staff": self.user.is_staff}

# %% check
import jwt


def check(learner, site):
    learner.mount("api/token/", "LoginView")
    for number, (user, password, staff) in enumerate(
        [("vitor", "123", False), ("admin", "teaching-admin", True)], start=1
    ):
        login = site.post("/api/token/", json={"username": user, "password": password})
        login.expect(200, has={"staff": staff}, key="other-body")
        if not {"access", "refresh"} <= login.json.keys():
            login.fail("other-body", wanted="access, refresh and staff")
        claims = read(login.json["access"])
        if claims.get("name") != user:
            login.fail("no-name-in-it", wanted=f"a claim name: {user}", saw=f"the access token {claims}")
        if any("staff" in name for name in claims | read(login.json["refresh"])):
            login.fail("right-in-the-token", wanted="no claim about staff", saw=f"the access token {claims}")
        renewed = site.post("/api/token/refresh/", json={"refresh": login.json["refresh"]})
        renewed.expect(200, key="lost-in-refreshing")
        if read(renewed.json["access"]).get("name") != user:
            saw = f"the new access token {read(renewed.json['access'])}"
            renewed.fail("lost-in-refreshing", wanted=f"a claim name: {user}", saw=saw)
        rows = site.count("token_blacklist.OutstandingToken")
        if rows != number:
            login.fail(
                "two-refresh-tokens",
                wanted=f"{number} after {number} logins",
                saw=f"{rows} refresh tokens issued",
            )


def read(token):
    """The claims, or none where it is no token."""
    try:
        return jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return {}


# %% message: other-body [markdown]
# The body of the login is another
#
# SimpleJWT makes the body in one method of its serializer, and there the user is known. Its documentation, *Customizing
# token claims*, and notebook 02, *Where do `username` and `is_staff` come from?*

# %% message: no-name-in-it [markdown]
# The access token has no name in it
#
# What the body says and what a token says are two things. One class method makes the tokens. Notebook 02, *Where do
# `username` and `is_staff` come from?*

# %% message: lost-in-refreshing [markdown]
# After a refresh the name is gone
#
# A new access token has the claims that it finds in the refresh token. Notebook 02, *Where do `username` and `is_staff`
# come from?*

# %% message: right-in-the-token [markdown]
# A token says who is staff
#
# What will it say tomorrow, when the right is gone? Notebook 02, *Where do `username` and `is_staff` come from?*

# %% message: two-refresh-tokens [markdown]
# One login makes two refresh tokens
#
# The first of them is in nobody's hands, and good for a day all the same. Notebook 02, *Does blacklisting work?*

# %% hint 1 [markdown]
# Two methods of `TokenObtainPairSerializer` are yours to extend: one makes the token, the other the body. Notebook 02
# prints a serializer that has the first.

# %% hint 2 [markdown]
# Both call `super()` first and add to what comes back. In the one the user is an argument, in the other the serializer has
# it as an attribute.

# %% hint 3 [markdown]
# `def validate(self, attrs):` begins with `body = super().validate(attrs)` and returns that with one entry more.

# %% proven [markdown]
# vitor and admin logged in, with the name in both tokens and after a refresh, and the right in the body alone. Each login
# left one row.

# %% not checked [markdown]
# How the menu is kept up to date. The body is as old as the login, so each view still has to ask `request.user`.
