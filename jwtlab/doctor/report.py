"""`make doctor`: run every check of `jwtlab.doctor.checks`, and say whether it is OK, and if not, what to do.

It never stops half-way: a check that breaks is a FAIL of its own line, with the reason.
"""

import json
import sys
from collections.abc import Iterator

from jwtlab.doctor.checks import CHECKS, Check, Finding, bad, reinstall
from jwtlab.install.programs import NEEDED_FROM

MARKS = {True: "✓ OK  ", False: "✗ FAIL"}


def main(as_json: bool = False) -> int:
    """Print what every check found, in lines or as a JSON list. Returns the exit status: 1 if one FAILs."""
    failed = print_json() if as_json else print_lines()
    return 1 if failed else 0


def examine() -> Iterator[tuple[str, Finding]]:
    """Yield the name and the finding of one check after the other, each as soon as it is known."""
    for name, check in CHECKS.items():
        yield name, finding_of(check)


def finding_of(check: Check) -> Finding:
    """Run one check, whatever it does."""
    try:
        return check()
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in {*sys.stdlib_module_names, "jwtlab"}:
            return broken(error)
        return bad("cannot be looked at: this Python does not have the course's packages", reinstall())
    except Exception as error:  # it is the doctor's work to survive what it looks for
        return broken(error)


def broken(error: Exception) -> Finding:
    return bad(
        f"the check itself broke: {type(error).__name__}: {error}",
        "show this line to your instructor, or report it: the course has a mistake here",
    )


def print_json() -> list[str]:
    """Print a list of {check, ok, found, cure}. Returns the names of those that failed."""
    findings = [{"check": name, **finding._asdict()} for name, finding in examine()]
    print(json.dumps(findings, indent=1))
    return [finding["check"] for finding in findings if not finding["ok"]]


def print_lines() -> list[str]:
    """Print a line for each check, the cure below each FAIL, and a last line. Returns the names of FAILs."""
    failed = []
    width = max(map(len, CHECKS))
    for name, finding in examine():
        if not finding.ok:
            failed.append(name)
        say(f"{MARKS[finding.ok]}  {name:{width}}  {one_line(finding.found)}")
        if finding.cure:
            say(f"{'':8}{'':{width}}  To do: {one_line(finding.cure)}")
    say(f"\n{conclusion(failed)}")
    return failed


def conclusion(failed: list[str]) -> str:
    """What a learner wants to know at the end: can I begin?"""
    if not failed:
        return f"All {len(CHECKS)} OK. This machine is ready: make lab"
    count = f"{len(CHECKS) - len(failed)} OK, {len(failed)} FAIL."
    if set(failed) <= NEEDED_FROM.keys():
        first = min(NEEDED_FROM[name] for name in failed)
        return f"{count} You can begin: make lab. Notebook {first} is the first that needs more."
    return (
        f"{count} Begin with the first FAIL, then run make doctor again: one cause can show in several lines."
    )


def one_line(text: str) -> str:
    return " ".join(text.split())


def say(line: str) -> None:
    """Print at once, also on a terminal that has no ✓ in its alphabet."""
    encoding = sys.stdout.encoding or "ascii"
    print(line.encode(encoding, "replace").decode(encoding), flush=True)
