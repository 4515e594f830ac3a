"""What a stored notebook must not hold: what nbval would not compare, and what differs on another machine.

Each rule closes one hole of nbval 0.11.0, found by reading its `plugin.py`. The gate (authoring/run/gate.py)
puts these findings before the cells of every notebook that it runs, and the build refuses to write a notebook
that has any.
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode, ValidationError

from authoring.manifest import RAISES_TAG, ROOT
from authoring.run.canonical import canonical, to_json

# nbval compares these as text. It skips image/png, image/jpeg and widget views, and does not reach into JSON.
COMPARED = {"text/plain", "text/html", "text/markdown", "image/svg+xml"}
# A comment or tag that makes nbval skip a cell or its comparison, in any spelling.
MARKER = re.compile(r"#\s*(NBVAL_|PYTEST_VALIDATE_)\w+", re.IGNORECASE)
NBVAL_TAG = re.compile(r"(nbval|pytest-validate)-", re.IGNORECASE)
# What is different on the next machine or in the next run.
MACHINE = {str(path) for path in (ROOT, Path(sys.prefix), Path.home()) if path != Path(path.anchor)}
TRACES = {
    "an object's address": re.compile(r"\bat 0x[0-9a-f]{6,}"),
    "a path of this machine": re.compile("|".join(map(re.escape, sorted(MACHINE)))),
    "a temporary path": re.compile(rf"{re.escape(tempfile.gettempdir())}/|/ipykernel_\d+/"),
    "a progress line (a carriage return or backspace)": re.compile(r"\r(?!\n)|\x08"),
    "no text form of what it shows": re.compile(r"^<IPython\.core\.display\.\w+ object>$"),
}


def findings(text: str) -> list[str]:
    """Everything wrong with a notebook's file, a sentence each, naming the cell as In[n].

    `text`: the file as it is.
    """
    try:
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)  # nbformat.read only logs what it finds, and nbval reads the rest
    except (ValueError, ValidationError) as error:
        return [f"not a valid notebook: {str(error).splitlines()[0]}"]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = [] if code else ["no code cell, so nothing would be run"]
    found += [
        f"a {cell.cell_type} cell; only code and Markdown"
        for cell in notebook.cells
        if cell.cell_type == "raw"
    ]
    for number, cell in enumerate(code, start=1):
        found += [f"In[{number}]: {problem}" for problem in cell_problems(cell, number)]
    if not found and text != to_json(canonical(notebook)):
        found.append("not in the form that `make notebooks` and `make exercises` write; run it")
    return found


def cell_problems(cell: NotebookNode, number: int) -> Iterator[str]:
    """Yield what is wrong with one code cell, the `number`th of its notebook."""
    if not cell.source.strip():
        yield "an empty cell; remove it"
    if cell.execution_count != number:
        yield f"execution count {cell.execution_count}, not {number}: not stored as it ran from top to bottom"
    tags = cell.metadata.get("tags", [])
    for tag in filter(NBVAL_TAG.match, tags):
        yield f"the tag {tag} would switch the comparison off"
    for marker in MARKER.finditer(cell.source):
        yield f"the comment {marker.group()!r} would switch the comparison off"
    raised = any(output.output_type == "error" for output in cell.outputs)
    if raised != (RAISES_TAG in tags):
        yield (
            f"stored with an error, but not tagged {RAISES_TAG}"
            if raised
            else f"tagged {RAISES_TAG}, but stored without an error"
        )
    for output in cell.outputs:
        yield from output_problems(output)


def output_problems(output: NotebookNode) -> Iterator[str]:
    """Yield what is wrong with one stored output."""
    data = output.get("data", {})
    for mime in sorted(data.keys() - COMPARED):
        yield f"an output of type {mime}, which nbval does not compare"
    if data and "text/plain" not in data:
        yield "an output without text/plain, which is what a screen reader gets"
    if output.get("metadata"):
        yield "an output with metadata, which nbval does not compare"
    texts = [
        output.get("text", ""),
        output.get("evalue", ""),
        *(value for value in data.values() if isinstance(value, str)),
    ]
    for what, pattern in TRACES.items():
        if any(pattern.search(text) for text in texts):
            yield f"an output with {what}"
