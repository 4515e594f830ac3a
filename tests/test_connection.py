"""The connection to a browser, on a browser that says what the test makes it say."""

import json
import queue
import threading
from collections.abc import Callable

import pytest

from jwtlab.browser import firefox
from jwtlab.browser.connection import Closed, Connection, Ended, Gone, Message, Refused
from tests.helpers.processes import until


class Browser:
    """A transport with the browser at its other end: `answers` says what it answers to each command."""

    def __init__(self, answers: Callable[[Message], list[Message | None]] = lambda command: []) -> None:
        self._said: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._answers = answers
        self.is_closed = threading.Event()
        self.heard: list[Message] = []

    def say(self, message: Message | None) -> None:
        """Say something, or that this was all."""
        self._said.put(None if message is None else json.dumps(message))

    def write(self, message: str) -> None:
        command = json.loads(message)
        self.heard.append(command)
        for answer in self._answers(command):
            self.say(answer)

    def read(self) -> str | None:
        return self._said.get()

    def close(self) -> None:
        self.is_closed.set()


def result(command: Message) -> list[Message | None]:
    return [{"id": command["id"], "result": {"its": command["method"]}}]


def test_a_result_goes_to_who_has_asked() -> None:
    seen: list[Message] = []
    browser = Browser(lambda command: [{"method": "Page.event", "params": {}}, *result(command)])
    connection = Connection(browser, seen.append)
    assert connection.send("Page.enable", {"a": 1}) == {"its": "Page.enable"}
    assert connection.send("Page.stop", {}, "of-a-page") == {"its": "Page.stop"}
    assert [sorted(command) for command in browser.heard] == [
        ["id", "method", "params"],
        ["id", "method", "params", "sessionId"],
    ]
    assert len(seen) == 2


@pytest.mark.parametrize(
    "error",
    [
        {"error": {"code": -32000, "message": "No such page"}},  # DevTools
        {"type": "error", "error": "no such frame", "message": "No such page"},  # BiDi
    ],
)
def test_an_error_is_raised_in_the_words_of_the_browser(error: Message) -> None:
    connection = Connection(Browser(lambda command: [{"id": command["id"]} | error]), print)
    with pytest.raises(Refused, match=r"The browser refuses: No such page\.") as caught:
        connection.send("Page.enable", {})
    assert caught.value.words == "No such page"
    assert connection.is_open


# If nobody said at once that it is over, what is waited for would come after a minute, as another error.

NOT_UNDERSTOOD: list[tuple[Message, str]] = [
    ({"method": "Network.started", "params": {}}, "KeyError"),  # an event without what its hearer looks for
    ({"id": 1, "odd": 1}, "KeyError"),
    ({"of": "neither kind"}, "KeyError"),
]


@pytest.mark.parametrize(("message", "reason"), NOT_UNDERSTOOD)
def test_what_is_not_understood_ends_the_connection_in_words(message: Message, reason: str) -> None:
    browser = Browser(lambda command: [message])
    connection = Connection(browser, lambda event: event["params"]["request"])
    for _ in ("who waits", "who comes later"):
        with pytest.raises(
            Ended, match=rf"The browser said what was not understood \({reason}.*open_browser"
        ):
            connection.send("Page.enable", {}, timeout=60)
    assert not connection.is_open
    assert browser.is_closed.wait(60)  # so that the browser at the other end of the pipes ends too


def test_the_end_of_the_browser_is_said_at_once_to_all_who_wait_and_who_come_later() -> None:
    browser = Browser()
    connection = Connection(browser, print)
    raised: list[BaseException] = []

    def ask() -> None:
        try:
            connection.send("Page.enable", {}, timeout=60)
        except Ended as error:
            raised.append(error)

    waiting = [threading.Thread(target=ask) for _ in range(3)]
    for thread in waiting:
        thread.start()
    until(lambda: len(browser.heard) == 3, "three commands wait")
    browser.say(None)
    for thread in waiting:
        thread.join()
    ask()
    assert {str(error) for error in raised} == {
        "The browser has ended. Open another: browser = open_browser()."
    }
    assert len(raised) == 4


def test_a_page_that_is_gone_lets_go_those_who_wait_for_it_and_nobody_else() -> None:
    browser = Browser(lambda command: result(command) if command["method"] == "Page.other" else [])
    connection = Connection(browser, lambda event: connection.abandon("its", "This page is gone."))
    threading.Timer(0.1, browser.say, [{"method": "gone", "params": {}}]).start()
    with pytest.raises(Closed, match=r"This page is gone\."):
        connection.send("Page.enable", {}, "its", timeout=60)
    assert connection.send("Page.other", {}) == {"its": "Page.other"}


def test_a_late_result_is_nobodys() -> None:
    browser = Browser(lambda command: result(command) if command["id"] > 1 else [])
    connection = Connection(browser, print)
    with pytest.raises(Gone, match=r"The browser has not answered Page.slow in 0.01 seconds\."):
        connection.send("Page.slow", {}, timeout=0.01)
    browser.say({"id": 1, "result": {}})
    assert connection.send("Page.next", {}) == {"its": "Page.next"}


def test_a_new_kind_of_event_from_firefox_is_not_heard() -> None:
    connection = Connection(Browser(result), lambda event: firefox._hear({}, event))
    connection._take({"type": "event", "method": "network.of_tomorrow", "params": {"context": "1"}})
    assert connection.is_open
