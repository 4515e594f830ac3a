# %% exercise [markdown]
# title: After an incident, shorter lifetimes
# stage: worked
# kind: predict
# minutes: 5
# concepts: [lifetimes, refresh token]
# site: seed
#
# Access tokens lived an hour. After an incident, this goes into the settings, and the site restarts at 09:20:
#
# ```python
# SIMPLE_JWT = {
#     "ACCESS_TOKEN_LIFETIME": timedelta(minutes=5),     # was: timedelta(hours=1)
# }
# ```
#
# A thief holds an access token and a refresh token, both from a login at 09:00. At 09:30 they call `/hello/` with the
# access token. Then they refresh, and get a new one. What happens?

# %% option a -> still-good | misconception: lifetimes-reach-old-tokens [markdown]
# The old access token is refused, for it is older than five minutes; the new one lives five minutes

# %% option b [markdown]
# The old access token works until 10:00; the new one lives five minutes

# %% option c -> new-ones-are-short | misconception: login-keeps-old-claims [markdown]
# The old access token works until 10:00; the new one lives an hour, as the login was before the change

# %% option d -> nothing-ended | misconception: server-remembers-tokens [markdown]
# The old access token is refused, and the refresh too: the restart has ended the sessions from before

# %% check
from datetime import datetime

import jwt

from jwtlab.checker.api import tokens


def check(learner, site):
    # What the old settings made at 09:00; the site that answers has lifetimes of five minutes and a day.
    key, at = site.setting("SIMPLE_JWT.SIGNING_KEY"), site.clock.now
    claims = {"token_type": "access", "jti": "a" * 32, "user_id": "1"}
    old = tokens.Maker(key=key, at=at, claims=claims, lifetime=3600)
    refresh = tokens.Maker(key=key, at=at, claims=claims | {"token_type": "refresh"}, lifetime=86400).good()

    site.clock.set("09:30")
    old_works = site.get("/hello/", bearer=old.good()).status == 200
    answer = site.post("/api/token/refresh/", json={"refresh": refresh})
    if answer.status != 200:
        return "d"
    new = jwt.decode(answer.json["access"], options={"verify_signature": False})
    minutes = (datetime.fromtimestamp(new["exp"]) - datetime.fromtimestamp(new["iat"])).seconds // 60
    return {(False, 5): "a", (True, 5): "b", (True, 60): "c"}[old_works, minutes]


# %% message: still-good [markdown]
# The old access token works
#
# Its end was written into it at 09:00. Does the site compare anything else? Notebook 02, *How long do tokens live when
# nobody says so?*

# %% message: new-ones-are-short [markdown]
# The new access token lives five minutes
#
# Refreshing copies claims, but when a token is made its end is computed from the settings of that moment. Notebook 02,
# *How long do tokens live when nobody says so?*

# %% message: nothing-ended [markdown]
# A restart ends no session
#
# Which change makes every token worthless at once? It was another line of the settings. Notebook 02, *Which key signed
# these tokens?*

# %% hint 1 [markdown]
# When is a lifetime read: when a token is made, or when it is checked?

# %% hint 2 [markdown]
# Think of `exp`. Who wrote it into the token from 09:00, and with which settings? Who writes it into the token from 09:30?

# %% hint 3 [markdown]
# Both tokens carry their end with them: the old one 10:00, the new one five minutes after it was made.

# %% proven [markdown]
# A site with a lifetime of five minutes took a token that was made for an hour, thirty minutes after its issue, and gave
# a new one for five minutes.

# %% not checked [markdown]
# What you would do instead in that hour. A new signing key ends everybody's tokens at once; notebook 06 ends those of one
# session.
