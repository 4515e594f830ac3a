"""A notebook on a machine without a browser or Nginx: cells that need it show what the course has stored."""

import asyncio
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from authoring.files import COURSE
from authoring.run import execute
from authoring.run.canonical import canonical
from authoring.run.kernel import kernel_environment

NEEDS_A_BROWSER = "This cell needs a browser, and this machine has none. "
NEEDS_NGINX = "This cell needs Nginx, and this machine has none. "


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let kernels find no browser and no Nginx."""
    none = {"JWTLAB_BROWSER": "none", "JWTLAB_NGINX": "none"}
    monkeypatch.setattr(execute, "kernel_environment", lambda scratch: kernel_environment(scratch) | none)


def lesson_cell(lesson: str, start: str) -> NotebookNode:
    """The cell of the lesson that starts like this."""
    cells = nbformat.read(COURSE.notebooks / f"{lesson}.ipynb", as_version=4).cells
    return next(cell for cell in cells if cell.cell_type == "code" and cell.source.startswith(start))


def outputs(cell: NotebookNode) -> list[dict]:
    """What a cell shows, without what an execution counts."""
    return [{**output, "execution_count": None, "output_type": "shown"} for output in cell.outputs]


def test_they_show_it_and_the_others_go_on(bare_machine: None, tmp_path: Path) -> None:
    own = {"tags": ["raises-exception"]}
    starts = "from jwtlab.browser", "page.click", "import jwt"
    *needing, silent = [lesson_cell("04_localstorage", start) for start in (*starts, "import os")]
    cells = [
        new_code_cell("1 / 0", metadata=own),  # before: an error is an error
        *(new_code_cell(cell.source) for cell in [*needing, silent]),
        new_code_cell("page.title  # a cell of the reader's own", metadata=own),
        new_code_cell("6 * 7"),
    ]
    notebook = new_notebook(cells=cells)
    assert asyncio.run(execute.side_by_side({"no browser": notebook}, tmp_path)) == []
    before, *replaced, nothing, own_cell, after = canonical(notebook).cells
    assert before.outputs[0].ename == "ZeroDivisionError"
    for cell, stored in zip(replaced, needing, strict=True):
        line, _, rest = cell.outputs[0].text.partition("\n")
        assert line.startswith(NEEDS_A_BROWSER + "Its stored result follows. To run it here: ")
        shown = [*([{**cell.outputs[0], "text": rest}] if rest else []), *cell.outputs[1:]]
        assert outputs(NotebookNode(outputs=shown)) == outputs(stored)
    assert nothing.outputs[0].text.startswith(NEEDS_A_BROWSER + "It shows nothing elsewhere either. ")
    assert own_cell.outputs[0].ename == "NameError"
    assert after.outputs[0].data["text/plain"] == "42"


def test_a_cell_that_needs_nginx_names_nginx(bare_machine: None, tmp_path: Path) -> None:
    needing = lesson_cell("08_nginx_in_front", 'with start_site("production"')
    before = "import requests\nfrom jwtlab.site import start_site"
    notebook = new_notebook(cells=[new_code_cell(before), new_code_cell(needing.source)])
    assert asyncio.run(execute.side_by_side({"no Nginx": notebook}, tmp_path)) == []
    line, _, rest = notebook.cells[1].outputs[0].text.partition("\n")
    assert line.startswith(NEEDS_NGINX + "Its stored result follows. To run it here: ")
    assert rest == needing.outputs[0].text
