"""The set-up on a bare machine: its commands are recorded instead of run. At the end, small real ones."""

import errno
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from jwtlab.install import commands, environment, integrity, programs, relocate
from tests.helpers.processes import until

ROOT = Path(__file__).parent.parent
PYTHON = f"python{sys.version_info[0]}.{sys.version_info[1]}"


class Machine:
    """Stands in for the machine: records each command; one that matches a word in `failing` fails."""

    def __init__(self, venv: Path):
        self.venv = venv
        self.commands: list[str] = []
        self.failing: list[str] = ["--offline"]  # nothing is in uv's cache
        self.killing: list[str] = []  # the set-up is killed when it comes to one of these
        self.damaged: list[str] = []
        self.import_error = ""

    def __call__(
        self, *command: object, quiet: bool = False, live: bool = False, keep_open: int | None = None
    ) -> bool:
        line = " ".join(str(part) for part in command)
        self.commands.append(line)
        if any(word in line for word in self.killing):
            raise KeyboardInterrupt
        if any(word in line for word in self.failing):
            return False
        if line.endswith("uv --version"):
            return Path(str(command[0])).exists()
        if "-m venv" in line or "uv venv" in line:
            venv = Path(str(command[-1]))
            (venv / "bin").mkdir(parents=True, exist_ok=True)
            (venv / "bin" / "python").touch()
            (venv / "lib" / PYTHON / "site-packages").mkdir(parents=True, exist_ok=True)
        if "-m pip" in line and " install " in line:
            parts = [str(part) for part in command]
            folder = (
                parts[parts.index("--target") + 1] if "--target" in parts else str(Path(parts[0]).parents[1])
            )
            Path(folder, "bin").mkdir(exist_ok=True)
            Path(folder, "bin", "uv").touch()
        if "uv pip sync" in line:
            self.damaged = []
        return True


@pytest.fixture
def machine(tmp_path, monkeypatch):
    machine = Machine(tmp_path / ".venv")
    monkeypatch.setattr(environment, "succeeds", machine)
    monkeypatch.setattr(environment, "damaged_files", lambda folder: list(machine.damaged))
    monkeypatch.setattr(environment, "import_error", lambda python: machine.import_error)
    monkeypatch.setattr(programs, "missing", lambda things: [])
    return machine


def make(machine: Machine, *arguments: str) -> tuple[int, list[str]]:
    """Run the set-up. Returns its status, and the commands that were to change something."""
    machine.commands.clear()
    status = environment.main(["--venv", str(machine.venv), *arguments])
    quiet = ("--offline", "uv --version")
    return status, [line for line in machine.commands if not any(word in line for word in quiet)]


def state(machine: Machine) -> dict[str, object]:
    return dict(json.loads((machine.venv / "jwtlab.json").read_text()))


def test_a_bare_machine_gets_a_venv_uv_and_the_lock(machine):
    status, commands = make(machine)
    assert status == 0
    assert ["-m venv" in commands[0], "--require-hashes" in commands[1], "pip sync" in commands[2]] == [
        True
    ] * 3
    assert commands[2].endswith("requirements.txt")
    assert "--reinstall" not in commands[2]
    assert len(commands) == 3
    link = next(machine.venv.glob("lib/*/site-packages/jwtlab.pth"))
    assert (link.parent / link.read_text().strip()).resolve() == ROOT


def test_the_second_time_nothing_is_run(machine):
    make(machine)
    assert make(machine) == (0, [])
    assert machine.commands == []


def test_uvs_cache_is_asked_before_the_network(machine):
    machine.failing = []
    _, commands = make(machine)
    assert [line for line in machine.commands if "pip sync" in line] == [
        line for line in machine.commands if "pip sync --offline" in line
    ]
    assert len(commands) == 2


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
    assert "requirements-django61.txt" not in state(machine)["whole"]  # type: ignore[operator]  # it is JSON


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
    assert "--reinstall" not in commands[0]


# What a working environment survives


def test_another_patch_version_is_no_other_python(machine):
    make(machine)
    text = {**state(machine), "version": f"{sys.version_info[0]}.{sys.version_info[1]}.99"}
    (machine.venv / "jwtlab.json").write_text(json.dumps(text))
    assert make(machine) == (0, [])


def test_a_moved_clone_is_mended_in_place_and_without_the_network(machine, tmp_path):
    make(machine)
    machine.venv = machine.venv.rename(tmp_path / "moved")
    (machine.venv / "mine").touch()
    status, commands = make(machine)
    assert status == 0
    assert ["venv --without-pip" in line for line in commands] == [True]
    assert (machine.venv / "mine").exists()
    assert make(machine) == (0, [])


def test_an_environment_whose_python_was_replaced_is_mended_in_place(machine):
    make(machine)
    (machine.venv / "bin/python").unlink()
    (machine.venv / "bin/python").symlink_to("/gone/python3.11")
    status, commands = make(machine)
    assert status == 0
    assert ["venv --without-pip" in line for line in commands] == [True]


def for_another_python(machine: Machine) -> None:
    make(machine)
    (machine.venv / "lib" / PYTHON).rename(machine.venv / "lib/python3.9")
    (machine.venv / "the old one").touch()


def test_for_another_python_a_new_environment_is_made_beside_the_old_and_takes_its_place(machine, tmp_path):
    for_another_python(machine)
    status, commands = make(machine)
    assert status == 0
    assert commands[0].endswith("-m venv " + str(tmp_path / ".venv-new"))
    assert not (machine.venv / "the old one").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".venv", ".venv.lock"]
    assert make(machine) == (0, [])


def test_without_network_the_environment_of_the_other_python_stays(machine):
    for_another_python(machine)
    before = state(machine)
    machine.failing += ["pip sync", "--no-deps"]
    assert make(machine)[0] == 1
    assert (machine.venv / "the old one").exists()
    assert state(machine) == before


def test_an_exchange_that_was_interrupted_is_brought_to_its_end(machine, tmp_path):
    make(machine)
    machine.venv.rename(tmp_path / ".venv-new")
    (tmp_path / ".venv-old").mkdir()
    status, commands = make(machine)
    assert status == 0
    assert ["venv --without-pip" in line for line in commands] == [True]
    assert sorted(path.name for path in tmp_path.iterdir()) == [".venv", ".venv.lock"]


# Interrupted, and never taken for finished


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"locks": {"requirements.txt": "x"}}'])
def test_where_nothing_finished_is_recorded_every_package_is_installed_again(machine, text):
    """The last one is a record of earlier set-ups, which counted a broken environment as finished."""
    make(machine)
    (machine.venv / "jwtlab.json").write_text(text)
    status, commands = make(machine)
    assert status == 0
    (sync,) = commands
    assert "--reinstall-package=django " in sync
    assert "--reinstall-package=uv " not in sync


@pytest.mark.parametrize("moment", ["-m venv", "-m pip", "pip sync --offline", "pip sync"])
def test_an_interruption_ends_in_one_line_and_status_130_and_leaves_nothing_that_counts(
    machine, capsys, moment
):
    machine.killing = [moment]
    assert make(machine)[0] == 130
    assert capsys.readouterr().err.endswith("Interrupted. Run the same command again.\n")
    machine.killing = []
    assert not (machine.venv / "jwtlab.json").exists() or state(machine) == {}
    assert make(machine)[0] == 0
    assert make(machine) == (0, [])


def test_an_interruption_that_is_seen_as_a_program_that_failed_ends_alike(machine, monkeypatch, capsys):
    """Ctrl-C ends the program too, and Python may drop KeyboardInterrupt in the middle of a clean-up."""

    def interrupted(*_: object, **__: object) -> None:
        with suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)
        raise commands.SetupError("uv could not install the packages.")

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(environment, "set_up", interrupted)
    assert make(machine)[0] == 130
    assert capsys.readouterr().err == "\nInterrupted. Run the same command again.\n"
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interrupted_change_of_the_lock_counts_as_unfinished(machine, monkeypatch):
    make(machine)
    monkeypatch.setattr(environment, "fingerprint", lambda lock: "changed")
    machine.killing = ["pip sync"]
    assert make(machine)[0] == 130
    assert state(machine) == {}
    machine.killing = []
    assert any("--reinstall-package=django" in line for line in make(machine)[1])


def test_files_that_are_missing_in_the_end_are_no_success(machine, monkeypatch, capsys):
    monkeypatch.setattr(environment, "damaged_files", lambda folder: ["django/apps/config.py"])
    assert make(machine)[0] == 1
    assert (
        "1 files of the packages are missing or cut short, django/apps/config.py" in capsys.readouterr().err
    )
    assert state(machine) == {}


def test_packages_that_cannot_be_imported_are_no_success(machine, capsys):
    machine.import_error = "ModuleNotFoundError: No module named 'django'"
    assert make(machine)[0] == 1
    assert "cannot be imported: ModuleNotFoundError: No module named 'django'" in capsys.readouterr().err
    assert state(machine) == {}


def test_a_half_made_environment_is_made_anew(machine):
    (machine.venv / "bin").mkdir(parents=True)
    (machine.venv / "lib" / PYTHON / "site-packages").mkdir(parents=True)
    (machine.venv / "half").touch()
    assert "-m venv" in make(machine)[1][0]
    assert not (machine.venv / "half").exists()


def test_after_a_first_try_without_network_uv_comes_back(machine):
    machine.failing += ["-m pip", "pip sync"]
    assert make(machine)[0] == 1
    machine.failing = ["--offline"]
    assert make(machine)[0] == 0
    assert (machine.venv / "bin/uv").exists()


def test_two_set_ups_at_once_wait_for_each_other(tmp_path, capsys):
    """Really: another process holds the lock, and so would a child of a set-up that was killed."""
    code = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
from contextlib import suppress
from pathlib import Path
from jwtlab.install.environment import one_at_a_time
with one_at_a_time(Path({str(tmp_path / ".venv")!r})):
    print("held", flush=True)
    sys.stdin.readline()
"""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], text=True, stdin=pipe, stdout=pipe) as other:
        assert other.stdout
        assert other.stdin
        assert other.stdout.readline() == "held\n"
        waiting = subprocess.Popen(
            [sys.executable, "-c", code.replace("sys.stdin.readline()", "pass")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert waiting.stderr
        assert waiting.stderr.readline() == "Another set-up of this environment is at work. Waiting for it.\n"
        assert waiting.poll() is None
        other.stdin.write("\n")
        other.stdin.flush()
        assert waiting.communicate(timeout=60)[0] == "held\n"


# A real environment, small: what an installer leaves when it is killed


WHEEL_FILES = 400


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """An unpacked package of many files, with the record that installers write."""
    source = tmp_path / "env/lib/python3/site-packages"
    (source / "many").mkdir(parents=True)
    (source / "many-1.0.dist-info").mkdir()
    rows = []
    for number in range(WHEEL_FILES):
        (source / "many" / f"m{number}.py").write_text(f"number = {number}\n")
        rows.append(f"many/m{number}.py,sha256=x,{len(f'number = {number}') + 1}")
    rows += ["many-1.0.dist-info/RECORD,,", "../../../bin/many,sha256=x,1", "many/__pycache__/m.pyc,,"]
    (source / "many-1.0.dist-info/RECORD").write_text("\n".join(rows) + "\n")
    (tmp_path / "env/bin").mkdir()
    (tmp_path / "env/bin/many").write_text("#!/bin/sh\n")  # as long as its first line, which was changed
    return source


def test_a_whole_package_has_no_damaged_file(package):
    assert integrity.damaged_files(package) == []


def test_a_file_that_is_missing_or_cut_short_is_named(package):
    (package / "many/m7.py").unlink()
    (package / "many/m8.py").write_text("num")
    assert integrity.damaged_files(package) == ["many/m7.py", "many/m8.py"]


@pytest.mark.parametrize("text", [None, ""])
def test_a_package_without_its_record_is_damaged(package, text):
    record = package / "many-1.0.dist-info/RECORD"
    record.unlink() if text is None else record.write_text(text)
    assert integrity.damaged_files(package) == ["many-1.0.dist-info/RECORD"]


def test_an_import_that_fails_is_told_by_its_last_line(monkeypatch):
    assert integrity.import_error(Path(sys.executable)) == ""
    monkeypatch.setattr(integrity, "IMPORTS", "json no_such_module")
    assert (
        integrity.import_error(Path(sys.executable))
        == "ModuleNotFoundError: No module named 'no_such_module'"
    )


def test_the_import_is_tried_without_another_projects_folders(monkeypatch, tmp_path):
    (tmp_path / "django.py").write_text("raise RuntimeError('of another project')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert integrity.import_error(Path(sys.executable)) == ""


# What programs of the set-up inherit


def test_another_projects_settings_are_not_passed_on(monkeypatch):
    foreign = {
        **dict.fromkeys(("PYTHONPATH", "PYTHONHOME", "PYTHONSAFEPATH", "PYTHONDONTWRITEBYTECODE"), "x"),
        **dict.fromkeys(("PIP_TARGET", "PIP_USER", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIRE_VIRTUALENV"), "x"),
        **dict.fromkeys(("UV_SYSTEM_PYTHON", "UV_CONSTRAINT", "UV_EXCLUDE_NEWER", "UV_PYTHON"), "x"),
    }
    kept = dict.fromkeys(
        ("PIP_INDEX_URL", "PIP_CERT", "UV_DEFAULT_INDEX", "UV_INDEX_COMPANY_PASSWORD", "UV_CACHE_DIR"), "y"
    )
    for name, value in {**foreign, **kept}.items():
        monkeypatch.setenv(name, value)
    passed = commands.clean_environment()
    assert not foreign.keys() & passed.keys()
    assert kept.items() <= passed.items()


def test_the_machines_certificates_are_trusted_unless_it_has_none(monkeypatch):
    monkeypatch.delenv("UV_SYSTEM_CERTS", raising=False)
    for has, expected in ((True, "1"), (False, None)):
        monkeypatch.setattr(commands, "has_certificates", lambda has=has: has)
        assert commands.clean_environment().get("UV_SYSTEM_CERTS") == expected


def test_where_home_cannot_be_written_uv_keeps_its_cache_in_the_clone(monkeypatch):
    for name in ("UV_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert "UV_CACHE_DIR" not in commands.clean_environment()
    monkeypatch.setattr(commands, "can_be_made", lambda folder: False)
    assert commands.clean_environment()["UV_CACHE_DIR"] == str(ROOT / ".cache/uv")


def test_a_folder_in_which_not_even_root_can_write_cannot_be_made(tmp_path):
    assert commands.can_be_made(tmp_path / "a/b/c")
    assert not commands.can_be_made(Path("/dev/null/a/b"))
    if sys.platform == "linux":
        assert not commands.can_be_made(Path("/proc/nohome/.cache/uv"))


def test_a_temporary_folder_without_room_is_not_used(monkeypatch):
    assert "TMPDIR" not in commands.clean_environment() or os.environ.get("TMPDIR")
    monkeypatch.setattr(commands, "has_temporary_folder", lambda: False)
    assert commands.clean_environment()["TMPDIR"] == str(ROOT / ".cache/tmp")


def test_a_program_that_fails_is_heard_and_one_that_succeeds_is_not(capfd):
    speak = [sys.executable, "-c", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(%d)"]
    assert commands.succeeds(*speak[:2], speak[2] % 0)
    assert capfd.readouterr() == ("", "out\n")
    assert not commands.succeeds(*speak[:2], speak[2] % 1)
    assert capfd.readouterr() == ("", "out\nerr\n")
    assert not commands.succeeds(*speak[:2], speak[2] % 1, quiet=True)
    assert capfd.readouterr() == ("", "")


# Scripts that name the folder


@pytest.mark.parametrize("old", ["/old/.venv/bin/python", "/old place/.venv/bin/python3.11"])
@pytest.mark.parametrize("folder", ["plain", "with a space", "an 'apostrophe'", "l" * 120])
def test_a_script_runs_after_its_environment_has_moved(tmp_path, old, folder):
    home = tmp_path / folder / ".venv"
    (home / "bin").mkdir(parents=True)
    (home / "bin/python").symlink_to(sys.executable)
    script = home / "bin/tool"
    script.write_bytes(relocate.head_for(old.encode()) + b"print(6 * 7)\n")
    script.chmod(0o755)
    (home / "bin/binary").write_bytes(b"\x7fELF" + bytes(100))
    relocate.mend_scripts(home)
    assert subprocess.run([script], capture_output=True, text=True).stdout == "42\n"
    assert (home / "bin/binary").read_bytes() == b"\x7fELF" + bytes(100)


# The reasons


def refusing(number: int):
    def refuse(*arguments, **named):
        raise OSError(number, os.strerror(number))

    return refuse


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "is full. Make room on it."), (errno.EROFS, "nothing can be written in")],
)
def test_what_stops_us_is_named_before_anything_is_tried(machine, monkeypatch, capsys, number, said):
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refusing(number))
    assert make(machine) == (1, [])
    error = capsys.readouterr().err
    assert said in error
    assert os.strerror(number) in error or number == errno.ENOSPC


def test_a_disk_that_runs_no_programs_is_named_before_anything_is_tried(machine, monkeypatch, capsys):
    flags = os.statvfs("/")
    monkeypatch.setattr(os, "statvfs", lambda path: type("V", (), {"f_flag": flags.f_flag | os.ST_NOEXEC}))
    assert make(machine) == (1, [])
    assert "mounted with noexec" in capsys.readouterr().err


def test_a_disk_that_fills_up_meanwhile_is_not_taken_for_a_missing_network(machine, monkeypatch, capsys):
    machine.failing += ["pip sync"]
    said = iter(["", "the disk is full."])
    monkeypatch.setattr(environment, "obstacle", lambda folder: next(said, "the disk is full."))
    assert make(machine)[0] == 1
    error = capsys.readouterr().err
    assert "the disk is full" in error
    assert "network" not in error


def test_an_error_of_the_system_is_a_sentence(machine, monkeypatch, capsys):
    monkeypatch.setattr(environment.Environment, "make", refusing(errno.ENOSPC))
    assert make(machine)[0] == 1
    error = capsys.readouterr().err
    assert "is full. Make room" in error
    assert "Traceback" not in error


def test_debian_without_ensurepip_goes_through_uv_and_raises_no_alarm(machine, monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name != "ensurepip" or None)
    status, commands = make(machine)
    assert status == 0
    assert ["--target" in line for line in commands] == [True, False, False]
    assert "uv venv" in commands[1]
    assert "apt install" not in capsys.readouterr().err


def test_neither_ensurepip_nor_pip_says_what_to_install(machine, capsys):
    machine.failing += ["-m venv", "-m pip"]
    assert make(machine)[0] == 1
    assert "apt install python3-venv" in capsys.readouterr().err


def test_where_uv_fails_pip_installs_the_same_hashed_lock(machine):
    machine.failing = ["uv pip sync"]
    status, commands = make(machine)
    assert status == 0
    assert "--require-hashes" in commands[-1]
    assert commands[-1].endswith("--no-deps -r " + str(ROOT / "requirements.txt"))


def test_without_network_the_message_says_so(machine, capsys):
    machine.failing += ["pip sync", "--no-deps"]
    assert make(machine)[0] == 1
    assert "Without network" in capsys.readouterr().err


@pytest.mark.parametrize("version", [(3, 10, 13), (3, 15, 0), (2, 7, 18)])
def test_a_python_that_does_not_fit_is_told_which_do(version):
    with pytest.raises(commands.SetupError, match=r"needs 3\.11 to 3\.14.*make lab PYTHON=python3\.11"):
        environment.check_python(version)


def test_a_python_without_sqlite_is_told_so(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name != "_sqlite3" or None)
    with pytest.raises(commands.SetupError, match=r"without _sqlite3.*libsqlite3-dev"):
        environment.check_python(tuple(sys.version_info))


def test_this_python_fits():
    environment.check_python(tuple(sys.version_info))


def test_uv_is_taken_from_the_lock_with_its_hashes():
    with environment.requirements_of("uv") as path:
        text = Path(path).read_text()
    assert text.startswith("uv==")
    assert text.count("--hash=sha256:") > 5
    assert text.count("==") == 1
    assert not Path(path).exists()


def test_an_old_python_can_read_the_files_that_refuse_it():
    """No syntax newer than Python 3.6's: the message must arrive, not a SyntaxError."""
    import ast

    names = ("__init__", "__main__", "environment", "commands", "integrity", "relocate")
    for name in ("__init__.py", "__main__.py", *(f"install/{name}.py" for name in names)):
        ast.parse((ROOT / "jwtlab" / name).read_text(encoding="utf-8"), feature_version=(3, 6))


# Which Python make takes


def python_of_make(folder: Path, *arguments: str) -> str:
    """The Python with which `make doctor` would run, where the only commands are those of `bin`."""
    (folder / "Makefile").write_text((ROOT / "Makefile").read_text())
    make = shutil.which("make")
    assert make
    (folder / "bin").mkdir(exist_ok=True)
    done = subprocess.run(
        [make, "-n", "doctor", *arguments],
        cwd=folder,
        env={"PATH": str(folder / "bin")},
        capture_output=True,
        text=True,
    )
    return done.stdout.partition(" -m jwtlab")[0].strip("'")


def put_python(path: Path, version: tuple[int, int]) -> None:
    """Lay out a Python that says it is of this version."""
    path.parent.mkdir(parents=True, exist_ok=True)
    code = f"import sys; sys.version_info = {(*version, 0)}; exec(sys.argv[1])"
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{code}" "$2"\n')
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        ({"bin/python3": (3, 12), "bin/python3.13": (3, 13)}, "python3"),
        ({"bin/python3": (3, 10), "bin/python3.13": (3, 13), "bin/python3.11": (3, 11)}, "python3.13"),
        ({"bin/python3": (3, 15), "bin/python3.14": (3, 14)}, "python3.14"),
        ({"bin/python3": (3, 10)}, "python3"),  # which is told what is the matter
        ({"bin/python3": (3, 12), ".venv/bin/python": (3, 11)}, ".venv/bin/python"),
        ({"bin/python3": (3, 12), ".venv/bin/python": (3, 10)}, "python3"),
    ],
)
def test_make_prefers_the_environments_own_python_and_then_searches(tmp_path, there, taken):
    for path, version in there.items():
        put_python(tmp_path / path, version)
    assert python_of_make(tmp_path) == taken
    assert python_of_make(tmp_path, "PYTHON=python3.9") == "python3.9"


def test_make_searches_for_the_pythons_that_the_set_up_takes():
    text = (ROOT / "Makefile").read_text()
    assert f"{environment.OLDEST} <= sys.version_info[:2] <= {environment.NEWEST}" in text
    minors = range(environment.NEWEST[1], environment.OLDEST[1] - 1, -1)
    assert " ".join(f"python3.{minor}" for minor in minors) in text


# Really: a set-up is killed in the middle of its packages


def wheel(folder: Path, name: str, files: dict[str, str]) -> str:
    """Write a wheel, as packages come. Returns the line of a lock that asks for it."""
    info = f"{name}-1.0.dist-info"
    files = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    file = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for path, text in {**files, f"{info}/RECORD": record}.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = 0o755 << 16
            archive.writestr(entry, text)
    return f"{name}==1.0 --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}\n"


class SmallCourse:
    """A clone whose lock holds uv, which here is the one of the tests, and one package of many files."""

    def __init__(self, folder: Path):
        self.folder, self.venv = folder / "clone", folder / "clone/.venv"
        wheels = folder / "wheels"
        wheels.mkdir()
        shutil.copytree(ROOT / "jwtlab/install", self.folder / "jwtlab/install")
        (self.folder / "jwtlab/__init__.py").touch()
        own_uv = f'#!/bin/sh\nexec "{sys.prefix}/bin/uv" "$@"\n'
        lock = wheel(wheels, "uv", {"uv-1.0.data/scripts/uv": own_uv})
        lock += wheel(wheels, "many", {f"many/m{n}.py": f"n = {n}\n" for n in range(2000)})
        (self.folder / "requirements.txt").write_text(lock)
        imports = self.folder / "jwtlab/install/integrity.py"
        imports.write_text(imports.read_text() + '\nIMPORTS = "sqlite3 many.m1999"\n')
        links = {"FIND_LINKS": str(wheels), "NO_INDEX": "1"}
        self.env = {
            **os.environ,
            **{f"PIP_{name}": value for name, value in links.items()},
            **{f"UV_{name}": value for name, value in links.items()},
            "UV_CACHE_DIR": str(folder / "cache"),
            "JWTLAB_INSTALL": "no",
            "JWTLAB_NGINX": sys.executable,  # programs are not what is tried here
            "JWTLAB_BROWSER": sys.executable,
        }

    def start(self) -> "subprocess.Popen[str]":
        """Begin the set-up, in a process group of its own as in a terminal."""
        return subprocess.Popen(
            [sys.executable, "-m", "jwtlab.install"],
            cwd=self.folder,
            env=self.env,
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @property
    def site_packages(self) -> Path:
        return self.venv / "lib" / PYTHON / "site-packages"

    def recorded(self) -> object:
        file = self.venv / "jwtlab.json"
        return json.loads(file.read_text()) if file.exists() else {}


def test_a_set_up_that_was_killed_is_mended_by_the_same_command(tmp_path):
    course = SmallCourse(tmp_path)
    process = course.start()
    info = course.site_packages / "many-1.0.dist-info"
    until(lambda: info.exists() or process.poll() is not None, "the package is being installed")
    os.killpg(process.pid, signal.SIGKILL)
    said, _ = process.communicate()
    assert course.recorded() == {}, said
    for file in course.site_packages.glob("many/m1*.py"):  # as it is left where the moment was an unlucky one
        file.unlink()
    again = course.start()
    said, _ = again.communicate(timeout=120)
    assert again.returncode == 0, said
    assert integrity.damaged_files(course.site_packages) == []
    assert (course.site_packages / "many/m1999.py").read_text() == "n = 1999\n"
    assert course.recorded() != {}
    third = course.start()
    assert third.communicate(timeout=60)[0] == ""


def test_ctrl_c_ends_a_real_set_up_in_one_line(tmp_path):
    course = SmallCourse(tmp_path)
    process = course.start()
    assert process.stdout
    assert process.stdout.readline().startswith("Setting up .venv")
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert said.endswith("Interrupted. Run the same command again.\n")
    assert course.recorded() == {}
