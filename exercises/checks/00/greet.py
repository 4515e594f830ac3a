"""00.greet. Built from course/exercises/00/greet.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "00.greet",
    "title": "A client that says hello",
    "kind": "code",
    "minutes": 6,
    "stage": "faded",
    "concepts": ["access token", "bearer token"],
    "lesson": "00_start_here",
    "order": 2,
    "site": "seed",
}
STARTER = (
    "import requests\n"
    "\n"
    "\n"
    "def greet(site, username, password):\n"
    "    login = requests.post(site + \"/api/token/\", json={\"username\": username, \"password\": password})\n"
    "    token = login.json()[...]\n"
    "    hello = requests.get(site + \"/hello/\", ...)\n"
    "    return hello.json().get(\"message\")\n"
)
HINTS = [
    "The login's body has two strings, under two names. Notebook 00 used one of them.",
    "`requests.get` takes a dictionary of headers, and the one that is needed belongs to `WWW-Authenticate`. Its value has two words.",
    "The second line ends in `headers={\"Authorization\": …})`, with the word of the challenge, a space and the token as value.",
]
MESSAGES = {
    "refresh-sent": {
        "title": "The token that was sent is not for this",
        "next": "Of the two strings, one goes with each request, and the other has a single use. Notebook 00, *How do you log in without a session?*",
        "misconception": "any-type-of-token-will-do",
    },
    "nothing-sent": {
        "title": "The site does not know who asks",
        "next": "It keeps no list of who has logged in, and the login set no cookie. What said who asked in notebook 00, *How do you log in without a session?*",
    },
    "other-form": {
        "title": "The site overlooks the token in the header",
        "next": "The challenge of the 401 names the word that goes before it. Notebook 00, *What does the site say to a stranger?*",
        "misconception": "header-form-does-not-matter",
    },
    "in-the-address": {
        "title": "The token travels in the address, where nobody looks for it",
        "next": "Nobody but the readers of the site's log. Which header did the 401 ask for? Notebook 00, *What did the site see?*",
    },
    "no-greeting": {
        "title": "The greeting does not come back",
        "next": "`/hello/` answers with an object, and the greeting is in it. Notebook 00, *How do you log in without a session?*",
    },
}
WHY = {
    "proven": "Your client logged in, sent the access token in the header that the site reads, and brought the greeting back.",
    "not_checked": "A wrong password: then the body has no token, and your function stops with a `KeyError`.",
}

import re

import jwt


def named(token):
    """What a token is, in place of its text."""
    kind = jwt.decode(token.group(), options={"verify_signature": False})["token_type"]
    return f"(the {kind} token)"


def check(learner, site):
    called = learner.call("greet", site.url, "vitor", "123")
    hello = [seen for seen in site.seen if seen.path.startswith("/hello/")]
    if hello and hello[-1].status != 200:
        last = hello[-1]
        sent = last.headers.get("Authorization", "")
        saw = f"401 Unauthorized to: GET {last.path}\nAuthorization: {sent or '(no such header)'}"
        saw = re.sub(r"eyJ[\w.-]+", named, saw)
        wanted = "200 OK from /hello/"
        if "?" in last.path:
            called.fail("in-the-address", wanted=wanted, saw=saw)
        if not sent:
            called.fail("nothing-sent", wanted=wanted, saw=saw)
        if not sent.startswith("Bearer "):
            called.fail("other-form", wanted=wanted, saw=saw)
        called.fail("refresh-sent", wanted=wanted, saw=saw)
    called.expect("Hello, World!", key="no-greeting", crash="no-greeting")
    if not hello:
        called.fail("no-greeting", wanted="a request to /hello/", saw="no request to /hello/")
