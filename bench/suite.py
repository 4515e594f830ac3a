"""`make test` against its floor: the notebooks' cells shared among the cores, plus the set-up.

The notebooks alone show what the way of running them costs; the whole shows what all the other tests add.
"""

import os
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from bench.clone import bare_bootstrap, fresh_clone, report

ROUNDS = 3
CORES = os.cpu_count() or 1
TESTS = {"the notebooks alone": "notebooks", "all tests": ""}


def suite(clone: Path, tests: str) -> tuple[float, float]:
    """(seconds of `make test`, summed seconds of the notebooks' cells in that same run)."""
    results = clone / "results.xml"
    arguments = f"ARGS=-q --junitxml={results} -o junit_duration_report=call {tests}"
    start = time.monotonic()
    subprocess.run(["make", "test", arguments], cwd=clone, check=True)
    elapsed = time.monotonic() - start
    cases = ElementTree.parse(results).iter("testcase")
    return elapsed, sum(float(case.attrib["time"]) for case in cases if ".ipynb" in case.get("classname", ""))


def main() -> None:
    for name, tests in TESTS.items():
        whole, floors = [], []
        for _ in range(ROUNDS):
            with fresh_clone() as folder:
                set_up = bare_bootstrap(folder, "requirements.txt", "requirements-dev.txt")
            with fresh_clone() as clone:
                elapsed, cells = suite(clone, tests)
            print(f"{elapsed:.1f} s; cells {cells:.1f} s on {CORES} cores; set-up {set_up:.1f} s")
            whole.append(elapsed)
            floors.append(cells / CORES + set_up)
        report(f"`make test`, {name}, against cells / cores + set-up", whole, floors, 1.4)


if __name__ == "__main__":
    main()
