"""A watchdog's processes start, are waited for and end with whoever asked for them; others are left alone."""

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from jwtlab.site import processes as module
from jwtlab.site.processes import (
    NEVER,
    Deadline,
    FileMade,
    LinesWritten,
    NotReady,
    PortNamed,
    Process,
    SiteError,
    Supervisor,
    manage,
)
from tests.helpers.processes import is_alive, until

LINES = r"open('made', 'w').write('a 1\na 2\n')" + "\n"
SLEEP = "import time\ntime.sleep(600)"


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    with Supervisor("test-", tmp_path) as supervisor:
        yield supervisor


def start(supervisor: Supervisor, code: str) -> Process:
    """Start a Python with this code, whose output goes to the file `log` in the watchdog's folder."""
    folder = supervisor.folder
    return supervisor.start(
        [sys.executable, "-c", code], cwd=folder, env=dict(os.environ), log=folder / "log"
    )


def watchdog_of(process: Process) -> psutil.Process:
    """Return the watchdog that started this process."""
    watchdog = psutil.Process(process.pid).parent()
    assert watchdog
    return watchdog


# The start, and what is waited for


def test_the_folder_is_private_and_goes_with_the_processes(tmp_path: Path) -> None:
    with Supervisor("test-", tmp_path) as supervisor:
        folder = supervisor.folder
        process = psutil.Process(start(supervisor, SLEEP).pid)
        assert (folder.parent, folder.stat().st_mode & 0o777) == (tmp_path, 0o700)
    assert supervisor.end == "was stopped"
    assert not folder.exists()
    assert not is_alive(process)
    supervisor.stop("was stopped twice")
    assert supervisor.end == "was stopped"


def test_a_process_has_the_environment_folder_and_log_that_it_is_given(supervisor: Supervisor) -> None:
    code = "import os, sys; print(os.environ, os.getcwd()); print('é', file=sys.stderr); print(input())"
    process = supervisor.start(
        [sys.executable, "-c", code],
        cwd=Path("/"),
        env={"A": "b", "PYTHONUTF8": "1", "LC_CTYPE": "C.UTF-8"},
        log=supervisor.folder / "log",
    )
    assert process.wait(NEVER) == 1
    assert "'A': 'b'" in process.output
    assert "PATH" not in process.output
    assert "}) /\n" in process.output
    assert "é\n" in process.output
    assert "EOFError" in process.output  # it has nothing to read


def test_two_processes_share_a_log_and_each_knows_what_is_its_own(supervisor: Supervisor) -> None:
    first = start(supervisor, "print('first')")
    first.wait(NEVER)
    second = start(supervisor, "print('second')")
    second.wait(NEVER)
    assert (first.output, second.output) == ("first\nsecond\n", "second\n")


@pytest.mark.parametrize(
    ("code", "awaited", "found"),
    [
        ("print('at port 12345.', flush=True)\n" + SLEEP, PortNamed("at port "), 12345),
        ("print('at port 12345.')", PortNamed("at port "), 12345),  # it has ended, but said it
        (LINES + SLEEP, LinesWritten(Path("made"), "a ", 2, "-"), True),
        ("open('made', 'w')\n" + SLEEP, FileMade(Path("made"), "-"), True),
    ],
    ids=["port", "port, then the end", "lines", "file"],
)
def test_a_process_is_waited_for(
    supervisor: Supervisor,
    monkeypatch: pytest.MonkeyPatch,
    code: str,
    awaited: PortNamed | LinesWritten | FileMade,
    found: int | bool,
) -> None:
    monkeypatch.chdir(supervisor.folder)
    assert start(supervisor, code).wait_for(awaited, Deadline(60)) == found


def test_digits_that_nothing_follows_yet_are_no_port() -> None:
    assert PortNamed("at ").look("at 80") is None
    assert PortNamed("at ").look("at 8080\n") == 8080


def test_what_does_not_come_is_said(supervisor: Supervisor) -> None:
    with pytest.raises(NotReady, match=r"^has named no port in 0\.01 seconds$"):
        start(supervisor, SLEEP).wait_for(PortNamed("at "), Deadline(0.01))
    with pytest.raises(NotReady, match=r"^did not start$"):
        start(supervisor, "raise SystemExit(3)").wait_for(PortNamed("at "), Deadline(60))
    with pytest.raises(NotReady, match=r"^has not ended in 0 seconds$"):
        start(supervisor, SLEEP).wait(Deadline(0))


def test_what_cannot_be_started_is_an_error_of_the_system(supervisor: Supervisor, tmp_path: Path) -> None:
    log = supervisor.folder / "log"
    for command, cwd in ((["/no/such/program"], tmp_path), ([sys.executable], tmp_path / "gone")):
        with pytest.raises(FileNotFoundError, match="No such file"):
            supervisor.start(command, cwd=cwd, env={}, log=log)
    with pytest.raises(FileNotFoundError, match="gone"):
        _ = Supervisor("test-", tmp_path / "gone").folder
    assert start(supervisor, "print(1)").wait(NEVER) == 0  # the watchdog goes on


def test_a_piped_process_reads_3_and_writes_4(tmp_path: Path) -> None:
    code = "import os\nwhile text := os.read(3, 100): os.write(4, text.upper())"
    with Supervisor("test-", tmp_path, piped=True) as supervisor:
        process = start(supervisor, code)
        supervisor.to_process.write(b"hello")
        assert supervisor.from_process.read(100) == b"HELLO"
        supervisor.to_process.close()
        assert supervisor.from_process.read(100) == b""  # and nobody else holds the pipes open
        assert process.wait(NEVER) == 0


def test_many_threads_may_use_one_watchdog(supervisor: Supervisor) -> None:
    def output_of(number: int) -> str:
        command = [sys.executable, "-c", f"print({number})"]
        return supervisor.run(command, cwd=supervisor.folder, env=dict(os.environ))[1]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(output_of, range(24))) == [f"{number}\n" for number in range(24)]
    assert not list(supervisor.folder.iterdir())


def test_nobody_waits_long_for_what_another_thread_has_taken_in(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between a thread's look and its wait, another may read the line that the first one waits for."""
    waits: list[int] = []

    class Poll:
        def __init__(self) -> None:
            self.real = poll()

        def register(self, descriptor: int, mask: int) -> None:
            self.real.register(descriptor, mask)

        def poll(self, milliseconds: int) -> None:
            waits.append(milliseconds)
            self.real.poll(milliseconds)

    poll = select.poll
    monkeypatch.setattr(select, "poll", Poll)
    supervisor.run([sys.executable, "-c", ""], cwd=supervisor.folder, env=dict(os.environ))
    assert max(waits) < 100


def test_an_environment_larger_than_a_pipe_arrives(supervisor: Supervisor) -> None:
    env = dict(os.environ) | {f"V{number}": "x" * 100_000 for number in range(8)}
    command = [sys.executable, "-c", "import os; print(len(os.environ['V7']))"]
    assert supervisor.run(command, cwd=supervisor.folder, env=env) == (0, "100000\n")


# The end


def test_a_command_that_is_interrupted_is_killed(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Process] = []

    def interrupt(process: Process, deadline: Deadline) -> int:
        seen.append(process)
        raise KeyboardInterrupt

    monkeypatch.setattr(Process, "wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        supervisor.run([sys.executable, "-c", SLEEP], cwd=supervisor.folder, env={})
    until(lambda: not psutil.pid_exists(seen[0].pid), "the command is gone")
    assert not seen[0].is_running
    assert supervisor.end is None
    assert not list(supervisor.folder.iterdir())


def test_a_command_that_hangs_is_given_up(supervisor: Supervisor, tmp_path: Path) -> None:
    (tmp_path / "manage.py").write_text(SLEEP)
    with pytest.raises(SiteError, match=r"^`manage\.py migrate` has not ended in 0\.1 seconds\.$"):
        manage(tmp_path, dict(os.environ), "migrate", "--no-input", under=supervisor, deadline=Deadline(0.1))


def test_a_command_needs_no_watchdog_of_a_site(tmp_path: Path) -> None:
    (tmp_path / "manage.py").write_text("import sys\nprint(sys.argv[1:])")
    assert manage(tmp_path, dict(os.environ), "a", "b") == "['a', 'b']\n"


def test_the_process_id_of_a_process_that_has_ended_is_nobody_elses(supervisor: Supervisor) -> None:
    process = start(supervisor, "raise SystemExit(3)")
    assert process.wait(NEVER) == 3
    assert psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE
    process.kill()
    until(lambda: not psutil.pid_exists(process.pid), "it is let go of")


def test_workers_end_with_the_process_that_started_them(supervisor: Supervisor) -> None:
    code = (
        f"import os, sys, time\nif os.fork():\n    time.sleep(600)\nprint(os.getpid(), flush=True)\n{SLEEP}"
    )
    process = start(supervisor, code)
    until(lambda: process.output.endswith("\n"), "the worker has said who it is")
    worker = psutil.Process(int(process.output))
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(NEVER) == -signal.SIGKILL
    until(lambda: not is_alive(worker), "the worker is gone")


def test_without_waitid_ends_are_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on macOS before Python 3.13."""
    watchdog = tmp_path / "watchdog.py"
    watchdog.write_text(
        f"import os, runpy\ndel os.waitid\nrunpy.run_path({str(module.WATCHDOG)!r}, run_name='__main__')"
    )
    monkeypatch.setattr(module, "WATCHDOG", watchdog)
    with Supervisor("test-", tmp_path) as supervisor:
        assert start(supervisor, "raise SystemExit(3)").wait(NEVER) == 3
        running = psutil.Process(start(supervisor, SLEEP).pid)
    assert not is_alive(running)
    assert not supervisor.folder.exists()


def test_when_the_watchdog_is_killed_its_processes_go_and_nobody_else(supervisor: Supervisor) -> None:
    """Theirs are found by their session, whatever process group they are in."""
    stranger = subprocess.Popen([sys.executable, "-c", SLEEP], start_new_session=True)
    try:
        code = "import os, sys\nos.fork()\nos.setpgid(0, 0)\nprint(os.getpid(), flush=True)\n" + SLEEP
        process = start(supervisor, code)
        until(lambda: process.output.count("\n") == 2, "both have said who they are")
        theirs = [psutil.Process(int(pid)) for pid in process.output.split()]
        watchdog_of(process).kill()
        until(lambda: not process.is_running, "the pipe from the watchdog ends")
        until(lambda: not any(map(is_alive, theirs)), "both are gone")
        assert "has lost its watchdog" in (supervisor.end or "")
        assert stranger.poll() is None
        with pytest.raises(OSError, match="has ended"):
            start(supervisor, SLEEP)
    finally:
        stranger.kill()
        stranger.wait()


def test_a_watchdog_that_hangs_is_killed(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    started = start(supervisor, SLEEP)
    process = psutil.Process(started.pid)
    watchdog_of(started).suspend()
    monkeypatch.setattr(module, "WATCHDOG_TIMEOUT", 0.1)
    supervisor.stop()
    until(lambda: not is_alive(process), "its process is gone")
    assert not supervisor.folder.exists()


def test_a_watchdog_ends_with_the_last_reference(tmp_path: Path) -> None:
    supervisor = Supervisor("test-", tmp_path)
    folder = supervisor.folder
    process = psutil.Process(start(supervisor, SLEEP).pid)
    del supervisor
    until(lambda: not is_alive(process) and not folder.exists(), "process and folder go")


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_forked_child_lets_go_even_if_another_thread_was_busy(supervisor: Supervisor) -> None:
    process = start(supervisor, SLEEP)
    with supervisor._lock:  # as if this thread were in the middle of something
        child = threading.Thread(target=lambda: seen.append(fork_and_ask(supervisor, process)))
        seen: list[int] = []
        child.start()
        child.join()
    assert seen == [0]
    assert process.is_running


def fork_and_ask(supervisor: Supervisor, process: Process) -> int:
    """Return the exit status of a fork that sees the process as not its own, and stops nothing."""
    pid = os.fork()
    if pid == 0:
        supervisor.stop()
        os._exit(process.is_running or "belongs to the process that started it" not in str(supervisor.end))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
