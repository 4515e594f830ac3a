"""08.second-proxy. Built from course/exercises/08/second-proxy.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "08.second-proxy",
    "title": "One proxy more",
    "kind": "predict",
    "minutes": 4,
    "stage": "worked",
    "concepts": ["reverse proxy", "forwarded header"],
    "lesson": "08_nginx_in_front",
    "order": 1,
    "site": "seed",
}
STARTER = "...\n"
HINTS = [
    "From which side does Django REST framework count, and how far?",
    "Write down what the header holds for two visitors, and strike out all but the last address.",
    "Our proxy appends the address from which it was called. It is no longer called by visitors.",
]
MESSAGES = {
    "one-for-all": {
        "title": "Nineteen visitors are counted as one",
        "next": "With `NUM_PROXIES = 1` the last address counts. Whose is it now? Notebook 08, *Whose address does a throttle count?*",
        "misconception": "throttles-see-the-client",
    },
    "lies-do-not-count": {
        "title": "Nineteen invented addresses are counted as one",
        "next": "What a client invents stands to the left of what proxies append. Notebook 08, *Whose address does a throttle count?*",
        "misconception": "proxy-headers-are-facts",
    },
    "no-refusal": {
        "title": "Nobody is refused for the length of the list",
        "next": "Django REST framework takes one address out of a list of any length. Notebook 08, *Whose address does a throttle count?*",
    },
}
WHY = {
    "proven": "Nineteen visitors behind one proxy of the network were counted under one address, the network's. One attacker locks them all out; the number has to be 2 on the day of the change.",
    "not_checked": "Whether the site can still be called past the network. Who does so has one address fewer in the header, and at 2 the one they invented counts.",
}
OPTIONS = {
    "a": {
        "text": "Nothing: each visitor has five, for the first address is the visitor's",
        "key": "one-for-all",
    },
    "b": {
        "text": "Who invents another address for each guess has as many as they like",
        "key": "lies-do-not-count",
    },
    "c": {
        "text": "All who come through the same proxy of the network share five",
    },
    "d": {
        "text": "They are refused from the first on: two addresses, where one is expected",
        "key": "no-refusal",
    },
}

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
