"""The one form in which a notebook is written, so that building it twice leaves no diff.

A pure function of cells and outputs: it never executes anything. `canonical` is idempotent, which is what
lets a test hold a committed notebook against it byte for byte.
"""

import hashlib
import re
from collections import Counter
from typing import Any, overload

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from authoring.manifest import KEPT_CELL_METADATA

# The one thing that differs between two runs: the port, which the system chooses. Only the digits after a
# loopback host are replaced, four or five of them, so `127.0.0.1:404` or another host's port stays as it is
# and is compared. authoring/run/nbval.sanitize holds the same rule for nbval; authoring/run/gate.py refuses
# to run if the two differ.
PORT = r"\b(127\.0\.0\.1|localhost):\d{4,5}(?!\d)"
PORT_REPLACEMENT = r"\1:8000"

# No version: it is the Python of whoever built it, and the outputs are the same on all of them.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}


def to_json(notebook: NotebookNode) -> str:
    """Return the notebook as the text of its file: sorted keys, an indent of one, a final newline."""
    text: str = nbformat.writes(notebook, version=4)
    return text.rstrip("\n") + "\n"


def canonical(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of `notebook` in canonical form; outputs are put in order, and their ports replaced."""
    seen: Counter[str] = Counter()
    numbers = iter(range(1, len(notebook.cells) + 1))
    cells = []
    for cell in notebook.cells:
        source = cell.source.rstrip("\n")
        common = {
            "source": source,
            "metadata": cell_metadata(cell),
            "id": cell_id(cell.cell_type, source, seen),
        }
        if cell.cell_type == "code":
            number = next(numbers)
            count = None if cell.execution_count is None else number
            cells.append(
                new_code_cell(**common, execution_count=count, outputs=canonical_outputs(cell.outputs, count))
            )
        else:
            cells.append(new_markdown_cell(**common))
    metadata = {**METADATA, "jwtlab": notebook.metadata.get("jwtlab", {})}
    made: NotebookNode = new_notebook(cells=cells, metadata=metadata, nbformat_minor=5)
    return made


def cell_metadata(cell: NotebookNode) -> dict[str, Any]:
    """Return the kept metadata of a cell, its tags sorted."""
    kept = {key: cell.metadata[key] for key in KEPT_CELL_METADATA if cell.metadata.get(key)}
    return {**kept, "tags": sorted(set(kept["tags"]))} if "tags" in kept else kept


def cell_id(cell_type: str, source: str, seen: Counter[str]) -> str:
    """Return an id made from what the cell says, which moves with the cell; a repeated one gets a number."""
    digest = hashlib.sha256(f"{cell_type}\n{source}".encode()).hexdigest()[:12]
    seen[digest] += 1
    return digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"


def canonical_outputs(outputs: list[NotebookNode], count: int | None) -> list[NotebookNode]:
    """Return the outputs of one cell, streams merged, without what differs from run to run."""
    return [canonical_output(output, count) for output in merge_streams(outputs)]


def merge_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Between two displays, one stdout and one stderr, in that order.

    ipykernel sends the two on timers of their own, so their order among each other is chance. A display
    flushes both first (ipykernel.zmqshell, `_flush_streams`), so the order of text and displays is certain,
    and is kept.
    """
    merged: list[NotebookNode] = []
    pending: dict[str, NotebookNode] = {}
    for output in [*outputs, None]:
        if output is not None and output.output_type == "stream":
            stream = pending.setdefault(output.name, NotebookNode(output, text=""))
            stream.text += output.text
            continue
        merged += [pending[name] for name in sorted(pending, reverse=True)]
        pending = {}
        if output is not None:
            merged.append(output)
    return merged


def canonical_output(output: NotebookNode, count: int | None) -> NotebookNode:
    """One output.

    An error keeps its name and message only: nbval compares those, and a traceback holds paths.
    """
    kind = output.output_type
    if kind == "stream":
        return NotebookNode(output_type=kind, name=output.name, text=replace_ports(output.text))
    if kind == "error":
        evalue = replace_ports(output.evalue)
        return NotebookNode(
            output_type=kind, ename=output.ename, evalue=evalue, traceback=[f"{output.ename}: {evalue}"]
        )
    data = {mime: replace_ports(value) for mime, value in output.data.items()}
    result = NotebookNode(output_type=kind, data=NotebookNode(data), metadata=NotebookNode(output.metadata))
    if kind == "execute_result":
        result.execution_count = count
    return result


@overload
def replace_ports(value: str) -> str: ...
@overload
def replace_ports(value: object) -> object: ...
def replace_ports(value: object) -> object:
    """`value` with the ports of loopback addresses written as 8000; anything but text as it is."""
    return re.sub(PORT, PORT_REPLACEMENT, value) if isinstance(value, str) else value


def as_lines(outputs: list[NotebookNode]) -> list[str]:
    """Return outputs as lines to be compared by eye: each under a heading with its kind."""
    lines = []
    for output in outputs:
        if output.output_type == "stream":
            lines += [f"[{output.name}]", *split(output.text)]
        elif output.output_type == "error":
            lines += ["[error]", *output.traceback]
        else:
            lines += [f"[{output.output_type}] {dict(output.metadata) or ''}".rstrip()]
            for mime, value in sorted(output.data.items()):
                lines += [f"[{mime}]", *split(value)]
    return lines


def split(value: object) -> list[str]:
    """Lines, with the difference between `a` and `a` and a line end kept, and carriage returns to be seen."""
    return str(value).replace("\r", "\\r").split("\n")
