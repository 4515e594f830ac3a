"""Where a site lives: its project, the environment of that project's processes, and what a lab world adds."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

from jwtlab.site.clock import LabClock
from jwtlab.site.log import ServerLog, reason
from jwtlab.site.production import PRODUCTION
from jwtlab.site.supervisor import LOG, SiteError, environment, run
from jwtlab.site.world import DEMO_SITE, REPAIR, furnish, furnish_production, static_files

# The settings of each face of the demo site, and of the attacker's site, which is another origin.
FACES = {
    face: f"config.settings.{face}" for face in ("seed", "rotating", "hardened", "production", "attacker")
}

DESCRIBE = Path(__file__).with_name("describe.py")


@dataclass(frozen=True)
class Wsgi:
    """A project as a WSGI server and the server of its files see it."""

    settings: str  # the settings module
    application: str  # as Gunicorn names it: MODULE:CALLABLE
    static: Callable[[], Path | None]  # gives the folder of collected static files


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

    @cached_property
    def wsgi(self) -> Wsgi:
        """What a server other than `runserver` must know. Raises SiteError when the settings do not load."""
        if self.face:
            settings = FACES[self.face]
            return Wsgi(settings, "config.wsgi:application", partial(static_files, settings))
        printed = run(self.project, self.env, "manage.py", DESCRIBE)
        settings, application, static = json.loads(printed.strip().splitlines()[-1])
        return Wsgi(settings, _for_gunicorn(application), lambda: Path(static) if static else None)

    def failure(self, what: str) -> SiteError:
        """Return the error that says why, from the server's own words. `what` happened to the site."""
        self.log.settle()
        return SiteError(f"The {self.name} {what}: {reason(self.log.text, self.project)}. {self.advice}")


def _for_gunicorn(application: str | None) -> str:
    """Return `config.wsgi.application` as `config.wsgi:application`; without one, Django's own."""
    module, _, name = (application or "").rpartition(".")
    return f"{module}:{name}" if module else "django.core.wsgi:get_wsgi_application()"


def demo_site(face: str, folder: Path, *, clock: bool) -> Home:
    """Return the home of a demo site of this face, in a lab world that is made in `folder`.

    `production` refuses lab worlds: it lives in real time, and its responses carry no nonce.
    """
    common = {"name": "demo site", "advice": REPAIR, "project": DEMO_SITE, "face": face}
    if FACES[face] == PRODUCTION:
        return Home(**common, env=furnish_production(folder), log=ServerLog(folder / LOG))
    env, nonce = furnish(folder, FACES[face], clock=clock)
    return Home(
        **common,
        env=env,
        nonce=nonce,
        log=ServerLog(folder / LOG, hidden=1, counter=folder / "requests"),  # hidden: the request of _prove
        clock=LabClock(folder / "clock") if clock else None,
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
