"""Mending an environment whose folder has another name than when it was made.

Two things in it hold the name: the scripts in `bin`, which name the Python that runs them, and what the
module `venv` writes. Standard library alone, in syntax that an old Python can read.
"""

import os
import re
import stat
from pathlib import Path

# The two ways in which installers name a script's Python: in its first line, or through /bin/sh where the
# name has a space or is too long for the system. pip, uv and distlib write the same.
PLAIN = re.compile(rb"#!(?P<python>[^\n]*/bin/python[0-9.]*)\n")
THROUGH_SH = re.compile(rb"#!/bin/sh\n'''exec' (?P<python>.*) \"\$0\" \"\$@\"\n' '''\n")
LONGEST_LINE = 127  # bytes that Linux reads of a script's first line


def mend_scripts(environment: Path) -> None:
    """Let every script of `environment` be run by the Python in it, whatever its folder was called."""
    folder = environment / "bin"
    python = os.fsencode(str(folder / "python"))
    for path in folder.iterdir():
        if path.is_symlink() or not path.is_file():
            continue
        with path.open("rb") as file:
            if file.read(2) != b"#!":
                continue
        text = path.read_bytes()
        head = PLAIN.match(text) or THROUGH_SH.match(text)
        if head and head.group() != head_for(python):
            replace(path, head_for(python) + text[head.end() :])


def head_for(python: bytes) -> bytes:
    """The first lines of a script that `python` is to run."""
    if b" " not in python and len(python) + 2 <= LONGEST_LINE:
        return b"#!" + python + b"\n"
    quoted = b"'" + python.replace(b"'", b"'\"'\"'") + b"'"
    return b"#!/bin/sh\n'''exec' " + quoted + b' "$0" "$@"\n' + b"' '''\n"


def replace(path: Path, text: bytes) -> None:
    """Write `path` anew, in one step: an installer may have linked it to a file of its cache."""
    new = path.with_name("." + path.name + ".new")
    new.write_bytes(text)
    os.chmod(str(new), stat.S_IMODE(path.stat().st_mode))
    os.replace(str(new), str(path))
