"""What is shipped for production fits together: templates, unit, compose file, requirements, example."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from jwtlab.site import nginx
from tests.helpers.requirements import program_or_skip

ROOT = Path(__file__).resolve().parents[2]
SERVING = ROOT / "demo_site" / "serving"
TEMPLATES = sorted((SERVING / "nginx").glob("*.template"))
COMPOSE = yaml.safe_load((SERVING / "compose.yaml").read_text())
UNIT = (SERVING / "notes.service").read_text()


def placeholders() -> set[str]:
    return {name for template in TEMPLATES for name in nginx.PLACEHOLDER.findall(template.read_text())}


@pytest.mark.usefixtures("needs_nginx")
@pytest.mark.parametrize("tls", [True, False], ids=["https", "http"])
def test_nginx_has_nothing_to_say_about_its_configuration(tls: bool, tmp_path: Path) -> None:
    configuration = nginx.Configuration(tmp_path, tmp_path / "gunicorn.sock", tmp_path / "access.log", tls)
    configuration.write(*nginx.free_ports(2))
    if tls:
        nginx.certify(tmp_path)
    command: list[str | Path] = [nginx.find(), *nginx.ARGUMENTS, "-t"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    # Who is not root hears that there are no other users to become, and no log in /var/log to write to.
    said = [line for line in done.stderr.splitlines() if not re.search("super-user|/error.log", line)]
    assert [line.partition("nginx.conf ")[2] for line in said] == ["syntax is ok", "test is successful"]


def test_the_access_log_holds_nothing_that_may_hold_a_token() -> None:
    main = (SERVING / "nginx" / "nginx.conf.template").read_text()
    (logged,) = re.findall(r"log_format paths(.*?);", main, re.DOTALL)
    assert set(re.findall(r"\$(\w+)", logged)) == {
        "time_iso8601",
        "request_method",
        "path_only",
        "server_protocol",
        "status",
        "body_bytes_sent",
        "remote_addr",
        "request_time",
        "upstream_response_time",
    }


def test_lessons_and_containers_fill_in_every_placeholder() -> None:
    assert set(nginx.Configuration(Path(), Path(), Path()).placeholders(1, 2)) == placeholders()
    environment = set(COMPOSE["services"]["nginx"]["environment"]) - {"NGINX_ENVSUBST_OUTPUT_DIR"}
    assert environment == placeholders()


def test_the_readme_names_every_placeholder_and_every_variable() -> None:
    readme = (SERVING / "README.md").read_text()
    variables = re.findall(r"^(\w+)=", (SERVING / "production.env.example").read_text(), re.MULTILINE)
    assert not [name for name in (*placeholders(), *variables) if f"`{name}`" not in readme]


def test_the_compose_file_names_files_that_exist_and_migrates_once() -> None:
    services = COMPOSE["services"]
    build = services["site"]["build"]
    context = SERVING / build["context"]
    assert (context / build["dockerfile"]).is_file()
    copied = re.findall(r"^COPY (\S+)", (context / build["dockerfile"]).read_text(), re.MULTILINE)
    assert all((context / source).exists() for source in copied)
    assert (SERVING / services["nginx"]["volumes"][0].partition(":")[0]).is_dir()
    assert (context / services["site"]["healthcheck"]["test"][-1]).is_file()
    assert [name for name, service in services.items() if "migrate" in str(service.get("command"))] == [
        "release"
    ]
    needed = services["site"]["depends_on"]["release"]["condition"]
    assert needed == "service_completed_successfully"
    volumes = {line.partition(":")[0] for service in services.values() for line in service.get("volumes", [])}
    assert {name for name in volumes if not name.startswith(".")} == set(COMPOSE["volumes"])


if sys.platform == "linux":  # elsewhere there is no systemd to ask

    def test_systemd_has_nothing_to_say_about_the_unit(tmp_path: Path) -> None:
        systemd_analyze = program_or_skip("systemd")
        python = "/srv/notes/venv/bin/python"
        assert UNIT.count(python) == 4
        unit = tmp_path / "notes.service"
        unit.write_text(UNIT.replace(python, sys.executable))
        done = subprocess.run([systemd_analyze, "verify", unit], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")


def test_the_unit_migrates_before_it_starts_and_waits_longer_than_gunicorn() -> None:
    commands = re.findall(r"^(ExecStart\w*)=\S+ (.*)$", UNIT, re.MULTILINE)
    assert commands[:2] == [
        ("ExecStartPre", "manage.py check --deploy --fail-level WARNING"),
        ("ExecStartPre", "manage.py migrate --no-input"),
    ]
    settings: dict[str, Any] = {}
    exec((SERVING / "gunicorn.conf.py").read_text(), settings)
    (stop_after,) = re.findall(r"TimeoutStopSec=(\d+)", UNIT)
    assert int(stop_after) > settings["graceful_timeout"]
    stop = COMPOSE["services"]["site"]["stop_grace_period"]
    assert int(stop.removesuffix("s")) > settings["graceful_timeout"]


def test_what_production_installs_is_what_the_course_tests() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    tested = {*project["project"]["dependencies"], *project["dependency-groups"]["dev"]}
    lines = (SERVING / "requirements.txt").read_text().splitlines()
    installed = {line for line in lines if line and not line.startswith("#")}
    assert installed - tested == {"redis>=6"}  # its server is one that this suite does without
