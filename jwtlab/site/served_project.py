"""Which project a site serves: a face of the demo site, or the reader's own; and what its processes need.

Knows no server. A face of the demo site is made ready in the private folder of its site: `jwtlab.site.world`.
"""

import json
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from jwtlab.site.log import ServerLog, reason
from jwtlab.site.processes import Deadline, NotReady, SiteError, Supervisor, environment
from jwtlab.site.production_environment import PRODUCTION, production_environment
from jwtlab.site.world import DEMO_SITE, REPAIR, database_template, prepare, static_files

# The settings of each face of the demo site, and of the attacker's site, which is another origin.
FACES = {
    face: f"config.settings.{face}" for face in ("seed", "rotating", "hardened", "production", "attacker")
}

LOG = "server.log"  # in a site's folder
READ_SETTINGS = Path(__file__).with_name("read_settings.py")


@dataclass(frozen=True)
class Project:
    """A Django project and the environment of its processes."""

    name: str
    advice: str  # what to do when it does not start
    folder: Path  # with its manage.py
    env: dict[str, str] = field(repr=False)
    face: str | None = None
    nonce: str | None = None  # which its responses carry
    has_clock: bool = False

    def log_in(self, folder: Path) -> ServerLog:
        """Return the log that the servers of this project write in the folder of their site."""
        if not self.nonce:
            return ServerLog(folder / LOG)
        return ServerLog(folder / LOG, hidden=1, counter=folder / "requests")  # hidden: `start_site`'s own

    def failure(self, what: str, folder: Path) -> SiteError:
        """Return the error that says why, from the servers' own words. `what` happened to the site."""
        log = self.log_in(folder)
        log.wait_until_complete()
        return SiteError(f"The {self.name} {what}: {reason(log.text, self.folder)}. {self.advice}")


def demo_site(face: str, supervisor: Supervisor, deadline: Deadline, *, clock: bool) -> Project:
    """Return the demo site with this face, made ready in the folder of `supervisor`. Raise SiteError.

    `production` refuses lab worlds: it lives in real time, and its responses carry no nonce.
    """
    settings = FACES[face]
    template = database_template(settings, deadline)  # and meanwhile the watchdog makes the folder
    folder = supervisor.folder
    if settings == PRODUCTION:
        shutil.copyfile(template, folder / "db.sqlite3")
        # The site itself looks up there which hash a file has in its name.
        env = production_environment(folder) | {"STATIC_ROOT": str(static_files(settings, deadline))}
        return Project("demo site", REPAIR, DEMO_SITE, env, face)
    nonce = prepare(folder, template, clock=clock)
    env = environment(LAB_WORLD=str(folder), DJANGO_SETTINGS_MODULE=settings)
    return Project("demo site", REPAIR, DEMO_SITE, env, face, nonce, has_clock=clock)


def own_project(given: str | Path) -> Project:
    """Return the reader's own project. Raise SiteError when `given` holds no manage.py."""
    folder = Path(given).resolve()
    if not (folder / "manage.py").is_file():
        raise SiteError(
            f"There is no manage.py in {given}. Give start_site(project=...) the folder it is in."
        )
    return Project(f"project {folder.name}", "Correct that and start it again.", folder, environment())


@dataclass(frozen=True)
class Wsgi:
    """A project as servers other than `runserver` must know it."""

    settings: str  # the settings module
    application: str  # MODULE:CALLABLE
    static_root: Path | None  # the folder of collected static files


def read_settings(project: Project, supervisor: Supervisor, deadline: Deadline, *, static: bool) -> Wsgi:
    """Return what servers other than `runserver` must know. Raise SiteError when the settings do not load.

    With `static`, the static files of a demo site are collected; those of the reader's project never are.
    """
    if project.face:
        settings = FACES[project.face]
        files = static_files(settings, deadline) if static else None
        return Wsgi(settings, "config.wsgi:application", files)
    told = _told_by_manage_py(project, supervisor, deadline)
    if told["settings"] is None:
        raise SiteError(
            f"The {project.name} has no settings module, by which Gunicorn would know its settings: its "
            'manage.py calls settings.configure(). Start it with server="runserver".'
        )
    module, _, name = (told["application"] or "").rpartition(".")
    application = f"{module}:{name}" if module else "django.core.wsgi:get_wsgi_application()"
    static_root = told["static_root"]
    return Wsgi(told["settings"], application, Path(static_root) if static_root else None)


def _told_by_manage_py(project: Project, supervisor: Supervisor, deadline: Deadline) -> dict[str, str | None]:
    """Run `jwtlab/site/read_settings.py`, and return what it has written."""
    answer = supervisor.folder / "project.json"
    command: list[str | Path] = [sys.executable, READ_SETTINGS, answer]
    try:
        status, printed = supervisor.run(command, cwd=project.folder, env=project.env, deadline=deadline)
    except NotReady as error:
        raise SiteError(f"The `manage.py` of the {project.name} {error}. {project.advice}") from None
    if status or not answer.exists():
        raise SiteError(f"`manage.py` failed: {reason(printed, project.folder)}.")
    told: dict[str, str | None] = json.loads(answer.read_text("ascii"))
    return told
