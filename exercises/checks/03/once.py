"""03.once. Built from course/exercises/03/once.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "03.once",
    "title": "A client that refreshes once",
    "kind": "code",
    "minutes": 10,
    "stage": "faded",
    "concepts": ["refresh once", "access token"],
    "lesson": "03_calling_the_api",
    "order": 2,
    "site": "seed",
}
STARTER = (
    "import requests\n"
    "\n"
    "\n"
    "class Api:\n"
    "    def __init__(self, site, access, refresh):\n"
    "        self.site, self.access, self.refresh = site, access, refresh\n"
    "\n"
    "    def ask(self, path):\n"
    "        return requests.get(self.site + path, headers={\"Authorization\": f\"Bearer {self.access}\"})\n"
    "\n"
    "    def get(self, path):\n"
    "        response = self.ask(path)\n"
    "        if ...:\n"
    "            response = self.ask(path)\n"
    "        return response\n"
    "\n"
    "    def renew(self):\n"
    "        answer = requests.post(self.site + \"/api/token/refresh/\", json={\"refresh\": self.refresh})\n"
    "        ...\n"
)
HINTS = [
    "Notebook 03 has a client with the same two decisions, in another shape: a hook of `requests`.",
    "The condition has three parts: the status, the name in the body for programs, and whether there is a new token. In `renew`, look at the status before you read the body.",
    "`if response.status_code == 401 and … and self.renew():` is the condition's shape.",
]
MESSAGES = {
    "refreshes-in-vain": {
        "title": "The client refreshes where a new token changes nothing",
        "next": "What does each status say to a client? Notebook 03, *When is it 403, and when 404?*",
    },
    "refreshes-for-nobody": {
        "title": "The client refreshes for a user who is gone",
        "next": "Not each 401 is about the age of a token. The body says which is. Notebook 03, *What does a 401 ask of the client?*",
        "misconception": "every-401-is-expiry",
    },
    "old-token-again": {
        "title": "After the refresh the client has no good token",
        "next": "Which token does `ask` send, and when did it get there? Notebook 03, *What should a client do about the 401?*",
    },
    "keeps-trying": {
        "title": "The client does not take no for an answer",
        "next": "A third attempt sends what the second sent, and a thousand clients that do this are a flood. Notebook 03, *What should a client do about the 401?*",
        "misconception": "retry-until-it-works",
    },
    "dead-refresh": {
        "title": "An error where the site refuses to refresh",
        "next": "`requests` returns a 401 as it returns a 200, and its body has other names. Notebook 03, *What should a client do about the 401?*",
        "misconception": "http-errors-fail-commands",
    },
    "tries-with-a-dead-one": {
        "title": "The client asks again with a token that was refused",
        "next": "What does `renew` return when the site gave nothing? Notebook 03, *What should a client do about the 401?*",
    },
}
WHY = {
    "proven": "The client refreshed when its token had expired, and kept the new one. It did not refresh after a 403, a 500 or for a user who is gone, it stopped after one attempt, and it gave the last 401 to its caller.",
    "not_checked": "Ten calls at once. Each would refresh, which with rotation can end the session: notebook 06.",
}

HELLO, REFRESH = "GET /hello/", "POST /api/token/refresh/"


def check(learner, site):
    access, refresh = site.login("vitor")
    api = learner.new("Api", site.url, access, refresh)

    def get(path="/hello/"):
        site.forget()
        called = api.call("get", path)
        return called, [f"{seen.method} {seen.path} {seen.status}" for seen in site.seen]

    def expect(key, *wanted, path="/hello/", crash=None):
        called, seen = get(path)
        called.expect(test=lambda _: True, wanted=", ".join(wanted), key=key, crash=crash)
        if seen != list(wanted):
            called.fail(key, wanted=", ".join(wanted), saw=in_words(seen))

    expect("refreshes-in-vain", f"{HELLO} 200")
    site.stub("GET", "/staff/", status=403, json={"detail": "You do not have permission."})
    expect("refreshes-in-vain", "GET /staff/ 403", path="/staff/")
    site.stub("GET", "/broken/", status=500, json={"detail": "token_not_valid"})
    expect("refreshes-in-vain", "GET /broken/ 500", path="/broken/")
    site.stub("GET", "/gone/", status=401, json={"detail": "User not found", "code": "user_not_found"})
    expect("refreshes-for-nobody", "GET /gone/ 401", path="/gone/")

    site.clock.advance(minutes=6)
    expect("old-token-again", f"{HELLO} 401", f"{REFRESH} 200", f"{HELLO} 200")
    expect("old-token-again", f"{HELLO} 200")
    called, _ = get()
    if not hasattr(called.value, "attr") or called.value.attr("status_code").value != 200:
        called.fail("old-token-again", wanted="the answer that came last")

    site.stub("GET", "/never/", status=401, json={"detail": "No.", "code": "token_not_valid"}, times=5)
    expect("keeps-trying", "GET /never/ 401", f"{REFRESH} 200", "GET /never/ 401", path="/never/")

    site.clock.advance(days=2)
    called, seen = get()
    called.expect(test=lambda _: True, wanted="the 401 of the site", key="dead-refresh", crash="dead-refresh")
    wanted = [f"{HELLO} 401", f"{REFRESH} 401"]
    if seen != wanted:
        called.fail("tries-with-a-dead-one", wanted=", ".join(wanted), saw=in_words(seen))


def in_words(seen):
    more = f", and {len(seen) - 5} more" if len(seen) > 5 else ""
    return ", ".join(seen[:5]) + more or "no request"
