# %% exercise [markdown]
# title: A client that says hello
# stage: faded
# minutes: 6
# concepts: [access token, bearer token]
# site: seed
#
# `greet(site, username, password)` logs in at the address `site`, asks `/hello/`, and returns the greeting. Two lines
# lack something: which string from the login does the client keep, and how does the request carry it?

# %% solution
import requests


def greet(site, username, password):
    login = requests.post(site + "/api/token/", json={"username": username, "password": password})
    # << token = login.json()[...]
    token = login.json()["access"]
    # >>
    # << hello = requests.get(site + "/hello/", ...)
    hello = requests.get(site + "/hello/", headers={"Authorization": f"Bearer {token}"})
    # >>
    return hello.json().get("message")


# %% also_right: with-a-session [markdown]
# - hello = requests.get(site + "/hello/", headers={"Authorization": f"Bearer {token}"})
# + session = requests.Session()
# + session.headers["Authorization"] = "Bearer " + token
# + hello = session.get(site + "/hello/")

# %% wrong: the-other-token -> refresh-sent | misconception: any-type-of-token-will-do [markdown]
# - ["access"]
# + ["refresh"]

# %% wrong: waits-for-a-cookie -> nothing-sent | misconception: login-means-cookie [markdown]
# - headers={"Authorization": f"Bearer {token}"}
# + cookies=login.cookies

# %% wrong: is-known-by-now -> nothing-sent | misconception: server-remembers-tokens [markdown]
# - , headers={"Authorization": f"Bearer {token}"}

# %% wrong: the-bare-token -> other-form | misconception: header-form-does-not-matter [markdown]
# - f"Bearer {token}"
# + token

# %% wrong: a-word-of-its-own -> other-form | misconception: header-form-does-not-matter [markdown]
# - f"Bearer {token}"
# + f"Token {token}"

# %% wrong: in-the-url -> in-the-address | slip [markdown]
# - headers={"Authorization": f"Bearer {token}"}
# + params={"access": token}

# %% wrong: the-whole-body -> no-greeting | slip [markdown]
# - hello.json().get("message")
# + hello.json()


# %% check
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


# %% message: refresh-sent [markdown]
# The token that was sent is not for this
#
# Of the two strings, one goes with each request, and the other has a single use. Notebook 00, *How do you log in without
# a session?*

# %% message: nothing-sent [markdown]
# The site does not know who asks
#
# It keeps no list of who has logged in, and the login set no cookie. What said who asked in notebook 00, *How do you log
# in without a session?*

# %% message: other-form [markdown]
# The site overlooks the token in the header
#
# The challenge of the 401 names the word that goes before it. Notebook 00, *What does the site say to a stranger?*

# %% message: in-the-address [markdown]
# The token travels in the address, where nobody looks for it
#
# Nobody but the readers of the site's log. Which header did the 401 ask for? Notebook 00, *What did the site see?*

# %% message: no-greeting [markdown]
# The greeting does not come back
#
# `/hello/` answers with an object, and the greeting is in it. Notebook 00, *How do you log in without a session?*

# %% hint 1 [markdown]
# The login's body has two strings, under two names. Notebook 00 used one of them.

# %% hint 2 [markdown]
# `requests.get` takes a dictionary of headers, and the one that is needed belongs to `WWW-Authenticate`. Its value has two
# words.

# %% hint 3 [markdown]
# The second line ends in `headers={"Authorization": …})`, with the word of the challenge, a space and the token as value.

# %% proven [markdown]
# Your client logged in, sent the access token in the header that the site reads, and brought the greeting back.

# %% not checked [markdown]
# A wrong password: then the body has no token, and your function stops with a `KeyError`.
