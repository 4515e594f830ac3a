"""04.robbed. Built from course/exercises/04/robbed.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "04.robbed",
    "title": "What takes both tokens from the thief?",
    "kind": "predict",
    "minutes": 4,
    "stage": "worked",
    "concepts": ["localStorage", "cross-site scripting"],
    "lesson": "04_localstorage",
    "order": 1,
    "site": "seed",
}
STARTER = "...\n"
HINTS = [
    "For each of the four: what has changed at the server, and which view looks at it?",
    "Two of them change nothing that anybody asks when a token comes. One changes what is asked for one kind of token alone.",
    "`JWTAuthentication` loads the user from the database for each request, and so does the refresh. What do they look at?",
]
MESSAGES = {
    "owner-left": {
        "title": "Both tokens work on after the logout",
        "next": "vitor's copy is gone, the thief's is not. Notebook 04, *Do expiry and logout end it?*",
        "misconception": "logout-ends-the-session",
    },
    "password-is-new": {
        "title": "Both tokens work on under the new password",
        "next": "A token does not hold the password, and nobody compares. Notebook 02, *What does each endpoint prove?*",
        "misconception": "new-password-ends-sessions",
    },
    "five-minutes-left": {
        "title": "The access token is not on the list, and nobody looks",
        "next": "One of the two is refused from then on, and the other works until it expires. Notebook 04, *Do expiry and logout end it?*",
        "misconception": "blacklist-stops-access",
    },
}
WHY = {
    "proven": "All four were done to the live site, one after the other, and both tokens tried after each. Keep the fourth for the night when it happens: it holds at once, for every view that loads the user.",
    "not_checked": "What happens when vitor is switched on again: tokens that have not expired work as before. Notebook 06 ends them for good.",
}
OPTIONS = {
    "a": {
        "text": "vitor logs out: `POST /logout/` with his access token, and his page empties localStorage",
        "key": "owner-left",
    },
    "b": {
        "text": "The staff give vitor a new password in Django's admin",
        "key": "password-is-new",
    },
    "c": {
        "text": "The staff put the refresh token on the blacklist: `POST /api/token/blacklist/`",
        "key": "five-minutes-left",
    },
    "d": {
        "text": "The staff switch vitor's account off in Django's admin: `is_active` becomes false",
    },
}

import re

USER = "/admin/auth/user/1/"


def check(learner, site):
    tokens = site.login("vitor")
    tried = {}
    site.post("/logout/", bearer=tokens.access)
    tried["a"] = try_both(site, tokens)
    as_admin(site, USER + "password/", {"password1": "a new pass phrase", "password2": "a new pass phrase"})
    site.login("vitor", "a new pass phrase")  # it is the password now
    tried["b"] = try_both(site, tokens)
    second = site.login("vitor", "a new pass phrase")
    site.post("/api/token/blacklist/", json={"refresh": second.refresh})
    tried["c"] = try_both(site, second)
    as_admin(site, USER + "change/", {"username": "vitor", **JOINED})  # a box that is not ticked is not sent
    tried["d"] = try_both(site, tokens)
    [right] = [letter for letter, statuses in tried.items() if statuses == (401, 401)]
    return right


JOINED = {"date_joined_0": "2026-01-05", "date_joined_1": "09:00:00"}


def try_both(site, tokens):
    hello = site.get("/hello/", bearer=tokens.access)
    return hello.status, site.post("/api/token/refresh/", json={"refresh": tokens.refresh}).status


def as_admin(site, path, form):
    page = site.get("/admin/login/")
    jar = {"csrftoken": page.cookies["csrftoken"].value}
    login = {"username": "admin", "password": "teaching-admin", "next": path}
    jar |= values(site.post("/admin/login/", data=login | hidden(page), cookies=jar))
    page = site.get(path, cookies=jar)
    assert site.post(path, data=form | hidden(page), cookies=jar).status == 302, path


def hidden(page):
    return {"csrfmiddlewaretoken": re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]}


def values(answer):
    return {name: morsel.value for name, morsel in answer.cookies.items()}
