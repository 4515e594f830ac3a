"""What holds for a whole run: its order and the marks of its tests, and that CI skips nothing.

What takes longest goes first, so that no worker is left alone with it at the end. `make test-fast` leaves out
what is slow, `make test` what is weekly, and `make test-weekly` nothing.
"""

import os
import sys
from collections import Counter
from collections.abc import Generator, Iterator
from typing import NamedTuple, TypeVar

import pytest

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

MARKS = {
    "slow": "needs a site, a browser or a notebook",
    "weekly": "repeats what another test has seen",
}


class Part(NamedTuple):
    """Tests whose ids begin alike."""

    start: str
    mark: str = "slow"


# Of the parts that a test belongs to, all marks count; the first decides when it runs.
PARTS = (
    Part("tests/test_notebook_08.py"),
    Part("tests/test_notebook_07.py"),
    Part("tests/test_attacks.py"),
    Part("tests/test_stored_outputs.py"),
    Part("tests/test_browser.py"),
    Part("tests/test_attacks_in_firefox.py"),
    Part("tests/exercises/test_every_exercise.py"),
    Part("tests/test_own_projects.py"),
    Part("notebooks/"),
    Part("tests/test_site.py"),
    Part("tests/hardened/"),
    Part("tests/test_front_ends.py"),
    Part("tests/checker/test_check_killed.py"),
    Part("tests/checker/test_check_hostile.py"),
    Part("tests/test_journey.py"),
    Part("tests/test_types.py"),
    Part("tests/test_endurance.py"),
    Part("tests/test_servers.py"),
    Part("tests/exercises/test_exercise_routes.py"),
    Part("solutions/"),
    Part("tests/exercises/test_every_mutant.py"),
    Part("tests/exercises/test_exercise_build.py"),
    Part("tests/exercises/test_exercise_properties.py"),
    Part("tests/exercises/test_author_check.py"),
    Part("tests/checker/test_check_answers.py"),
    Part("tests/checker/test_check_cells.py"),
    Part("tests/checker/test_check_mistakes.py"),
    Part("tests/checker/test_check_notebook.py"),
    Part("tests/demo_site/test_attacker.py"),
    Part("tests/demo_site/test_faces.py"),
    Part("tests/demo_site/test_served.py"),
    Part("tests/test_authoring.py"),
    Part("tests/test_gate.py"),
    Part("tests/test_processes.py"),
    Part("tests/test_quizzes.py::test_the_right_answer_is_what_the_verifying_code_gives"),
    Part("tests/test_doctor.py::test_a_cause_gets_its_fail_and_its_cure[demo site"),
    Part("tests/test_doctor.py::test_a_machine_on_which_the_tests_run_is_well[demo site"),
    Part("tests/test_doctor.py::test_a_machine_on_which_the_tests_run_is_well[their files"),
    Part("tests/test_doctor.py::test_a_cause_gets_its_fail_and_its_cure[browser-a_browser_that_knows"),
    Part("tests/test_doctor.py::test_a_browser_that_is_well_has_been_started"),
    Part("tests/test_bootstrap.py::test_a_set_up_that_was_killed_is_mended_by_the_same_command"),
    Part("tests/test_bootstrap.py::test_the_import_is_tried_without_another_projects_folders"),
    Part("tests/test_bootstrap.py::test_an_import_that_fails_is_told_by_its_last_line"),
    Part("tests/test_lab.py::test_jupyterlab_takes_what_the_learner_gives"),
    Part("tests/test_lab.py::test_a_password_from_years_ago_leads_to_no_login_page"),
    # What repeats, in the weekly run, what each run has done once or in part.
    Part("tests/test_notebook_08.py::TestNotebook08::test_another_run_comes_to_the_same_verdicts", "weekly"),
    Part("tests/test_notebook_07.py::TestNotebook07::test_another_run_comes_to_the_same_verdicts", "weekly"),
    Part(
        "tests/test_notebook_08.py::TestNotebook08::"
        "test_a_notebook_that_is_interrupted_in_any_cell_leaves_nothing[twice]",
        "weekly",
    ),
    Part(
        "tests/test_notebook_07.py::TestNotebook07::"
        "test_a_notebook_that_is_interrupted_in_any_cell_leaves_nothing[twice]",
        "weekly",
    ),
    Part("tests/test_stored_outputs.py::test_run_all_goes_through_and_shows_what_is_stored[05", "weekly"),
    Part("tests/test_stored_outputs.py::test_run_all_goes_through_and_shows_what_is_stored[08", "weekly"),
    Part("tests/exercises/test_every_mutant.py::test_its_mutants_die_but_those_that_are_listed", "weekly"),
    Part(
        "tests/test_browser.py::test_a_start_that_is_interrupted_or_killed_at_any_line_leaves_nothing[firefox",
        "weekly",
    ),
)

# What a test starts that needs a site, a notebook's kernel, or a browser, as it stands on the command line.
SLOW_PROGRAMS = ("/watchdog.py", "runserver", "ipykernel_launcher", "--headless", "--headless=new")


@pytest.hookimpl(optionalhook=True)  # without xdist there are no workers
def pytest_xdist_auto_num_workers() -> int:
    """Return three for two cores: a third of a test's time goes by in waiting for sites and browsers."""
    return max(1, (os.cpu_count() or 1) * 3 // 2)


def pytest_configure(config: pytest.Config) -> None:
    for mark, meaning in MARKS.items():
        config.addinivalue_line("markers", f"{mark}: {meaning}")
    sys.addaudithook(refuse_slow_programs)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test as the table says, and sort them; of notebooks, the one with most cells goes first."""
    size = Counter(file_of(item) for item in items)

    def place(item: pytest.Item) -> tuple[int, int]:
        file = file_of(item)
        group = next((n for n, part in enumerate(PARTS) if item.nodeid.startswith(part.start)), len(PARTS))
        return group, -size[file] if file.endswith(".ipynb") else 0

    for item in items:
        for part in PARTS:
            if item.nodeid.startswith(part.start):
                item.add_marker(part.mark)
    items.sort(key=place)


def file_of(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


_fast: list[str] = []  # the id of the test that runs, if it is not slow


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    if item.get_closest_marker("slow") is None:
        _fast.append(item.nodeid)
    try:
        return (yield)
    finally:
        _fast.clear()


def refuse_slow_programs(event: str, arguments: tuple[object, ...]) -> None:
    """Let no test start one of SLOW_PROGRAMS that the table does not call slow.

    Called by Python for each audited event (`sys.addaudithook`). Raises RuntimeError in that test.
    """
    if event == "subprocess.Popen" and _fast:
        words = arguments[1] if isinstance(arguments[1], list | tuple) else [arguments[1]]
        for word in map(str, words):
            if word.endswith(SLOW_PROGRAMS):
                raise RuntimeError(
                    f"{_fast[0]} is not slow and starts {word}. Name it in PARTS of conftest.py."
                )


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
