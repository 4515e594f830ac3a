"""What the course last put where: the record by which a learner's edits are told from the course's own text.

One job: remember, for each file under `work/`, the fingerprints of the course's versions that were laid
there. It decides nothing; `jwtlab.workspace.copies` does.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

# What running a notebook changes, and nobody writes: JupyterLab stores them again at every save.
_RUN_CELL_KEYS = frozenset({"outputs", "execution_count"})
_RUN_NOTEBOOK_KEYS = frozenset({"language_info"})


class Fingerprint(NamedTuple):
    """The digests of one version of a file."""

    raw: str  # of every byte
    written: str  # of what a person writes: for a notebook without outputs, counts and JSON's layout

    @classmethod
    def of(cls, name: str, content: bytes) -> "Fingerprint":
        """The fingerprint of `content`; `name` tells a notebook from other text."""
        raw = hashlib.sha256(content).hexdigest()
        return cls(raw, _digest_of_written(content) or raw if name.endswith(".ipynb") else raw)


def _digest_of_written(content: bytes) -> str | None:
    """A digest of a notebook's cells and metadata, or None for what is not shaped like a notebook.

    Everything counts that is not known to come from running: sources, attachments, ids, tags, the kernel.
    """
    try:
        notebook = json.loads(content)
        notebook["metadata"] = _without(_RUN_NOTEBOOK_KEYS, notebook["metadata"])
        notebook["cells"] = [_written_cell(cell) for cell in notebook["cells"]]
        canonical = json.dumps(notebook, sort_keys=True)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None
    return hashlib.sha256(canonical.encode()).hexdigest()


def _written_cell(cell: dict[str, Any]) -> dict[str, Any]:
    # nbformat stores a source as a string or as a list of lines; both are the same text.
    kept = _without(_RUN_CELL_KEYS, cell) if cell["cell_type"] == "code" else dict(cell)
    return kept | {"source": "".join(cell["source"])}


def _without(keys: frozenset[str], mapping: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if key not in keys}


@dataclass
class Entry:
    """What is known of one copy."""

    # The course's versions that may lie at this path. One, once an update has found or made the copy current;
    # more while an update is under way, was killed, or found the copy edited.
    laid: list[Fingerprint] = field(default_factory=list)
    # The newest version that the learner was given: as the copy itself, or in a file of this name beside it.
    given: Fingerprint | None = None
    beside: str | None = None

    def expect(self, fresh: Fingerprint) -> None:
        """Note that `fresh` is about to be laid. Saved before the copy is touched, it outlives a kill."""
        if fresh not in self.laid:
            self.laid.append(fresh)

    def close(self, fresh: Fingerprint) -> None:
        """Note that the copy is `fresh`, and that nothing lies beside it."""
        self.laid, self.given, self.beside = [fresh], fresh, None

    def untouched(self, have: Fingerprint) -> bool:
        """Whether `have` is, byte for byte, something that the course laid here."""
        return any(version.raw == have.raw for version in self.laid)

    def unedited(self, have: Fingerprint) -> bool:
        """Whether `have` holds nothing that a person wrote after the course laid it; it may have been run."""
        return any(version.written == have.written for version in self.laid)


class Ledger:
    """The entries of every copy, kept in one JSON file."""

    def __init__(self, path: Path) -> None:
        """Read `path`. An unreadable record counts as none: then every difference is the learner's."""
        self._path = path
        self.entries: dict[str, Entry] = {}
        self.lost = False  # there was a record, and it could not be read
        try:
            self._stored = path.read_bytes()
            self.entries = _decode(self._stored)
        except FileNotFoundError:
            self._stored = b""
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            self.lost = True

    def entry(self, name: str) -> Entry:
        """The entry of the copy `name` (its path under `work/`, with slashes), made when there is none."""
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


def _entry(laid: list[list[str]], given: list[str] | None, beside: str | None) -> Entry:
    if beside is not None and beside != Path(beside).name:
        raise ValueError(f"{beside!r} is not the name of a file")
    return Entry([_fingerprint(version) for version in laid], given and _fingerprint(given), beside)


def _fingerprint(stored: list[str]) -> Fingerprint:
    raw, written = stored
    return Fingerprint(str(raw), str(written))


def write_whole(path: Path, content: bytes) -> None:
    """Put `content` at `path`. A kill or a power cut leaves the old file or the new one, never half of one.

    The part file has a fixed name: callers hold the lock of `jwtlab.workspace.copies`, and what a kill leaves
    of it is overwritten the next time.
    """
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with open(part, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
