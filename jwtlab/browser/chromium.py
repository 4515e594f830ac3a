"""Chromium, Chrome and Edge, driven by Playwright on the browser that this machine has.

Playwright finds, waits, types and clicks as a person would. For what left the browser we listen to the
DevTools protocol itself: of a request whose answer CORS kept from the page, Playwright's own record shows
neither the cookies nor the status.

Playwright's objects live on an event loop in a thread of their own. A notebook's cell cannot use its blocking
API, because a loop already runs there.
"""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from playwright.async_api import (
    BrowserContext,
    CDPSession,
    Error,
    Page,
    async_playwright,
)
from playwright.async_api import (
    TimeoutError as NotInTime,
)

from jwtlab.browser.engine import PATIENCE, STARTING, BrowserError, Gone, no_answer, no_control
from jwtlab.browser.folder import TemporaryFolder
from jwtlab.browser.network import Traffic
from jwtlab.browser.tables import Cookie

T = TypeVar("T")

# Off goes the list of suggestions below an address bar that nobody types into. For each person at the browser
# it would be a process of its own, and half of all CPU time. Of several --disable-features Chromium obeys the
# last alone, so all that Playwright switches off is here again.
LESS_WORK = "--disable-features=" + ",".join(
    """
    WebUIOmniboxPopup WebUIOmniboxAimPopup
    AimEnabled AvoidCorsURLLoaderRestartOnRedirect AvoidUnnecessaryBeforeUnloadCheckSync
    DestroyProfileOnBrowserClose HttpsFirstBalancedModeAutoEnable HttpsUpgrades LensOverlay MediaRouter
    NetworkTimeServiceQuerying OptimizationHints PaintHolding PreconnectToSearch TcpPortRandomizationWin
    ThirdPartyStoragePartitioning msEdgeUpdateLaunchServicesPreferredVersion msForceBrowserSignIn
    """.split()
)
FLAGS = [
    # This machine and no other, whatever a page asks for and whatever the browser itself would like to fetch.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1",
    "--no-proxy-server",
    LESS_WORK,
]


class Chromium:
    """A running Chromium. Its processes end with this one, however it ends: their pipe to it closes."""

    def __init__(self, program: Path) -> None:
        self._loop = _LoopThread()
        self._folder = TemporaryFolder()
        try:
            self._playwright, self._browser = self._loop.wait_for(_launch(program, self._folder), STARTING)
        except BaseException as error:
            self._loop.stop()
            self._folder.remove()
            if isinstance(error, Error):
                raise BrowserError(f"{program.name} did not start: {_words(error)}.") from None
            raise

    @property
    def is_running(self) -> bool:
        return self._browser.is_connected()

    def open_jar(self) -> "ChromiumJar":
        return ChromiumJar(self._loop, self._loop.wait_for(self._browser.new_context()))

    def close(self) -> None:
        if self._loop.is_running:
            self._loop.wait_for(self._browser.close())
            self._loop.wait_for(self._playwright.stop())
            self._loop.stop()
            self._folder.remove()


async def _launch(program: Path, folder: TemporaryFolder) -> tuple[Any, Any]:
    with folder.for_programs():
        playwright = await async_playwright().start()
    try:
        # handle_*: interrupting a cell must not close the browser.
        browser = await playwright.chromium.launch(
            executable_path=program,
            args=FLAGS,
            handle_sigint=False,
            handle_sigterm=False,
            handle_sighup=False,
        )
    except BaseException:
        await playwright.stop()
        raise
    return playwright, browser


class ChromiumJar:
    """A browser context."""

    def __init__(self, loop: "_LoopThread", context: BrowserContext) -> None:
        self._loop, self._context = loop, context
        context.set_default_timeout(PATIENCE * 1000)

    def open_tab(self) -> "ChromiumTab":
        page = self._loop.wait_for(self._context.new_page())
        devtools = self._loop.wait_for(self._context.new_cdp_session(page))
        return ChromiumTab(self._loop, page, devtools)

    def cookies(self) -> list[Cookie]:
        return [_cookie(cookie) for cookie in self._loop.wait_for(self._context.cookies())]

    def close(self) -> None:
        self._loop.wait_for(self._context.close())


class ChromiumTab:
    """A page, with a DevTools session that watches its network."""

    def __init__(self, loop: "_LoopThread", page: Page, devtools: CDPSession) -> None:
        self.traffic = Traffic()
        self._loop, self._page, self._devtools = loop, page, devtools
        _Listener(self.traffic).listen(devtools)
        loop.wait_for(devtools.send("Network.enable"))

    def go(self, url: str) -> None:
        try:
            self._loop.wait_for(self._page.goto(url, wait_until="commit"))
        except Error as error:
            if "ERR_ABORTED" not in error.message and "interrupted" not in error.message:
                raise no_answer(url, _words(error)) from None

    def fill(self, label: str, text: str) -> None:
        try:
            self._loop.wait_for(self._page.get_by_label(label, exact=True).fill(text))
        except NotInTime:
            raise no_control(label, "field") from None

    def click(self, name: str) -> None:
        button = self._page.get_by_role("button", name=name, exact=True)
        link = self._page.get_by_role("link", name=name, exact=True)
        try:
            self._loop.wait_for(button.or_(link).first.click())
        except NotInTime:
            raise no_control(name, "button or link") from None

    def run(self, expression: str) -> str | None:
        # Not `page.evaluate`: that uses eval(), which a Content-Security-Policy stops. DevTools does not.
        evaluate = self._devtools.send(
            "Runtime.evaluate", {"expression": expression, "awaitPromise": True, "returnByValue": True}
        )
        try:
            answer = self._loop.wait_for(evaluate)
        except Error as error:
            raise Gone(f"The page went away while its script ran: {_words(error)}.") from None
        if thrown := answer.get("exceptionDetails"):
            words = thrown.get("exception", {}).get("description") or thrown["text"]
            raise BrowserError(f"The page's script failed: {words.splitlines()[0]}")
        return answer["result"].get("value")

    def picture(self) -> bytes:
        return self._loop.wait_for(self._page.screenshot())

    def close(self) -> None:
        self._loop.wait_for(self._page.close())


class _Listener:
    """Puts DevTools' network events into a Traffic.

    A redirect keeps the id of its request, and the events with the real headers may come before or after. So
    the n-th event of each kind belongs to the n-th request of an id.
    """

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._counts: dict[tuple[str, str], int] = defaultdict(int)

    def listen(self, devtools: CDPSession) -> None:
        devtools.on("Network.requestWillBeSent", self._start)
        devtools.on("Network.requestWillBeSentExtraInfo", self._headers)
        devtools.on("Network.responseReceivedExtraInfo", self._answer)
        devtools.on("Network.loadingFinished", self._end)
        devtools.on("Network.loadingFailed", self._end)

    def _next(self, event: dict[str, Any], kind: str) -> tuple[str, int]:
        request = event["requestId"]
        self._counts[request, kind] += 1
        return request, self._counts[request, kind]

    def _start(self, event: dict[str, Any]) -> None:
        if "redirectResponse" in event:
            self._end(event)
        self._traffic.start(self._next(event, "start"), event["request"]["method"], event["request"]["url"])

    def _headers(self, event: dict[str, Any]) -> None:
        self._traffic.headers(self._next(event, "headers"), event["headers"])

    def _answer(self, event: dict[str, Any]) -> None:
        self._traffic.answer(self._next(event, "answer"), event["statusCode"])

    def _end(self, event: dict[str, Any]) -> None:
        request = event["requestId"]
        self._traffic.end((request, self._counts[request, "start"]))


class _LoopThread:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="browser", daemon=True)
        self._thread.start()

    def wait_for(self, work: Coroutine[Any, Any, T], timeout: float = 3 * PATIENCE) -> T:
        """Do `work` on the loop, and return what it returns. An interrupt cancels it."""
        doing = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return doing.result(timeout)
        except TimeoutError:
            raise BrowserError("The browser does not respond. Open another: open_browser().") from None
        except Error as error:
            if "has been closed" in error.message:
                raise Gone("This page, or its browser, is closed. Open another.") from None
            raise
        finally:
            doing.cancel()

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


def _cookie(kept: dict[str, Any]) -> Cookie:
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


def _words(error: Error) -> str:
    """What Playwright says, in short: its first line, without the name of its function and the address."""
    first = error.message.splitlines()[0].partition(" at http")[0]
    return first.partition(": ")[2] or first
