"""The one connection by which a browser is driven, whichever browser it is.

A command goes out as JSON with a number, and its result comes back with the same number; events come in
between. So say both protocols that are spoken here, the Chrome DevTools Protocol
(https://chromedevtools.github.io/devtools-protocol/) and WebDriver BiDi (https://w3c.github.io/webdriver-bidi/).
Only the transport differs: Chromium has two pipes, to which nobody else on the machine can connect, and
Firefox a WebSocket on loopback, which takes one client.

Nothing has to be installed beside the browser, so that this starts wherever the browser does. Playwright
brings a Node of 160 MB that wants a library which a bare Debian does not have, and drives no Firefox but one
that it has patched. Selenium wants chromedriver, which is another package, and geckodriver, which Debian's
firefox-esr does not bring.
"""

import itertools
import json
import queue
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, Protocol

from jwtlab.browser.tables import BrowserError

COMMAND_TIMEOUT = 30.0  # seconds until a command counts as unanswered

Message = dict[str, Any]
ENDED = "The browser has ended"


class Refused(BrowserError):
    """The browser answers a command with an error: `words`."""

    def __init__(self, words: str) -> None:
        super().__init__(f"The browser refuses: {words.rstrip('.')}.")
        self.words = words


class Gone(BrowserError):
    """The document that was asked went away in the middle. Its page may show another."""


class Closed(BrowserError):
    """The page is closed or has crashed, or its browser has ended: nothing more will come from it."""


class Ended(Closed):
    """The connection has ended, and with it all that its browser had."""

    def __init__(self, how: str) -> None:
        super().__init__(f"{how}. Open another: browser = open_browser().")


class Unanswered(Gone):
    """The browser has not answered a command in time."""


class Transport(Protocol):
    """Carries messages. Each method is called by one thread at a time."""

    def write(self, message: str) -> None:
        """Send a message. Raises OSError when nobody is there to read it."""

    def read(self) -> str | None:
        """Wait for a message and return it; None when there will be no more."""

    def close(self) -> None: ...


class Connection:
    """Commands to a browser and their results; `hear` gets each event, on the thread that reads.

    Two threads write and read. An interrupt reaches neither, so that no message is cut in half by one. They
    know nothing of the browser's process: it ends with its last owner, though they still wait for it.
    """

    def __init__(self, transport: Transport, hear: Callable[[Message], None]) -> None:
        self._transport = transport
        self._hear = hear
        self._how_ended: str | None = None
        self._numbers = itertools.count(1)
        self._waiting: dict[int, tuple[str | None, Future[Message]]] = {}
        self._outbox: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write, name="to the browser", daemon=True)
        self._writer.start()
        threading.Thread(target=self._read, name="from the browser", daemon=True).start()

    @property
    def is_open(self) -> bool:
        return self._how_ended is None

    def send(
        self,
        method: str,
        parameters: Mapping[str, Any],
        session: str | None = None,
        timeout: float | None = None,
    ) -> Message:
        """Send a command and return its result. `session` is DevTools' name for one page.

        Raises Refused when the browser answers with an error, Ended at once when the connection has ended or
        ends meanwhile, Unanswered after `timeout` seconds.
        """
        number, result = next(self._numbers), Future[Message]()
        self._waiting[number] = session, result
        seconds = COMMAND_TIMEOUT if timeout is None else timeout
        try:
            self._post(number, method, parameters, session)
            if self._how_ended:  # looked at after `_waiting` was told, as `_end` does it the other way round
                raise Ended(self._how_ended)
            return result.result(seconds)
        except TimeoutError:  # also of a script that waits for something when its page goes away
            raise Unanswered(f"The browser has not answered {method} in {seconds:g} seconds.") from None
        finally:
            self._waiting.pop(number, None)

    def post(self, method: str, parameters: Mapping[str, Any], session: str | None = None) -> None:
        """Send a command, and wait for nothing. This is how a hearer of events may answer one."""
        self._post(next(self._numbers), method, parameters, session)

    def abandon(self, session: str, words: str) -> None:
        """Let nobody wait any longer for results from this session: its page is gone."""
        for number, (its, _) in list(self._waiting.items()):
            if its == session:
                self._fail(number, Closed(words))

    def _post(self, number: int, method: str, parameters: Mapping[str, Any], session: str | None) -> None:
        message: Message = {"id": number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        self._outbox.put(json.dumps(message))

    def _write(self) -> None:
        while (message := self._outbox.get()) is not None:
            try:
                self._transport.write(message)
            except (OSError, ValueError):  # ValueError: it is closed
                return  # `_read` comes to the end, too

    def _read(self) -> None:
        how = ENDED
        try:
            while (message := self._transport.read()) is not None:
                self._take(json.loads(message))
        except Exception as error:
            how = f"The browser said what was not understood ({error!r}), and was let go"
        finally:
            self._end(how)
            self._outbox.put(None)
            self._writer.join()
            self._transport.close()

    def _take(self, message: Message) -> None:
        if "method" in message:
            self._hear(message)
        elif "error" not in message:
            result = message["result"]  # read before anybody is taken from those who wait
            if waiting := self._waiting.pop(message["id"], None):  # None: whoever asked was interrupted
                waiting[1].set_result(result)
        else:  # in DevTools an object with a message, in BiDi a word beside a message
            error = message["error"]
            words = error["message"] if isinstance(error, dict) else message["message"]
            self._fail(message["id"], Refused(words))

    def _end(self, how: str) -> None:
        self._how_ended = how
        for number in list(self._waiting):
            self._fail(number, Ended(how))

    def _fail(self, number: int, error: BrowserError) -> None:
        if waiting := self._waiting.pop(number, None):
            waiting[1].set_exception(error)
