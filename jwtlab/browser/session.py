"""The driven browser, and the people at it.

It is the browser of this machine (`jwtlab.install.programs` finds it), without a window and with nothing of
the reader's in it. It reaches this machine and no other. It ends with the notebook's kernel, however that
ends.
"""

import atexit
import threading
from collections.abc import Callable
from typing import Self

from jwtlab.browser.engine import Engine, Jar
from jwtlab.browser.page import Page
from jwtlab.browser.process import STARTING
from jwtlab.browser.tables import BrowserError, Cookie, Table
from jwtlab.errors import MissingProgram
from jwtlab.install import programs
from jwtlab.workspace.stored_outputs import show_stored_results

TRYING = 30.0  # seconds that a browser has to start when it is only tried out
YOU = "you"  # who opens a page when nobody is named

_running: dict[str, "Browser"] = {}
_one_at_a_time = threading.Lock()


class NoBrowser(BrowserError, MissingProgram):
    """This machine has no browser, or none of the family asked for."""

    program = "browser"


def open_browser(engine: str | None = None) -> "Browser":
    """Return a browser with nothing in it: no page, no cookie.

    There is one for each kernel. Asked for again, as when a cell is run twice, it forgets everything and is
    handed out again. `engine`, "chromium" or "firefox", asks for one of that family.

    Raises NoBrowser, with what to type, when this machine has none.
    """
    browser = browser_of_this_kernel(engine)
    browser.forget()
    return browser


def browser_of_this_kernel(engine: str | None = None) -> "Browser":
    """The same, with whatever it holds: for those who bring people of their own, and send them home again."""
    found = programs.find_browser(engine)
    if found is None:
        show_stored_results()
        raise NoBrowser(_none_here(engine))
    with _one_at_a_time:
        browser = _running.get(found.engine)
        if browser and not browser.is_running:
            browser.close()  # what is left of it
        if browser is None or not browser.is_running:
            browser = _running[found.engine] = _started(found)
        return browser


def _none_here(engine: str | None) -> str:
    wanted = {None: "a browser", "chromium": "Chromium or Chrome", "firefox": "Firefox"}[engine]
    cure = programs.cure("browser") if engine != "firefox" else "install Firefox."
    return f"This drives {wanted}, and this machine has none. To run it here: {cure}"


def _started(found: programs.Browser, seconds: float = STARTING) -> "Browser":
    """Return a browser that has just been started. An interrupt leaves none to the traceback it makes."""
    engine = None
    try:
        engine = _start(found, seconds)
        return Browser(engine)
    except BaseException:
        if engine:
            engine.close()
        raise


def _start(found: programs.Browser, seconds: float) -> Engine:
    # Imported here: each takes its time, and nobody needs both.
    if found.engine == "firefox":
        from jwtlab.browser.firefox import Firefox

        return Firefox(found.path, seconds)
    from jwtlab.browser.chromium import Chromium

    return Chromium(found.path, seconds)


def try_out(engine: str | None = None) -> str | None:
    """Start a browser of this family, read something back from a page in it, and end it: a few seconds.

    Returns None when all of that worked, else why it did not and what to do, in one line. The browser of this
    kernel is left alone.
    """
    found = programs.find_browser(engine)
    if found is None:
        return _none_here(engine)
    try:
        with _started(found, TRYING) as browser:
            title = browser.open("data:text/html,<title>it works</title>").title
    except BrowserError as error:
        return str(error)
    return None if title == "it works" else f"{found.path.name} shows no page: its title is {title!r}."


@atexit.register
def close_all() -> None:
    """Close the browsers of this process."""
    for browser in _running.values():
        browser.close()


class Browser:
    """A running browser. What it does itself, `person("you")` does."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._people: dict[str, Person] = {}

    def open(self, url: str) -> Page:
        """Open `url` in a new page, and return the page once it is still."""
        return self.person().open(url)

    def cookies(self) -> Table[Cookie]:
        """The cookies that this browser has."""
        return self.person().cookies()

    def person(self, name: str = YOU) -> "Person":
        """The person of this name. Each has cookies and storage of their own, as private windows have."""
        self._require_running()
        if name not in self._people:
            self._people[name] = Person(name, self._engine.open_jar(), lambda: self._people.pop(name, None))
        return self._people[name]

    def forget(self) -> None:
        """Close every page, and forget every cookie and everything stored."""
        for person in list(self._people.values()):
            person.close()

    @property
    def is_running(self) -> bool:
        return self._engine.is_running

    def close(self) -> None:
        """End the browser. A second call does nothing."""
        self._people.clear()
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        people = ", ".join(self._people) or "nobody has opened a page"
        return f"browser · {people if self.is_running else 'not running'}"

    def _require_running(self) -> None:
        if not self.is_running:
            raise BrowserError("This browser is not running. Open another: browser = open_browser().")


class Person:
    """Somebody at a browser of their own: their pages share cookies, and nobody else does."""

    def __init__(self, name: str, jar: Jar, leave: Callable[[], object]) -> None:
        self.name = name
        self._jar, self._leave = jar, leave

    def open(self, url: str) -> Page:
        """Open `url` in a new page, and return the page once it is still."""
        return Page(self._jar.open_tab()).go(url)

    def cookies(self) -> Table[Cookie]:
        """The cookies this person has, by host and name."""
        cookies = sorted(self._jar.cookies(), key=lambda cookie: (cookie.domain, cookie.name, cookie.path))
        return Table(Cookie, cookies, "cookies", "this browser" if self.name == YOU else self.name)

    def close(self) -> None:
        """Close this person's pages, and forget their cookies and what is stored."""
        self._leave()
        self._jar.close()

    def __repr__(self) -> str:
        return f"person · {self.name}"
