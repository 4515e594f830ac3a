"""Read an exercise as its writer wrote it: course/exercises/NN/slug.py, checked for form.

What is wrong with the form is said at once, each with file, line and what to do. What the texts say is for
`rules`, what the answers do is for `properties`.
"""

import ast
import re
from collections import Counter
from dataclasses import fields
from pathlib import Path
from typing import get_args, get_origin

import yaml

from authoring.exercises.cells import Cell, split
from authoring.exercises.cuts import Cut, CutError, cut
from authoring.exercises.patches import Answer, PatchError, apply
from authoring.exercises.places import PLACES, Places, PracticeError
from authoring.exercises.source import KINDS, STAGES, Message, Meta, Option, Source, Wrong

HINTS = 3
SLIP = "slip"  # a wrong answer that shows no belief, only a moment's inattention

SLUG = re.compile(r"[a-z0-9-]+")  # as jwtlab/checker/catalogue.py reads ids
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
TEXT = {"exercise", "option", "message", "hint", "proven", "not checked"}
CODE = {"solution", "check"}
ONCE = ("exercise", "check", "proven", "not checked")


def read_source(path: Path, places: Places = PLACES) -> Source:
    """Read one exercise. Raises one PracticeError with everything that is wrong with its form."""
    return Reader(path, places).read()


class Reader:
    """Reads one file, and collects what is wrong with it."""

    def __init__(self, path: Path, places: Places) -> None:
        self.path, self.places = path, places
        self.problems: list[tuple[int, str]] = []
        self.cells: dict[str, list[tuple[Cell, re.Match]]] = {name: [] for name in TITLES}

    def read(self) -> Source:
        if not SLUG.fullmatch(self.path.stem):
            self.say(1, "a file's name is the slug of the id: small letters, digits and dashes.")
            self.stop()
        cells, self.problems = split(self.path.read_text(encoding="utf-8"))
        for cell in cells:
            self.sort(cell)
        self.count()
        self.stop()  # what follows needs the cells that must be there
        meta, text = self.head()
        self.stop()
        self.shape(meta)
        self.stop()
        cuts = self.cuts(meta)
        self.stop()
        source = self.rest(meta, text, cuts)
        self.together(source)
        self.stop()
        return source

    def say(self, line: int, problem: str) -> None:
        self.problems.append((line, problem))

    def stop(self) -> None:
        """Raise what has been found so far, if anything was."""
        if self.problems:
            name = self.places.name(self.path)
            raise PracticeError("\n".join(f"{name}:{line}: {text}" for line, text in sorted(self.problems)))

    def sort(self, cell: Cell) -> None:
        """Put a cell where its title says."""
        name = re.match(r"not checked|\w*", cell.title).group()
        if name not in TITLES:
            return self.say(
                cell.line, f"a cell with the title {cell.title!r}. Titles begin with: {', '.join(TITLES)}."
            )
        if not (match := TITLES[name].fullmatch(cell.title)):
            return self.say(cell.line, f"the title {cell.title!r}. Write {FORMS.get(name, f'`{name}`')}.")
        if name in TEXT and not cell.is_text:
            self.say(cell.line, f"`{name}` is a text. Write `# %% {cell.title} [markdown]`.")
        if name in CODE and cell.is_text:
            self.say(cell.line, f"`{name}` is code. Write `# %% {cell.title}`.")
        if not cell.text:
            self.say(cell.line, f"the cell `{cell.title}` is empty. Fill it or remove it.")
        return self.cells[name].append((cell, match))

    def count(self) -> None:
        """What must be there, and what may be there once."""
        for name in ONCE:
            if len(self.cells[name]) != 1:
                self.say(1, f"{len(self.cells[name])} cells `{name}`. Write one.")
        numbers = [match["number"] for _, match in self.cells["hint"]]
        if numbers != ["1", "2", "3"]:
            self.say(1, "three hints, `hint 1`, `hint 2` and `hint 3`, in this order.")
        for name, group in (
            ("message", "key"),
            ("wrong", "name"),
            ("also_right", "name"),
            ("option", "letter"),
        ):
            seen = Counter(match[group] for _, match in self.cells[name])
            for cell, match in self.cells[name]:
                if seen[match[group]] > 1:
                    self.say(cell.line, f"a second {name} {match[group]!r}. Give it another name.")

    def one(self, name: str) -> Cell:
        return self.cells[name][0][0]

    def head(self) -> tuple[Meta | None, str]:
        """The metadata and what is asked."""
        cell = self.one("exercise")
        head, _, text = cell.text.partition("\n\n")
        try:
            given = yaml.safe_load(head)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = cell.body_line + (mark.line if mark else 0)
            return self.say(line, f"the metadata cannot be read: {getattr(error, 'problem', error)}."), ""
        if not isinstance(given, dict):
            return self.say(
                cell.body_line, "begin with lines `title: …`, `place: 1`, … and an empty line."
            ), ""
        if not text.strip():
            self.say(cell.body_line, "nothing is asked. Write it below the metadata, after an empty line.")
        return self.meta(given, cell), text.strip()

    def meta(self, given: dict, cell: Cell) -> Meta | None:
        """The metadata as a record, or None with what is wrong with it."""
        known = {one.name: one for one in fields(Meta)}

        def line(name: str) -> int:
            lines = cell.text.splitlines()
            return cell.body_line + next(
                (n for n, text in enumerate(lines) if text.startswith(f"{name}:")), 0
            )

        for name in given.keys() - known.keys():
            self.say(line(name), f"no field {name!r}. There are: {', '.join(known)}.")
        for name, one in known.items():
            if name not in given:
                if name in ("title", "place", "stage", "minutes", "concepts"):
                    self.say(cell.body_line, f"the field `{name}:` is missing.")
            elif not fits(given[name], one.type):
                self.say(line(name), f"`{name}` must be {in_words(one.type)}, and is {given[name]!r}.")
        for name, allowed in (("kind", KINDS), ("stage", STAGES)):
            if name in given and given[name] not in allowed:
                self.say(line(name), f"`{name}: {given[name]}`. One of: {', '.join(allowed)}.")
        return None if self.problems else Meta(**given)

    def shape(self, meta: Meta) -> None:
        """That the cells are those of this kind of exercise."""
        kind = meta.kind
        for name, kinds in (("solution", ["code"]), ("option", ["predict"]), ("wrong", ["code", "file"])):
            for cell, _ in self.cells[name] if kind not in kinds else []:
                self.say(
                    cell.line, f"an exercise of kind {kind} has no cell `{name}`. See README.md, The kinds."
                )
        if kind == "code" and len(self.cells["solution"]) != 1:
            self.say(1, f"{len(self.cells['solution'])} cells `solution`. Write one, with `# <<` and `# >>`.")
        if kind == "predict" and [match["key"] for _, match in self.cells["option"]].count(None) != 1:
            self.say(1, "one option is right and has no `-> message-key`; all others have one.")
        if kind == "file" and not self.folder.is_dir():
            self.say(1, f"the project with the solution must be in {self.places.name(self.folder)}/.")

    @property
    def folder(self) -> Path:
        """Where the project of a `file` exercise is: beside its text, under the same name."""
        return self.path.with_suffix("")

    def cuts(self, meta: Meta) -> dict[str, Cut]:
        """The marked texts, taken apart."""
        if meta.kind == "predict":
            return {}
        if meta.kind == "code":
            cell = self.one("solution")
            marked = {"": (cell.text, self.path, cell.body_line - 1)}
        else:
            marked = {
                path.relative_to(self.folder).as_posix(): (path.read_text(encoding="utf-8"), path, 0)
                for path in sorted(self.folder.rglob("*"))
                if path.is_file() and "__pycache__" not in path.parts
            }
        cuts = {}
        for file, (text, path, above) in marked.items():
            try:
                cuts[file] = cut(text)
            except CutError as error:
                where = "" if path == self.path else f"{self.places.name(path)}, line {error.line}: "
                self.say(error.line + above if path == self.path else 1, f"{where}{error}")
        if not self.problems and not any(one.written for one in cuts.values()):
            self.say(
                1, "nothing is cut out of the solution. Put `# <<` and `# >>` around what the learner writes."
            )
        return cuts

    def rest(self, meta: Meta, text: str, cuts: dict[str, Cut]) -> Source:
        """The record; what its answers are is found out here, since they are made from the solution."""
        whole = {file: one.solution for file, one in cuts.items()}
        solution: Answer = whole if meta.kind == "file" else whole.get("", "")
        return Source(
            path=self.path,
            meta=meta,
            text=text,
            cuts=cuts,
            also_right={
                match["name"]: self.answer(cell, solution) for cell, match in self.cells["also_right"]
            },
            wrong=self.wrong(solution),
            options={match["letter"]: option(cell, match) for cell, match in self.cells["option"]},
            check=self.one("check").text + "\n",
            check_line=self.one("check").body_line,
            messages={match["key"]: self.message(cell) for cell, match in self.cells["message"]},
            hints=[paragraph(cell.text) for cell, _ in self.cells["hint"]],
            proven=paragraph(self.one("proven").text),
            not_checked=paragraph(self.one("not checked").text),
        )

    def wrong(self, solution: Answer) -> list[Wrong]:
        """The wrong answers; of a prediction, those are the options that have a message."""
        written = [
            Wrong(match["name"], cell.line, match["key"], belief(match), self.answer(cell, solution))
            for cell, match in self.cells["wrong"]
        ]
        return written + [
            Wrong(f"option-{match['letter']}", cell.line, match["key"], belief(match), f"{match['letter']}\n")
            for cell, match in self.cells["option"]
            if match["key"]
        ]

    def answer(self, cell: Cell, solution: Answer) -> Answer:
        """The answer in a cell: whole, as code, or as a patch of the solution."""
        if not cell.is_text:
            if isinstance(solution, dict):
                self.say(cell.line, "an answer in files is a patch. Write `[markdown]` behind the title.")
            return cell.text + "\n"
        try:
            return apply(cell.text, solution)
        except PatchError as error:
            self.say(cell.body_line + error.line - 1, str(error))
            return solution

    def message(self, cell: Cell) -> Message:
        title, _, rest = cell.text.partition("\n\n")
        if not rest.strip():
            advice = "Write the title, an empty line, and where to look next."
            self.say(cell.line, f"the message has one paragraph. {advice}")
        return Message(cell.line, paragraph(title), paragraph(rest))

    def together(self, source: Source) -> None:
        """What concerns several cells together."""
        self.is_python(source)
        self.stop()
        self.has_function(source)
        enough = 5 if source.meta.security else 3
        if len(source.wrong) < enough:
            self.say(1, f"{len(source.wrong)} wrong answers. Write {enough} or more.")
        if not source.misconceptions:
            self.say(1, "no wrong answer names a misconception. Name one where a belief is behind it.")
        for wrong in source.wrong:
            if wrong.answer == source.solution:
                self.say(wrong.line, f"the wrong answer {wrong.name!r} is the solution.")

    def is_python(self, source: Source) -> None:
        """That solution, starter and check can be read by Python; a wrong answer need not."""
        texts = {"the check": source.check}
        for file, one in source.cuts.items():
            if not file or file.endswith(".py"):
                of = f" of {file}" if file else ""
                texts |= {f"the solution{of}": one.solution, f"the starter{of}": one.starter}
        for name, text in texts.items():
            try:
                ast.parse(text)
            except SyntaxError as error:
                advice = "A blank is `...`." if "starter" in name else "Correct it."
                self.say(1, f"{name} is no Python in its line {error.lineno}: {error.msg}. {advice}")

    def has_function(self, source: Source) -> None:
        """That the code of the check has the function that is called."""
        tree = ast.parse(source.check)
        if not any(isinstance(node, ast.FunctionDef) and node.name == "check" for node in tree.body):
            self.say(self.one("check").line, "no function `check(learner, site)`.")


def paragraph(text: str) -> str:
    """A text as one line for each of its paragraphs."""
    return "\n\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()))


def option(cell: Cell, match: re.Match) -> Option:
    return Option(cell.line, paragraph(cell.text), match["key"])


def belief(match: re.Match) -> str | None:
    """The id of the misconception that a title names."""
    return None if match["why"] == SLIP else match["why"].removeprefix("misconception: ")


def fits(value: object, wanted: type) -> bool:
    """Whether a value of the metadata is of the type of its field."""
    if get_origin(wanted) is list:
        return isinstance(value, list) and all(isinstance(item, get_args(wanted)) for item in value)
    return type(value) is wanted


def in_words(wanted: type) -> str:
    names = {str: "a text", int: "a number", bool: "true or false", list: "a list such as [exp, aud]"}
    return names[get_origin(wanted) or wanted]
