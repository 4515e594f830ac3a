"""The lab world: the private folder in which one demo site lives, with its name, its clock and its database.

The database is copied from a template, made once for each state of the demo site: to migrate takes longer
than all the rest of a start. The other side of the folder is `demo_site/lab_world/`.
"""

import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

from jwtlab.site.clock import LAB_EPOCH, write_clock
from jwtlab.site.process import SiteError, environment, manage

ROOT = Path(__file__).resolve().parents[2]
DEMO_SITE = ROOT / "demo_site"
CACHE = ROOT / ".cache" / "jwtlab"

# What a reader can do about a demo site that does not work.
REPAIR = "`make doctor` looks for the cause; `git status demo_site` shows whether its files are as they came."

# The packages, besides the demo site, whose migrations shape its database.
SHAPING = ("django", "djangorestframework-simplejwt")


def furnish(folder: Path, settings: str, *, clock: bool) -> str:
    """Make `folder` a lab world for the face with these settings, and return its nonce."""
    shutil.copyfile(database_template(settings), folder / "db.sqlite3")
    return _name_and_clock(folder, clock=clock)


def database_template(settings: str) -> Path:
    """Return a migrated and seeded database for these settings. The first process that asks makes it."""
    cache = _cache_folder()
    template = cache / f"{_fingerprint(settings)}.sqlite3"
    if not template.exists():
        with _alone(cache / "lock"):
            if not template.exists():  # the one before us may have made it
                _make_template(template, settings)
    return template


def _make_template(template: Path, settings: str) -> None:
    with tempfile.TemporaryDirectory(dir=template.parent, prefix="making-") as name:
        world = Path(name)
        _name_and_clock(world, clock=True)
        env = environment(LAB_WORLD=name, DJANGO_SETTINGS_MODULE=settings)
        try:
            manage(DEMO_SITE, env, "migrate")
            manage(DEMO_SITE, env, "seed_demo")
        except SiteError as error:
            raise SiteError(f"The demo site's database cannot be made: {error} {REPAIR}") from None
        os.replace(world / "db.sqlite3", template)


def _name_and_clock(folder: Path, *, clock: bool) -> str:
    nonce = secrets.token_hex(16)
    (folder / "nonce").write_text(nonce, "ascii")
    if clock:
        write_clock(folder / "clock", LAB_EPOCH)
    return nonce


def _fingerprint(settings: str) -> str:
    """Return a name for the present state of everything that shapes the database.

    All of the demo site's Python counts, not its models and migrations alone: a template too many costs three
    seconds, one that is out of date a wrong lesson.
    """
    digest = hashlib.sha256(f"{settings} {LAB_EPOCH}\n".encode())
    for package in SHAPING:
        digest.update(f"{package} {version(package)}\n".encode())
    for source in sorted(DEMO_SITE.rglob("*.py")):
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
