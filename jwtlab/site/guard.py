"""Runs one server, and takes it down with its folder as soon as the process that asked for it is gone.

    python -I -S guard.py FOLDER ANNOUNCEMENT PROGRAM [ARGUMENT ...]

A script that `jwtlab.site.supervisor` starts; nothing imports it. It loads only modules that cost next to
nothing, because a notebook cell waits for it. Its three streams:

- standard input is a pipe to which nobody writes. The kernel holds the other end, so end-of-file means that
  the kernel has ended, and it comes however the kernel ended: the system closes the files of a dead process.
  Then the server's process group is killed and FOLDER is removed.
- standard output is a pipe to the kernel for three kinds of line: `pid N`; `port N`, once the server has
  printed ANNOUNCEMENT and a number behind it (never, if that is empty); `exit N`, if the server ends by
  itself (-N: by signal N).
- standard error is the log. What the server prints goes there, and so would an error of the guard.

The guard's parent gives it a session of its own, so that interrupting the kernel does not reach it.
"""

import os
import select
import signal
import sys
import time

KERNEL, EVENTS, LOG = 0, 1, 2
STOP_SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}


class Server:
    """The server's process, in a process group of its own, so that one signal reaches its workers too."""

    def __init__(self, command: list[str], announcement: bytes) -> None:
        self.output, printer = os.pipe()
        os.set_blocking(self.output, False)
        self._announcement = announcement
        self._seen = b"" if announcement else None  # what it has printed until its port is known, then None
        self._pid: int | None = os.posix_spawn(
            command[0],
            command,
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, printer, 1),
                (os.POSIX_SPAWN_DUP2, printer, 2),
            ],
            setpgroup=0,
            setsigdef=[signal.SIGPIPE],  # Python ignores it, and a child would inherit that
        )
        os.close(printer)
        tell("pid", self._pid)

    def carry_output(self) -> bool:
        """Copy to the log what the server has printed; return False once it will print no more."""
        try:
            while text := os.read(self.output, 65536):
                os.write(LOG, text)
                self._look_for_port(text)
        except BlockingIOError:
            return True
        return False

    def _look_for_port(self, text: bytes) -> None:
        if self._seen is None:
            return
        self._seen += text
        rest = self._seen.partition(self._announcement)[2]
        after = rest.lstrip(b"0123456789")
        if after and after != rest:  # the number has begun and ended
            tell("port", int(rest[: -len(after)]))
            self._seen = None

    def report_end(self) -> bool:
        """Return True, and tell the kernel, if the server has ended since the last call."""
        if self._pid is None or not (ended := os.waitpid(self._pid, os.WNOHANG))[0]:
            return False
        self.kill()  # the workers: a Gunicorn or nginx master that is killed leaves them behind
        self.carry_output()  # before the kernel hears of the end, and looks in the log for the reason
        tell("exit", os.waitstatus_to_exitcode(ended[1]))
        return True

    def kill(self) -> None:
        """End the whole process group. SIGKILL: nothing that a demo site holds outlives its folder."""
        if self._pid is None:
            return
        try:
            os.killpg(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        except (ProcessLookupError, ChildProcessError, PermissionError):
            return  # nobody is left. macOS says "not permitted" where only zombies are
        finally:
            self._pid = None


def main(folder: str, announcement: str, *command: str) -> None:
    """Run the server until the kernel is gone, or until a signal tells the guard to stop."""
    wake = wake_on_signals()
    server = Server(list(command), announcement.encode())
    try:
        watch(server, wake)
    finally:
        server.kill()
        remove(folder)


def watch(server: Server, wake: int) -> None:
    """Carry the server's output and report its end. Return when it is time to stop."""
    watched = [KERNEL, wake, server.output]
    while True:
        ready = select.select(watched, [], [])[0]
        if server.output in ready and not server.carry_output():
            watched.remove(server.output)
        if wake in ready:
            if STOP_SIGNALS & set(os.read(wake, 64)):
                return
            server.report_end()
        if KERNEL in ready and not os.read(KERNEL, 64):
            return


def wake_on_signals() -> int:
    """Return a descriptor from which every signal that arrives can be read, as a byte that is its number."""
    wake, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    for number in (signal.SIGCHLD, *STOP_SIGNALS):
        signal.signal(number, lambda number, frame: None)
    return wake


def tell(event: str, value: int) -> None:
    """Send the kernel one line."""
    try:
        os.write(EVENTS, f"{event} {value}\n".encode())
    except BrokenPipeError:
        return  # the kernel is gone, and `watch` is about to read that from KERNEL


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
