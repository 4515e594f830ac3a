"""Annotations: the checker has no complaint, knows Django's models, and is nowhere silenced without a reason.

A test and no step of `make test` beside pytest: it runs while other workers wait for sites, and its result
stands among the others. `make format` runs the same.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FAULT = """
from hardened_auth.models import Family

Family.objects.filter(no_such_field=1)
"""
SILENCED = re.compile(r"# (?:type: ignore|mypy:).*")
WITH_A_REASON = re.compile(r"# type: ignore\[[a-z, -]+\]  # \S+ \S+|# mypy: allow-untyped-calls\n# \S+ \S+")


def checked(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the type checker as pyproject.toml configures it."""
    command = [sys.executable, "-m", "mypy", "--no-pretty", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_no_annotation_is_wrong():
    done = checked()
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_checker_knows_the_models(tmp_path):
    """So a settings module that it cannot load, or a plugin that is missing, is noticed."""
    fault = tmp_path / "fault.py"
    fault.write_text(FAULT)
    done = checked(str(fault))
    assert done.returncode == 1
    assert "no_such_field" in done.stdout


def test_what_silences_the_checker_says_why():
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    silenced = {
        f"{name}: {match[0]}"
        for name in {*listed.stdout.splitlines()} - {"tests/test_types.py"}
        for match in SILENCED.finditer((ROOT / name).read_text(encoding="utf-8"))
        if not WITH_A_REASON.match(match.string, match.start())
    }
    assert silenced == set()
