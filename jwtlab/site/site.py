"""Starts a Django site for a notebook, and hands over what a lesson needs of it.

    site = start_site()
    requests.get(site.url + "/hello/")

A site lives in processes of its own, listens on 127.0.0.1 on a port that the system chooses, and ends with
the notebook's kernel, however that ends (`jwtlab/site/watchdog.py`). Django is not imported here: what is
taught happens in the open, over HTTP and through `manage.py`.
"""

import http.client
import signal
import ssl
import sys
import weakref
from functools import cached_property
from pathlib import Path
from typing import Self

from jwtlab.site import servers
from jwtlab.site.log import ServerLog
from jwtlab.site.processes import Deadline, NotReady, SiteError, Supervisor, manage
from jwtlab.site.served_project import FACES, Project, demo_site, own_project
from jwtlab.site.servers import Pids, Running, Server
from jwtlab.site.world import LabClock

# Seconds for all that a start waits for. On a busy shared machine Django has been seen to need ten, and the
# first start makes the database too.
START_TIMEOUT = 120
START_ANOTHER = "Start another: site = start_site()."


def start_site(
    face: str = "seed",
    *,
    server: str = "runserver",
    workers: int = 2,
    threads: int = 1,
    tls: bool = False,
    clock: bool = True,
    project: str | Path | None = None,
    replace: bool = True,
) -> "Site":
    """Start a site and return it as soon as it answers.

    `face` chooses the demo site's settings, `server` what serves it: "runserver", "runserver --nothreading",
    "gunicorn" or "nginx", which stands in front of Gunicorn. Gunicorn starts so many `workers`, each with so
    many `threads`; `tls=True` has Nginx speak https, with a certificate of an authority made for this site.

    The site lives on the lab clock, which starts at 2026-01-05 09:00 UTC and which `site.clock` moves; with
    `clock=False` it lives in real time. `project`, a folder with a `manage.py`, starts that project instead:
    its own settings and database, in real time, and its own `gunicorn.conf.py` if it has one, except for what
    the site decides itself (`jwtlab/site/gunicorn_settings.py`).

    The site ends with `site.stop()`, with its `with` block, with the last reference to it or with this
    process, whichever comes first.

    **In a notebook it also ends another site.** A notebook's history refers to each site that a cell has
    shown, so sites would pile up as a cell is run again. Therefore a new site takes the place of one of the
    same kind (face or project, server, clock) that an earlier cell, or an earlier run of this cell, has
    started, and that one says so when it is used. To have two of a kind, start both in one cell, or start the
    second with `replace=False`: it ends no other, and no later one ends it.

    Raise SiteError, with the reason, when the site cannot start.
    """
    chosen = Server(server, workers, threads, tls)
    _check(face, chosen)
    deadline = Deadline(START_TIMEOUT)
    try:
        supervisor = Supervisor("jwtlab-site-")
        try:
            site = _start(face, chosen, clock, project, supervisor, deadline)
            if replace:
                _replace_those_of_earlier_cells(site)
            return site
        except BaseException:
            supervisor.stop()
            raise
    except OSError as error:  # no space, no rights, no temporary folder
        raise SiteError(f"The site did not start: {error}. `make doctor` looks for the cause.") from None


def _check(face: str, server: Server) -> None:
    if sys.platform == "win32":
        raise SiteError("Sites run on Linux and macOS. On Windows, work inside WSL2: https://aka.ms/wsl")
    if face not in FACES:
        raise SiteError(f"There is no face {face!r}. Choose one of: {', '.join(FACES)}.")
    server.check()


def _start(
    face: str,
    server: Server,
    clock: bool,
    given: str | Path | None,
    supervisor: Supervisor,
    deadline: Deadline,
) -> "Site":
    """Start the site under `supervisor`. Raise SiteError, or OSError, when it does not start."""
    project = demo_site(face, supervisor, deadline, clock=clock) if given is None else own_project(given)
    try:
        site = Site(project, server, supervisor, servers.serve(server, project, supervisor, deadline))
        if site.nonce:
            _prove(site, deadline)
    except NotReady as error:
        raise project.failure(str(error), supervisor.folder) from None
    return site


def _prove(site: "Site", deadline: Deadline) -> None:
    """Send the first request, and see from the nonce that it is this site which answers."""
    # http.client: unlike requests and urllib, it sends nothing to a proxy that the environment names.
    timeout = max(0.001, deadline.left)  # 0 would be no timeout, but "do not wait"
    connection: http.client.HTTPConnection
    if site.ca:
        trust = ssl.create_default_context(cafile=site.ca)
        connection = http.client.HTTPSConnection("localhost", site.port, timeout=timeout, context=trust)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=timeout)
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        raise NotReady("does not answer" if site.is_running else "did not start") from None
    finally:
        connection.close()
    if answer.status >= 500:
        raise NotReady(f"answers its first request with {answer.status}")
    if answer.getheader("X-Lab-Site") != site.nonce:
        raise SiteError(f"Another site answers on port {site.port}. Start again, and get another port.")


class CommandOutput(str):
    """The text that a command printed. A cell that ends on it shows it as it is."""

    def __repr__(self) -> str:
        return self.rstrip("\n")


class Site:
    """A running site, as `start_site` returns it.

    `port` and `face` (None for a project of one's own) say what it is; `nonce` is in each of its responses as
    `X-Lab-Site`; `folder` is private to it and goes when it does; `log` shows the requests it has answered.
    With TLS, `ca` is the file by which to verify the site: `requests.get(site.url, verify=site.ca)`; and
    `plain_url` is where Nginx listens without TLS, to send clients on.
    """

    def __init__(self, project: Project, server: Server, supervisor: Supervisor, running: Running) -> None:
        self.face, self.nonce = project.face, project.nonce
        self.folder, self.port = supervisor.folder, running.port
        self.ca = str(running.ca) if running.ca else None
        self.plain_url = running.plain_url
        self._project, self._server, self._running = project, server, running
        self._supervisor = supervisor
        self._cell: int | None = None  # the notebook's cell that has started it, if a later one may end it
        self._gave_way: str | None = None  # and to which
        weakref.finalize(self, supervisor.stop)

    @cached_property
    def log(self) -> ServerLog:
        """The requests that the site has answered, and all that its servers have printed."""
        return self._project.log_in(self.folder)

    @property
    def url(self) -> str:
        """The site's address, without a slash at the end. Raise SiteError when the site is gone."""
        self._require_server()
        return f"{self._running.origin}:{self.port}"

    @property
    def is_running(self) -> bool:
        """Whether the site can answer: it was not stopped, and none of its servers has ended by itself."""
        return all(server.is_running for server in self._running.servers)

    @property
    def clock(self) -> LabClock:
        """The clock that this site lives by. Raise SiteError when it lives in real time."""
        if not self._project.has_clock:
            cure = "Start it with clock=True." if self.face else "The lab clock belongs to the demo site."
            raise SiteError(f"This site runs on real time, so there is no clock to move. {cure}")
        self._require_folder()
        return LabClock(self.folder / "clock")

    def manage(self, *arguments: object) -> CommandOutput:
        """Run `python manage.py ...` for this site and return what it prints. Raise SiteError when it fails.

        The command has the site's settings, database and clock, and nothing to read on standard input.
        """
        self._require_folder()
        words = map(str, arguments)
        return CommandOutput(manage(self._project.folder, self._project.env, *words, under=self._supervisor))

    @property
    def pids(self) -> Pids:
        """The process ids `master` and `workers`, at this moment. `runserver` has no workers.

        Raise SiteError when the site is gone.
        """
        pids = servers.pids(self._running.servers[0])
        self._require_server()  # and so it was running when it was asked
        return pids

    def reload(self) -> None:
        """Send SIGHUP to Gunicorn's master, and return when new workers have taken the old ones' place.

        Raise SiteError when they do not, or when there is no Gunicorn.
        """
        if not self.pids.workers:
            raise SiteError("Gunicorn can reload without losing a request; `runserver` cannot.")
        try:
            deadline = Deadline(START_TIMEOUT)
            servers.reload(self._running.servers[0], self._server.workers, self.folder, deadline)
        except NotReady as error:
            raise self._project.failure(str(error), self.folder) from None

    def stop(self) -> None:
        """End the site and remove its folder. What `log` shows stays. A second call does nothing."""
        self._stop("was stopped")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        face = [f"{self.face} face"] if self.face else []
        if self.is_running:
            state = [self.url, str(self.clock) if self._project.has_clock else "real time"]
        else:
            state = [f"not running, for it {self._gave_way}" if self._gave_way else "not running"]
        return " · ".join([self._project.name, *face, str(self._server), *state])

    def _stop(self, end: str) -> None:
        self.log.keep()
        self._supervisor.stop(end)

    def _require_folder(self) -> None:
        self._supervisor.listen()
        if self._supervisor.end:
            raise SiteError(f"This site {self._supervisor.end}. {START_ANOTHER}")

    def _require_server(self) -> None:
        self._require_folder()
        ended = [server.exit_status for server in self._running.servers if server.exit_status is not None]
        if ended:
            raise SiteError(f"This site is gone: its server {_in_words(ended[0])}. {START_ANOTHER}")

    def _give_way_to(self, other: "Site", cell: int) -> None:
        """End this site if `other`, which this cell has started, is of the same kind."""
        if self._kind == other._kind and not self._supervisor.end:
            self._gave_way = f"gave way to one of its kind, which cell [{cell}] has started"
            self._stop(self._gave_way)

    @property
    def _kind(self) -> tuple[str | None, Path, Server, bool]:
        return self.face, self._project.folder, self._server, self._project.has_clock


def _in_words(status: int) -> str:
    if status < 0:
        return f"was killed by {signal.Signals(-status).name}"
    return f"ended with status {status}, and site.log.text is what it printed"


# The sites that cells of this notebook have started, and that a later cell may end.
_replaceable: "weakref.WeakSet[Site]" = weakref.WeakSet()


def _replace_those_of_earlier_cells(site: Site) -> None:
    """If a notebook's cell has started `site`, end those of its kind that earlier ones have started."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        return
    site._cell = cell = shell.execution_count
    for other in list(_replaceable):
        if other._cell != cell:
            other._give_way_to(site, cell)
    _replaceable.add(site)
