"""Running other programs in a set-up: what they inherit, and why nothing can be installed where they fail.

Standard library alone, in syntax that an old Python can read.
"""

import errno
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AGAIN = "Then run the same command again."
STDERR = 2
TEMPORARY_NEEDED = 100 * 10**6  # bytes; pip unpacks a wheel of 60 MB there

# Another project's settings decide where packages go, which ones, and what is imported. Of pip's and uv's
# variables only those are kept that say how this machine reaches an index and keeps a cache.
KEPT = re.compile(
    r"""PIP_((EXTRA_)?INDEX_URL|NO_INDEX|FIND_LINKS|(CLIENT_)?CERT|PROXY|TRUSTED_HOST|(NO_)?CACHE_DIR
        |(DEFAULT_)?TIMEOUT|RETRIES|CONFIG_FILE|KEYRING_PROVIDER)
      | UV_(.*INDEX.*|FIND_LINKS|(NO_)?CACHE(_DIR)?|LINK_MODE|SYSTEM_CERTS|NATIVE_TLS|HTTP_.*|.*TIMEOUT
        |CONCURRENT_.*|(NO_)?CONFIG(_FILE)?|OFFLINE|INSECURE_HOST|KEYRING_PROVIDER|NO_PROGRESS)""",
    re.VERBOSE,
)
# PYTHONSAFEPATH would hide this clone, and with PYTHONDONTWRITEBYTECODE uv compiles nothing.
DROPPED = ("PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE", "PYTHONSAFEPATH", "PYTHONDONTWRITEBYTECODE")


class SetupError(Exception):
    """The environment cannot be made. The message says why, and what to type."""


def say(line: str) -> None:
    """To stderr: what a command prints on stdout (the doctor's JSON) is that command's own."""
    encoding = sys.stderr.encoding or "ascii"
    print(line.encode(encoding, "replace").decode(encoding), file=sys.stderr, flush=True)


def clean_environment() -> "dict[str, str]":
    """The variables for a program of the set-up: without another project's, and with what uv needs."""
    variables = {
        name: value
        for name, value in os.environ.items()
        if name not in DROPPED and (KEPT.fullmatch(name) or not name.startswith(("PIP_", "UV_")))
    }
    variables["UV_PYTHON_DOWNLOADS"] = "never"  # no second Python behind the reader's back
    if has_certificates():  # those of a proxy that inspects TLS are there, and not among uv's own
        variables.setdefault("UV_SYSTEM_CERTS", "1")
    if not can_be_made(Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "uv")):
        variables.setdefault("UV_CACHE_DIR", str(ROOT / ".cache" / "uv"))
    if not has_temporary_folder():
        variables["TMPDIR"] = str(ROOT / ".cache" / "tmp")
        os.makedirs(variables["TMPDIR"], exist_ok=True)
    return variables


def has_certificates() -> bool:
    """Whether this machine trusts anybody: a small container may have no certificates at all."""
    import ssl  # only now: a Python without it must get as far as check_python

    paths = ssl.get_default_verify_paths()
    return sys.platform == "darwin" or bool(paths.cafile or (paths.capath and any(os.scandir(paths.capath))))


def can_be_made(folder: Path) -> bool:
    """Whether `folder`, which need not be there, can be written in."""
    while not os.path.exists(str(folder)) and folder != folder.parent:  # unlike Path's, it never raises
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(
            dir=str(folder)
        ):  # root may write anywhere, says os.access, even in /proc
            return True
    except OSError:
        return False


def has_temporary_folder() -> bool:
    """Whether there is a temporary folder, and room in it for one package."""
    try:
        return shutil.disk_usage(tempfile.gettempdir()).free >= TEMPORARY_NEEDED
    except OSError:
        return False


def succeeds(
    *command: "str | Path", quiet: bool = False, live: bool = False, keep_open: "int | None" = None
) -> bool:
    """Run `command` from the root of the clone; True if it ended with 0.

    Of its errors nothing is shown if `quiet`, all if `live`, else what a failed one said: a program that
    Ctrl-C ends has a traceback of its own. `keep_open` is a file that it holds open while it runs, though
    this process may have been killed: the lock of the environment.
    """
    errors = subprocess.DEVNULL if quiet else None if live else subprocess.PIPE
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=str(ROOT),
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if quiet else STDERR,
            stderr=errors,
            pass_fds=() if keep_open is None else (keep_open,),
            check=False,
        )
    except OSError as error:
        if not quiet:
            say(f"{command[0]}: {error.strerror}")
        return False
    if done.returncode and done.stderr:
        say(done.stderr.decode("utf-8", "replace").rstrip())
    return done.returncode == 0


def obstacle(folder: Path) -> str:
    """Return why programs cannot be installed in `folder`, and what to do; nothing where they can."""
    while not os.path.exists(str(folder)):
        folder = folder.parent
    try:
        with tempfile.NamedTemporaryFile(dir=str(folder), prefix=".jwtlab-") as file:
            file.write(b"\0" * 10**6)
            file.flush()
    except OSError as error:
        return reason(error, folder)
    if hasattr(os, "ST_NOEXEC") and os.statvfs(str(folder)).f_flag & os.ST_NOEXEC:
        return f"the disk of {folder} runs no programs (it is mounted with noexec). {elsewhere()}"
    return ""


def reason(error: OSError, folder: "Path | str") -> str:
    """Return what stopped us, in words, and what to do about it."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk of {folder} is full. Make room on it. {AGAIN}"
    return f"nothing can be written in {folder} ({error.strerror}). {elsewhere()}"


def elsewhere() -> str:
    return (
        "Clone the course into a folder of your own, or name other folders: "
        'JWTLAB_WORK="$HOME/jwtlab-work" make lab VENV="$HOME/jwtlab-venv"'
    )
