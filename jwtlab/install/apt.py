"""Install a Debian package as root, and leave nothing else behind: no running service, no changed setting.

Standard library only: `jwtlab.install.programs` uses it before anything is installed.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SYSTEM = Path("/")  # tests put a made-up machine here

ENVIRONMENT = {
    "DEBIAN_FRONTEND": "noninteractive",
    "NEEDRESTART_SUSPEND": "1",  # Ubuntu would restart services that have nothing to do with us
    "LC_ALL": "C.UTF-8",
}
OPTIONS = (
    "-qq",
    "-oAcquire::Retries=1",
    "-oAcquire::http::Timeout=20",
    "-oDPkg::Lock::Timeout=60",  # another apt-get may be at work
    "-oAPT::Update::Error-Mode=any",  # else `update` without a network counts as a success
)
LISTS_AGE = 7 * 24 * 3600  # seconds after which the package lists are fetched anew
POLICY = """#!/bin/sh
# JWT Lab wrote this file while it installed {service}, and removes it afterwards. Should JWT Lab be killed
# before that, the file removes itself when it is next asked.
kill -0 {pid} 2>/dev/null || {{ rm -f "$0"; exit 0; }}
case "$1" in {service} | {service}.service) exit 101 ;; esac
exit 0
"""


class NotInstalled(Exception):
    """A package could not be installed. The message is the reason, as half a sentence."""


def install(package: str, *, without_service: str | None = None) -> None:
    """Install `package`. The service named, which comes with it, starts neither now nor at the next boot.

    Raises NotInstalled with apt-get's own reason, or OSError.
    """
    if without_service is None:
        fetch(package)
        return
    with not_started(without_service):
        fetch(package)
        subprocess.run(["update-rc.d", without_service, "disable"], capture_output=True, check=False)


def fetch(package: str) -> None:
    """Install `package`, and fetch the package lists first where they are old or the first try fails."""
    install_it = ("install", "--no-install-recommends", package)
    if lists_are_old() or failure_of(*install_it):
        unfetched = failure_of("update")
        if reason := failure_of(*install_it):
            raise NotInstalled(unfetched or reason)


def failure_of(*arguments: str) -> str:
    """Run apt-get. Returns its own first reason when it failed, else nothing."""
    done = subprocess.run(
        ["apt-get", *OPTIONS, "-y", *arguments],
        env={**os.environ, **ENVIRONMENT},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    errors = [line[2:].strip(" .") for line in done.stderr.splitlines() if line.startswith("E:")]
    return (errors or [f"apt-get ended with status {done.returncode}"])[0] if done.returncode else ""


def lists_are_old() -> bool:
    lists = SYSTEM / "var/lib/apt/lists"
    return not any(lists.glob("*Packages*")) or lists.stat().st_mtime < time.time() - LISTS_AGE


@contextmanager
def not_started(service: str) -> Iterator[None]:
    """Keep the package from starting its service: Debian's nginx would listen on port 80 of every interface.

    Package scripts ask /usr/sbin/policy-rc.d before they start a service (invoke-rc.d(8),
    deb-systemd-invoke(1p)). Ours forbids this one service and goes away at the end. A machine that has such a
    file already keeps it: container images do, and theirs forbids every service. Raises NotInstalled if the
    machine's own file would allow this one.
    """
    policy = SYSTEM / "usr/sbin/policy-rc.d"
    if policy.exists() and subprocess.run([policy, service, "start"], check=False).returncode == 101:
        yield
        return
    if policy.exists():  # still: a file of ours that an earlier set-up left has removed itself by now
        raise NotInstalled(f"{policy} on this machine would let {service} start, on every interface")
    policy.write_text(POLICY.format(service=service, pid=os.getpid()), encoding="utf-8")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink(missing_ok=True)
