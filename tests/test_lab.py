"""What JupyterLab is started with. What it then does is seen in a browser, by test_journey.py."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from jwtlab.workspace import copies, jupyter
from jwtlab.workspace.files import COURSE, work_folder

OVERRIDES = jupyter.CONFIG / "labconfig" / "default_setting_overrides.json"


class Became(Exception):
    """Stands for the process that `exec` replaces this one with."""


def become(*args: object) -> None:
    raise Became(*args)


# -- the command


def test_opening_copies_the_course_says_so_and_becomes_jupyterlab(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JWTLAB_WORK", str(tmp_path / "work"))
    monkeypatch.setattr(os, "execve", become)
    with pytest.raises(Became) as became:
        jupyter.open_lab(["--no-browser"])
    program, command, environment = became.value.args
    assert program == sys.executable
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={tmp_path / 'work'}" in command
    assert environment["JWTLAB_WORK"] == str(tmp_path / "work")
    assert (tmp_path / "work" / "START.md").is_file()
    assert json.loads(Path(environment["HTTPIE_CONFIG_DIR"], "config.json").read_text())
    assert capfd.readouterr().out.startswith("Copied ")


def test_an_open_that_copies_nothing_prints_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JWTLAB_WORK", str(tmp_path / "work"))
    monkeypatch.setattr(os, "execve", become)
    copies.update()
    with pytest.raises(Became):
        jupyter.open_lab([])
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize(
    ("flags", "left_out"),
    [
        (["--no-browser"], ()),
        (["--port", "8899"], ("ServerApp.port",)),
        (["--ServerApp.port=8899"], ("ServerApp.port",)),
        (["--ip", "0.0.0.0"], ("ServerApp.ip",)),
        (["--ip=0.0.0.0"], ("ServerApp.ip",)),
        (["--ServerApp.ip=127.0.0.1"], ("ServerApp.ip",)),
        (["--notebook-dir=/elsewhere"], ("ServerApp.root_dir", "LabApp.default_url")),
        (["--ServerApp.root_dir", "/elsewhere"], ("ServerApp.root_dir", "LabApp.default_url")),
        (["--LabApp.default_url=/tree"], ("LabApp.default_url",)),
    ],
)
def test_a_flag_of_the_learners_takes_the_place_of_ours(flags: list[str], left_out: tuple[str, ...]) -> None:
    """JupyterLab stops at a setting that is given twice."""
    ours = set(jupyter.lab_command(Path("work"), []))
    command = jupyter.lab_command(Path("work"), flags)
    assert command[-len(flags) :] == flags
    missing = ours - set(command)
    assert {flag.partition("=")[0] for flag in missing} == {f"--{setting}" for setting in left_out}


def test_jupyterlab_takes_what_the_learner_gives(tmp_path: Path) -> None:
    """Really, up to the point at which its settings are read."""
    flags = ["--ip", "0.0.0.0", "--notebook-dir", str(tmp_path), "--ServerApp.port=8899", "--show-config"]
    command = jupyter.lab_command(tmp_path / "work", flags)
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "0.0.0.0" in done.stdout


@pytest.mark.parametrize("section", ["IdentityProvider", "ServerApp"])
def test_a_password_from_years_ago_leads_to_no_login_page(tmp_path: Path, section: str) -> None:
    """Really: Jupyter's own file for it, of now and of earlier, and what JupyterLab makes of it."""
    name = {"IdentityProvider": "hashed_password", "ServerApp": "password"}[section]
    old = {section: {name: "argon2:$argon2id$v=19$m=10240,t=10,p=8$x"}}
    (tmp_path / "jupyter_server_config.json").write_text(json.dumps(old))
    code = (
        "import sys; from jupyterlab.labapp import LabApp; app = LabApp.initialize_server(sys.argv[1:]);"
        "print(repr(app.identity_provider.hashed_password), bool(app.identity_provider.token))"
    )
    flags = jupyter.lab_command(tmp_path, ["--no-browser"])[3:]
    env = {**os.environ, "JUPYTER_CONFIG_DIR": str(tmp_path)}
    command = [sys.executable, "-c", code, *flags]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
    assert done.stdout == "'' True\n", done.stderr


def test_learners_who_start_at_once_get_ports_of_their_own() -> None:
    assert "--ServerApp.port=0" in jupyter.lab_command(Path("work"), [])


@pytest.mark.parametrize("writable", [True, False])
def test_a_home_that_cannot_be_written_is_done_without(
    monkeypatch: pytest.MonkeyPatch, writable: bool
) -> None:
    monkeypatch.setattr(jupyter, "can_be_made", lambda folder: writable)
    names = ("JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR")
    found = jupyter.lab_environment({})
    for name in names:
        assert (str(work_folder()) in found.get(name, "")) is not writable
    assert jupyter.lab_environment({"IPYTHONDIR": "/mine"})["IPYTHONDIR"] == "/mine"


@pytest.mark.parametrize("arguments", [["progress"], ["check", "00.clock"], ["reset", "02"]])
def test_commands_work_in_a_terminal_of_another_alphabet(tmp_path: Path, arguments: list[str]) -> None:
    env = {
        **os.environ,
        "PYTHONUTF8": "0",
        "PYTHONIOENCODING": "ascii",
        "JWTLAB_WORK": str(tmp_path / "work"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "jwtlab", *arguments], cwd=COURSE, env=env, capture_output=True, text=True
    )
    assert "Traceback" not in done.stderr
    assert "?" in done.stdout or arguments[0] == "reset"


@pytest.mark.parametrize(("user", "allowed"), [(0, True), (1000, False)])
def test_only_root_is_allowed_to_be_root(monkeypatch: pytest.MonkeyPatch, user: int, allowed: bool) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert ("--ServerApp.allow_root=True" in jupyter.lab_command(Path("work"), [])) is allowed


# -- the environment


def test_programs_and_modules_of_the_course_come_first() -> None:
    found = jupyter.lab_environment({"PATH": "/bin", "PYTHONPATH": "mine", "JUPYTER_CONFIG_PATH": "theirs"})
    assert found["PATH"] == f"{sysconfig.get_path('scripts')}{os.pathsep}/bin"
    assert found["PYTHONPATH"] == str(COURSE)  # another project's would come before the packages
    assert found["JUPYTER_CONFIG_PATH"] == f"{jupyter.CONFIG}{os.pathsep}theirs"
    assert shutil.which("http", path=found["PATH"]) == str(Path(sysconfig.get_path("scripts"), "http"))


def test_nothing_empty_is_put_on_a_search_path() -> None:
    found = jupyter.lab_environment({"PYTHONPATH": "", "JUPYTER_CONFIG_PATH": "", "PYTHONHOME": "/other"})
    assert "PYTHONHOME" not in found
    assert found["PYTHONPATH"] == str(COURSE)  # an empty entry would be the current folder
    assert found["JUPYTER_CONFIG_PATH"] == str(jupyter.CONFIG)


@pytest.mark.parametrize(
    ("base", "hosts"),
    [
        ({}, "127.0.0.1,localhost"),
        ({"NO_PROXY": "corp.example"}, "corp.example,127.0.0.1,localhost"),
        ({"no_proxy": "a, localhost,", "NO_PROXY": "b"}, "a,localhost,127.0.0.1"),
    ],
)
def test_no_proxy_comes_between_a_notebook_and_its_site(base: dict[str, str], hosts: str) -> None:
    found = jupyter.lab_environment(base)
    assert found["no_proxy"] == found["NO_PROXY"] == hosts


def test_a_relative_work_folder_means_the_same_to_the_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWTLAB_WORK", "elsewhere")
    assert jupyter.lab_environment({})["JWTLAB_WORK"] == str(Path.cwd() / "elsewhere")


# -- the configuration


def configuration() -> Config:
    return PyFileConfigLoader("jupyter_server_config.py", path=str(jupyter.CONFIG)).load_config()


def test_the_only_kernel_is_the_one_of_this_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = tmp_path / "kernels" / "python3"
    theirs.mkdir(parents=True)
    (theirs / "kernel.json").write_text('{"argv": ["/bin/false"], "display_name": "Theirs"}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    manager = configuration().ServerApp.kernel_spec_manager_class()
    assert list(manager.get_all_specs()) == ["python3"]
    assert manager.get_kernel_spec("python3").argv[0] == sys.executable


@pytest.mark.parametrize(("length", "transport"), [(53, "ipc"), (54, "tcp")])
def test_kernels_use_sockets_of_the_learner_where_their_paths_fit(
    monkeypatch: pytest.MonkeyPatch, length: int, transport: str
) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", "/" + "r" * (length - 1))
    assert configuration().KernelManager.get("transport", "tcp") == transport


def test_the_settings_that_are_overridden_exist() -> None:
    """A renamed setting would be overridden in vain, and silently."""
    schemas = Path(sys.prefix, "share", "jupyter", "lab", "schemas")
    for plugin, settings in json.loads(OVERRIDES.read_text()).items():
        package, name = plugin.split(":")
        known = json.loads((schemas / package / f"{name}.json").read_text())["properties"]
        assert settings.keys() <= known.keys()
