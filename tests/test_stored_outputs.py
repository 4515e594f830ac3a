"""On a machine without a browser or Nginx: cells that need it show what is stored, and no other cell does."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from nbformat import NotebookNode

from authoring.manifest import COURSE
from authoring.run import execute
from authoring.run.canonical import canonical
from authoring.run.execute import kernel_environment
from jwtlab.workspace import stored_outputs
from jwtlab.workspace.stored_outputs import _Cell, _Running
from tests.helpers.requirements import engine_or_skip

NEEDS = {"browser": "This cell needs a browser, and this machine has none. ",
         "nginx": "This cell needs Nginx, and this machine has none. "}  # fmt: skip
NONE = {"JWTLAB_BROWSER": "/nonexistent", "JWTLAB_NGINX": "/nonexistent"}


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let kernels find no browser and no Nginx."""
    monkeypatch.setattr(execute, "kernel_environment", lambda scratch: kernel_environment(scratch) | NONE)


def stored(lesson: str) -> NotebookNode:
    """The notebook of this lesson, as the course has it."""
    [path] = COURSE.notebooks.glob(f"{lesson}_*.ipynb")
    return nbformat.read(path, as_version=4)


def cell_of(lesson: str, start: str) -> NotebookNode:
    """The first code cell of the lesson that starts like this."""
    return next(c for c in stored(lesson).cells if c.cell_type == "code" and c.source.startswith(start))


def run(notebook: NotebookNode, folder: Path) -> list[NotebookNode]:
    """Run the notebook in a kernel of its own, and return its code cells in canonical form.

    Fails when a cell ends in an error and does not expect one.
    """
    assert asyncio.run(execute.side_by_side({"here": notebook}, folder)) == []
    return [cell for cell in canonical(notebook).cells if cell.cell_type == "code"]


@contextmanager
def kernel(folder: Path) -> Iterator[Callable[[str | NotebookNode], str]]:
    """A kernel on the bare machine. Yields what runs a cell in it: of the course, or a text of the reader's.

    That returns what the cell came to: "browser" or "nginx" if it says that it needs one and counts as run,
    the name of its error, or "ran".
    """
    manager = KernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    manager.start_kernel(env=kernel_environment(folder) | NONE, cwd=str(folder), **quiet)
    client = manager.blocking_client()
    client.start_channels()

    def run(cell: str | NotebookNode) -> str:
        shown: list[str] = []
        reply = client.execute_interactive(
            cell if isinstance(cell, str) else cell.source,
            output_hook=lambda message: shown.append(message["content"].get("text", "")),
            timeout=execute.CELL_TIMEOUT,
        )["content"]
        if reply["status"] == "error":
            return reply["ename"]
        return next((program for program, line in NEEDS.items() if line in "".join(shown)), "ran")

    try:
        client.wait_for_ready(timeout=120)
        yield run
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def outputs(cell: NotebookNode) -> list[dict[str, object]]:
    """What a cell shows, without what an execution counts."""
    return [{**output, "execution_count": None, "output_type": "shown"} for output in cell.outputs]


# -- whole lessons

SLOW = ('os.environ["HOSTS"] = ""',)  # in 08: ten runs of `check --deploy`, on which no cell builds


def without_slow_cells(notebook: NotebookNode) -> NotebookNode:
    notebook.cells = [cell for cell in notebook.cells if not cell.source.startswith(SLOW)]
    return notebook


@pytest.mark.parametrize(("lesson", "program"), [("04", "browser"), ("05", "browser"), ("08", "nginx")])
def test_run_all_goes_through_and_shows_what_is_stored(
    bare_machine: None, lesson: str, program: str, tmp_path: Path
) -> None:
    notebook = without_slow_cells(stored(lesson))
    expected = [cell for cell in deepcopy(notebook).cells if cell.cell_type == "code"]
    covered = 0
    for ran, cell in zip(run(notebook, tmp_path), expected, strict=True):
        first = ran.outputs[0].get("text", "") if ran.outputs else ""
        before, line, after = first.partition(NEEDS[program])
        if line:
            covered += 1
            cure, _, rest = after.partition("\n")
            says = "Its stored result follows" if cell.outputs else "It shows nothing elsewhere either"
            assert cure.startswith(f"{says}. To run it here: ")
            shown = [*([{**ran.outputs[0], "text": rest}] if rest else []), *ran.outputs[1:]]
            assert outputs(NotebookNode(outputs=shown)) == outputs(cell)
            assert all(part in cell.outputs[0].text for part in before.splitlines())
        else:
            assert outputs(ran) == outputs(cell), cell.source
    assert covered > 5


# -- one cell after another

SITE = "import requests\nfrom jwtlab.site import start_site\nsite = start_site()"
OPEN = cell_of("04", "from jwtlab.browser")  # binds browser and page
USE = cell_of("04", "page.click")
FROM_SITE = cell_of("04", 'requests.get(site.url + "/app/local/?csp")')
NGINX = cell_of("08", 'with start_site("production"')


def test_only_the_missing_program_and_what_builds_on_it_is_covered(tmp_path: Path) -> None:
    with kernel(tmp_path) as run:
        assert run(USE) == "NameError", "it is the order that is wrong: no cell was covered yet"
        assert run(SITE) == "ran"
        assert [run(cell) for cell in (OPEN, USE, OPEN, USE)] == ["browser"] * 4, "once and again"
        assert run(cell_of("03", "bearer = ")) == "NameError", "of another notebook, out of order"
        assert run(cell_of("05", "hardened = ")) == "NameError", "the same, and `browser` is missing"
        assert run(cell_of("04", "for hours in")) == "NameError", "builds on a cell that was not run"
        assert run("page.title") == "NameError", "the reader's own"
        assert run(OPEN.source + "  # changed") == "NoBrowser"
        assert run(FROM_SITE) == "ran"
        assert run("site.stop()") == "ran"
        assert run(FROM_SITE) == "SiteError", "an error of another kind, in a cell of the course"
        assert run("6 * 7") == "ran"


def test_a_name_that_is_missing_somewhere_else_is_not_covered(tmp_path: Path) -> None:
    elsewhere = (
        "space = {}; exec('class Page:\\n def click(self, name): page', space); page = space['Page']()"
    )
    with kernel(tmp_path) as run:
        assert [run(cell) for cell in (SITE, OPEN, elsewhere, USE)] == ["ran", "browser", "ran", "NameError"]


def test_where_both_are_missing_each_cell_names_its_own(tmp_path: Path) -> None:
    with kernel(tmp_path) as run:
        assert run(SITE) == "ran"
        assert [run(cell) for cell in (NGINX, OPEN, NGINX, USE)] == ["nginx", "browser", "nginx", "browser"]


def test_once_the_browser_is_there_nothing_is_covered(tmp_path: Path) -> None:
    engine_or_skip("chromium")
    log_out = "page.click('Log out').see('Log in').title"
    with kernel(tmp_path) as run:
        assert [run(cell) for cell in (SITE, OPEN, USE)] == ["ran", "browser", "browser"]
        assert run("import os; del os.environ['JWTLAB_BROWSER']") == "ran"
        assert run(USE) == "NameError", "the cell that opens the page has to run again"
        assert [run(cell) for cell in (OPEN, log_out)] == ["ran", "ran"]


def test_a_readers_own_report_of_errors_stays(tmp_path: Path) -> None:
    own = "get_ipython().set_custom_exc((ZeroDivisionError,), lambda *error, tb_offset=None: print('mine'))"
    with kernel(tmp_path) as run:
        assert [run(cell) for cell in (SITE, own, OPEN)] == ["ran", "ran", "NoBrowser"]


@pytest.mark.parametrize("program", ["python", "ipython"])
def test_a_script_fails_as_ever(program: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("from jwtlab.browser import open_browser\n\nopen_browser()\n")
    done = subprocess.run(
        [Path(sys.executable).with_name(program), script],
        env=kernel_environment(tmp_path) | NONE,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "This drives a browser, and this machine has none. To run it here: " in done.stdout + done.stderr
    assert "stored" not in done.stdout + done.stderr


# -- which cell of the course is running

CELLS = {
    "look()": [_Cell("04_x", "a", []), _Cell("05_x", "b", []), _Cell("05_x", "c", [])],
    "four": [_Cell("04_x", "d", [])],
    "five": [_Cell("05_x", "e", [])],
}


@pytest.mark.parametrize(
    ("ran", "cell_id", "expected"),
    [
        (["four", "look()"], None, "a"),
        (["five", "look()"], None, "b"),
        (["five", "look()"], "c", "c"),
        (["five", "look()"], "a", "b"),  # another cell's id, as after copy and paste
        (["look()"], "c", "c"),
        (["five", "look( )"], "c", None),
    ],
)
def test_the_running_cell_is_found_by_its_text_its_notebook_and_its_id(
    monkeypatch: pytest.MonkeyPatch, ran: list[str], cell_id: str | None, expected: str | None
) -> None:
    monkeypatch.setattr(stored_outputs, "_cells_of_the_course", lambda: CELLS)
    found = stored_outputs._cell_of_the_course(_Running(ran[-1], cell_id, ran))
    assert (found.id if found else None) == expected
