"""The other ways in: conda and Binder, a development container, and the workflow that runs every week.

None of their hosts is at hand here. So each file is read as its host would, held against the rest of the
course, and what it runs is run.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from itertools import product
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from jwtlab.install import environment as install
from jwtlab.install import programs

ROOT = Path(__file__).parent.parent
PYTHONS = SpecifierSet(
    tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
)
SUPPORTED = [f"3.{minor}" for minor in range(8, 20) if f"3.{minor}" in PYTHONS]


def make_targets_in(text: str) -> set[str]:
    return set(re.findall(r"\bmake ([a-z-]+)", text))


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize(
    "file",
    [
        "environment.yml",
        "apt.txt",
        "postBuild",
        ".ci/bare-debian",
        ".devcontainer/devcontainer.json",
        ".github/workflows/course.yml",
    ],
)
def test_the_files_that_it_names_are_there(file):
    """In its comments too."""
    named = re.findall(r"\b(?:jwtlab|tests|course|notebooks)/[\w./-]*\w", (ROOT / file).read_text("utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


# conda, Binder, repo2docker


@pytest.fixture(scope="module")
def environment():
    return yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))


def test_the_environments_name_is_the_one_that_the_readme_activates(environment):
    assert f"conda activate {environment['name']}`" in (ROOT / "README.md").read_text("utf-8")


def test_conda_installs_the_lock_and_no_second_list_of_versions(environment):
    python, *rest = environment["dependencies"]
    assert rest == ["pip", {"pip": [f"-r {install.LEARNER_LOCK}"]}]
    assert (ROOT / install.LEARNER_LOCK).is_file()
    assert re.fullmatch(r"python=3\.\d+", python)
    assert python.removeprefix("python=") in SUPPORTED


def test_what_binder_runs_links_the_course_and_lays_out_work(tmp_path):
    """Really: in a copy of the course, with a Python that has nothing installed."""
    clone = tmp_path / "clone"
    for folder in ("jwtlab", "notebooks"):
        shutil.copytree(ROOT / folder, clone / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy2(ROOT / "postBuild", clone)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    path = f"{tmp_path}/env/bin:{os.environ['PATH']}"
    subprocess.run(["./postBuild"], cwd=clone, env={"PATH": path}, check=True, capture_output=True)
    notebooks = {notebook.name for notebook in (ROOT / "notebooks").glob("*.ipynb")}
    assert {notebook.name for notebook in (clone / "work").glob("*.ipynb")} == notebooks
    assert (
        subprocess.run(["python", "-c", "import jwtlab"], cwd="/", env={"PATH": path}, check=False).returncode
        == 0
    )


def test_the_notebook_that_binder_is_to_open_is_there():
    (notebook,) = re.findall(r"labpath=work/(\S+)", (ROOT / "postBuild").read_text("utf-8"))
    assert (ROOT / "notebooks" / notebook).is_file()


def test_binder_gets_the_course_s_nginx_and_curl():
    lines = (ROOT / "apt.txt").read_text("utf-8").splitlines()
    packages = {line for line in lines if not line.startswith("#")}
    assert {programs.APT_PACKAGES["nginx"], "curl"} <= packages
    assert all(re.fullmatch(r"[a-z0-9.+-]+", package) for package in packages)


def test_binder_gets_a_browser_from_conda(tmp_path):
    """Really: with a `mamba` that writes down what it is asked, and a `python` that does nothing."""
    for name, text in {"mamba": f'echo "$*" >> {tmp_path}/asked', "python": ""}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "NB_PYTHON_PREFIX": "/srv/env"}
    subprocess.run([ROOT / "postBuild"], cwd=tmp_path, env=env, check=True)
    assert (tmp_path / "asked").read_text().split()[-3:] == ["--channel", "conda-forge", "firefox"]


# The bare Debian


SOURCES = """#!/bin/sh
echo "deb http://packages.example/nodistro nodistro main"
echo "deb http://mirror.example/debian/ bookworm main"
echo "deb http://mirror.example/debian/ bookworm main"
echo "deb http://mirror.example/security/ bookworm-security main"
"""


def bare_debian(folder: Path, sources: str = SOURCES, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run .ci/bare-debian up to the making of a Debian, which writes down what it is asked and fails."""
    scripts = {
        "id": "echo 0",
        "apt-get": sources.partition("\n")[2],
        "debootstrap": f'echo "$*" > {folder}/asked; exit 1',
        "unshare": "exit 1",
    }
    for name, text in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    env = {"PATH": f"{folder}:{os.environ['PATH']}", "SUITE": "bookworm", "BASE": str(folder / "base")}
    command = [str(ROOT / ".ci/bare-debian"), "true"]
    return subprocess.run(command, env={**env, **variables}, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("variables", "mirror"),
    [
        ({}, "http://mirror.example/debian/"),
        ({"MIRROR": "http://other.example/debian"}, "http://other.example/debian"),
    ],
)
def test_a_bare_debian_comes_from_where_this_machines_packages_come_from(tmp_path, variables, mirror):
    """apt says which sources are enabled: a file of sources that is switched off is not one of them."""
    done = bare_debian(tmp_path, **variables)
    assert done.returncode == 2
    assert (tmp_path / "asked").read_text().split()[-3:] == ["bookworm", f"{tmp_path}/base.part", mirror]


def test_without_a_source_the_bare_debian_asks_for_one(tmp_path):
    done = bare_debian(tmp_path, sources="#!/bin/sh\ntrue\n")
    assert done.returncode == 2
    assert "MIRROR=" in done.stderr
    assert not (tmp_path / "asked").exists()


# The development container


@pytest.fixture(scope="module")
def container():
    return json.loads((ROOT / ".devcontainer/devcontainer.json").read_text("utf-8"))


def test_the_container_has_a_python_of_the_course(container):
    assert container["image"].removeprefix("python:").partition("-")[0] in SUPPORTED


def test_the_container_is_set_up_by_make_and_uses_that_environment(container):
    assert make_targets_in(container["postCreateCommand"]) == {"setup"} <= targets()
    assert "copies import update" in container["postCreateCommand"]  # which makes work/
    editor = container["customizations"]["vscode"]["settings"]
    assert editor["python.defaultInterpreterPath"].endswith("/.venv/bin/python")


def test_what_the_container_opens_is_there(container):
    assert all((ROOT / file).is_file() for file in container["customizations"]["codespaces"]["openFiles"])


# The workflow


WORKFLOW = ROOT / ".github/workflows/course.yml"


@pytest.fixture(scope="module")
def workflow():
    return yaml.load(WORKFLOW.read_text("utf-8"), yaml.BaseLoader)  # all text: to YAML 1.1, `on` is a boolean


def test_each_target_and_variable_that_it_gives_to_make_is_one_of_the_makefiles(workflow):
    commands = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    for command in [command for command in commands if command.startswith("make ")]:
        assert make_targets_in(command) <= targets()
        variables = re.findall(r"^([A-Z]+) +[?:]=", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        assert set(re.findall(r"([A-Z]+)=", command)) <= set(variables)


def test_it_covers_every_python_both_djangos_and_both_systems(workflow):
    matrix = dict(workflow["jobs"]["test"]["strategy"]["matrix"])
    excluded = [set(pair.items()) for pair in matrix.pop("exclude")]
    runs = {
        values
        for values in product(*matrix.values())
        if not any(pair <= set(zip(matrix, values, strict=True)) for pair in excluded)
    }
    pairs = [(python, django) for python in SUPPORTED for django in ("", *install.DJANGO_LOCKS)]
    valid = [(python, django) for python, django in pairs if (python, django) != ("3.11", "6.1")]
    assert list(matrix) == ["os", "python", "django"]
    assert runs == {(system, *pair) for system in ("ubuntu-latest", "macos-latest") for pair in valid}


@pytest.mark.parametrize(
    ("open_issue", "asked"),
    [
        (
            "",
            "issue create --title The weekly run from scratch failed --body Nothing changed in the course, ",
        ),
        ("12", "issue comment 12 --body It failed again: https://example/run/1"),
    ],
)
def test_the_report_opens_one_issue_and_adds_to_it(workflow, tmp_path, open_issue, asked):
    """Really: its lines of shell, with a `gh` that writes down what it is asked."""
    gh = tmp_path / "gh"
    gh.write_text(f'#!/bin/sh\necho "$*" >> "{tmp_path}/asked"\n[ "$2" != list ] || echo "{open_issue}"\n')
    gh.chmod(0o755)
    report = workflow["jobs"]["report"]
    path = f"{tmp_path}:{os.environ['PATH']}"
    variables = {"PATH": path, "TITLE": report["env"]["TITLE"], "RUN": "https://example/run/1"}
    subprocess.run(["bash", "-e", "-c", report["steps"][0]["run"]], env=variables, check=True)
    looked, told = (tmp_path / "asked").read_text().splitlines()
    assert looked.startswith('issue list --state open --search in:title "The weekly run from scratch failed"')
    assert told.startswith(asked)
