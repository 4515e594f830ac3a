"""Where the course keeps its lessons, notebooks and pages, and the tags that cells of all of them carry."""

from dataclasses import dataclass
from pathlib import Path

from jwtlab.errors import LabError

FRAME_TAG = "frame"
RAISES_TAG = "raises-exception"
# What a cell keeps of its metadata. JupyterLab adds others of its own (scrolled, editable, …), nobody's text.
KEPT_CELL_METADATA = ("tags",)


class LessonError(LabError):
    """A lesson that cannot be read, built or brought back: which one, why, and what to do."""


@dataclass(frozen=True)
class Course:
    """Where the lessons' text, their notebooks and the page with the table of notebooks are."""

    root: Path

    @property
    def lessons(self) -> Path:
        return self.root / "course" / "lessons"

    @property
    def notebooks(self) -> Path:
        return self.root / "notebooks"

    @property
    def readme(self) -> Path:
        return self.root / "README.md"

    def find(self, names: list[str] | None = None) -> list[Path]:
        """The lessons' files in order, or those named by number, name or path.

        Raises LessonError for an unknown one.
        """
        paths = sorted(self.lessons.glob("[0-9][0-9]_*.md"))
        return [self.find_one(name, paths) for name in names] if names else paths

    def find_one(self, name: str, paths: list[Path]) -> Path:
        """The one of `paths` that `name` means: 01, 01_jwt_anatomy or a path that ends in it."""
        for path in paths:
            if Path(name).stem in (path.stem, path.stem[:2]):
                return path
        known = ", ".join(path.stem for path in paths) or "none yet"
        raise LessonError(f"There is no lesson {name!r}. Known: {known}.")


ROOT = Path(__file__).resolve().parent.parent
COURSE = Course(ROOT)
