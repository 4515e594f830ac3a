"""What can serve a site, and how each is started: `runserver`, Gunicorn, and Nginx in front of Gunicorn.

A start returns when the site can answer with all its workers.
"""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psutil

from jwtlab.site import nginx
from jwtlab.site.authority import certify
from jwtlab.site.project import Home
from jwtlab.site.supervisor import LOG, GuardedServer, SiteError
from jwtlab.site.world import DEMO_SITE

SERVING = DEMO_SITE / "serving"
GUNICORN_SETTINGS = Path(__file__).with_name("gunicorn_settings.py")
READY = "\nReady: worker "
SOCKET_PATH_LIMIT = 103  # bytes, without the zero at the end: macOS; Linux has 107 (sockaddr_un)
PORT_ATTEMPTS = 3


@dataclass(frozen=True)
class Server:
    """A server and how it is set up. As text: what a site's name says of it."""

    name: str
    workers: int = 2
    threads: int = 1
    tls: bool = False

    def __str__(self) -> str:
        if self.name.startswith("runserver"):
            return self.name
        gunicorn = f"gunicorn ({_count(self.workers, 'worker')}{self._threads})"
        return f"nginx + {gunicorn}" if self.name == "nginx" else gunicorn

    @property
    def _threads(self) -> str:
        return f", {_count(self.threads, 'thread')} each" if self.threads > 1 else ""

    def check(self) -> None:
        """Raise SiteError, with what there is, when there is no such server."""
        if self.name not in STARTERS:
            raise SiteError(f"There is no server {self.name!r}. Choose one of: {', '.join(STARTERS)}.")
        if self.workers < 1 or self.threads < 1:
            raise SiteError("A server has at least one worker, and a worker at least one thread.")
        if self.tls and self.name != "nginx":
            raise SiteError('TLS ends at Nginx: start_site(server="nginx", tls=True).')


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


class Pids(NamedTuple):
    """The process ids of a site's application: the process that started it, and those that it started.

    `runserver` answers in `master` itself and has no workers.
    """

    master: int
    workers: tuple[int, ...]


class Running:
    """The servers of one site, the application's first. They are stopped together."""

    def __init__(self, home: Home, folder: Path, timeout: float) -> None:
        self.home, self.folder, self.timeout = home, folder, timeout
        self.env: dict[str, str] = {}  # what the application learns of its servers
        self.servers: list[GuardedServer] = []
        self.origin = "http://127.0.0.1"  # without the port
        self.port: int | None = None
        self.ca: Path | None = None
        self.plain_url: str | None = None  # with TLS: where Nginx listens without it

    def launch(self, command: list[str], announcement: str = "", **options: Path) -> GuardedServer:
        """Start one more server."""
        options = {"folder": self.folder} | options
        env = self.home.env | {"JWTLAB_GUNICORN_CONF": str(_gunicorn_settings(self.home)), **self.env}
        self.servers.append(GuardedServer(command, announcement, cwd=self.home.project, env=env, **options))
        return self.servers[-1]

    def wait(self, server: GuardedServer, condition: Callable[[], bool], otherwise: str) -> None:
        """Wait until `condition()` holds. Raises SiteError: `otherwise`, or that the server has ended."""
        if not server.wait_until(condition, self.timeout):
            raise self.failure(server, otherwise)

    def failure(self, server: GuardedServer, otherwise: str) -> SiteError:
        """Return the error for a server that has ended, or runs and `otherwise`."""
        what = f"{otherwise} in {self.timeout} seconds" if server.is_running else "did not start"
        return self.home.failure(what)

    def listens_at(self, values: nginx.Values) -> None:
        """Take over the address at which Nginx listens."""
        self.port = values.https_port or values.http_port
        if values.https_port:
            # The name: for a number no client asks for a certificate by name, and Nginx refuses that.
            self.origin = "https://localhost"
            self.plain_url = f"http://localhost:{values.http_port}"

    @property
    def is_running(self) -> bool:
        """Whether all of them run."""
        return all(server.is_running for server in self.servers)

    @property
    def exit_status(self) -> int | None:
        """Of the one that has ended by itself (-N: by signal N), if any has."""
        return next((server.exit_status for server in self.servers if server.exit_status is not None), None)

    @property
    def is_stopped(self) -> bool:
        """Whether `stop` was called."""
        return any(server.is_stopped for server in self.servers)

    def stop(self) -> None:
        """End all of them, those in front first, and remove the folder."""
        for server in reversed(self.servers):
            server.stop()

    @property
    def pids(self) -> Pids:
        """Of the application as it runs now."""
        master = self.servers[0].pid
        return Pids(master, tuple(child.pid for child in psutil.Process(master).children()))

    def reload(self, workers: int) -> None:
        """Have Gunicorn take new code in, and return when only new workers are left.

        SIGHUP to the master, as an operator sends it: it starts new workers, and the old ones finish what
        they have begun (docs.gunicorn.org, Signal Handling).
        """
        before, text = self.pids, self.home.log.text
        os.kill(before.master, signal.SIGHUP)
        self.wait(
            self.servers[0],
            lambda: (
                self._count_ready() >= text.count(READY) + workers
                and not set(before.workers) & set(self.pids.workers)
            ),
            "has not reloaded",
        )

    def wait_for_workers(self, server: GuardedServer, workers: int) -> None:
        """Wait until all workers of a Gunicorn that was started have loaded the site."""
        self.wait(server, lambda: self._count_ready() >= workers, "was not loaded by its workers")

    def _count_ready(self) -> int:
        return self.home.log.text.count(READY)


def start(server: Server, home: Home, folder: Path, timeout: float) -> Running:
    """Start `server` for the site at `home`. Raises SiteError, with the reason, when it does not start."""
    running = Running(home, folder, timeout)
    try:
        STARTERS[server.name](running, server)
    except BaseException:
        running.stop()
        raise
    return running


def _runserver(running: Running, server: Server) -> None:
    options = server.name.split()[1:]
    command = [sys.executable, "manage.py", "runserver", "--noreload", *options, "127.0.0.1:0"]
    # "Starting development server at", and since Django 6.1 "Starting WSGI development server at"
    started = running.launch(command, " development server at http://127.0.0.1:")
    running.port = started.wait_for_port(running.timeout)
    running.wait(started, lambda: running.port is not None, "has named no port")


def _gunicorn(running: Running, server: Server) -> None:
    log = ["--access-logfile", str(running.folder / LOG)]
    started = running.launch(
        _gunicorn_command(running.home, server, "127.0.0.1:0", *log), "Listening at: http://127.0.0.1:"
    )
    running.port = started.wait_for_port(running.timeout)
    running.wait(started, lambda: running.port is not None, "has named no port")
    running.wait_for_workers(started, server.workers)


def _gunicorn_command(home: Home, server: Server, address: str, *more: str) -> list[str]:
    numbers = ["--workers", str(server.workers), "--threads", str(server.threads)]
    worker = ["--worker-class", "gthread"] if server.threads > 1 else []
    command = [sys.executable, "-m", "gunicorn", "--config", str(GUNICORN_SETTINGS), "--bind", address]
    settings = ["--env", f"DJANGO_SETTINGS_MODULE={home.wsgi.settings}"]
    return [*command, *numbers, *worker, *settings, *more, home.wsgi.application]


def _gunicorn_settings(home: Home) -> Path:
    """Return the project's own `gunicorn.conf.py`, as Gunicorn itself would; else the demo site's."""
    own = home.project / "gunicorn.conf.py"
    return own if own.is_file() else SERVING / "gunicorn.conf.py"


def _nginx(running: Running, server: Server) -> None:
    program = nginx.find()
    running.env["NUM_PROXIES"] = "1"  # for the demo site: whose word on the client's address counts
    address = running.folder / "gunicorn.sock"
    if len(os.fsencode(address)) > SOCKET_PATH_LIMIT:
        raise SiteError(f"The path {address} is too long for a socket: set TMPDIR=/tmp and start again.")
    static = running.home.wsgi.static() or running.folder / "static"
    application = running.launch(_gunicorn_command(running.home, server, f"unix:{address}"))
    certificate = None
    if server.tls:
        running.ca, certificate = certify(running.folder)
    _start_nginx(running, program, lambda folder: _values(running, folder, address, static, certificate))
    running.wait_for_workers(application, server.workers)


def _values(
    running: Running, folder: Path, address: Path, static: Path, certificate: Path | None
) -> nginx.Values:
    http_port, https_port = nginx.free_ports(2)
    return nginx.Values(
        folder=folder,
        socket=address,
        static=static,
        access_log=running.folder / LOG,
        http_port=http_port,
        https_port=https_port if certificate else None,
        certificate=certificate,
    )


def _start_nginx(running: Running, program: Path, values_for: Callable[[Path], nginx.Values]) -> None:
    """Start Nginx, with other ports if another program has taken those that were free."""
    folder, log = running.folder / "nginx", running.folder / LOG
    for _ in range(PORT_ATTEMPTS):
        folder.mkdir()
        values = values_for(folder)
        started = running.launch(nginx.command(program, values), folder=folder, log=log)
        # Nginx writes this file when it has bound its ports (ngx_init_cycle comes before ngx_create_pidfile).
        if started.wait_until((folder / "nginx.pid").exists, running.timeout):
            running.listens_at(values)
            return
        if started.is_running or "Address already in use" not in running.home.log.text:
            break
        running.servers.remove(started)
        started.stop()
    raise running.failure(started, "has opened no port")


STARTERS: dict[str, Callable[[Running, Server], None]] = {
    "runserver": _runserver,
    "runserver --nothreading": _runserver,
    "gunicorn": _gunicorn,
    "nginx": _nginx,
}
