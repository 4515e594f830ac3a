"""Starts the processes of one site or one browser, and ends them with their folder when the kernel is gone.

    python -I -S watchdog.py FOLDER

A script that `jwtlab.site.processes` starts, once for each site and before anything else of it; nothing
imports it. It loads only modules that cost next to nothing, because a notebook cell waits for it: `marshal`
is built in, and `json` would double the time.

It makes FOLDER, which its owner alone can read. Standard input is a pipe from the notebook's kernel with
commands, each of them four bytes of length and a tuple by `marshal`:

    (NUMBER, (COMMAND, CWD, ENVIRONMENT, LOG, PIPES))   start a process; what it prints goes to the file LOG
    (NUMBER, None)                                      kill it, with its whole process group

PIPES are descriptors that the watchdog was started with. The process gets them as its 3, 4 and so on.

End-of-file means that the kernel has ended, and it comes however the kernel ended: the system closes the
files of a dead process. Then every process is killed and FOLDER is removed.

Standard output is a pipe to the kernel. Each line is a word and two numbers:

    ready 0 0         FOLDER is there
    pid NUMBER N      the process was started, and N is its process id
    failed NUMBER N   it could not be started or, with NUMBER 0, FOLDER not be made; N is the system's errno
    exit NUMBER N     it has ended by itself, with status N (-N: by signal N)
    gone 0 0          all processes have ended, and FOLDER is removed

The watchdog's parent gives it a session of its own, so that interrupting the kernel does not reach it. Its
processes stay in that session, and by it the supervisor finds them if somebody kills the watchdog.
"""

import errno
import marshal
import os
import select
import signal
import sys
import time

KERNEL, EVENTS = 0, 1
STOP_SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}

Details = tuple[list[bytes], bytes, dict[bytes, bytes], bytes, tuple[int, ...]]


class Process:
    """One process, in a process group of its own, so that one signal reaches its workers too.

    It is waited for only when it is let go of. Until then its process id is no other process's, so that no
    signal can reach a stranger.
    """

    def __init__(self, number: int, details: Details) -> None:
        """Start it. Raise OSError."""
        command, cwd, env, log, pipes = details
        self._number = number
        self._has_ended = False
        os.chdir(cwd)  # which the process inherits
        self._pid = os.posix_spawn(
            command[0],
            command,
            env,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
                *[(os.POSIX_SPAWN_DUP2, pipe, place) for place, pipe in enumerate(pipes, start=3)],
            ],
            setpgroup=0,
            setsigdef=[signal.SIGPIPE],  # Python ignores it, and a child would inherit that
        )
        tell("pid", number, self._pid)

    def report_end(self) -> None:
        """Tell the kernel if the process has ended since the last call."""
        if self._has_ended or (status := self._status()) is None:
            return
        self._has_ended = True
        self._signal_group()  # the workers: a Gunicorn or Nginx master that is killed leaves them behind
        tell("exit", self._number, status)

    def _status(self) -> int | None:
        """Return the exit status, or None while the process runs."""
        if not hasattr(os, "waitid"):  # macOS before Python 3.13, which gives process ids out in turn
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            return os.waitstatus_to_exitcode(status) if pid else None
        ended = os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if ended is None:
            return None
        return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status

    def kill(self) -> None:
        """End the whole process group. SIGKILL: nothing that it holds outlives its folder."""
        if not self._has_ended:
            self._signal_group()
        try:
            os.waitpid(self._pid, 0)
        except ChildProcessError:
            return  # macOS: `_status` has waited for it

    def _signal_group(self) -> None:
        try:
            os.killpg(self._pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return  # nobody is left. macOS says "not permitted" where only zombies are


def main(folder: str) -> None:
    """Make the folder, and serve the kernel until it is gone or a signal tells the watchdog to stop."""
    wake = wake_on_signals()
    try:
        os.mkdir(folder, 0o700)
    except OSError as error:
        tell("failed", 0, error.errno or errno.EIO)
        return
    processes: dict[int, Process] = {}
    try:
        tell("ready", 0, 0)
        serve(processes, wake)
    finally:
        for process in reversed(processes.values()):  # those in front first
            process.kill()
        remove(folder)
        tell("gone", 0, 0)


def serve(processes: dict[int, Process], wake: int) -> None:
    """Carry out commands and report ends. Return when it is time to stop."""
    while True:
        ready = select.select([KERNEL, wake], [], [])[0]
        if wake in ready:
            if STOP_SIGNALS & set(os.read(wake, 64)):
                return
            for process in processes.values():
                process.report_end()
        if KERNEL in ready:
            if (size := read(4)) is None or (message := read(int.from_bytes(size, "big"))) is None:
                return
            obey(processes, *marshal.loads(message))


def obey(processes: dict[int, Process], number: int, details: Details | None) -> None:
    """Carry out one command."""
    if details is None:
        if process := processes.pop(number, None):  # None: it could not be started
            process.kill()
        return
    try:
        processes[number] = Process(number, details)
    except OSError as error:
        tell("failed", number, error.errno or errno.EIO)
    finally:
        os.chdir("/")  # so that nobody's folder or drive is in use
        for pipe in details[-1]:
            os.close(pipe)  # it is the process's now


def read(size: int) -> bytes | None:
    """Read exactly so many bytes from the kernel; None if it is gone."""
    data = b""
    while len(data) < size:
        part = os.read(KERNEL, size - len(data))
        if not part:
            return None
        data += part
    return data


def tell(word: str, number: int, value: int) -> None:
    """Send the kernel one line."""
    try:
        os.write(EVENTS, f"{word} {number} {value}\n".encode())
    except BrokenPipeError:
        return  # the kernel is gone, and `serve` is about to read that from KERNEL


def wake_on_signals() -> int:
    """Return a descriptor from which every signal that arrives can be read, as a byte that is its number."""
    wake, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    for number in (signal.SIGCHLD, *STOP_SIGNALS):
        signal.signal(number, lambda number, frame: None)
    return wake


def remove(folder: str) -> None:
    """Remove the folder. More than one try: a killed worker may be finishing the write that it was in."""
    import shutil  # not at the top: it takes as long to load as all the rest together

    for _ in range(50):
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.exists(folder):
            return
        time.sleep(0.02)


if __name__ == "__main__":
    main(*sys.argv[1:])
