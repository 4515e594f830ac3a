"""The gate: nbval made strict, as a pytest plugin. Every stored output is compared, and all of it.

Loaded by `-p authoring.run.gate` in pyproject.toml. nbval 0.11.0 does the work: it starts a kernel per
notebook, runs each cell and compares. This module closes the ways in which it passes without comparing. What
can be seen in the stored file is refused by authoring/run/output_rules.py; what shows only in a run is caught
here, by three subclasses put in the place of nbval's own. nbval is unmaintained and pinned;
tests/test_gate.py fails if any of this stops working.
"""

import difflib
import subprocess
import tempfile
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import nbval.plugin
import pytest
from nbformat import NotebookNode
from nbval.kernel import RunningKernel, start_new_kernel
from nbval.plugin import IPyNbCell, IPyNbFile, NbCellError, get_sanitize_patterns

from authoring.manifest import ROOT
from authoring.run.canonical import (
    PORT,
    PORT_REPLACEMENT,
    as_lines,
    canonical_outputs,
    merge_streams,
)
from authoring.run.execute import kernel_environment
from authoring.run.output_rules import findings

ALIVE_POLL = 0.5  # seconds between two looks at whether a kernel that has not answered still lives
UNCOMPARED_MESSAGES = {"clear_output", "update_display_data"}  # nbval prints a note and ignores them


class GateError(Exception):
    """A cell that the gate could not run to its end, or whose output it could not compare.

    The message says why.
    """


class StrictKernel(RunningKernel):  # type: ignore[misc]  # nbval has no annotations
    """nbval's kernel in the environment of the build, and noticed at once when it dies."""

    def __init__(self, kernel_name: str, cwd: str | None = None, startup_timeout: float = 60) -> None:
        self.scratch = tempfile.TemporaryDirectory(prefix="gate-", ignore_cleanup_errors=True)
        self.km, self.kc = start_new_kernel(
            startup_timeout,
            kernel_name,
            cwd=cwd,
            env=kernel_environment(Path(self.scratch.name)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._ensure_iopub_up()

    def await_reply(self, msg_id: str, timeout: float) -> None:
        """Wait for the cell to end.

        Raises Empty after `timeout` seconds, as nbval expects, or GateError if the kernel died.
        """
        deadline = time.monotonic() + timeout
        while True:
            try:
                super().await_reply(msg_id, timeout=min(ALIVE_POLL, timeout))
                return
            except Empty:
                if not self.is_alive():
                    raise GateError("the kernel died") from None
                if time.monotonic() >= deadline:
                    raise

    def stop(self) -> None:
        if hasattr(self, "km"):  # nbval stops the kernel itself when a cell's output does not end
            super().stop()
        self.scratch.cleanup()


class StrictCell(IPyNbCell):  # type: ignore[misc]  # nor has its plugin
    """One code cell, In[n], compared in full."""

    was_compared = False

    def setup(self) -> None:
        # nbval marks the cells after a time-out as expected failures, which pass for green.
        if self.parent.stopped_at:
            pytest.skip(f"{self.parent.name}, {self.parent.stopped_at} did not run to its end")

    def runtest(self) -> None:
        try:
            super().runtest()
            # nbval forgets the time-out of a cell that catches the interrupt and then prints what is stored.
            if self.parent.timed_out:
                raise GateError(f"still running after {self.config.option.nbval_cell_timeout:g} seconds")
            if not self.was_compared:
                raise GateError("nbval ran this cell, but compared nothing")
        except BaseException:
            if self.parent.timed_out or not self.was_compared:
                self.parent.stopped_at = self.name
            raise

    def compare_outputs(
        self, test: list[NotebookNode], ref: list[NotebookNode], skip_compare: tuple[str, ...] | None = None
    ) -> bool:
        """nbval's comparison, then what it leaves out: order and kind of outputs, their metadata, images."""
        self.was_compared = True
        fresh, stored = canonical_outputs(test, None), canonical_outputs(ref, None)
        same = super().compare_outputs(test, ref, skip_compare) and fresh == stored
        if not same:
            diff = difflib.unified_diff(
                as_lines(stored), as_lines(fresh), "stored", "fresh", n=2, lineterm=""
            )
            self.comparison_traceback = list(diff)
        return same

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return what an author reads: which notebook, which cell, its code, stored against fresh."""
        error: Any = excinfo.value
        if not isinstance(error, NbCellError | GateError):
            return super().repr_failure(excinfo)
        source = [f"    {line}" for line in self.cell.source.splitlines()]
        lines = [f"{self.parent.path.name}, {self.name}: {in_words(error)}", "", *source, ""]
        if traceback := getattr(error, "inner_traceback", None):
            lines += [traceback, ""]
        if self.was_compared:
            lines += [f"If the fresh output is right: {self.remedy}"]
        return "\n".join(lines)

    @property
    def remedy(self) -> str:
        path = self.parent.path
        if path.parent.name == "solutions":
            return f"make exercises ARGS={path.stem[:2]}"
        return f"make notebooks ARGS={path.stem}"

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"{self.parent.name}: {self.name}"


class StrictNotebook(IPyNbFile):  # type: ignore[misc]  # nor has its plugin
    """A notebook: first the form of its file, then its cells."""

    # The cell that did not run to its end; those after it would fail for no reason of their own.
    stopped_at = ""

    def collect(self) -> Iterator[pytest.Item]:
        yield Form.from_parent(self, name="form")
        for cell in super().collect():
            given = {"cell_num": cell.cell_num, "cell": cell.cell, "options": cell.options}
            yield StrictCell.from_parent(self, name=f"In[{cell.cell_num + 1}]", **given)

    def get_kernel_message(self, timeout: float | None = None, stream: str = "iopub") -> dict[str, Any]:
        message: dict[str, Any] = super().get_kernel_message(timeout, stream)
        if message["msg_type"] in UNCOMPARED_MESSAGES:
            raise GateError(
                f"the cell sends {message['msg_type']}, which nbval does not compare; show the final value"
            )
        return message

    def teardown(self) -> None:
        if self.kernel is not None:
            self.kernel.stop()


class Form(pytest.Item):
    """That the file hides nothing from the comparison (authoring/run/output_rules.py)."""

    def runtest(self) -> None:
        if found := findings(self.path.read_bytes().decode()):
            raise GateError("\n".join(f"{self.path.name}: {finding}" for finding in found))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        return str(excinfo.value) if isinstance(excinfo.value, GateError) else super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"{self.parent.name if self.parent else self.path.name}: {self.name}"


def in_words(error: Exception) -> str:
    return "the fresh output is not the stored one" if str(error) == "Cell outputs differ" else str(error)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    parent: pytest.Collector,
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Every notebook that nbval would collect, as a strict one."""
    collected = yield
    return [
        StrictNotebook.from_parent(parent, path=node.path) if type(node) is IPyNbFile else node
        for node in collected
    ]


def pytest_configure(config: pytest.Config) -> None:
    """Put the strict parts in the place of nbval's; refuse options under which less would be compared."""
    # nbval would open the file from the current folder.
    config.option.nbval_sanitize_with = str(ROOT / (config.option.nbval_sanitize_with or ""))
    nbval.plugin.RunningKernel = StrictKernel
    # nbval's own drops what stands before a carriage return, and forgets if a text came before a display.
    nbval.plugin.coalesce_streams = merge_streams
    for problem in option_problems(config):
        raise pytest.UsageError(problem)


def option_problems(config: pytest.Config) -> list[str]:
    """Which of the given options would make the gate compare less."""
    option = config.option
    problems = []
    if not option.nbval or option.nbval_lax or option.nbdime:
        problems.append("Notebooks are compared by --nbval alone; leave out --nbval-lax and --nbdime.")
    if option.nbval_kernel_name or not option.nbval_current_env:
        problems.append("Notebooks run in this environment: --nbval-current-env and no --nbval-kernel-name.")
    if config.getoption("dist", "no") not in ("no", "loadfile"):
        problems.append("A notebook's cells must stay together: --dist loadfile.")
    rules = get_sanitize_patterns(Path(option.nbval_sanitize_with).read_text(encoding="utf-8"))
    if rules != [(PORT, PORT_REPLACEMENT)]:
        problems.append(
            f"nbval reads {len(rules)} rules from {option.nbval_sanitize_with}, and not the one of "
            "authoring/run/canonical.py. Write it as the file's comment says."
        )
    return problems
