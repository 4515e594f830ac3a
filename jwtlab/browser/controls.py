"""Fields, buttons and links, found by the names that assistive technology knows them by.

Each browser computes these names itself. What is then done with a control is the same script in both.
"""

import time
from abc import ABC, abstractmethod

from jwtlab.browser import engine
from jwtlab.browser.tables import BrowserError

PAUSE = 0.03  # seconds between two looks for a control

FIELDS = ("input", "textarea")
BUTTONS_AND_LINKS = ("button", "a")

# By the setter of the element's own class: a page's framework may have put another before it.
FILL = """(field, text) => {
    const kind = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
    field.focus();
    Object.getOwnPropertyDescriptor(kind.prototype, "value").set.call(field, text);
    for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
}"""
CLICK = "(control) => { control.focus(); control.click(); }"


class Controls(ABC):
    """What `Tab` says of fields, buttons and links."""

    def fill(self, label: str, text: str) -> None:
        self._call(FILL, self._wait_for(label, FIELDS, "field"), text)

    def click(self, name: str) -> None:
        self._call(CLICK, self._wait_for(name, BUTTONS_AND_LINKS, "button or link"))

    def _wait_for(self, name: str, elements: tuple[str, ...], kind: str) -> str:
        deadline = time.monotonic() + engine.PATIENCE
        while (control := self._locate(name, elements)) is None:
            if time.monotonic() > deadline:
                raise BrowserError(
                    f"The page shows no {kind} called {name!r}. "
                    "Look at what it does show: page.text, page.screenshot()."
                )
            time.sleep(PAUSE)
        return control

    @abstractmethod
    def _locate(self, name: str, elements: tuple[str, ...]) -> str | None:
        """Return the browser's id of the first such element of this name that is shown and not disabled."""

    @abstractmethod
    def _call(self, function: str, control: str, *texts: str) -> None:
        """Call a function of the page with the control and the texts, as if a person had just clicked."""
