"""Make the environment: a virtual environment from the lock, on a machine that has Python and nothing else.

    python3 -m jwtlab.install            what a learner needs
    python3 -m jwtlab.install --tests    and what tests and authors need
    python3 -m jwtlab.install --link     only make this clone importable (conda, Binder, plain pip)

Run again it returns at once and touches no network. An environment counts as finished when each file of its
packages has been found and the course's imports have worked, and not before: whatever ends a set-up, the same
command goes on from there. It uses the standard library alone, and syntax that an old Python can read, so
that an old Python can be told what is the matter.
"""

import argparse
import errno
import hashlib
import importlib.util
import json
import os
import re
import shutil
import signal
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import Any

from jwtlab.install.commands import AGAIN, ROOT, SetupError, obstacle, reason, say, succeeds
from jwtlab.install.integrity import damaged_files, import_error
from jwtlab.install.relocate import mend_scripts

# pyproject.toml's requires-python; tests/test_dependencies.py holds the two together.
OLDEST, NEWEST = (3, 11), (3, 14)
LEARNER_LOCK, TESTS_LOCK = "requirements.txt", "requirements-dev.txt"
LOCKED_DJANGO = "5.2"
DJANGO_LOCKS = {"6.1": "requirements-django61.txt"}  # installed over the locked one

# What a Python can be built without, and where Debian keeps what to build it with.
LIBRARIES = {"_sqlite3": "libsqlite3-dev", "_ssl": "libssl-dev", "_ctypes": "libffi-dev"}

PIP_INSTALL = ["--disable-pip-version-check", "install", "--no-user", "--require-hashes"]
SIZES = "ten seconds if the packages are cached, else 100 MB to fetch and some minutes."
CHANGES = "what has changed since the last time."
INTERRUPTED = "Interrupted. Run the same command again."


def main(argv: "list[str] | None" = None) -> int:
    """Make or refresh the environment. Returns the exit status: 0, 1 after a message on stderr, 130 if
    interrupted."""
    options = parse(argv)
    interrupts = Interrupts()
    try:
        check_python(tuple(sys.version_info))
        if options.link:
            link(Path(sysconfig.get_path("purelib")))
        else:
            set_up(Environment(Path(options.venv), locks_for(options)), tests=options.tests)
    except (SetupError, OSError, KeyboardInterrupt) as error:
        if interrupts.came or isinstance(error, KeyboardInterrupt):
            say("\n" + INTERRUPTED)
            return 130
        told = error if isinstance(error, SetupError) else reason(error, error.filename or options.venv)
        say(f"Set-up stopped: {told}")
        return 1
    finally:
        interrupts.leave()
    return 0


class Interrupts:
    """Remembers that Ctrl-C came. It ends the programs of the set-up too, and which is seen is luck: one that
    failed, or KeyboardInterrupt, which Python drops where it comes in the middle of a clean-up.
    """

    def __init__(self) -> None:
        self.came = False
        self._before = None
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else somebody has chosen another
            self._before = signal.signal(signal.SIGINT, self._note)

    def _note(self, number: int, frame: "FrameType | None") -> None:
        self.came = True
        signal.default_int_handler(number, frame)

    def leave(self) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)


def parse(argv: "list[str] | None") -> argparse.Namespace:
    summary = (__doc__ or "").splitlines()[0]
    parser = argparse.ArgumentParser(prog="python3 -m jwtlab.install", description=summary)
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


def check_python(version: "tuple[object, ...]") -> None:
    """Raise SetupError unless `version` (as sys.version_info) is one the lock was made for, and complete."""
    if not OLDEST <= version[:2] <= NEWEST:
        raise SetupError(
            f"this is Python {dotted(version[:2])}, and the course needs {dotted(OLDEST)} to "
            f"{dotted(NEWEST)}. Install one of them; where it is not found, name it: "
            f"make lab PYTHON=python{dotted(OLDEST)}"
        )
    for module, package in LIBRARIES.items():
        if importlib.util.find_spec(module) is None:
            raise SetupError(
                f"{sys.executable} was built without {module}. Name another Python: "
                "make lab PYTHON=/usr/bin/python3, or build it again after installing the development files "
                f"(on Debian: {package})."
            )


def dotted(version: "tuple[object, ...]") -> str:
    return ".".join(str(part) for part in version)


def locks_for(options: argparse.Namespace) -> "list[str]":
    """The lock files that `options` ask for, in the order in which they are installed."""
    extra = [TESTS_LOCK] if options.tests else []
    if options.django in DJANGO_LOCKS:
        extra.append(DJANGO_LOCKS[options.django])
    if options.extra:
        extra.append(options.extra)
    return [LEARNER_LOCK, *extra]


def link(site_packages: Path) -> None:
    """Let that environment import jwtlab from this clone, by a path file (Python's module `site`).

    The path is relative, so that no accent in it meets a Python that reads the file in another encoding.
    """
    path = os.path.relpath(str(ROOT), str(site_packages))
    site_packages.joinpath("jwtlab.pth").write_text(f"{path}\n", encoding="utf-8")


def set_up(environment: "Environment", tests: bool) -> None:
    """Bring environment and programs to what is asked for, doing only what is missing."""
    from jwtlab.install import programs  # only now: an old Python must get as far as check_python

    wanted = programs.TESTS if tests else programs.LESSONS

    def to_get() -> "list[str]":
        return [thing for thing in programs.missing(wanted) if thing not in environment.tried_in_vain()]

    if environment.is_satisfied() and not to_get():
        return
    with one_at_a_time(environment.path) as lock:
        installation = programs.Installation(to_get(), say)
        # Without a thread of its own apt-get would wait for the packages.
        tools = Thread(target=installation.run)
        tools.start()
        try:
            environment.lock = lock
            environment.make()
            if tools.is_alive():
                say("The environment is ready; apt-get is still at work.")
            tools.join()
        finally:
            # Whatever happened: the services that apt-get brings must not start, so it has to end before us.
            installation.stop()
            tools.join()
        for line in installation.report():
            say(line)
        environment.note_in_vain(installation.things)


@contextmanager
def one_at_a_time(path: Path) -> "Iterator[int | None]":
    """Wait for another set-up of the same environment. Yields the lock, a file descriptor, or None.

    A program that inherits it holds it too: what a killed set-up has started must end before another begins.
    Where a disk knows no locks, there is no waiting.
    """
    import fcntl  # not on Windows, where the doctor says so

    try:
        lock = os.open(str(path.with_name(path.name + ".lock")), os.O_CREAT | os.O_RDWR, 0o666)
    except OSError:
        raise SetupError(obstacle(path.parent) or AGAIN) from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno == errno.EWOULDBLOCK:
                say("Another set-up of this environment is at work. Waiting for it.")
                fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock
    finally:
        os.close(lock)


class Environment:
    """One virtual environment, and what is known to be installed in it.

    `state_file`, inside it, holds what was found whole: the Python it was made with, the path it was made at,
    the hash of each lock installed. Before anything is changed it is emptied; it is written at the end.
    """

    def __init__(self, path: Path, locks: "list[str]", lock: "int | None" = None) -> None:
        self.path = path.absolute()
        self.locks = locks
        self.lock = lock
        self.python = self.path / "bin" / "python"
        self.state_file = self.path / "jwtlab.json"
        # A virtual environment may be active: look through it to the Python that it was made from.
        self.base = os.path.realpath(getattr(sys, "_base_executable", sys.executable))

    # What is there

    def state(self) -> "dict[str, Any]":
        """What the last finished set-up recorded; nothing if there was none, or if one did not finish."""
        try:
            state = json.loads(self.state_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return state if isinstance(state, dict) and isinstance(state.get("whole"), dict) else {}

    def installed(self) -> "dict[str, str]":
        """{lock: hash} of what was found whole."""
        return dict(self.state().get("whole", {}))

    def tried_in_vain(self) -> "list[str]":
        """The programs that an earlier set-up could not install: no second try at each command."""
        return list(self.state().get("without", []))

    def is_satisfied(self) -> bool:
        """Whether all that is asked for is installed, here, and nothing that would contradict it."""
        return self.state().get("path") == str(self.path) and self.fits() and self.has_locks()

    def has_locks(self) -> bool:
        installed = self.installed()
        other_django = any(lock in installed and lock not in self.locks for lock in DJANGO_LOCKS.values())
        return not other_django and all(installed.get(lock) == fingerprint(lock) for lock in self.locks)

    def fits(self) -> bool:
        """Whether it is one of this Python; another patch version will do. Its Python is there, too."""
        return self.python.exists() and self.site_packages().is_dir()

    def site_packages(self) -> Path:
        return self.path / "lib" / ("python" + dotted(sys.version_info[:2])) / "site-packages"

    # What is done

    def make(self) -> None:
        """Bring the environment to the state asked for, doing only what is missing. Raises SetupError."""
        if self.is_satisfied():
            return
        self.finish_exchange()
        if self.is_satisfied():
            return
        problem = obstacle(self.path.parent)
        if problem:
            raise SetupError(problem)
        if not self.state() or self.can_be_mended():
            self.make_in_place()
        else:  # it works, for another Python: it goes when the new one is complete
            new = self.path.with_name(self.path.name + "-new")
            beside = Environment(new, self.locks + self.extras(), self.lock)
            beside.make_in_place()
            self.finish_exchange()

    def can_be_mended(self) -> bool:
        """Whether it was made for such a Python, though that one or its folder may have gone."""
        return self.site_packages().is_dir()

    def finish_exchange(self) -> None:
        """Put the environment that was made beside this one in its place, if there is one and it is whole."""
        new = Environment(self.path.with_name(self.path.name + "-new"), self.locks)
        old = self.path.with_name(self.path.name + "-old")
        if new.state() and new.can_be_mended():
            if self.path.exists():
                shutil.rmtree(str(old), ignore_errors=True)
                self.path.rename(old)
            new.path.rename(self.path)
            self.mend()
        shutil.rmtree(str(old), ignore_errors=True)

    def make_in_place(self) -> None:
        state = self.state()
        say(f"Setting up {self.path.name}: {CHANGES if state else SIZES}")
        self.locks = self.locks + self.extras()
        if state and (state.get("path") != str(self.path) or not self.fits()):
            self.mend()
        whole = bool(state) and not damaged_files(self.site_packages())
        if not (whole and self.has_locks()):
            self.forget()
            self.install(afresh=not whole)
        self.check()
        self.record()

    def extras(self) -> "list[str]":
        """What earlier calls asked for by --tests or --extra; it is kept though this one does not."""
        return [lock for lock in self.installed() if lock not in (*self.locks, *DJANGO_LOCKS.values())]

    def forget(self) -> None:
        """From here to the end of the set-up nothing is known to be whole."""
        if self.path.is_dir():
            write(self.state_file, "{}")

    def record(self) -> None:
        """Enter what is whole now. The last step."""
        whole = {lock: fingerprint(lock) for lock in self.locks}
        self.write_state(whole=whole, version=dotted(sys.version_info[:3]), path=str(self.path))

    def note_in_vain(self, programs: "list[str]") -> None:
        """Remember that these could not be installed."""
        if programs != self.tried_in_vain():
            self.write_state(**{**self.state(), "without": programs})

    def write_state(self, **state: "Any") -> None:
        write(self.state_file, json.dumps(state, indent=1))

    def mend(self) -> None:
        """Let an environment that was moved, or whose Python was replaced, work where it is."""
        say(f"Mending {self.path.name}, which was made in another folder or for another build of Python.")
        for name in ("python", "python3", "python" + dotted(sys.version_info[:2])):
            link_to_python = self.path / "bin" / name
            if link_to_python.is_symlink() and not link_to_python.exists():
                link_to_python.unlink()
        if not succeeds(self.base, "-m", "venv", "--without-pip", self.path, keep_open=self.lock):
            raise SetupError(f"{self.base} cannot mend {self.path}; remove that folder. {AGAIN}")
        mend_scripts(self.path)
        if self.state():
            self.write_state(**{**self.state(), "path": str(self.path)})

    def install(self, afresh: bool) -> None:
        """Install the locks: with uv, or with pip where uv does not run or cannot reach the package index."""
        kept = self.fits() and self.has_uv()
        if not kept and afresh:
            self.create()
        if not self.has_uv():
            say("Fetching uv, which installs the rest.")
            with requirements_of("uv") as file:
                self.pip("--force-reinstall", "--no-deps", "-r", file)  # without uv, pip does it all
        # An installer that was killed has left packages that look installed; uv would believe them.
        reinstall = [f"--reinstall-package={name}" for name in self.packages()] if kept and afresh else []
        say(f"Installing {' and '.join(self.locks)}.")
        if not self.install_with_uv(reinstall):
            self.stop_if_hopeless()
            say("uv did not manage; trying pip, which reads the machine's own package settings.")
            for lock in self.locks:
                if not self.pip("--no-deps", *["--ignore-installed"] * bool(reinstall), "-r", ROOT / lock):
                    self.stop_if_hopeless()
                    raise SetupError(
                        f"the packages of {lock} could not be installed; the lines above say why. "
                        "Without network: connect once, then run the same command again."
                    )
        link(self.site_packages())

    def stop_if_hopeless(self) -> None:
        """Raise SetupError with the reason, where it is not the network."""
        for folder in (self.path, Path(tempfile.gettempdir())):
            problem = obstacle(folder)
            if problem:
                raise SetupError(problem)

    def packages(self) -> "list[str]":
        """The packages of the locks, but for the uv that installs them."""
        text = "".join((ROOT / lock).read_text(encoding="utf-8") for lock in self.locks)
        return sorted(set(re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)) - {"uv"})

    def create(self) -> None:
        """Make the empty environment."""
        say(f"Making the virtual environment, with {self.base}.")
        shutil.rmtree(str(self.path), ignore_errors=True)
        # Debian's python3 comes without `ensurepip`, but often with a pip that can fill a folder of ours.
        has_ensurepip = importlib.util.find_spec("ensurepip") is not None
        if not (has_ensurepip and succeeds(self.base, "-m", "venv", self.path, keep_open=self.lock)):
            self.create_without_ensurepip()
        self.forget()

    def create_without_ensurepip(self) -> None:
        shutil.rmtree(str(self.path), ignore_errors=True)
        with requirements_of("uv") as file, tempfile.TemporaryDirectory() as folder:
            uv = Path(folder, "bin", "uv")
            pip = [self.base, "-m", "pip", *PIP_INSTALL, "--quiet", "--target", folder, "-r", file]
            if not (
                succeeds(*pip, keep_open=self.lock)
                and succeeds(uv, "venv", "--quiet", "--python", self.base, self.path, keep_open=self.lock)
            ):
                self.stop_if_hopeless()
                raise SetupError(
                    "this Python cannot make a virtual environment, and no pip of it can fetch a tool that "
                    "does. On Debian and Ubuntu: apt install python3-venv. " + AGAIN
                )
            shutil.copy2(str(uv), str(self.path / "bin" / "uv"))

    def has_uv(self) -> bool:
        return succeeds(self.path / "bin" / "uv", "--version", quiet=True)

    def install_with_uv(self, reinstall: "list[str]") -> bool:
        over = [lock for lock in self.locks if lock not in (LEARNER_LOCK, TESTS_LOCK)]
        together = [lock for lock in self.locks if lock not in over]
        return self.uv("sync", *reinstall, *together) and all(
            self.uv("install", *reinstall, "--no-deps", "-r", lock) for lock in over
        )

    def uv(self, verb: str, *arguments: str) -> bool:
        """Run uv, first without the network: its cache may hold all. On a terminal it shows how far it is."""
        uv = self.path / "bin" / "uv"
        common: list[str | Path] = [
            "--python",
            self.python,
            "--compile-bytecode",
            "--require-hashes",
            *arguments,
        ]
        if succeeds(uv, "pip", verb, "--offline", *common, quiet=True, keep_open=self.lock):
            return True
        shown = [] if sys.stderr.isatty() else ["--quiet"]
        return succeeds(uv, "pip", verb, *shown, *common, live=True, keep_open=self.lock)

    def pip(self, *arguments: "str | Path") -> bool:
        shown = [] if sys.stderr.isatty() else ["--quiet"]
        return succeeds(self.python, "-m", "pip", *PIP_INSTALL, *shown, *arguments, keep_open=self.lock)

    def check(self) -> None:
        """Hold files against their packages' lists, and import what the course needs. Raises SetupError."""
        damaged = damaged_files(self.site_packages())
        if damaged:
            self.forget()
            self.stop_if_hopeless()
            raise SetupError(
                f"{len(damaged)} files of the packages are missing or cut short, {damaged[0]} the first. "
                + AGAIN
            )
        error = import_error(self.python)
        if error:
            self.forget()
            self.stop_if_hopeless()
            raise SetupError(
                f"the packages are installed, but cannot be imported: {error}. If pip's own settings send "
                f"packages elsewhere (pip config list), take that setting out. {AGAIN}"
            )


def fingerprint(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def write(path: Path, text: str) -> None:
    """Write a file in one step: it holds the old text or the new one, whatever happens."""
    new = path.with_name(path.name + ".new")
    new.write_text(text, encoding="utf-8")
    os.replace(str(new), str(path))


class requirements_of:
    """A temporary requirements file with one package of the lock, its version and its hashes."""

    def __init__(self, package: str) -> None:
        lines = (ROOT / LEARNER_LOCK).read_text(encoding="utf-8").splitlines()
        start = next(n for n, line in enumerate(lines) if line.startswith(package + "=="))
        end = next((n for n in range(start + 1, len(lines)) if not lines[n].startswith(" ")), len(lines))
        self.text = "\n".join(lines[start:end]) + "\n"

    def __enter__(self) -> str:
        handle, self.path = tempfile.mkstemp(suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(self.text)
        return self.path

    def __exit__(self, *exception: object) -> None:
        os.unlink(self.path)


if __name__ == "__main__":
    sys.exit(main())
