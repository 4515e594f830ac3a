"""The law for everything that is drawn: nothing invisible, nothing wider than the page, everything escaped.

All that draws holds to it: what a stranger has written reaches no output of `show`, `show_token`, a chart, a
table or the matrix of attacks as a control character, nor as one that reverses the reading direction.
"""

import base64
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Protocol
from xml.etree import ElementTree

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import jwtlab.show
from jwtlab.attacks import ATTACKS, Attack, Evidence, Matrix
from jwtlab.attacks.report import Row
from jwtlab.browser.tables import BrowserError, Cookie, Request, Stored, Table
from jwtlab.show import ChartError, chart, show, show_token
from jwtlab.show.html import block, code, columns, fold, one_line, stacked, strong, table, visible
from tests.helpers.notebook_html import PICTURE, Reader

stranger = st.text(max_size=12) | st.text(
    st.sampled_from("ab<&\"'\n\r\t\0\x1b\x7f\x85\u202e\u2066\u200b\ue000\U000e0001")
)


class Drawing(Protocol):
    """What a notebook shows."""

    def _repr_html_(self) -> str: ...


def check(shown: Drawing, also: frozenset[str] = frozenset()) -> None:
    """Fail if there is anything in the drawing that does not print, or that is no HTML of ours."""
    for form in (repr(shown), shown._repr_html_()):
        assert [line for line in form.split("\n") if not line.isprintable()] == []
    Reader(shown._repr_html_(), also)


@given(st.builds(dict, start=stranger, name=stranger, value=stranger, body=stranger, kind=stranger))
def test_nothing_invisible_in_an_exchange(parts: dict[str, str]) -> None:
    request = requests.Request("POST", "http://127.0.0.1/", json=parts).prepare()
    request.method, request.url = "POST" + parts["start"], "http://127.0.0.1/" + parts["value"]
    request.headers[parts["name"]] = parts["value"]
    response = requests.Response()
    response.status_code, response.reason, response.request = 200, parts["start"], request
    response.headers["Set-Cookie"] = response.headers[parts["name"]] = parts["value"]
    for kind in ("application/json", "application/x-www-form-urlencoded", "text/plain", parts["kind"]):
        response.headers["Content-Type"] = kind
        for body in (json.dumps(parts).encode(), parts["body"].encode("utf-8", "surrogatepass")):
            response._content = request.body = body
            check(show(response, also=[parts["name"]]))


@given(st.dictionaries(stranger, st.recursive(stranger, st.lists), max_size=3), stranger)
def test_nothing_invisible_in_a_token(payload: dict[str, object], alg: str) -> None:
    parts = [{"alg": alg, "typ": alg}, payload | {"exp": alg}]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    check(show_token(".".join([*encoded, "AAAA"])))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=stranger, label=stranger, unit=stranger)
def test_nothing_invisible_in_a_chart(
    title: str, label: str, unit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JWTLAB_WORK", str(tmp_path))
    drawn = chart("x" + title, {label: 2.0, "b": 3.0}, unit=unit, base=label, verdicts={label: unit})
    text, html = repr(drawn), drawn._repr_html_()
    files = [path.read_text("utf-8") for path in (tmp_path / "charts").iterdir()]
    for form in (text, html, drawn.figures, *files):
        assert [line for line in form.split("\n") if not line.isprintable()] == []
    Reader(html, PICTURE)
    for path in (tmp_path / "charts").glob("*.svg"):
        ElementTree.parse(path)
    with pytest.raises(ChartError) as caught:
        chart(title, {label: 2.0}, unit=unit, base=label + "\x1b")
    assert str(caught.value).isprintable()


@given(stranger, stranger, st.booleans())
def test_nothing_invisible_in_a_table(text: str, other: str, flag: bool) -> None:
    tables: list[Table[Any]] = [
        Table(Cookie, [Cookie(text, other, text, other, flag, flag, text or None, None)], "cookies", other),
        Table(Stored, [Stored(text, other)], "entries", other),
        Table(Request, [Request(text, "http://127.0.0.1/a", (other,), text, other, 200)], "requests", text),
    ]
    for each in tables:
        check(each)
        with pytest.raises(BrowserError) as caught:
            each[text + "nobody"]
        assert str(caught.value).isprintable()


@given(stranger)
def test_nothing_invisible_in_the_matrix_of_attacks(text: str) -> None:
    attack = ATTACKS["replay_after_logout"]
    written = Attack(attack.name, text, text, attack.in_browser, attack.function, {})
    matrix = Matrix((Row(written, {"seed": Evidence(False, text), "hardened": Evidence(True, text)}),))
    check(matrix)
    assert all(line.isprintable() for line in matrix.surprises)


def test_whoever_draws_need_not_wait_for_requests() -> None:
    probe = "import sys; from jwtlab.show import html, redact; print('requests' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", probe], text=True) == "False\n"


def test_the_package_hands_out_each_of_its_names() -> None:
    for names in jwtlab.show._MODULES.values():
        for name in names:
            assert getattr(jwtlab.show, name).__name__ == name
    with pytest.raises(ImportError, match="cannot import name 'shwo'"):
        from jwtlab.show import shwo  # type: ignore[attr-defined]  # noqa: F401


# --- the functions ------------------------------------------------------------------------------------------


def test_what_does_not_print_is_spelled_out() -> None:
    assert visible("a\u202eb\x1b[31m\x9b\u200b") == r"a\u202eb\u001b[31m\u009b\u200b"
    assert visible("tab\there\nnext") == "tab\\u0009here\nnext"
    assert one_line("one\ntwo") == r"one\u000atwo"


@given(stranger)
def test_html_of_a_text_shows_the_text(text: str) -> None:
    for html in (code(text), strong(text), block(text), stacked([text]), table([text], [[text]], ["1em"])):
        assert Reader(html).text.strip("\n").startswith(visible(text).strip("\n"))


def test_html_that_is_html_already_stays_as_it_is() -> None:
    assert strong(code("<")) == f"<strong>{code('<')}</strong>"


@given(st.lists(st.tuples(stranger, stranger), max_size=3))
def test_columns_keep_to_their_widths(rows: list[tuple[str, str]]) -> None:
    assert all(len(line) <= 26 for line in columns(rows, (8, 16)))


@given(
    st.text(alphabet="ab1 :/.", max_size=120), st.text(alphabet="ab1 :/.", max_size=60), st.integers(24, 100)
)
def test_folding_loses_nothing_and_keeps_the_port_whole(before: str, after: str, width: int) -> None:
    line = f"{before}127.0.0.1:40000 {after}"
    pieces = fold(line, width)
    assert all(len(piece) <= width for piece in pieces)
    assert any("127.0.0.1:40000" in piece for piece in pieces)
    assert re.sub(" ", "", "".join(pieces)) == re.sub(" ", "", line)
