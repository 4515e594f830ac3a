"""What an attack is, what it brings back, and the lists of all attacks and of honest use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeVar

from jwtlab.errors import LabError
from jwtlab.show.html import one_line

if TYPE_CHECKING:
    from jwtlab.attacks.actors import Lab


class AttackError(LabError):
    """An attack cannot be run, or something that it takes for granted did not happen."""


@dataclass(frozen=True)
class Evidence:
    """How an attack ended: whether it won, and one line that shows it, the same in every run."""

    won: bool
    text: str


@dataclass(frozen=True)
class Attack:
    """One claim on security, as a function that tries it: on every face the same one."""

    name: str
    claim: str  # what is so if it wins, as a sentence
    source: str  # where it is written that this must not be: RFC section, ASVS 5.0 requirement
    in_browser: bool  # whether it needs one, and so says something about browsers
    function: Callable[..., Evidence] = field(repr=False)
    arguments: Mapping[str, str]  # what it is told besides the lab

    @property
    def title(self) -> str:
        """The name as one reads it."""
        return self.name.replace("_", " ")

    def run(self, lab: "Lab") -> Evidence:
        """Run the attack in this lab, and return what it brings back.

        Raise AttackError when something that it takes for granted did not happen.
        """
        return self.function(lab, **self.arguments)


Function = TypeVar("Function", bound=Callable[..., Evidence])

ATTACKS: dict[str, Attack] = {}  # in the order in which they are written
HONEST: dict[str, Attack] = {}  # what must go on working: the claim is that it does, "won" means that it did


def attack(
    claim: str, *, source: str, in_browser: bool = False, each: Mapping[str, Mapping[str, str]] | None = None
) -> Callable[[Function], Function]:
    """Enter the function below in ATTACKS, under its own name.

    With `each`, {where: arguments}, one function is several attacks: each is named after the function and its
    place, and has the place where the claim has `{}`.
    """

    def enter(function: Function) -> Function:
        for place, arguments in (each or {"": {}}).items():
            name = f"{function.__name__}_{place}".rstrip("_").replace(" ", "_")
            _enter(ATTACKS, Attack(name, claim.format(place), source, in_browser, function, arguments))
        return function

    return enter


def honest(claim: str) -> Callable[[Function], Function]:
    """Enter the function below in HONEST. All of it is done in a browser."""

    def enter(function: Function) -> Function:
        _enter(HONEST, Attack(function.__name__, claim, "", True, function, {}))
        return function

    return enter


def _enter(those: dict[str, Attack], attack: Attack) -> None:
    if attack.name in ATTACKS | HONEST:
        raise AttackError(
            f"Two attacks are called {attack.name!r}. Give one of their functions another name."
        )
    those[attack.name] = attack


def named(name: str) -> list[Attack]:
    """Return the attack of this name, with spaces or underscores, or all that one function of this name is.

    Raise AttackError, with the names that are near, where there is none.
    """
    wanted, there = name.replace(" ", "_"), ATTACKS | HONEST
    found = [one for one in there.values() if wanted in (one.name, one.function.__name__)]
    if not found:
        near = [one for one in there if wanted in one][:3] or get_close_matches(wanted, there)
        meant = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(there)}."
        raise AttackError(f"There is no attack {one_line(name)!r}. {meant}")
    return found
