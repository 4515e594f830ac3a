"""The driven browser for tests: what they do and look at on a page, and no reader does.

It is the browser that this process has for its lessons and attacks too: one for each worker. What keeps tests
apart is that each has people of its own at it.
"""

import itertools
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from jwtlab.browser import Page
from jwtlab.browser.chromium import ChromiumJar, ChromiumTab
from jwtlab.browser.connection import Gone, Message
from jwtlab.browser.session import browser_of_this_kernel
from jwtlab.install import programs
from tests.helpers.processes import until

# The elements of a page that are shown, match a selector and have a text in them.
SHOWN = """((selector, text, exact) => [...document.querySelectorAll(selector)].filter(element =>
    element.checkVisibility({visibilityProperty: true}) &&
    (exact ? element.textContent.trim() === text : element.textContent.includes(text))))"""
# Where the mouse reaches one; null as long as it is not there, moves, or something lies above it. What a page
# does about a scroll it does within two frames.
POINT = """(async element => {
    const places = [];
    for (const look of [1, 2, 3]) {
        if (!element?.isConnected) return null;
        element.scrollIntoView({block: "nearest", behavior: "instant"});
        const box = element.getBoundingClientRect();
        places.push([box.x + box.width / 2, box.y + box.height / 2]);
        await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    }
    const [x, y] = places[2];
    const still = places.every(place => place[0] === x && place[1] === y);
    return still && element.contains(document.elementFromPoint(x, y)) ? [x, y] : null;
})"""
SHIFT_ENTER = {
    "key": "Enter",
    "code": "Enter",
    "windowsVirtualKeyCode": 13,
    "modifiers": 8,  # Shift
    "text": "\r",
}
numbers = itertools.count(1)


@contextmanager
def chromium() -> Iterator[ChromiumJar]:
    """Cookies and storage of their own, in Chromium, Chrome or Edge.

    Without such a browser the test is skipped; in CI it fails.
    """
    if not programs.find_browser("chromium"):
        reason = f"no Chromium, Chrome or Edge on this machine; to get one: {programs.cure('browser')}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    person = browser_of_this_kernel("chromium").person(f"of a test, {next(numbers)}")
    assert isinstance(person._jar, ChromiumJar)
    yield person._jar
    person.close()


class TestedPage(Page):
    """A page with what only tests need, by CSS selectors and with the mouse.

    `exceptions` is what its scripts have not caught, `errors` what else its console shows in red, and
    `addresses` what it has asked for.
    """

    __test__ = False  # pytest would take it for tests

    def __init__(self, tab: ChromiumTab) -> None:
        super().__init__(tab)
        self.tab = tab
        self.exceptions: list[str] = []
        self.errors: list[str] = []
        self.addresses: list[str] = []
        tab.listen("Network.requestWillBeSent", lambda event: self.addresses.append(event["request"]["url"]))
        tab.listen("Runtime.exceptionThrown", self._note_exception)
        tab.listen("Runtime.consoleAPICalled", self._note_call)
        tab.listen("Log.entryAdded", self._note_entry)
        tab.send("Runtime.enable")
        tab.send("Log.enable")

    def texts(self, selector: str, text: str = "") -> list[str]:
        """What is shown in the elements that match `selector` and have `text` in them, in their order."""
        shown: list[str] = self.run(f"{_shown(selector, text)}.map(element => element.innerText)")
        return shown

    def shows(self, selector: str, text: str = "", *, exact: bool = False) -> bool:
        """Whether such an element is shown; with `exact`, one of no other text."""
        return bool(self.run(f"{_shown(selector, text, exact)}.length"))

    def wait_for(self, selector: str, text: str = "", *, exact: bool = False) -> None:
        """Wait until such an element is shown."""
        until(lambda: self._unless_gone(self.shows, selector, text, exact=exact), f"{selector} {text!r}")

    def wait_until(self, js: str) -> None:
        """Wait until the expression holds."""
        until(lambda: self._unless_gone(self.run, js), js)

    def press(self, selector: str, text: str = "", *, exact: bool = False) -> None:
        """Press the mouse's button on the first such element, once it is there and does not move."""
        self.tab.send("Page.bringToFront")
        where = f"{POINT}({_shown(selector, text, exact)}[0])"
        point: list[float] = []

        def is_there() -> bool:
            point[:] = self.run(where) or []
            return bool(point)

        until(is_there, f"the mouse reaches {selector} {text!r}")
        x, y = point
        mouse = {"x": x, "y": y, "button": "left", "clickCount": 1}
        self.tab.send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        self.tab.send("Input.dispatchMouseEvent", type="mousePressed", **mouse)
        self.tab.send("Input.dispatchMouseEvent", type="mouseReleased", **mouse)

    def type_shift_enter(self) -> None:
        """Type what runs a cell."""
        self.tab.send("Input.dispatchKeyEvent", type="keyDown", **SHIFT_ENTER)
        self.tab.send("Input.dispatchKeyEvent", type="keyUp", **SHIFT_ENTER)

    def set_screen(self, width: int, height: int, scheme: str = "light") -> None:
        """Give the page a window of this size, in CSS pixels, on a system that is light or dark."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.tab.send("Emulation.setDeviceMetricsOverride", **metrics)
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.tab.send("Emulation.setEmulatedMedia", features=[feature])

    def _unless_gone(self, look: Callable[..., object], *arguments: str, **options: bool) -> object:
        try:
            return look(*arguments, **options)
        except Gone:  # it is just leaving for another document
            return None

    def _note_exception(self, event: Message) -> None:
        details = event["exceptionDetails"]
        self.exceptions.append(details.get("exception", {}).get("description") or details["text"])

    def _note_call(self, event: Message) -> None:
        if event["type"] == "error":
            self.errors.append(" ".join(str(it.get("value", it.get("description"))) for it in event["args"]))

    def _note_entry(self, event: Message) -> None:
        if event["entry"]["level"] == "error":
            self.errors.append(event["entry"]["text"])


class JupyterPage(TestedPage):
    """JupyterLab in one tab, used as a reader uses it: through its links and menus."""

    PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"  # the notebook in front

    def choose(self, bar: str, item: str) -> None:
        """Choose from the menu bar."""
        self.press(".lm-MenuBar-itemLabel", bar, exact=True)
        self.press(".lm-Menu-itemLabel", item, exact=True)

    def follow(self, link: str) -> None:
        """Follow a link of the page of text in front, to a notebook."""
        self.press(".jp-MarkdownViewer:not(.lm-mod-hidden) a", link)
        self.wait_for(f"{self.PANEL} .jp-Cell")

    def show_tab(self, name: str) -> None:
        """Bring an open document to the front."""
        self.press(".lm-DockPanel-tabBar .lm-TabBar-tabLabel", name)

    def run_all(self) -> None:
        """Run every cell of the notebook in front. Its stored outputs go first: they would pass for new."""
        # Until a kernel was chosen, Run All would ask for one.
        self.wait_for(f"{self.PANEL} .jp-Toolbar-kernelName", "Python 3")
        self.choose("Edit", "Clear Outputs of All Cells")
        self.choose("Run", "Run All Cells")

    def wait_until_ran(self, cells: int) -> None:
        """Wait until the notebook in front has so many code cells with a number.

        `[ ]` is waiting, `[*]` is running, and where the machine is slow JupyterLab has yet to add some.
        """
        prompts = json.dumps(f"{self.PANEL} .jp-CodeCell .jp-InputPrompt")
        numbered = f"[...document.querySelectorAll({prompts})].filter(p => /\\[\\d+\\]/.test(p.textContent))"
        self.wait_until(f"{numbered}.length === {cells}")

    def save(self) -> None:
        """Save the notebook in front, and wait until its tab says so."""
        self.choose("File", "Save Notebook")
        self.wait_for(".lm-DockPanel-tabBar .lm-mod-current:not(.jp-mod-dirty)")

    def run_cell(self, source: str) -> None:
        """Run the first cell that holds `source`."""
        self.press(f"{self.PANEL} .jp-CodeCell .cm-content", source)
        self.type_shift_enter()


def other_page(jar: ChromiumJar, page: TestedPage) -> TestedPage:
    """The page that a link of `page` has opened in a tab of its own, the only other one of this person."""

    def others() -> list[str]:
        everywhere = jar._send("Target.getTargets")["targetInfos"]
        hers = [it for it in everywhere if it.get("browserContextId") == jar._id and it["type"] == "page"]
        return [it["targetId"] for it in hers if it["targetId"] != page.tab._target]

    until(others, "a link opens a page")
    (target,) = others()
    return TestedPage(jar.attach(target))


def _shown(selector: str, text: str, exact: bool = False) -> str:
    return f"{SHOWN}({json.dumps(selector)}, {json.dumps(text)}, {json.dumps(exact)})"
