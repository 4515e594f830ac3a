# %% exercise [markdown]
# title: A client that refreshes once
# stage: faded
# minutes: 10
# concepts: [refresh once, access token]
# site: seed
#
# `Api` is a client for one login. When the site says that the access token is not valid, `get` asks for a new one and
# tries again: once, and only then. Whatever else the site says goes to the caller.
#
# Fill in the condition, and `renew`: it keeps a new access token and returns `True`; if the site gives none, it returns
# `False`.

# %% solution
import requests


class Api:
    def __init__(self, site, access, refresh):
        self.site, self.access, self.refresh = site, access, refresh

    def ask(self, path):
        return requests.get(self.site + path, headers={"Authorization": f"Bearer {self.access}"})

    def get(self, path):
        response = self.ask(path)
        # << if ...:
        if response.status_code == 401 and "token_not_valid" in response.text and self.renew():
            # >>
            response = self.ask(path)
        return response

    def renew(self):
        answer = requests.post(self.site + "/api/token/refresh/", json={"refresh": self.refresh})
        # << ...
        if answer.status_code != 200:
            return False
        self.access = answer.json()["access"]
        return True
        # >>


# %% also_right: reads-the-body [markdown]
# - if response.status_code == 401 and "token_not_valid" in response.text and self.renew():
# + if response.status_code == 401 and response.json().get("code") == "token_not_valid" and self.renew():
# - if answer.status_code != 200:
# -     return False
# - self.access = answer.json()["access"]
# - return True
# + self.access = answer.json().get("access", self.access)
# + return answer.ok

# %% wrong: after-every-refusal -> refreshes-in-vain | misconception: unauthorized-is-forbidden [markdown]
# - if response.status_code == 401 and "token_not_valid" in response.text and self.renew():
# + if not response.ok and self.renew():

# %% wrong: after-every-401 -> refreshes-for-nobody | misconception: every-401-is-expiry [markdown]
# - response.status_code == 401 and "token_not_valid" in response.text
# + response.status_code == 401

# %% wrong: until-it-works -> keeps-trying | misconception: retry-until-it-works [markdown]
# - if response.status_code == 401 and "token_not_valid"
# + while response.status_code == 401 and "token_not_valid"

# %% wrong: always-beforehand -> refreshes-in-vain | slip [markdown]
# - if response.status_code == 401 and "token_not_valid" in response.text and self.renew():
# + if self.renew():

# %% wrong: new-token-forgotten -> old-token-again | slip [markdown]
# - self.access = answer.json()["access"]
# + access = answer.json()["access"]

# %% wrong: keeps-the-wrong-one -> old-token-again | misconception: any-type-of-token-will-do [markdown]
# - self.access = answer.json()["access"]
# + self.access = self.refresh

# %% wrong: hopes-for-the-best -> dead-refresh | misconception: http-errors-fail-commands [markdown]
# - if answer.status_code != 200:
# -     return False

# %% wrong: tries-all-the-same -> tries-with-a-dead-one | slip [markdown]
# - if answer.status_code != 200:
# -     return False
# - self.access = answer.json()["access"]
# + self.access = answer.json().get("access", self.access)

# %% check
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


# %% message: refreshes-in-vain [markdown]
# The client refreshes where a new token changes nothing
#
# What does each status say to a client? Notebook 03, *When is it 403, and when 404?*

# %% message: refreshes-for-nobody [markdown]
# The client refreshes for a user who is gone
#
# Not each 401 is about the age of a token. The body says which is. Notebook 03, *What does a 401 ask of the client?*

# %% message: old-token-again [markdown]
# After the refresh the client has no good token
#
# Which token does `ask` send, and when did it get there? Notebook 03, *What should a client do about the 401?*

# %% message: keeps-trying [markdown]
# The client does not take no for an answer
#
# A third attempt sends what the second sent, and a thousand clients that do this are a flood. Notebook 03, *What should a
# client do about the 401?*

# %% message: dead-refresh [markdown]
# An error where the site refuses to refresh
#
# `requests` returns a 401 as it returns a 200, and its body has other names. Notebook 03, *What should a client do about
# the 401?*

# %% message: tries-with-a-dead-one [markdown]
# The client asks again with a token that was refused
#
# What does `renew` return when the site gave nothing? Notebook 03, *What should a client do about the 401?*

# %% hint 1 [markdown]
# Notebook 03 has a client with the same two decisions, in another shape: a hook of `requests`.

# %% hint 2 [markdown]
# The condition has three parts: the status, the name in the body for programs, and whether there is a new token. In
# `renew`, look at the status before you read the body.

# %% hint 3 [markdown]
# `if response.status_code == 401 and … and self.renew():` is the condition's shape.

# %% proven [markdown]
# The client refreshed when its token had expired, and kept the new one. It did not refresh after a 403, a 500 or for a user
# who is gone, it stopped after one attempt, and it gave the last 401 to its caller.

# %% not checked [markdown]
# Ten calls at once. Each would refresh, which with rotation can end the session: notebook 06.
