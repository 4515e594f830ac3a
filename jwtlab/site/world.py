"""The lab world: what is in the private folder in which one demo site lives: its name, clock and database.

The clock is the time at which the site lives, moved by the notebook and by nothing else. It is a file, which
the site reads again at every request, so that nobody waits for six minutes. The database is copied from a
template, made once for each state of the demo site: to migrate takes longer than all the rest of a start. The
other side of the folder is `demo_site/lab_world/`.
"""

import hashlib
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from importlib.metadata import version
from pathlib import Path
from typing import TextIO

from jwtlab.errors import LabError
from jwtlab.site.processes import NEVER, Deadline, SiteError, Supervisor, environment, manage
from jwtlab.site.production_environment import PRODUCTION, production_environment

ROOT = Path(__file__).resolve().parents[2]
DEMO_SITE = ROOT / "demo_site"
CACHE = ROOT / ".cache" / "jwtlab"

LAB_EPOCH = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)  # a Monday; every lab clock starts here

# What a reader can do about a demo site that does not work.
REPAIR = "`make doctor` looks for the cause; `git status demo_site` shows whether its files are as they came."

# The packages, besides the demo site, whose migrations shape its database or whose files it serves.
SHAPING = ("django", "djangorestframework", "djangorestframework-simplejwt", "drf-spectacular-sidecar")


def prepare(folder: Path, template: Path | None, *, clock: bool) -> str:
    """Make `folder` a lab world with a copy of this database, or with none. Return the nonce of its site.

    With `clock`, the site lives on a lab clock, which stands at `LAB_EPOCH`; without, in real time.
    """
    nonce = secrets.token_hex(16)
    (folder / "nonce").write_text(nonce, "ascii")
    if clock:
        (folder / "clock").write_text(LAB_EPOCH.isoformat(), "ascii")
    if template:
        shutil.copyfile(template, folder / "db.sqlite3")
    return nonce


# --- The clock ----------------------------------------------------------------------------------------------

HOW_TO_ADVANCE = "Name a unit: site.clock.advance(minutes=6), or hours=-1 to go back."
HOW_TO_SET = 'Write site.clock.set("09:06") or site.clock.set("2026-01-06 09:00"), which are UTC.'


class ClockError(LabError):
    """The clock was given something that is not a time, or its site is gone."""


class LabClock:
    """The clock of one site: `now`, `advance` and `set`. Moving it moves no other clock."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def now(self) -> datetime:
        """The site's present time, as an aware datetime in UTC. Raise ClockError when the site is gone."""
        try:
            return datetime.fromisoformat(self._path.read_text("ascii"))
        except FileNotFoundError:
            raise ClockError("The site of this clock is gone. Start another: site = start_site().") from None

    def advance(self, *unnamed: object, **by: float) -> "LabClock":
        """Move the clock by a `timedelta`: `advance(minutes=6)`. A negative amount moves it back.

        Return the clock. Raise ClockError for what is no `timedelta`, and when the site is gone.
        """
        if unnamed or not by:
            raise ClockError(f"advance() was not told what to move by. {HOW_TO_ADVANCE}")
        try:
            return self._move_to(self.now + timedelta(**by))
        except (TypeError, OverflowError) as error:
            wanted = ", ".join(f"{unit}={amount!r}" for unit, amount in by.items())
            raise ClockError(f"advance({wanted}) is not a time ({error}). {HOW_TO_ADVANCE}") from None

    def set(self, when: str | datetime) -> "LabClock":
        """Set the clock to a time of its present day ("09:06") or a day and time; UTC if no zone is named.

        Return the clock. Raise ClockError for what is no time, and when the site is gone.
        """
        try:
            return self._move_to(_instant(when, self.now))
        except (TypeError, ValueError, OverflowError):
            raise ClockError(f"The clock cannot be set to {when!r}. {HOW_TO_SET}") from None

    def _move_to(self, instant: datetime) -> "LabClock":
        write_clock(self._path, instant)
        return self

    def __repr__(self) -> str:
        return f"lab clock {self.now:%Y-%m-%d %H:%M:%S} UTC"


def write_clock(path: Path, instant: datetime) -> None:
    """Put `instant` in the clock file, in one step, so that no request reads half of it."""
    draft = path.with_name("clock.draft")
    draft.write_text(instant.isoformat(), "ascii")
    os.replace(draft, path)


def _instant(when: str | datetime, now: datetime) -> datetime:
    if isinstance(when, str):
        when = _parsed(when.strip(), now)
    if not isinstance(when, datetime):
        raise TypeError
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def _parsed(text: str, now: datetime) -> datetime:
    try:
        return datetime.combine(now, time_of_day.fromisoformat(text))
    except ValueError:
        return datetime.fromisoformat(text)


# --- The database, and the static files ---------------------------------------------------------------------


def database_template(settings: str, deadline: Deadline = NEVER) -> Path:
    """Return a migrated and seeded database for these settings. The first process that asks makes it.

    Raise SiteError when it cannot be made, or is not made before the deadline.
    """
    return _made_once(f"{_fingerprint(settings)}.sqlite3", _make_template, settings, deadline)


def static_files(settings: str, deadline: Deadline = NEVER) -> Path:
    """Return the folder of the static files as `collectstatic` gathers them for these settings.

    Raise SiteError when they cannot be collected, or are not before the deadline.
    """
    return _made_once(f"{_fingerprint(settings)}-static", _collect_static, settings, deadline)


Maker = Callable[[Supervisor, Path, str, Deadline], None]


def _made_once(name: str, make: Maker, settings: str, deadline: Deadline) -> Path:
    """Return the file or folder of this name in the cache; where there is none, `make` it elsewhere first."""
    cache = _cache_folder()
    made = cache / name
    if made.exists():
        return made
    with _alone(cache / "lock", deadline), Supervisor("making-", cache) as supervisor:
        if not made.exists():  # the one before us may have made it
            draft = supervisor.folder / name
            make(supervisor, draft, settings, deadline)
            os.replace(draft, made)
    return made


def _make_template(supervisor: Supervisor, path: Path, settings: str, deadline: Deadline) -> None:
    env = _throwaway_environment(path.parent, settings)
    try:
        for command in ("migrate", "seed_demo"):
            manage(DEMO_SITE, env, command, under=supervisor, deadline=deadline)
    except SiteError as error:
        raise SiteError(f"The demo site's database cannot be made: {error} {REPAIR}") from None
    os.replace(path.with_name("db.sqlite3"), path)


def _collect_static(supervisor: Supervisor, path: Path, settings: str, deadline: Deadline) -> None:
    env = _throwaway_environment(path.parent, settings) | {"STATIC_ROOT": str(path)}
    try:
        manage(DEMO_SITE, env, "collectstatic", "--no-input", under=supervisor, deadline=deadline)
    except SiteError as error:
        raise SiteError(f"The demo site's static files cannot be collected: {error} {REPAIR}") from None


def _throwaway_environment(folder: Path, settings: str) -> dict[str, str]:
    """Return the environment of a site that lives in `folder` for a command or two."""
    if settings == PRODUCTION:
        return production_environment(folder)
    prepare(folder, None, clock=True)
    return environment(LAB_WORLD=str(folder), DJANGO_SETTINGS_MODULE=settings)


def _fingerprint(settings: str) -> str:
    """Return a name for the present state of everything that shapes the database and the static files.

    All of the demo site's Python counts, not its models and migrations alone: a template too many costs three
    seconds, one that is out of date a wrong lesson.
    """
    digest = hashlib.sha256(f"{settings} {LAB_EPOCH}\n".encode())
    for package in SHAPING:
        digest.update(f"{package} {version(package)}\n".encode())
    for source in sorted({*DEMO_SITE.rglob("*.py"), *DEMO_SITE.glob("*/static/**/*.*")}):
        digest.update(source.relative_to(DEMO_SITE).as_posix().encode() + b"\n" + source.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder() -> Path:
    """Return the repository's cache or, where that cannot be written, a folder in the user's temporary one.

    It must be ours: in a shared temporary folder a neighbour could have laid a database there for us.
    """
    for folder in (CACHE, Path(tempfile.gettempdir()) / f"jwtlab-{os.getuid()}"):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK) and folder.lstat().st_uid == os.getuid():
            return folder
    return Path(tempfile.mkdtemp(prefix="jwtlab-cache-"))


@contextmanager
def _alone(lock: Path, deadline: Deadline) -> Iterator[None]:
    """Wait until no other process is in this block. The system frees the lock of one that dies in it."""
    with open(lock, "w") as file:
        while not _is_ours(file):
            if not deadline.left:
                raise SiteError(
                    f"Another process has been at the demo site's database or files for {deadline.seconds:g} "
                    f"seconds: it holds {lock}. Start again when it has ended."
                )
            time.sleep(0.02)
        yield


def _is_ours(lock: TextIO) -> bool:
    """Return whether we hold the lock now."""
    import fcntl  # not at the top: Windows has none, and start_site has a sentence for Windows

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a drive without locks: then each makes the template, and the last stays
        return True
    return True
