"""The worker's watchdog: starts the worker in a fork, and takes it down with its folder when it is time.

    python -m jwtlab.checker.worker DESCRIPTOR

DESCRIPTOR is the worker's end of a connection. Standard input is a pipe to which nobody writes: it ends when
the kernel or terminal that holds the other end has ended, however that happened. Then, and when the worker
ends by itself, the worker's process group is killed and the folder removed. So nothing is left behind when
either of them is killed. The watchdog forks before anything is loaded, and is as small as a Python can be.
"""

import os
import select
import shutil
import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

PREFIX = "jwtlab-check-"  # of each worker's folder in the temporary one
_KERNEL = 0


def main(descriptor: int) -> None:
    """Watchdog one worker until it is no longer wanted."""
    ended = _wake_on(signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
    worker = os.fork()
    if worker == 0:
        _work(descriptor, folder)
    os.close(descriptor)  # the worker's alone: so the kernel notices when the worker is gone
    with suppress(ProcessLookupError):
        os.setpgid(worker, worker)  # as the worker does: whoever comes first
    try:
        select.select([_KERNEL, ended], [], [])
    finally:
        _kill(worker)
        shutil.rmtree(folder, ignore_errors=True)


def _wake_on(*signals: signal.Signals) -> int:
    """Return a descriptor that can be read as soon as one of the signals has come."""
    wake, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    for number in signals:
        signal.signal(number, lambda number, frame: None)
    return wake


def _work(descriptor: int, folder: Path) -> NoReturn:
    """Be the worker, with a process group of its own and nothing of the watchdog's."""
    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), _KERNEL)
    try:
        from jwtlab.checker.worker.worker import run

        run(descriptor, folder)
    except Exception:
        sys.excepthook(*sys.exc_info())  # such as a package that is missing
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # the watchdog may have been killed
        os._exit(0)


def _kill(worker: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # macOS: not permitted where only zombies are
        os.killpg(worker, signal.SIGKILL)  # the workers of the faces too
    os.waitpid(worker, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
