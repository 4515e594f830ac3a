"""05.front-ends. Built from course/exercises/05/front-ends.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "05.front-ends",
    "title": "Forge a refresh, then refuse it",
    "kind": "code",
    "minutes": 15,
    "stage": "free",
    "concepts": ["same-site"],
    "lesson": "05_httponly_cookies",
    "order": 3,
    "site": "seed",
    "django": True,
}
STARTER = (
    "from rest_framework.permissions import BasePermission\n"
    "\n"
    "from seed_auth.views import CustomTokenRefreshView\n"
    "\n"
    "FRONT_ENDS = {\"https://notes.example.com\", \"http://localhost:5173\"}\n"
    "\n"
    "FORGED = {...}\n"
    "\n"
    "\n"
    "class FromFrontEnds(BasePermission):\n"
    "    def has_permission(self, request, view):\n"
    "        ...\n"
    "\n"
    "\n"
    "class RefreshView(CustomTokenRefreshView):\n"
    "    permission_classes = (FromFrontEnds,)\n"
)
HINTS = [
    "Notebook 05 printed `Sec-Fetch-Site` for both of the attacker's pages. For the permission, begin with what every request must say.",
    "Two ports of one host are two origins and one site. In the permission there are three cases: no header of yours, an `Origin`, no `Origin`. `in` asks a dictionary of headers, and a set.",
    "The last line has the shape `return … == \"1\" and (… or origin in …)`.",
]
MESSAGES = {
    "cookie-left-at-home": {
        "title": "The forged request brings no cookie",
        "next": "To a browser, both addresses are on one site; a Strict cookie does not go with a request from another. Notebook 05, *`samesite='Strict'`: which requests does it stop?*",
        "misconception": "strict-lets-other-sites-in",
    },
    "nobody-says-that": {
        "title": "No browser sends this for that form",
        "next": "It writes both headers itself, and the page cannot change them; a form adds none. What did notebook 05 print under *`samesite='Strict'`: which requests does it stop?*",
    },
    "front-end-refused": {
        "title": "A front end of your own is refused",
        "next": "`FRONT_ENDS` are other origins than the API, and may be other sites. Notebook 05, *What does CORS protect?*",
    },
    "program-refused": {
        "title": "A program that is no browser is refused",
        "next": "It sends neither `Origin` nor `Sec-Fetch-Site`, and nobody can make it send a cookie. Notebook 05, *What does CORS protect?*",
    },
    "neighbour-let-in": {
        "title": "A form on another port refreshes vitor's token",
        "next": "The cookie came along, and it would again. Who says where a request comes from? Notebook 05, *`samesite='Strict'`: which requests does it stop?*",
    },
    "form-let-in": {
        "title": "A request without the header of your own gets in",
        "next": "Old browsers leave `Origin` and `Sec-Fetch-Site` out. The header is what no form can send. Notebook 05, *What does CORS protect?*",
    },
    "other-port-let-in": {
        "title": "Another server on the host of a front end gets in",
        "next": "Scheme, host and port make an origin: RFC 6454 §4. Notebook 05, *Who else is sent the cookie?*",
        "misconception": "a-host-is-a-site",
    },
    "looks-alike-let-in": {
        "title": "An origin that begins like yours gets in",
        "next": "Compare the whole of it. RFC 6454 §5 says when two origins are the same, and notebook 04 what an origin is.",
        "misconception": "an-address-is-a-prefix",
    },
    "nameless-let-in": {
        "title": "A browser that does not say its origin gets in",
        "next": "A page in a sandbox says `null`, and everybody can make one. RFC 6454 §7.3 says where that comes from.",
    },
}
WHY = {
    "proven": "At the seed your forged request got a token. Behind your permission it did not, nor did ten relatives of it; both front ends and a program got theirs.",
    "not_checked": "Whether a browser of a front end may read the answer: for that the API has to send CORS headers, for these origins alone.",
}

from jwtlab.checker.api.failures import fail

BY_FORM = {"origin": "http://127.0.0.1:9000", "sec-fetch-site": "same-site"}
MINE = {"X-Notes": "1"}


def check(learner, site):
    forged = learner.value("FORGED").value
    forged = {str(name): str(value) for name, value in forged.items()} if isinstance(forged, dict) else {}
    lower = {name.lower(): value for name, value in forged.items()}
    sent = f"FORGED = {forged}"
    if lower.get("sec-fetch-site") == "cross-site":
        wanted = "a request that carries the Strict cookie"
        fail(
            "cookie-left-at-home", sent=sent, saw="a request without it: another site began it", wanted=wanted
        )
    if lower != BY_FORM:
        fail(
            "nobody-says-that",
            sent=sent,
            saw="not what his browser says",
            wanted="where the form is, and how near",
        )

    learner.mount("guarded/", "RefreshView")
    cookies = {"refresh_token": site.login("vitor").refresh}

    def ask(headers, path="/guarded/"):
        return site.post(path, cookies=cookies, headers=headers)

    ask(forged, "/api/token/refresh/").expect(200, key="nobody-says-that")  # the attack wins at the seed
    ask(MINE | {"Origin": "https://notes.example.com", "Sec-Fetch-Site": "same-site"}).expect(
        200, key="front-end-refused"
    )
    ask(MINE | {"Origin": "http://localhost:5173", "Sec-Fetch-Site": "cross-site"}).expect(
        200, key="front-end-refused"
    )
    ask(MINE).expect(200, key="program-refused")
    for headers, key in [
        (forged, "neighbour-let-in"),
        (MINE | forged, "neighbour-let-in"),
        ({"Origin": "http://localhost:5173", "Sec-Fetch-Site": "cross-site"}, "form-let-in"),
        ({}, "form-let-in"),
        ({"X-Notes": "0"}, "form-let-in"),
        (MINE | {"Origin": "http://localhost:5174", "Sec-Fetch-Site": "cross-site"}, "other-port-let-in"),
        (MINE | {"Origin": "http://notes.example.com"}, "other-port-let-in"),
        (MINE | {"Origin": "https://notes.example.com.evil.test"}, "looks-alike-let-in"),
        (MINE | {"Origin": "http://localhost:51730"}, "looks-alike-let-in"),
        (MINE | {"Origin": "null", "Sec-Fetch-Site": "cross-site"}, "nameless-let-in"),
        (MINE | {"Sec-Fetch-Site": "same-origin"}, "nameless-let-in"),
    ]:
        ask(headers).expect(403, key=key)
