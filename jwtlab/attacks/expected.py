"""How each attack is to end on each face: `expected.toml`, read and held against the rules for its rows."""

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from jwtlab.attacks.registry import ATTACKS, HONEST, AttackError

FACES = ("seed", "hardened")
FILE = Path(__file__).with_name("expected.toml")
SHOWN = "jwtlab/attacks/expected.toml"  # what messages call it
GUIDE = 'CONTRIBUTING.md, "I want to add an attack", has the rules.'

Rows = dict[str, dict[str, str]]


def expected() -> Rows:
    """Return how each attack is to end: {name: {face: "won" or "lost"}}, some with a `why`."""
    try:
        return tomllib.loads(FILE.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise AttackError(f"{SHOWN} cannot be read: {error}. Mend that line.") from None


def require_rows(names: Iterable[str]) -> None:
    """Raise AttackError unless each attack of these names has a row that says all that it must."""
    rows = expected()
    problems = [problem for name in names if name not in HONEST for problem in _problems(name, rows)]
    if problems:
        raise AttackError("\n".join(problems))


def _problems(name: str, rows: Rows) -> Iterator[str]:
    if name not in rows:
        yield (
            f"The attack {name} has no row in {SHOWN}. Paste this one{_place(name)}."
            ' Where the attack ends otherwise, say so, and add a line why = "…".'
            f'\n\n[{name}]\nseed = "won"\nhardened = "lost"\n\n{GUIDE}'
        )
        return
    row = rows[name]
    unsaid = [face for face in FACES if row.get(face) not in ("won", "lost")]
    is_twin = [row.get(face) for face in FACES] == ["won", "lost"]
    for face in unsaid:
        yield f'[{name}] in {SHOWN} needs the line {face} = "won" or {face} = "lost".'
    if is_twin and "why" in row:
        yield f"[{name}] in {SHOWN} wins on seed alone, so it needs no reason. Take the line with `why` out."
    if not (unsaid or is_twin or row.get("why")):
        yield (
            f"[{name}] in {SHOWN} is not won on seed and lost on hardened, so it must give the reason."
            ' Add a line why = "…", which is shown below the matrix.'
        )


def misplaced() -> list[str]:
    """Return, in a sentence each, which rows are of no attack, and which one stands in the wrong place."""
    rows = list(expected())
    unknown = [row for row in rows if row not in ATTACKS]
    gone = [f"[{row}] in {SHOWN} is no attack. Take it out, or rename it." for row in unknown]
    in_file = [row for row in rows if row in ATTACKS]
    in_code = [name for name in ATTACKS if name in rows]
    order = "Rows stand in the order in which the attacks are written, and their modules imported."
    moved = [name for name, row in zip(in_code, in_file, strict=True) if name != row][:1]
    return gone + [f"[{name}] in {SHOWN} belongs{_place(name)}. {order}" for name in moved]


def _place(name: str) -> str:
    """Return " after [the attack before]", or nothing for the first."""
    names = list(ATTACKS)
    before = names[: names.index(name)] if name in names else []
    return f" after [{before[-1]}]" if before else ""
