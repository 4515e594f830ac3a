"""Runs a notebook and interrupts it in every cell: a program that tests/helpers/serving_notebook.py starts.

    python -m tests.helpers.interrupting NOTEBOOK SCRATCH [twice]

Before each code cell this process forks. The fork runs the cell as a kernel would, in a session, a temporary
folder and a working folder of its own, until a signal comes: it is interrupted, and then ends as a kernel
does that is restarted; or it is killed by SIGKILL. With `twice` it forks twice, and both come to pass. A line
of JSON says what a fork left behind. A fork is a kernel to all that matters here, and costs no start of one.

Then this process runs the cell itself, so that the next one finds what it needs: all of it, or only what it
defines if the forks started sites in it. The last line printed is `"end"`, and then it waits to be killed.
"""

import ast
import atexit
import json
import os
import shutil
import signal
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

import nbformat
import psutil
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from tests.helpers.processes import is_alive, within

MARK = "JWTLAB_INTERRUPTED"  # in the environment of a fork and of all that comes from it
SITES = "jwtlab-site-*"  # the folders of sites, as jwtlab.site names them
SIGNALS = {"interrupt": signal.SIGINT, "kill": signal.SIGKILL}
PATIENCE = 30  # seconds for what should take a moment


@dataclass
class Outcome:
    """How one fork fared."""

    cell: int
    signal: str
    sites: bool = False  # it had begun to start a site
    left: list[str] = field(default_factory=list)  # what was there after its end and should not have been


def main(notebook: Path, scratch: Path, *, each_twice: bool) -> None:
    no_history = Config({"HistoryManager": {"enabled": False}})  # its thread and database are not for forks
    shell = InteractiveShell.instance(colors="NoColor", config=no_history)
    work = scratch / "work"
    work.mkdir(exist_ok=True)
    os.environ["JWTLAB_WORK"] = str(work)
    os.chdir(work)
    for number, source in enumerate(code_cells(notebook), start=1):
        if script := shell.magics_manager.registry.get("ScriptMagics"):
            script.stop_event_loop()  # the thread of %%bash; only a process of one thread can be forked
        names = SIGNALS if each_twice else [one_of_the_signals(number)]
        outcomes = [Fork(shell, number, source, name, scratch).interrupt() for name in names]
        for outcome in outcomes:
            print(json.dumps(asdict(outcome)), file=sys.__stdout__, flush=True)
        with open(os.devnull, "w") as sys.stdout:
            shell.run_cell(what_it_defines(shell, source) if any(o.sites for o in outcomes) else source)
    print('"end"', file=sys.__stdout__, flush=True)
    signal.pause()


def one_of_the_signals(cell: int) -> str:
    """Return the name of the signal for this cell, so that each comes at both moments of `Fork`."""
    return "interrupt" if cell // 2 % 2 else "kill"


def code_cells(notebook: Path) -> list[str]:
    cells = nbformat.read(notebook, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


def what_it_defines(shell: InteractiveShell, source: str) -> str:
    """The statements that later cells may need: imports, functions, values, sites that are given a name."""
    module = ast.parse(shell.transform_cell(source))

    def is_needed(node: ast.stmt) -> bool:
        if isinstance(node, ast.Assign):
            called = [call.func for call in ast.walk(node.value) if isinstance(call, ast.Call)]
            return all(isinstance(name, ast.Name) and name.id == "start_site" for name in called)
        return isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)

    return "\n".join(ast.unparse(node) for node in module.body if is_needed(node))


class Fork:
    """A fork of this process that runs one cell."""

    def __init__(self, shell: InteractiveShell, cell: int, source: str, name: str, scratch: Path) -> None:
        self.outcome = Outcome(cell, name)
        self.home = scratch / f"{cell}-{name}"
        # One of the two forks gets its signal as soon as there is a site's folder, the other once a server
        # listens.
        self._awaited = b"" if (name == "kill") == bool(cell % 2) else b"http://127.0.0.1:"
        self._seconds = 0.05 if source.startswith("%%bash") else 2  # to wait for a site to begin
        shutil.copytree(scratch / "work", self.home / "work", symlinks=True)
        (self.home / "tmp").mkdir()
        self._pid = os.fork()
        if self._pid == 0:
            try:
                self._run(shell, source, scratch / "work")
            finally:
                os._exit(0)

    def _run(self, shell: InteractiveShell, source: str, work: Path) -> None:
        """In the fork: run the cell, and end as an interpreter does."""
        os.setsid()
        os.environ[MARK] = str(self.home)
        os.environ["TMPDIR"] = str(self.home / "tmp")
        os.environ["JWTLAB_WORK"] = str(self.home / "work")
        os.chdir(self.home / "work" / Path.cwd().relative_to(work))
        with (self.home / "printed").open("w") as printed:
            sys.stdout = sys.stderr = printed
            (self.home / "began").touch()
            shell.run_cell(source)
            atexit._run_exitfuncs()

    def interrupt(self) -> Outcome:
        """Send the signal when the moment has come, and see what is left in the end.

        A cell that ends before the moment gets none.
        """
        if self._wait_for_the_moment():
            children = psutil.Process(self._pid).children(recursive=True)
            # A kernel's interrupt goes to its group, with the commands of %%bash in it; a kill to itself.
            (os.killpg if self.outcome.signal == "interrupt" else os.kill)(
                self._pid, SIGNALS[self.outcome.signal]
            )
            within(PATIENCE, self._has_ended)
            self.outcome.left = remains(self.home, children)
        if not self._has_ended():
            self.outcome.left.append("the fork itself")
            os.kill(self._pid, signal.SIGKILL)
        return self.outcome

    def _wait_for_the_moment(self) -> bool:
        """Return whether it has come before the cell was over."""
        within(PATIENCE, lambda: (self.home / "began").exists() or self._has_ended())
        within(self._seconds, lambda: self._sites() or self._has_ended())
        if self._sites():
            self.outcome.sites = True
            within(3, lambda: self._has_ended() or any(map(self._has_come_so_far, self._sites())))
        return not self._has_ended()

    def _sites(self) -> list[Path]:
        return list((self.home / "tmp").glob(SITES))

    def _has_come_so_far(self, site: Path) -> bool:
        log = site / "server.log"
        return log.exists() and self._awaited in log.read_bytes()

    def _has_ended(self) -> bool:
        if self._pid and os.waitpid(self._pid, os.WNOHANG)[0]:
            self._pid = 0
        return not self._pid


def remains(home: Path, children: list[psutil.Process]) -> list[str]:
    """What stays of a fork that has ended, though given a moment to go: processes, folders of sites."""
    left: list[str] = []

    def nothing_is_left() -> bool:
        left[:] = [str(process) for process in children if is_alive(process)]
        left.extend(path.name for path in (home / "tmp").glob(SITES))
        if not left:  # only now: to look at every process of the machine takes long
            left.extend(str(process) for process in marked(home) if is_alive(process))
        return not left

    within(PATIENCE, nothing_is_left)
    return left


def marked(home: Path) -> list[psutil.Process]:
    """The processes that come from a fork, by their environment or by a path on their command line."""
    found = psutil.process_iter(["environ", "cmdline"])
    return [
        process
        for process in found
        if (process.info["environ"] or {}).get(MARK) == str(home)
        or any(str(home) in word for word in process.info["cmdline"] or ())
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), Path(sys.argv[2]).absolute(), each_twice="twice" in sys.argv)
