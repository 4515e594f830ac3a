"""03.once-more. Built from course/exercises/03/once-more.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "03.once-more",
    "title": "A refusal, a refresh, and once more",
    "kind": "predict",
    "minutes": 4,
    "stage": "worked",
    "concepts": ["refresh once", "access token"],
    "lesson": "03_calling_the_api",
    "order": 1,
    "site": "seed",
}
STARTER = "...\n"
HINTS = [
    "Two questions are asked of each request, one after the other: who is it, and may they?",
    "At the first request, which of the two questions has no answer? And at the second?",
    "The table of notebook 03 has a status for *I do not know who you are*, and one for *the answer is no*.",
]
MESSAGES = {
    "not-asked-yet": {
        "title": "The expired token is told that nobody knows it",
        "next": "Django REST framework asks who you are before it asks who may. Notebook 03, *Does a dead token spoil a request that needs none?*",
        "misconception": "permission-comes-first",
    },
    "no-new-rights": {
        "title": "A fresh token has no more rights than its user",
        "next": "It says who asks. What does the site say to vitor there? Notebook 03, *When is it 403, and when 404?*",
        "misconception": "retry-until-it-works",
    },
    "known-by-then": {
        "title": "To somebody it knows, the site does not say 401",
        "next": "The name of that status misleads. What does each of the two tell a client? Notebook 03, *When is it 403, and when 404?*",
        "misconception": "unauthorized-is-forbidden",
    },
}
WHY = {
    "proven": "Both requests were made. A client that refreshes after a 401 may still be told no, and has to stop there.",
    "not_checked": "Whether the entry exists. For somebody who may not delete, number 999 gets a 403 as well.",
}
OPTIONS = {
    "a": {
        "text": "403, then 403: vitor may not delete, in whatever state his token is",
        "key": "not-asked-yet",
    },
    "b": {
        "text": "401, then 204: the fresh token succeeds where the old one failed",
        "key": "no-new-rights",
    },
    "c": {
        "text": "401, then 401: who has no right to something is not authorized",
        "key": "known-by-then",
    },
    "d": {
        "text": "401, then 403: first nobody knows who asks, and then it is vitor",
    },
}

def check(learner, site):
    tokens = site.login("vitor")
    site.clock.set("09:06")
    first = site.delete("/api/guestbook/1/", bearer=tokens.access)
    fresh = site.post("/api/token/refresh/", json={"refresh": tokens.refresh}).json["access"]
    second = site.delete("/api/guestbook/1/", bearer=fresh)
    return {(403, 403): "a", (401, 204): "b", (401, 401): "c", (401, 403): "d"}[first.status, second.status]
