"""The cells of an exercise's text, with their lines in the file.

The format is jupytext's percent format (`# %% title [markdown]`), so JupyterLab opens the file. jupytext
itself does not say on which line a cell begins, and a message to a writer has to, hence this reader.
"""

import re
from dataclasses import dataclass

BEGIN = "# %%"
MARKDOWN = "[markdown]"


@dataclass(frozen=True)
class Cell:
    """One cell. `text` is the body without blank lines around it, and for a text cell without the `# `."""

    title: str
    is_text: bool
    text: str
    line: int  # of the mark, counted from 1
    body_line: int  # of the first line of `text`


def split(text: str) -> tuple[list[Cell], list[tuple[int, str]]]:
    """Return the cells of a file, and what is wrong with it as (line, sentence)."""
    cells: list[Cell] = []
    problems: list[tuple[int, str]] = []
    lines = text.splitlines()
    marks = [number for number, line in enumerate(lines) if line.startswith(BEGIN)]
    if any(line.strip() for line in lines[: marks[0] if marks else None]):
        problems.append(
            (1, "the file begins with something that is no cell. Begin with `# %% exercise [markdown]`.")
        )
    for start, end in zip(marks, [*marks[1:], len(lines)], strict=False):
        title = lines[start].removeprefix(BEGIN).strip()
        is_text = f" {title}".endswith(f" {MARKDOWN}")
        title = title.removesuffix(MARKDOWN).strip() if is_text else title
        cell, found = read(title, is_text, lines[start + 1 : end], start + 1)
        cells.append(cell)
        problems += found
    return cells, problems


def read(title: str, is_text: bool, lines: list[str], line: int) -> tuple[Cell, list[tuple[int, str]]]:
    """One cell of the `lines` below its mark, which stands on `line`."""
    problems = []
    if is_text:
        for number, content in enumerate(lines, start=line + 1):
            if content.strip() and not content.startswith("#"):
                advice = "Every line of a [markdown] cell begins with `# `; a cell of code has no [markdown]."
                problems.append((number, f"{content.strip()!r} is no comment. {advice}"))
        lines = [re.sub(r"^# ?", "", content) for content in lines]
    first = next((number for number, content in enumerate(lines) if content.strip()), 0)
    body = "\n".join(content.rstrip() for content in lines[first:]).rstrip()
    return Cell(title, is_text, body, line, line + 1 + first), problems
