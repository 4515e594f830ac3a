# %% exercise [markdown]
# title: Whose link is this?
# stage: free
# minutes: 12
# concepts: [bearer token, access token]
# security: true
# site: seed
#
# Answers of an API hold links: the next page, a picture, a file that somebody attached. `fetch` follows them. Not each leads
# back to the site, and whoever gets the token *is* the user.
#
# Write `headers_for(url, site, access)`: it returns the `Authorization` header, in a dictionary, if `url` is on `site`, and an
# empty dictionary if it is elsewhere. `site` is an address such as `https://api.example.com` or `http://127.0.0.1:8000`,
# `url` a whole URL.

# %% solution
from urllib.parse import urljoin, urlsplit

import requests


def headers_for(url, site, access):
    # << ...
    to, home = urlsplit(url), urlsplit(site)
    if (to.scheme, to.netloc) != (home.scheme, home.netloc):
        return {}
    return {"Authorization": f"Bearer {access}"}
    # >>


def fetch(link, site, access):
    url = urljoin(site, link)
    return requests.get(url, headers=headers_for(url, site, access)).status_code


# %% also_right: part-by-part
from urllib.parse import urljoin, urlsplit

import requests

PORTS = {"http": 80, "https": 443}


def origin(url):
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or PORTS.get(parts.scheme)


def headers_for(url, site, access):
    return {"Authorization": "Bearer " + access} if origin(url) == origin(site) else {}


def fetch(link, site, access):
    url = urljoin(site, link)
    return requests.get(url, headers=headers_for(url, site, access)).status_code


# %% also_right: with-a-slash-behind-it [markdown]
# - to, home = urlsplit(url), urlsplit(site)
# - if (to.scheme, to.netloc) != (home.scheme, home.netloc):
# + if url != site and not url.startswith(site + "/"):

# %% wrong: sent-with-everything -> stranger-gets-it | misconception: session-headers-stay-home [markdown]
# - to, home = urlsplit(url), urlsplit(site)
# - if (to.scheme, to.netloc) != (home.scheme, home.netloc):
# -     return {}

# %% wrong: by-its-beginning -> looks-alike-gets-it | misconception: an-address-is-a-prefix [markdown]
# - to, home = urlsplit(url), urlsplit(site)
# - if (to.scheme, to.netloc) != (home.scheme, home.netloc):
# + if not url.startswith(site):

# %% wrong: anywhere-in-it -> looks-alike-gets-it | misconception: an-address-is-a-prefix [markdown]
# - to, home = urlsplit(url), urlsplit(site)
# - if (to.scheme, to.netloc) != (home.scheme, home.netloc):
# + if urlsplit(site).netloc not in url:

# %% wrong: by-its-host -> sent-in-the-clear | misconception: a-host-is-a-site [markdown]
# - if (to.scheme, to.netloc) != (home.scheme, home.netloc):
# + if to.hostname != home.hostname:

# %% wrong: by-scheme-and-host -> other-port | misconception: a-host-is-a-site [markdown]
# - if (to.scheme, to.netloc) != (home.scheme, home.netloc):
# + if (to.scheme, to.hostname) != (home.scheme, home.hostname):

# %% wrong: the-whole-family -> sibling-gets-it | misconception: a-host-is-a-site [markdown]
# - to, home = urlsplit(url), urlsplit(site)
# - if (to.scheme, to.netloc) != (home.scheme, home.netloc):
# + to, home = urlsplit(url), urlsplit(site)
# + family = lambda parts: (parts.scheme, parts.port, parts.hostname.split(".")[-2:])
# + if family(to) != family(home):

# %% wrong: to-nobody -> home-without-it | slip [markdown]
# - return {"Authorization": f"Bearer {access}"}
# + return {}

# %% wrong: the-bare-token -> home-without-it | misconception: header-form-does-not-matter [markdown]
# - f"Bearer {access}"
# + access

# %% check
API = "https://api.example.com"


def check(learner, site):
    mine = {"Authorization": "Bearer eyJ.eyJ.abc"}
    for url in (f"{API}/notes/?page=2", API, f"{API}/files/?at=https://files.example.com"):
        headers(learner, url).expect(mine, key="home-without-it", crash="home-without-it")

    for url, key in [
        ("https://evil.test/picture.png", "stranger-gets-it"),
        (f"{API}.evil.test/notes/", "looks-alike-gets-it"),
        (f"{API}@evil.test/notes/", "looks-alike-gets-it"),
        (f"https://evil.test/?from={API}/notes/", "looks-alike-gets-it"),
        ("https://evil.test/api.example.com/", "looks-alike-gets-it"),
        ("https://files.example.com/a.pdf", "sibling-gets-it"),
        ("http://api.example.com/notes/", "sent-in-the-clear"),
        (f"{API}:8443/notes/", "other-port"),
    ]:
        headers(learner, url).expect({}, key=key)

    access = site.login("vitor").access
    learner.call("fetch", "/hello/", site.url, access).expect(200, key="home-without-it")
    site.forget()
    elsewhere = site.url.replace("127.0.0.1", "localhost") + "/hello/"  # another name, so another site
    called = learner.call("fetch", elsewhere, site.url, access)
    if any("Authorization" in seen.headers for seen in site.seen):
        called.fail("stranger-gets-it", wanted="a request without Authorization")


def headers(learner, url):
    return learner.call("headers_for", url, API, "eyJ.eyJ.abc")


# %% message: home-without-it [markdown]
# A request to the site itself goes without its token
#
# The site reads one form of one header, on each of its paths. Notebook 03, *How many ways are there to get that header
# wrong?*

# %% message: stranger-gets-it [markdown]
# The token goes to a stranger
#
# Who holds a bearer token is the user, until it expires. RFC 6750 §5.3, and notebook 03, *Where does the token go?*

# %% message: looks-alike-gets-it [markdown]
# The token goes to a stranger whose address looks like yours
#
# A URL is read part by part: scheme, then host, then path. Ask Python for the parts of this one. RFC 3986 §3.2.

# %% message: sibling-gets-it [markdown]
# The token goes to another server of the same family
#
# It may belong to another team, or show files that strangers upload. RFC 6454 §4 says what makes two addresses the same.

# %% message: sent-in-the-clear [markdown]
# The token travels without encryption
#
# Same host, other scheme: everyone on the way can read it. RFC 6750 §5.3, and notebook 03, *Where this goes wrong in
# production*.

# %% message: other-port [markdown]
# The token goes to another server on the same machine
#
# Another port is another program. RFC 6454 §4 says what makes two addresses the same.

# %% hint 1 [markdown]
# A URL is not a text to search in. `urlsplit`, imported above, takes it apart.

# %% hint 2 [markdown]
# Three things must be equal before the token may go along. `print(urlsplit("https://api.example.com:8443/notes/"))` shows
# two parts that hold all three.

# %% hint 3 [markdown]
# The first line may be `to, home = urlsplit(url), urlsplit(site)`.

# %% proven [markdown]
# Links to the site carried the token. Eight to others did not: look-alikes, a sibling, another port, plain http. Nor did a
# request to the live site under its other name.

# %% not checked [markdown]
# Redirects. `requests` drops the header when one leads to another host; until 2018 it kept it when one led from https to
# http.
