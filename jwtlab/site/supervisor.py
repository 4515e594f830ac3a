"""The processes of a Django project: its server, which dies with this process, and its `manage.py` commands.

Knows nothing of faces, lab worlds and notebooks; `jwtlab.site` does. Works on Linux and macOS.
"""

import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from jwtlab.errors import LabError
from jwtlab.site.log import reason

LOG = "server.log"
GUARD = Path(__file__).with_name("guard.py")
STOP_TIMEOUT = 20  # seconds; the guard kills at once, so only a machine that stands still needs them

# What a kernel's environment may hold that would change how a Django process starts or what it prints.
NOT_PASSED_ON = {
    "DJANGO_SETTINGS_MODULE",  # of some other project
    "LAB_WORLD",
    "PYTHONDONTWRITEBYTECODE",  # compiling the project anew at each start costs more than the guard does
    "PYTHONSAFEPATH",  # would hide the project's packages from its manage.py
    "PYTHONINSPECT",  # would keep a process that has failed waiting at a prompt
    "GUNICORN_CMD_ARGS",  # Gunicorn takes settings from these three
    "WEB_CONCURRENCY",
    "FORWARDED_ALLOW_IPS",
    "NGINX",  # by which nginx hands its sockets to the next nginx
    "FORCE_COLOR",  # Jupyter sets these two for its kernels; Python 3.13 colours tracebacks by the first
    "CLICOLOR_FORCE",
    "PYTHON_COLORS",
}


class SiteError(LabError):
    """A site did not start, is gone, or was asked for something that it cannot do."""


def environment(**extra: str) -> dict[str, str]:
    """Return this process's environment made fit for a Django process, with `extra` added."""
    passed_on = {
        name: value
        for name, value in os.environ.items()
        if name not in NOT_PASSED_ON and not name.startswith(("JPY_", "JUPYTER"))
    }
    # Unbuffered: the line with the port must leave the process when it is printed.
    ours = {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", "DJANGO_COLORS": "nocolor", "NO_COLOR": "1"}
    return passed_on | ours | extra


def manage(project: Path, env: dict[str, str], *arguments: str) -> str:
    """Run one `manage.py` command to its end and return what it printed. Raises SiteError when it fails."""
    return run(project, env, " ".join(["manage.py", *arguments[:1]]), "manage.py", *arguments)


def run(project: Path, env: dict[str, str], name: str, *program: str | Path) -> str:
    """Run a Python program in `project` to its end and return what it printed.

    Raises SiteError when it fails; `name` is what the error calls it.
    """
    done = subprocess.run(
        [sys.executable, *program],
        cwd=project,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,  # in the order in which they were printed
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        raise SiteError(f"`{name}` failed: {reason(done.stdout, project)}.")
    return done.stdout


class GuardedServer:
    """A server behind a guard process (`jwtlab/site/guard.py`), which ends it when this process is gone.

    The server's output goes to the file `LOG` in `folder`, and `folder` goes when the server is stopped.
    """

    def __init__(
        self,
        command: list[str],
        announcement: str,
        *,
        cwd: Path,
        env: dict[str, str],
        folder: Path,
        log: Path | None = None,
    ) -> None:
        """Start `command`, which prints `announcement` and behind it the number of its port.

        A server that names no port has no `announcement` (""). `log` is for a log that is not `folder`'s.
        """
        self.port: int | None = None
        self.exit_status: int | None = None  # once it has ended by itself; -N: killed by signal N
        self.is_stopped = False
        self.has_lost_guard = False
        self._folder = folder
        self.pid: int | None = None  # of the server, whose process group has the same number
        self._owner = os.getpid()
        with open(log or folder / LOG, "ab") as output:
            self._guard = subprocess.Popen(
                [sys.executable, "-I", "-S", GUARD, folder, announcement, *command],
                bufsize=0,
                cwd=cwd,
                env=env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                start_new_session=True,
            )
        os.set_blocking(self._guard.stdout.fileno(), False)
        _lifelines.add(self._guard.stdin)

    def wait_for_port(self, timeout: float) -> int | None:
        """Return the port it listens on, or None: it has ended, or named none in `timeout` seconds."""
        deadline = time.monotonic() + timeout
        with selectors.DefaultSelector() as selector:
            selector.register(self._guard.stdout, selectors.EVENT_READ)
            while self.is_running and self.port is None and (left := deadline - time.monotonic()) > 0:
                selector.select(left)
        return self.port

    def wait_until(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Return whether `condition()` came to hold, within `timeout` seconds and while the server runs."""
        deadline = time.monotonic() + timeout
        while not (holds := condition()) and self.is_running and time.monotonic() < deadline:
            time.sleep(0.005)
        return holds

    @property
    def is_running(self) -> bool:
        """Whether the server runs: it has not ended, was not stopped, and still has its guard."""
        # What the guard says is for the process that started it, not for a fork of it.
        if not self.is_stopped and os.getpid() == self._owner and not self._read_events():
            self.has_lost_guard = True
            self._finish_for_guard()
        return not self.is_stopped and not self.has_lost_guard and self.exit_status is None

    def _read_events(self) -> bool:
        """Take in what the guard has said since the last time; return False when it is gone."""
        events = self._guard.stdout.read(4096)  # None: nothing new
        # Lines come whole: each is written in one step, and a pipe keeps PIPE_BUF bytes together (POSIX).
        for event, value in map(bytes.split, (events or b"").splitlines()):
            match event:
                case b"pid":
                    self.pid = int(value)
                case b"port":
                    self.port = int(value)
                case b"exit":
                    self.exit_status = int(value)
        return events != b""

    def stop(self) -> None:
        """End the server and remove its folder. The second time, and in a forked child, it does nothing."""
        if self.is_stopped or os.getpid() != self._owner:
            return
        self.is_stopped = True
        self._guard.stdin.close()
        try:
            self._guard.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._guard.kill()
        self._read_events()
        self._finish_for_guard()
        self._guard.stdout.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _finish_for_guard(self) -> None:
        """Kill the server if its guard has ended without doing so."""
        if self._guard.wait() != 0 and self.pid is not None and self.exit_status is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self.pid = None


# The ends of the pipes by which guards know that this process lives. A forked child (multiprocessing)
# inherits them, and would keep the sites of its dead parent alive; so it puts something else in their place.
_lifelines: "weakref.WeakSet" = weakref.WeakSet()


def _let_go_of_lifelines() -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    for lifeline in _lifelines:
        if not lifeline.closed:
            os.dup2(nothing, lifeline.fileno(), inheritable=False)
    os.close(nothing)


if hasattr(os, "register_at_fork"):  # Windows does not fork
    os.register_at_fork(after_in_child=_let_go_of_lifelines)
