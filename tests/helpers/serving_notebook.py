"""What holds for a notebook about servers: the same verdicts in each run, and nothing left when interrupted.

Each notebook has a test file of its own, so that two workers can run them side by side.
"""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest

from authoring.manifest import COURSE, ROOT
from authoring.run.execute import kernel_environment
from tests.helpers.interrupting import MARK, SIGNALS, Outcome, remains


class ServingNotebook:
    """The tests of the notebook with this number."""

    number: str

    @property
    def path(self) -> Path:
        [path] = COURSE.notebooks.glob(f"{self.number}_*.ipynb")
        return path

    @pytest.mark.parametrize("run", ["second", "third"])
    def test_another_run_comes_to_the_same_verdicts(self, run: str) -> None:
        # The first run is the suite's own, which compares every stored output too.
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--color=no", str(self.path)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, f"the {run} run: {done.stdout}{done.stderr}"

    @pytest.mark.parametrize("how", ["once", "twice"])
    def test_a_notebook_that_is_interrupted_in_any_cell_leaves_nothing(self, how: str) -> None:
        """Once: each cell is either interrupted or its kernel killed. Twice: both."""
        with TemporaryDirectory(prefix="s-") as name:  # short: a socket's path may have some 100 characters
            home = Path(name)
            outcomes, children = interrupt_every_cell(self.path, home, how)
            left = [outcome for outcome in outcomes if outcome.left]
            assert not left, left
            with_sites = {name: cells_that_began_sites(outcomes, name) for name in SIGNALS}
            assert min(map(len, with_sites.values())) > (5 if how == "twice" else 2)
            if how == "twice":
                assert with_sites["kill"] == with_sites["interrupt"]
            assert remains(home, children) == [], "sites that cells share outlived the kernel that was killed"


def interrupt_every_cell(notebook: Path, home: Path, how: str) -> tuple[list[Outcome], list[psutil.Process]]:
    """Run tests/helpers/interrupting.py and kill it at its end.

    Returns the outcomes that it told, and the processes that it had then.
    """
    (home / "tmp").mkdir()
    own = {MARK: str(home), "TMPDIR": str(home / "tmp")}
    program = [sys.executable, "-m", "tests.helpers.interrupting", str(notebook), str(home), how]
    with (home / "errors").open("w") as errors:
        process = subprocess.Popen(
            program,
            cwd=ROOT,
            env=kernel_environment(home) | own,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert process.stdout
    try:
        outcomes: list[Outcome] = []
        for line in process.stdout:
            if (told := json.loads(line)) == "end":
                return outcomes, psutil.Process(process.pid).children(recursive=True)
            outcomes.append(Outcome(**told))
        raise AssertionError((home / "errors").read_text())
    finally:
        process.kill()
        process.communicate()


def cells_that_began_sites(outcomes: list[Outcome], name: str) -> list[int]:
    return [outcome.cell for outcome in outcomes if outcome.sites and outcome.signal == name]
