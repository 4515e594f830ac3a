"""How a check says that an answer does not do what was asked: one exception, with the parts of its message.

`title` and `next` of a message are prose and stand with the exercise, or in `jwtlab.checker.messages`. What
was sent, what came back and what was wanted are computed where the failure is found, and are here.
"""

from typing import NoReturn

YOUR_CODE = "your code"
THIS_MACHINE = "this machine"
THE_COURSE = "the course"


class Fail(Exception):
    """The answer failed in the way that `key` names. The outcome is "not yet"."""

    def __init__(self, key: str, *, sent: str, saw: str, wanted: str) -> None:
        super().__init__(key)
        self.key = key
        self.sent = sent
        self.saw = saw
        self.wanted = wanted


class CouldNotRun(Fail):
    """The answer could not be checked at all. `fault` is whose matter that is: one of the three above."""

    def __init__(
        self, key: str, *, sent: str, saw: str, wanted: str, fault: str = YOUR_CODE, cure: str = ""
    ) -> None:
        super().__init__(key, sent=sent, saw=saw, wanted=wanted)
        self.fault = fault
        self.cure = cure  # what to do, where it depends on the machine; else the fixed text is shown


def fail(key: str, *, sent: str, saw: str, wanted: str) -> NoReturn:
    """Fail with the exercise's message `key`, for what `learner` and `site` have no method for."""
    raise Fail(key, sent=sent, saw=saw, wanted=wanted)
