"""One list, its locks, and nothing else: pyproject.toml and requirements*.txt say the same."""

import re
import tomllib
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from authoring import lock as lock_module
from authoring.lock import LOCKS, SERVING, command, require_known, serving
from jwtlab.errors import LabError
from jwtlab.install import environment

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)(?: ; (?P<marker>[^\\]+))? \\$")


def listed(lock: str) -> list[Requirement]:
    """What pyproject.toml asks `lock` to hold."""
    groups = PYPROJECT["dependency-groups"]
    names = {
        "requirements.txt": PYPROJECT["project"]["dependencies"],
        "requirements-dev.txt": groups["dev"],
        "requirements-nginx.txt": groups["nginx"],
        "requirements-django61.txt": groups["django61"],
    }
    return [Requirement(line) for line in names[lock]]


@dataclass
class Locked:
    """A package as a lock names it."""

    version: str
    hashes: list[str] = field(default_factory=list)  # SHA-256, in hexadecimal
    via: list[str] = field(default_factory=list)  # who needs it


def locked(lock: str) -> dict[str, Locked]:
    """Return the packages of one lock file, by their names."""
    packages: dict[str, Locked] = {}
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if match := ENTRY.match(line):
            current = packages[canonicalize_name(match["name"])] = Locked(match["version"])
        elif line.strip().startswith("--hash=sha256:"):
            current.hashes.append(line.split(":")[1].rstrip(" \\"))
        elif line.strip().startswith("#"):
            current.via.append(line.strip().removeprefix("#").removeprefix(" via").strip())
        else:
            raise AssertionError(f"{lock}: a line that is neither package, hash nor comment: {line!r}")
    return packages


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_holds_the_list_and_the_list_only(lock):
    packages = locked(lock)
    for requirement in listed(lock):
        version = packages[canonicalize_name(requirement.name)].version
        assert requirement.specifier.contains(version), (
            f"{lock} has {requirement.name} {version}: run make lock"
        )
    direct = {
        name for name, package in packages.items() if any("pyproject.toml" in via for via in package.via)
    }
    assert direct == {canonicalize_name(requirement.name) for requirement in listed(lock)}, "run make lock"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_hashes_and_a_reason(lock):
    for name, package in locked(lock).items():
        assert package.hashes, f"{lock}: {name} has no hash"
        assert all(len(hash_) == 64 for hash_ in package.hashes)
        assert package.via, f"{lock}: nothing says who needs {name}"


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_an_index(lock):
    assert "://" not in (ROOT / lock).read_text(encoding="utf-8")


def test_the_locks_agree_with_each_other():
    learner, tests = locked("requirements.txt"), locked("requirements-dev.txt")
    differing = {
        name for name in learner.keys() & tests.keys() if learner[name].version != tests[name].version
    }
    assert not differing


def test_what_only_tests_need_is_not_installed_for_learners():
    only_tests = {canonicalize_name(requirement.name) for requirement in listed("requirements-dev.txt")}
    learners = {canonicalize_name(requirement.name) for requirement in listed("requirements.txt")}
    assert not only_tests & learners
    assert {"nbval", "pytest", "hypothesis"}.isdisjoint(locked("requirements.txt"))


def test_the_environment_that_runs_this_is_the_locked_one():
    """What matters most has the locked version: nothing slipped in by hand."""
    packages = locked("requirements.txt") | locked("requirements-dev.txt")
    other_django = Version(metadata.version("django")) >= Version("6")
    if other_django:
        packages |= locked("requirements-django61.txt")
    for name in (
        "django",
        "djangorestframework",
        "djangorestframework-simplejwt",
        "pyjwt",
        "nbval",
        "pytest",
    ):
        assert metadata.version(name) == packages[name].version, (
            f"{name} is not the locked one: run make test"
        )


def test_every_line_of_the_list_says_what_it_is_for():
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    requirements = [line for line in lines if re.match(r'^    "[a-z]', line)]
    assert len(requirements) == len(listed("requirements.txt")) + len(listed("requirements-dev.txt"))
    for line in requirements:
        assert re.search(r'",\s+# \w.{15,}', line), f"pyproject.toml: no comment on {line.strip()}"


def test_a_learners_dependency_names_its_notebook():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.split("dependencies = [")[1].split("]\n")[0]
    for line in block.strip().splitlines():
        assert re.search(r"\b\d\d\b|every notebook|itself installed", line.split("#")[1]), line.strip()


def test_the_bootstrap_knows_the_same_pythons():
    allowed = SpecifierSet(PYPROJECT["project"]["requires-python"])
    pythons = [f"3.{minor}" for minor in range(8, 20)]
    oldest, newest = (environment.dotted(version) for version in (environment.OLDEST, environment.NEWEST))
    inside = [python for python in pythons if python in allowed]
    assert (inside[0], inside[-1]) == (oldest, newest)


def test_the_bootstrap_knows_the_same_locks():
    assert {
        environment.LEARNER_LOCK,
        environment.TESTS_LOCK,
        *environment.DJANGO_LOCKS.values(),
    } <= LOCKS.keys()


def test_what_the_site_asks_for_in_production_is_made_from_the_list():
    assert (ROOT / SERVING).read_text(encoding="utf-8") == serving(), "run make lock"
    assert "\ndjango>=5.2,<5.3\n" in serving()


def test_one_package_moves_and_no_other():
    moved = [argument for argument in command("requirements.txt", ["requests"]) if "upgrade" in argument]
    assert moved == ["--upgrade-package=requests"]
    require_known(["Requests", "nbval"])


def test_a_package_that_no_lock_holds_is_said_before_anything_is_written(monkeypatch, capsys):
    monkeypatch.setattr("authoring.lock.subprocess.run", lambda *_, **__: pytest.fail("it would be written"))
    with pytest.raises(LabError, match=r"No lock holds reqests\. Is it spelt so\?"):
        require_known(["reqests", "django"])
    assert lock_module.main(["reqests"]) == 1
    assert capsys.readouterr().err.startswith("No lock holds reqests.")
