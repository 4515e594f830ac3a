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
import sys
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Self

from jwtlab.site.clock import LabClock
from jwtlab.site.log import ServerLog, reason
from jwtlab.site.process import LOG, GuardedServer, SiteError, environment, manage
from jwtlab.site.world import DEMO_SITE, REPAIR, furnish

START_TIMEOUT = 60  # seconds; on a busy shared machine Django has been seen to need ten

# The settings of each face of the demo site, and of the attacker's site, which is another origin.
FACES = {face: f"config.settings.{face}" for face in ("seed", "rotating", "hardened", "attacker")}

# How to start each kind of server in a project's folder, and what it prints before its port once it listens.
SERVERS = {
    "runserver": (
        [sys.executable, "manage.py", "runserver", "--noreload", "127.0.0.1:0"],
        " development server at http://127.0.0.1:",  # "Starting", and since Django 6.1 "Starting WSGI"
    ),
}


def start_site(
    face: str = "seed", *, server: str = "runserver", clock: bool = True, project: str | Path | None = None
) -> "Site":
    """Start a site and return it as soon as it answers.

    `face` chooses the demo site's settings, `server` what serves it. It lives on the lab clock, which starts
    at 2026-01-05 09:00 UTC and which `site.clock` moves; with `clock=False` it lives in real time. `project`,
    a folder with a `manage.py`, starts that project instead: its own settings and database, in real time.

    The site ends with `site.stop()`, with its `with` block, with the last reference to it or with this
    process, whichever comes first. A notebook's history refers to each site that a cell has shown, so sites
    would pile up as a cell is run again. Therefore a site that a cell starts takes the place of one of the
    same kind that an earlier cell, or an earlier run of this cell, has started. To have two of a kind, start
    both in one cell.

    Raises SiteError, with the reason, when the site cannot start.
    """
    _check_names(face, server)
    with _private_folder() as folder:
        home = _demo_site(face, folder, clock=clock) if project is None else _own_project(project, folder)
        site = Site(home, server, folder, _launch(home, server, folder))
    _replace_those_of_earlier_cells(site, caller=sys._getframe(1).f_globals)
    return site


def _check_names(face: str, server: str) -> None:
    if sys.platform == "win32":
        raise SiteError("Sites run on Linux and macOS. On Windows, work inside WSL2: https://aka.ms/wsl")
    if face not in FACES:
        raise SiteError(f"There is no face {face!r}. Choose one of: {', '.join(FACES)}.")
    if server not in SERVERS:
        raise SiteError(f"There is no server {server!r}. Choose one of: {', '.join(SERVERS)}.")


@contextmanager
def _private_folder() -> Iterator[Path]:
    """Make a folder that only its owner can read; remove it if the block fails or is interrupted."""
    folder = None
    try:
        folder = Path(tempfile.mkdtemp(prefix="jwtlab-site-"))
        yield folder
    except BaseException as error:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):  # no space, no rights, no temporary folder
            raise SiteError(f"The site did not start: {error}. `make doctor` looks for the cause.") from None
        raise


class _Home(NamedTuple):
    """Where a site lives: its project, the environment of that project's processes, what a lab world adds."""

    name: str
    advice: str  # what to do when it does not start
    project: Path
    env: dict[str, str]
    log: ServerLog
    face: str | None = None
    nonce: str | None = None
    clock: LabClock | None = None


def _demo_site(face: str, folder: Path, *, clock: bool) -> _Home:
    settings = FACES[face]
    return _Home(
        name="demo site",
        advice=REPAIR,
        project=DEMO_SITE,
        nonce=furnish(folder, settings, clock=clock),
        env=environment(LAB_WORLD=str(folder), DJANGO_SETTINGS_MODULE=settings),
        log=ServerLog(folder / LOG, hidden=1, counter=folder / "requests"),  # hidden: the request of _prove
        face=face,
        clock=LabClock(folder / "clock") if clock else None,
    )


def _own_project(given: str | Path, folder: Path) -> _Home:
    project = Path(given).resolve()
    if not (project / "manage.py").is_file():
        raise SiteError(
            f"There is no manage.py in {given}. Give start_site(project=...) the folder it is in."
        )
    return _Home(
        name=f"project {project.name}",
        advice="Correct that and start it again.",
        project=project,
        env=environment(),
        log=ServerLog(folder / LOG),
    )


def _launch(home: _Home, server: str, folder: Path) -> GuardedServer:
    """Start the server and return it when it answers. Raises SiteError when it does not."""
    command, announcement = SERVERS[server]
    running = GuardedServer(command, announcement, cwd=home.project, env=home.env, folder=folder)
    try:
        if running.wait_for_port(START_TIMEOUT) is None:
            raise _failure(home, running, f"has named no port in {START_TIMEOUT} seconds")
        if home.nonce:
            _prove(home, running)
    except BaseException:
        running.stop()
        raise
    return running


def _prove(home: _Home, running: GuardedServer) -> None:
    """Send the first request, and see from the nonce that it is this site which answers."""
    # http.client: unlike requests and urllib, it sends nothing to a proxy that the environment names.
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=START_TIMEOUT)
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        raise _failure(home, running, "does not answer") from None
    finally:
        connection.close()
    if answer.status >= 500:
        raise _failure(home, running, f"answers its first request with {answer.status}")
    if answer.getheader("X-Lab-Site") != home.nonce:
        raise SiteError(f"Another site answers on port {running.port}. Start again, and get another port.")


def _failure(home: _Home, running: GuardedServer, what: str) -> SiteError:
    """Return the error that says why, from the server's own words; `what` is for a server that still runs."""
    if not running.is_running:
        what = "did not start"
    home.log.settle()
    return SiteError(f"The {home.name} {what}: {reason(home.log.text, home.project)}. {home.advice}")


class CommandOutput(str):
    """The text that a command printed. A cell that ends on it shows it as it is."""

    def __repr__(self) -> str:
        return self.rstrip("\n")


class Site:
    """A running site, as `start_site` returns it.

    `port` and `face` (None for a project of one's own) say what it is; `nonce` is in each of its responses as
    `X-Lab-Site`; `folder` is private to it and goes when it does; `log` shows the requests it has answered.
    """

    def __init__(self, home: _Home, server: str, folder: Path, running: GuardedServer) -> None:
        self.face, self.nonce, self.log = home.face, home.nonce, home.log
        self.folder, self.port = folder, running.port
        self._home, self._server, self._running = home, server, running
        self._why_stopped = "was stopped"
        weakref.finalize(self, running.stop)

    @property
    def url(self) -> str:
        """The site's address, without a slash at the end. Raises SiteError when the site is gone."""
        self._require_server()
        return f"http://127.0.0.1:{self.port}"

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
        return " · ".join([self._home.name, *face, self._server, *state])

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
    def _kind(self) -> tuple[str | None, Path, str, bool]:
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
