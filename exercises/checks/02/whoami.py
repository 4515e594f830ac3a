"""02.whoami. Built from course/exercises/02/whoami.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "02.whoami",
    "title": "Say who is asking",
    "kind": "code",
    "minutes": 8,
    "stage": "faded",
    "concepts": ["permission class", "stale claim"],
    "lesson": "02_simplejwt_setup",
    "order": 2,
    "site": "seed",
    "django": True,
}
STARTER = (
    "from rest_framework.permissions import IsAuthenticated\n"
    "from rest_framework.response import Response\n"
    "from rest_framework.views import APIView\n"
    "\n"
    "\n"
    "class WhoAmIView(APIView):\n"
    "    permission_classes = ...\n"
    "\n"
    "    def get(self, request):\n"
    "        return Response({\"user\": ..., \"staff\": ...})\n"
)
HINTS = [
    "Django REST framework puts two things on the request: whom the token names, and what the token says. One of the two comes from the database.",
    "`permission_classes` is a list of classes. One of them is imported above.",
    "`\"user\": request.user.username`; the other value has the same shape.",
]
MESSAGES = {
    "user-refused": {
        "title": "A user with a good token is refused",
        "next": "A permission class says who may. Which one asks for a user, and no more? Notebook 02, *Who may call a view that names no permission?*",
        "misconception": "unauthorized-is-forbidden",
    },
    "other-answer": {
        "title": "The view answers something else",
        "next": "Compare name by name, and value by value, what came back with what was wanted. Notebook 02, *Where do `username` and `is_staff` come from?*",
    },
    "stranger-let-in": {
        "title": "A caller without a token gets in",
        "next": "The settings say how a token is read, if one comes. That one must come is for the view to say. Notebook 02, *Who may call a view that names no permission?*",
        "misconception": "authentication-closes-views",
    },
    "stale-claim": {
        "title": "The view believes the token, which is out of date",
        "next": "This token says `is_staff: true`, and the database says no. Which object does `JWTAuthentication` load from the database? Notebook 02, *Where do `username` and `is_staff` come from?*",
        "misconception": "claims-follow-the-database",
    },
}
WHY = {
    "proven": "The site answered vitor and admin with name and rights, a stranger with 401, and did not believe a token that calls vitor staff.",
    "not_checked": "Whether a user who was switched off gets in. `JWTAuthentication` refuses them too: try it with `is_active`.",
}

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
