"""Read an exercise as its writer wrote it: course/exercises/NN/slug.py, checked for form.

It is read in five steps: its cells, its head, its solution, the record with the other answers, and what holds
between them. All that a step finds wrong is said at once, each with file, line and what to do; the next step
needs what it returns. What the texts say is for `lint`, what the answers do is for `proofs`.
"""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar, get_args, get_origin, get_type_hints

import yaml

from authoring.exercises.percent_format import Cell, split
from authoring.exercises.cuts import Cut, CutError, cut, in_file
from authoring.exercises.answer_patches import Answer, PatchError, apply
from authoring.exercises.source import FACES, KINDS, NEEDS, STAGES, Message, Meta, Option, Source, Wrong
from authoring.manifest import COURSE, Course, CourseError
from jwtlab.checker.catalogue import CODE, FILE, PREDICT

SLIP = "slip"  # a wrong answer that shows no belief, only a moment's inattention

NAME = r"[a-z0-9]+(?:-[a-z0-9]+)*"
TITLES = {
    "exercise": re.compile(r"exercise"),
    "solution": re.compile(r"solution"),
    "option": re.compile(
        rf"option (?P<letter>[a-h])(?: -> (?P<key>{NAME}) \| (?P<why>slip|misconception: {NAME}))?"
    ),
    "also_right": re.compile(rf"also_right: (?P<name>{NAME})"),
    "wrong": re.compile(
        rf"wrong: (?P<name>{NAME}) -> (?P<key>{NAME}) \| (?P<why>slip|misconception: {NAME})"
    ),
    "check": re.compile(r"check"),
    "message": re.compile(rf"message: (?P<key>{NAME})"),
    "hint": re.compile(r"hint (?P<number>[123])"),
    "proven": re.compile(r"proven"),
    "not checked": re.compile(r"not checked"),
}
FORMS = {
    "option": "`option a`, or `option a -> message-key | misconception: id`",
    "also_right": "`also_right: name`",
    "wrong": "`wrong: name -> message-key | misconception: id`, or `… | slip` where no belief is behind it",
    "message": "`message: key`",
    "hint": "`hint 1`, `hint 2`, `hint 3`",
}
TEXTS = {"exercise", "option", "message", "hint", "proven", "not checked"}
CODES = {"solution", "check"}
ONCE = ("exercise", "check", "proven", "not checked")

# Fields of the head that have one of a few values, each or each of its items.
ALLOWED = {"kind": KINDS, "stage": STAGES, "site": FACES, "needs": NEEDS}
REQUIRED = ("title", "stage", "minutes", "concepts")

Titled = tuple[Cell, re.Match[str]]
Cells = Mapping[str, list[Titled]]
Say = Callable[[int, str], None]  # what is wrong: the line, and a sentence
Given = ParamSpec("Given")
Made = TypeVar("Made")


def read_source(path: Path, course: Course = COURSE) -> Source:
    """Read one exercise. Raises one CourseError with everything that is wrong with its form."""

    def step(
        function: Callable[Concatenate[Say, Given], Made | None], *given: Given.args, **_: Given.kwargs
    ) -> Made:
        problems: list[tuple[int, str]] = []
        made = function(lambda line, problem: problems.append((line, problem)), *given, **_)
        if problems or made is None:
            raise CourseError(
                "\n".join(f"{course.place(path, line)}: {problem}" for line, problem in sorted(problems))
            )
        return made

    cells = step(cells_by_title, path.read_text(encoding="utf-8"))
    meta = step(head, cells)
    cuts = step(solution, cells, meta, path, course)
    source = step(record, cells, meta, cuts, path)
    return step(together, source)


# --- The cells


def cells_by_title(say: Say, text: str) -> Cells:
    """Return the cells by the first word of their title, those that must be there and no others."""
    cells: dict[str, list[Titled]] = {name: [] for name in TITLES}
    written, problems = split(text)
    for line, problem in problems:
        say(line, problem)
    for cell in written:
        if titled := name_of(say, cell):
            name, match = titled
            cells[name].append((cell, match))
    count(say, cells)
    return cells


def name_of(say: Say, cell: Cell) -> tuple[str, re.Match[str]] | None:
    """Return the first word of a cell's title and what else is in it; None where it is no title."""
    name = next((name for name in TITLES if re.match(rf"{name}\b", cell.title)), None)
    if name is None:
        say(cell.line, f"a cell with the title {cell.title!r}. Titles begin with: {', '.join(TITLES)}.")
        return None
    match = TITLES[name].fullmatch(cell.title)
    if match is None:
        say(cell.line, f"the title {cell.title!r}. Write {FORMS.get(name, f'`{name}`')}.")
        return None
    if name in TEXTS and not cell.is_text:
        say(cell.line, f"`{name}` is a text. Write `# %% {cell.title} [markdown]`.")
    if name in CODES and cell.is_text:
        say(cell.line, f"`{name}` is code. Write `# %% {cell.title}`.")
    if not cell.text:
        say(cell.line, f"the cell `{cell.title}` is empty. Fill it or remove it.")
    return name, match


def count(say: Say, cells: Cells) -> None:
    """Say which cells are missing, and which are there twice."""
    for name in ONCE:
        if len(cells[name]) != 1:
            say(1, f"{len(cells[name])} cells `{name}`. Write one.")
    if [match["number"] for _, match in cells["hint"]] != ["1", "2", "3"]:
        say(1, "three hints, `hint 1`, `hint 2` and `hint 3`, in this order.")
    for name, group in (("message", "key"), ("wrong", "name"), ("also_right", "name"), ("option", "letter")):
        seen = Counter(match[group] for _, match in cells[name])
        for cell, match in cells[name]:
            if seen[match[group]] > 1:
                say(cell.line, f"a second {name} {match[group]!r}. Give it another name.")


def only(cells: Cells, name: str) -> Cell:
    return cells[name][0][0]


# --- The head


def head(say: Say, cells: Cells) -> Meta | None:
    """Return the metadata, or None where something is wrong with it."""
    cell = only(cells, "exercise")
    text, _, asked = cell.text.partition("\n\n")
    try:
        given = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = cell.body_line + (mark.line if mark else 0)
        say(line, f"the metadata cannot be read: {getattr(error, 'problem', error)}.")
        return None
    if not isinstance(given, dict):
        say(cell.body_line, "begin with lines `title: …`, `stage: faded`, … and an empty line.")
        return None
    if not asked.strip():
        say(cell.body_line, "nothing is asked. Write it below the metadata, after an empty line.")
    wrong = list(wrong_fields(given, lines_of_head(cell)))
    for problem in wrong:
        say(*problem)
    return None if wrong else Meta(**given)


def lines_of_head(cell: Cell) -> dict[str, int]:
    """Return on which line of the file each field stands; those that are missing belong to the first."""
    first = dict.fromkeys((one.name for one in fields(Meta)), cell.body_line)
    return first | {
        text.partition(":")[0]: line
        for line, text in enumerate(cell.text.partition("\n\n")[0].splitlines(), start=cell.body_line)
    }


def wrong_fields(given: Mapping[str, Any], lines: Mapping[str, int]) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with the fields of the head, and on which line."""
    types = get_type_hints(Meta)
    for name in given.keys() - types.keys():
        yield lines.get(name, 1), f"no field {name!r}. There are: {', '.join(types)}."
    for name in REQUIRED:
        if name not in given:
            yield lines[name], f"the field `{name}:` is missing."
    for name, value in given.items():
        if name in types and not fits(value, types[name]):
            yield lines[name], f"`{name}` must be {in_words(types[name])}, and is {value!r}."
        elif name in ALLOWED:
            for item in value if isinstance(value, list) else [value]:
                if item not in ALLOWED[name]:
                    yield lines[name], f"`{name}: {item}`. One of: {', '.join(ALLOWED[name])}."


def fits(value: object, wanted: Any) -> bool:
    """Whether a value of the metadata is of the type of its field."""
    if get_origin(wanted) is list:
        return isinstance(value, list) and all(isinstance(item, get_args(wanted)) for item in value)
    return type(value) is wanted


def in_words(wanted: Any) -> str:
    names = {str: "a text", int: "a number", bool: "true or false", list: "a list such as [exp, aud]"}
    return names[get_origin(wanted) or wanted]


# --- The solution


def solution(say: Say, cells: Cells, meta: Meta, path: Path, course: Course) -> dict[str, Cut]:
    """Return the marked texts by file, taken apart. The cells must be those of this kind of exercise."""
    folder = path.with_suffix("")  # of a `file` exercise: the project lies beside its text, under its name
    of_kinds = {"solution": (CODE,), "option": (PREDICT,), "wrong": (CODE, FILE), "also_right": (CODE, FILE)}
    for name, kinds in of_kinds.items():
        for cell, _ in cells[name] if meta.kind not in kinds else []:
            say(cell.line, f"an exercise of kind {meta.kind} has no cell `{name}`. See README.md, The kinds.")
    if meta.kind == PREDICT and [match["key"] for _, match in cells["option"]].count(None) != 1:
        say(1, "one option is right and has no `-> message-key`; all others have one.")
    if meta.kind == CODE and len(cells["solution"]) != 1:
        say(1, f"{len(cells['solution'])} cells `solution`. Write one, with `# <<` and `# >>`.")
    elif meta.kind == CODE:
        cell = only(cells, "solution")
        return taken_apart(say, {"": (cell.text, cell.body_line - 1, "")})
    elif meta.kind == FILE and not folder.is_dir():
        say(1, f"the project with the solution must be in {course.name(folder)}/.")
    elif meta.kind == FILE:
        files = [path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
        settings = meta.settings_module and meta.settings_module.replace(".", "/") + ".py"
        for name in filter(None, (meta.run, settings)):
            if not (folder / name).is_file():
                say(1, f"there is no {course.name(folder)}/{name}, which the head names.")
        return taken_apart(
            say,
            {
                path.relative_to(folder).as_posix(): (path.read_text(encoding="utf-8"), 0, course.name(path))
                for path in files
            },
        )
    return {}


def taken_apart(say: Say, marked: Mapping[str, tuple[str, int, str]]) -> dict[str, Cut]:
    """Cut marked texts by file, given with the lines above them and the name of another file."""
    cuts, is_broken = {}, False
    for file, (text, above, other) in marked.items():
        try:
            cuts[file] = cut(text, above=above, file=other)
        except CutError as error:
            is_broken = True
            say(*in_file(other, error.line + above, str(error)))
    if not is_broken and not any(one.written for one in cuts.values()):
        say(1, "nothing is cut out of the solution. Put `# <<` and `# >>` around what the learner writes.")
    for file, one in cuts.items():
        if not file or file.endswith(".py"):
            of = f" of {file}" if file else ""
            read_python(say, f"the solution{of}", one.solution, one.solution_line, other=one.file)
            read_python(say, f"the starter{of}", one.starter, one.starter_line, other=one.file, cure="A blank is `...`.")
    return cuts


def read_python(
    say: Say, name: str, text: str, line_of: Callable[[int], int], *, other: str = "", cure: str = "Correct it."
) -> ast.Module | None:
    """Parse a text. None where it is no Python, which is said with the line of the file."""
    try:
        return ast.parse(text)
    except SyntaxError as error:
        say(*in_file(other, line_of(error.lineno or 1), f"{name} is no Python: {error.msg}. {cure}"))
        return None


# --- The record


def record(say: Say, cells: Cells, meta: Meta, cuts: dict[str, Cut], path: Path) -> Source:
    """Return the exercise; its other answers are made from the solution here."""
    whole = {file: one.solution for file, one in cuts.items()}
    solution: Answer = whole if meta.kind == FILE else whole.get("", "")
    asked, check = only(cells, "exercise"), only(cells, "check")
    check_code(say, check, meta)
    return Source(
        path=path,
        meta=meta,
        text=asked.text.partition("\n\n")[2].strip(),
        cuts=cuts,
        also_right={match["name"]: answer(say, cell, solution) for cell, match in cells["also_right"]},
        wrong=list(wrong_answers(say, cells, solution)),
        options={match["letter"]: option(cell, match) for cell, match in cells["option"]},
        check=check.text + "\n",
        messages={match["key"]: message(say, cell) for cell, match in cells["message"]},
        hints=[paragraph(cell.text) for cell, _ in cells["hint"]],
        proven=paragraph(only(cells, "proven").text),
        not_checked=paragraph(only(cells, "not checked").text),
        lines=lines_of(cells),
    )


def lines_of(cells: Cells) -> dict[str, int]:
    """Return where the fields of the head, what is asked, and each cell begin, by field or title."""
    asked = only(cells, "exercise")
    below = asked.text.partition("\n\n")[0].count("\n") + 2
    titled = {cell.title: cell.body_line for of_one in cells.values() for cell, _ in of_one}
    return {**titled, **lines_of_head(asked), "asked": asked.body_line + below}


def check_code(say: Say, cell: Cell, meta: Meta) -> None:
    """See that the check is Python, has the function that is called, and asks a site only if there is one."""
    tree = read_python(say, "the check", cell.text, lambda line: cell.body_line + line - 1)
    named = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)] if tree else ["check"]
    if "check" not in named:
        say(cell.line, "no function `check(learner, site)`.")
    if meta.site or meta.settings_module:
        return
    for node in ast.walk(tree or ast.Module([], [])):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "site":
            advice = "Write `site: seed` there, or another face."
            say(cell.body_line + node.lineno - 1, f"the check asks a site, and the head names none. {advice}")
            return


def wrong_answers(say: Say, cells: Cells, solution: Answer) -> Iterator[Wrong]:
    """Yield the wrong answers; of a prediction, those are the options that have a message."""
    for cell, match in cells["wrong"]:
        yield Wrong(match["name"], cell.line, match["key"], belief(match), answer(say, cell, solution))
    for cell, match in cells["option"]:
        if match["key"]:
            letter = match["letter"]
            yield Wrong(f"option-{letter}", cell.line, match["key"], belief(match), f"{letter}\n")


def answer(say: Say, cell: Cell, solution: Answer) -> Answer:
    """Return the answer in a cell: whole, as code, or as a patch of the solution."""
    if not cell.is_text:
        if isinstance(solution, dict):
            say(cell.line, "an answer in files is a patch. Write `[markdown]` behind the title.")
        return cell.text + "\n"
    try:
        return apply(cell.text, solution)
    except PatchError as error:
        say(cell.body_line + error.line - 1, str(error))
        return ""


def message(say: Say, cell: Cell) -> Message:
    title, _, rest = cell.text.partition("\n\n")
    if not rest.strip():
        advice = "Write the title, an empty line, and where to look next."
        say(cell.line, f"the message has one paragraph. {advice}")
    return Message(cell.line, paragraph(title), paragraph(rest))


def paragraph(text: str) -> str:
    """Return a text as one line for each of its paragraphs."""
    return "\n\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()))


def option(cell: Cell, match: re.Match[str]) -> Option:
    return Option(cell.line, paragraph(cell.text), match["key"])


def belief(match: re.Match[str]) -> str | None:
    """Return the id of the misconception that a title names."""
    return None if match["why"] == SLIP else match["why"].removeprefix("misconception: ")


# --- Together


def together(say: Say, source: Source) -> Source:
    """Return the exercise where its answers are enough, and none is the solution."""
    enough = 5 if source.meta.security else 3
    if len(source.wrong) < enough:
        say(1, f"{len(source.wrong)} wrong answers. Write {enough} or more.")
    if not source.misconceptions:
        say(1, "no wrong answer names a misconception. Name one where a belief is behind it.")
    for wrong in source.wrong:
        if wrong.answer == source.solution:
            say(wrong.line, f"the wrong answer {wrong.name!r} is the solution.")
    return source
