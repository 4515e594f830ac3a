"""The parts of the lab world, one at a time: its folder, its clock, its token ids."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.keys import own_secret_key
from lab_world import clock as clock_module
from lab_world.clock import LabClock, read_instant
from lab_world.folder import lab_world_folder, read_nonce
from lab_world.token_ids import TokenIds

SITE = Path(__file__).resolve().parents[2] / "demo_site"
NINE = "2026-01-05T09:00:00+00:00"
TEN = "2026-01-05T10:00:00+00:00"


def test_a_clone_on_its_own_imports_nothing_of_it(manage):
    loaded = "import sys; print({'lab_world', 'lab_world.clock', 'time_machine'} & set(sys.modules))"
    result = manage("shell", "-c", loaded)
    assert (result.returncode, result.stdout.split("\n")[-2]) == (0, "set()")


@pytest.mark.parametrize("value", ["", "relative/folder", "/no/such/folder"])
def test_lab_world_must_be_an_absolute_folder(value):
    with pytest.raises(ImproperlyConfigured, match="not the absolute path of a folder"):
        lab_world_folder(value)


@pytest.mark.parametrize("text", [None, "", "nonce", "0x5eed", "5e ed"])
def test_the_nonce_must_be_hex(tmp_path, text):
    if text is not None:
        (tmp_path / "nonce").write_text(text)
    with pytest.raises(ImproperlyConfigured, match="holds no hex text: write some into it"):
        read_nonce(tmp_path)


@pytest.mark.parametrize("text", [NINE, NINE + "\n", "2026-01-05T09:00:00Z", "2026-01-05T10:00:00+01:00"])
def test_the_clock_file_holds_an_instant(tmp_path, text):
    (tmp_path / "clock").write_text(text)
    assert read_instant(tmp_path / "clock") == datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize("text", [None, "", "nine", "2026-01-05T09:00:00", "0001-01-01T00:00:00+01:00", "９"])
def test_a_clock_file_without_an_instant_is_refused(tmp_path, text):
    if text is not None:
        (tmp_path / "clock").write_text(text, encoding="utf-8")
    with pytest.raises(
        ImproperlyConfigured, match="holds no instant: write one into it, such as 2026-01-05T09"
    ):
        read_instant(tmp_path / "clock")


@pytest.fixture
def moves(monkeypatch) -> list[datetime]:
    """Where the clock went, in place of moving this process's time."""
    went: list[datetime] = []

    def travel(start: datetime, *, tick: bool) -> SimpleNamespace:
        assert tick is False
        went.append(start)
        return SimpleNamespace(start=lambda: SimpleNamespace(move_to=went.append))

    monkeypatch.setattr(clock_module, "time_machine", SimpleNamespace(travel=travel))
    return went


def test_the_clock_moves_only_when_the_file_changes(tmp_path, moves):
    file = tmp_path / "clock"
    file.write_text(NINE)
    clock = LabClock(file)
    clock.follow()
    file.write_text(TEN)
    clock.follow()
    clock.follow()
    assert [instant.hour for instant in moves] == [9, 10]
    assert all(instant.tzinfo is None for instant in moves)  # an aware one would set the process's time zone


def test_a_slow_thread_does_not_move_the_clock_back(tmp_path, moves, monkeypatch):
    file = tmp_path / "clock"
    file.write_text(NINE)
    clock = LabClock(file)
    has_read, may_go_on = threading.Event(), threading.Event()

    def slow_read(path: Path) -> datetime:
        instant = read_instant(path)
        if not has_read.is_set():
            has_read.set()
            may_go_on.wait(10)
        return instant

    monkeypatch.setattr(clock_module, "read_instant", slow_read)
    slow, quick = threading.Thread(target=clock.follow), threading.Thread(target=clock.follow)
    slow.start()
    assert has_read.wait(10)
    file.write_text(TEN)
    quick.start()
    quick.join(0.1)  # time to overtake, if nothing held it back
    may_go_on.set()
    slow.join(10)
    quick.join(10)
    assert moves[-1].hour == 10


def test_the_first_token_ids_are_these(tmp_path):
    ids = TokenIds(tmp_path / "token_ids")
    assert [ids.next().hex for _ in range(2)] == [
        "863a53cbfc71449c8f760096ec545998",
        "0a0794e759b844fd959b4b77864f47c4",
    ]


def test_token_ids_differ_across_threads_and_processes(tmp_path):
    script = (
        "import sys; from pathlib import Path; from concurrent.futures import ThreadPoolExecutor\n"
        "from lab_world.token_ids import TokenIds\n"
        "ids = TokenIds(Path(sys.argv[1]))\n"
        "with ThreadPoolExecutor(4) as pool: print(*pool.map(lambda _: ids.next().hex, range(500)))"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "token_ids")]
    processes = [subprocess.Popen(command, cwd=SITE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    ids = [token_id for process in processes for token_id in process.communicate()[0].split()]
    assert len(ids) == 1500
    assert len(set(ids)) == 1500


def test_processes_that_start_together_share_one_secret_key(tmp_path):
    together = threading.Barrier(8)

    def ask(_: int) -> str:
        together.wait()
        return own_secret_key(tmp_path / "var" / "secret_key")

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(ask, range(8)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 32
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret_key"]
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o077 == 0
