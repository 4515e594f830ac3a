"""The learner's record: what is kept, and that it is never lost."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jwtlab.workspace.progress import EXERCISES, QUIZZES, Progress


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JWTLAB_WORK", str(tmp_path))
    return tmp_path / "exercises" / "progress.json"


def test_nothing_is_recorded_at_first(file: Path) -> None:
    assert Progress().entry(EXERCISES, "02.login") == {}
    assert not file.exists()


def test_a_pass_stays_on_record_when_a_later_try_fails() -> None:
    Progress().record(EXERCISES, "02.login", outcome="passed", passed=True)
    passed = Progress().entry(EXERCISES, "02.login")["passed"]
    Progress().record(EXERCISES, "02.login", outcome="not yet", passed=False, key="no")
    entry = Progress().entry(EXERCISES, "02.login")
    assert (entry["outcome"], entry["passed"], entry["tries"], entry["key"]) == ("not yet", passed, 2, "no")


def test_quizzes_and_exercises_do_not_meet() -> None:
    Progress().record(QUIZZES, "02.login", outcome="passed", passed=True, answer="b")
    assert Progress().entry(EXERCISES, "02.login") == {}
    assert Progress().entry(QUIZZES, "02.login")["answer"] == "b"


def test_hints_count_up_to_the_last() -> None:
    assert [Progress().take_hint("02.login", 3) for _ in range(5)] == [1, 2, 3, 3, 3]


def test_two_that_record_at_once_lose_nothing() -> None:
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda n: Progress().record(EXERCISES, f"02.n{n}", outcome="passed", passed=True), range(40)
            )
        )
    assert len(Progress().entries(EXERCISES)) == 40


@pytest.mark.parametrize("damage", ["{", "[]", ""])
def test_a_file_that_is_no_record_is_kept_under_another_name(file: Path, damage: str) -> None:
    file.parent.mkdir()
    file.write_text(damage)
    Progress().record(EXERCISES, "02.login", outcome="passed", passed=True)
    assert file.with_name("progress.unreadable.json").read_text() == damage
    assert json.loads(file.read_text())["exercises"]["02.login"]["outcome"] == "passed"
