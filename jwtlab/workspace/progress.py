"""What a learner has done, in one plain file of theirs: `work/exercises/progress.json`.

An update or a reset of the course never touches it. Dates are of the real clock, in UTC.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jwtlab.workspace.files import changing, work_folder, write_whole

EXERCISES, QUIZZES = "exercises", "quizzes"


class Progress:
    """The learner's record: by kind (`EXERCISES`, `QUIZZES`) and id, the outcome, dates, tries, hints."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or work_folder() / "exercises" / "progress.json"

    def entry(self, kind: str, which: str) -> dict[str, Any]:
        """Return what is recorded of one exercise or quiz: outcome, tries, first, last, passed, hints.

        `first`, `last` and `passed` are moments (ISO 8601, UTC), tries and hints counts. Empty where nothing
        is recorded.
        """
        return self.entries(kind).get(which, {})

    def entries(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return all that is recorded of one kind, by id: {id: what `entry` returns}."""
        return dict((self._read() or {}).get(kind, {}))

    def record(self, kind: str, which: str, *, outcome: str, passed: bool, **details: Any) -> None:
        """Record one try, by the word for its outcome. `details` replace those of an earlier try.

        What was passed once stays so. Raise WorkError where `work/` cannot be changed.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._changing() as data:
            entry = data.setdefault(kind, {}).setdefault(which, {})
            entry.setdefault("first", now)
            entry |= {"outcome": outcome, "last": now, "tries": entry.get("tries", 0) + 1, **details}
            if passed:
                entry.setdefault("passed", now)

    def take_hint(self, which: str, most: int) -> int:
        """Record that one more hint was taken, of `most` at all. Return its number, from 1.

        Raise WorkError where `work/` cannot be changed.
        """
        with self._changing() as data:
            entry = data.setdefault(EXERCISES, {}).setdefault(which, {})
            number = entry["hints"] = min(int(entry.get("hints", 0)) + 1, most)
            return number

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Any]]:
        """Read, let change, and write. The lock, because a notebook and a terminal may do so at once."""
        with changing(work_folder()):
            data = self._read()
            if data is None:
                self._path.rename(self._path.with_suffix(".unreadable.json"))  # theirs, so never thrown away
                data = {}
            yield data
            self._path.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False)
            write_whole(self._path, text.encode() + b"\n")

    def _read(self) -> dict[str, Any] | None:
        """Return the whole record, empty where there is none yet; None where the file is no record."""
        try:
            data = json.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError:
            return None
        return data if isinstance(data, dict) else None
