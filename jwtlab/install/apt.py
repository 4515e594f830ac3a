"""Install Debian packages as root, and leave nothing else behind: no running service, no changed setting.

Standard library only: `jwtlab.install.programs` uses it before anything is installed.
"""

import fcntl
import os
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

SYSTEM = Path("/")  # tests put a made-up machine here

OURS = "JWTLAB_INSTALLING"  # set for our apt-get, and so for all that it starts
ENVIRONMENT = {
    "DEBIAN_FRONTEND": "noninteractive",
    "NEEDRESTART_SUSPEND": "1",  # Ubuntu would restart services that have nothing to do with us
    "LC_ALL": "C.UTF-8",
    OURS: "1",
}
OPTIONS = (
    "-qq",
    "-oAcquire::Retries=1",
    "-oAcquire::http::Timeout=20",
    "-oDPkg::Lock::Timeout=60",  # another apt-get may be at work
    "-oDPkg::Options::=--force-confold",  # a setting of the machine's own is kept
    "-oAPT::Keep-Downloaded-Packages=false",  # else they stay, as large again as what was fetched
    "-oAPT::Update::Error-Mode=any",  # else `update` without a network counts as a success
)
LISTS_AGE = 7 * 24 * 3600  # seconds after which the package lists are fetched anew
SERVICES = {"nginx-light": "nginx", "postgresql": "postgresql"}  # what a package starts

# Package scripts ask this file before they start a service. In our apt-get alone it says no: to all that ours
# want to do, and to each other service that comes as a dependency. What runs already may be restarted.
MARK = "JWT Lab wrote this file"
POLICY = """#!/bin/sh
# JWT Lab wrote this file while it installed packages whose services must not start, and removes it
# afterwards. Should JWT Lab be killed before that, the file removes itself when another program asks.
if [ -n "${our_apt_get}" ]; then
    case "$1" in {services}) exit 101 ;; esac
    case "$2" in start) exit 101 ;; esac
else
    kill -0 {pid} 2>/dev/null || rm -f "$0"
fi
exit 0
"""

# PostgreSQL's package makes a database cluster unless this file says no. Read by its postinst.
CLUSTER = "etc/postgresql-common/createcluster.conf"
NO_CLUSTER = "create_main_cluster = false  # JWT Lab, while it installs\n"
TAKE_IT_BACK = f"sed -i '/JWT Lab, while it installs/d' /{CLUSTER} 2>/dev/null || true"


class NotInstalled(Exception):
    """A package could not be installed. The message is the reason, as half a sentence."""


class AptGet:
    """apt-get at work, from another thread: it can be told to stop."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None
        self.stopped = False

    def stop(self) -> None:
        """Let it come to an end soon. It breaks off what it fetches, and finishes what it is unpacking."""
        self.stopped = True
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)

    def install(self, packages: Sequence[str]) -> None:
        """Install the packages. Their services start neither now nor at the next boot.

        Raises NotInstalled with apt-get's own reason, or OSError.
        """
        services = [SERVICES[package] for package in packages if package in SERVICES]
        with one_at_a_time(), not_started(services), no_cluster("postgresql" in packages):
            # apt-get itself runs these after the last package, even if we are killed before that
            after = [f"update-rc.d {service} disable >/dev/null 2>&1 || true" for service in services]
            after += [TAKE_IT_BACK] if "postgresql" in packages else []
            hooks = [f"-oDPkg::Post-Invoke::={line}" for line in after]
            command = ("install", "--no-install-recommends", *hooks, *packages)
            if reason := self.failure_of(*command):
                if "dpkg was interrupted" in reason:  # by whoever killed an earlier set-up
                    self.run("--force-confold", "--configure", "-a", options=(), program="dpkg")
                unfetched = self.failure_of("update")
                if reason := self.failure_of(*command):
                    raise NotInstalled(unfetched or reason)

    def sizes(self, packages: Sequence[str]) -> str:
        """Return what `packages` take, as apt-get says it: "207 MB to fetch, 734 MB on the disk".

        The package lists are fetched first where they are old. Nothing where apt-get does not know.
        """
        if lists_are_old():
            self.failure_of("update")
        _, said = self.run("install", "--no-install-recommends", "--assume-no", *packages)
        fetched = re.search(r"Need to get ([\d.,]+ \w+)", said)
        taken = re.search(r"this operation, ([\d.,]+ \w+) of additional", said)
        return f"{fetched[1]} to fetch, {taken[1]} on the disk" if fetched and taken else ""

    def failure_of(self, *arguments: str) -> str:
        """Run apt-get. Returns its own first reason when it failed, else nothing."""
        status, said = self.run("-y", *arguments, options=OPTIONS)
        errors = [line[2:].strip(" .") for line in said.splitlines() if line.startswith("E:")]
        return (errors or [f"apt-get ended with status {status}"])[0] if status else ""

    def run(
        self, *arguments: str, options: Sequence[str] = OPTIONS[1:], program: str = "apt-get"
    ) -> tuple[int, str]:
        """Run apt-get, or what is below it, to its end. Returns its status, and all that it said."""
        if self.stopped:
            return 130, "E: interrupted"
        self.process = subprocess.Popen(
            [program, *options, *arguments],
            env={**os.environ, **ENVIRONMENT},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        said, _ = self.process.communicate()
        return self.process.returncode, said


def lists_are_old() -> bool:
    """Whether the package lists are missing, or more than a week old."""
    lists = SYSTEM / "var/lib/apt/lists"
    return not any(lists.glob("*Packages*")) or lists.stat().st_mtime < time.time() - LISTS_AGE


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait for another clone's set-up: both would write and remove the same policy."""
    lists = os.open(SYSTEM / "var/lib/apt/lists", os.O_RDONLY)
    try:
        fcntl.flock(lists, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lists)


@contextmanager
def not_started(services: Sequence[str]) -> Iterator[None]:
    """Keep packages from starting these services: Debian's nginx would listen on port 80 of every interface.

    Package scripts ask /usr/sbin/policy-rc.d before they start a service (invoke-rc.d(8),
    deb-systemd-invoke(1p)). Ours forbids these and goes away at the end. A machine that has such a file
    already keeps it: container images do, and theirs forbids every service. Raises NotInstalled if the
    machine's own file would allow one.
    """
    policy = SYSTEM / "usr/sbin/policy-rc.d"
    if policy.exists() and MARK in policy.read_text(encoding="utf-8", errors="replace"):
        policy.unlink()  # left by a set-up that was killed; no other is at work
    allowed = [service for service in services if not (policy.exists() and forbids(policy, service))]
    if not allowed:
        yield
        return
    if policy.exists():
        raise NotInstalled(f"{policy} on this machine would let {allowed[0]} start, on every interface")
    names = " | ".join(f"{service} | {service}.service | {service}@*" for service in services)
    policy.write_text(POLICY.format(our_apt_get=OURS, services=names, pid=os.getpid()), encoding="utf-8")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink(missing_ok=True)


def forbids(policy: Path, service: str) -> bool:
    return subprocess.run([policy, service, "start"], check=False).returncode == 101


@contextmanager
def no_cluster(wanted: bool) -> Iterator[None]:
    """Keep PostgreSQL's package from making a database cluster: tests make their own."""
    if not wanted:
        yield
        return
    file = SYSTEM / CLUSTER
    refused = file.with_name(f"{file.name}.ucf-dist")  # the package's own, which it lays beside a changed one
    was_refused = refused.exists()
    before = file.read_text(encoding="utf-8").replace(NO_CLUSTER, "") if file.exists() else None
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(NO_CLUSTER + (before or ""), encoding="utf-8")
    try:
        yield
    finally:
        if not was_refused:
            refused.unlink(missing_ok=True)
        shipped = SYSTEM / "usr/share/postgresql-common/createcluster.conf"
        if before is not None:
            file.write_text(before, encoding="utf-8")
        elif shipped.exists():
            file.write_text(shipped.read_text(encoding="utf-8"), encoding="utf-8")
        else:
            file.unlink(missing_ok=True)


def command(packages: Sequence[str], sudo: str, systemd: bool) -> str:
    """Return what to type to install `packages`, and to stop what they start."""
    lines = [f"{sudo}apt-get update", f"{sudo}apt-get install {' '.join(map(shlex.quote, packages))}"]
    for package in packages:
        if service := SERVICES.get(package):
            stop = f"systemctl disable --now {service}" if systemd else f"service {service} stop"
            lines.append(f"{sudo}{stop}")
            if not systemd:
                lines.append(f"{sudo}update-rc.d {service} disable")
    return " && ".join(lines)
