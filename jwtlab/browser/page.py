"""A page in the driven browser: go somewhere, fill, click, run a script, and look at what there is.

What waits here waits for a state of the page, not for a time. `click` and `go` come back when the page is
still: loaded, and nothing on its way. For what a page does later, of itself, wait with `see` or `answer`.
"""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from jwtlab.browser.connection import Gone
from jwtlab.browser.engine import PATIENCE, Tab
from jwtlab.browser.tables import BrowserError, Request, Stored, Table
from jwtlab.show import html
from jwtlab.workspace.files import work_folder

PICTURES = "screenshots"  # the folder under work/
PAUSE = 0.03  # seconds between two looks at a page that is not yet as we wait for it
MOMENT = 0.05  # seconds in which a script that has got its answer begins what comes next


class Page:
    """An open page."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab

    def go(self, url: str) -> Self:
        """Go to `url`, as if it had been typed, and wait until the page is still. `sent` begins anew."""
        self._tab.traffic.forget()
        self._tab.go(url)
        return self._settled()

    def reload(self) -> Self:
        """Load the page again. Its scripts begin anew, and what they had in variables is gone."""
        return self.go(self.url)

    def fill(self, label: str, text: str) -> Self:
        """Type `text` into the field that is labelled `label`."""
        self._tab.fill(label, text)
        return self

    def click(self, name: str) -> Self:
        """Press the button or follow the link called `name`, and wait until the page is still."""
        self._tab.click(name)
        return self._settled()

    def run(self, js: str) -> Any:
        """Return what the expression `js` is in the page, `await` included: `page.run("document.cookie")`.

        It may do what any script of the page may do, however that came in: read what the page can read, and
        send what the page's policy lets it send. Raises BrowserError with what it throws.
        """
        js = js.strip().rstrip(";")
        value = self._tab.run(f"(async () => JSON.stringify(await ({js}\n)))()")
        return None if value is None else json.loads(value)

    @property
    def url(self) -> str:
        return str(self.run("location.href"))

    @property
    def title(self) -> str:
        return str(self.run("document.title"))

    @property
    def text(self) -> str:
        """What the page shows, as text."""
        return self.run("document.body?.innerText") or ""

    def see(self, text: str) -> Self:
        """Wait until the page shows `text`. Raises BrowserError, with what it shows, when it does not."""
        if not _wait_until(lambda: text in self.text):
            raise BrowserError(f"The page does not show {text!r}. It shows: {_shortened(self.text)}")
        return self

    def wait(self, js: str) -> Self:
        """Wait until the expression `js` holds in the page. Raises BrowserError when it does not."""
        if not _wait_until(lambda: self.run(js)):
            raise BrowserError(f"In the page, this does not come true: {js}")
        return self

    def storage(self) -> Table[Stored]:
        """What the page has in localStorage: every script of its origin can read that."""
        entries = sorted(self.run("Object.entries(localStorage)"))
        return Table(
            Stored, (Stored(*entry) for entry in entries), "localStorage", self.run("location.origin")
        )

    @property
    def sent(self) -> Table[Request]:
        """The requests that have left since the page was opened or sent elsewhere, and were answered.

        Oldest first. Static files are left out.
        """
        return Table(Request, self._tab.traffic.requests(), "requests", "this page")

    def answer(self, url: str) -> Request:
        """Wait until a request to `url` is answered, and return it; of several, the last.

        Raises BrowserError when none comes.
        """

        def answered() -> list[Request]:
            return [request for request in self._tab.traffic.requests() if request.url.startswith(url)]

        if not _wait_until(answered):
            raise BrowserError(
                f"This page has had no answer from {url}. Look at what it has sent: page.sent."
            )
        return answered()[-1]

    def screenshot(self, name: str = "page") -> "Picture":
        """Keep the page as a picture in your work folder, `screenshots/NAME.png`, for you to look at."""
        if not re.fullmatch(r"[\w-]+", name):
            raise BrowserError(
                f"{name!r} cannot be the name of a picture. Choose letters and digits: 'login'."
            )
        path = work_folder() / PICTURES / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self._tab.picture())
        return Picture(path)

    def close(self) -> None:
        self._tab.close()

    def __repr__(self) -> str:
        return html.visible(f"page · {self.title} · {self.url}")

    def _settled(self) -> Self:
        """Wait until the page is still, but no longer than PATIENCE: some pages never are."""

        def is_still_for_a_moment() -> bool:
            if not self._is_still():
                return False
            time.sleep(MOMENT)
            return self._is_still()

        _wait_until(is_still_for_a_moment)
        return self

    def _is_still(self) -> bool:
        try:
            return self._tab.traffic.is_quiet and self._tab.run("document.readyState") == "complete"
        except Gone:  # it has just left for another page
            return False


class Picture:
    """A picture of a page. A notebook shows where it is, not the picture, so that outputs can be compared."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._place = f"{path.parent.name}/{path.name}"

    def __repr__(self) -> str:
        return f"picture · {self._place} in your work folder"

    def _repr_html_(self) -> str:
        return f'<p>Picture: <a href="{self._place}">{html.code(self._place)}</a> in your work folder</p>'


def _wait_until(condition: Callable[[], object]) -> bool:
    """Return True as soon as the condition holds, False if that takes longer than PATIENCE."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE)
    return True


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 200 else words[:200] + "…"
