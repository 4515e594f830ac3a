"""What is made from the lessons' metadata: notebooks/START.md, notebooks/GLOSSARY.md, README.md's table."""

import re
from collections.abc import Sequence
from pathlib import Path

from authoring.lesson import Lesson
from authoring.manifest import Course, CourseError

TABLE = re.compile(r"(?<=<!-- notebooks:begin -->\n).*?(?=<!-- notebooks:end -->)", re.DOTALL)

START = """\
# Start here

You learn JWT authentication with Django by running it: predict, run, read what came back.

{table}

## How the course works

1. Open a notebook from the table and run its cells from top to bottom with Shift+Enter. Begin with the first.
2. Where a cell says **Predict.**, write down your answer before you run the next one. Then compare.
3. Each notebook starts a demo site of its own on this machine. The site stops with the notebook's kernel.
4. `make lab` opens your own copies: change anything. `make reset NB=02` gives a fresh one and keeps yours.
5. A word you do not know is in the [glossary](GLOSSARY.md). When something does not work, run `make doctor`.
"""

GLOSSARY = """\
# Glossary

Each word, what it means in this course, and the notebook that introduces it.

{entries}
"""


def pages(lessons: list[Lesson], course: Course) -> dict[Path, str]:
    """Every generated page, as path and text. Raises CourseError when README.md has lost its markers."""
    return {
        course.notebooks / "START.md": START.format(table=start_table(lessons)),
        course.notebooks / "GLOSSARY.md": glossary(lessons),
        course.readme: with_table(course.readme.read_text(encoding="utf-8"), readme_table(lessons)),
    }


def start_table(lessons: list[Lesson]) -> str:
    """Return the table of the start page: number and link, what you do, minutes, objectives."""
    rows = [
        (link(lesson), lesson.meta.summary, str(lesson.meta.minutes), "<br>".join(lesson.meta.objectives))
        for lesson in lessons
    ]
    return table(("notebook", "what you do", "minutes", "at the end you can"), rows)


def readme_table(lessons: list[Lesson]) -> str:
    """Return the table of README.md: number and link, what you do, minutes."""
    rows = [(link(lesson, "notebooks/"), lesson.meta.summary, str(lesson.meta.minutes)) for lesson in lessons]
    return table(("notebook", "what you do", "minutes"), rows)


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a Markdown table; the column of minutes stands to the right."""
    rule = tuple("--:" if title == "minutes" else "---" for title in head)
    cells = [head, rule, *(tuple(text.replace("|", r"\|") for text in row) for row in rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


def link(lesson: Lesson, folder: str = "") -> str:
    return f"[{lesson.meta.number} {lesson.meta.title}]({folder}{lesson.name}.ipynb)"


def glossary(lessons: list[Lesson]) -> str:
    """All terms in alphabetical order, each under a heading, which is its anchor."""
    entries = {
        term: f"## {term}\n\n{definition} Introduced in {link(lesson)}."
        for lesson in lessons
        for term, definition in lesson.meta.terms.items()
    }
    return GLOSSARY.format(entries="\n\n".join(entries[term] for term in sorted(entries, key=str.casefold)))


def with_table(readme: str, table: str) -> str:
    """`readme` with the table between its two markers."""
    if not TABLE.search(readme):
        raise CourseError(
            "README.md has lost `<!-- notebooks:begin -->` and `<!-- notebooks:end -->`. Put them back."
        )
    return TABLE.sub(lambda _: table + "\n", readme)
