"""Pointers: where a text of the course names a notebook, or a section of one by its heading, it is there.

    Notebook 02, *Who may call a view that names no permission?*

Everything below course/ is looked at as it stands in its file: lessons, exercises, quizzes, guides.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from authoring.lesson import Lesson
from authoring.lint.model import Draft
from authoring.manifest import Course

# Between two words of a text: a line may end there, and in an exercise the next one begins with `#`.
GAP = r"(?:[ \t]|\n[ \t]*(?:#[ \t]*)?)+"
POINTER = re.compile(
    rf"\bnotebook{GAP}(?P<number>\d\d)\b(?P<sections>(?:,?{GAP}(?:and{GAP})?\*(?!\*)[^*]+\*)*)", re.IGNORECASE
)
SECTION = re.compile(r"\*([^*]+)\*")
SUFFIXES = {".md", ".py", ".toml"}

Dead = tuple[Path, int, str]  # file, line, what is wrong and what to do


def dead_pointers(lessons: Iterable[Lesson], course: Course) -> Iterator[Dead]:
    """Yield every pointer to a notebook or a section that is not there."""
    headings = {lesson.meta.number: headings_of(lesson) for lesson in lessons}
    planned = {name[:2] for name in course.contents().planned}
    for path in sorted((course.root / "course").rglob("*")):
        if path.suffix in SUFFIXES:
            yield from dead_in(path, headings, planned)


def headings_of(lesson: Lesson) -> set[str]:
    return {title for cell in Draft.of(lesson).markdown for _, title in cell.headings}


def dead_in(path: Path, headings: Mapping[str, set[str]], planned: set[str]) -> Iterator[Dead]:
    """Yield the pointers of one file that lead nowhere."""
    text = path.read_text(encoding="utf-8")
    for pointer in POINTER.finditer(text):
        number, begin = pointer["number"], pointer.start("sections")
        line = text.count("\n", 0, pointer.start()) + 1
        if number not in headings and (number not in planned or pointer["sections"]):
            there = f"{', '.join(sorted(headings))}; to come: {', '.join(sorted(planned)) or 'none'}"
            yield path, line, f"there is no notebook {number}. There are {there}."
            continue
        for section in SECTION.finditer(pointer["sections"]):
            title = " ".join(re.sub(GAP, " ", section[1]).split())
            if title not in headings[number]:
                line = text.count("\n", 0, begin + section.start()) + 1
                yield (
                    path,
                    line,
                    f"notebook {number} has no section {title!r}. {instead(title, headings[number])}",
                )


def instead(title: str, headings: set[str]) -> str:
    """Return what could be meant."""
    near = get_close_matches(title, headings, n=1, cutoff=0.5)
    return f"Is it {near[0]!r}?" if near else f"It has: {', '.join(map(repr, sorted(headings)))}."
