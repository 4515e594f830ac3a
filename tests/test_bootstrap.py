"""The set-up on a bare machine, with the commands it would run recorded instead of run."""

import json
import sys
from pathlib import Path

import pytest

from jwtlab.install import environment

ROOT = Path(__file__).parent.parent


class Machine:
    """Stands in for the machine: records each command; one that matches a word in `failing` fails."""

    def __init__(self, venv: Path):
        self.venv, self.commands, self.failing = venv, [], []

    def __call__(self, *command):
        line = " ".join(str(part) for part in command)
        self.commands.append(line)
        if any(word in line for word in self.failing):
            return False
        if "-m venv" in line or "uv venv" in line:
            (self.venv / "bin").mkdir(parents=True)
            (self.venv / "bin" / "python").touch()
            (self.venv / "lib" / "python3" / "site-packages").mkdir(parents=True)
        if "-m pip" in line and " install " in line:
            folder = command[command.index("--target") + 1] if "--target" in command else self.venv
            Path(folder, "bin").mkdir(exist_ok=True)
            Path(folder, "bin", "uv").touch()
        return True


@pytest.fixture
def machine(tmp_path, monkeypatch):
    machine = Machine(tmp_path / ".venv")
    monkeypatch.setattr(environment, "succeeds", machine)
    monkeypatch.setattr(environment, "install_system_tools", lambda: None)
    return machine


def make(machine, *arguments):
    machine.commands.clear()
    status = environment.main(["--venv", str(machine.venv), *arguments])
    return status, machine.commands


def test_a_bare_machine_gets_a_venv_uv_and_the_lock(machine):
    status, commands = make(machine)
    assert status == 0
    assert ["-m venv" in commands[0], "--require-hashes" in commands[1], "pip sync" in commands[2]] == [
        True
    ] * 3
    assert commands[2].endswith("requirements.txt")
    assert len(commands) == 3
    link = next(machine.venv.glob("lib/*/site-packages/jwtlab.pth"))
    assert (link.parent / link.read_text().strip()).resolve() == ROOT


def test_the_second_time_nothing_is_run(machine):
    make(machine)
    assert make(machine) == (0, [])


def test_tests_are_added_to_a_learners_environment_and_then_serve_the_learner_too(machine):
    make(machine)
    _, commands = make(machine, "--tests")
    assert len(commands) == 1
    assert commands[0].endswith("requirements.txt requirements-dev.txt")
    assert make(machine) == (0, [])


def test_another_django_comes_last_and_going_back_restores_the_locked_one(machine):
    _, commands = make(machine, "--tests", "--django", "6.1")
    assert commands[-1].endswith("--no-deps -r requirements-django61.txt")
    _, commands = make(machine, "--tests")
    assert len(commands) == 1
    assert "pip sync" in commands[0]
    assert "requirements-django61.txt" not in json.loads((machine.venv / "jwtlab.json").read_text())["locks"]


def test_the_locked_django_may_be_named(machine):
    make(machine, "--tests")
    assert make(machine, "--tests", "--django", "5.2") == (0, [])


def test_nothing_of_the_set_up_is_on_stdout(machine, capsys):
    make(machine)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Setting up" in captured.err


def test_an_extra_once_installed_stays(machine):
    make(machine, "--extra", "requirements-nginx.txt")
    _, commands = make(machine, "--tests")
    assert commands[-1].endswith("requirements-nginx.txt")


def test_a_changed_lock_is_installed_into_the_same_environment(machine, monkeypatch):
    make(machine)
    monkeypatch.setattr(environment, "fingerprint", lambda lock: "changed")
    _, commands = make(machine)
    assert len(commands) == 1
    assert "pip sync" in commands[0]


@pytest.mark.parametrize("changed", ["python", "version", "path"])
def test_another_python_or_a_moved_clone_starts_afresh(machine, changed):
    make(machine)
    state = machine.venv / "jwtlab.json"
    state.write_text(json.dumps({**json.loads(state.read_text()), changed: "other"}))
    (machine.venv / "stale").touch()
    _, commands = make(machine)
    assert "-m venv" in commands[0]
    assert not (machine.venv / "stale").exists()


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_an_unreadable_record_starts_afresh(machine, text):
    make(machine)
    (machine.venv / "jwtlab.json").write_text(text)
    assert "-m venv" in make(machine)[1][0]


def test_an_interrupted_set_up_is_taken_up_again(machine):
    machine.failing = ["pip sync", "--no-deps"]
    assert make(machine)[0] == 1
    machine.failing = []
    status, commands = make(machine)
    assert status == 0
    assert len(commands) == 1
    assert "pip sync" in commands[0]


def test_debian_without_ensurepip_goes_through_uv(machine):
    machine.failing = ["-m venv"]
    status, commands = make(machine)
    assert status == 0
    assert ["--target" in line for line in commands] == [False, True, False, False]
    assert "uv venv" in commands[2]


def test_neither_ensurepip_nor_pip_says_what_to_install(machine, capsys):
    machine.failing = ["-m venv", "-m pip"]
    assert make(machine)[0] == 1
    assert "apt install python3-venv" in capsys.readouterr().err


def test_where_uv_fails_pip_installs_the_same_hashed_lock(machine):
    machine.failing = ["uv pip sync"]
    status, commands = make(machine)
    assert status == 0
    assert commands[-1].endswith("--require-hashes --no-deps -r " + str(ROOT / "requirements.txt"))


def test_without_network_the_message_says_so(machine, capsys):
    machine.failing = ["pip sync", "--no-deps"]
    assert make(machine)[0] == 1
    assert "Without network" in capsys.readouterr().err


@pytest.mark.parametrize("version", [(3, 10, 13), (3, 15, 0), (2, 7, 18)])
def test_a_python_that_does_not_fit_is_told_which_do(version):
    with pytest.raises(environment.SetupError, match=r"needs 3\.11 to 3\.14.*make lab PYTHON=python3\.11"):
        environment.check_python(version)


def test_this_python_fits():
    environment.check_python(sys.version_info)


def test_uv_is_taken_from_the_lock_with_its_hashes():
    with environment.requirements_of("uv") as path:
        text = Path(path).read_text()
    assert text.startswith("uv==")
    assert text.count("--hash=sha256:") > 5
    assert text.count("==") == 1
    assert not Path(path).exists()


def test_an_old_python_can_read_the_file_that_refuses_it():
    """No syntax newer than Python 3.8's: the message must arrive, not a SyntaxError."""
    import ast

    for name in ("__init__.py", "install/__init__.py", "install/__main__.py", "install/environment.py"):
        ast.parse((ROOT / "jwtlab" / name).read_text(encoding="utf-8"), feature_version=(3, 8))
