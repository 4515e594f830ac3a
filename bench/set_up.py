"""`make lab` against the bare bootstrap, and a second `make lab` against a bare `jupyter lab`."""

import os
from pathlib import Path

from bench.clone import bare_bootstrap, free_port, fresh_clone, report, seconds_until_served

ROUNDS = 3


def lab(clone: Path, port: int) -> float:
    return seconds_until_served(["make", "lab", f"LAB=--no-browser --port {port}"], port, clone)


def bare_lab(clone: Path, port: int) -> float:
    root = ["--allow-root"] if os.geteuid() == 0 else []
    command = [str(clone / ".venv/bin/jupyter"), "lab", "--no-browser", "--port", str(port), *root]
    return seconds_until_served(command, port, clone)


def main() -> None:
    first, bootstrap, second, bare = [], [], [], []
    for _ in range(ROUNDS):
        with fresh_clone() as folder:
            bootstrap.append(bare_bootstrap(folder, "requirements.txt"))
        with fresh_clone() as clone:
            first.append(lab(clone, free_port()))
            for _ in range(ROUNDS):
                second.append(lab(clone, free_port()))
                bare.append(bare_lab(clone, free_port()))
    report("first `make lab` against the bare bootstrap", first, bootstrap, 1.5)
    report("second `make lab` against `jupyter lab`", second, bare, 1.2)


if __name__ == "__main__":
    main()
