"""Starts a Django site for a notebook, and hands over what a lesson needs of it.

    site = start_site()
    requests.get(site.url + "/hello/")

A site lives in processes of its own, listens on 127.0.0.1 on a port that the system chooses, and ends with
the notebook's kernel, however that ends (`jwtlab/site/guard.py`). Django is not imported here: what is taught
happens in the open, over HTTP and through `manage.py`.
"""

import http.client
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from jwtlab.site.clock import LabClock
from jwtlab.site.project import FACES, Home, demo_site, own_project
from jwtlab.site.servers import Pids, Running, Server, start
from jwtlab.site.supervisor import SiteError, manage

START_TIMEOUT = 60  # seconds; on a busy shared machine Django has been seen to need ten


def start_site(
    face: str = "seed",
    *,
    server: str = "runserver",
    workers: int = 2,
    threads: int = 1,
    tls: bool = False,
    clock: bool = True,
    project: str | Path | None = None,
) -> "Site":
    """Start a site and return it as soon as it answers.

    `face` chooses the demo site's settings, `server` what serves it: "runserver", "runserver --nothreading",
    "gunicorn" or "nginx", which stands in front of Gunicorn. Gunicorn starts so many `workers`, each with so
    many `threads`; `tls=True` has Nginx speak https, with a certificate of an authority made for this site.

    The site lives on the lab clock, which starts at 2026-01-05 09:00 UTC and which `site.clock` moves; with
    `clock=False` it lives in real time. `project`, a folder with a `manage.py`, starts that project instead:
    its own settings and database, in real time, and its own `gunicorn.conf.py` if it has one.

    The site ends with `site.stop()`, with its `with` block, with the last reference to it or with this
    process, whichever comes first. A notebook's history refers to each site that a cell has shown, so sites
    would pile up as a cell is run again. Therefore a site that a cell starts takes the place of one of the
    same kind that an earlier cell, or an earlier run of this cell, has started. To have two of a kind, start
    both in one cell.

    Raises SiteError, with the reason, when the site cannot start.
    """
    chosen = Server(server, workers, threads, tls)
    _check(face, chosen)
    with _private_folder() as folder:
        home = demo_site(face, folder, clock=clock) if project is None else own_project(project, folder)
        site = Site(home, chosen, folder, _launch(home, chosen, folder))
    _replace_those_of_earlier_cells(site, caller=sys._getframe(1).f_globals)
    return site


def _check(face: str, server: Server) -> None:
    if sys.platform == "win32":
        raise SiteError("Sites run on Linux and macOS. On Windows, work inside WSL2: https://aka.ms/wsl")
    if face not in FACES:
        raise SiteError(f"There is no face {face!r}. Choose one of: {', '.join(FACES)}.")
    server.check()


# Waits for a line, and removes the folder if none comes: if this process ends before the site has its guard.
# Again and again, as a `manage.py` that outlives this process may still write there.
KEEPER = 'read -r line || while [ -e "$1" ]; do rm -rf -- "$1" || sleep 0.1; done'


@contextmanager
def _private_folder() -> Iterator[Path]:
    """Make a folder that only its owner can read; remove it if the block fails, is interrupted or killed."""
    folder = None
    try:
        folder = Path(tempfile.mkdtemp(prefix="jwtlab-site-"))
        with _kept(folder):
            yield folder
    except BaseException as error:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):  # no space, no rights, no temporary folder
            raise SiteError(f"The site did not start: {error}. `make doctor` looks for the cause.") from None
        raise


@contextmanager
def _kept(folder: Path) -> Iterator[None]:
    command = ["/bin/sh", "-c", KEEPER, "sh", str(folder)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    keeper = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True, cwd="/", **quiet)
    try:
        yield
    finally:
        keeper.communicate(b"done\n")


def _launch(home: Home, server: Server, folder: Path) -> Running:
    """Start the server and return it when it answers. Raises SiteError when it does not."""
    running = start(server, home, folder, START_TIMEOUT)
    try:
        if home.nonce:
            _prove(home, running)
    except BaseException:
        running.stop()
        raise
    return running


def _prove(home: Home, running: Running) -> None:
    """Send the first request, and see from the nonce that it is this site which answers."""
    # http.client: unlike requests and urllib, it sends nothing to a proxy that the environment names.
    connection = _connection(running)
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        raise home.failure("does not answer" if running.is_running else "did not start") from None
    finally:
        connection.close()
    if answer.status >= 500:
        raise home.failure(f"answers its first request with {answer.status}")
    if answer.getheader("X-Lab-Site") != home.nonce:
        raise SiteError(f"Another site answers on port {running.port}. Start again, and get another port.")


def _connection(running: Running) -> http.client.HTTPConnection:
    if running.ca is None:
        return http.client.HTTPConnection("127.0.0.1", running.port, timeout=START_TIMEOUT)
    trust = ssl.create_default_context(cafile=running.ca)
    return http.client.HTTPSConnection("localhost", running.port, timeout=START_TIMEOUT, context=trust)


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

    def __init__(self, home: Home, server: Server, folder: Path, running: Running) -> None:
        self.face, self.nonce, self.log = home.face, home.nonce, home.log
        self.folder, self.port = folder, running.port
        self.ca = str(running.ca) if running.ca else None
        self.plain_url = running.plain_url
        self._home, self._server, self._running = home, server, running
        self._why_stopped = "was stopped"
        weakref.finalize(self, running.stop)

    @property
    def url(self) -> str:
        """The site's address, without a slash at the end. Raises SiteError when the site is gone."""
        self._require_server()
        return f"{self._running.origin}:{self.port}"

    @property
    def is_running(self) -> bool:
        """Whether the site can answer: it was not stopped, and its server has not ended by itself."""
        return self._running.is_running

    @property
    def clock(self) -> LabClock:
        """The clock that this site lives by. Raises SiteError when it lives in real time."""
        if self._home.clock is None:
            cure = "Start it with clock=True." if self.face else "The lab clock belongs to the demo site."
            raise SiteError(f"This site runs on real time, so there is no clock to move. {cure}")
        self._require_folder()
        return self._home.clock

    def manage(self, *arguments: object) -> CommandOutput:
        """Run `python manage.py ...` for this site and return what it prints. Raises SiteError when it fails.

        The command has the site's settings, database and clock, and nothing to read on standard input.
        """
        self._require_folder()
        return CommandOutput(manage(self._home.project, self._home.env, *map(str, arguments)))

    @property
    def pids(self) -> Pids:
        """The process ids `master` and `workers`, at this moment. `runserver` has no workers."""
        self._require_server()
        return self._running.pids

    def reload(self) -> None:
        """Send SIGHUP to Gunicorn's master, and return when new workers have taken the old ones' place."""
        self._require_server()
        if not self.pids.workers:
            raise SiteError("Gunicorn can reload without losing a request; `runserver` cannot.")
        self._running.reload(self._server.workers)

    def stop(self) -> None:
        """End the site and remove its folder. What `log` shows stays. A second call does nothing."""
        self.log.keep()
        self._running.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        face = [f"{self.face} face"] if self.face else []
        state = [self.url, str(self._home.clock or "real time")] if self.is_running else ["not running"]
        return " · ".join([self._home.name, *face, str(self._server), *state])

    def _require_folder(self) -> None:
        if self._running.is_stopped:
            raise SiteError(f"This site {self._why_stopped}. Start another: site = start_site().")

    def _require_server(self) -> None:
        self._require_folder()
        if not self.is_running:
            raise SiteError(f"This site {self._how_it_ended()}. Start another: site = start_site().")

    def _how_it_ended(self) -> str:
        status = self._running.exit_status
        if status is None:
            return "has lost its guard, which would have ended it with this kernel, and was ended now"
        if status < 0:
            return f"is gone: its server was killed by {signal.Signals(-status).name}"
        return f"is gone: its server ended with status {status}, and site.log.text is what it printed"

    def _give_way_to(self, other: "Site") -> None:
        """End this site if `other` is of the same kind."""
        if self._kind == other._kind and not self._running.is_stopped:
            self._why_stopped = "gave way to one of its kind, which a later cell has started"
            self.stop()

    @property
    def _kind(self) -> tuple[str | None, Path, Server, bool]:
        return self.face, self._home.project, self._server, self._home.clock is None


# The sites that cells of this notebook have started, each with the number of the cell's run.
_cells: "weakref.WeakKeyDictionary[Site, int]" = weakref.WeakKeyDictionary()


def _replace_those_of_earlier_cells(site: Site, caller: dict[str, object]) -> None:
    """Let earlier sites of this kind give way, if it is a notebook's cell that asked for `site`."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is None or shell.user_ns is not caller:
        return
    for other, cell in list(_cells.items()):
        if cell != shell.execution_count:
            other._give_way_to(site)
    _cells[site] = shell.execution_count
