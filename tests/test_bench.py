"""Benchmarks are not run here, for speed is no test; but each loads, and `make bench` names them all."""

import importlib
from pathlib import Path

import pytest

import bench
from bench.__main__ import BENCHMARKS, main

SHARED = {"__init__", "__main__", "clone"}


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_loads(name: str) -> None:
    assert callable(importlib.import_module(f"bench.{name}").main)


def test_every_benchmark_is_run_by_make_bench() -> None:
    [folder] = bench.__path__
    assert set(BENCHMARKS) == {path.stem for path in Path(folder).glob("*.py")} - SHARED


def test_a_benchmark_that_is_not_there_is_named_with_those_that_are(capsys: pytest.CaptureFixture) -> None:
    assert main(["sped"]) == 2
    assert "No benchmark named sped. There are: site_start, " in capsys.readouterr().err
