"""Loads, run beside the cell that asks for them, and their bounds.

The client lives in a thread of its own, because a notebook's main thread has an event loop already. An
interrupted cell interrupts the load with it.
"""

import asyncio
import json as json_text
import ssl
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from jwtlab.load.client import Target, send_until
from jwtlab.load.progress import progress
from jwtlab.load.result import Load, LoadError
from jwtlab.show.html import one_line

MOST_REQUESTS, MOST_CONNECTIONS, MOST_SECONDS = 10_000, 64, 30
LOOPBACK = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1", "::1": "::1"}  # what to connect to for a name
NOT_SENT = "not sent in time"
LOOK_EVERY = 0.1  # seconds between two looks at how far a load has come


def load(
    url: str,
    *,
    requests: int = 200,
    connections: int = 8,
    seconds: float = 20,
    keep_alive: bool = False,
    headers: Mapping[str, str] | None = None,
    json: object = None,
    verify: str | Path | None = None,
) -> Load:
    """Send `requests` requests to `url`, over so many `connections` at a time, and return what came of them.

    A GET; with `json`, a POST of that. `keep_alive` sends further requests over the same connection, where
    the server allows it. What has no answer after `seconds` counts as lost. `verify`: the certificate of the
    CA that an https site's own is from, `site.ca`. While it runs, a progress bar shows how far it has come.

    Raise LoadError for a url that is not of this machine, and for more than 10,000 requests, 64 connections
    or 30 seconds.
    """
    _check("requests", requests, MOST_REQUESTS)
    _check("connections", connections, MOST_CONNECTIONS)
    _check("seconds", seconds, MOST_SECONDS)
    target = _target(url, headers or {}, json, verify, keep_alive=keep_alive)
    run = _Run(target, Load(min(connections, requests)), requests, seconds)
    with run.going(), progress(requests) as show:
        while not run.has_ended(within=LOOK_EVERY):
            show(run.load.requests)
    if run.left:
        run.load.losses[NOT_SENT] = run.left
    return run.load


@contextmanager
def steady_load(
    url: str,
    *,
    connections: int = 2,
    keep_alive: bool = False,
    headers: Mapping[str, str] | None = None,
    json: object = None,
    verify: str | Path | None = None,
) -> Iterator[Load]:
    """Send requests to `url`, as `load` does, for as long as the block runs, which may be 30 seconds.

    The block begins once there are answers, and the load goes on until there are answers after the block, so
    what the block does happens under load. Read the Load that it gives after the block. Raise LoadError as
    `load` does, and when the block outlasts the bounds.
    """
    _check("connections", connections, MOST_CONNECTIONS)
    target = _target(url, headers or {}, json, verify, keep_alive=keep_alive)
    run = _Run(target, Load(connections), MOST_REQUESTS, MOST_SECONDS)
    with run.going():
        run.wait_for_more(connections)
        yield run.load
        run.wait_for_more(2 * connections)
        if run.has_ended(within=0):
            raise LoadError(
                f"The load ended before its block did: it sends at most {MOST_REQUESTS:,} requests in "
                f"{MOST_SECONDS} seconds. Do less in the block."
            )


def _check(name: str, value: float, most: int) -> None:
    if not 0 < value <= most:
        raise LoadError(f"{name}={value} is out of bounds. Give a number above 0 and up to {most:,}.")


def _target(
    url: str, headers: Mapping[str, str], json: object, verify: str | Path | None, *, keep_alive: bool
) -> Target:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or parts.hostname not in LOOPBACK:
        raise LoadError(
            one_line(f"A load goes to a site of your own, on this machine, and {url} is not. Use site.url.")
        )
    tls = ssl.create_default_context(cafile=verify) if parts.scheme == "https" else None
    port = parts.port or (443 if tls else 80)
    return Target(
        # Not by the name: a hosts file could send it elsewhere.
        host=LOOPBACK[parts.hostname],
        name=parts.hostname if tls else None,
        port=port,
        tls=tls,
        request=_request(parts.path, parts.query, parts.netloc, headers, json, keep_alive=keep_alive),
        may_repeat=json is None,
    )


def _request(
    path: str, query: str, host: str, headers: Mapping[str, str], json: object, *, keep_alive: bool
) -> bytes:
    """Return the whole request, as it is sent. Raise LoadError for a header that would break it."""
    body = b"" if json is None else json_text.dumps(json).encode()
    fields = {"Host": host, "Accept": "*/*", "Connection": "keep-alive" if keep_alive else "close"}
    if body:
        fields |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    fields |= headers
    lines = [
        f"{'POST' if body else 'GET'} {path or '/'}{'?' if query else ''}{query} HTTP/1.1",
        *(f"{name}: {value}" for name, value in fields.items()),
    ]
    if any("\r" in line or "\n" in line for line in lines):
        raise LoadError("A header or the address contains a line end. Take it out.")
    return "\r\n".join([*lines, "", ""]).encode() + body


class _Run:
    """One load, in a thread of its own."""

    def __init__(self, target: Target, load: Load, requests: int, seconds: float) -> None:
        self.load = load
        self.left = requests  # how many are still to be sent
        self._target, self._seconds = target, seconds
        self._finish = False  # send no more
        self._loop = asyncio.new_event_loop()
        self._clients: list[asyncio.Task[None]] = []
        self._future: Future[None]

    @contextmanager
    def going(self) -> Iterator[None]:
        """Run the load while the block runs, and to its end; stop it at once if the block fails."""
        with ThreadPoolExecutor(1) as thread:
            self._future = thread.submit(self._run)
            try:
                yield
            except BaseException:
                self._loop.call_soon_threadsafe(self._cancel)
                raise
            finally:
                self._finish = True
                wait([self._future])
                self._loop.close()
        self._future.result()

    def has_ended(self, within: float) -> bool:
        """Return whether the load comes to its end within so many seconds."""
        return bool(wait([self._future], within).done)

    def wait_for_more(self, number: int) -> None:
        """Return when so many more requests have come to their end, or the load has."""
        enough = self.load.requests + number
        while self.load.requests < enough and not self.has_ended(within=0.005):
            pass

    def _run(self) -> None:
        self._loop.run_until_complete(self._send())

    async def _send(self) -> None:
        began = time.perf_counter()
        self._clients = [
            self._loop.create_task(send_until(self._one_more, self._target, self.load))
            for _ in range(self.load.connections)
        ]
        await asyncio.wait(self._clients, timeout=self._seconds)
        self.load.seconds = time.perf_counter() - began
        self._cancel()
        await asyncio.gather(*self._clients)

    def _cancel(self) -> None:
        self._finish = True
        for client in self._clients:
            client.cancel()

    def _one_more(self) -> bool:
        if self._finish or not self.left:
            return False
        self.left -= 1
        return True
