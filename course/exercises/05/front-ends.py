# %% exercise [markdown]
# title: Forge a refresh, then refuse it
# stage: free
# minutes: 15
# concepts: [same-site]
# security: true
# break_then_fix: true
# site: seed
# django: true
#
# First break it. vitor is logged in at the seed, `http://127.0.0.1:8000`, and opens the attacker's page at
# `http://127.0.0.1:9000`, which posts an empty form to the refresh. `FORGED` holds the two headers in which his browser says
# where the request comes from. The seed does not look at them.
#
# Then fix it. `FromFrontEnds` lets a request pass that says `X-Notes: 1`, which no form can. A browser says the `Origin` of
# each POST; it has to be one of `FRONT_ENDS`. Whoever sends neither `Origin` nor `Sec-Fetch-Site` is a program of somebody's
# own, and needs `X-Notes` alone.

# %% solution
from rest_framework.permissions import BasePermission

from seed_auth.views import CustomTokenRefreshView

FRONT_ENDS = {"https://notes.example.com", "http://localhost:5173"}

# << FORGED = {...}
FORGED = {"Origin": "http://127.0.0.1:9000", "Sec-Fetch-Site": "same-site"}
# >>


class FromFrontEnds(BasePermission):
    def has_permission(self, request, view):
        # << ...
        origin = request.headers.get("Origin")
        program = origin is None and "Sec-Fetch-Site" not in request.headers
        return request.headers.get("X-Notes") == "1" and (program or origin in FRONT_ENDS)
        # >>


class RefreshView(CustomTokenRefreshView):
    permission_classes = (FromFrontEnds,)


# %% also_right: case-by-case [markdown]
# - origin = request.headers.get("Origin")
# - program = origin is None and "Sec-Fetch-Site" not in request.headers
# - return request.headers.get("X-Notes") == "1" and (program or origin in FRONT_ENDS)
# + if request.META.get("HTTP_X_NOTES") != "1":
# +     return False
# + if "Origin" in request.headers:
# +     return request.headers["Origin"] in FRONT_ENDS
# + return "Sec-Fetch-Site" not in request.headers

# %% wrong: the-cookie-is-strict -> neighbour-let-in | misconception: cookie-is-enough
from rest_framework.permissions import BasePermission

from seed_auth.views import CustomTokenRefreshView

FRONT_ENDS = {"https://notes.example.com", "http://localhost:5173"}
FORGED = {"Origin": "http://127.0.0.1:9000", "Sec-Fetch-Site": "same-site"}


class FromFrontEnds(BasePermission):
    def has_permission(self, request, view):
        return "refresh_token" in request.COOKIES


class RefreshView(CustomTokenRefreshView):
    permission_classes = (FromFrontEnds,)


# %% wrong: same-site-is-mine -> neighbour-let-in | misconception: samesite-means-same-origin [markdown]
# - program or origin in FRONT_ENDS
# + program or request.headers.get("Sec-Fetch-Site") in ("same-origin", "same-site") or origin in FRONT_ENDS

# %% wrong: by-host -> other-port-let-in | misconception: a-host-is-a-site [markdown]
# - return request.headers.get("X-Notes") == "1" and (program or origin in FRONT_ENDS)
# + from urllib.parse import urlsplit
# +
# + hosts = {urlsplit(address).hostname for address in FRONT_ENDS}
# + return request.headers.get("X-Notes") == "1" and (program or urlsplit(origin).hostname in hosts)

# %% wrong: by-its-beginning -> looks-alike-let-in | misconception: an-address-is-a-prefix [markdown]
# - program or origin in FRONT_ENDS
# + program or (origin or "").startswith(tuple(FRONT_ENDS))

# %% wrong: null-is-nobody -> nameless-let-in | slip [markdown]
# - program or origin in FRONT_ENDS
# + program or origin in {*FRONT_ENDS, "null"}

# %% wrong: silence-is-consent -> nameless-let-in | slip [markdown]
# -  and "Sec-Fetch-Site" not in request.headers

# %% wrong: origin-is-enough -> form-let-in | misconception: cookie-is-enough [markdown]
# - request.headers.get("X-Notes") == "1" and (program or origin in FRONT_ENDS)
# + program or origin in FRONT_ENDS

# %% wrong: whatever-it-says -> form-let-in | slip [markdown]
# - request.headers.get("X-Notes") == "1"
# + request.headers.get("X-Notes", "1") == "1"

# %% wrong: browsers-alone -> program-refused | slip [markdown]
# - (program or origin in FRONT_ENDS)
# + origin in FRONT_ENDS

# %% wrong: header-means-program -> front-end-refused | slip [markdown]
# - origin in FRONT_ENDS
# + origin == f"{request.scheme}://{request.get_host()}"

# %% wrong: from-another-site -> cookie-left-at-home | misconception: strict-lets-other-sites-in [markdown]
# - "Sec-Fetch-Site": "same-site"
# + "Sec-Fetch-Site": "cross-site"

# %% wrong: says-it-is-mine -> nobody-says-that | slip [markdown]
# - FORGED = {"Origin": "http://127.0.0.1:9000", "Sec-Fetch-Site": "same-site"}
# + FORGED = {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}

# %% wrong: a-form-with-headers -> nobody-says-that | slip [markdown]
# - "Sec-Fetch-Site": "same-site"}
# + "Sec-Fetch-Site": "same-site", "X-Notes": "1"}

# %% check
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


# %% message: cookie-left-at-home [markdown]
# The forged request brings no cookie
#
# To a browser, both addresses are on one site; a Strict cookie does not go with a request from another. Notebook 05,
# *`samesite='Strict'`: which requests does it stop?*

# %% message: nobody-says-that [markdown]
# No browser sends this for that form
#
# It writes both headers itself, and the page cannot change them; a form adds none. What did notebook 05 print under
# *`samesite='Strict'`: which requests does it stop?*

# %% message: front-end-refused [markdown]
# A front end of your own is refused
#
# `FRONT_ENDS` are other origins than the API, and may be other sites. Notebook 05, *What does CORS protect?*

# %% message: program-refused [markdown]
# A program that is no browser is refused
#
# It sends neither `Origin` nor `Sec-Fetch-Site`, and nobody can make it send a cookie. Notebook 05, *What does CORS protect?*

# %% message: neighbour-let-in [markdown]
# A form on another port refreshes vitor's token
#
# The cookie came along, and it would again. Who says where a request comes from? Notebook 05, *`samesite='Strict'`: which
# requests does it stop?*

# %% message: form-let-in [markdown]
# A request without the header of your own gets in
#
# Old browsers leave `Origin` and `Sec-Fetch-Site` out. The header is what no form can send. Notebook 05, *What does CORS
# protect?*

# %% message: other-port-let-in [markdown]
# Another server on the host of a front end gets in
#
# Scheme, host and port make an origin: RFC 6454 §4. Notebook 05, *Who else is sent the cookie?*

# %% message: looks-alike-let-in [markdown]
# An origin that begins like yours gets in
#
# Compare the whole of it. RFC 6454 §5 says when two origins are the same, and notebook 04 what an origin is.

# %% message: nameless-let-in [markdown]
# A browser that does not say its origin gets in
#
# A page in a sandbox says `null`, and everybody can make one. RFC 6454 §7.3 says where that comes from.

# %% hint 1 [markdown]
# Notebook 05 printed `Sec-Fetch-Site` for both of the attacker's pages. For the permission, begin with what every request
# must say.

# %% hint 2 [markdown]
# Two ports of one host are two origins and one site. In the permission there are three cases: no header of yours, an `Origin`,
# no `Origin`. `in` asks a dictionary of headers, and a set.

# %% hint 3 [markdown]
# The last line has the shape `return … == "1" and (… or origin in …)`.

# %% proven [markdown]
# At the seed your forged request got a token. Behind your permission it did not, nor did ten relatives of it; both front
# ends and a program got theirs.

# %% not checked [markdown]
# Whether a browser of a front end may read the answer: for that the API has to send CORS headers, for these origins alone.
