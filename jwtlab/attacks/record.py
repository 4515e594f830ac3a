"""What an attack is, and what it brings back."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from jwtlab.attacks.stage import Stage


@dataclass(frozen=True)
class Evidence:
    """How an attack ended: whether it won, and one line that shows it, the same in every run."""

    won: bool
    text: str

    @property
    def verdict(self) -> str:
        return "won" if self.won else "lost"


@dataclass(frozen=True)
class Attack:
    """One claim on security, as a function that tries it: on every face the same one."""

    name: str
    claim: str  # what is so if it wins, as a sentence
    source: str  # where it is written that this must not be: RFC section, ASVS 5.0 requirement
    in_browser: bool  # whether it needs one, and says something about them
    run: Callable[["Stage"], Evidence]


Function = TypeVar("Function", bound=Callable[..., Evidence])

ATTACKS: dict[str, Attack] = {}  # in the order in which they are written
HONEST: dict[str, Attack] = {}  # what must go on working: the claim is that it does, "won" means that it did


def attack(
    claim: str, *, source: str, in_browser: bool = False, name: str = "", **arguments: object
) -> Callable[[Function], Function]:
    """Enter the function below in ATTACKS, under its own name. With `arguments`, one function is several."""

    def enter(function: Function) -> Function:
        called = name or function.__name__
        run = partial(function, **arguments)
        ATTACKS[called] = Attack(called, claim, source, in_browser, run)
        return function

    return enter


def honest(claim: str, *, source: str = "", in_browser: bool = True) -> Callable[[Function], Function]:
    """Enter the function below in HONEST."""

    def enter(function: Function) -> Function:
        called = function.__name__
        HONEST[called] = Attack(called, claim, source, in_browser, function)
        return function

    return enter
