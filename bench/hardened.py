"""What the hardened face costs: against SimpleJWT's own views on the same site, and with a million rows.

What is compared is the CPU time of one Gunicorn worker, in blocks of requests that take turns, so that
whatever else the machine does falls on both. Last, for how long `clear_expired` locks the database.
"""

import http.client
import json
import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.clone import ROOT
from jwtlab.site import DEMO_SITE
from jwtlab.site.processes import environment, manage
from jwtlab.site.world import database_template, prepare

SETTINGS = "bench.hardened_site.settings"
QUICK_HASHER = "lab_world.hashers.LabPasswordHasher"
VITOR = {"username": "vitor", "password": "123"}
TOKENS, FAMILIES = 1_000_000, 250_000
ROUNDS, DISCARDED = 16, 2  # pairs of blocks; the first are for caches to fill
REQUESTS = {"refresh": 30, "login": 4, "GET": 60}  # in a block

INSERT_FAMILY = """
INSERT INTO hardened_auth_family (id, created_at, expires_at, password_hash, reason, user_id)
VALUES (?, ?, ?, '', '', 1)
"""
INSERT_TOKEN = """
INSERT INTO hardened_auth_refreshtoken (jti, family_id, used_at, expires_at) VALUES (?, ?, ?, ?)
"""


class Site:
    """A served site, and what its worker costs."""

    def __init__(self, port: int) -> None:
        self._port = port

    def send(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Send a request and return response and body. Raise RuntimeError when it is refused."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            body, headers["Content-Type"] = json.dumps(body), "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise RuntimeError(f"{method} {path} was answered with {response.status} {content!r}")
        return response, content

    def cost(self, request: Callable[[], None], times: int) -> float:
        """Milliseconds of CPU time that the worker needs for one such request."""
        before = float(self.send("GET", "/cpu/")[1])
        for _ in range(times):
            request()
        return (float(self.send("GET", "/cpu/")[1]) - before) / times * 1000


class Hardened:
    """A client of the hardened face."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.login()

    def login(self) -> None:
        self._keep(*self.site.send("POST", "/login/", VITOR, X_Auth_Request="1"))

    def refresh(self) -> None:
        self._keep(*self.site.send("POST", "/api/token/refresh/", X_Auth_Request="1", Cookie=self._cookie))

    def get(self) -> None:
        self.site.send("GET", "/hello/", Authorization=f"Bearer {self._access}")

    def _keep(self, response: http.client.HTTPResponse, content: bytes) -> None:
        self._access = json.loads(content)["access"]
        self._cookie = response.getheader("Set-Cookie", "").split(";")[0]


class Stock:
    """A client of SimpleJWT's own views."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.login()

    def login(self) -> None:
        self._tokens = json.loads(self.site.send("POST", "/stock/login/", VITOR)[1])

    def refresh(self) -> None:
        body = {"refresh": self._tokens["refresh"]}
        self._tokens |= json.loads(self.site.send("POST", "/stock/refresh/", body)[1])

    def get(self) -> None:
        self.site.send("GET", "/stock/hello/", Authorization=f"Bearer {self._tokens['access']}")


@contextmanager
def world() -> Iterator[Path]:
    """Make a folder with a migrated and seeded database of the site, and remove it at the end."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, database_template("config.settings.hardened"), clock=False)
        manage(DEMO_SITE, env_of(folder), "migrate", "--verbosity", "0")  # the tables of the blacklist
        yield folder


def env_of(folder: Path, **variables: str) -> dict[str, str]:
    return environment(
        LAB_WORLD=str(folder), DJANGO_SETTINGS_MODULE=SETTINGS, PYTHONPATH=str(ROOT), **variables
    )


@contextmanager
def served(folder: Path, **variables: str) -> Iterator[Site]:
    """Serve the site in this folder under Gunicorn with one worker."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [
            "-m",
            "gunicorn",
            "--no-control-socket",
            "--bind",
            f"fd://{listener.fileno()}",
            "config.wsgi",
        ]
        server = subprocess.Popen(
            [sys.executable, *command],
            cwd=DEMO_SITE,
            env=env_of(folder, **variables),
            pass_fds=[listener.fileno()],
            stderr=subprocess.DEVNULL,
        )
        try:
            yield Site(listener.getsockname()[1])
        finally:
            server.terminate()
            server.wait()


def fill(folder: Path, *, expired: float) -> None:
    """Put a million refresh tokens of 250,000 families into the database, this share of them expired."""
    now = datetime.now(UTC).replace(tzinfo=None)

    def expiry(number: int, of: int) -> str:
        return str(now + timedelta(days=-1 if number < expired * of else 1, microseconds=number))

    ids = [uuid.uuid4().hex for _ in range(FAMILIES)]
    families = ((key, str(now), expiry(number, FAMILIES)) for number, key in enumerate(ids))
    tokens = (
        (uuid.uuid4().hex, ids[number * FAMILIES // TOKENS], str(now), expiry(number, TOKENS))
        for number in range(TOKENS)
    )
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database, database:
        database.executemany(INSERT_FAMILY, families)
        database.executemany(INSERT_TOKEN, tokens)


def compare(what: str, ours: Any, theirs: Any, promised: Mapping[str, float | None]) -> None:
    """Measure these requests of both clients, block by block in turn, and print the ratios."""
    for name, limit in promised.items():
        pairs = []
        for number in range(ROUNDS):
            costs = {}
            for client in (ours, theirs) if number % 2 else (theirs, ours):
                costs[client] = client.site.cost(getattr(client, name.lower()), REQUESTS[name])
            pairs.append((costs[ours], costs[theirs]))
        report(f"{name} {what}", pairs[DISCARDED:], limit)


def report(what: str, pairs: list[tuple[float, float]], promised: float | None) -> None:
    """Print both medians and the ratio of each pair, with what the course promises."""
    ours, theirs = zip(*pairs, strict=True)
    ratios = [a / b for a, b in pairs]
    low, middle, high = statistics.quantiles(ratios, n=4)
    print(
        f"{what}: {statistics.median(ours):.2f} ms of CPU against {statistics.median(theirs):.2f} ms, "
        f"ratio {middle:.2f} (half of {len(ratios)} pairs between {low:.2f} and {high:.2f})"
        + (f", promised {promised}" if promised else ""),
        flush=True,
    )


def against_stock() -> None:
    with world() as folder, served(folder) as site:
        # GET: its one query finds user and family through the ORM, which puts the query together each time.
        promised = {"refresh": 1.0, "login": 1.1, "GET": 1.3}
        compare("against SimpleJWT's own, rotating", Hardened(site), Stock(site), promised)
    with world() as folder, served(folder, ROTATE="no") as site:
        # Not the same work: without rotation SimpleJWT writes nothing, and a stolen token works to its end.
        compare("against SimpleJWT's own, not rotating", Hardened(site), Stock(site), {"refresh": None})


def against_empty_tables() -> None:
    with world() as empty, world() as full:
        fill(full, expired=0)
        with (
            served(empty, PASSWORD_HASHER=QUICK_HASHER) as few,
            served(full, PASSWORD_HASHER=QUICK_HASHER) as many,
        ):
            promised = dict.fromkeys(REQUESTS, 1.2)
            compare(f"with {TOKENS:,} rows against none", Hardened(many), Hardened(few), promised)


def clearing() -> None:
    """Run `clear_expired` on a million tokens, half of them expired, while someone else asks for the lock."""
    with world() as folder:
        idle = peak_memory(folder)
        fill(folder, expired=0.5)
        start = time.monotonic()
        with watch(folder) as waits:
            busy = peak_memory(folder)
        print(
            f"clear_expired, {TOKENS // 2:,} of {TOKENS:,} tokens and {FAMILIES // 2:,} families: "
            f"{time.monotonic() - start:.0f} s, longest lock {max(waits) * 1000:.0f} ms (promised 200), "
            f"memory {busy:.0f} MB, of which {busy - idle:.0f} MB more than with nothing to do (promised 50)"
        )


def peak_memory(folder: Path) -> float:
    """Run `clear_expired` to its end and return the most memory it has had, in MB."""
    command = [sys.executable, "manage.py", "clear_expired", "--verbosity", "0"]
    process = subprocess.Popen(command, cwd=DEMO_SITE, env=env_of(folder))
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError("clear_expired failed")
    return usage.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)  # bytes there, KiB here


@contextmanager
def watch(folder: Path) -> Iterator[list[float]]:
    """Ask for the database's write lock again and again; gives the seconds for which it was not to be had."""
    waits, stop = [0.0], threading.Event()

    def ask() -> None:
        database = sqlite3.connect(folder / "db.sqlite3", timeout=0, isolation_level=None)
        refused_since = None
        while not stop.wait(0.0005):
            try:
                database.execute("BEGIN IMMEDIATE")
                database.execute("ROLLBACK")
            except sqlite3.OperationalError:
                refused_since = refused_since or time.monotonic()
            else:
                if refused_since:
                    waits.append(time.monotonic() - refused_since)
                refused_since = None
        database.close()

    watcher = threading.Thread(target=ask)
    watcher.start()
    try:
        yield waits
    finally:
        stop.set()
        watcher.join()


def main() -> None:
    against_stock()
    against_empty_tables()
    clearing()


if __name__ == "__main__":
    main()
