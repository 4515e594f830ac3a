"""A chart: the same words in each run, and the figures of the last one in files beside the notebook."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from jwtlab.show import Chart, ChartError, chart
from jwtlab.show.charts import number


@pytest.fixture
def charts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JWTLAB_WORK", str(tmp_path))
    return tmp_path / "charts"


def drawn(milliseconds: float) -> Chart:
    return chart(
        "Time for one answer",
        {"runserver": milliseconds, "<gunicorn>": milliseconds / 4},
        unit="milliseconds",
        base="runserver",
        verdicts={"runserver": "answers", "<gunicorn>": "answers"},
    )


def test_what_a_cell_shows_does_not_depend_on_the_figures(charts: Path) -> None:
    slow, fast = drawn(44.4), drawn(1.7)
    assert repr(slow) == repr(fast)
    assert slow._repr_html_() == fast._repr_html_()
    assert slow.figures != fast.figures


def test_every_file_that_a_cell_refers_to_is_there_with_the_figures(charts: Path) -> None:
    shown = drawn(44.4)._repr_html_()
    for name in re.findall(r'(?:src|href)="charts/([^"]+)"', shown):
        assert re.search(r"\b44\b.*0\.25 ×", (charts / name).read_text(), re.DOTALL)
    assert {path.suffix for path in charts.iterdir()} == {".svg", ".html"}


def test_the_drawing_says_in_words_what_it_is(charts: Path) -> None:
    shown = drawn(44.4)._repr_html_()
    picture = ElementTree.parse(charts / "time-for-one-answer.svg").getroot()
    description = picture.findtext("{http://www.w3.org/2000/svg}desc", "")
    assert description.startswith("Bar chart of your last run: Time for one answer, in milliseconds")
    assert 'alt="Bar chart of your last run: Time for one answer' in shown
    assert "<gunicorn>" not in shown  # escaped


def test_a_chart_without_its_base_is_refused(charts: Path) -> None:
    with pytest.raises(ChartError, match="No bar is called nginx"):
        chart("Time", {"runserver": 1}, unit="s", base="nginx")


def test_a_chart_that_cannot_be_written_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("JWTLAB_WORK", str(tmp_path / "file"))
    with pytest.raises(ChartError, match="could not be written"):
        drawn(1)


@pytest.mark.parametrize(
    ("value", "shown"), [(1204.4, "1,204"), (44.0, "44"), (3.94, "3.9"), (0.123, "0.12"), (0, "0.00")]
)
def test_a_number_is_as_long_as_one_reads_it(value: float, shown: str) -> None:
    assert number(value) == shown
