"""What an attack is, and what it brings back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from jwtlab.attacks.actors import Stage


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
    arguments: Mapping[str, str]  # what it is told besides the stage

    def run(self, stage: "Stage") -> Evidence:
        return self.function(stage, **self.arguments)


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
            ATTACKS[name] = Attack(name, claim.format(place), source, in_browser, function, arguments)
        return function

    return enter


def honest(claim: str) -> Callable[[Function], Function]:
    """Enter the function below in HONEST. All of it is done in a browser."""

    def enter(function: Function) -> Function:
        name = function.__name__
        HONEST[name] = Attack(name, claim, "", True, function, {})
        return function

    return enter
