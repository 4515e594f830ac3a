"""Rules on code cells: what would make an output depend on more than the cell, or escape the comparison."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from authoring.lint.model import Cell, Draft, Findings
from authoring.manifest import RAISES_TAG
from authoring.run.output_rules import MARKER

TAGS = {RAISES_TAG}
HISTORY = re.compile(r"_{1,3}|_\d+|_i+\d*|In|Out|_[io]h|_dh")
REDRAWN = {"clear_output", "update_display", "display_id", "update_display_data"}
SHELL_TOOLS = re.compile(r"^\s*[!%]{1,2}\s*(python3?|pip3?|django-admin|\S*manage\.py)\b", re.MULTILINE)
MAGIC_LINE = re.compile(r"^(\s*)(?:\w[\w, ]*=\s*)?[!%].*$", re.MULTILINE)
HELP_LINE = re.compile(r"^\s*\?{1,2}\s*\w|^[^#'\"\n]*\w\?{1,2}\s*$", re.MULTILINE)
CHILD_CALLS = {"run", "call", "check_call", "Popen"}


def tags(draft: Draft) -> Findings:
    """The one tag that a lesson may carry; nbval's own would switch the comparison off."""
    for cell in draft.cells:
        for tag in set(cell.tags) - TAGS:
            yield cell, f"the tag {tag!r}. Only {RAISES_TAG!r} has a use in a lesson."
        if cell.kind == "code" and (marker := MARKER.search(cell.source)):
            yield cell, f"the comment {marker.group()!r} would switch the comparison off. Remove it."


def syntax(draft: Draft) -> Findings:
    """Code that Python can read; a cell that shows a SyntaxError gets it from `compile`."""
    for cell in draft.code:
        if parsed(cell) is None:
            yield cell, "no valid Python. Show a SyntaxError by passing the code to `compile` as text."


def semicolons(draft: Draft) -> Findings:
    """One statement a line; behind the last one, `;` hides the value in JupyterLab and not in nbval."""
    for cell in draft.code:
        # A cell that is not Python is another rule's affair, or another language's.
        if parsed(cell) is None or cell.source.startswith("%%"):
            continue
        tokens = tokenize.generate_tokens(io.StringIO(without_magics(cell.source)).readline)
        if any(token.type == tokenize.OP and token.string == ";" for token in tokens):
            yield cell, "a `;`. Write one statement a line, and end the cell on the value to be seen."


def history(draft: Draft) -> Findings:
    """No `_`, `In` or `Out`: they depend on which cells ran before, and nbval does not keep them."""
    for cell in draft.code:
        for node in nodes(cell):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and HISTORY.fullmatch(node.id):
                yield cell, f"`{node.id}` is IPython's history. Give the value a name."


def redrawn_outputs(draft: Draft) -> Findings:
    """No output that is cleared or changed later: what is stored would not be what was compared."""
    for cell in draft.code:
        if found := sorted(REDRAWN & names(cell)):
            yield cell, f"`{found[0]}` changes an output after it is shown. Show the final value once."
        if "ipywidgets" in names(cell):
            yield cell, "a widget. Its state is not stored; show text or HTML."


def shell_tools(draft: Draft) -> Findings:
    """`!python` runs the first Python on the PATH, which need not be the kernel's."""
    for cell in draft.code:
        if found := SHELL_TOOLS.search(cell.source):
            yield cell, f"`{found.group().strip()}` may be another Python's. Use `sys.executable`."


def help_pages(draft: Draft) -> Findings:
    """`name?` opens a pager, whose text is neither stored nor compared."""
    for cell in draft.code:
        if parsed(cell) is None and HELP_LINE.search(cell.source):
            yield cell, "`?` shows a text that is not stored. Print the docstring, or quote from it."


def child_output(draft: Draft) -> Findings:
    """What a child process prints by itself arrives when it likes, before or after the value of the cell."""
    for cell in draft.code:
        if any(is_loud_child(node) for node in nodes(cell)):
            yield cell, "a child process prints by itself. Pass `capture_output=True` and print its `stdout`."


def is_loud_child(node: ast.AST) -> bool:
    """Whether `node` is a call such as `subprocess.run(…)` that leaves the output to the child."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    owner, given = node.func.value, {word.arg for word in node.keywords}
    of_subprocess = isinstance(owner, ast.Name) and owner.id == "subprocess" and node.func.attr in CHILD_CALLS
    return of_subprocess and not given & {"capture_output", "stdout"}


def nodes(cell: Cell) -> Iterator[ast.AST]:
    """The syntax tree of a cell, node by node; nothing if it is not Python."""
    return ast.walk(parsed(cell) or ast.Module([], []))


def names(cell: Cell) -> set[str]:
    """Every name, attribute, module and keyword that a cell uses."""
    found: set[str] = set()
    for node in nodes(cell):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.keyword) and node.arg:
            found.add(node.arg)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.name.split(".")[0] for alias in node.names}
            found.add((getattr(node, "module", None) or "").split(".")[0])
    return found


def parsed(cell: Cell) -> ast.Module | None:
    """The cell's Python, magics left out, `await` at the top level allowed; None if it is not Python."""
    if cell.source.startswith("%%"):
        return ast.Module([], [])
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        tree = compile(without_magics(cell.source), cell.name, "exec", flags)
    except SyntaxError:
        return None
    return tree if isinstance(tree, ast.Module) else None


def without_magics(source: str) -> str:
    """`source` with each line of a magic or a shell command replaced by `pass`."""
    return MAGIC_LINE.sub(r"\1pass", source)


RULES = (tags, syntax, semicolons, history, redrawn_outputs, shell_tools, help_pages, child_output)
