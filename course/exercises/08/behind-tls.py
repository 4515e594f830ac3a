# %% exercise [markdown]
# title: Settings for a site behind a balancer
# stage: faded
# minutes: 10
# concepts: [forwarded header, reverse proxy, HSTS]
# security: true
# site: seed
# settings: [ALLOWED_HOSTS, SECURE_PROXY_SSL_HEADER, USE_X_FORWARDED_HOST, SECURE_SSL_REDIRECT, SECURE_REDIRECT_EXEMPT, SECURE_HSTS_SECONDS]
#
# TLS ends at a load balancer, another machine and the one way in. It replaces `X-Forwarded-Proto`, says there `https` or
# `http`, passes `Host` on as it is, and lets every other header through. Fill in the settings of `notes.example`:
#
# - it answers to this one name, whatever a client says in `X-Forwarded-Host`;
# - over https it answers, and browsers are to stay there for an hour;
# - plain http is redirected to https;
# - except `/health/live/`, the one path that the balancer itself asks for, over plain http.

# %% solution
# << ALLOWED_HOSTS = ["..."]
ALLOWED_HOSTS = ["notes.example"]
# >>
# << USE_X_FORWARDED_HOST = ...
USE_X_FORWARDED_HOST = False
# >>
# << SECURE_PROXY_SSL_HEADER = ("...", "...")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# >>
# << SECURE_HSTS_SECONDS = ...
SECURE_HSTS_SECONDS = 3600
# >>
SECURE_SSL_REDIRECT = True
# << SECURE_REDIRECT_EXEMPT = ["..."]
SECURE_REDIRECT_EXEMPT = [r"^health/live/$"]
# >>

# %% also_right: in-other-words [markdown]
# - 3600
# + 60 * 60
# - [r"^health/live/$"]
# + [r"\Ahealth/live/\Z"]
# - ["notes.example"]
# + ("notes.example",)

# %% wrong: as-it-travels -> https-not-seen | slip [markdown]
# - "HTTP_X_FORWARDED_PROTO"
# + "X-Forwarded-Proto"

# %% wrong: looks-at-the-connection -> https-not-seen | misconception: proxies-pass-bytes-on [markdown]
# - ("HTTP_X_FORWARDED_PROTO", "https")
# + None

# %% wrong: another-balancers-header -> any-client-says-https | misconception: proxy-headers-are-facts [markdown]
# - ("HTTP_X_FORWARDED_PROTO", "https")
# + ("HTTP_X_FORWARDED_SSL", "on")

# %% wrong: the-other-word -> http-taken-for-https | slip [markdown]
# - "https"
# + "http"

# %% wrong: with-its-scheme -> name-refused | slip [markdown]
# - ["notes.example"]
# + ["https://notes.example"]

# %% wrong: any-host -> other-name | misconception: proxy-headers-are-facts [markdown]
# - ["notes.example"]
# + ["*"]

# %% wrong: the-whole-domain -> other-name | slip [markdown]
# - ["notes.example"]
# + [".notes.example"]

# %% wrong: the-balancers-word-for-it -> invented-name | misconception: proxy-headers-are-facts [markdown]
# - USE_X_FORWARDED_HOST = False
# + USE_X_FORWARDED_HOST = True

# %% wrong: no-promise -> no-hour | slip [markdown]
# - 3600
# + 0

# %% wrong: a-year-at-once -> no-hour | slip [markdown]
# - 3600
# + 31536000

# %% wrong: with-its-slash -> health-redirected | slip [markdown]
# - r"^health/live/$"
# + r"^/health/live/$"

# %% wrong: anywhere-in-the-path -> more-in-the-clear | slip [markdown]
# - r"^health/live/$"
# + r"health/live/"

# %% wrong: everything-below -> more-in-the-clear | slip [markdown]
# - r"^health/live/$"
# + r"^health/live"

# %% check
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


# %% message: name-refused [markdown]
# The site does not answer to its own name
#
# Django compares the `Host` of each request with a list. Notebook 08, *Whose name is in the link?*

# %% message: https-not-seen [markdown]
# What came over https is redirected to https, without end
#
# Django finds nothing that says `https`. Under which name does a WSGI server hand a header on? Django's documentation,
# `SECURE_PROXY_SSL_HEADER`, and notebook 08, *Who says that it was https?*

# %% message: any-client-says-https [markdown]
# A client writes a header, and plain http passes for https
#
# Which header does the balancer replace, and which does it let through? Notebook 08, *Who says that it was https?*

# %% message: http-taken-for-https [markdown]
# Plain http passes for https
#
# The setting names a header, and what it says of a secure request. Django's documentation, `SECURE_PROXY_SSL_HEADER`

# %% message: no-hour [markdown]
# Browsers are not told to stay with https for an hour
#
# The number is seconds, and a promise: too much of it cannot be taken back. Notebook 08, *What does `check --deploy` see?*

# %% message: other-name [markdown]
# The site answers under a name that is not its own
#
# Links in its mails would carry that name. Notebook 08, *Whose name is in the link?*

# %% message: invented-name [markdown]
# A header of the client changes the name of the site
#
# Nobody replaces this one. Which setting makes Django read it? Notebook 08, *Whose name is in the link?*

# %% message: health-redirected [markdown]
# The balancer asks whether the site lives, and is sent away
#
# The patterns are compared with the path as Django's routes see it. Django's documentation, `SECURE_REDIRECT_EXEMPT`

# %% message: more-in-the-clear [markdown]
# More than the health check is served over plain http
#
# Each pattern is *searched* in the path, and so found at any place. Django's documentation, `SECURE_REDIRECT_EXEMPT`

# %% hint 1 [markdown]
# Each name has a section in Django's documentation, *Settings*. For each line ask: who writes what Django reads here, the
# balancer or the client?

# %% hint 2 [markdown]
# One setting names a key of `request.META`, where headers are written in capitals, with a beginning of their own. Another
# holds regular expressions for a path without its first slash.

# %% hint 3 [markdown]
# A regular expression for the whole of `about/us/` and nothing else is `r"^about/us/$"`.

# %% proven [markdown]
# The site answered over https with an hour of HSTS, redirected plain http except the health check, and took no name and no
# scheme from a client.

# %% not checked [markdown]
# That the balancer is the one way in. Who reaches the application past it writes `X-Forwarded-Proto` at will.
