"""Who imports whom in jwtlab, read from the source: no circles, and in the checker a folder is a process."""

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CHECKER = "jwtlab.checker"


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path): path for path in sorted((ROOT / "jwtlab").rglob("*.py"))}


def imports(module: str) -> set[str]:
    """The modules of jwtlab that a module imports, wherever in it; not those that only annotations name."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    return {name for node in when_run(tree) for name in named(node)} - {module}


def when_run(node: ast.AST) -> Iterator[ast.AST]:
    """Every node, but for what stands under `if TYPE_CHECKING:`."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING")):
            yield from when_run(child)


def named(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in MODULES)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "a relative import, which this test does not read"
        for alias in node.names:
            inside = f"{node.module}.{alias.name}"
            if inside in MODULES:
                yield inside
            elif node.module in MODULES:
                yield node.module


def test_no_module_imports_itself_by_way_of_others() -> None:
    try:
        TopologicalSorter({module: imports(module) for module in MODULES}).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(error.args[1]))


# --- The checker: what each folder may import of the others. All else that it imports is not the checker's.

DATA = {f"{CHECKER}.{name}" for name in ("catalogue", "verdict", "messages")}  # exercises and verdicts
CODEC = f"{CHECKER}.answer.codec"
PARENT = f"{CHECKER}.answer.parent"
LIMITS = f"{CHECKER}.answer.limits"
CHILD = f"{CHECKER}.answer.child"
LIVE_SERVER = f"{CHECKER}.answer.live_server"

MAY: dict[str, set[str]] = {
    # the answer process: nothing that judges, and nothing that says what is right
    CODEC: set(),
    LIMITS: set(),
    LIVE_SERVER: {LIMITS},
    CHILD: {CODEC, LIMITS, LIVE_SERVER},
    # the worker's hold on it
    PARENT: {CODEC, CHILD, f"{CHECKER}.verdict"},
    # what a check is written with: it reaches the answer by way of the parent alone
    "api": {"api", CODEC, PARENT, f"{CHECKER}.verdict"},
    # the learner's end: of the other processes it knows what crosses, and no more
    f"{CHECKER}.worker.client": {CODEC, *DATA},
    f"{CHECKER}.worker.__main__": {f"{CHECKER}.worker.worker"},
    "worker": {"worker", "api", CODEC, PARENT, LIMITS, CHILD, LIVE_SERVER, *DATA},
}
FOLDERS = tuple(f"{CHECKER}.{name}." for name in ("answer", "api", "worker"))


def folder(module: str) -> str:
    return module.split(".")[2]


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith(FOLDERS)])
def test_in_the_checker_a_folder_is_a_process(module: str) -> None:
    may = MAY[module] if module in MAY else MAY[folder(module)]
    ours = {name for name in imports(module) if name.startswith(f"{CHECKER}.")}
    assert {name for name in ours if name not in may and folder(name) not in may} == set()


def test_the_learners_kernel_imports_nothing_that_judges_or_runs_an_answer() -> None:
    """Whatever it imports, and by whatever way."""
    seen: set[str] = set()
    ahead = {f"{CHECKER}.magics", f"{CHECKER}.commands"}
    while ahead:
        seen |= ahead
        ahead = {name for module in ahead for name in imports(module)} - seen
    assert {name for name in seen if name.startswith(FOLDERS)} == {f"{CHECKER}.worker.client", CODEC}


PACKAGES = sorted(path for top in ("jwtlab", "authoring") for path in (ROOT / top).rglob("__init__.py"))


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.parent.relative_to(ROOT).as_posix())
def test_a_package_says_what_each_of_its_modules_is_for(package: Path) -> None:
    modules = {path.stem for path in package.parent.glob("*.py")} - {"__init__", "__main__"}
    said = ast.get_docstring(ast.parse(package.read_text("utf-8"))) or ""
    assert [name for name in sorted(modules) if not re.search(rf"\b{name}\b", said)] == []
