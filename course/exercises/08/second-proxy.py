# %% exercise [markdown]
# title: One proxy more
# stage: worked
# kind: predict
# minutes: 4
# concepts: [reverse proxy, forwarded header]
# site: seed
#
# A site stands behind a proxy that appends to `X-Forwarded-For` the address it was called from. Five guesses a minute are
# allowed, and the settings say how many proxies there are:
#
# ```python
# REST_FRAMEWORK = {"NUM_PROXIES": 1}
# # visitor 203.0.113.7                                          Django gets
# # today:    visitor -> our proxy                               X-Forwarded-For: 203.0.113.7
# # tomorrow: visitor -> a delivery network's proxy, which       X-Forwarded-For: 203.0.113.7, 198.51.100.1
# #           appends too -> our proxy
# ```
#
# Nobody changes the settings. What happens to the five guesses tomorrow?

# %% option a -> one-for-all | misconception: throttles-see-the-client [markdown]
# Nothing: each visitor has five, for the first address is the visitor's

# %% option b -> lies-do-not-count | misconception: proxy-headers-are-facts [markdown]
# Who invents another address for each guess has as many as they like

# %% option c [markdown]
# All who come through the same proxy of the network share five

# %% option d -> no-refusal | slip [markdown]
# They are refused from the first on: two addresses, where one is expected

# %% check
from unittest.mock import patch

from django.test import RequestFactory
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

NETWORK = "198.51.100.1"


def check(learner, site):
    visitors = {counted(f"203.0.113.{number}, {NETWORK}") for number in range(1, 20)}
    liar = {counted(f"10.0.0.{number}, 203.0.113.7, {NETWORK}") for number in range(1, 20)}
    if None in visitors:
        return "d"
    if len(liar) > 1:
        return "b"
    return "c" if len(visitors) == 1 else "a"


def counted(forwarded):
    """The address whose guesses the throttle counts."""
    request = RequestFactory().post("/guess/", headers={"X-Forwarded-For": forwarded})
    with patch.object(api_settings, "NUM_PROXIES", 1):
        return BaseThrottle().get_ident(request)


# %% message: one-for-all [markdown]
# Nineteen visitors are counted as one
#
# With `NUM_PROXIES = 1` the last address counts. Whose is it now? Notebook 08, *Whose address does a throttle count?*

# %% message: lies-do-not-count [markdown]
# Nineteen invented addresses are counted as one
#
# What a client invents stands to the left of what proxies append. Notebook 08, *Whose address does a throttle count?*

# %% message: no-refusal [markdown]
# Nobody is refused for the length of the list
#
# Django REST framework takes one address out of a list of any length. Notebook 08, *Whose address does a throttle count?*

# %% hint 1 [markdown]
# From which side does Django REST framework count, and how far?

# %% hint 2 [markdown]
# Write down what the header holds for two visitors, and strike out all but the last address.

# %% hint 3 [markdown]
# Our proxy appends the address from which it was called. It is no longer called by visitors.

# %% proven [markdown]
# Nineteen visitors behind one proxy of the network were counted under one address, the network's. One attacker locks
# them all out; the number has to be 2 on the day of the change.

# %% not checked [markdown]
# Whether the site can still be called past the network. Who does so has one address fewer in the header, and at 2 the one
# they invented counts.
