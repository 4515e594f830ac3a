# %% exercise [markdown]
# title: What does another port get?
# stage: worked
# kind: predict
# minutes: 4
# concepts: [HttpOnly]
# site: seed
#
# A site at `http://127.0.0.1:8000` answers a login with three cookies:
#
# ```
# Set-Cookie: theme=dark; Path=/
# Set-Cookie: refresh=eyJ…; HttpOnly; Secure; SameSite=Strict; Path=/
# Set-Cookie: notes=7; HttpOnly; Path=/api/
# ```
#
# A program of yours keeps them in a `requests.Session`, and then asks somebody else's server, on the same machine:
#
# ```python
# session.post("http://127.0.0.1:8000/login/", json=credentials)
# session.get("http://127.0.0.1:9000/api/list/")
# ```
#
# Which cookies does port 9000 get?

# %% option a -> other-port-other-site | misconception: cookies-know-ports [markdown]
# None: the cookies are of port 8000, and this is port 9000

# %% option b -> secure-over-http | misconception: clients-agree-on-secure [markdown]
# All three: nothing leaves the machine, so the channel counts as secure

# %% option c [markdown]
# `theme` and `notes`: the second is kept for a secure channel, which this is not

# %% option d -> hidden-from-servers | misconception: httponly-stops-scripts [markdown]
# `theme` alone: the others are HttpOnly, and a program is no browser

# %% check
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


# %% message: other-port-other-site [markdown]
# The neighbour gets cookies that he has not set
#
# Cookies are kept apart by host and path. Notebook 05, *Who else is sent the cookie?*

# %% message: secure-over-http [markdown]
# One of the three stays at home
#
# Each client decides what is a secure channel. What did this one send in notebook 05, *`secure=True`: who sends such a cookie
# over http?*

# %% message: hidden-from-servers [markdown]
# HttpOnly cookies are sent like others
#
# That attribute is about scripts in a page. Notebook 05, *`HttpOnly`: what does it hide?*

# %% hint 1 [markdown]
# Take the attributes one by one. Which of them is about where a cookie is sent?

# %% hint 2 [markdown]
# Two things decide here: whether the path begins as it should, and whether the client takes plain http for a secure channel.

# %% hint 3 [markdown]
# The port decides nothing. And `requests` is not a browser: notebook 05 has a cell for each.

# %% proven [markdown]
# The three cookies were set, and the jar of `requests` asked what it sends to port 9000.

# %% not checked [markdown]
# A browser: it would send the second one as well, since it takes loopback for secure. That is why no two programs should share
# a host.
