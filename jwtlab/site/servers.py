"""What can serve a site, and how each is started: `runserver`, Gunicorn, and Nginx in front of Gunicorn.

A start returns when the site can answer with all its workers.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import psutil

from jwtlab.site import nginx
from jwtlab.site.processes import (
    Deadline,
    LinesWritten,
    PortNamed,
    Process,
    SiteError,
    Supervisor,
    lines_of,
)
from jwtlab.site.served_project import LOG, Project, Wsgi, read_settings
from jwtlab.site.world import DEMO_SITE

# In a site's folder; what Gunicorn writes into READY is in jwtlab/site/gunicorn_settings.py.
SOCKET, READY = "gunicorn.sock", "ready"
SHIPPED = DEMO_SITE / "serving" / "gunicorn.conf.py"
GUNICORN_SETTINGS = Path(__file__).with_name("gunicorn_settings.py")
NOT_LOADED, NOT_RELOADED = "was not loaded by its workers", "has not reloaded"
SOCKET_PATH_LIMIT = 103  # bytes, without the zero at the end: macOS; Linux has 107 (sockaddr_un)


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


class Running(NamedTuple):
    """The servers of a site, the application's first, and where they listen."""

    servers: tuple[Process, ...]
    port: int
    origin: str = "http://127.0.0.1"  # without the port
    ca: Path | None = None  # with TLS: the file by which clients verify the site
    plain_url: str | None = None  # with TLS: where Nginx listens without it


def serve(server: Server, project: Project, supervisor: Supervisor, deadline: Deadline) -> Running:
    """Start `server` for `project`, and return when it can answer.

    Raise SiteError when something is missing or not right, and NotReady when a process has not come so far.
    """
    return STARTERS[server.name](server, project, supervisor, deadline)


def _runserver(server: Server, project: Project, supervisor: Supervisor, deadline: Deadline) -> Running:
    options = server.name.split()[1:]
    command = [sys.executable, "manage.py", "runserver", "--noreload", *options, "127.0.0.1:0"]
    process = supervisor.start(command, cwd=project.folder, env=project.env, log=supervisor.folder / LOG)
    # "Starting development server at", and since Django 6.1 "Starting WSGI development server at"
    named = PortNamed(" development server at http://127.0.0.1:")
    return Running((process,), process.wait_for(named, deadline))


def _gunicorn(server: Server, project: Project, supervisor: Supervisor, deadline: Deadline) -> Running:
    wsgi = read_settings(project, supervisor, deadline, static=False)
    options = {"bind": "127.0.0.1:0", "accesslog": str(supervisor.folder / LOG)}
    process = _start_gunicorn(server, project, wsgi, supervisor, options)
    ready = supervisor.folder / READY
    process.wait_for(LinesWritten(ready, "worker ", server.workers, NOT_LOADED), deadline)
    return Running((process,), int(lines_of(ready, "port ")[0]))


def _nginx(server: Server, project: Project, supervisor: Supervisor, deadline: Deadline) -> Running:
    program, folder = nginx.find(), supervisor.folder / "nginx"
    socket, log = supervisor.folder / SOCKET, supervisor.folder / LOG
    if len(os.fsencode(socket)) > SOCKET_PATH_LIMIT:
        raise SiteError(f"The path {socket} is too long for a socket: set TMPDIR=/tmp and start again.")
    folder.mkdir()
    wsgi = read_settings(project, supervisor, deadline, static=True)
    if wsgi.static_root:
        (folder / nginx.STATIC).symlink_to(wsgi.static_root)
    options = {"bind": f"unix:{socket}", "accesslog": None}  # Nginx writes it
    application = _start_gunicorn(server, project, wsgi, supervisor, options)
    ca = nginx.certify(folder) if server.tls else None
    configuration = nginx.Configuration(folder, socket, log, server.tls)
    front, http_port, https_port = nginx.start(configuration, program, supervisor, project.env, deadline)
    ready = LinesWritten(supervisor.folder / READY, "worker ", server.workers, NOT_LOADED)
    application.wait_for(ready, deadline)
    if ca is None:
        return Running((application, front), http_port)
    # The name: for a number no client asks for a certificate by name, and Nginx refuses that.
    plain_url = f"http://localhost:{http_port}"
    return Running((application, front), https_port, "https://localhost", ca, plain_url)


STARTERS: dict[str, Callable[[Server, Project, Supervisor, Deadline], Running]] = {
    "runserver": _runserver,
    "runserver --nothreading": _runserver,
    "gunicorn": _gunicorn,
    "nginx": _nginx,
}


def _start_gunicorn(
    server: Server, project: Project, wsgi: Wsgi, supervisor: Supervisor, options: Mapping[str, str | None]
) -> Process:
    """Start Gunicorn with the project's own `gunicorn.conf.py`, or the shipped one, and these options."""
    own = project.folder / "gunicorn.conf.py"
    numbers = {"workers": server.workers, "threads": server.threads}
    told = {
        "ready": str(supervisor.folder / READY),
        "settings": str(own if own.is_file() else SHIPPED),
        "shipped": str(SHIPPED),
        "application": wsgi.application,
        "options": {**numbers, **options},
    }
    # NUM_PROXIES is for the demo site: whose word on the client's address counts.
    behind_nginx = {} if options["accesslog"] else {"NUM_PROXIES": "1"}
    env = {"DJANGO_SETTINGS_MODULE": wsgi.settings, "JWTLAB_GUNICORN": json.dumps(told), **behind_nginx}
    # -P: else a `gunicorn.py` of the project would be taken for Gunicorn.
    command: list[str | Path] = [sys.executable, "-P", "-m", "gunicorn", "--config", GUNICORN_SETTINGS]
    return supervisor.start(command, cwd=project.folder, env=project.env | env, log=supervisor.folder / LOG)


class Pids(NamedTuple):
    """The process ids of a site's application: the process that started it, and those that it started.

    `runserver` answers in `master` itself and has no workers.
    """

    master: int
    workers: tuple[int, ...]


def pids(application: Process) -> Pids:
    """Return the process ids of an application at this moment. One that has ended has no workers."""
    try:
        workers = psutil.Process(application.pid).children()
    except psutil.Error:
        workers = []
    return Pids(application.pid, tuple(worker.pid for worker in workers))


@dataclass(frozen=True)
class WorkersGone:
    """None of these workers is left."""

    application: Process
    workers: frozenset[int]
    missing: str = NOT_RELOADED

    def look(self, output: str) -> Literal[True] | None:
        """Return True when they have ended."""
        return None if self.workers & set(pids(self.application).workers) else True


def reload(application: Process, workers: int, folder: Path, deadline: Deadline) -> None:
    """Have the Gunicorn of the site in `folder` take new code in. Raise NotReady when it does not.

    It returns when only new workers are left.

    SIGHUP to the master, as an operator sends it: it starts new workers, and the old ones finish what they
    have begun (docs.gunicorn.org, Signal Handling).
    """
    before = frozenset(pids(application).workers)
    ready = folder / READY
    count = len(lines_of(ready, "worker ")) + workers
    os.kill(application.pid, signal.SIGHUP)  # as long as its watchdog lives, nobody else has its number
    application.wait_for(LinesWritten(ready, "worker ", count, NOT_RELOADED), deadline)
    application.wait_for(WorkersGone(application, before), deadline)
