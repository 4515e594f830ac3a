"""Nginx and Gunicorn as shipped: against `runserver`, and against the same two tuned by hand.

The shipped side is the production face, without TLS, which `runserver` does not speak; `runserver` serves the
hardened face, which is what one develops on. Blocks of requests take turns, so that whatever else the machine
does falls on both sides. CPU time is that of all processes of a site. Most of the first ratio is a pause of
`runserver` over kept connections and no work: notebook 07 explains it.
"""

import os
import re
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import product
from math import inf
from pathlib import Path
from runpy import run_path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import psutil
import requests

from jwtlab.load import Load, load, steady_load
from jwtlab.site import DEMO_SITE, Site, nginx, start_site

# Pairs of blocks; even numbers, since the sides take turns at going first.
ROUNDS, CPU_ROUNDS, FILE_ROUNDS = 16, 20, 4
RELOADS = 5  # over kept connections, and as many over new ones
VITOR = {"username": "vitor", "password": "123"}
CORES = os.cpu_count() or 1
HELLO, STATIC = "/hello/", "/static/admin/css/base.css"

# What a careful reader of both manuals would try: edits of the shipped configuration, workers, threads.
Edits = list[tuple[str, str]]
NO_LOG: Edits = [(r"access_log .*;", "access_log off;")]
KEEP: Edits = [
    (r"(server \"unix:.*;\n)(?:\s*server .*\n)+", r"\1keepalive 32;\n"),
    (r"proxy_set_header Connection close;", 'proxy_set_header Connection "";'),
]
FILES: Edits = [(r"sendfile on;", "sendfile on; open_file_cache max=1000; tcp_nodelay on;")]
TUNED: dict[str, tuple[Edits, int, int]] = {
    "in nothing, to see the noise": ([], CORES, 1),
    "two workers for each core and one more, files kept open": ([*NO_LOG, *FILES], 2 * CORES + 1, 1),
    "a worker with 4 threads for each core": ([], CORES, 4),
    "the same, no access log, files kept open": ([*NO_LOG, *FILES], CORES, 4),
    "the same, and connections to Gunicorn kept": ([*NO_LOG, *FILES, *KEEP], CORES, 4),
}


def main() -> None:
    # `production` sends whoever comes without TLS to https.
    with patch.dict(os.environ, SECURE_SSL_REDIRECT="off"):
        against_runserver()
        for name, (edits, workers, threads) in TUNED.items():
            against_tuned(name, edits, workers, threads)


def against_runserver() -> None:
    with shipped() as ours, served("hardened", "runserver") as theirs:
        rates = in_turn(ours.rate, theirs.rate)
        report(f"{HELLO} over kept connections, requests a second", rates, "at least 3")
        costs = in_turn(partial(ours.cost, HELLO, 60), partial(theirs.cost, HELLO, 60), CPU_ROUNDS)
        report(f"{HELLO} over new connections, ms of CPU", costs, "at most 1.0")
        with served("seed", "runserver") as theirs:  # which serves files, having DEBUG
            # Nginx needs hundredths of a millisecond, and the system counts hundredths of a second.
            for how, kept in (("kept", True), ("new", False)):
                one = partial(theirs.cost, STATIC, 200, keep_alive=kept)
                other = partial(ours.cost, STATIC, 5000, keep_alive=kept)
                files = in_turn(one, other, FILE_ROUNDS)
                report(
                    f"runserver against ours, a static file, {how} connections, ms of CPU",
                    files,
                    "at least 25",
                )
        sent, failed = ours.reload_under_load()
        print(
            f"{2 * RELOADS} reloads under load: {failed} of {sent} requests failed (promised 0)", flush=True
        )


def against_tuned(name: str, edits: Edits, workers: int, threads: int) -> None:
    with shipped() as ours, tuned(edits, workers, threads) as theirs:
        rates = in_turn(theirs.rate, ours.rate)
        report(f"tuned ({name}) against ours, requests a second", rates, "at most 1.1")
        costs = in_turn(partial(ours.cost, HELLO, 60), partial(theirs.cost, HELLO, 60), CPU_ROUNDS)
        report(f"ours against tuned ({name}), ms of CPU", costs, "at most 1.1")


class Client:
    """Loads one site, logged in."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._logged_in = -inf
        self._headers: dict[str, str] = {}

    @property
    def headers(self) -> dict[str, str]:
        """The header of a login that is at most two minutes old."""
        if time.monotonic() - self._logged_in > 120:
            seed = self.site.face == "seed"
            path, header = ("/api/token/", {}) if seed else ("/login/", {"X-Auth-Request": "1"})
            answer = requests.post(self.site.url + path, json=VITOR, headers=header).json()
            self._logged_in, self._headers = time.monotonic(), {"Authorization": "Bearer " + answer["access"]}
        return self._headers

    def send(self, path: str, times: int, *, keep_alive: bool = False) -> Load:
        """Send requests, 16 at a time. Raise RuntimeError when one is not answered with 200."""
        run = load(
            self.site.url + path,
            requests=times,
            connections=16,
            seconds=30,
            keep_alive=keep_alive,
            headers=self.headers,
        )
        if not run.all_ok:
            raise RuntimeError(f"{self.site!r}, {path}: {run!r}")
        return run

    def rate(self) -> float:
        """Return the requests a second over kept connections."""
        return self.send(HELLO, 300, keep_alive=True).per_second

    def cost(self, path: str, times: int, *, keep_alive: bool = False) -> float:
        """Return the milliseconds of CPU time that the site needs for one request."""
        self.send(path, 1)  # logs in if it is time to
        before = self.cpu_seconds()
        self.send(path, times, keep_alive=keep_alive)
        return (self.cpu_seconds() - before) / times * 1000

    def cpu_seconds(self) -> float:
        """Return the seconds of CPU time of the site's servers, and of the workers that they have now."""
        folder = str(self.site.folder)
        watchdogs = [p for p in psutil.Process().children() if any(folder in word for word in p.cmdline())]
        processes = [process for watchdog in watchdogs for process in watchdog.children(recursive=True)]
        return sum(sum(process.cpu_times()[:2]) for process in processes)

    def reload_under_load(self) -> tuple[int, int]:
        """Reload again and again. Return how many requests were sent meanwhile, and how many failed."""
        runs = []
        for keep_alive, _ in product((True, False), range(RELOADS)):
            url, headers = self.site.url + HELLO, self.headers
            with steady_load(url, connections=4, keep_alive=keep_alive, headers=headers) as run:
                self.site.reload()
            runs.append(run)
        sent = sum(run.requests for run in runs)
        return sent, sent - sum(run.statuses[200] for run in runs)


@contextmanager
def served(face: str, server: str, workers: int = 1, threads: int = 1) -> Iterator[Client]:
    """Serve a site whose first answers, which take longer, are over."""
    with start_site(face, server=server, workers=workers, threads=threads) as site:
        client = Client(site)
        client.send(HELLO, 100)
        yield client


def shipped() -> AbstractContextManager[Client]:
    settings = run_path(str(DEMO_SITE / "serving" / "gunicorn.conf.py"))
    return served("production", "nginx", settings["workers"], settings.get("threads", 1))


@contextmanager
def tuned(edits: Edits, workers: int, threads: int) -> Iterator[Client]:
    """Serve a site behind the edited configuration. Raise RuntimeError for an edit that finds nothing."""
    with TemporaryDirectory() as name:
        templates = Path(name, "nginx")
        shutil.copytree(DEMO_SITE / "serving" / "nginx", templates)
        for pattern, replacement in edits:
            if not sum(edited(path, pattern, replacement) for path in templates.iterdir()):
                raise RuntimeError(f"{pattern} is no longer in the shipped configuration")
        with (
            patch.object(nginx, "TEMPLATES", templates),
            served("production", "nginx", workers, threads) as client,
        ):
            yield client


def edited(path: Path, pattern: str, replacement: str) -> int:
    text, number = re.subn(pattern, replacement, path.read_text())
    path.write_text(text)
    return number


def in_turn(
    first: Callable[[], float], second: Callable[[], float], rounds: int = ROUNDS
) -> list[tuple[float, float]]:
    """Pairs of figures, the two sides taking turns at going first."""
    pairs = []
    for number in range(rounds):
        if number % 2:
            pairs.append((first(), second()))
        else:
            other = second()
            pairs.append((first(), other))
    return pairs


def report(what: str, pairs: list[tuple[float, float]], promised: str) -> None:
    """Print both means and their ratio, with what the course promises.

    Of means, and not the median of the pairs' ratios: of a short block the system's clock says little.
    """
    first, second = (statistics.mean(side) for side in zip(*pairs, strict=True))
    low, _, high = statistics.quantiles([a / b for a, b in pairs if b], n=4)
    print(
        f"{what}: {first:.3g} against {second:.3g}, ratio {first / second:.2f} "
        f"(half of {len(pairs)} pairs between {low:.2f} and {high:.2f}), promised {promised}",
        flush=True,
    )


if __name__ == "__main__":
    main()
