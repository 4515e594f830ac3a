"""Firefox as Mozilla ships it, driven by WebDriver BiDi, which it answers itself.

https://w3c.github.io/webdriver-bidi/ has every command and event. A jar is a user context of that protocol,
a tab a browsing context.
"""

import base64
import json
from pathlib import Path
from typing import Any

import websocket

from jwtlab.browser.connection import Connection, Gone, Message, Refused
from jwtlab.browser.controls import Controls
from jwtlab.browser.engine import no_answer
from jwtlab.browser.network import Traffic
from jwtlab.browser.process import STARTING, BrowserProcess
from jwtlab.browser.tables import BrowserError, Cookie
from jwtlab.site.processes import Deadline, PortNamed

# This machine and no other: every name but those of loopback goes to a proxy that does not exist, also where
# Firefox would like to fetch something itself. Of downloads, the folder is told with the profile: Firefox
# would make its own in the reader's home. The next line lets tabs in the
# background keep their pace; the last two spare processes and a page that nobody may need.
SETTINGS = """
user_pref("network.proxy.type", 1);
user_pref("network.proxy.http", "127.0.0.1");
user_pref("network.proxy.http_port", 9);
user_pref("network.proxy.ssl", "127.0.0.1");
user_pref("network.proxy.ssl_port", 9);
user_pref("network.proxy.no_proxies_on", "localhost, .localhost, 127.0.0.1");
user_pref("browser.download.folderList", 2);
user_pref("services.settings.server", "data:,");
user_pref("dom.min_background_timeout_value", 4);
user_pref("dom.ipc.processPrelaunch.enabled", false);
user_pref("browser.newtab.preload", false);
"""

EVENTS = [
    "network.beforeRequestSent",
    "network.responseStarted",
    "network.responseCompleted",
    "network.fetchError",
]
PROMPT = "browsingContext.userPromptOpened"  # an alert or the like


class Firefox:
    """A running Firefox behind a watchdog."""

    def __init__(self, program: Path, seconds: float = STARTING) -> None:
        """Start it. Raises BrowserError, with its own last words, when it is not ready in so many seconds."""
        tabs = self._tabs = dict[str, FirefoxTab]()
        self._process = BrowserProcess(program)
        deadline = Deadline(seconds)
        try:
            self._process.start(_prepare)
            socket = self._connect(deadline)
            # Whoever hears must not keep this object: nobody else may have it, and then the browser must end.
            connection = Connection(
                socket,
                lambda event: (
                    _dismiss(connection, event) if event["method"] == PROMPT else _hear(tabs, event)
                ),
            )
            self._connection = connection
            self._connection.send("session.new", {"capabilities": {}}, timeout=deadline.left)
            self._connection.send("session.subscribe", {"events": [*EVENTS, PROMPT]})
        except BaseException:
            self.close()
            raise

    def _connect(self, deadline: Deadline) -> "WebSocket":
        port = self._process.wait_for(PortNamed("WebDriver BiDi listening on ws://127.0.0.1:"), deadline)
        try:
            return WebSocket(f"ws://127.0.0.1:{port}/session", deadline.left)
        except (OSError, websocket.WebSocketException):
            raise self._process.failure() from None

    @property
    def is_running(self) -> bool:
        return self._connection.is_open and self._process.is_running

    def open_jar(self) -> "FirefoxJar":
        return FirefoxJar(self._connection, self._tabs)

    def close(self) -> None:
        self._process.stop()


def _prepare(profile: Path) -> list[str]:
    """Put our settings into the profile, and return Firefox's arguments."""
    downloads = f'user_pref("browser.download.dir", {json.dumps(str(profile))});\n'
    (profile / "user.js").write_text(SETTINGS + downloads)
    return ["--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]


def _dismiss(connection: Connection, event: Message) -> None:
    """Close an alert as nobody else does.

    Firefox does so by itself; but on a busy machine, a page was seen to wait for ever. It answers the second
    of us with an error, for which nobody waits.
    """
    if event["params"]["type"] != "beforeunload":  # which Firefox accepts, so that the page is left
        context = event["params"]["context"]
        connection.post("browsingContext.handleUserPrompt", {"context": context, "accept": False})


def _hear(tabs: dict[str, "FirefoxTab"], event: Message) -> None:
    """Hand an event of the network to the tab it belongs to."""
    parameters = event["params"]
    if event["method"] not in EVENTS or (tab := tabs.get(parameters.get("context"))) is None:
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


class WebSocket:
    """A WebSocket on loopback."""

    def __init__(self, url: str, timeout: float) -> None:
        """Connect to `url`. Raises OSError or WebSocketException when that fails or takes too long."""
        # Firefox refuses a client that says it is a web page, which a header `Origin` would.
        self._socket = websocket.create_connection(url, suppress_origin=True, timeout=timeout)
        self._socket.settimeout(None)

    def write(self, message: str) -> None:
        try:
            self._socket.send(message)
        except websocket.WebSocketException as error:
            raise OSError(str(error)) from error

    def read(self) -> str | None:
        try:
            return str(self._socket.recv()) or None
        except (OSError, websocket.WebSocketException):
            return None

    def close(self) -> None:
        self._socket.close()


class FirefoxJar:
    """A user context, which Firefox calls a container."""

    def __init__(self, connection: Connection, tabs: dict[str, "FirefoxTab"]) -> None:
        self._connection, self._tabs = connection, tabs
        self._id = self._send("browser.createUserContext")["userContext"]

    def open_tab(self) -> "FirefoxTab":
        try:
            context = self._create()
        except Refused as error:
            if "no longer exist" not in error.words:
                raise
            context = self._create()  # while somebody else's tabs close, Firefox loses a new one now and then
        tab = self._tabs[context] = FirefoxTab(self._connection, context)
        return tab

    def _create(self) -> str:
        return str(self._send("browsingContext.create", type="tab", userContext=self._id)["context"])

    def cookies(self) -> list[Cookie]:
        partition = {"type": "storageKey", "userContext": self._id}
        return [
            _cookie(cookie) for cookie in self._send("storage.getCookies", partition=partition)["cookies"]
        ]

    def close(self) -> None:
        self._send("browser.removeUserContext", userContext=self._id)

    def _send(self, method: str, **parameters: Any) -> Message:
        return self._connection.send(method, parameters)


class FirefoxTab(Controls):
    """A browsing context."""

    def __init__(self, connection: Connection, context: str) -> None:
        self.traffic = Traffic()
        self._connection, self._context = connection, context

    def go(self, url: str) -> None:
        try:
            self._send("browsingContext.navigate", url=url, wait="interactive")
        except Refused as error:
            if "ABORTED" not in error.words:  # an answer without a page (204), or a page that at once led on
                raise no_answer(url, error.words) from None

    def run(self, expression: str) -> str | None:
        return _value(self._send_to_document("script.evaluate", expression=expression, awaitPromise=True))

    def picture(self) -> bytes:
        return base64.b64decode(self._send("browsingContext.captureScreenshot")["data"])

    def close(self) -> None:
        self._send("browsingContext.close")

    def _locate(self, name: str, elements: tuple[str, ...]) -> str | None:
        locator = {"type": "accessibility", "value": {"name": name}}
        for node in self._send("browsingContext.locateNodes", locator=locator)["nodes"]:
            element = node["value"]
            if element["localName"] in elements and "disabled" not in element.get("attributes", ()):
                return str(node["sharedId"])
        return None

    def _call(self, function: str, control: str, *texts: str) -> None:
        arguments = [{"sharedId": control}, *({"type": "string", "value": text} for text in texts)]
        call = {"functionDeclaration": function, "arguments": arguments, "awaitPromise": False}
        _value(self._send_to_document("script.callFunction", **call))

    def _send_to_document(self, method: str, **parameters: Any) -> Message:
        target = {"context": self._context}
        try:
            return self._connection.send(method, parameters | {"target": target, "userActivation": True})
        except Refused as error:
            raise Gone(f"The page went away while its script ran: {error.words}.") from None

    def _send(self, method: str, **parameters: Any) -> Message:
        return self._connection.send(method, parameters | {"context": self._context})


def _value(answer: Message) -> str | None:
    if answer["type"] == "exception":
        raise BrowserError(f"The page's script failed: {answer['exceptionDetails']['text']}")
    value: str | None = answer["result"].get("value")
    return value


def _cookie(kept: Message) -> Cookie:
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
