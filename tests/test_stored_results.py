"""A notebook on a machine without a browser: cells that need one show what is stored with the course."""

import asyncio
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from authoring import execute
from authoring.canonical import canonical
from authoring.course import COURSE
from authoring.kernel import kernel_environment

NEEDS_A_BROWSER = "This cell needs a browser, and this machine has none. "
LESSON = nbformat.read(COURSE.notebooks / "04_localstorage.ipynb", as_version=4)


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let kernels find none."""
    monkeypatch.setattr(
        execute,
        "kernel_environment",
        lambda scratch: kernel_environment(scratch) | {"JWTLAB_BROWSER": "none"},
    )


def lesson_cell(start: str) -> NotebookNode:
    """The cell of lesson 04 that starts like this."""
    return next(cell for cell in LESSON.cells if cell.cell_type == "code" and cell.source.startswith(start))


def outputs(cell: NotebookNode) -> list[dict]:
    """What a cell shows, without what an execution counts."""
    return [{**output, "execution_count": None, "output_type": "shown"} for output in cell.outputs]


def test_they_show_it_and_the_others_go_on(no_browser: None, tmp_path: Path) -> None:
    own = {"tags": ["raises-exception"]}
    needing = [lesson_cell("from jwtlab.browser"), lesson_cell("page.click"), lesson_cell("import jwt")]
    silent = lesson_cell("import os")
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
