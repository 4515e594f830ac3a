"""Where this machine has no browser, or no Nginx: what is stored with the course stands in for it.

A cell that needs one fails there, and so does every cell that builds on it. From the first one on, a cell of
the course that fails in this kernel says why in one line, shows its stored result, and counts as run: Run All
goes on. A cell that the reader wrote or changed fails as ever, and so does a plain script.

For authors: a cell that would show something else without a browser has to fail without one. So a name for
what a browser returns must not exist before: `names = [page.title for page in pages]`, and no `names = []`.
"""

import sys
from functools import cache
from types import TracebackType
from typing import Any

import nbformat
from IPython import get_ipython
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from IPython.display import publish_display_data
from nbformat import NotebookNode

from jwtlab.install import programs
from jwtlab.workspace.copies import COURSE

NAMES = {"browser": "a browser", "nginx": "Nginx"}  # in a sentence, what jwtlab.install.programs calls so


def show_stored_results(thing: str) -> None:
    """In this kernel, show the stored result of a cell of the course that fails for want of `thing`.

    `thing` is "browser" or "nginx". A kernel that lacks both names the one that it asked for last.
    """
    shell = get_ipython()
    if shell is None:
        return
    if not shell.custom_exceptions:
        shell.set_custom_exc((Exception,), _stand_in.show)
        shell.events.register("post_run_cell", _stand_in.forgive)
    _stand_in.missing = thing


class _StandIn:
    """Takes the place of IPython's report of an error."""

    def __init__(self) -> None:
        self.missing = ""
        self._covered: BaseException | None = None

    def show(
        self,
        shell: InteractiveShell,
        kind: type[BaseException],
        error: BaseException,
        traceback: TracebackType,
        tb_offset: int | None = None,
    ) -> None:
        cell = _cells_of_the_course().get(shell.history_manager.input_hist_raw[-1].strip())
        if cell is None or programs.find(self.missing):
            shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
            return
        self._covered = error
        shown = "Its stored result follows" if cell.outputs else "It shows nothing elsewhere either"
        needed, cure = NAMES[self.missing], programs.cure(self.missing)
        print(f"This cell needs {needed}, and this machine has none. {shown}. To run it here: {cure}")
        for output in cell.outputs:
            _show(output)

    def forgive(self, result: ExecutionResult) -> None:
        """Let the cell count as run."""
        if result.error_in_exec is self._covered:
            result.error_in_exec = None


_stand_in = _StandIn()  # one, as there is one shell


@cache
def _cells_of_the_course() -> dict[str, NotebookNode]:
    """By their source."""
    notebooks = [nbformat.read(path, as_version=4) for path in sorted((COURSE / "notebooks").glob("*.ipynb"))]
    return {
        cell.source.strip(): cell for notebook in notebooks for cell in notebook.cells if "outputs" in cell
    }


def _show(output: dict[str, Any]) -> None:
    match output["output_type"]:
        case "stream":
            print(output["text"], end="", file=getattr(sys, output["name"]))
        case "error":
            print(*output["traceback"], sep="\n", file=sys.stderr)
        case _:
            publish_display_data(output["data"], output["metadata"])
