"""Servers that the hardened face is tried on: the demo site under Gunicorn, a PostgreSQL of one's own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TypedDict

import requests

from jwtlab.site import DEMO_SITE
from jwtlab.site.processes import environment
from tests.helpers.requirements import program_or_skip

SETTINGS = Path(__file__).parents[1] / "hardened"  # with the settings modules that only tests use


def site_environment(world: Path, settings: str, **variables: str) -> dict[str, str]:
    """Return the environment of a process of this site. The settings may be a module of tests/hardened/."""
    return environment(
        LAB_WORLD=str(world), DJANGO_SETTINGS_MODULE=settings, PYTHONPATH=str(SETTINGS), **variables
    )


@contextmanager
def gunicorn(env: dict[str, str], *, workers: int) -> Iterator[str]:
    """Serve the demo site in this environment; gives its address."""
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--workers", str(workers)]
    with tempfile.TemporaryFile("w+") as log, socket.create_server(("127.0.0.1", 0)) as listener:
        port, descriptor = listener.getsockname()[1], listener.fileno()
        server = subprocess.Popen(
            [*command, "--bind", f"fd://{descriptor}", "config.wsgi"],
            cwd=DEMO_SITE,
            env=env,
            pass_fds=[descriptor],
            stdout=log,
            stderr=log,
        )
        listener.close()  # ours; so that a server that dies refuses connections
        try:
            yield _once_it_answers(f"http://127.0.0.1:{port}", log)
        finally:
            server.terminate()  # it ends its workers first
            server.wait()


def _once_it_answers(url: str, log: IO[str]) -> str:
    try:
        new_session().get(f"{url}/.well-known/jwks.json", timeout=120)
    except requests.ConnectionError:
        log.seek(0)
        raise AssertionError(f"Gunicorn did not start:\n{log.read()}") from None
    return url


def new_session() -> requests.Session:
    """Return a client without cookies, for which a proxy of this machine has no say on loopback."""
    session = requests.Session()
    session.trust_env = False
    return session


class Account(TypedDict, total=False):
    """Whose process it is to be, in the words of `subprocess`. Nothing is said: ours."""

    user: str
    group: str
    extra_groups: list[str]


@contextmanager
def postgresql() -> Iterator[Path]:
    """Run a PostgreSQL of our own in a new folder; gives the folder, in which its socket is.

    Skips, with the reason and the cure, where it is not installed; in CI that is a failure. It listens on no
    port. As root it runs as the user `nobody`, because it refuses to run as root.
    """
    binaries = program_or_skip("postgresql").parent
    account: Account = {}
    if os.geteuid() == 0:
        account = {"user": "nobody", "group": "nogroup", "extra_groups": []}
    with tempfile.TemporaryDirectory(prefix="pg") as name:  # short: a socket's path has 107 bytes at most
        folder = Path(name)
        if account:
            shutil.chown(folder, account["user"], account["group"])
        _make_cluster(folder, binaries, account)
        quick = ["-c", "listen_addresses=", "-k", str(folder), "-c", "fsync=off"]
        server = subprocess.Popen(
            [binaries / "postgres", "-D", folder / "data", *quick],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **account,
        )
        try:
            _wait_for(folder, binaries, server)
            yield folder
        finally:
            server.send_signal(signal.SIGINT)  # "fast": it ends the sessions that are left
            server.wait()


def _make_cluster(folder: Path, binaries: Path, account: Account) -> None:
    quick = ["--username", "lab", "--auth", "trust", "--no-sync"]
    command: list[str | Path] = [binaries / "initdb", "--pgdata", folder / "data", *quick]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, **account)
    assert done.returncode == 0, done.stderr


def _wait_for(folder: Path, binaries: Path, server: subprocess.Popen[bytes]) -> None:
    ready: list[str | Path] = [binaries / "pg_isready", "--quiet", "--host", folder, "--timeout", "30"]
    while server.poll() is None and subprocess.run(ready).returncode:
        pass
    assert server.poll() is None, "PostgreSQL ended as it started"
