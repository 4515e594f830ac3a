"""08.behind-tls. Built from course/exercises/08/behind-tls.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "08.behind-tls",
    "title": "Settings for a site behind a balancer",
    "kind": "code",
    "minutes": 10,
    "stage": "faded",
    "concepts": ["forwarded header", "reverse proxy", "HSTS"],
    "lesson": "08_nginx_in_front",
    "order": 2,
    "site": "seed",
    "settings": ["ALLOWED_HOSTS", "SECURE_PROXY_SSL_HEADER", "USE_X_FORWARDED_HOST", "SECURE_SSL_REDIRECT", "SECURE_REDIRECT_EXEMPT", "SECURE_HSTS_SECONDS"],
}
STARTER = (
    "ALLOWED_HOSTS = [\"...\"]\n"
    "USE_X_FORWARDED_HOST = ...\n"
    "SECURE_PROXY_SSL_HEADER = (\"...\", \"...\")\n"
    "SECURE_HSTS_SECONDS = ...\n"
    "SECURE_SSL_REDIRECT = True\n"
    "SECURE_REDIRECT_EXEMPT = [\"...\"]\n"
)
HINTS = [
    "Each name has a section in Django's documentation, *Settings*. For each line ask: who writes what Django reads here, the balancer or the client?",
    "One setting names a key of `request.META`, where headers are written in capitals, with a beginning of their own. Another holds regular expressions for a path without its first slash.",
    "A regular expression for the whole of `about/us/` and nothing else is `r\"^about/us/$\"`.",
]
MESSAGES = {
    "name-refused": {
        "title": "The site does not answer to its own name",
        "next": "Django compares the `Host` of each request with a list. Notebook 08, *Whose name is in the link?*",
    },
    "https-not-seen": {
        "title": "What came over https is redirected to https, without end",
        "next": "Django finds nothing that says `https`. Under which name does a WSGI server hand a header on? Django's documentation, `SECURE_PROXY_SSL_HEADER`, and notebook 08, *Who says that it was https?*",
    },
    "any-client-says-https": {
        "title": "A client writes a header, and plain http passes for https",
        "next": "Which header does the balancer replace, and which does it let through? Notebook 08, *Who says that it was https?*",
        "misconception": "proxy-headers-are-facts",
    },
    "http-taken-for-https": {
        "title": "Plain http passes for https",
        "next": "The setting names a header, and what it says of a secure request. Django's documentation, `SECURE_PROXY_SSL_HEADER`",
    },
    "no-hour": {
        "title": "Browsers are not told to stay with https for an hour",
        "next": "The number is seconds, and a promise: too much of it cannot be taken back. Notebook 08, *What does `check --deploy` see?*",
    },
    "other-name": {
        "title": "The site answers under a name that is not its own",
        "next": "Links in its mails would carry that name. Notebook 08, *Whose name is in the link?*",
    },
    "invented-name": {
        "title": "A header of the client changes the name of the site",
        "next": "Nobody replaces this one. Which setting makes Django read it? Notebook 08, *Whose name is in the link?*",
        "misconception": "proxy-headers-are-facts",
    },
    "health-redirected": {
        "title": "The balancer asks whether the site lives, and is sent away",
        "next": "The patterns are compared with the path as Django's routes see it. Django's documentation, `SECURE_REDIRECT_EXEMPT`",
    },
    "more-in-the-clear": {
        "title": "More than the health check is served over plain http",
        "next": "Each pattern is *searched* in the path, and so found at any place. Django's documentation, `SECURE_REDIRECT_EXEMPT`",
    },
}
WHY = {
    "proven": "The site answered over https with an hour of HSTS, redirected plain http except the health check, and took no name and no scheme from a client.",
    "not_checked": "That the balancer is the one way in. Who reaches the application past it writes `X-Forwarded-Proto` at will.",
}

HOME = "notes.example"
HTTPS, HTTP = {"X-Forwarded-Proto": "https"}, {"X-Forwarded-Proto": "http"}


def check(learner, site):
    def get(path, *headers):
        fields = {"Host": HOME}
        for more in headers:
            fields |= more
        return site.get(path, headers=fields)

    there = {"Location": f"https://{HOME}/"}
    plain = get("/", HTTP)
    if plain.status == 400:
        plain.fail("name-refused", wanted="301 Moved Permanently")
    plain.expect(301, headers=there, key="http-taken-for-https")
    get("/", HTTP, {"X-Forwarded-Ssl": "on"}).expect(301, headers=there, key="any-client-says-https")
    secure = get("/", HTTPS)
    secure.expect(200, key="https-not-seen")
    hour, said = "max-age=3600", secure.headers.get("Strict-Transport-Security")
    if said != hour:
        secure.fail(
            "no-hour", wanted=f"Strict-Transport-Security: {hour}", saw=f"Strict-Transport-Security: {said}"
        )

    for name in ("evil.example", f"evil.{HOME}", "127.0.0.1"):
        get("/", HTTPS, {"Host": name}).expect(400, key="other-name")
    for scheme, status in ((HTTPS, 200), (HTTP, 301)):
        get("/", scheme, {"X-Forwarded-Host": "evil.example"}).expect(status, key="invented-name")

    get("/health/live/", HTTP).expect(200, key="health-redirected")
    for path in (
        "/health/ready/",
        "/health/live/notes/",
        "/api/notes/health/live/",
        "/api/token/",
        "/hello/",
    ):
        get(path, HTTP).expect(301, headers={"Location": f"https://{HOME}{path}"}, key="more-in-the-clear")
