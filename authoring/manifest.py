"""The files of the course: where they are, which there are (course/course.toml), how built ones are written.

A lesson or an exercise is a line of course/course.toml and a file. Whatever needs them in their order asks
here, and nobody looks into the folders.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jwtlab.errors import LabError

FRAME_TAG = "frame"
RAISES_TAG = "raises-exception"
# What a cell keeps of its metadata. JupyterLab adds others of its own (scrolled, editable, …), nobody's text.
KEPT_CELL_METADATA = ("tags",)

LESSON = re.compile(r"\d\d_[a-z0-9_]+")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class CourseError(LabError):
    """Something that authors wrote cannot be read or built: which file and line, why, and what to do."""


@dataclass(frozen=True)
class Course:
    """The folders and files of one course."""

    root: Path

    @property
    def manifest(self) -> Path:
        return self.root / "course" / "course.toml"

    @property
    def lessons(self) -> Path:
        return self.root / "course" / "lessons"

    @property
    def texts(self) -> Path:
        """Where the exercises' texts are, NN/slug.py."""
        return self.root / "course" / "exercises"

    @property
    def quizzes(self) -> Path:
        return self.root / "course" / "quizzes"

    @property
    def misconceptions(self) -> Path:
        return self.root / "course" / "misconceptions.toml"

    @property
    def notebooks(self) -> Path:
        return self.root / "notebooks"

    @property
    def readme(self) -> Path:
        return self.root / "README.md"

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
    def built_quizzes(self) -> Path:
        return self.exercises / "quizzes"

    @property
    def solutions(self) -> Path:
        return self.root / "solutions"

    def contents(self) -> "Contents":
        """Return what the manifest says. Raises CourseError with all that it and the folders disagree on."""
        contents = read_manifest(self)
        problems = list(misnamed(contents))
        if problems := problems or [*without_file(contents, self), *without_line(contents, self)]:
            raise CourseError("\n".join(f"{self.place(*problem)}: {problem[2]}" for problem in problems))
        return contents

    def find(self, names: Iterable[str] | None = None) -> list[Path]:
        """Return the lessons' files in order, or those named by number, name or path.

        Raises CourseError for an unknown one.
        """
        paths = [self.lessons / f"{name}.md" for name in self.contents().lessons]
        return [lesson_named(name, paths) for name in names] if names else paths

    def find_exercises(self, names: Iterable[str] | None = None) -> list[Path]:
        """Return the exercises' texts in order, or those named by id (02.whoami), notebook (02) or path.

        Raises CourseError for a name that means none.
        """
        lessons = self.contents().lessons
        paths = [self.texts / name[:2] / f"{slug}.py" for name, slugs in lessons.items() for slug in slugs]
        return [path for path in paths if path in exercises_named(names, paths)] if names else paths

    def name(self, path: Path) -> str:
        """Return a path as people write it, from the root of the course."""
        return path.relative_to(self.root).as_posix()

    def place(self, path: Path, line: int, *_: object) -> str:
        """Return `file:line`, as a message begins."""
        return f"{self.name(path)}:{line}"


ROOT = Path(__file__).resolve().parent.parent
COURSE = Course(ROOT)


def lesson_named(name: str, paths: list[Path]) -> Path:
    """Return the one of `paths` that `name` means: 01, 01_jwt_anatomy or a path that ends in it."""
    wanted = Path(name).stem if name.endswith((".md", ".ipynb")) else name
    for path in paths:
        if wanted in (path.stem, path.stem[:2]):
            return path
    known = ", ".join(path.stem for path in paths) or "none yet"
    raise CourseError(f"There is no lesson {name!r}. Known: {known}.")


def exercises_named(names: Iterable[str], paths: list[Path]) -> set[Path]:
    """Return those of `paths` that one of `names` means. Raises CourseError for a name that means none."""
    chosen = {name: [path for path in paths if means(name, path)] for name in names}
    for name, found in chosen.items():
        if not found:
            known = ", ".join(map(id_of, paths)) or "none yet"
            raise CourseError(f"There is no exercise {name!r}. There are: {known}.")
    return {path for found in chosen.values() for path in found}


def id_of(path: Path) -> str:
    """Return the id of the exercise in this file: 02/whoami.py is 02.whoami."""
    return f"{path.parent.name}.{path.stem}"


def means(name: str, path: Path) -> bool:
    """Whether `name` is the id, the notebook's number or the end of the path of the text at `path`."""
    ending = f"{path.parent.name}/{path.name}"
    return name in (id_of(path), path.parent.name) or bool(re.search(rf"(^|/){re.escape(ending)}$", name))


# --- The manifest

Problem = tuple[Path, int, str]  # file, line, what is wrong and what to do


@dataclass(frozen=True)
class Contents:
    """What the manifest says: the slugs of the exercises by lesson, and the lessons that are to come."""

    lessons: dict[str, list[str]]
    planned: list[str]
    path: Path
    text: str

    def line(self, lesson: str, slug: str | None = None) -> int:
        """Return the line on which a lesson stands, or one of its exercises."""
        begin = re.search(rf'^"?{re.escape(lesson)}"?\s*=', self.text, re.MULTILINE)
        position = begin.end() if begin else 0
        if slug is not None:
            position = max(position, self.text.find(f'"{slug}"', position))
        return self.text.count("\n", 0, position) + 1


def read_manifest(course: Course) -> Contents:
    """Read course/course.toml. Raises CourseError where it is no TOML or has something else in it."""
    path = course.manifest
    if not path.is_file():
        raise CourseError(
            f"{course.name(path)} is missing. It lists the lessons: git checkout brings it back."
        )
    text = path.read_text(encoding="utf-8")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise CourseError(f"{course.place(path, int(line[1]) if line else 1)}: {error}. Mend it.") from None
    lessons, planned = table.get("lessons"), table.get("planned", [])
    if not isinstance(lessons, dict) or not is_texts(planned) or table.keys() - {"lessons", "planned"}:
        wanted = "It has a list `planned`, and a table `[lessons]`."
        raise CourseError(f"{course.place(path, 1)}: something else stands in it. {wanted}")
    contents = Contents(lessons, planned, path, text)
    for name, slugs in lessons.items():
        if not is_texts(slugs):
            wanted = f'`{name} = ["first-exercise", "second-exercise"]`, or `[]` for none yet'
            raise CourseError(
                f"{course.place(path, contents.line(name))}: {name} is no list. Write {wanted}."
            )
    return contents


def is_texts(value: Any) -> bool:
    """Whether a value of the manifest is a list of texts."""
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def misnamed(contents: Contents) -> Iterable[Problem]:
    """Names that cannot be, numbers that leave a gap or stand twice, exercises that are listed twice."""
    for number, (name, slugs) in enumerate(contents.lessons.items()):
        at = contents.path, contents.line(name)
        if not LESSON.fullmatch(name):
            yield (
                *at,
                f"{name!r} is no name of a lesson. Write two digits, `_`, and small letters: 09_forging.",
            )
        elif name[:2] != f"{number:02}":
            others = [other for other in contents.lessons if other[:2] == name[:2] and other != name]
            twice = f"{others[0]} has the number {name[:2]} as well. " if others else ""
            yield *at, f"{name} stands where the number is {number:02}. {twice}Renumber it, or move its line."
        for slug in dict.fromkeys(slugs):
            if not SLUG.fullmatch(slug):
                wanted = "Write small letters, digits and dashes: who-asks."
                yield (
                    contents.path,
                    contents.line(name, slug),
                    f"{slug!r} is no name of an exercise. {wanted}",
                )
            if slugs.count(slug) > 1:
                yield contents.path, contents.line(name, slug), f"{slug!r} stands twice. Take one line out."


def without_file(contents: Contents, course: Course) -> Iterable[Problem]:
    """Lines of the manifest to which there is no file."""
    for name, slugs in contents.lessons.items():
        if not (course.lessons / f"{name}.md").is_file():
            file = course.name(course.lessons / f"{name}.md")
            yield contents.path, contents.line(name), f"there is no {file}. Write it, or take the line out."
        for slug in slugs:
            if not (course.texts / name[:2] / f"{slug}.py").is_file():
                file = course.name(course.texts / name[:2] / f"{slug}.py")
                cure = f"`make new EXERCISE={name[:2]}.{slug}` makes one; or take the line out."
                yield contents.path, contents.line(name, slug), f"there is no {file}. {cure}"


def without_line(contents: Contents, course: Course) -> Iterable[Problem]:
    """Files of lessons, exercises and quizzes of which the manifest says nothing."""
    listed = course.name(course.manifest)
    for path in sorted(course.lessons.glob("*.md")):
        if path.stem not in contents.lessons:
            yield path, 1, f"{listed} does not list it. Add the line `{path.stem} = []`, or remove the file."
    slugs = {name[:2]: of_one for name, of_one in contents.lessons.items()}
    for path in sorted(course.texts.glob("[0-9][0-9]/*.py")):
        if path.parent.name not in slugs:
            yield path, 1, f"there is no lesson {path.parent.name} in {listed}. Write that first."
        elif path.stem not in slugs[path.parent.name]:
            yield path, 1, f'{listed} does not list it. Add the line `"{path.stem}",` to its lesson.'
    for path in sorted(course.texts.glob("[0-9][0-9]/[a-z]*/")):
        if not path.with_suffix(".py").is_file() and path.is_dir():
            text = course.name(path.with_suffix(".py"))
            yield (
                path,
                1,
                f"a project without an exercise: there is no {text}. Write it, or remove the folder.",
            )
    for path in sorted(course.quizzes.glob("*.toml")):
        if path.stem not in slugs:
            yield path, 1, f"there is no lesson {path.stem} in {listed}. Name the file after one."


# --- Built files


def holds(path: Path, text: str) -> bool:
    """Whether the file `path` is `text`, byte for byte."""
    return path.is_file() and path.read_bytes() == text.encode()


def outdated(files: Mapping[Path, str], stale: Iterable[Path] = ()) -> list[Path]:
    """Return what `settle` would write or remove."""
    return [*(path for path, text in files.items() if not holds(path, text)), *stale]


def settle(
    files: Mapping[Path, str], course: Course, *, stale: Iterable[Path] = (), check: str = ""
) -> list[str]:
    """Write those of `files` that differ and remove the `stale` ones; report it, a line a file.

    With `check`, the command that would write them, nothing is written, and a difference is a CourseError.
    """
    stale = list(stale)
    changed = outdated(files)
    if check and (changed or stale):
        names = "\n".join(map(course.name, [*changed, *stale]))
        raise CourseError(f"Not what course/ gives; run `{check}`:\n{names}")
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[path], encoding="utf-8", newline="\n")
    for path in stale:
        path.unlink()
    lines = [f"{'written  ' if path in changed else 'unchanged'}  {course.name(path)}" for path in files]
    return lines + [f"removed    {course.name(path)}" for path in stale]
