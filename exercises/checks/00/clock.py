"""00.clock. Built from course/exercises/00/clock.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "00.clock",
    "title": "Three times on the clock",
    "kind": "predict",
    "minutes": 5,
    "stage": "worked",
    "concepts": ["lab clock", "access token"],
    "lesson": "00_start_here",
    "order": 1,
    "site": "seed",
}
STARTER = "...\n"
HINTS = [
    "The site judges by the token and its clock alone. Which times are in the token?",
    "`show_token(access)` shows two times: `iat`, when it was issued, and `exp`. What would a careful server say to a token that comes from the future?",
    "One of the three times lies between `iat` and `exp`, the others outside.",
]
MESSAGES = {
    "a-little-late": {
        "title": "Half a minute after its end, the token is refused",
        "next": "A leeway is an option, and this site has none. Run the cell at 09:06 again with another time. Notebook 00, *What happens when time passes?*",
        "misconception": "leeway-by-default",
    },
    "refused-for-good": {
        "title": "Back at 09:04, the token works again",
        "next": "Where would the site have written its refusal down? Notebook 00, *What happens when time passes?*",
        "misconception": "server-remembers-tokens",
    },
    "before-its-time": {
        "title": "Before the login, the token is refused",
        "next": "Let `show_token` print the token, and look at the claims that are times. Notebook 00, *How do you log in without a session?*",
        "misconception": "only-exp-counts",
    },
}
WHY = {
    "proven": "The three requests were made. Of the times on the clock, only the one between `iat` and `exp` let the token in. So a server whose clock is slow refuses fresh tokens.",
    "not_checked": "How other libraries take an `iat` in the future. RFC 7519 §4.1.6 orders nothing; PyJWT, which SimpleJWT uses, refuses.",
}
OPTIONS = {
    "a": {
        "text": "200, 200, 401: half a minute too late is within what servers allow",
        "key": "a-little-late",
    },
    "b": {
        "text": "401, 401, 401: once a token was refused, the site refuses it from then on",
        "key": "refused-for-good",
    },
    "c": {
        "text": "401, 200, 401: the token is good from its issue on, and up to its end",
    },
    "d": {
        "text": "401, 200, 200: the site compares the end of a token with its clock, no more",
        "key": "before-its-time",
    },
}

def check(learner, site):
    access = site.login("vitor").access
    seen = []
    for time in ("2026-01-05 09:05:30", "09:04", "08:59"):
        site.clock.set(time)
        seen.append(site.get("/hello/", bearer=access).status)
    return {(200, 200, 401): "a", (401, 401, 401): "b", (401, 200, 401): "c", (401, 200, 200): "d"}[
        tuple(seen)
    ]
