"""The two notebooks of a lesson's exercises: the starters, and the solutions with what to say about them."""

import difflib

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from authoring.run.canonical import canonical
from authoring.manifest import FRAME_TAG
from authoring.lesson import Lesson
from authoring.exercises.answer_patches import Answer
from authoring.exercises.source import Source

STAGES = {"worked": "an example to follow", "faded": "fill in the blanks", "free": "yours to write"}
FRAME = """\
# {number} · Exercises: {title}

{count} exercises on notebook {number}, about {minutes} minutes. Each is checked when you run its cell.

- A verdict is *passed*, *not yet*, *not attempted* or *could not run*, and says what came back.
- Stuck? `hint("{first}")` in a cell of its own gives one hint more each time.
- In a terminal, `make check EX={first}` says the same, and `make progress` shows what is done."""
SOLUTIONS = """\
# {number} · Solutions: {title}

One solution for each exercise on notebook {number}, run and checked, with other right answers and with wrong
ones that people give. Read it after your own answer has passed: comparing the two is half of the gain."""


def exercise_notebook(lesson: Lesson, sources: list[Source]) -> NotebookNode:
    """Return the notebook that a learner works in: never run, so without outputs."""
    cells = [frame(FRAME, lesson, sources), new_code_cell("%load_ext jwtlab.checker")]
    for source in sources:
        cells += [new_markdown_cell(asked(source)), new_code_cell(starter_cell(source))]
    return notebook(lesson, cells)


def solution_notebook(lesson: Lesson, sources: list[Source]) -> NotebookNode:
    """Return the notebook with the solutions, before it has run."""
    cells = [frame(SOLUTIONS, lesson, sources), new_code_cell("%load_ext jwtlab.checker")]
    for source in sources:
        cells += [new_markdown_cell(asked(source)), *map(new_code_cell, solution_cells(source))]
        cells += [new_markdown_cell(text) for text in (other_answers(source), wrong_answers(source)) if text]
    return notebook(lesson, cells)


def notebook(lesson: Lesson, cells: list[NotebookNode]) -> NotebookNode:
    return canonical(new_notebook(cells=cells, metadata={"jwtlab": {"number": lesson.meta.number}}))


def frame(template: str, lesson: Lesson, sources: list[Source]) -> NotebookNode:
    text = template.format(
        number=lesson.meta.number,
        title=lesson.meta.title,
        count=len(sources),
        minutes=sum(source.meta.minutes for source in sources),
        first=sources[0].id,
    )
    cell: NotebookNode = new_markdown_cell(text, metadata={"tags": [FRAME_TAG]})
    return cell


def asked(source: Source) -> str:
    """Return the heading of an exercise, and what is asked."""
    meta = source.meta
    head = f"## {meta.title}\n\n`{source.id}` · {STAGES[meta.stage]} · about {meta.minutes} minutes"
    if meta.kind == "predict":
        lines = [f"- `{letter}`: {option.text}" for letter, option in source.options.items()]
        return "\n\n".join([head, source.text, "\n".join(lines), "Write the letter in place of the dots."])
    if meta.kind == "file":
        folder = f"projects/{source.notebook}/{source.path.stem}"
        lines = [f"- [{file}]({folder}/{file})" for file in source.edited]
        return "\n\n".join([head, source.text, "Edit, save, and run the cell below:", "\n".join(lines)])
    return f"{head}\n\n{source.text}"


def starter_cell(source: Source) -> str:
    if source.meta.kind == "file":
        return f"%exercise {source.id}"
    return f"%%exercise {source.id}\n{source.starter}"


def solution_cells(source: Source) -> list[str]:
    """Return the cells with the solution; of a project, one for each file that is edited."""
    if isinstance(source.solution, str):
        return [f"%%solution {source.id}\n{source.solution}"]
    *earlier, last = source.edited
    marks = [
        *(f"{file} --more" for file in earlier),
        last,
    ]  # --more: the next cell belongs to the same answer
    files = zip(marks, source.edited, strict=True)
    return [f"%%solution {source.id} {mark}\n{source.solution[file]}" for mark, file in files]


def other_answers(source: Source) -> str:
    """Return the other right answers, as what differs from the solution."""
    parts = [
        f"*{words(name)}*\n\n{difference(source.solution, answer)}"
        for name, answer in source.also_right.items()
    ]
    return "\n\n".join(["**Also right.**", *parts]) if parts else ""


def wrong_answers(source: Source) -> str:
    """Return the wrong answers: what each changes, and what it is told."""
    if source.meta.kind == "predict":
        rows = [
            f"- `{letter}`: {source.messages[option.key].title}"
            for letter, option in source.options.items()
            if option.key and option.key in source.messages
        ]
        return "\n".join(["**What the other letters are told.**", "", *rows])
    parts = [
        f"*{words(wrong.name)}*: {told(source, wrong.key)}\n\n{difference(source.solution, wrong.answer)}"
        for wrong in source.wrong
    ]
    summary = "<summary>Answers that do not pass, and what they are told</summary>"
    return "\n\n".join([f"<details>{summary}", *parts, "</details>"])


def told(source: Source, key: str) -> str:
    """Return the title of a message; general messages have none here."""
    return source.messages[key].title if key in source.messages else f"the fixed message `{key}`"


def words(name: str) -> str:
    return name.replace("-", " ").capitalize()


def difference(solution: Answer, answer: Answer) -> str:
    """Return what an answer changes in the solution, as a fenced diff without its header and without context."""
    one, other = (({"": text} if isinstance(text, str) else text) for text in (solution, answer))
    lines = []
    for file, text in other.items():
        changed = difflib.unified_diff(one.get(file, "").splitlines(), text.splitlines(), n=0, lineterm="")
        body = [line for line in list(changed)[2:] if not line.startswith("@@")]
        lines += [f"# {file}", *body] if file and body else body
    return "\n".join(["```diff", *lines, "```"])
