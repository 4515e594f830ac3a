# %% exercise [markdown]
# title: Three times on the clock
# stage: worked
# kind: predict
# minutes: 5
# concepts: [lab clock, access token]
# site: seed
#
# vitor logs in at 09:00, and his access token lives five minutes. Nothing else happens than this:
#
# ```python
# def ask():
#     return requests.get(site.url + "/hello/", headers={"Authorization": f"Bearer {access}"}).status_code
#
# site.clock.advance(minutes=5, seconds=30)     # 09:05:30
# first = ask()
# site.clock.set("09:04")
# second = ask()
# site.clock.set("08:59")                       # before the login
# third = ask()
# ```
#
# What are `first`, `second` and `third`?

# %% option a -> a-little-late | misconception: leeway-by-default [markdown]
# 200, 200, 401: half a minute too late is within what servers allow

# %% option b -> refused-for-good | misconception: server-remembers-tokens [markdown]
# 401, 401, 401: once a token was refused, the site refuses it from then on

# %% option c [markdown]
# 401, 200, 401: the token is good from its issue on, and up to its end

# %% option d -> before-its-time | misconception: only-exp-counts [markdown]
# 401, 200, 200: the site compares the end of a token with its clock, no more

# %% check
def check(learner, site):
    access = site.login("vitor").access
    seen = []
    for time in ("2026-01-05 09:05:30", "09:04", "08:59"):
        site.clock.set(time)
        seen.append(site.get("/hello/", bearer=access).status)
    return {(200, 200, 401): "a", (401, 401, 401): "b", (401, 200, 401): "c", (401, 200, 200): "d"}[
        tuple(seen)
    ]


# %% message: a-little-late [markdown]
# Half a minute after its end, the token is refused
#
# A leeway is an option, and this site has none. Run the cell at 09:06 again with another time. Notebook 00, *What
# happens when time passes?*

# %% message: refused-for-good [markdown]
# Back at 09:04, the token works again
#
# Where would the site have written its refusal down? Notebook 00, *What happens when time passes?*

# %% message: before-its-time [markdown]
# Before the login, the token is refused
#
# Let `show_token` print the token, and look at the claims that are times. Notebook 00, *How do you log in without a
# session?*

# %% hint 1 [markdown]
# The site judges by the token and its clock alone. Which times are in the token?

# %% hint 2 [markdown]
# `show_token(access)` shows two times: `iat`, when it was issued, and `exp`. What would a careful server say to a token
# that comes from the future?

# %% hint 3 [markdown]
# One of the three times lies between `iat` and `exp`, the others outside.

# %% proven [markdown]
# The three requests were made. Of the times on the clock, only the one between `iat` and `exp` let the token in. So a
# server whose clock is slow refuses fresh tokens.

# %% not checked [markdown]
# How other libraries take an `iat` in the future. RFC 7519 §4.1.6 orders nothing; PyJWT, which SimpleJWT uses, refuses.
