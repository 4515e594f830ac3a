"""How a check fails an answer where `learner` and `site` have no method for it."""

from typing import NoReturn

from jwtlab.checker.verdict import Fail


def fail(key: str, *, sent: str, saw: str, wanted: str) -> NoReturn:
    """Raise the failure whose message is `key`: what was sent, what came back, and what was wanted."""
    raise Fail(key, sent=sent, saw=saw, wanted=wanted)
