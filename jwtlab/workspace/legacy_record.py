"""Reads the record of copies that was kept by an earlier rule of what an edit is.

By that rule a notebook was edited as soon as anything differed but outputs, counts and `language_info`: a
folded heading too. Its digests say nothing by today's rule, so each is turned into one by a content that has
it: the learner's copy, the version beside it, the course's own, or one that git still has. A digest that none
of these has is left out, and then what differs counts as the learner's, as with a lost record.

Once no `work/` is left that was last opened before 2027, this module can go.
"""

import hashlib
import json
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from jwtlab.workspace.fingerprints import Entry, Fingerprint

FILE = "ledger.json"  # in the folder where the record is kept today

Contents = Callable[[str, str | None], Iterable[bytes]]

_RUN_CELL_KEYS = frozenset({"outputs", "execution_count"})


def entries(path: Path, contents: Contents) -> dict[str, Entry]:
    """Return what the record `path` says, as today's entries; nothing where there is none.

    `contents(name, beside)` gives what there is to recognise a version of the copy `name` by; `beside` is the
    name of the newer version that lies next to it. Raise ValueError and its like for what is no such record.
    """
    if not path.exists():
        return {}
    files = json.loads(path.read_bytes())["files"]
    return {name: _entry(name, contents, **known) for name, known in files.items()}


def earlier_versions(course: Path, name: str) -> Iterator[bytes]:
    """Yield what git knows of the course's file that `name` was a copy of, the newest first.

    Nothing where the course is no clone, or there is no git.
    """
    path = name if name.startswith("exercises/") else f"notebooks/{name}"
    for commit in _git(course, "log", "--format=%H", "--", path).decode().split():
        yield _git(course, "show", f"{commit}:./{path}")


def _git(course: Path, *arguments: str) -> bytes:
    try:
        return subprocess.run(["git", "-C", course, *arguments], capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return b""


def _entry(
    name: str, contents: Contents, laid: list[list[str]], given: list[str] | None, beside: str | None
) -> Entry:
    if beside is not None and beside != Path(beside).name:
        raise ValueError(f"{beside!r} is not the name of a file")
    digests = {written for _, written in (*laid, *([given] if given else []))}
    known = _recognised(name, digests, contents(name, beside))
    versions = [known[written]._replace(raw=raw) for raw, written in laid if written in known]
    return Entry(versions, known.get(given[1]) if given else None, beside)


def _recognised(name: str, wanted: set[str], contents: Iterable[bytes]) -> dict[str, Fingerprint]:
    """Return today's fingerprints for these digests of the earlier rule, as far as `contents` have them."""
    found: dict[str, Fingerprint] = {}
    for content in contents:
        if (digest := _digest(name, content)) in wanted:
            found[digest] = Fingerprint.of(name, content)
        if len(found) == len(wanted):
            break
    return found


def _digest(name: str, content: bytes) -> str:
    """Return the digest of what counted as written: of a notebook not all, of anything else every byte."""
    written = _written(content) if name.endswith(".ipynb") else None
    return hashlib.sha256(written or content).hexdigest()


def _written(content: bytes) -> bytes | None:
    """Return what counted as written in a notebook, or None for what is not shaped like one."""
    try:
        notebook = json.loads(content)
        metadata = notebook["metadata"].items()
        notebook["metadata"] = {key: value for key, value in metadata if key != "language_info"}
        notebook["cells"] = [_written_cell(cell) for cell in notebook["cells"]]
        return json.dumps(notebook, sort_keys=True).encode()
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None


def _written_cell(cell: dict[str, Any]) -> dict[str, Any]:
    dropped = _RUN_CELL_KEYS if cell["cell_type"] == "code" else frozenset()
    kept = {key: value for key, value in cell.items() if key not in dropped}
    return kept | {"source": "".join(cell["source"])}
