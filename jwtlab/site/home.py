"""Where a site lives: its project, the environment of that project's processes, and what a lab world adds."""

import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from jwtlab.site.clock import LabClock
from jwtlab.site.log import ServerLog, reason
from jwtlab.site.process import LOG, SiteError, environment, manage
from jwtlab.site.world import DEMO_SITE, REPAIR, furnish

# The settings of each face of the demo site, and of the attacker's site, which is another origin.
FACES = {face: f"config.settings.{face}" for face in ("seed", "rotating", "hardened", "attacker")}

# Run in a project's shell: what servers other than `runserver` must know of it.
DESCRIBE = (
    "import json; from django.conf import settings; print(json.dumps("
    "[settings.SETTINGS_MODULE, settings.WSGI_APPLICATION, str(settings.STATIC_ROOT or '')]))"
)


@dataclass(frozen=True)
class Wsgi:
    """A project as a WSGI server sees it."""

    settings: str  # the settings module
    application: str  # as Gunicorn names it: MODULE:CALLABLE
    static: Path | None  # the folder of collected static files


@dataclass(frozen=True)
class Home:
    """One site's project and surroundings; knows no server."""

    name: str
    advice: str  # what to do when it does not start
    project: Path
    env: dict[str, str] = field(repr=False)
    log: ServerLog
    face: str | None = None
    nonce: str | None = None
    clock: LabClock | None = None
    known: Wsgi | None = None  # where there is no need to ask

    @cached_property
    def wsgi(self) -> Wsgi:
        """What the project's settings say, asked once. Raises SiteError when they cannot be loaded."""
        if self.known:
            return self.known
        answer = manage(self.project, self.env, "shell", "-c", DESCRIBE).strip().splitlines()[-1]
        settings, application, static = json.loads(answer)
        return Wsgi(settings, _for_gunicorn(application), Path(static) if static else None)

    def failure(self, what: str) -> SiteError:
        """Return the error that says why, from the server's own words. `what` happened to the site."""
        self.log.settle()
        return SiteError(f"The {self.name} {what}: {reason(self.log.text, self.project)}. {self.advice}")


def _for_gunicorn(application: str | None) -> str:
    """Return `config.wsgi.application` as `config.wsgi:application`; without one, Django's own."""
    module, _, name = (application or "").rpartition(".")
    return f"{module}:{name}" if module else "django.core.wsgi:get_wsgi_application()"


def demo_site(face: str, folder: Path, *, clock: bool) -> Home:
    """Return the home of a demo site of this face, in a lab world that is made in `folder`."""
    settings = FACES[face]
    return Home(
        name="demo site",
        advice=REPAIR,
        project=DEMO_SITE,
        nonce=furnish(folder, settings, clock=clock),
        env=environment(LAB_WORLD=str(folder), DJANGO_SETTINGS_MODULE=settings),
        log=ServerLog(folder / LOG, hidden=1, counter=folder / "requests"),  # hidden: the request of _prove
        face=face,
        clock=LabClock(folder / "clock") if clock else None,
        known=Wsgi(settings, "config.wsgi:application", None),
    )


def own_project(given: str | Path, folder: Path) -> Home:
    """Return the home of the reader's own project. Raises SiteError when `given` holds no manage.py."""
    project = Path(given).resolve()
    if not (project / "manage.py").is_file():
        raise SiteError(
            f"There is no manage.py in {given}. Give start_site(project=...) the folder it is in."
        )
    return Home(
        name=f"project {project.name}",
        advice="Correct that and start it again.",
        project=project,
        env=environment(),
        log=ServerLog(folder / LOG),
    )
