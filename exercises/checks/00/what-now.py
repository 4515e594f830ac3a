"""00.what-now. Built from course/exercises/00/what-now.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "00.what-now",
    "title": "What should the client do now?",
    "kind": "code",
    "minutes": 10,
    "stage": "free",
    "concepts": ["access token", "bearer token"],
    "lesson": "00_start_here",
    "order": 3,
    "site": "seed",
}
STARTER = (
    "import requests\n"
    "\n"
    "\n"
    "def what_now(site, access):\n"
    "    ...\n"
)
HINTS = [
    "Three callers, three answers: nobody, an expired token, a good one. Print status and body for each before you write.",
    "Look at the status first. Only a 401 needs its body read, and there the name for programs. `.get` on a dictionary does not mind a name that is missing.",
    "The first line: `headers = {\"Authorization\": f\"Bearer {access}\"} if access else {}`. Two more ask and decide about the 401; two are left for everything else.",
]
MESSAGES = {
    "let-in-unasked": {
        "title": "A caller whom the site refuses is told to go on",
        "next": "A refusal is an answer like any other: no error, no other page. What says it? Notebook 00, *What does the site say to a stranger?*",
    },
    "none-in-the-header": {
        "title": "A client without a token is told to refresh",
        "next": "Print the headers that were sent. What stands where the token should? Notebook 00, *How do you log in without a session?*",
    },
    "stranger-unheard": {
        "title": "The answer for this caller is another",
        "next": "Print status and body of what the site says to it. Notebook 00, *What does the site say to a stranger?*",
        "misconception": "unauthorized-is-forbidden",
    },
    "asks-for-a-password": {
        "title": "An expired token makes the client ask for a password",
        "next": "Two 401s, two bodies: one of them has a name for programs. Notebook 00, *What happens when time passes?*",
        "misconception": "every-401-is-the-same",
    },
    "refreshes-in-vain": {
        "title": "A user who is gone is told to refresh",
        "next": "This 401 has a body of its own. Which of its names is for programs? Notebook 00, *What happens when time passes?*",
        "misconception": "every-401-is-expiry",
    },
    "trouble-hidden": {
        "title": "A site that is out of order looks like a token that is",
        "next": "503 is no word about the token. The documentation of `requests`, *Response Status Codes*, has a method that turns such a status into an error.",
    },
}
WHY = {
    "proven": "Nobody, an expired token, a good one, one of a user who is gone, and a site out of order: five answers, each with the right next step.",
    "not_checked": "A site that does not answer at all. `requests` waits without end unless you give it a `timeout`.",
}

def check(learner, site):
    make = site.tokens("vitor")
    nobody = learner.call("what_now", site.url, None)
    if nobody.error is None and nobody.value == "refresh":
        nobody.fail("none-in-the-header", wanted="'log in'")
    if nobody.error is None and nobody.value == "go on":
        nobody.fail("let-in-unasked", wanted="'log in'")
    nobody.expect("log in", key="stranger-unheard", crash="stranger-unheard")

    late = learner.call("what_now", site.url, make.expired())
    if late.error is None and late.value == "log in":
        late.fail("asks-for-a-password", wanted="'refresh'")
    if late.error is None and late.value == "go on":
        late.fail("let-in-unasked", wanted="'refresh'")
    late.expect("refresh", key="stranger-unheard")
    learner.call("what_now", site.url, make.good()).expect("go on", key="stranger-unheard")

    gone = make.good(user_id="99")
    gone.what = "a good token of a user who is gone"
    learner.call("what_now", site.url, gone).expect("log in", key="refreshes-in-vain")

    site.stub("GET", "/hello/", status=503, json={"detail": "token_not_valid, and out of order"})
    learner.call("what_now", site.url, make.good()).expect(raises="HTTPError", key="trouble-hidden")
