"""The notebook and the terminal say the same words, for every exercise of the course."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from authoring.canonical import replace_ports
from authoring.practice.places import PLACES
from authoring.practice.properties import TOKEN
from authoring.practice.reading import read_source
from authoring.practice.source import Source
from jwtlab.check import command
from jwtlab.check.engine import Engine
from jwtlab.check.magic import ExerciseMagics
from jwtlab.check.session import Session


def test_notebook_and_terminal_say_the_same(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first wrong answer to each exercise: by the magic one by one, then by `make check` all at once."""
    monkeypatch.setenv("JWTLAB_WORK", str(tmp_path))
    session = Session(engine=engine)
    monkeypatch.setattr(command, "Session", lambda: session)
    magics = ExerciseMagics(SimpleNamespace(run_cell=lambda cell: None), session)
    shown = [in_the_notebook(magics, session, read_source(path)) for path in PLACES.find()]
    capsys.readouterr()
    command.check()
    printed = settled(capsys.readouterr().out)
    assert shown
    assert [verdict for verdict in shown if verdict not in printed] == []
    assert printed.endswith(f"0 of {len(shown)} passed.\n")


def in_the_notebook(magics: ExerciseMagics, session: Session, source: Source) -> str:
    """What a learner sees who gives the first wrong answer in the notebook."""
    answer = source.wrong[0].answer
    if isinstance(answer, str):
        return settled(str(magics.exercise(source.id, answer)))
    for name, text in answer.items():
        path = session.book.project(session.book.find(source.id)) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return settled(str(magics.exercise(source.id)))


def settled(text: str) -> str:
    """A text without what differs between two runs: ports, and ids of tokens that a project made."""
    return TOKEN.sub("TOKEN", replace_ports(text))
