"""The pages made from the lessons' metadata: notebooks/START.md, notebooks/GLOSSARY.md and the table in README.md."""

import re
from pathlib import Path

from authoring.lesson import NOTEBOOKS, ROOT, Lesson, LessonError

README = ROOT / "README.md"
TABLE = re.compile(r"(?<=<!-- notebooks:begin -->\n).*?(?=<!-- notebooks:end -->)", re.DOTALL)

START = """\
# Start here

You learn JWT authentication with Django by running it: predict, run, read what came back.

{table}

## How the course works

1. Open a notebook from the table and run its cells from top to bottom with Shift+Enter. Begin with the first.
2. Where a cell is announced by **Predict.**, write down your answer before you run it. A wrong guess teaches more than none.
3. Each notebook starts its own demo site on this machine. It stops when you close the notebook's kernel.
4. These are your copies: change anything. `make reset NB=02` brings a notebook back and keeps yours under a dated name.
5. A word you do not know is in the [glossary](GLOSSARY.md). When something does not work, run `make doctor`.
"""

GLOSSARY = """\
# Glossary

Each word, what it means in this course, and the notebook that introduces it.

{entries}
"""


def pages(lessons: list[Lesson]) -> dict[Path, str]:
    """Every generated page, as path and text. Raises LessonError when README.md has lost its markers."""
    return {
        NOTEBOOKS / "START.md": START.format(table=start_table(lessons)),
        NOTEBOOKS / "GLOSSARY.md": glossary(lessons),
        README: with_table(README.read_text(encoding="utf-8"), readme_table(lessons)),
    }


def start_table(lessons: list[Lesson]) -> str:
    """The table of the start page: number and link, what you do, minutes, objectives."""
    rows = [
        f"| {link(lesson)} | {lesson.meta.summary} | {lesson.meta.minutes} | {'<br>'.join(lesson.meta.objectives)} |"
        for lesson in lessons
    ]
    return "\n".join(
        ["| notebook | what you do | minutes | at the end you can |", "|---|---|--:|---|", *rows]
    )


def readme_table(lessons: list[Lesson]) -> str:
    """The table of README.md: number and link, what you do, minutes."""
    rows = [
        f"| {link(lesson, 'notebooks/')} | {lesson.meta.summary} | {lesson.meta.minutes} |"
        for lesson in lessons
    ]
    return "\n".join(["| notebook | what you do | minutes |", "|---|---|--:|", *rows])


def link(lesson: Lesson, folder: str = "") -> str:
    return f"[{lesson.meta.number} {lesson.meta.title}]({folder}{lesson.name}.ipynb)"


def glossary(lessons: list[Lesson]) -> str:
    """All terms in alphabetical order, a heading each, which is their anchor. Raises LessonError on a term defined twice."""
    entries: dict[str, str] = {}
    for lesson in lessons:
        for term, definition in lesson.meta.terms.items():
            if term in entries:
                raise LessonError(
                    f"{lesson.path.name} defines {term!r}, which an earlier lesson defines. Keep one of them."
                )
            entries[term] = f"## {term}\n\n{definition} Introduced in {link(lesson)}."
    return GLOSSARY.format(entries="\n\n".join(entries[term] for term in sorted(entries, key=str.casefold)))


def with_table(readme: str, table: str) -> str:
    """`readme` with the table between its two markers."""
    if not TABLE.search(readme):
        raise LessonError(
            "README.md has lost its `<!-- notebooks:begin -->` and `<!-- notebooks:end -->` lines. Put them back."
        )
    return TABLE.sub(lambda _: table + "\n", readme)
