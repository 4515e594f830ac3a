"""The gate itself: what it must notice, it notices, on exactly the cell. It passes over the port alone.

Nothing is executed again here but one tiny notebook at the end. Elsewhere the gate's own classes compare a
stored notebook with a replay: a kernel that answers with given outputs.
"""

import copy
import http
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from types import SimpleNamespace
from typing import Any, cast

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbval.plugin import IPyNbCell, get_sanitize_patterns

from authoring.manifest import COURSE, ROOT
from authoring.run import gate
from authoring.run.canonical import PORT, PORT_REPLACEMENT, canonical, replace_ports, to_json
from authoring.run.execute import CELL_TIMEOUT
from authoring.run.gate import GateError, StrictCell, StrictKernel, StrictNotebook
from authoring.run.output_rules import findings

NOTEBOOKS = sorted(COURSE.notebooks.glob("*.ipynb"))


class ReplayKernel:
    """Stands in for nbval's RunningKernel: answers one cell after another with the outputs that `cells` hold.

    With `hangs`, no cell ends in time, and each catches the interrupt and then gives its output all the same.
    """

    def __init__(self, cells: list[NotebookNode], *, hangs: bool = False) -> None:
        self.cells = iter(cells)
        self.hangs = hangs
        self.messages: Iterator[dict[str, Any]] = iter(())

    def is_alive(self) -> bool:
        return True

    def execute_cell_input(self, source: str, allow_stdin: bool) -> str:
        cell = next(self.cells)
        assert source == cell.source, "the replay has lost its place"
        idle = {"msg_type": "status", "content": {"execution_state": "idle"}}
        self.messages = iter([*map(as_message, cell.outputs), idle])
        return "request"

    def await_reply(self, msg_id: str, timeout: float) -> None:
        if self.hangs:
            raise Empty

    def interrupt(self) -> None:
        pass

    def await_idle(self, msg_id: str, timeout: float) -> None:
        list(self.messages)

    def get_message(self, stream: str, timeout: float) -> dict[str, Any]:
        return next(self.messages) | {"parent_header": {"msg_id": "request"}}


def as_message(output: NotebookNode) -> dict[str, Any]:
    """A stored output as the kernel message it came from."""
    content = {key: value for key, value in output.items() if key != "output_type"}
    return {"msg_type": output.output_type, "content": copy.deepcopy(content)}


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def collect(session: pytest.Session, path: Path) -> StrictNotebook:
    """The gate's collector for one notebook, as pytest makes it, with its cells in `.cells`."""
    (notebook,) = session.config.hook.pytest_collect_file(file_path=path, parent=session)
    notebook.setup_sanitize_files()
    notebook.cells = [item for item in notebook.collect() if isinstance(item, StrictCell)]
    return notebook


def run(notebook: StrictNotebook, kernel: ReplayKernel, cells: list[StrictCell]) -> dict[str, str]:
    """Run the gate over a replay of `cells`; returns those that are not green, with what the author reads."""
    notebook.kernel, notebook.timed_out, notebook.stopped_at = kernel, False, ""
    red = {}
    for cell in cells:
        cell.was_compared = False
        try:
            cell.setup()
            cell.runtest()
        except pytest.skip.Exception as skip:
            red[cell.name] = str(skip)
        except Exception:
            red[cell.name] = cell.repr_failure(pytest.ExceptionInfo.from_current())
    return red


# --- In each notebook, one corruption at a time


@dataclass(frozen=True)
class Target:
    """A place in a stored output: which code cell (from 0), which output, which text of it, and where."""

    cell: int
    output: int
    field: str
    span: tuple[int, int]


STATUSES = "|".join(str(status.value) for status in http.HTTPStatus)
CLAIMS = "iss|sub|aud|exp|nbf|iat|jti|token_type|user_id|username|is_staff|name|admin"
BETWEEN = r"(?:&\w+;|<[^>]*>|[\"'\s:=|])+"
# Ways to write a table: HTML; columns between bars; columns that stand under a line of dashes.
HTML_CELL = r"<td[^>]*>(?:<[^>]*>)*([^<\s][^<]*)"
BAR_CELL = r"\S +\| *(\w[\w.:/-]*)"
COLUMN_CELL = r"^-{3,}(?: +-{3,})+\n\S.*? {2,}(\S+)"
KINDS = {
    # A status, or what stands for one where no HTTP is spoken: a verdict, or the name of the error.
    "status": rf"(?<![\w.:-])(?:{STATUSES})(?![\w.-])|\b(?:True|False)\b|\A\w+(?:Error|Exception)\Z",
    "claim": rf"\b(?:{CLAIMS})\b{BETWEEN}(\w[\w.@/-]*)",
    "time": r"\b\d{4}-\d\d-\d\d\b|(?<![\d.:])\d\d:\d\d(?::\d\d)?\b|\b1[5-9]\d{8}\b",
    "table cell": f"{HTML_CELL}|{BAR_CELL}|{COLUMN_CELL}",
    "stderr line": r"\A\s*(\S+)",
}


def texts(output: NotebookNode) -> dict[str, str]:
    """The texts of one output by the name of their field; a stream's is its name."""
    if output.output_type == "stream":
        return {output.name: output.text}
    if output.output_type == "error":
        return {"ename": output.ename, "evalue": output.evalue}
    return {mime: value for mime, value in output.data.items() if isinstance(value, str)}


def targets(cells: list[NotebookNode], kind: str) -> Iterator[Target]:
    """Every place in the outputs of `cells` that is of this kind."""
    for index, cell in enumerate(cells):
        for number, output in enumerate(cell.outputs):
            for field, text in texts(output).items():
                if kind == "stderr line" and field != "stderr":
                    continue
                for match in re.finditer(KINDS[kind], text, re.MULTILINE):
                    group = match.lastindex or 0
                    yield Target(index, number, field, match.span(group))


def corrupted(cells: list[NotebookNode], target: Target) -> NotebookNode:
    """A copy of the target's cell with one character or word at the target changed to another of its kind."""
    cell = copy.deepcopy(cells[target.cell])
    output = cell.outputs[target.output]
    text = texts(output)[target.field]
    start, end = target.span
    changed = text[:start] + another(text[start:end]) + text[end:]
    holder = output.data if "data" in output else output
    holder["text" if output.output_type == "stream" else target.field] = changed
    return cell


def another(text: str) -> str:
    """`text` with its last digit or letter changed; True and False change places."""
    if text in ("True", "False"):
        return str(text != "True")
    match = list(re.finditer(r"[0-9A-Za-z]", text))[-1]
    old = match.group()
    new = str((int(old) + 1) % 10) if old.isdigit() else {"z": "y", "Z": "Y"}.get(old, chr(ord(old) + 1))
    return text[: match.start()] + new + text[match.end() :]


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def committed(request: pytest.FixtureRequest) -> Path:
    """Each committed notebook in turn."""
    return request.param


def test_a_true_replay_is_green(committed: Path, request: pytest.FixtureRequest) -> None:
    notebook = collect(request.session, committed)
    assert notebook.cells
    assert run(notebook, ReplayKernel(code_cells(notebook.nb)), notebook.cells) == {}


@pytest.mark.parametrize("kind", KINDS)
def test_every_corruption_is_noticed_on_its_cell(
    committed: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    """Each place of each kind, one at a time."""
    notebook = collect(request.session, committed)
    truth = code_cells(copy.deepcopy(notebook.nb))
    found = list(targets(truth, kind))
    assert found, (
        f"{committed.name} shows no {kind}, so the gate cannot be tried on one. Let a cell show one."
    )
    for place, target in enumerate(found):
        item = notebook.cells[target.cell]
        stored, item.cell = item.cell, corrupted(truth, target)
        # The first is tried in the run of the whole notebook; of the others, their own cell is enough.
        cells = notebook.cells if place == 0 else [item]
        red = run(notebook, ReplayKernel([truth[cell.cell_num] for cell in cells]), cells)
        assert list(red) == [item.name], target
        item.cell = stored


# --- What nbval passes over, and the gate must not


def out(text: str, name: str = "stdout") -> NotebookNode:
    return new_output("stream", name=name, text=text)


def value(
    text: str, kind: str = "execute_result", metadata: dict[str, Any] | None = None, **data: str
) -> NotebookNode:
    mimes = {"text/plain": text, **{mime.replace("_", "/"): content for mime, content in data.items()}}
    more = {"execution_count": 1} if kind == "execute_result" else {}
    return new_output(kind, data=mimes, metadata=metadata or {}, **more)


def error(name: str, message: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=message, traceback=[f"{name}: {message}"])


ONE_CELL = {
    "a cell that printed nothing prints": ([], [out("401")]),
    "a print that vanished": ([out("200")], []),
    "another text": ([out("200")], [out("401")]),
    "stderr instead of stdout": ([out("401")], [out("401", "stderr")]),
    "a line end": ([out("401\n")], [out("401")]),
    "a text that a carriage return covers": ([out("200\rdone")], [out("401\rdone")]),
    "another value": ([value("200")], [value("401")]),
    "a value and a display": ([value("200")], [value("200", "display_data")]),
    "another HTML beside the same text": (
        [value("x", text_html="<b>a</b>")],
        [value("x", text_html="<b>b</b>")],
    ),
    "text printed after the display": ([out("a"), value("b")], [value("b"), out("a")]),
    "text printed between two displays": (
        [value("a", "display_data"), out("b"), value("c")],
        [out("b"), value("a", "display_data"), value("c")],
    ),
    "HTML that moved to another display": (
        [value("a", "display_data", text_html="h"), value("b", "display_data")],
        [value("a", "display_data"), value("b", "display_data", text_html="h")],
    ),
    "a picture": ([value("x", image_png="iVBORw0KGgo=")], [value("x", image_png="iVBORw0KGgA=")]),
    "metadata of a display": ([value("x")], [value("x", metadata={"isolated": True})]),
    "an output that is cleared": (
        [out("200")],
        [NotebookNode(output_type="clear_output", wait=False), out("200")],
    ),
    "an output that is changed later": (
        [value("200", "display_data")],
        [value("200", "display_data"), NotebookNode(output_type="update_display_data", data={}, metadata={})],
    ),
    "an error nobody announced": ([out("200")], [out("200"), error("ValueError", "x")]),
}
RAISING_CELL = {
    "an error that vanished": ([error("ExpiredSignatureError", "Signature has expired")], []),
    "another kind of error": ([error("ExpiredSignatureError", "x")], [error("InvalidSignatureError", "x")]),
    "another message": ([error("SiteError", "port 1 is taken")], [error("SiteError", "port 2 is taken")]),
    "a print before the error": ([error("ValueError", "x")], [out("401"), error("ValueError", "x")]),
}
RAISES = {"tags": ["raises-exception"]}
SAME = {
    "the same": ([out("a"), value("b")], [out("a"), value("b")]),
    "the port alone": ([out("GET http://127.0.0.1:8000/")], [out("GET http://127.0.0.1:41234/")]),
    "the port in an HTML output": (
        [value("x", text_html="localhost:8000")],
        [value("x", text_html="localhost:5123")],
    ),
    "a print in two pieces": ([out("ab")], [out("a"), out("b")]),
    "stdout and stderr on their own timers": ([out("a"), out("b", "stderr")], [out("b", "stderr"), out("a")]),
}


def one_cell_run(
    stored: list[NotebookNode],
    fresh: list[NotebookNode],
    request: pytest.FixtureRequest,
    tmp_path: Path,
    *,
    hangs: bool = False,
    **cell: object,
) -> dict[str, str]:
    """What is red when a notebook of one cell, stored as `stored`, gives `fresh`. `cell`: other fields."""
    path = tmp_path / "one.ipynb"
    stored_cell = new_code_cell("x", outputs=stored, **{"execution_count": 1} | cell)
    nbformat.write(new_notebook(cells=[stored_cell]), path)
    notebook = collect(request.session, path)
    return run(notebook, ReplayKernel([NotebookNode(source="x", outputs=fresh)], hangs=hangs), notebook.cells)


@pytest.mark.parametrize("case", ONE_CELL)
def test_a_difference_is_red(case: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    assert list(one_cell_run(*ONE_CELL[case], request, tmp_path)) == ["In[1]"]


@pytest.mark.parametrize("case", RAISING_CELL)
def test_a_difference_in_a_cell_that_raises_is_red(
    case: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    assert list(one_cell_run(*RAISING_CELL[case], request, tmp_path, metadata=RAISES)) == ["In[1]"]


@pytest.mark.parametrize("case", SAME)
def test_what_is_no_difference_is_green(case: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    assert one_cell_run(*SAME[case], request, tmp_path) == {}


def test_nbvals_own_verdict_stands(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(IPyNbCell, "compare_outputs", lambda *_: False)
    assert list(one_cell_run([out("a")], [out("a")], request, tmp_path)) == ["In[1]"]


def test_a_cell_that_nbval_would_not_compare_is_red(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Stored without a count, as tools that strip outputs leave it."""
    red = one_cell_run([], [out("401")], request, tmp_path, execution_count=None)
    assert "compared nothing" in red["In[1]"]


def test_a_cell_out_of_time_is_red_even_if_its_output_is_right(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    red = one_cell_run([out("a")], [out("a")], request, tmp_path, hangs=True)
    assert "still running after 60 seconds" in red["In[1]"]


def test_the_cells_after_one_that_did_not_end_are_skipped_and_say_why(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    cells = [new_code_cell(str(number), outputs=[out("a")], execution_count=number) for number in (1, 2, 3)]
    nbformat.write(new_notebook(cells=cells), tmp_path / "three.ipynb")
    notebook = collect(request.session, tmp_path / "three.ipynb")
    fresh = copy.deepcopy(cells)
    fresh[1].outputs = [error("NameError", "name 'site' is not defined")]
    red = run(notebook, ReplayKernel(fresh), notebook.cells)
    assert "name 'site' is not defined" in red["In[2]"]
    assert red["In[3]"] == "three.ipynb, In[2] did not run to its end"


def test_a_dead_kernel_is_noticed_at_the_first_look() -> None:
    kernel = object.__new__(StrictKernel)
    looks: list[float] = []

    def get_message(stream: str, timeout: float) -> None:
        looks.append(timeout)
        raise Empty

    kernel.get_message = get_message
    kernel.is_alive = lambda: False
    with pytest.raises(GateError, match="the kernel died"):
        kernel.await_reply("request", timeout=60)
    assert looks == [gate.ALIVE_POLL]


def test_a_failure_says_notebook_cell_stored_and_fresh(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    said = one_cell_run([out("status 200\n")], [out("status 401\n")], request, tmp_path)["In[1]"]
    assert said.startswith("one.ipynb, In[1]: the fresh output is not the stored one")
    assert "\n-status 200\n+status 401\n" in said
    assert said.endswith("If the fresh output is right: make notebooks ARGS=one")


# --- What the stored file must not hold


def good() -> NotebookNode:
    """A small notebook that the gate would accept."""
    cells = [
        new_code_cell("print(401)", outputs=[out("401\n")], execution_count=1),
        new_code_cell("1 / 0", outputs=[error("ZeroDivisionError", "division by zero")], execution_count=2),
        new_code_cell("x", outputs=[value("200")], execution_count=3),
    ]
    cells[1].metadata.tags = ["raises-exception"]
    return canonical(new_notebook(cells=cells))


def edit(**changes: object):
    """An edit of the first cell."""
    return lambda notebook: notebook.cells[0].update(changes)


def show(*outputs: NotebookNode):
    return edit(outputs=list(outputs))


def tag(number: int, *tags: str):
    return lambda notebook: notebook.cells[number].metadata.update(tags=list(tags))


FORM = {
    "no code": (lambda notebook: notebook.update(cells=[]), "no code cell"),
    "a null count": (edit(execution_count=None), "In[1]: execution count None, not 1"),
    "counts out of order": (edit(execution_count=5), "In[1]: execution count 5, not 1"),
    "an empty cell": (edit(source="\n"), "In[1]: an empty cell"),
    "a raw cell": (edit(cell_type="raw"), "not a valid notebook"),
    "a comment that ignores": (edit(source="# NBVAL_IGNORE_OUTPUT\nprint(401)"), "NBVAL_IGNORE_OUTPUT"),
    "a comment that skips": (edit(source="print(401)  #nbval_skip"), "nbval_skip"),
    "a comment of old": (edit(source="#PYTEST_VALIDATE_IGNORE_OUTPUT\n401"), "PYTEST_VALIDATE_IGNORE_OUTPUT"),
    "a tag that ignores": (tag(0, "nbval-ignore-output"), "In[1]: the tag nbval-ignore-output"),
    "a tag that skips": (tag(0, "nbval-skip"), "In[1]: the tag nbval-skip"),
    "a tag for lax": (tag(0, "nbval-check-output"), "In[1]: the tag nbval-check-output"),
    "raising without an error": (tag(0, "raises-exception"), "In[1]: tagged raises-exception, but"),
    "an error without the tag": (tag(1), "In[2]: stored with an error, but not tagged"),
    "a PNG": (show(value("x", image_png="iVBORw0KGgo=")), "In[1]: an output of type image/png"),
    "a JPEG": (show(value("x", image_jpeg="/9j/4AA=")), "In[1]: an output of type image/jpeg"),
    "JSON": (show(value("x", application_json="{}")), "In[1]: an output of type application/json"),
    "a widget": (
        show(
            new_output(
                "display_data", data={"application/vnd.jupyter.widget-view+json": {}, "text/plain": "x"}
            )
        ),
        "In[1]: an output of type application/vnd.jupyter.widget-view+json",
    ),
    "HTML alone": (show(new_output("display_data", data={"text/html": "x"})), "without text/plain"),
    "metadata": (show(value("x", metadata={"isolated": True})), "In[1]: an output with metadata"),
    "an address": (show(value("<object at 0x7f00aa11bb22>")), "In[1]: an output with an object's address"),
    "a path": (show(value(f"{ROOT}/demo_site")), "In[1]: an output with a path of this machine"),
    "a warning of the kernel": (show(out("/x/ipykernel_12/34.py:1: Warning", "stderr")), "a temporary path"),
    "a progress bar": (show(out("50 %\r100 %")), "In[1]: an output with a progress line"),
    "an object's name for its text": (
        show(value("<IPython.core.display.HTML object>", text_html="x")),
        "In[1]: an output with no text form",
    ),
    "an edited id": (edit(id="abc"), "not in the form that `make notebooks`"),
    "an edited traceback": (
        lambda notebook: notebook.cells[1].outputs[0].traceback.append("x"),
        "not in the form",
    ),
    "another port": (show(out("127.0.0.1:41234")), "not in the form that `make notebooks`"),
    "cell metadata": (edit(metadata={"scrolled": True}), "not in the form that `make notebooks`"),
}


def test_a_good_notebook_has_no_findings() -> None:
    assert findings(to_json(good())) == []


@pytest.mark.parametrize("case", FORM)
def test_the_stored_file_hides_nothing(case: str) -> None:
    change, message = FORM[case]
    notebook = good()
    change(notebook)
    assert any(message in finding for finding in findings(nbformat.writes(notebook, version=4) + "\n"))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.rstrip("\n"),
        lambda text: text.replace('"401', '"\\u0034' + "01"),
        lambda text: text.replace('"outputs": [', '"outputs": [], "outputs": [', 1),
    ],
    ids=["CRLF", "no final newline", "escapes", "a key twice"],
)
def test_the_stored_file_has_one_form_to_the_byte(change) -> None:
    problem = "not in the form that `make notebooks` and `make exercises` write; run it"
    assert findings(change(to_json(good()))) == [problem]


def test_the_form_is_an_item_of_every_notebook(committed: Path, request: pytest.FixtureRequest) -> None:
    form, *cells = collect(request.session, committed).collect()
    form.runtest()
    assert form.name == "form"
    assert all(isinstance(cell, StrictCell) for cell in cells)


def test_the_form_item_is_red_and_names_the_cell(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    notebook = good()
    notebook.cells[0].execution_count = None
    path = tmp_path / "bad.ipynb"
    nbformat.write(notebook, path)
    form = next(iter(collect(request.session, path).collect()))
    with pytest.raises(GateError, match=r"bad\.ipynb: In\[1\]: execution count None"):
        form.runtest()


# --- The one rule of the sanitizer


@pytest.mark.parametrize(
    ("stored", "fresh"),
    [
        ("http://127.0.0.1:8000/hello/", "http://127.0.0.2:8000/hello/"),
        ("http://127.0.0.1:8000/hello/", "http://127.0.0.1:8000/api/hello/"),
        ("http://127.0.0.1:8000/hello/", "https://127.0.0.1:8000/hello/"),
        ("http://localhost:8000/", "http://127.0.0.1:8000/"),
        ("http://127.0.0.1:8000/ 200", "http://127.0.0.1:8000/ 401"),
        ("127.0.0.1:8000: 200", "127.0.0.1:8000: 401"),
        ("http://example.com:8000/", "http://example.com:8001/"),
        ("http://notlocalhost:8000/", "http://notlocalhost:8001/"),
        ("http://0.0.0.0:8000/", "http://0.0.0.0:8001/"),
        ("127.0.0.1:401", "127.0.0.1:403"),
        ("127.0.0.1:200 09:05", "127.0.0.1:200 09:06"),
        ("127.0.0.1:1767603900", "127.0.0.1:1767603901"),
        ("port 8000", "port 8001"),
        ("127.0.0.1 8000", "127.0.0.1 8001"),
        (":8000", ":8001"),
    ],
)
def test_the_port_rule_lets_every_other_difference_through(
    stored: str, fresh: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    assert list(one_cell_run([out(stored)], [out(fresh)], request, tmp_path)) == ["In[1]"]
    assert replace_ports(stored) != replace_ports(fresh)


def test_the_rule_of_the_file_is_the_rule_of_the_build() -> None:
    rules = get_sanitize_patterns((ROOT / "authoring" / "run" / "nbval.sanitize").read_text(encoding="utf-8"))
    assert rules == [(PORT, PORT_REPLACEMENT)]


# --- The options under which it runs

STRICT = {
    "nbval": True,
    "nbval_lax": False,
    "nbdime": False,
    "nbval_kernel_name": None,
    "nbval_current_env": True,
    "nbval_sanitize_with": str(ROOT / "authoring" / "run" / "nbval.sanitize"),
    "dist": "loadfile",
}
WEAKER: dict[str, dict[str, object]] = {
    "--nbval-lax": {"nbval_lax": True},
    "leave out --nbval-lax": {"nbval": False},
    "--nbdime": {"nbdime": True},
    "--nbval-kernel-name": {"nbval_kernel_name": "ir"},
    "--nbval-current-env": {"nbval_current_env": False},
    "--dist loadfile": {"dist": "load"},
}


def problems(**options: object) -> list[str]:
    """What the gate says to these options, given in place of the right ones."""
    return gate.option_problems(config_of(options))


def config_of(options: Mapping[str, object]) -> pytest.Config:
    """A configuration of pytest that has these options, in place of the right ones."""
    option = SimpleNamespace(**{**STRICT, **options})
    return cast(
        pytest.Config, SimpleNamespace(option=option, getoption=lambda name, _: getattr(option, name))
    )


@pytest.mark.parametrize("named", WEAKER)
def test_an_option_that_would_compare_less_is_refused(named: str) -> None:
    assert any(named in problem for problem in problems(**WEAKER[named]))


@pytest.mark.parametrize(
    "rules",
    [
        "",
        f"regex: {PORT}\n\nreplace: {PORT_REPLACEMENT}\n",
        f" regex: {PORT}\n replace: {PORT_REPLACEMENT}\n",
        f"regex: {PORT}\nreplace: {PORT_REPLACEMENT}\nregex: .*\nreplace: x\n",
        f"regex: .*\nreplace: {PORT_REPLACEMENT}\n",
    ],
    ids=["empty", "a blank line between", "indented", "one rule more", "a greedy rule"],
)
def test_sanitizer_files_that_nbval_would_read_otherwise_are_refused(rules: str, tmp_path: Path) -> None:
    file = tmp_path / "rules"
    file.write_bytes(rules.encode())
    assert any(
        "not the one of authoring/run/canonical.py" in text
        for text in problems(nbval_sanitize_with=str(file))
    )


def test_the_run_stops_under_such_an_option() -> None:
    with pytest.raises(pytest.UsageError, match="--nbval-lax"):
        gate.pytest_configure(config_of({"nbval_lax": True}))


def test_this_very_run_is_under_the_gate(pytestconfig: pytest.Config) -> None:
    assert problems() == []
    assert pytestconfig.pluginmanager.hasplugin("authoring.run.gate")
    assert gate.option_problems(pytestconfig) == []
    assert pytestconfig.option.nbval_cell_timeout == CELL_TIMEOUT


def test_the_cells_of_a_notebook_stay_together_whatever_n_is_given() -> None:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"][
        "ini_options"
    ]
    assert "--dist=loadfile" in options["addopts"]


# --- And once in a real kernel, from the command line

TINY = """\
import os
os.environ.get("PYTEST_CURRENT_TEST"), os.environ.get("DJANGO_SETTINGS_MODULE"), os.environ["NO_PROXY"]
---
print("a status of 200")
---
os._exit(1)
---
print("never reached")
"""


def test_the_wiring_in_a_real_run(tmp_path: Path) -> None:
    """A true cell, a corrupted one, one that kills its kernel, and one after that."""
    seen = value("(None, None, '127.0.0.1,localhost')")
    stored = [[seen], [out("a status of 401\n")], [], [out("never reached\n")]]
    cells = [
        new_code_cell(source.strip(), outputs=outputs, execution_count=1)
        for source, outputs in zip(TINY.split("---\n"), stored, strict=True)
    ]
    path = tmp_path / "tiny.ipynb"
    path.write_text(to_json(canonical(new_notebook(cells=cells))), encoding="utf-8")
    # -m "": the marks are those of conftest.py, which lies elsewhere
    options = ["-c", str(ROOT / "pyproject.toml"), "-m", "", "-p", "no:cacheprovider", "-rA", "--color=no"]
    command = [sys.executable, "-m", "pytest", *options, str(path)]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert run.returncode == 1, run.stdout + run.stderr
    assert "-a status of 401\n+a status of 200" in run.stdout
    assert "In[3]: the kernel died" in run.stdout
    assert re.search(r"SKIPPED .*tiny.ipynb, In\[3\] did not run to its end", run.stdout)
    assert " 2 failed, 2 passed, 1 skipped " in run.stdout.splitlines()[-1]
