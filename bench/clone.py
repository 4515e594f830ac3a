"""What the benchmarks of the set-up share: a fresh clone, a command timed, a server waited for."""

import os
import shutil
import signal
import socket
import statistics
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def fresh_clone() -> Iterator[Path]:
    """Clone the last commit into an empty folder, give that, and remove it at the end."""
    with TemporaryDirectory() as folder:
        clone = Path(folder, "clone")
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        yield clone


def bare_bootstrap(folder: Path, *locks: str) -> float:
    """Return the seconds that the plainest way to install `locks` takes: venv, pip install uv, uv sync."""
    venv = folder / ".venv"
    shutil.rmtree(venv, ignore_errors=True)
    start = time.monotonic()
    subprocess.run(["python3", "-m", "venv", str(venv)], check=True)
    subprocess.run([venv / "bin" / "pip", "install", "--quiet", "uv"], check=True)
    sync: list[str | Path] = [
        venv / "bin" / "uv",
        "pip",
        "sync",
        "--quiet",
        "--compile-bytecode",
        "--python",
        venv / "bin" / "python",
    ]
    subprocess.run([*sync, *locks], cwd=folder, check=True)
    return time.monotonic() - start


def seconds_until_served(command: list[str], port: int, cwd: Path) -> float:
    """Return the seconds from starting `command` to the first answer of the JupyterLab on `port`; stop it."""
    start = time.monotonic()
    process = subprocess.Popen(
        command, cwd=cwd, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not answers(port):
            if process.poll() is not None:
                raise RuntimeError(f"{command} ended with {process.returncode} before it served")
            time.sleep(0.02)
        return time.monotonic() - start
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=1):
            return True
    except OSError:  # refused, or answered with an error
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def report(what: str, ours: list[float], theirs: list[float], promised: float) -> None:
    """Print both medians and the ratio of each pair, with what the course promises."""
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    print(
        f"{what}: {statistics.median(ours):.2f} s against {statistics.median(theirs):.2f} s, "
        f"ratio {statistics.median(ratios):.2f} "
        f"({min(ratios):.2f} to {max(ratios):.2f} in {len(ratios)} pairs), "
        f"promised {promised}"
    )
