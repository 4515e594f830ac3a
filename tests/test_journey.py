"""A learner's first hour in a real browser: the start page, 00 and 01, and the demo site's own page.

The journey is made once. Each test then looks at one thing that it met.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest

from authoring.run.canonical import canonical, to_json
from jwtlab.browser.chromium import ChromiumJar
from jwtlab.install import programs
from jwtlab.workspace.files import COURSE
from jwtlab.workspace.fingerprints import Fingerprint
from tests.helpers.browser import JupyterPage, chromium, other_page
from tests.helpers.processes import PATIENCE

NOTEBOOKS = ["00_start_here", "01_jwt_anatomy"]


@dataclass
class Journey:
    """What was met on the way."""

    url: str  # as JupyterLab printed it
    work: Path
    start_links: list[str] = field(default_factory=list)
    quiz_replies: list[str] = field(default_factory=list)  # what of a reply is seen, before a click and after
    site_page: str = ""
    site_cookies: list[object] = field(default_factory=list)
    requested: set[str] = field(default_factory=set)  # host names
    complaints: list[str] = field(default_factory=list)  # errors in the browser's console, and pop-ups


@pytest.fixture(scope="module")
def journey() -> Iterator[Journey]:
    # A space and an accent, as in many a home; short, because the kernels' sockets lie below it.
    folder = tempfile.TemporaryDirectory(prefix="é ")
    with folder as home, opened_lab(Path(home)) as log, chromium() as jar:
        page = JupyterPage(jar.open_tab())
        page.set_screen(1280, 900)
        try:
            met = travel(jar, page, Journey(url=served_at(log), work=Path(home, "work")))
        except (Exception, pytest.fail.Exception) as error:
            picture = Path(tempfile.gettempdir(), "journey.png")
            picture.write_bytes(page.tab.picture())
            error.add_note(f"The page is in {picture}. JupyterLab said:\n{log.read_text()}")
            raise
        yield met


@contextmanager
def opened_lab(home: Path) -> Iterator[Path]:
    """`python -m jwtlab lab` on a machine with traps set. Yields the file with JupyterLab's log."""
    kernels = home / "data" / "kernels" / "python3"  # of another project, without our packages
    kernels.mkdir(parents=True)
    (kernels / "kernel.json").write_text(
        '{"argv": ["/bin/false"], "display_name": "Theirs", "language": "python"}'
    )
    folders = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    environment |= folders | {
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "JWTLAB_WORK": str(home / "work"),
        "JWTLAB_READER": "here",  # also where the tests run in a container or over ssh
        "http_proxy": "http://127.0.0.1:9",  # nobody answers at the port of the discard service
    }
    log = home / "log"
    command = [sys.executable, "-m", "jwtlab", "lab", "--no-browser", "--port=0"]
    with log.open("w") as stderr:
        server = subprocess.Popen(
            command, cwd=COURSE, env=environment, stdout=subprocess.DEVNULL, stderr=stderr
        )
    try:
        yield log
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(PATIENCE)


def served_at(log: Path) -> str:
    """The address that JupyterLab prints, once somebody answers there."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        printed = re.search(r"^ +(http://\S+\?token=\w+)$", log.read_text(), re.MULTILINE)
        if printed and answers(urlsplit(printed[1]).port):
            return printed[1]
        time.sleep(0.02)
    raise TimeoutError("JupyterLab does not answer")


def answers(port: int | None) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def travel(jar: ChromiumJar, page: JupyterPage, met: Journey) -> Journey:
    """From the start page to both notebooks, which run side by side, and on to the site that 00 starts."""
    page.go(met.url)
    page.wait_for(".jp-MarkdownViewer table")
    met.start_links = page.texts(".jp-MarkdownViewer table a")

    page.follow("00 Start here")
    page.run_all()
    page.show_tab("START.md")
    page.follow("01 JWT anatomy")
    page.run_all()
    page.wait_until_ran(code_cells(NOTEBOOKS[1]))
    page.save()
    page.show_tab(NOTEBOOKS[0])
    page.wait_until_ran(code_cells(NOTEBOOKS[0]))
    page.save()

    met.quiz_replies.append(reply(page))
    page.press(f"{page.PANEL} .jp-OutputArea summary", "With strings in the body")
    page.wait_for(f"{page.PANEL} .jp-OutputArea details[open] p")
    met.quiz_replies.append(reply(page))

    link = f"{page.PANEL} .jp-CodeCell .jp-OutputArea a[href^='http://127.0.0.1']"
    stopped = page.run(f"[...document.querySelectorAll({json.dumps(link)})].map(link => link.href)")
    page.run_cell("site = start_site()")  # the last cell of 00 stopped it
    link += "".join(f":not([href^='{old.rstrip('/')}'])" for old in stopped)
    page.press(link)
    site = other_page(jar, page)
    site.wait_for("h1")
    site.reload()  # so that all it asks for is met
    met.site_page = site.text
    met.site_cookies = site.tab.send("Network.getCookies", urls=[site.url])["cookies"]
    met.complaints = page.exceptions + page.errors + page.texts(".jp-Dialog, .Toastify__toast")
    met.requested = {urlsplit(address).hostname or "" for address in page.addresses + site.addresses}
    return met


def code_cells(name: str) -> int:
    """How many cells of a notebook JupyterLab runs: all of code but those without any."""
    cells = nbformat.read(COURSE / "notebooks" / f"{name}.ipynb", as_version=4).cells
    return sum(cell.cell_type == "code" and bool(cell.source.strip()) for cell in cells)


def reply(page: JupyterPage) -> str:
    """What is seen of the reply to one of the answers in 00's quiz."""
    return "".join(page.texts(f"{page.PANEL} .jp-OutputArea details p", "Two strings come in the body"))


def test_the_start_page_opens_rendered_and_leads_to_every_notebook(journey: Journey) -> None:
    paths = sorted((COURSE / "notebooks").glob("*.ipynb"))
    lessons = [json.loads(path.read_text())["metadata"]["jwtlab"] for path in paths]
    assert journey.start_links == [f"{lesson['number']} {lesson['title']}" for lesson in lessons]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_run_in_the_browser_gives_every_stored_output(journey: Journey, name: str) -> None:
    saved = nbformat.read(journey.work / f"{name}.ipynb", as_version=4)
    assert to_json(canonical(saved)) == (COURSE / "notebooks" / f"{name}.ipynb").read_text()


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_what_jupyterlab_saves_after_a_run_is_no_edit(journey: Journey, name: str) -> None:
    laid, saved = (path / f"{name}.ipynb" for path in (COURSE / "notebooks", journey.work))
    assert laid.read_bytes() != saved.read_bytes()
    found = [Fingerprint.of(path.name, path.read_bytes()).written for path in (laid, saved)]
    assert found[0] == found[1]


def test_a_click_on_an_answer_of_a_quiz_opens_what_there_is_to_say_to_it(journey: Journey) -> None:
    closed, opened = journey.quiz_replies
    assert closed == ""
    assert opened.startswith("✓ Right. Two strings come in the body")


def test_the_link_in_a_notebook_shows_the_page_of_the_demo_site(journey: Journey) -> None:
    assert "demo site" in journey.site_page


def test_the_site_gets_no_cookie_of_jupyterlab(journey: Journey) -> None:
    assert urlsplit(journey.url).hostname == "localhost"
    assert journey.site_cookies == []


def test_the_kernels_listen_on_no_port(journey: Journey) -> None:
    (runtime,) = journey.work.parent.glob("runtime")
    connections = [json.loads(path.read_text()) for path in runtime.glob("kernel-*.json")]
    assert [connection["transport"] for connection in connections] == ["ipc", "ipc"]


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_a_missing_browser_is_reported_with_its_cure(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(programs, "find_browser", lambda engine: None)
    with pytest.raises(outcome) as missing, chromium():
        raise AssertionError("there is a browser")
    assert programs.cure("browser") in str(missing.value)


def test_nothing_leaves_the_machine_and_nothing_complains(journey: Journey) -> None:
    assert journey.requested <= {"localhost", "127.0.0.1", ""}  # "": data and blob URLs
    assert journey.complaints == []
