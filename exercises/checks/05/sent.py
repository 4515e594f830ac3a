"""05.sent. Built from course/exercises/05/sent.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "05.sent",
    "title": "What does another port get?",
    "kind": "predict",
    "minutes": 4,
    "stage": "worked",
    "concepts": ["HttpOnly"],
    "lesson": "05_httponly_cookies",
    "order": 1,
    "site": "seed",
}
STARTER = "...\n"
HINTS = [
    "Take the attributes one by one. Which of them is about where a cookie is sent?",
    "Two things decide here: whether the path begins as it should, and whether the client takes plain http for a secure channel.",
    "The port decides nothing. And `requests` is not a browser: notebook 05 has a cell for each.",
]
MESSAGES = {
    "other-port-other-site": {
        "title": "The neighbour gets cookies that he has not set",
        "next": "Cookies are kept apart by host and path. Notebook 05, *Who else is sent the cookie?*",
        "misconception": "cookies-know-ports",
    },
    "secure-over-http": {
        "title": "One of the three stays at home",
        "next": "Each client decides what is a secure channel. What did this one send in notebook 05, *`secure=True`: who sends such a cookie over http?*",
        "misconception": "clients-agree-on-secure",
    },
    "hidden-from-servers": {
        "title": "HttpOnly cookies are sent like others",
        "next": "That attribute is about scripts in a page. Notebook 05, *`HttpOnly`: what does it hide?*",
        "misconception": "httponly-stops-scripts",
    },
}
WHY = {
    "proven": "The three cookies were set, and the jar of `requests` asked what it sends to port 9000.",
    "not_checked": "A browser: it would send the second one as well, since it takes loopback for secure. That is why no two programs should share a host.",
}
OPTIONS = {
    "a": {
        "text": "None: the cookies are of port 8000, and this is port 9000",
        "key": "other-port-other-site",
    },
    "b": {
        "text": "All three: nothing leaves the machine, so the channel counts as secure",
        "key": "secure-over-http",
    },
    "c": {
        "text": "`theme` and `notes`: the second is kept for a secure channel, which this is not",
    },
    "d": {
        "text": "`theme` alone: the others are HttpOnly, and a program is no browser",
        "key": "hidden-from-servers",
    },
}

import requests

COOKIES = {
    "/one/": "theme=dark; Path=/",
    "/two/": "refresh=eyJ; HttpOnly; Secure; SameSite=Strict; Path=/",
    "/three/": "notes=7; HttpOnly; Path=/api/",
}


def check(learner, site):
    session = requests.Session()
    session.trust_env = False
    for path, cookie in COOKIES.items():
        site.stub("POST", path, status=200, headers={"Set-Cookie": cookie})
        session.post(site.url + path)
    neighbour = requests.Request("GET", "http://127.0.0.1:9000/api/list/")
    sent = session.prepare_request(neighbour).headers.get("Cookie", "")
    names = frozenset(pair.split("=")[0] for pair in sent.split("; ") if pair)
    return {
        frozenset(): "a",
        frozenset({"theme", "refresh", "notes"}): "b",
        frozenset({"theme", "notes"}): "c",
        frozenset({"theme"}): "d",
    }[names]
