"""A real browser for tests, and JupyterLab in it, used as a reader uses it: through its links and menus."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from jwtlab.browser.chromium import SWITCHES
from jwtlab.install import programs

PATIENCE = (
    60.0  # seconds until a page counts as stuck; a machine that builds something else meanwhile is slow
)
QUIET = (  # no sandbox, because containers run as root; the rest keeps the browser from calling home
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    next(switch for switch in SWITCHES if switch.startswith("--disable-features")),
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium, Chrome or Edge. Without one the test is skipped; in CI it fails."""
    found = programs.find_browser("chromium")
    if not found:
        reason = f"no Chromium, Chrome or Edge on this machine; to get one: {programs.cure('browser')}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.path, args=list(QUIET))
        yield browser
        browser.close()


class Lab:
    """One tab of a browser with JupyterLab in it."""

    PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"  # the notebook in front

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE * 1000)

    def menu(self, bar: str, item: str) -> None:
        """Choose from the menu bar."""
        self.page.locator(".lm-MenuBar-itemLabel", has_text=bar).click()
        self.page.locator(".lm-Menu-itemLabel").get_by_text(item, exact=True).click()

    def follow(self, link: str) -> None:
        """Follow a link of the page of text in front, to a notebook."""
        self.page.locator(".jp-MarkdownViewer:not(.lm-mod-hidden)").get_by_role("link", name=link).click()
        self.page.locator(f"{self.PANEL} .jp-Cell").first.wait_for()

    def show_tab(self, name: str) -> None:
        """Bring an open document to the front."""
        self.page.locator(".lm-DockPanel-tabBar .lm-TabBar-tabLabel", has_text=name).click()

    def run_all(self) -> None:
        """Run every cell of the notebook in front. Its stored outputs go first: they would pass for new."""
        # Until a kernel was chosen, Run All would ask for one.
        self.page.locator(f"{self.PANEL} .jp-Toolbar-kernelName", has_text="Python 3").wait_for()
        self.menu("Edit", "Clear Outputs of All Cells")
        self.menu("Run", "Run All Cells")

    def wait_until_ran(self) -> None:
        """Wait until every cell of the notebook in front has a number: `[ ]` is waiting, `[*]` is running."""
        prompts = f"{self.PANEL} .jp-CodeCell .jp-InputPrompt"
        self.page.wait_for_function(
            "prompts => [...document.querySelectorAll(prompts)].every(p => /\\[\\d+\\]/.test(p.textContent))",
            arg=prompts,
            polling=100,  # milliseconds; at every frame, as is the default, it would slow the page down
        )

    def save(self) -> None:
        """Save the notebook in front, and wait until its tab says so."""
        self.menu("File", "Save Notebook")
        self.page.locator(".lm-DockPanel-tabBar .lm-mod-current:not(.jp-mod-dirty)").first.wait_for()

    def run_cell(self, source: str) -> None:
        """Run the first cell that holds `source`."""
        self.page.locator(f"{self.PANEL} .jp-CodeCell", has_text=source).first.locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")
