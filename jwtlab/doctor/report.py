"""`make doctor`: run every check of `jwtlab.doctor.checks`, and say whether it is OK, and if not, what to do.

It never stops half-way: a check that breaks is a FAIL of its own line, with the reason.
"""

import getpass
import json
import os
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from jwtlab.doctor.checks import CHECKS, Check, Finding, Verdict, bad, one_line, reinstall
from jwtlab.install.commands import ROOT
from jwtlab.install.programs import NEEDED_FROM

MARKS = {Verdict.OK: "✓ OK  ", Verdict.FAIL: "✗ FAIL", Verdict.GOOD_TO_HAVE: "○ good to have"}


def main(as_json: bool = False) -> int:
    """Print what every check found, in lines or as JSON. Returns the exit status: 1 if one FAILs."""
    try:
        failed = print_json() if as_json else print_lines()
    except BrokenPipeError:  # whoever reads has read enough, as in `make doctor | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at the end of Python
        return 1
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
    """Print whose report this is, of when, and what every check found. Returns the names of FAILs.

    The keys are `who` (user and machine), `when` (UTC, ISO 8601), `course` (the folder), `ok`, and `checks`:
    a list of `check`, `verdict` ("OK", "FAIL" or "good to have"), `ok`, `found` and `cure`.
    """
    findings = dict(examine())
    failed = [name for name, finding in findings.items() if not finding.ok]
    document = {
        "who": who(),
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "course": str(ROOT),
        "ok": not failed,
        "checks": [
            {
                "check": name,
                "verdict": finding.verdict.value,
                "ok": finding.ok,
                "found": finding.found,
                "cure": finding.cure,
            }
            for name, finding in findings.items()
        ],
    }
    print(json.dumps(document, indent=1))
    return failed


def who() -> str:
    """Return the user and the machine, as far as they have names."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container whose user has a number alone
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


def print_lines() -> list[str]:
    """Print a line for each check, the cure below each FAIL, and a last line. Returns the names of FAILs."""
    findings = {}
    width = max(map(len, CHECKS))
    for name, finding in examine():
        findings[name] = finding.verdict
        say(f"{MARKS[finding.verdict]}  {name:{width}}  {one_line(finding.found)}")
        if finding.cure:
            say(f"{'':8}{'':{width}}  To do: {one_line(finding.cure)}")
    say(f"\n{conclusion(findings)}")
    return [name for name, verdict in findings.items() if verdict is Verdict.FAIL]


def conclusion(verdicts: dict[str, Verdict]) -> str:
    """Return what a learner wants to know at the end: can I begin?"""
    failed = [name for name, verdict in verdicts.items() if verdict is Verdict.FAIL]
    counts = Counter(verdict.value for verdict in verdicts.values())
    if not failed:
        count = f"All {len(verdicts)} OK" if len(counts) == 1 else in_numbers(counts)
        return f"{count}. This machine is ready: make lab"
    if set(failed) <= NEEDED_FROM.keys():
        first = min(NEEDED_FROM[name] for name in failed)
        return (
            f"{in_numbers(counts)}. You can begin: make lab. Notebook {first} is the first that needs more."
        )
    return (
        f"{in_numbers(counts)}. Begin with the first FAIL, then run make doctor again: "
        "one cause can show in several lines."
    )


def in_numbers(counts: Counter[str]) -> str:
    return ", ".join(
        f"{counts[verdict.value]} {verdict.value}" for verdict in Verdict if counts[verdict.value]
    )


def say(line: str) -> None:
    """Print at once, also on a terminal that has no ✓ in its alphabet."""
    encoding = sys.stdout.encoding or "ascii"
    print(line.encode(encoding, "replace").decode(encoding), flush=True)
