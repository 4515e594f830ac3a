"""What holds for a whole run: its order, and that a skip is a failure where CI is set.

What takes longest goes first, so that no worker is left alone with it at the end.
"""

import os
from collections import Counter
from collections.abc import Generator
from typing import TypeVar

import pytest

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

LONGEST = (
    "tests/test_notebook_",
    "tests/test_journey.py",
    "tests/test_front_ends.py",
    "tests/exercises/test_every",
    "tests/test_types.py",
    "notebooks/",
    "solutions/",
)


@pytest.hookimpl(optionalhook=True)  # without xdist there are no workers
def pytest_xdist_auto_num_workers() -> int:
    """Three workers for two cores: a third of a test's time goes by in waiting for sites and browsers."""
    return max(1, (os.cpu_count() or 1) * 3 // 2)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move the longest files to the front, in the order of LONGEST; of notebooks, the one with most cells."""
    size = Counter(file_of(item) for item in items)

    def place(item: pytest.Item) -> tuple[int, int]:
        file = file_of(item)
        group = next((place for place, start in enumerate(LONGEST) if file.startswith(start)), len(LONGEST))
        return group, -size[file] if file.endswith(".ipynb") else 0

    items.sort(key=place)


def file_of(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let no test be skipped in CI: what was not run there has been run nowhere."""
    return failed_in_ci((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let no whole file be skipped in CI either."""
    return failed_in_ci((yield))


def failed_in_ci(report: Report) -> Report:
    """Return the report; where CI is set, a skip as a failure that gives the reason of the skip."""
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason}\nWhere CI is set, a skip is a failure."
    return report
