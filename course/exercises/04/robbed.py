# %% exercise [markdown]
# title: What takes both tokens from the thief?
# stage: worked
# kind: predict
# minutes: 4
# concepts: [localStorage, cross-site scripting]
# site: seed
#
# At 09:00 a script in the page stole both of vitor's tokens. At 09:01 somebody notices, and does something. At 09:02 the
# thief tries what he has:
#
# ```python
# def try_both(access, refresh):
#     hello = requests.get(site.url + "/hello/", headers={"Authorization": "Bearer " + access})
#     fresh = requests.post(site.url + "/api/token/refresh/", json={"refresh": refresh})
#     return hello.status_code, fresh.status_code
# ```
#
# After which of the four are *both* a 401?

# %% option a -> owner-left | misconception: logout-ends-the-session [markdown]
# vitor logs out: `POST /logout/` with his access token, and his page empties localStorage

# %% option b -> password-is-new | misconception: new-password-ends-sessions [markdown]
# The staff give vitor a new password in Django's admin

# %% option c -> five-minutes-left | misconception: blacklist-stops-access [markdown]
# The staff put the refresh token on the blacklist: `POST /api/token/blacklist/`

# %% option d [markdown]
# The staff switch vitor's account off in Django's admin: `is_active` becomes false

# %% check
import re

USER = "/admin/auth/user/1/"


def check(learner, site):
    tokens = site.login("vitor")
    tried = {}
    site.post("/logout/", bearer=tokens.access)
    tried["a"] = try_both(site, tokens)
    as_admin(site, USER + "password/", {"password1": "a new pass phrase", "password2": "a new pass phrase"})
    site.login("vitor", "a new pass phrase")  # it is the password now
    tried["b"] = try_both(site, tokens)
    second = site.login("vitor", "a new pass phrase")
    site.post("/api/token/blacklist/", json={"refresh": second.refresh})
    tried["c"] = try_both(site, second)
    as_admin(site, USER + "change/", {"username": "vitor", **JOINED})  # a box that is not ticked is not sent
    tried["d"] = try_both(site, tokens)
    [right] = [letter for letter, statuses in tried.items() if statuses == (401, 401)]
    return right


JOINED = {"date_joined_0": "2026-01-05", "date_joined_1": "09:00:00"}


def try_both(site, tokens):
    hello = site.get("/hello/", bearer=tokens.access)
    return hello.status, site.post("/api/token/refresh/", json={"refresh": tokens.refresh}).status


def as_admin(site, path, form):
    page = site.get("/admin/login/")
    jar = {"csrftoken": page.cookies["csrftoken"].value}
    login = {"username": "admin", "password": "teaching-admin", "next": path}
    jar |= values(site.post("/admin/login/", data=login | hidden(page), cookies=jar))
    page = site.get(path, cookies=jar)
    assert site.post(path, data=form | hidden(page), cookies=jar).status == 302, path


def hidden(page):
    return {"csrfmiddlewaretoken": re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]}


def values(answer):
    return {name: morsel.value for name, morsel in answer.cookies.items()}


# %% message: owner-left [markdown]
# Both tokens work on after the logout
#
# vitor's copy is gone, the thief's is not. Notebook 04, *Do expiry and logout end it?*

# %% message: password-is-new [markdown]
# Both tokens work on under the new password
#
# A token does not hold the password, and nobody compares. Notebook 02, *What does each endpoint prove?*

# %% message: five-minutes-left [markdown]
# The access token is not on the list, and nobody looks
#
# One of the two is refused from then on, and the other works until it expires. Notebook 04, *Do expiry and logout end it?*

# %% hint 1 [markdown]
# For each of the four: what has changed at the server, and which view looks at it?

# %% hint 2 [markdown]
# Two of them change nothing that anybody asks when a token comes. One changes what is asked for one kind of token alone.

# %% hint 3 [markdown]
# `JWTAuthentication` loads the user from the database for each request, and so does the refresh. What do they look at?

# %% proven [markdown]
# All four were done to the live site, one after the other, and both tokens tried after each. Keep the fourth for the night
# when it happens: it holds at once, for every view that loads the user.

# %% not checked [markdown]
# What happens when vitor is switched on again: tokens that have not expired work as before. Notebook 06 ends them for good.
