"""Mutants: a solution with one small fault each. What a check lets through, a learner can hand in.

Faults in code are like students' faults, and a check that finds the one finds the other (Clegg, McMinn and
Fraser, SIGCSE 2021). Only what the learner writes is changed, and of that not: annotations, docstrings,
imports and the texts of exceptions.

mutmut and cosmic-ray change the files of a package and run its tests for each. Here a mutant is a text that
goes to a warm worker, so the operators are written out: cosmic-ray's, and some for keywords and entries.
"""

import ast
import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from authoring.exercises.answer_patches import Answer
from authoring.exercises.source import Source

OPPOSITE = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
NEIGHBOUR = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.Mod: ast.Add}
REMOVABLE = (ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Raise, ast.Delete)


@dataclass(frozen=True)
class Mutant:
    """A solution with one fault; the lines that differ are its name in the list of survivors."""

    answer: Answer
    was: str
    became: str

    def __str__(self) -> str:
        return f"`{self.was}` became `{self.became}`"


def mutants(source: Source) -> list[Mutant]:
    """Every mutant of a solution, each once. A prediction has none: its options are all there is."""
    made: dict[tuple[str, str], Mutant] = {}
    for file, one in source.cuts.items():
        is_python = not file or file.endswith(".py")
        original = ast.unparse(ast.parse(one.solution)) if is_python else one.solution
        for text in (python_mutants if is_python else line_mutants)(one.solution, one.written):
            was, became = changed(original, text)
            answer = {**source.solution, file: text} if isinstance(source.solution, dict) else text
            if was != became:
                made.setdefault((was, became), Mutant(answer, was, became))
    return list(made.values())


def changed(original: str, mutant: str) -> tuple[str, str]:
    """The lines that differ, without indentation, as one line each."""
    lines = list(difflib.ndiff(original.splitlines(), mutant.splitlines()))
    was, became = (" ".join(line[2:].strip() for line in lines if line.startswith(sign)) for sign in "-+")
    return was, became


def line_mutants(text: str, written: frozenset[int]) -> Iterator[str]:
    """A text that is not Python, with one written line left out each."""
    lines = text.splitlines(keepends=True)
    for number in sorted(written):
        content = lines[number - 1].strip()
        if content and not content.startswith("#"):
            yield "".join(lines[: number - 1] + lines[number:])


def python_mutants(code: str, written: frozenset[int]) -> Iterator[str]:
    """Python with one fault each, somewhere in the written lines."""
    tree = ast.parse(code)
    kept = {id(part) for node in ast.walk(tree) for root in untouched(node) for part in ast.walk(root)}
    for node in list(ast.walk(tree)):
        if id(node) not in kept:
            for operator in OPERATORS:
                # An operator changes the tree, yields, and changes it back.
                for _ in operator(node, lambda part: line_of(part) in written and id(part) not in kept):
                    yield ast.unparse(ast.fix_missing_locations(tree))


def line_of(part: ast.AST) -> int | None:
    return getattr(part, "lineno", None)


def untouched(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a node in which a fault would be nobody's fault, or nobody's to notice."""
    for name in ("annotation", "returns"):
        if isinstance(part := getattr(node, name, None), ast.AST):
            yield part
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        yield from node.exc.args


# --- Operators: each takes a node, and a function that says whether a part of the tree is the learner's

Mine = Callable[[ast.AST], bool]


def put(node: ast.AST, name: str, value: object) -> Iterator[None]:
    """`value` in a field of a node, for as long as the fault lasts."""
    old = getattr(node, name)
    setattr(node, name, value)
    yield
    setattr(node, name, old)


def put_at(items: list[Any], place: int, value: object) -> Iterator[None]:
    """`value` at a place of a list, for as long as the fault lasts."""
    old, items[place] = items[place], value
    yield
    items[place] = old


def without(items: list[Any], place: int) -> Iterator[None]:
    """A list without one of its items, for as long as the fault lasts."""
    item = items.pop(place)
    yield
    items.insert(place, item)


def comparisons(node: ast.AST, mine: Mine) -> Iterator[None]:
    """== and !=, < and <=, in and not in, …"""
    if isinstance(node, ast.Compare) and mine(node):
        for place, operator in enumerate(node.ops):
            yield from put_at(node.ops, place, (OPPOSITE | NEIGHBOUR)[type(operator)]())


def arithmetic(node: ast.AST, mine: Mine) -> Iterator[None]:
    """+ and -, and what is like it."""
    if isinstance(node, ast.BinOp | ast.AugAssign) and mine(node) and type(node.op) in ARITHMETIC:
        yield from put(node, "op", ARITHMETIC[type(node.op)]())


def logic(node: ast.AST, mine: Mine) -> Iterator[None]:
    """And for or; one operand left out; a condition turned round."""
    if isinstance(node, ast.BoolOp) and mine(node):
        yield from put(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
        for place in range(len(node.values)):
            yield from without(node.values, place)
    if (
        isinstance(node, ast.If | ast.While | ast.IfExp)
        and mine(node.test)
        and not turned_elsewhere(node.test)
    ):
        yield from put(node, "test", ast.UnaryOp(ast.Not(), node.test))


def turned_elsewhere(test: ast.expr) -> bool:
    """Whether another operator turns this condition round already."""
    negated = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    return negated or (isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in OPPOSITE)


def negations(node: ast.AST, mine: Mine) -> Iterator[None]:
    """`not x` without its not, wherever it stands."""
    for name, value in ast.iter_fields(node):
        for place, part in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.Not) and mine(part):
                is_listed = isinstance(value, list)
                yield from put_at(value, place, part.operand) if is_listed else put(node, name, part.operand)


def constants(node: ast.AST, mine: Mine) -> Iterator[None]:
    """True for False, a number more, a letter more."""
    if not isinstance(node, ast.Constant) or not mine(node):
        return
    match node.value:
        case bool():
            yield from put(node, "value", not node.value)
        case int() | float():
            yield from put(node, "value", node.value + 1)
        case str():
            yield from put(node, "value", node.value + "x")
        case bytes():
            yield from put(node, "value", node.value + b"x")


def statements(node: ast.AST, mine: Mine) -> Iterator[None]:
    """A statement left out; a return that returns nothing."""
    for name in ("body", "orelse", "finalbody"):
        found = getattr(node, name, None)
        body = found if isinstance(found, list) else []
        for place, statement in enumerate(body):
            if not mine(statement):
                continue
            if isinstance(statement, REMOVABLE):
                yield from put_at(body, place, ast.Pass())
            if isinstance(statement, ast.Return) and not is_none(statement.value):
                yield from put(statement, "value", ast.Constant(None))


def is_none(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def entries(node: ast.AST, mine: Mine) -> Iterator[None]:
    """An entry of a dictionary or list left out; a keyword of a call; a decorator."""
    if isinstance(node, ast.Dict):
        for place in range(len(node.keys)):
            if mine(node.values[place]):
                for _ in without(node.keys, place):
                    yield from without(node.values, place)
    is_value = isinstance(node, ast.List | ast.Tuple | ast.Set) and isinstance(
        getattr(node, "ctx", ast.Load()), ast.Load
    )
    for name in ["elts"] if is_value else ["keywords", "decorator_list"]:
        items = getattr(node, name, [])
        for place, item in enumerate(list(items)):
            if mine(item) and not (isinstance(node, ast.Set) and len(items) == 1):
                yield from without(items, place)


def arguments(node: ast.AST, mine: Mine) -> Iterator[None]:
    """The two arguments of a call in each other's place."""
    if isinstance(node, ast.Call) and len(node.args) == 2 and mine(node):
        yield from put(node, "args", node.args[::-1])


def handlers(node: ast.AST, mine: Mine) -> Iterator[None]:
    """An except that catches something else."""
    if isinstance(node, ast.ExceptHandler) and node.type and mine(node.type):
        yield from put(node, "type", ast.Name("ZeroDivisionError", ast.Load()))


OPERATORS = (comparisons, arithmetic, logic, negations, constants, statements, entries, arguments, handlers)
