# %% exercise [markdown]
# title: A refusal, a refresh, and once more
# stage: worked
# kind: predict
# minutes: 4
# concepts: [refresh once, access token]
# site: seed
#
# vitor is not staff, and only staff may take entries out of the guest book. His tokens are from 09:00.
#
# ```python
# def delete(access):
#     headers = {"Authorization": f"Bearer {access}"}
#     return requests.delete(site.url + "/api/guestbook/1/", headers=headers).status_code
#
# site.clock.set("09:06")                # the access token has expired
# first = delete(tokens["access"])
# fresh = requests.post(site.url + "/api/token/refresh/", json={"refresh": tokens["refresh"]}).json()
# second = delete(fresh["access"])
# ```
#
# What are `first` and `second`?

# %% option a -> not-asked-yet | misconception: permission-comes-first [markdown]
# 403, then 403: vitor may not delete, in whatever state his token is

# %% option b -> no-new-rights | misconception: retry-until-it-works [markdown]
# 401, then 204: the fresh token succeeds where the old one failed

# %% option c -> known-by-then | misconception: unauthorized-is-forbidden [markdown]
# 401, then 401: who has no right to something is not authorized

# %% option d [markdown]
# 401, then 403: first nobody knows who asks, and then it is vitor

# %% check
def check(learner, site):
    tokens = site.login("vitor")
    site.clock.set("09:06")
    first = site.delete("/api/guestbook/1/", bearer=tokens.access)
    fresh = site.post("/api/token/refresh/", json={"refresh": tokens.refresh}).json["access"]
    second = site.delete("/api/guestbook/1/", bearer=fresh)
    return {(403, 403): "a", (401, 204): "b", (401, 401): "c", (401, 403): "d"}[first.status, second.status]


# %% message: not-asked-yet [markdown]
# The expired token is told that nobody knows it
#
# Django REST framework asks who you are before it asks who may. Notebook 03, *Does a dead token spoil a request that needs
# none?*

# %% message: no-new-rights [markdown]
# A fresh token has no more rights than its user
#
# It says who asks. What does the site say to vitor there? Notebook 03, *When is it 403, and when 404?*

# %% message: known-by-then [markdown]
# To somebody it knows, the site does not say 401
#
# The name of that status misleads. What does each of the two tell a client? Notebook 03, *When is it 403, and when 404?*

# %% hint 1 [markdown]
# Two questions are asked of each request, one after the other: who is it, and may they?

# %% hint 2 [markdown]
# At the first request, which of the two questions has no answer? And at the second?

# %% hint 3 [markdown]
# The table of notebook 03 has a status for *I do not know who you are*, and one for *the answer is no*.

# %% proven [markdown]
# Both requests were made. A client that refreshes after a 401 may still be told no, and has to stop there.

# %% not checked [markdown]
# Whether the entry exists. For somebody who may not delete, number 999 gets a 403 as well.
