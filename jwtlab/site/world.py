"""The lab world: the private folder in which one demo site lives, with its name, its clock and its database.

The database is copied from a template, made once for each state of the demo site: to migrate takes longer
than all the rest of a start. The other side of the folder is `demo_site/lab_world/`.
"""

import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

from jwtlab.site.clock import LAB_EPOCH, write_clock
from jwtlab.site.production import PRODUCTION, production_environment
from jwtlab.site.supervisor import SiteError, environment, manage

ROOT = Path(__file__).resolve().parents[2]
DEMO_SITE = ROOT / "demo_site"
CACHE = ROOT / ".cache" / "jwtlab"

# What a reader can do about a demo site that does not work.
REPAIR = "`make doctor` looks for the cause; `git status demo_site` shows whether its files are as they came."

# The packages, besides the demo site, whose migrations shape its database or whose files it serves.
SHAPING = ("django", "djangorestframework", "djangorestframework-simplejwt", "drf-spectacular-sidecar")


def furnish(folder: Path, settings: str, *, clock: bool) -> tuple[dict[str, str], str]:
    """Make `folder` a lab world for the face with these settings. Return its environment and its nonce."""
    nonce = fill(folder, database_template(settings), clock=clock)
    return environment(LAB_WORLD=str(folder), DJANGO_SETTINGS_MODULE=settings), nonce


def fill(folder: Path, database: Path | None, *, clock: bool = True) -> str:
    """Put into an empty folder what makes it a lab world, and return its nonce.

    `database` is the one that is copied, None for a site without; with `clock` it is 09:00 of the lab's first
    day there, without it the site lives in real time.
    """
    nonce = secrets.token_hex(16)
    (folder / "nonce").write_text(nonce, "ascii")
    if clock:
        write_clock(folder / "clock", LAB_EPOCH)
    if database:
        shutil.copyfile(database, folder / "db.sqlite3")
    return nonce


def furnish_production(folder: Path) -> dict[str, str]:
    """Make `folder` the place of a `production` site with its own secrets. Return its environment."""
    shutil.copyfile(database_template(PRODUCTION), folder / "db.sqlite3")
    # The site itself looks up there which hash a file has in its name.
    return production_environment(folder) | {"STATIC_ROOT": str(static_files(PRODUCTION))}


def database_template(settings: str) -> Path:
    """Return a migrated and seeded database for these settings. The first process that asks makes it."""
    return _made_once(f"{_fingerprint(settings)}.sqlite3", lambda path: _make_template(path, settings))


def static_files(settings: str) -> Path:
    """Return the folder of the static files as `collectstatic` gathers them for these settings."""
    return _made_once(f"{_fingerprint(settings)}-static", lambda path: _collect(path, settings))


def _made_once(name: str, make: Callable[[Path], None]) -> Path:
    """Return the file or folder of this name in the cache; where there is none, `make` it elsewhere first."""
    cache = _cache_folder()
    made = cache / name
    if made.exists():
        return made
    with _alone(cache / "lock"), tempfile.TemporaryDirectory(dir=cache, prefix="making-") as draft:
        if not made.exists():  # the one before us may have made it
            make(Path(draft, name))
            os.replace(Path(draft, name), made)
    return made


def _make_template(path: Path, settings: str) -> None:
    world = path.parent
    env = _throwaway_environment(world, settings)
    try:
        manage(DEMO_SITE, env, "migrate")
        manage(DEMO_SITE, env, "seed_demo")
    except SiteError as error:
        raise SiteError(f"The demo site's database cannot be made: {error} {REPAIR}") from None
    os.replace(world / "db.sqlite3", path)


def _collect(path: Path, settings: str) -> None:
    env = _throwaway_environment(path.parent, settings) | {"STATIC_ROOT": str(path)}
    try:
        manage(DEMO_SITE, env, "collectstatic", "--no-input")
    except SiteError as error:
        raise SiteError(f"The demo site's static files cannot be collected: {error} {REPAIR}") from None


def _throwaway_environment(folder: Path, settings: str) -> dict[str, str]:
    """Return the environment of a site that lives in `folder` for a command or two."""
    if settings == PRODUCTION:
        return production_environment(folder)
    fill(folder, None)
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
def _alone(lock: Path) -> Iterator[None]:
    """Wait until no other process is in this block. The system frees the lock of one that dies in it."""
    import fcntl  # not at the top: Windows has none, and start_site has a sentence for Windows

    with open(lock, "w") as file:
        with suppress(OSError):  # a drive without locks: then each makes the template, and the last stays
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
