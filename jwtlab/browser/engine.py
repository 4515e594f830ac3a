"""What a browser has to do for us, whichever it is. `chromium.py` and `firefox.py` are the two that can.

A jar is what a private window is: cookies and storage that no other jar sees. A tab belongs to one jar.
"""

from typing import Any, Protocol

from jwtlab.browser.network import Traffic
from jwtlab.browser.tables import BrowserError, Cookie

PATIENCE = 10.0  # seconds that a page gets to show something, before we say that it does not


class Tab(Protocol):
    """One page. `traffic` fills while it is open."""

    traffic: Traffic

    def go(self, url: str) -> None:
        """Begin to show `url`: return once its answer has come. Raises BrowserError when none comes."""

    def fill(self, label: str, text: str) -> None:
        """Put `text` into the field with this label. Raises BrowserError when there is none."""

    def click(self, name: str) -> None:
        """Press the button or the link of this name. Raises BrowserError when there is none."""

    def run(self, expression: str) -> str | None:
        """Return what the script evaluates to, a string or nothing, as a promise or not.

        Raises BrowserError with what the script has thrown, Gone when its document went away.
        """

    def picture(self) -> bytes:
        """Return the page as a PNG."""

    def close(self) -> None: ...


class Jar(Protocol):
    """Cookies and storage of one person, and the tabs that share them."""

    def open_tab(self) -> Tab: ...

    def cookies(self) -> list[Cookie]: ...

    def close(self) -> None:
        """Forget everything, and close the tabs."""


class Engine(Protocol):
    """A running browser."""

    @property
    def is_running(self) -> bool: ...

    def open_jar(self) -> Jar: ...

    def close(self) -> None: ...


def no_answer(url: str, reason: Any) -> BrowserError:
    return BrowserError(f"{url} did not open: {reason}. See whether its site still runs.")
