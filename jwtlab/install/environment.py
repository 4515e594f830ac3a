"""Make the environment: a virtual environment from the lock, on a machine that has Python and nothing else.

    python3 -m jwtlab.install            what a learner needs
    python3 -m jwtlab.install --tests    and what tests and authors need
    python3 -m jwtlab.install --link     only make this clone importable (conda, Binder, plain pip)

Run again it returns at once and touches no network. It uses the standard library alone, and syntax that
an old Python can read, so that an old Python can be told what is the matter.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).resolve().parents[2]
# pyproject.toml's requires-python; tests/test_dependencies.py holds the two together.
OLDEST, NEWEST = (3, 11), (3, 14)
LEARNER_LOCK, TESTS_LOCK = "requirements.txt", "requirements-dev.txt"
LOCKED_DJANGO = "5.2"
DJANGO_LOCKS = {"6.1": "requirements-django61.txt"}  # installed over the locked one

PIP_INSTALL = ["--disable-pip-version-check", "install", "--quiet", "--require-hashes"]


class SetupError(Exception):
    """The environment cannot be made. The message says why, and what to type."""


def main(argv=None):
    """Make or refresh the environment. Returns the exit status: 0, or 1 after a message on stderr."""
    options = parse(argv)
    try:
        check_python(sys.version_info)
        if options.link:
            link(Path(sysconfig.get_path("purelib")))
        else:
            Environment(Path(options.venv), locks_for(options)).make()
    except SetupError as error:
        say(f"Set-up stopped: {error}")
        return 1
    return 0


def parse(argv):
    parser = argparse.ArgumentParser(prog="python3 -m jwtlab.install", description=__doc__.splitlines()[0])
    parser.add_argument("--tests", action="store_true", help="also install what tests and authors need")
    parser.add_argument(
        "--django", choices=[LOCKED_DJANGO, *DJANGO_LOCKS], help="which Django (default: 5.2)"
    )
    parser.add_argument(
        "--extra", metavar="LOCK", help="also install this lock, for example requirements-nginx.txt"
    )
    parser.add_argument("--venv", default=str(ROOT / ".venv"), help="where to make it (default: .venv)")
    parser.add_argument(
        "--link", action="store_true", help="only make this clone importable in the running Python"
    )
    return parser.parse_args(argv)


def check_python(version):
    """Raise SetupError unless `version` (a sys.version_info) is one the lock was made for."""
    if OLDEST <= tuple(version[:2]) <= NEWEST:
        return
    raise SetupError(
        f"this is Python {dotted(version[:2])}, and the course needs {dotted(OLDEST)} to {dotted(NEWEST)}. "
        f"Install one of them and name it: make lab PYTHON=python{dotted(OLDEST)}"
    )


def dotted(version):
    return ".".join(str(part) for part in version)


def locks_for(options):
    """The lock files that `options` ask for, in the order in which they are installed."""
    extra = [TESTS_LOCK] if options.tests else []
    if options.django in DJANGO_LOCKS:
        extra.append(DJANGO_LOCKS[options.django])
    if options.extra:
        extra.append(options.extra)
    return [LEARNER_LOCK, *extra]


def link(site_packages):
    """Let that environment import jwtlab from this clone, by a path file (Python's module `site`).

    The path is relative, so that no accent in it meets a Python that reads the file in another encoding.
    """
    path = os.path.relpath(ROOT, site_packages)
    site_packages.joinpath("jwtlab.pth").write_text(f"{path}\n", encoding="utf-8")


class Environment:
    """One virtual environment, and what is known to be installed in it.

    `state` is a small file inside it: the Python it was made with, the path it was made at, and the hash of
    each lock installed. It is written after each finished step: an interrupted set-up is taken up again.
    """

    def __init__(self, path, locks):
        self.path = path.absolute()
        self.locks = locks
        self.python = self.path / "bin" / "python"
        self.state = self.path / "jwtlab.json"
        # A virtual environment may be active: look through it to the Python that it was made from.
        self.base = os.path.realpath(getattr(sys, "_base_executable", sys.executable))

    def make(self):
        """Bring the environment to the state asked for, doing only what is missing."""
        if self.satisfied():
            return
        say(f"Setting up {self.path.name}: ten seconds if the packages are cached, else 100 MB to fetch.")
        tools = Thread(target=install_system_tools)  # apt-get and the package download need not wait in line
        tools.start()
        try:
            if self.installed() is None:
                self.create()
            self.locks += self.extras()
            self.install()
            self.record({lock: fingerprint(lock) for lock in self.locks})
        finally:
            tools.join()

    def extras(self):
        """What earlier calls asked for by --tests or --extra; it is kept though this one does not."""
        return [lock for lock in self.installed() if lock not in (*self.locks, *DJANGO_LOCKS.values())]

    def identity(self):
        return {"python": self.base, "version": dotted(sys.version_info[:3]), "path": str(self.path)}

    def installed(self):
        """{lock: hash} as recorded, or None if there is no environment made by this Python at this path."""
        try:
            state = json.loads(self.state.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        same = isinstance(state, dict) and all(
            state.get(key) == value for key, value in self.identity().items()
        )
        return state["locks"] if same and self.python.exists() else None

    def satisfied(self):
        """Whether all that is asked for is installed, and nothing that would contradict it."""
        installed = self.installed() or {}
        other_django = any(lock in installed and lock not in self.locks for lock in DJANGO_LOCKS.values())
        return not other_django and all(installed.get(lock) == fingerprint(lock) for lock in self.locks)

    def record(self, locks):
        self.state.write_text(json.dumps({**self.identity(), "locks": locks}, indent=1), encoding="utf-8")

    def create(self):
        """Make the empty environment and put uv in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        with requirements_of("uv") as file:
            if succeeds(self.base, "-m", "venv", self.path):
                self.pip("-r", file)  # without uv, `install` falls back to pip
            else:
                self.create_without_ensurepip(file)
        self.record({})

    def create_without_ensurepip(self, requirements):
        """Debian's python3 comes without `ensurepip`, but often with a pip that can fill a folder of ours."""
        shutil.rmtree(self.path, ignore_errors=True)
        with tempfile.TemporaryDirectory() as folder:
            uv = Path(folder, "bin", "uv")
            pip = [self.base, "-m", "pip", *PIP_INSTALL, "--target", folder, "-r", requirements]
            if not (succeeds(*pip) and succeeds(uv, "venv", "--quiet", "--python", self.base, self.path)):
                raise SetupError(
                    "this Python cannot make a virtual environment, and has no pip either. "
                    "On Debian and Ubuntu: apt install python3-venv. Then run the same command again."
                )
            shutil.copy2(uv, self.path / "bin" / "uv")

    def install(self):
        """Install the locks: with uv, or with pip where uv does not run or cannot reach the package index."""
        over = [lock for lock in self.locks if lock not in (LEARNER_LOCK, TESTS_LOCK)]
        together = [lock for lock in self.locks if lock not in over]
        if not (
            self.uv("sync", *together) and all(self.uv("install", "--no-deps", "-r", lock) for lock in over)
        ):
            say("uv did not manage; trying pip, which reads the machine's own package settings.")
            for lock in self.locks:
                if not self.pip("--no-deps", "-r", ROOT / lock):
                    raise SetupError(
                        f"the packages of {lock} could not be installed; the lines above say why. "
                        "Without network: connect once, then run the same command again."
                    )
        link(next(self.path.glob("lib/python*/site-packages")))

    def pip(self, *arguments):
        return succeeds(self.python, "-m", "pip", *PIP_INSTALL, *arguments)

    def uv(self, verb, *arguments):
        uv = self.path / "bin" / "uv"
        options = ["--quiet", "--python", self.python, "--compile-bytecode", "--require-hashes"]
        return uv.exists() and succeeds(uv, "pip", verb, *options, *arguments)


def fingerprint(lock):
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def say(line):
    """To stderr: what a command prints on stdout (the doctor's JSON) is that command's own."""
    print(line, file=sys.stderr, flush=True)


class requirements_of:
    """A temporary requirements file with one package of the lock, its version and its hashes."""

    def __init__(self, package):
        lines = (ROOT / LEARNER_LOCK).read_text(encoding="utf-8").splitlines()
        start = next(n for n, line in enumerate(lines) if line.startswith(package + "=="))
        end = next((n for n in range(start + 1, len(lines)) if not lines[n].startswith(" ")), len(lines))
        self.text = "\n".join(lines[start:end]) + "\n"

    def __enter__(self):
        handle, self.path = tempfile.mkstemp(suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(self.text)
        return self.path

    def __exit__(self, *exception):
        os.unlink(self.path)


def succeeds(*command):
    """Run `command` from the root of the clone; True if it ended with 0. What it says is shown."""
    environment = dict(os.environ, UV_PYTHON_DOWNLOADS="never")  # no second Python behind the reader's back
    try:
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0
    except OSError as error:
        say(f"{command[0]}: {error.strerror}")
        return False


def install_system_tools():
    from jwtlab.install import programs  # only now: an old Python must get as far as check_python

    for line in programs.install_system_tools(say):
        say(line)


if __name__ == "__main__":
    sys.exit(main())
