"""What the course last put where: the record by which a learner's edits are told from the course's own text.

One job: remember, for each file under `work/`, the fingerprints of the course's versions that were written
there. It decides nothing; `jwtlab.workspace.copies` does.

To look is not to edit. What a person writes in a notebook is its cells: their sources, kinds, order,
attachments and tags. All else is left by looking and running: outputs, counts, ids, a folded heading, the
name of a kernel, what an editor or an extension keeps in the metadata.

Metadata of a key that is not known could still be somebody's note. It makes no copy "edited", since then an
extension that the course has never heard of would do so for ever. But a copy that has some is not thrown away
either when a newer version takes its place: see `Fingerprint.noted`.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from jwtlab.workspace.files import write_whole

# In a notebook and in its cells, what no person types: nbformat's own, and what programs note down.
_STRUCTURE = frozenset({"metadata", "cells", "nbformat_minor"})
_CELL = frozenset({"metadata", "source", "attachments", "id", "outputs", "execution_count"})
# Metadata that programs leave behind while a notebook is looked at or run.
_LEFT_BEHIND = frozenset(
    """
    kernelspec language_info widgets trusted signature orig_nbformat jwtlab
    collapsed scrolled jupyter editable deletable execution record_timing
    heading_collapsed hidden hide_input hide_output init_cell run_control code_folding ExecuteTime
    celltoolbar toc toc_visible varInspector nbTranslate latex_envs latex_metadata kernel_info anaconda-cloud
    vscode interpreter dotnet_interactive polyglot_notebook azdata_cell_guid microsoft
    colab colab_type id outputId executionInfo cellView accelerator gpuClass
    cell_id source_hash execution_start execution_millis execution_context_id is_collapsed
    created_in_deepnote_cell
    _uuid _cell_guid _kg_hide-input _kg_hide-output kaggle
    pycharm datalore nteract noteable papermill jupytext cell_marker
    lines_to_next_cell lines_to_end_of_cell_marker
    """.split()
)  # by nbformat and this course, JupyterLab, the older Notebook, VS Code, Colab, Deepnote, Kaggle and others
_LEFT_BEHIND_BEGINS = ("jp-", "toc-", "deepnote", "synapse_", "jukit_", "application/vnd.databricks")


_Part = Mapping[str, Any]  # a notebook or a cell, as JSON has it


class Fingerprint(NamedTuple):
    """The digests of one version of a file."""

    raw: str  # of every byte
    written: str  # of what a person writes: for a notebook its cells, without what looking and running leave
    noted: str  # of what a person may have written: of that to the last blank, and of unknown metadata

    @classmethod
    def of(cls, name: str, content: bytes) -> "Fingerprint":
        """Return the fingerprint of `content`; `name` tells a notebook from other text."""
        raw = _digest(content)
        parts = _parts(content) if name.endswith(".ipynb") else None
        return cls(raw, *map(_digest, parts)) if parts else cls(raw, raw, raw)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _parts(content: bytes) -> tuple[bytes, bytes] | None:
    """Return what a person has written, and what a person may have written; None for what is no notebook."""
    try:
        notebook = json.loads(content)
        frame = {key: value for key, value in notebook.items() if key not in _STRUCTURE}
        cells = notebook["cells"]
        written = [frame, *map(_written, _without_blank_end(cells))]
        exact = [[_text(cell["source"]), _notes(cell)] for cell in _without_blank_end(cells)]
        noted = [written, _notes(notebook), exact]
        return json.dumps(written, sort_keys=True).encode(), json.dumps(noted, sort_keys=True).encode()
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None


def _written(cell: _Part) -> dict[str, Any]:
    """Return what a person writes in a cell. Whatever nbformat does not know counts as written."""
    outside = {key: value for key, value in cell.items() if key not in _CELL}
    # Editors trim blanks at the end of a line and of a text, or add a newline there; Windows has its own.
    source = "\n".join(line.rstrip() for line in _text(cell["source"]).splitlines()).rstrip("\n")
    attached = {
        name: {mime: _text(data) for mime, data in bundle.items()}
        for name, bundle in cell.get("attachments", {}).items()
    }
    return {"source": source, "attachments": attached, "tags": _tags(cell), "other": outside}


def _text(value: Any) -> Any:
    """Return a text as one string, where nbformat allows a list of lines too; anything else as it is."""
    return "".join(value) if isinstance(value, list) else value


def _tags(cell: _Part) -> list[str]:
    return sorted(set(cell.get("metadata", {}).get("tags", [])))


def _without_blank_end(cells: list[_Part]) -> list[_Part]:
    """Leave out the empty code cells at the end: to run the last cell of a notebook adds one."""
    blank = 0
    for cell in reversed(cells):
        if cell["cell_type"] != "code" or _text(cell["source"]).strip() or _tags(cell) or _notes(cell):
            break
        blank += 1
    return cells[: len(cells) - blank]


def _notes(part: _Part) -> dict[str, Any]:
    """Return the metadata of a notebook or a cell that may be a note: of unknown keys, and not empty."""
    return {
        key: value
        for key, value in part.get("metadata", {}).items()
        if key not in _LEFT_BEHIND | {"tags"}
        and not key.startswith(_LEFT_BEHIND_BEGINS)
        and _says_something(value)
    }


def _says_something(value: object) -> bool:
    """Return whether there is text or a number in it. A switch, or an empty text, is a way of looking."""
    if isinstance(value, dict | list):
        return any(map(_says_something, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, bool) and value not in (None, "")


@dataclass
class Entry:
    """What is known of one copy."""

    # The course's versions that may lie at this path. One, once an update has found or made the copy current;
    # more while an update is under way, was killed, or found the copy edited.
    versions: list[Fingerprint] = field(default_factory=list)
    # The newest version that the learner was given: as the copy itself, or in a file of this name beside it.
    newest: Fingerprint | None = None
    beside: str | None = None

    def expect(self, fresh: Fingerprint) -> None:
        """Note that `fresh` is about to be written. Saved before the copy is touched, it outlives a kill."""
        if fresh not in self.versions:
            self.versions.append(fresh)

    def mark_current(self, fresh: Fingerprint) -> None:
        """Note that the copy is `fresh`, and that nothing lies beside it."""
        self.versions, self.newest, self.beside = [fresh], fresh, None

    def is_untouched(self, have: Fingerprint) -> bool:
        """Return whether `have` is, byte for byte, something that the course wrote here."""
        return any(version.raw == have.raw for version in self.versions)

    def is_unedited(self, have: Fingerprint) -> bool:
        """Return whether nobody wrote in `have` after the course did. It may have been run and looked at."""
        return any(version.written == have.written for version in self.versions)

    def has_no_notes(self, have: Fingerprint) -> bool:
        """Return whether nothing would be lost with `have` that a person may have written."""
        return any(version.noted == have.noted for version in self.versions)


class Record:
    """The entries of every copy, kept in one JSON file."""

    def __init__(self, path: Path, earlier: Callable[[], dict[str, Entry]] = dict) -> None:
        """Read `path`; where there is none yet, take the entries that `earlier` returns.

        An unreadable record counts as none: then every difference is the learner's.
        """
        self._path, self._stored = path, b""
        self.entries: dict[str, Entry] = {}
        self.is_lost = False  # there was a record, and it could not be read
        try:
            if path.exists():
                self._stored = path.read_bytes()
                self.entries = _decode(self._stored)
            else:
                self.entries = earlier()
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            self.is_lost = True

    def entry(self, name: str) -> Entry:
        """Return the entry of the copy `name` (its path under `work/`, with slashes); make it if need be."""
        return self.entries.setdefault(name, Entry())

    def save(self) -> None:
        """Write the record, if it changed."""
        content = _encode(self.entries)
        if content != self._stored:
            write_whole(self._path, content)
            self._stored = content


def _encode(entries: dict[str, Entry]) -> bytes:
    files = {name: asdict(entry) for name, entry in entries.items()}
    return json.dumps({"files": files}, indent=1, sort_keys=True).encode() + b"\n"


def _decode(content: bytes) -> dict[str, Entry]:
    return {name: _entry(**known) for name, known in json.loads(content)["files"].items()}


def _entry(versions: list[list[str]], newest: list[str] | None, beside: str | None) -> Entry:
    if beside is not None and beside != Path(beside).name:
        raise ValueError(f"{beside!r} is not the name of a file")
    known = [_fingerprint(version) for version in versions]
    return Entry(known, None if newest is None else _fingerprint(newest), beside)


def _fingerprint(stored: list[str]) -> Fingerprint:
    raw, written, noted = stored
    return Fingerprint(str(raw), str(written), str(noted))
