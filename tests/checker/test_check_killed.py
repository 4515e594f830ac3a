"""Whatever is killed, and whenever: neither a process nor a folder of the checker stays."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from jwtlab.checker.verdict import PASSED
from jwtlab.checker.worker.client import Client
from jwtlab.workspace.files import COURSE
from tests.checker.samples import WHOAMI, WHOAMI_RIGHT, made, tree
from tests.helpers.processes import until

HANGS = {  # an answer that does not come back, by what it is at
    "a loop": "while True:\n    pass\n",
    "a sleep": "import time\ntime.sleep(1000)\n",
    "a loop that no signal ends": (
        "import signal, os\nfor n in range(1, 32):\n    try: signal.signal(n, signal.SIG_IGN)\n"
        "    except (OSError, ValueError): pass\nwhile True:\n    pass\n"
    ),
    "a lock": "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()\n",
}
# What a learner's kernel does: it checks the answer in this file, and says when it begins.
KERNEL = """
import sys
from pathlib import Path
from tests.checker.samples import WHOAMI
from jwtlab.checker.worker.client import Client
from jwtlab.workspace.files import COURSE
client = Client(limit=100)
print(client.check(WHOAMI, "x = 1\\n").key, client.pid, flush=True)
client.check(WHOAMI, Path(sys.argv[1]).read_text())
"""


@contextmanager
def kernel_at_work(answer: str, folder: Path) -> Iterator[psutil.Process]:
    """A process that waits for the check of an answer, in which the answer is running."""
    (folder / "answer.py").write_text(answer)
    temporary = folder / "tmp"
    temporary.mkdir()
    kernel = subprocess.Popen(
        [sys.executable, "-c", KERNEL, str(folder / "answer.py")],
        env=os.environ | {"TMPDIR": str(temporary), "PYTHONPATH": str(COURSE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert kernel.stdout
    with kernel, kernel.stdout as said:
        try:
            assert said.readline().split()[0] == "missing-name"
            process = psutil.Process(kernel.pid)
            until(lambda: len(process.children(recursive=True)) == 4, "the answer runs")
            yield process
        finally:
            kernel.kill()


@pytest.mark.parametrize("hang", HANGS)
def test_a_kernel_that_is_killed_leaves_nothing(hang: str, tmp_path: Path) -> None:
    with kernel_at_work(HANGS[hang], tmp_path) as kernel:
        processes = kernel.children(recursive=True)
        kernel.kill()
        assert psutil.wait_procs(processes, 30)[1] == []
        until(lambda: not any((tmp_path / "tmp").iterdir()), "the folders go")


@pytest.mark.parametrize("killed", ["the worker", "the worker of the face", "the answer process"])
def test_a_process_of_the_checker_that_is_killed_leaves_nothing(killed: str, tmp_path: Path) -> None:
    with kernel_at_work(HANGS["a loop"], tmp_path) as kernel:
        [watchdog] = kernel.children()
        [worker] = watchdog.children()
        [face] = worker.children()
        [answer] = face.children()
        processes = {"the worker": worker, "the worker of the face": face, "the answer process": answer}
        processes.pop(killed).kill()
        if killed != "the answer process":
            assert psutil.wait_procs([watchdog, *processes.values()], 30)[1] == []
        kernel.kill()
        until(lambda: not any((tmp_path / "tmp").iterdir()), "the folders go")


def test_a_killed_watchdog_leaves_the_worker_which_ends_with_its_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with Client() as client:
        assert client.check(WHOAMI, WHOAMI_RIGHT).outcome == PASSED
        watchdog, *others = tree(client)
        watchdog.kill()
        assert client.check(WHOAMI, WHOAMI_RIGHT).outcome == PASSED
    assert psutil.wait_procs(others, 30)[1] == []
    until(lambda: not any(tmp_path.iterdir()), "the folders go")


def test_a_killed_worker_takes_its_folder_along_and_the_next_check_starts_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with Client() as client:
        assert client.check(WHOAMI, WHOAMI_RIGHT).outcome == PASSED
        _, worker, _ = processes = tree(client)
        worker.kill()
        assert psutil.wait_procs(processes, 30)[1] == []
        assert list(tmp_path.iterdir()) == []
        assert client.check(WHOAMI, WHOAMI_RIGHT).outcome == PASSED
        *_, face = processes = tree(client)
        face.kill()  # which the worker sees when it has something for it
        assert client.check(WHOAMI, WHOAMI_RIGHT).outcome == PASSED
        assert psutil.wait_procs(processes, 30)[1] == []
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_fork_of_the_kernel_neither_uses_nor_keeps_its_worker(client: Client) -> None:
    assert client.check(WHOAMI, WHOAMI_RIGHT).outcome == PASSED
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if client.pid is None and client.check(made("pass"), "x = 1").outcome == PASSED else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert client.check(WHOAMI, WHOAMI_RIGHT).outcome == PASSED


def test_a_neighbour_with_a_pipe_in_the_temporary_folder_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opened for reading, a FIFO blocks until somebody writes to it."""
    for name in ("jwtlab-check-x", "jwtlab-browser-x"):
        (tmp_path / name).mkdir()
        os.mkfifo(tmp_path / name / "lock")
        os.utime(tmp_path / name / "lock", (0, 0))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with Client() as client:
        assert client.check(made("pass"), "x = 1").outcome == PASSED
    assert len(list(tmp_path.iterdir())) == 2
