"""Benchmarks are not run here, for speed is no test; but each loads, and `make bench` names them all."""

import importlib
from pathlib import Path

import pytest

import bench
from bench.__main__ import BENCHMARKS, main
from bench.ways import Way, counted, of_the_way, recording_python, walked

SHARED = {"__init__", "__main__", "clone", "recorder"}


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_loads(name: str) -> None:
    assert callable(importlib.import_module(f"bench.{name}").main)


def test_every_benchmark_is_run_by_make_bench() -> None:
    [folder] = bench.__path__
    assert set(BENCHMARKS) == {path.stem for path in Path(folder).glob("*.py")} - SHARED


def test_a_benchmark_that_is_not_there_is_named_with_those_that_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["sped"]) == 2
    assert "No benchmark named sped. There are: site_start, " in capsys.readouterr().err


def test_a_way_is_counted_between_its_marks_and_each_function_once() -> None:
    log = "1-1 a f\n---\n1-1 a f\n1-1 b g\n1-1 a f\n2-1 b g.<locals>.h\n2-1 c k\n---\n1-1 d m\n"
    count = counted(of_the_way(log).splitlines())
    assert (count.modules, count.functions, count.changes) == (("a", "b", "c"), 4, 2)


def test_calls_are_noted_in_a_fork_and_in_the_processes_that_are_started(tmp_path: Path) -> None:
    """By the module alone where Python is started with -S, as for a site's watchdog."""
    way = Way("two calls", (("-c", TWO_CALLS),))
    count = walked(way, recording_python(tmp_path / "env"), tmp_path)
    assert count.modules == ("jwtlab.cli", "jwtlab.site.watchdog", "jwtlab.workspace.files")


def test_of_a_way_alone_the_programs_that_it_starts_are_left_out(tmp_path: Path) -> None:
    way = Way("two calls", (("-c", TWO_CALLS),), alone=True)
    count = walked(way, recording_python(tmp_path / "env"), tmp_path)
    assert count.modules == ("jwtlab.workspace.files",)  # the fork is the process still


TWO_CALLS = """
import os, subprocess, sys
from pathlib import Path
import jwtlab
watchdog = str(Path(jwtlab.__file__).with_name("site") / "watchdog.py")
subprocess.run([sys.executable, "-m", "jwtlab", "--help"], check=True)
subprocess.run([sys.executable, "-I", "-S", "-c", "pass", watchdog], check=True)
if os.fork() == 0:
    from jwtlab.workspace.files import work_folder
    work_folder()
    os._exit(0)
os.wait()
"""
