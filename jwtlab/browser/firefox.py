"""Firefox as Mozilla ships it, driven over WebDriver BiDi (https://w3c.github.io/webdriver-bidi/).

Playwright 1.65 sends a command that Firefox ESR 153 does not know (`emulation.setMediaFeaturesOverride`), and
geckodriver would be one more thing to install. BiDi needs neither: Firefox itself answers it, as JSON over a
WebSocket on loopback, to the first client and no other.
"""

import base64
import itertools
import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any

import websocket

from jwtlab.browser.engine import PATIENCE, STARTING, BrowserError, Gone, no_answer, no_control
from jwtlab.browser.network import Traffic
from jwtlab.browser.tables import Cookie
from jwtlab.site.supervisor import Deadline, NotReady, PortNamed, Supervisor, environment

# This machine and no other: every name but those of loopback goes to a proxy that does not exist, also where
# Firefox would like to fetch something itself. The last line lets tabs in the background keep their pace.
SETTINGS = """
user_pref("network.proxy.type", 1);
user_pref("network.proxy.http", "127.0.0.1");
user_pref("network.proxy.http_port", 9);
user_pref("network.proxy.ssl", "127.0.0.1");
user_pref("network.proxy.ssl_port", 9);
user_pref("network.proxy.no_proxies_on", "localhost, .localhost, 127.0.0.1");
user_pref("services.settings.server", "data:,");
user_pref("dom.min_background_timeout_value", 4);
"""

EVENTS = [
    "network.beforeRequestSent",
    "network.responseStarted",
    "network.responseCompleted",
    "network.fetchError",
]


class Firefox:
    """A running Firefox behind a guard, which ends it and removes its profile when this process is gone."""

    def __init__(self, program: Path) -> None:
        self._supervisor = Supervisor("jwtlab-firefox-")
        self._tabs: dict[str, FirefoxTab] = {}
        try:
            self._start(program, self._supervisor.folder)
        except BaseException:
            self._supervisor.stop()
            raise

    def _start(self, program: Path, profile: Path) -> None:
        (profile / "user.js").write_text(SETTINGS)
        command = [str(program), "--headless", "--no-remote", "--profile", str(profile)]
        self._process = self._supervisor.start(
            [*command, "--remote-debugging-port", "0"],
            cwd=profile,
            env=environment(TMPDIR=str(profile)),  # so that what it leaves there goes with the profile
            log=profile / "firefox.log",
        )
        named = PortNamed("WebDriver BiDi listening on ws://127.0.0.1:")
        try:
            port = self._process.wait_for(named, Deadline(STARTING))
        except NotReady:
            raise BrowserError(f"{program.name} did not start. See whether it does so by itself.") from None
        self._wire = _Wire(f"ws://127.0.0.1:{port}/session", self._hear)
        self._wire.send("session.new", capabilities={})
        self._wire.send("session.subscribe", events=EVENTS)

    @property
    def is_running(self) -> bool:
        return self._process.is_running and self._wire.is_open

    def open_jar(self) -> "FirefoxJar":
        return FirefoxJar(self._wire, self._tabs)

    def close(self) -> None:
        self._supervisor.stop()

    def _hear(self, event: dict[str, Any]) -> None:
        """Hand an event of the network to the tab it belongs to."""
        parameters = event["params"]
        if (tab := self._tabs.get(parameters.get("context"))) is None:
            return
        request = parameters["request"]
        key = (request["request"], parameters["redirectCount"])
        match event["method"]:
            case "network.beforeRequestSent":
                tab.traffic.start(key, request["method"], request["url"])
                tab.traffic.headers(key, {h["name"]: h["value"].get("value", "") for h in request["headers"]})
            case "network.responseStarted":
                tab.traffic.answer(key, parameters["response"]["status"])
            case _:
                tab.traffic.end(key)


class FirefoxJar:
    """A user context, which Firefox calls a container."""

    def __init__(self, wire: "_Wire", tabs: dict[str, "FirefoxTab"]) -> None:
        self._wire, self._tabs = wire, tabs
        self._id = wire.send("browser.createUserContext")["userContext"]

    def open_tab(self) -> "FirefoxTab":
        try:
            context = self._create()
        except _Refused as error:
            if "no longer exist" not in error.words:
                raise
            context = self._create()  # while somebody else's tabs close, Firefox loses a new one now and then
        tab = self._tabs[context] = FirefoxTab(self._wire, context)
        return tab

    def _create(self) -> str:
        return self._wire.send("browsingContext.create", type="tab", userContext=self._id)["context"]

    def cookies(self) -> list[Cookie]:
        partition = {"type": "storageKey", "userContext": self._id}
        return [
            _cookie(cookie)
            for cookie in self._wire.send("storage.getCookies", partition=partition)["cookies"]
        ]

    def close(self) -> None:
        self._wire.send("browser.removeUserContext", userContext=self._id)


class FirefoxTab:
    """A browsing context."""

    def __init__(self, wire: "_Wire", context: str) -> None:
        self.traffic = Traffic()
        self._wire, self._context = wire, context

    def go(self, url: str) -> None:
        try:
            self._send("browsingContext.navigate", url=url, wait="interactive")
        except _Refused as error:
            if "ABORTED" not in error.words:  # an answer without a page (204), or a page that at once led on
                raise no_answer(url, error.words) from None

    def fill(self, label: str, text: str) -> None:
        typing = """(field, text) => {
            const kind = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
            Object.getOwnPropertyDescriptor(kind.prototype, "value").set.call(field, text);
            for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
        }"""
        self._call(
            typing, self._find(label, ("input", "textarea"), "field"), {"type": "string", "value": text}
        )

    def click(self, name: str) -> None:
        self._call("(control) => control.click()", self._find(name, ("button", "a"), "button or link"))

    def run(self, expression: str) -> str | None:
        target = {"context": self._context}
        return _value(self._send_to(target, "script.evaluate", expression=expression, awaitPromise=True))

    def picture(self) -> bytes:
        return base64.b64decode(self._send("browsingContext.captureScreenshot")["data"])

    def close(self) -> None:
        self._send("browsingContext.close")

    def _find(self, name: str, elements: tuple[str, ...], kind: str) -> dict[str, Any]:
        """Return the element that assistive technology knows by this name. Waits until there is one."""
        locator = {"type": "accessibility", "value": {"name": name}}
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for node in self._send("browsingContext.locateNodes", locator=locator)["nodes"]:
                if node["value"]["localName"] in elements:
                    return {"sharedId": node["sharedId"]}
            time.sleep(0.05)
        raise no_control(name, kind)

    def _call(self, function: str, *arguments: dict[str, Any]) -> None:
        target = {"context": self._context}
        call = {"functionDeclaration": function, "arguments": list(arguments), "awaitPromise": False}
        _value(self._send_to(target, "script.callFunction", **call))

    def _send_to(self, target: dict[str, str], method: str, **parameters: Any) -> dict[str, Any]:
        try:
            return self._wire.send(method, target=target, userActivation=True, **parameters)
        except _Refused as error:
            raise Gone(f"The page went away while its script ran: {error.words}.") from None

    def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self._wire.send(method, context=self._context, **parameters)


class _Refused(BrowserError):
    """Firefox answers a command with an error."""

    def __init__(self, words: str) -> None:
        super().__init__(f"Firefox refuses: {words}.")
        self.words = words


class _Wire:
    """Commands to Firefox and their answers; `hear` gets each event, on the thread that reads."""

    def __init__(self, url: str, hear: Callable[[dict[str, Any]], None]) -> None:
        self.is_open = True
        self._hear = hear
        self._numbers = itertools.count(1)
        self._waiting: dict[int, Future[dict[str, Any]]] = {}
        # Firefox refuses a client that says it is a web page, which a header `Origin` would.
        self._socket = websocket.create_connection(url, suppress_origin=True, timeout=STARTING)
        self._socket.settimeout(None)
        threading.Thread(target=self._read, name="browser", daemon=True).start()

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result. Raises BrowserError when it fails or Firefox is gone."""
        number, answer = next(self._numbers), Future()
        self._waiting[number] = answer
        try:
            self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
            return answer.result(3 * PATIENCE)
        except TimeoutError:  # of a script that waits, Firefox says nothing when its page goes away
            raise Gone(f"Firefox has not answered {method} in {3 * PATIENCE:.0f} seconds.") from None
        except (OSError, websocket.WebSocketException):
            raise _gone() from None
        finally:
            self._waiting.pop(number, None)

    def _read(self) -> None:
        with suppress(OSError, websocket.WebSocketException):  # Firefox has ended
            while text := self._socket.recv():
                self._take(json.loads(text))
        self.is_open = False
        for answer in list(self._waiting.values()):
            answer.set_exception(_gone())

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "event":
            self._hear(message)
        elif answer := self._waiting.pop(message["id"], None):  # None: whoever asked was interrupted
            if message["type"] == "success":
                answer.set_result(message["result"])
            else:
                answer.set_exception(_Refused(message["message"]))


def _gone() -> BrowserError:
    return BrowserError("The browser has ended. Open another: browser = open_browser().")


def _value(answer: dict[str, Any]) -> str | None:
    if answer["type"] == "exception":
        raise BrowserError(f"The page's script failed: {answer['exceptionDetails']['text']}")
    return answer["result"].get("value")


def _cookie(kept: dict[str, Any]) -> Cookie:
    return Cookie(
        name=kept["name"],
        value=kept["value"].get("value", ""),
        domain=kept["domain"],
        path=kept["path"],
        secure=kept["secure"],
        http_only=kept["httpOnly"],
        same_site={"strict": "Strict", "lax": "Lax", "none": "None"}.get(kept["sameSite"]),
        expires=kept.get("expiry"),
    )
