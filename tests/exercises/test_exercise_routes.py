"""What learners do with the exercises of the course: run the starters, and answer by notebook or terminal."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from authoring.exercises.build import read_all
from authoring.exercises.notebooks import starter_cell
from authoring.exercises.reading import read_source
from authoring.exercises.source import Source
from authoring.manifest import COURSE
from authoring.proofs.properties import TOKEN
from authoring.run.canonical import replace_ports
from authoring.run.execute import execute_all
from jwtlab.checker import commands
from jwtlab.checker.magics import ExerciseMagics
from jwtlab.checker.worker.client import Client, Session


def test_every_starter_runs_in_a_kernel_and_is_not_attempted(tmp_path: Path) -> None:
    """All in one notebook. Nothing raises: a learner who runs all cells sees what there is to do."""
    sources = [source for of_one in read_all(COURSE).values() for source in of_one]
    cells = ["%load_ext jwtlab.checker", *map(starter_cell, sources)]
    notebook = new_notebook(cells=list(map(new_code_cell, cells)))
    execute_all({"starters": notebook}, tmp_path)
    shown = [
        output.data["text/plain"] for cell in notebook.cells for output in cell.outputs if "data" in output
    ]
    heads = [text.partition("\n")[0] for text in shown]
    assert heads == [f"○ not attempted · {source.id} · {source.meta.title}" for source in sources]


def test_notebook_and_terminal_say_the_same(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first wrong answer to each exercise: by the magic one by one, then by `make check` all at once."""
    monkeypatch.setenv("JWTLAB_WORK", str(tmp_path))
    session = Session(client=client)
    monkeypatch.setattr(commands, "Session", lambda: session)
    magics = ExerciseMagics(SimpleNamespace(run_cell=lambda cell: None), session)
    shown = [in_the_notebook(magics, session, read_source(path)) for path in COURSE.find_exercises()]
    capsys.readouterr()
    commands.check()
    printed = settled(capsys.readouterr().out)
    assert shown
    assert [verdict for verdict in shown if verdict not in printed] == []
    assert printed.endswith(f"0 of {len(shown)} passed.\n")


def in_the_notebook(magics: ExerciseMagics, session: Session, source: Source) -> str:
    """What a learner sees who gives the first wrong answer in the notebook."""
    answer = source.wrong[0].answer
    check = magics.magics["cell"]["exercise"]
    if isinstance(answer, str):
        return settled(str(check(source.id, answer)))
    for name, text in answer.items():
        path = session.catalogue.project(session.catalogue.find(source.id)) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return settled(str(check(source.id)))


def settled(text: str) -> str:
    """A text without what differs between two runs: ports, and ids of tokens that a project made."""
    return TOKEN.sub("TOKEN", replace_ports(text))
