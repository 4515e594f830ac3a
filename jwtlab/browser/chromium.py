"""Chromium, Chrome and Edge, driven by the Chrome DevTools Protocol over two pipes.

https://chromedevtools.github.io/devtools-protocol/ has every command and event. A jar is a browser context of
that protocol, a tab a target with a session.
"""

import base64
import threading
from collections import defaultdict
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import Any

from jwtlab.browser.connection import Closed, Connection, Ended, Gone, Message, Refused, Unanswered
from jwtlab.browser.controls import Controls
from jwtlab.browser.engine import PATIENCE, no_answer
from jwtlab.browser.network import Traffic
from jwtlab.browser.process import STARTING, BrowserProcess
from jwtlab.browser.tables import BrowserError, Cookie

# Of several --disable-features Chromium obeys the last alone: they are one list.
FEATURES_OFF = """
    WebUIOmniboxPopup WebUIOmniboxAimPopup
    HttpsUpgrades HttpsFirstBalancedModeAutoEnable ThirdPartyStoragePartitioning
    AimEnabled LensOverlay MediaRouter NetworkTimeServiceQuerying OptimizationHints PreconnectToSearch
    AvoidUnnecessaryBeforeUnloadCheckSync DestroyProfileOnBrowserClose PaintHolding
    SpareRendererForSitePerProcess
    msEdgeUpdateLaunchServicesPreferredVersion msForceBrowserSignIn
"""
SWITCHES = [
    "--headless",
    "--remote-debugging-pipe",
    "--no-startup-window",
    # The sandbox needs what root and many containers do not have. Here it would keep pages of this machine
    # from files of this machine.
    "--no-sandbox",
    # This machine and no other, whatever a page asks for and whatever the browser itself would like to fetch.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-field-trial-config",
    "--enable-features=SkipListAccountsWithoutGaiaCookies",
    # First the list of suggestions below an address bar that nobody types into: for each person at the
    # browser it would be a process of its own, and half of all CPU time. Then what changes addresses or
    # storage, what fetches, and what makes a page late.
    "--disable-features=" + ",".join(FEATURES_OFF.split()),
    # No process for graphics, and none in stock for the next page: a fifth less CPU time.
    "--disable-gpu",
    "--in-process-gpu",
    # No questions, and nothing of the reader's.
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-search-engine-choice-screen",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-component-extensions-with-background-pages",
    "--disable-breakpad",
    "--password-store=basic",
    "--use-mock-keychain",
    "--disable-popup-blocking",
    "--disable-prompt-on-repost",
    "--disable-hang-monitor",
    # Each page is loaded anew, and one behind another keeps its pace.
    "--disable-back-forward-cache",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-ipc-flooding-protection",
    "--allow-pre-commit-input",
    # Works without /dev/shm, a graphics card and a screen, and looks the same on each.
    "--disable-dev-shm-usage",
    "--enable-unsafe-swiftshader",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--mute-audio",
]
SCREEN = {"width": 1280, "height": 720, "screenWidth": 1280, "screenHeight": 720}

CLOSED = "This page, or its browser, is closed. Open another."
CRASHED = "This page has crashed. Open another."
NO_SESSION = "Session with given id not found"  # what is said of a page that is closed

PART = 1 << 16  # bytes that are read from a pipe at a time: what it holds


class Chromium:
    """A running Chromium behind a watchdog."""

    def __init__(self, program: Path, seconds: float = STARTING) -> None:
        """Start it. Raises BrowserError, with its own last words, when it is not ready in so many seconds."""
        tabs = self._tabs = dict[str, ChromiumTab]()
        self._process = BrowserProcess(program)
        try:
            self._process.start(lambda folder: [*SWITCHES, f"--user-data-dir={folder}"], piped=True)
            # Whoever hears must not keep this object: nobody else may have it, and then the browser must end.
            self._connection = Connection(Pipes(*self._process.pipes), lambda event: _hear(tabs, event))
            self._wait_until_ready(seconds)
        except BaseException:
            self.close()
            raise

    def _wait_until_ready(self, seconds: float) -> None:
        try:
            self._connection.send("Browser.getVersion", {}, timeout=seconds)
        except (Ended, Unanswered):
            raise self._process.failure() from None

    @property
    def is_running(self) -> bool:
        return self._connection.is_open and self._process.is_running

    def open_jar(self) -> "ChromiumJar":
        return ChromiumJar(self._connection, self._tabs)

    def close(self) -> None:
        self._process.stop()


def _hear(tabs: dict[str, "ChromiumTab"], event: Message) -> None:
    """Hand an event to the tab it belongs to."""
    if event["method"] == "Target.detachedFromTarget":
        if tab := tabs.pop(event["params"]["sessionId"], None):
            tab.leave(CLOSED)
    elif tab := tabs.get(event.get("sessionId", "")):
        tab.hear(event["method"], event["params"])


class Pipes:
    """Two pipes, to which nobody else can connect. In each, a NUL ends a message."""

    def __init__(self, to_process: FileIO, from_process: FileIO) -> None:
        self._to_process, self._from_process = to_process, from_process
        self._heard = bytearray()

    def write(self, message: str) -> None:
        data = message.encode() + b"\0"
        while data:
            data = data[self._to_process.write(data) :]

    def read(self) -> str | None:
        looked_at = 0
        while (end := self._heard.find(b"\0", looked_at)) < 0:
            looked_at = len(self._heard)
            part = self._from_process.read(PART)
            if not part:
                return None
            self._heard += part
        message = self._heard[:end].decode()
        del self._heard[: end + 1]
        return message

    def close(self) -> None:
        self._to_process.close()
        self._from_process.close()


class ChromiumJar:
    """A browser context."""

    def __init__(self, connection: Connection, tabs: dict[str, "ChromiumTab"]) -> None:
        self._connection, self._tabs = connection, tabs
        self._id = self._send("Target.createBrowserContext")["browserContextId"]
        self._send("Browser.setDownloadBehavior", behavior="deny", browserContextId=self._id)

    def open_tab(self) -> "ChromiumTab":
        target = self._send("Target.createTarget", url="about:blank", browserContextId=self._id)["targetId"]
        return self.attach(target)

    def attach(self, target: str) -> "ChromiumTab":
        """Return a tab for a target that is there already, such as a page that another has opened."""
        session = self._send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tab = self._tabs[session] = ChromiumTab(self._connection, target, session)
        tab.prepare()
        return tab

    def cookies(self) -> list[Cookie]:
        kept = self._send("Storage.getCookies", browserContextId=self._id)["cookies"]
        return [_cookie(cookie) for cookie in kept]

    def close(self) -> None:
        self._send("Target.disposeBrowserContext", browserContextId=self._id)

    def _send(self, method: str, **parameters: Any) -> Message:
        return self._connection.send(method, parameters)


class ChromiumTab(Controls):
    """A page, and the DevTools session with it."""

    def __init__(self, connection: Connection, target: str, session: str) -> None:
        self.traffic = Traffic()
        self._connection, self._target, self._session = connection, target, session
        self._committed: set[str] = set()  # the loaders whose documents have come
        self._changed = threading.Condition()  # `_committed` has grown, or the page is gone
        self._gone: str | None = None  # why it is
        self._hearers: dict[str, list[Callable[[Message], None]]] = defaultdict(list)
        _Listener(self.traffic).listen(self)
        self.listen("Page.frameNavigated", self._commit)
        self.listen("Page.javascriptDialogOpening", self._dismiss)
        self.listen("Inspector.targetCrashed", lambda event: self.leave(CRASHED))

    def prepare(self) -> None:
        """Ask for the events, and give the page a screen and the focus, as if it were alone."""
        for domain in ("Page", "Network", "Inspector"):
            self.send(f"{domain}.enable")
        self.send("Emulation.setFocusEmulationEnabled", enabled=True)
        self.send("Emulation.setDeviceMetricsOverride", **SCREEN, deviceScaleFactor=1, mobile=False)

    def send(self, method: str, **parameters: Any) -> Message:
        """Send a DevTools command to this page and return its result. Raises Refused, or Closed."""
        return self._send(method, parameters)

    def _send(self, method: str, parameters: Message, timeout: float | None = None) -> Message:
        if self._gone:
            raise Closed(self._gone)
        try:
            return self._connection.send(method, parameters, self._session, timeout)
        except Refused as error:
            if NO_SESSION in error.words:
                raise Closed(CLOSED) from None
            raise

    def post(self, method: str, **parameters: Any) -> None:
        """Send a DevTools command to this page, and wait for nothing."""
        self._connection.post(method, parameters, self._session)

    def listen(self, method: str, hearer: Callable[[Message], None]) -> None:
        """Call `hearer` with each event of this name from now on, on the thread that reads.

        It may post, and not send: the result would come by the thread that it keeps.
        """
        self._hearers[method].append(hearer)

    def hear(self, method: str, event: Message) -> None:
        """Take in an event, on the thread that reads."""
        for hearer in self._hearers.get(method, ()):
            hearer(event)

    def leave(self, words: str) -> None:
        """Let nobody wait for this page any longer."""
        with self._changed:
            self._gone = words
            self._changed.notify_all()
        self._connection.abandon(self._session, words)

    def go(self, url: str) -> None:
        try:
            started = self._send("Page.navigate", {"url": url}, PATIENCE)
        except Unanswered:
            raise no_answer(url, f"no answer in {PATIENCE:g} seconds") from None
        error, loader = started.get("errorText"), started.get("loaderId")
        if (
            error and "ERR_ABORTED" not in error
        ):  # aborted: an answer without a page (204), or one that led on
            raise no_answer(url, error)
        if loader and not error:
            with self._changed:
                self._changed.wait_for(lambda: loader in self._committed or self._gone, PATIENCE)

    def run(self, expression: str) -> str | None:
        # By the protocol, not by eval() in the page, which a Content-Security-Policy stops.
        script = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        try:
            return _value(self.send("Runtime.evaluate", **script))
        except Refused as error:
            raise Gone(f"The page went away while its script ran: {error.words}.") from None

    def picture(self) -> bytes:
        self.send("Page.bringToFront")  # of one behind another no picture would ever come
        return base64.b64decode(self.send("Page.captureScreenshot")["data"])

    def close(self) -> None:
        self._connection.send("Target.closeTarget", {"targetId": self._target})
        with self._changed:
            self._changed.wait_for(lambda: self._gone, PATIENCE)

    def _locate(self, name: str, elements: tuple[str, ...]) -> str | None:
        try:
            document = self.send("DOM.getDocument", depth=0)["root"]["backendNodeId"]
            tree = self.send("Accessibility.queryAXTree", backendNodeId=document, accessibleName=name)
            for node in tree["nodes"]:
                if not node["ignored"] and not _is_disabled(node):
                    number = node["backendDOMNodeId"]
                    element = self.send("DOM.describeNode", backendNodeId=number)["node"]
                    if element["localName"] in elements:
                        return str(self.send("DOM.resolveNode", backendNodeId=number)["object"]["objectId"])
        except Refused:  # the document has changed meanwhile
            return None
        return None

    def _call(self, function: str, control: str, *texts: str) -> None:
        arguments = [{"objectId": control}, *({"value": text} for text in texts)]
        call = {"functionDeclaration": function, "objectId": control, "arguments": arguments}
        try:
            _value(self.send("Runtime.callFunctionOn", **call, userGesture=True))
        except Refused as error:
            raise Gone(f"The page went away while it was used: {error.words}.") from None

    def _commit(self, event: Message) -> None:
        with self._changed:
            self._committed.add(event["frame"]["loaderId"])
            self._changed.notify_all()

    def _dismiss(self, event: Message) -> None:
        """Close an alert as nobody else does. A page that asks whether it may be left may be."""
        accept = event["type"] == "beforeunload"
        self.post("Page.handleJavaScriptDialog", accept=accept)


class _Listener:
    """Puts DevTools' network events into a Traffic.

    A redirect keeps the id of its request, and the events with the real headers may come before or after. So
    the n-th event of each kind belongs to the n-th request of an id.
    """

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._counts: dict[tuple[str, str], int] = defaultdict(int)

    def listen(self, tab: ChromiumTab) -> None:
        tab.listen("Network.requestWillBeSent", self._start)
        tab.listen("Network.requestWillBeSentExtraInfo", self._headers)
        tab.listen("Network.responseReceivedExtraInfo", self._answer)
        tab.listen("Network.loadingFinished", self._end)
        tab.listen("Network.loadingFailed", self._end)

    def _next(self, event: Message, kind: str) -> tuple[str, int]:
        request = event["requestId"]
        self._counts[request, kind] += 1
        return request, self._counts[request, kind]

    def _start(self, event: Message) -> None:
        if "redirectResponse" in event:
            self._end(event)
        self._traffic.start(self._next(event, "start"), event["request"]["method"], event["request"]["url"])

    def _headers(self, event: Message) -> None:
        self._traffic.headers(self._next(event, "headers"), event["headers"])

    def _answer(self, event: Message) -> None:
        self._traffic.answer(self._next(event, "answer"), event["statusCode"])

    def _end(self, event: Message) -> None:
        request = event["requestId"]
        self._traffic.end((request, self._counts[request, "start"]))


def _is_disabled(node: Message) -> bool:
    """Whether a node of the accessibility tree cannot be used now."""
    return any(its["name"] == "disabled" and its["value"]["value"] for its in node.get("properties", ()))


def _value(answer: Message) -> str | None:
    if thrown := answer.get("exceptionDetails"):
        words = thrown.get("exception", {}).get("description") or thrown["text"]
        raise BrowserError(f"The page's script failed: {words.splitlines()[0]}")
    value: str | None = answer["result"].get("value")
    return value


def _cookie(kept: Message) -> Cookie:
    return Cookie(
        name=kept["name"],
        value=kept["value"],
        domain=kept["domain"],
        path=kept["path"],
        secure=kept["secure"],
        http_only=kept["httpOnly"],
        same_site=kept.get("sameSite"),
        expires=None if kept["expires"] == -1 else kept["expires"],
    )
