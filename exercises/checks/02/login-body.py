"""02.login-body. Built from course/exercises/02/login-body.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "02.login-body",
    "title": "A name for the token, a right for the body",
    "kind": "code",
    "minutes": 12,
    "stage": "free",
    "concepts": ["claim", "stale claim"],
    "lesson": "02_simplejwt_setup",
    "order": 5,
    "site": "seed",
    "django": True,
}
STARTER = (
    "from rest_framework_simplejwt.serializers import TokenObtainPairSerializer\n"
    "from rest_framework_simplejwt.views import TokenObtainPairView\n"
    "\n"
    "\n"
    "class LoginSerializer(TokenObtainPairSerializer):\n"
    "    ...\n"
    "\n"
    "\n"
    "class LoginView(TokenObtainPairView):\n"
    "    serializer_class = LoginSerializer\n"
)
HINTS = [
    "Two methods of `TokenObtainPairSerializer` are yours to extend: one makes the token, the other the body. Notebook 02 prints a serializer that has the first.",
    "Both call `super()` first and add to what comes back. In the one the user is an argument, in the other the serializer has it as an attribute.",
    "`def validate(self, attrs):` begins with `body = super().validate(attrs)` and returns that with one entry more.",
]
MESSAGES = {
    "other-body": {
        "title": "The body of the login is another",
        "next": "SimpleJWT makes the body in one method of its serializer, and there the user is known. Its documentation, *Customizing token claims*, and notebook 02, *Where do `username` and `is_staff` come from?*",
    },
    "no-name-in-it": {
        "title": "The access token has no name in it",
        "next": "What the body says and what a token says are two things. One class method makes the tokens. Notebook 02, *Where do `username` and `is_staff` come from?*",
    },
    "lost-in-refreshing": {
        "title": "After a refresh the name is gone",
        "next": "A new access token has the claims that it finds in the refresh token. Notebook 02, *Where do `username` and `is_staff` come from?*",
        "misconception": "each-access-token-is-the-same",
    },
    "right-in-the-token": {
        "title": "A token says who is staff",
        "next": "What will it say tomorrow, when the right is gone? Notebook 02, *Where do `username` and `is_staff` come from?*",
        "misconception": "claims-follow-the-database",
    },
    "two-refresh-tokens": {
        "title": "One login makes two refresh tokens",
        "next": "The first of them is in nobody's hands, and good for a day all the same. Notebook 02, *Does blacklisting work?*",
        "misconception": "each-access-token-is-the-same",
    },
}
WHY = {
    "proven": "vitor and admin logged in, with the name in both tokens and after a refresh, and the right in the body alone. Each login left one row.",
    "not_checked": "How the menu is kept up to date. The body is as old as the login, so each view still has to ask `request.user`.",
}

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
