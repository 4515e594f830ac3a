# %% exercise [markdown]
# title: What should the client do now?
# stage: free
# minutes: 10
# concepts: [access token, bearer token]
# site: seed
#
# A command-line client starts and finds an old access token, or none (`None`). Write `what_now(site, access)`: it asks
# `GET /hello/` once, and returns
#
# - `"go on"` if the site lets it in,
# - `"refresh"` if the site says that the token is not valid (the body's `code` tells),
# - `"log in"` for every other 401.
#
# To any other status it raises the error that `requests` has for it.

# %% solution
import requests


def what_now(site, access):
    # << ...
    headers = {"Authorization": f"Bearer {access}"} if access else {}
    answer = requests.get(site + "/hello/", headers=headers)
    if answer.status_code == 401:
        return "refresh" if answer.json().get("code") == "token_not_valid" else "log in"
    answer.raise_for_status()
    return "go on"
    # >>


# %% also_right: looks-for-the-word [markdown]
# - "refresh" if answer.json().get("code") == "token_not_valid" else "log in"
# + "refresh" if "token_not_valid" in answer.text else "log in"

# %% also_right: asks-nothing-without-a-token
import requests


def what_now(site, access):
    if access is None:
        return "log in"
    answer = requests.get(f"{site}/hello/", headers={"Authorization": "Bearer " + access})
    if answer.status_code == 401 and answer.json()["code"] == "token_not_valid":
        return "refresh"
    if answer.status_code == 401:
        return "log in"
    if answer.status_code != 200:
        raise requests.HTTPError(answer.status_code)
    return "go on"


# %% wrong: waits-for-an-error -> let-in-unasked | misconception: http-errors-fail-commands
import requests


def what_now(site, access):
    headers = {"Authorization": f"Bearer {access}"} if access else {}
    try:
        requests.get(site + "/hello/", headers=headers)
    except requests.HTTPError:
        return "refresh" if access else "log in"
    return "go on"


# %% wrong: waits-for-a-login-page -> let-in-unasked | misconception: apis-redirect-to-login
import requests


def what_now(site, access):
    headers = {"Authorization": f"Bearer {access}"} if access else {}
    answer = requests.get(site + "/hello/", headers=headers)
    if "login" in answer.url:
        return "log in"
    return "go on"


# %% wrong: every-token-is-late -> refreshes-in-vain | misconception: every-401-is-expiry [markdown]
# - "refresh" if answer.json().get("code") == "token_not_valid" else "log in"
# + "refresh" if access else "log in"

# %% wrong: always-logs-in -> asks-for-a-password | misconception: every-401-is-the-same [markdown]
# - "refresh" if answer.json().get("code") == "token_not_valid" else "log in"
# + "log in"

# %% wrong: sends-none -> none-in-the-header | slip [markdown]
# - {"Authorization": f"Bearer {access}"} if access else {}
# + {"Authorization": f"Bearer {access}"}

# %% wrong: waits-for-403 -> stranger-unheard | misconception: unauthorized-is-forbidden
import requests


def what_now(site, access):
    headers = {"Authorization": f"Bearer {access}"} if access else {}
    answer = requests.get(site + "/hello/", headers=headers)
    if answer.status_code == 403:
        return "refresh" if access else "log in"
    answer.raise_for_status()
    return "go on"


# %% wrong: calls-trouble-a-login -> trouble-hidden | slip
import requests


def what_now(site, access):
    headers = {"Authorization": f"Bearer {access}"} if access else {}
    answer = requests.get(site + "/hello/", headers=headers)
    if answer.status_code == 200:
        return "go on"
    return "refresh" if "token_not_valid" in answer.text else "log in"


# %% check
def check(learner, site):
    make = site.tokens("vitor")
    nobody = learner.call("what_now", site.url, None)
    if nobody.error is None and nobody.value == "refresh":
        nobody.fail("none-in-the-header", wanted="'log in'")
    if nobody.error is None and nobody.value == "go on":
        nobody.fail("let-in-unasked", wanted="'log in'")
    nobody.expect("log in", key="stranger-unheard", crash="stranger-unheard")

    late = learner.call("what_now", site.url, make.expired())
    if late.error is None and late.value == "log in":
        late.fail("asks-for-a-password", wanted="'refresh'")
    if late.error is None and late.value == "go on":
        late.fail("let-in-unasked", wanted="'refresh'")
    late.expect("refresh", key="stranger-unheard")
    learner.call("what_now", site.url, make.good()).expect("go on", key="stranger-unheard")

    gone = make.good(user_id="99")
    gone.what = "a good token of a user who is gone"
    learner.call("what_now", site.url, gone).expect("log in", key="refreshes-in-vain")

    site.stub("GET", "/hello/", status=503, json={"detail": "token_not_valid, and out of order"})
    learner.call("what_now", site.url, make.good()).expect(raises="HTTPError", key="trouble-hidden")


# %% message: let-in-unasked [markdown]
# A caller whom the site refuses is told to go on
#
# A refusal is an answer like any other: no error, no other page. What says it? Notebook 00, *What does the site say to a
# stranger?*

# %% message: none-in-the-header [markdown]
# A client without a token is told to refresh
#
# Print the headers that were sent. What stands where the token should? Notebook 00, *How do you log in without a
# session?*

# %% message: stranger-unheard [markdown]
# The answer for this caller is another
#
# Print status and body of what the site says to it. Notebook 00, *What does the site say to a stranger?*

# %% message: asks-for-a-password [markdown]
# An expired token makes the client ask for a password
#
# Two 401s, two bodies: one of them has a name for programs. Notebook 00, *What happens when time passes?*

# %% message: refreshes-in-vain [markdown]
# A user who is gone is told to refresh
#
# This 401 has a body of its own. Which of its names is for programs? Notebook 00, *What happens when time passes?*

# %% message: trouble-hidden [markdown]
# A site that is out of order looks like a token that is
#
# 503 is no word about the token. The documentation of `requests`, *Response Status Codes*, has a method that turns such a
# status into an error.

# %% hint 1 [markdown]
# Three callers, three answers: nobody, an expired token, a good one. Print status and body for each before you write.

# %% hint 2 [markdown]
# Look at the status first. Only a 401 needs its body read, and there the name for programs. `.get` on a dictionary does
# not mind a name that is missing.

# %% hint 3 [markdown]
# The first line: `headers = {"Authorization": f"Bearer {access}"} if access else {}`. Two more ask and decide about the
# 401; two are left for everything else.

# %% proven [markdown]
# Nobody, an expired token, a good one, one of a user who is gone, and a site out of order: five answers, each with the
# right next step.

# %% not checked [markdown]
# A site that does not answer at all. `requests` waits without end unless you give it a `timeout`.
