"""03.own-site. Built from course/exercises/03/own-site.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "03.own-site",
    "title": "Whose link is this?",
    "kind": "code",
    "minutes": 12,
    "stage": "free",
    "concepts": ["bearer token", "access token"],
    "lesson": "03_calling_the_api",
    "order": 4,
    "site": "seed",
}
STARTER = (
    "from urllib.parse import urljoin, urlsplit\n"
    "\n"
    "import requests\n"
    "\n"
    "\n"
    "def headers_for(url, site, access):\n"
    "    ...\n"
    "\n"
    "\n"
    "def fetch(link, site, access):\n"
    "    url = urljoin(site, link)\n"
    "    return requests.get(url, headers=headers_for(url, site, access)).status_code\n"
)
HINTS = [
    "A URL is not a text to search in. `urlsplit`, imported above, takes it apart.",
    "Three things must be equal before the token may go along. `print(urlsplit(\"https://api.example.com:8443/notes/\"))` shows two parts that hold all three.",
    "The first line may be `to, home = urlsplit(url), urlsplit(site)`.",
]
MESSAGES = {
    "home-without-it": {
        "title": "A request to the site itself goes without its token",
        "next": "The site reads one form of one header, on each of its paths. Notebook 03, *How many ways are there to get that header wrong?*",
    },
    "stranger-gets-it": {
        "title": "The token goes to a stranger",
        "next": "Who holds a bearer token is the user, until it expires. RFC 6750 §5.3, and notebook 03, *Where does the token go?*",
        "misconception": "session-headers-stay-home",
    },
    "looks-alike-gets-it": {
        "title": "The token goes to a stranger whose address looks like yours",
        "next": "A URL is read part by part: scheme, then host, then path. Ask Python for the parts of this one. RFC 3986 §3.2.",
        "misconception": "an-address-is-a-prefix",
    },
    "sibling-gets-it": {
        "title": "The token goes to another server of the same family",
        "next": "It may belong to another team, or show files that strangers upload. RFC 6454 §4 says what makes two addresses the same.",
        "misconception": "a-host-is-a-site",
    },
    "sent-in-the-clear": {
        "title": "The token travels without encryption",
        "next": "Same host, other scheme: everyone on the way can read it. RFC 6750 §5.3, and notebook 03, *Where this goes wrong in production*.",
        "misconception": "a-host-is-a-site",
    },
    "other-port": {
        "title": "The token goes to another server on the same machine",
        "next": "Another port is another program. RFC 6454 §4 says what makes two addresses the same.",
        "misconception": "a-host-is-a-site",
    },
}
WHY = {
    "proven": "Links to the site carried the token. Eight to others did not: look-alikes, a sibling, another port, plain http. Nor did a request to the live site under its other name.",
    "not_checked": "Redirects. `requests` drops the header when one leads to another host; until 2018 it kept it when one led from https to http.",
}

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
