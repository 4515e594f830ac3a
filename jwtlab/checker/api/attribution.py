"""Whose mistake it is that a `test` of a check has raised: the answer's, or that of the author of the check.

`test=lambda claims: claims["sub"] == "amy"` raises where an answer returns None: the answer is wrong. Where
it raises over a name that the author has mistyped, the answer was not judged. The error is the author's

- if a name or a module is unknown;
- if an attribute is missing of a thing that no answer brings: a module, a function, something of the check's;
- if a call does not fit the function that it calls;
- if all that was being worked out, in one of the frames of the check, is of the check alone: constants,
  functions and modules. What has a local name in it is made from the answer, or may be.

All else is the answer's. Where it cannot be told, it is taken for the answer's.
"""

import ast
import linecache
import traceback
from collections.abc import Iterator
from inspect import getattr_static
from types import BuiltinFunctionType, FrameType, FunctionType, MethodType, ModuleType, TracebackType

from jwtlab.checker.verdict import Fail

CHECK = "exercise"  # the name of the module that the code of a check is
_API = "jwtlab.checker.api."

_Position = tuple[int | None, int | None, int | None, int | None]  # first line, last line, first column, last


def is_the_authors(error: Exception, value: object) -> bool:
    """Return whether a test that was given `value` has raised `error` by a mistake of its author."""
    if isinstance(error, Fail):  # of something else that the test has asked of the answer
        return False
    if isinstance(error, NameError | ImportError):
        return True
    if isinstance(error, AttributeError) and error.obj is not value and _is_of_the_check(error.obj):
        return True
    frames = list(_of_the_check(error.__traceback__))
    return any(not _has_locals(node, frame) for frame, node in frames) or _does_not_fit(error, frames)


def _is_of_the_check(thing: object) -> bool:
    if isinstance(thing, ModuleType | FunctionType | BuiltinFunctionType | MethodType | type):
        return True
    return type(thing).__module__ == CHECK or type(thing).__module__.startswith(_API)


def _of_the_check(trace: TracebackType | None) -> Iterator[tuple[FrameType, ast.AST]]:
    """Each frame that runs code of the check, outermost first, with what it was working out."""
    while trace:
        frame = trace.tb_frame
        if frame.f_globals.get("__name__") == CHECK:
            positions: list[_Position] = list(frame.f_code.co_positions())
            node = _node_at(positions[trace.tb_lasti // 2], frame.f_code.co_filename)
            if node:
                yield frame, node
        trace = trace.tb_next


def _node_at(position: _Position, file: str) -> ast.AST | None:
    """Return the innermost part of a file's code that is exactly at a position, or None."""
    tree = ast.parse("".join(linecache.getlines(file)))
    found = None
    for node in ast.walk(tree):  # from the outside to the inside
        if isinstance(node, ast.expr | ast.stmt) and position == _position(node):
            found = node
    return found


def _position(node: ast.expr | ast.stmt) -> _Position:
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset


def _has_locals(node: ast.AST, frame: FrameType) -> bool:
    """Return whether there is a name in it that is not the whole check's. A `raise` is meant as it says."""
    code = frame.f_code
    local = {*code.co_varnames, *code.co_cellvars, *code.co_freevars}
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return isinstance(node, ast.Raise | ast.Assert) or not names.isdisjoint(local)


def _does_not_fit(error: Exception, frames: list[tuple[FrameType, ast.AST]]) -> bool:
    """Return whether the error is that a function was given other arguments than it takes."""
    if not isinstance(error, TypeError) or not frames:
        return False
    frame, node = frames[-1]
    last = list(traceback.walk_tb(error.__traceback__))[-1][0]
    # A function that has begun has a frame. What `*value` is too many of is the answer's fault.
    if last is not frame or not isinstance(node, ast.Call) or _unpacks(node):
        return False
    called = _looked_up(node.func, frame)
    function = getattr_static(called, "__init__", None) if isinstance(called, type) else called
    return isinstance(function, FunctionType | MethodType)


def _unpacks(call: ast.Call) -> bool:
    return any(isinstance(each, ast.Starred) for each in call.args) or any(
        keyword.arg is None for keyword in call.keywords
    )


def _looked_up(node: ast.expr, frame: FrameType) -> object:
    """Return what a name, or an attribute of one, stands for in a frame; None for all else."""
    if isinstance(node, ast.Name):
        return frame.f_locals.get(node.id, frame.f_globals.get(node.id))
    if isinstance(node, ast.Attribute):
        return getattr_static(_looked_up(node.value, frame), node.attr, None)  # runs no property
    return None
