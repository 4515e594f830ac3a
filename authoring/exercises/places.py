"""Where the exercises' texts are, and where what is built from them goes."""

import re
from dataclasses import dataclass
from pathlib import Path

from authoring.files import ROOT
from jwtlab.errors import LabError


class PracticeError(LabError):
    """An exercise that cannot be read or built: which file and line, what is wrong, and what to do."""


@dataclass(frozen=True)
class Places:
    """The folders of one course."""

    root: Path

    @property
    def sources(self) -> Path:
        return self.root / "course" / "exercises"

    @property
    def exercises(self) -> Path:
        return self.root / "exercises"

    @property
    def checks(self) -> Path:
        return self.exercises / "checks"

    @property
    def projects(self) -> Path:
        return self.exercises / "projects"

    @property
    def solutions(self) -> Path:
        return self.root / "solutions"

    def find(self, names: list[str] | None = None) -> list[Path]:
        """The texts of all exercises, or of those named by id (02.whoami), notebook (02) or path.

        Raises PracticeError for a name that means none.
        """
        paths = sorted(self.sources.glob("[0-9][0-9]/*.py"))
        if not names:
            return paths
        chosen = [path for path in paths if any(means(name, path) for name in names)]
        for name in names:
            if not any(means(name, path) for path in chosen):
                known = ", ".join(map(id_of, paths)) or "none yet"
                raise PracticeError(f"There is no exercise {name!r}. There are: {known}.")
        return chosen

    def name(self, path: Path) -> str:
        """A path as people write it, from the root of the course."""
        return path.relative_to(self.root).as_posix()


def id_of(path: Path) -> str:
    """The id of the exercise in this file: 02/whoami.py is 02.whoami."""
    return f"{path.parent.name}.{path.stem}"


def means(name: str, path: Path) -> bool:
    """Whether `name` is the id, the notebook's number or the end of the path of the text at `path`."""
    ending = f"{path.parent.name}/{path.name}"
    return name in (id_of(path), path.parent.name) or bool(re.search(rf"(^|/){re.escape(ending)}$", name))


PLACES = Places(ROOT)
