"""Whether an environment is whole: each file that its packages say they brought, and what the course imports.

Standard library alone, in syntax that an old Python can read.
"""

import csv
import os
import subprocess
from pathlib import Path

from jwtlab.install.commands import clean_environment

# What is imported once before a set-up counts as finished: each has files of its own for this machine, or
# stands for many others.
IMPORTS = (
    "sqlite3 ssl zmq psutil cryptography.hazmat.bindings._rust "
    "django.core.management rest_framework_simplejwt jwt requests ipykernel jupyterlab.labapp jwtlab.cli"
)


def damaged_files(site_packages: Path) -> "list[str]":
    """Return the files of installed packages that are missing, or not as long as their package says.

    An installer that is killed leaves packages which claim to be installed, with part of their files. Each
    lists its files in RECORD (PyPA's "Recording installed projects"). A script in `bin` may have another
    length, as its first line names the environment's folder; what Python compiles is not looked at.
    """
    damaged = []
    for package in sorted(site_packages.glob("*.dist-info")):
        record = package / "RECORD"
        try:
            with record.open(encoding="utf-8", newline="") as file:
                entries = [row for row in csv.reader(file) if row]
        except OSError:
            damaged.append(os.path.join(package.name, "RECORD"))
            continue
        if not entries:
            damaged.append(os.path.join(package.name, "RECORD"))
        damaged += [row[0] for row in entries if not is_whole(site_packages, row)]
    return damaged


def is_whole(site_packages: Path, row: "list[str]") -> bool:
    name, size = row[0], row[2] if len(row) > 2 else ""
    if name.endswith(".pyc"):
        return True
    try:
        found = os.stat(os.path.join(str(site_packages), name)).st_size
    except OSError:
        return False
    return not size or "/bin/" in name or found == int(size)


def import_error(python: Path) -> str:
    """Import what the course stands on, in a new process. Returns the last line of its error, or nothing."""
    code = "import " + ", ".join(IMPORTS.split())
    done = subprocess.run(
        [str(python), "-I", "-c", code],
        cwd=os.path.dirname(str(python)),
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode == 0:
        return ""
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[-1].strip() if lines else f"ended with status {done.returncode}"
