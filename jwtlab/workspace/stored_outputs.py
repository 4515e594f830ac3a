"""Where this machine has no browser, or no Nginx: what is stored with the course stands in for it.

A cell that needs one fails there, and so does a cell that builds on it. Two kinds of failure are covered, in
cells of the course and in kernels only: the missing program itself (`MissingProgram`), and a NameError for a
name that a covered cell of the same notebook would have bound. Such a cell says why in one line, shows its
stored result, and counts as run, so that Run All goes on. Every other error is shown as ever: in a cell that
the reader wrote or changed, of another kind, or once the program is there.

For authors: a cell that would show something else without a browser has to fail for one of these two reasons.
So let it use a name for what a browser returned, and let no cell bind that name before:
`names = [page.title for page in pages]`, and no `names = []`. `tests/test_stored_outputs.py` runs every
lesson without either program.
"""

import symtable
import sys
from collections import Counter
from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from jwtlab.errors import MissingProgram
from jwtlab.install import programs
from jwtlab.workspace.files import COURSE

if TYPE_CHECKING:
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import ExecutionResult

NAMES = {"browser": "a browser", "nginx": "Nginx"}  # in a sentence, what jwtlab.install.programs calls so


class _Shell(Protocol):
    """What is used here of the shell of a kernel (ipykernel.zmqshell.ZMQInteractiveShell)."""

    user_ns: dict[str, Any]
    history_manager: Any
    display_pub: "DisplayPublisher"

    def get_parent(self) -> dict[str, Any]: ...
    def transform_cell(self, raw_cell: str) -> str: ...
    def showtraceback(self, exc_tuple: tuple[object, ...], *, tb_offset: int | None) -> None: ...


class _Running(NamedTuple):
    """What is being run, as the front end has asked for it."""

    source: str
    cell_id: str | None
    history: list[str]  # what was run in this kernel before, and this

    @classmethod
    def of(cls, shell: _Shell) -> "_Running":
        parent = shell.get_parent()
        cell_id = parent.get("metadata", {}).get("cellId")
        return cls(parent.get("content", {}).get("code", ""), cell_id, shell.history_manager.input_hist_raw)


class _Cell(NamedTuple):
    """A code cell as the course has it."""

    notebook: str
    id: str
    outputs: list[dict[str, Any]]


class _Absent(NamedTuple):
    """Why a name is not there."""

    program: str
    notebook: str


def show_stored_results() -> None:
    """Show, from now on, the stored results of cells of the course that fail for want of a program.

    To be called before MissingProgram is raised. Outside of a kernel, and a second time, it does nothing.
    """
    if "IPython" not in sys.modules:
        return
    from IPython import get_ipython

    shell = get_ipython()
    # get_parent: only a kernel's shell knows which cell is running. Another's handler stays, if there is one.
    if hasattr(shell, "get_parent") and not shell.custom_exceptions:
        shell.set_custom_exc((MissingProgram, NameError), _fallback.show)
        shell.events.register("post_run_cell", _fallback.forgive)


class _Fallback:
    """Takes the place of IPython's report of an error."""

    def __init__(self) -> None:
        self._absent: dict[str, _Absent] = {}  # the names that covered cells would have bound
        self._covered: BaseException | None = None

    def show(
        self,
        shell: _Shell,
        kind: type[BaseException],
        error: BaseException,
        traceback: TracebackType,
        tb_offset: int | None = None,
    ) -> None:
        """Report `error`: by the stored result of the cell where it is covered, as ever where it is not."""
        running = _Running.of(shell)
        cell = _cell_of_the_course(running)
        program = self._missing(error, traceback, shell, cell) if cell else None
        if cell is None or program is None or programs.find(program):
            shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
            return
        self._covered = error
        for name in _names_bound(shell.transform_cell(running.source)):
            if name not in shell.user_ns:
                self._absent[name] = _Absent(program, cell.notebook)
        shown = "Its stored result follows" if cell.outputs else "It shows nothing elsewhere either"
        needed, cure = NAMES[program], programs.cure(program)
        print(f"This cell needs {needed}, and this machine has none. {shown}. To run it here: {cure}")
        for output in cell.outputs:
            _show(shell, output)

    def _missing(
        self, error: BaseException, traceback: TracebackType, shell: _Shell, cell: _Cell
    ) -> str | None:
        """Return the program for want of which this error came, if that is its reason."""
        if isinstance(error, MissingProgram):
            return error.program
        absent = self._absent.get(error.name or "") if type(error) is NameError else None
        if absent and absent.notebook == cell.notebook and _globals_at(traceback) is shell.user_ns:
            return absent.program
        return None

    def forgive(self, result: "ExecutionResult") -> None:
        """Let a covered cell count as run."""
        if result.error_in_exec is self._covered:
            result.error_in_exec = self._covered = None  # its traceback would keep the cell's objects alive


_fallback = _Fallback()  # one, as there is one shell


def _cell_of_the_course(running: _Running) -> _Cell | None:
    """Return the course's cell that is running, if it is one, and unchanged.

    Of several with the same source, that of the notebook from which most was run here, and the one that the
    front end names (JupyterLab does).
    """
    cells = _cells_of_the_course()
    here = Counter(cell.notebook for source in running.history for cell in cells.get(source.strip(), ()))
    found = cells.get(running.source.strip(), ())
    return max(found, key=lambda cell: (here[cell.notebook], cell.id == running.cell_id), default=None)


@cache
def _cells_of_the_course() -> dict[str, list[_Cell]]:
    """Return the code cells of every notebook by their source, in the order of the course."""
    import nbformat  # here, because a site starts faster without it

    cells: dict[str, list[_Cell]] = {}
    for path in sorted((COURSE / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                cells.setdefault(cell.source.strip(), []).append(_Cell(path.stem, cell.id, cell.outputs))
    return cells


def _names_bound(code: str) -> list[str]:
    """Return the names that the code of a cell binds in the notebook when all of it runs."""
    symbols = symtable.symtable(code, "<cell>", "exec").get_symbols()
    return [symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()]


def _globals_at(traceback: TracebackType) -> dict[str, Any]:
    """Return the global names of the code that raised."""
    while traceback.tb_next:
        traceback = traceback.tb_next
    return traceback.tb_frame.f_globals


def _show(shell: _Shell, output: dict[str, Any]) -> None:
    match output["output_type"]:
        case "stream":
            print(output["text"], end="", file=getattr(sys, output["name"]))
        case "error":
            print(*output["traceback"], sep="\n", file=sys.stderr)
        case _:
            shell.display_pub.publish(output["data"], output["metadata"])
