"""Where the reader's browser is, what a cell shows there, and that no lesson takes it for granted."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from authoring.manifest import COURSE
from authoring.run.execute import kernel_environment
from jwtlab.errors import LabError
from jwtlab.workspace import browser_location, for_your_browser
from jwtlab.workspace.browser_location import HERE, PLACES, Reach, where_is_the_reader

SITE, EVIL = "http://127.0.0.1:40123/app/local/", "http://localhost:40124"

# As such environments set them: several of the variables at once.
SSH = {"SSH_CONNECTION": "10.0.0.7 52044 10.0.0.9 22", "SSH_CLIENT": "10.0.0.7 52044 22"}
HUB = {"JUPYTERHUB_USER": "ana", "JUPYTERHUB_API_URL": "http://hub:8081/hub/api"}
BINDER = {"BINDER_SERVICE_HOST": "10.0.0.1", "BINDER_REPO_URL": "https://example.org/course"}
REMOTE = {"VSCODE_IPC_HOOK_CLI": "/tmp/vscode-ipc-1.sock", "TERM_PROGRAM": "vscode"}
PLACE_OF = {
    "a terminal": ({}, [], "here"),
    "VS Code on the same machine": ({"TERM_PROGRAM": "vscode", "VSCODE_PID": "77"}, [], "here"),
    "Binder": (BINDER | HUB | {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, ["/.dockerenv"], "binder"),
    "a hub": (HUB, [], "hub"),
    "a hub in containers": (HUB, ["/.dockerenv"], "hub"),
    "Codespaces": (REMOTE | {"CODESPACES": "true", "CODESPACE_NAME": "o"}, ["/.dockerenv"], "codespaces"),
    "WSL": ({"WSL_DISTRO_NAME": "Debian", "WSL_INTEROP": "/run/WSL/1"}, [], "wsl"),
    "VS Code in WSL": (REMOTE | {"WSL_DISTRO_NAME": "Debian"}, [], "wsl"),
    "VS Code over ssh": (REMOTE | SSH, [], "vscode"),
    "a dev container": (REMOTE | {"REMOTE_CONTAINERS": "true"}, ["/.dockerenv"], "vscode"),
    "ssh": (SSH | {"SSH_TTY": "/dev/pts/0"}, [], "ssh"),
    "Docker": ({}, ["/.dockerenv"], "container"),
    "Podman": ({"container": "podman"}, ["/run/.containerenv"], "container"),
    "an empty variable": ({"SSH_CONNECTION": ""}, [], "here"),
    "somebody who knows better": (SSH | {"JWTLAB_READER": "here"}, ["/.dockerenv"], "here"),
    "somebody who wants to see": ({"JWTLAB_READER": "hub"}, [], "hub"),
}


@pytest.mark.parametrize("where", PLACE_OF)
def test_the_place_is_read_from_the_environment(where: str, tmp_path: Path) -> None:
    environ, files, expected = PLACE_OF[where]
    for file in files:
        path = tmp_path / file.lstrip("/")
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert where_is_the_reader(environ, tmp_path).name == expected


def test_a_place_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(LabError, match=r"'moon', which is no place\. Choose one of: here, binder, hub, "):
        where_is_the_reader({"JWTLAB_READER": "moon"})


class Shown(HTMLParser):
    """What a browser shows of some HTML: its text, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.links: list[str | None] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attributes if (tag, name) == ("a", "href")]
        self.text += "\n" if tag == "br" else ""


@pytest.mark.parametrize("place", [HERE, *PLACES.values()], ids=lambda place: place.name)
def test_what_a_cell_shows_leads_to_the_page_or_nowhere(
    place: browser_location.Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JWTLAB_READER", place.name)
    directions = for_your_browser(SITE, EVIL)
    shown = Shown(directions._repr_html_())
    assert shown.text == repr(directions), "text and HTML say the same"
    *sentence, site, evil = repr(directions).splitlines()
    assert bool(sentence) == (place is not HERE)
    on_localhost = SITE.replace("127.0.0.1", "localhost")
    assert (site, evil) == ((on_localhost if place.reach is Reach.LOCALHOST else SITE), EVIL)
    assert shown.links == ([site, evil] if place.reach in (Reach.LINKS, Reach.LOCALHOST) else [])
    if place.reach is Reach.TYPED:
        assert "Keep 127.0.0.1 and localhost apart" in sentence[0]
    if place.reach is Reach.NONE:
        assert "your browser cannot get there" in sentence[0]


def test_over_ssh_the_line_brings_every_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWTLAB_READER", "ssh")
    shown = repr(for_your_browser(SITE, EVIL, EVIL + "/loot"))
    assert "`ssh -L 40123:127.0.0.1:40123 -L 40124:127.0.0.1:40124 …`" in shown


def test_an_address_is_shown_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWTLAB_READER", "here")
    html = for_your_browser('http://127.0.0.1:8000/?a="><script>&b')._repr_html_()
    assert html.count("<") == 4, "<p>, <a>, </a> and </p>"


def test_doctor_can_ask_where_nothing_is_installed() -> None:
    ask = (
        "from jwtlab.workspace.browser_location import where_is_the_reader; print(where_is_the_reader().name)"
    )
    command = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        f"import sys; sys.path.insert(0, {str(COURSE.root)!r}); {ask}",
    ]
    done = subprocess.run(command, env={"JWTLAB_READER": "wsl"}, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("wsl\n", "")


def test_kernels_of_the_build_and_of_the_comparison_are_in_one_place(tmp_path: Path) -> None:
    assert where_is_the_reader(kernel_environment(tmp_path)) is HERE


# -- the lessons

ADDRESS = re.compile(r"https?://(127\.0\.0\.1|localhost):8000")
SENT_TO_A_PAGE = re.compile(
    r"follow the|F12|address bar|\bthis machine|\byour (own )?(browser|tab|machine|JupyterLab)\b"
    r"|\b(open|click|visit|go to) (the|this|that|its|your) (\w+ )?(address|page|link|site|tab)\b",
    re.IGNORECASE,
)
HELPER = "for_your_browser("

# Cells that show an address and send nobody there: by lesson and by how the cell begins.
SHOWN_ONLY = {
    ("00", "from jwtlab.site import start_site"): "the text below reads the line; its last cell has the link",
    ("04", "from jwtlab.browser import open_browser"): "whose localStorage of the driven browser it is",
    ("04", 'page.click("Log out")'): "the same",
    ("07", 'import jwt\n\nwith start_site("hardened"'): "the line says which server and clock it is",
    ("08", "import requests"): "the line says which server it is",
    ("08", 'with start_site("production"'): "the same",
}
# Texts that speak of browser or machine, and hold wherever the browser is.
HOLDS_ANYWHERE = {
    ("00", "Your browser sends the `sessionid`"): "what every browser does",
    ("00", "## Is this machine ready?"): "of the machine that runs the cells, which doctor looks at",
    ("03", "`http://` beyond your own machine"): "of what is sent over a network",
    ("05", "Does your address bar show JupyterLab at `127.0.0.1`?"): "a question; where it does, it holds",
}


def lessons() -> Iterator[tuple[str, list[NotebookNode]]]:
    for path in sorted(COURSE.notebooks.glob("[0-9][0-9]_*.ipynb")):
        yield path.name[:2], nbformat.read(path, as_version=4).cells


def assumes_one_machine(number: str, cell: NotebookNode, seen_helper: bool) -> str | None:
    """What of the cell sends readers to a page of this machine, where it does not ask where they are."""
    if cell.cell_type == "code":
        found = ADDRESS.search(json.dumps(cell.outputs, ensure_ascii=False))
        # An exchange shows what was sent. Its lines for a terminal are for one of the machine that runs the
        # cells, as 00 says where it shows the first.
        excused = HELPER in cell.source or re.search(r"\bshow\(", cell.source)
        return found.group() if found and not excused else None
    found = SENT_TO_A_PAGE.search(cell.source)
    return found.group() if found and not seen_helper else None


def test_no_cell_of_a_lesson_assumes_that_browser_and_kernel_are_on_one_machine() -> None:
    faults, listed = [], dict.fromkeys([*SHOWN_ONLY, *HOLDS_ANYWHERE], False)
    for number, cells in lessons():
        seen_helper = False
        for cell in cells:
            seen_helper |= cell.cell_type == "code" and HELPER in cell.source
            if not (what := assumes_one_machine(number, cell, seen_helper)):
                continue
            reasons = [key for key in listed if key[0] == number and key[1] in cell.source]
            listed.update(dict.fromkeys(reasons, True))
            if not reasons:
                faults.append(f"{number}: {what!r} in {cell.source[:60]!r}: use {HELPER}…), or list it")
    assert faults == []
    assert [key for key, used in listed.items() if not used] == [], "listed, and no longer needed"


@pytest.mark.parametrize(
    "source", ["Follow the second link.", "Reload your own tab.", "Press F12.", "Open the first address."]
)
def test_the_search_finds_a_text_that_sends_readers_to_a_page(source: str) -> None:
    cell = nbformat.v4.new_markdown_cell(source)
    assert assumes_one_machine("04", cell, seen_helper=False)
    assert not assumes_one_machine("04", cell, seen_helper=True)


def test_the_search_finds_an_address_that_a_cell_prints() -> None:
    output = nbformat.v4.new_output("stream", text="http://localhost:8000/loot\n")
    cell = nbformat.v4.new_code_cell("print(evil)", outputs=[output])
    assert assumes_one_machine("04", cell, seen_helper=True)


@pytest.mark.parametrize("place", ["here", "hub", "wsl", "ssh"])
def test_in_lesson_04_the_cell_with_the_addresses_says_what_its_reader_can_do(place: str) -> None:
    source = next(c.source for n, cells in lessons() if n == "04" for c in cells if HELPER in c.source)
    last = source.splitlines()[-1]
    code = (
        "from types import SimpleNamespace as N; from jwtlab.workspace import for_your_browser; "
        f"site, evil = N(url='http://127.0.0.1:40123'), 'http://localhost:40124'; print({last})"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=COURSE.root, env={"JWTLAB_READER": place}, capture_output=True, text=True
    )
    assert done.stderr == ""
    assert done.stdout.rstrip("\n").splitlines()[-1] == "http://localhost:40124"
    words = {"here": "http://127.0.0.1:40123/app/local/\n", "hub": "cannot get there", "wsl": "From Windows"}
    assert words.get(place, "ssh -L 40123:127.0.0.1:40123") in done.stdout
