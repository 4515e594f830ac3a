"""The lab world: what is in the private folder in which one demo site lives: its name, clock and database.

The database is copied from a template, made once for each state of the demo site: to migrate takes longer
than all the rest of a start. The other side of the folder is `demo_site/lab_world/`.
"""

import hashlib
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TextIO

from jwtlab.site.clock import LAB_EPOCH
from jwtlab.site.production import PRODUCTION, production_environment
from jwtlab.site.supervisor import NEVER, Deadline, SiteError, Supervisor, environment, manage

ROOT = Path(__file__).resolve().parents[2]
DEMO_SITE = ROOT / "demo_site"
CACHE = ROOT / ".cache" / "jwtlab"

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
