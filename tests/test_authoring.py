"""Text and notebooks belong together: what is committed is what the lessons' text gives, and back.

The drift tests execute nothing; that the outputs are true is the gate's affair. A small lesson is built twice
in a real kernel, and three that fail once.
"""

import re
import shutil
import sys
import tempfile
from itertools import zip_longest
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from authoring.__main__ import main
from authoring.bring_back import bring_back
from authoring.build import build, unexecuted
from authoring.index_pages import glossary, pages, readme_table, start_table, with_table
from authoring.lesson import Lesson, anchor, frame_cell, read_lesson, to_text
from authoring.manifest import COURSE, Course, CourseError, holds
from authoring.run.canonical import canonical, to_json
from authoring.run.execute import kernel_environment

SAMPLE = Path(__file__).parent / "data" / "00_sample.md"
LESSONS = COURSE.find()


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem)
def lesson(request: pytest.FixtureRequest):
    """Each lesson of the course in turn."""
    return read_lesson(request.param)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course with the sample lesson alone, not yet built."""
    course = Course(tmp_path)
    course.lessons.mkdir(parents=True)
    course.notebooks.mkdir()
    shutil.copy(SAMPLE, course.lessons)
    course.manifest.write_text("[lessons]\n00_sample = []\n", encoding="utf-8")
    course.readme.write_text("<!-- notebooks:begin -->\n<!-- notebooks:end -->\n", encoding="utf-8")
    return course


# --- Drift: what is committed against the text, without running anything


def test_every_lesson_has_its_notebook_and_every_notebook_its_lesson() -> None:
    assert LESSONS
    assert sorted(path.stem for path in COURSE.notebooks.glob("*.ipynb")) == [path.stem for path in LESSONS]


def test_the_committed_cells_are_those_of_the_text(lesson: Lesson) -> None:
    """Sources, tags, ids and metadata, the frame included."""
    committed = nbformat.read(COURSE.notebooks / f"{lesson.name}.ipynb", as_version=4)
    wanted = unexecuted(lesson)
    pairs = zip_longest(map(without_outputs, committed.cells), wanted.cells)
    changed = [number for number, (stored, made) in enumerate(pairs, start=1) if stored != made]
    assert not changed, f"cells {changed} of {lesson.name} are not those of its text; run `make notebooks`"
    assert committed.metadata == wanted.metadata


def without_outputs(cell: NotebookNode) -> NotebookNode:
    """The cell as it is before it runs."""
    return NotebookNode(cell, outputs=[], execution_count=None) if cell.cell_type == "code" else cell


def test_the_committed_notebook_is_in_canonical_form(lesson: Lesson) -> None:
    """Byte for byte, given its own outputs; counted 1 to n."""
    path = COURSE.notebooks / f"{lesson.name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert holds(path, to_json(canonical(notebook))), "run `make notebooks`"
    assert counts == list(range(1, len(counts) + 1))


def test_the_generated_pages_are_current() -> None:
    made = pages([read_lesson(path) for path in LESSONS], COURSE)
    assert [path.name for path, text in made.items() if not holds(path, text)] == [], "run `make notebooks`"


def test_a_lessons_text_survives_the_way_there_and_back(lesson: Lesson) -> None:
    """Text to notebook to text is the identity, so bringing an unedited notebook back changes nothing."""
    stored = nbformat.reads(to_json(unexecuted(lesson)), as_version=4)
    assert to_text(lesson, stored.cells) == lesson.path.read_text(encoding="utf-8")


# --- Reading a lesson


def test_the_frame_says_what_you_do_learn_need_and_for_how_long(course: Course) -> None:
    source = frame_cell(read_lesson(course.find()[0])).source
    assert source.startswith("# 00 · A sample\n\n**What you will do.** Run a few cells that need no site.\n")
    assert "- Read a status from an output\n- Tell a print from a value\n" in source
    assert "**What you need.** This course, set up with `make lab`." in source
    assert "**Minutes.** About 30." in source
    assert source.endswith("**New words.** [status](GLOSSARY.md#status), [value](GLOSSARY.md#value).")


def test_a_need_is_a_link_to_the_notebook_of_that_number(course: Course) -> None:
    path = course.find()[0]
    path.write_text(path.read_text(encoding="utf-8").replace("needs: []", 'needs: ["00 A sample", nginx]'))
    assert "**What you need.** [00 A sample](00_sample.ipynb), nginx." in frame_cell(read_lesson(path)).source


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("JWT", "jwt"),
        ("access token", "access-token"),
        ("`kid` (key id)", "kid-key-id"),
        ("e-mail", "e-mail"),
    ],
)
def test_an_anchor_is_the_one_that_github_makes(term: str, expected: str) -> None:
    assert anchor(term) == expected


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("---\njupytext", "jupytext", "has no front matter"),
        ("jwtlab:", "other:", "no `jwtlab:` block"),
        ('number: "00"', "number: 00", "`jwtlab.number` must be a text"),
        ("minutes: 30", "minutes: half an hour", "`jwtlab.minutes` must be a number"),
        ("  title: A sample\n", "", "`jwtlab.title` must be a text"),
        ("title: A sample", "title: A sample\n  level: 1", "no field 'level'"),
        ("value: What", "value: What: ", "the front matter: mapping values are not allowed"),
        ("[raises-exception]", "[raises-exception", "Code cell"),
        ("```{code-cell} ipython3\nprint", "```{raw-cell}\nprint", "a raw cell"),
    ],
)
def test_what_cannot_be_read_names_the_lesson_and_the_reason(
    old: str, new: str, message: str, course: Course
) -> None:
    path = course.find()[0]
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CourseError, match=message) as error:
        read_lesson(path)
    assert re.match(r"course/lessons/00_sample\.md:\d+: ", str(error.value))


@pytest.mark.parametrize("name", ["00", "00_sample", "course/lessons/00_sample.md", "work/00_sample.ipynb"])
def test_a_lesson_is_found_by_number_name_or_path(name: str, course: Course) -> None:
    assert course.find([name]) == course.find()


def test_an_unknown_lesson_is_an_error_that_names_the_known_ones(course: Course) -> None:
    with pytest.raises(CourseError, match=r"no lesson '07'\. Known: 00_sample"):
        course.find(["07"])


# --- The canonical form


def test_the_canonical_form_is_a_fixed_point() -> None:
    outputs = [new_output("stream", name="stderr", text="w"), new_output("stream", name="stdout", text="a")]
    cell = new_code_cell(
        "x", outputs=outputs, execution_count=9, metadata={"tags": ["b", "a"], "scrolled": True}
    )
    once = canonical(new_notebook(cells=[cell, new_markdown_cell("m\n"), new_code_cell("x")]))
    assert to_json(canonical(nbformat.reads(to_json(once), as_version=4))) == to_json(once)


def test_equal_cells_get_ids_of_their_own_and_a_moved_cell_keeps_its() -> None:
    first = canonical(new_notebook(cells=[new_code_cell("x"), new_markdown_cell("x"), new_code_cell("x")]))
    ids = [cell.id for cell in first.cells]
    assert len(set(ids)) == 3
    moved = canonical(new_notebook(cells=[new_markdown_cell("new"), new_code_cell("x")]))
    assert moved.cells[1].id == ids[0]


def canonical_cell(*outputs: NotebookNode, **cell: object) -> NotebookNode:
    given = {"source": "x", "execution_count": 7, "outputs": list(outputs)} | cell
    return canonical(new_notebook(cells=[new_code_cell(**given)])).cells[0]


def test_streams_are_merged_between_displays_and_never_across_one() -> None:
    def out(text: str, name: str = "stdout") -> NotebookNode:
        return new_output("stream", name=name, text=text)

    display = new_output("display_data", data={"text/plain": "d"})
    merged = canonical_cell(out("w", "stderr"), out("a"), out("b"), display, out("c")).outputs
    assert [(output.get("name"), output.get("text")) for output in merged] == [
        ("stdout", "ab"),
        ("stderr", "w"),
        (None, None),
        ("stdout", "c"),
    ]


def test_ports_counts_metadata_and_tracebacks_are_canonical() -> None:
    failed = new_output(
        "error", ename="SiteError", evalue="127.0.0.1:41234 is taken", traceback=["\x1b[31m/home/me"]
    )
    shown = new_output("execute_result", data={"text/html": "localhost:51234"}, execution_count=7)
    cell = canonical_cell(shown, failed, metadata={"tags": ["b", "a"], "scrolled": False})
    assert cell.execution_count == cell.outputs[0].execution_count == 1
    assert cell.outputs[0].data["text/html"] == "localhost:8000"
    assert cell.outputs[1].traceback == ["SiteError: 127.0.0.1:8000 is taken"]
    assert cell.metadata == {"tags": ["a", "b"]}


# --- The pages


def test_the_start_page_has_number_link_summary_minutes_and_objectives(course: Course) -> None:
    row = start_table([read_lesson(course.find()[0])]).splitlines()[-1]
    assert row == (
        "| [00 A sample](00_sample.ipynb) | Run a few cells that need no site. | 30 "
        "| Read a status from an output<br>Tell a print from a value |"
    )


def test_the_glossary_is_alphabetical_and_names_the_notebook(course: Course) -> None:
    path = course.find()[0]
    path.write_text(path.read_text(encoding="utf-8").replace("    status:", "    Zone: Last.\n    status:"))
    page = glossary([read_lesson(path)])
    assert [line for line in page.splitlines() if line.startswith("## ")] == [
        "## status",
        "## value",
        "## Zone",
    ]
    assert "(RFC 9110 §15). Introduced in [00 A sample](00_sample.ipynb).\n" in page


def test_the_table_goes_between_the_markers_of_the_readme(course: Course) -> None:
    lesson = read_lesson(course.find()[0])
    before, after = "# x\n<!-- notebooks:begin -->\n", "<!-- notebooks:end -->\nrest\n"
    once = with_table(f"{before}old\n{after}", readme_table([lesson]))
    assert once.startswith(before)
    assert once.endswith(after)
    assert "[00 A sample](notebooks/00_sample.ipynb)" in once
    assert with_table(once, readme_table([lesson])) == once


def test_a_readme_without_markers_is_an_error() -> None:
    with pytest.raises(CourseError, match="notebooks:begin"):
        with_table("# x\n", "")


# --- Bringing edits back


def test_edits_in_jupyterlab_come_back_to_the_text(course: Course) -> None:
    """Cells changed and added; frame, outputs, counts and JupyterLab's metadata stay behind."""
    path = course.find()[0]
    notebook = unexecuted(read_lesson(path))
    notebook.cells[0].source = "# another title"
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    old = cell.source
    cell.update(source="402", execution_count=3, outputs=[new_output("stream", name="stdout", text="x")])
    cell.metadata = NotebookNode(scrolled=True, editable=False)
    notebook.cells.append(new_markdown_cell("One cell more."))
    edited = course.root / "work" / "00_sample.ipynb"
    edited.parent.mkdir()
    nbformat.write(notebook, edited)
    before = path.read_text(encoding="utf-8")
    assert bring_back(edited, course) == "written    course/lessons/00_sample.md"
    assert path.read_text(encoding="utf-8") == before.replace(old, "402") + "\n+++\n\nOne cell more.\n"
    assert bring_back(edited, course) == "unchanged  course/lessons/00_sample.md"


def test_what_cannot_come_back_is_refused_with_the_reason(course: Course, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="There is no notebook"):
        bring_back(tmp_path / "00_sample.ipynb", course)
    stranger = tmp_path / "mine.ipynb"
    nbformat.write(new_notebook(), stranger)
    with pytest.raises(CourseError, match="No lesson has the name mine"):
        bring_back(stranger, course)
    pasted = new_markdown_cell("![](attachment:x.png)", attachments={"x.png": {"image/png": "iVBORw0KGgo="}})
    nbformat.write(new_notebook(cells=[pasted]), tmp_path / "00_sample.ipynb")
    with pytest.raises(CourseError, match="pasted image"):
        bring_back(tmp_path / "00_sample.ipynb", course)


# --- Building


def test_a_kernel_takes_little_from_the_shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (
        "DJANGO_SETTINGS_MODULE",
        "HTTPS_PROXY",
        "PYTHONSTARTUP",
        "LAB_WORLD",
        "JUPYTER_CONFIG_PATH",
    ):
        monkeypatch.setenv(name, "theirs")
    monkeypatch.setenv("PYTHONPATH", "theirs")
    env = kernel_environment(tmp_path)
    assert "theirs" not in env.values()
    assert "PYTEST_CURRENT_TEST" not in env
    assert env["PATH"].startswith(str(Path(sys.executable).parent))
    inside = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JWTLAB_WORK")
    assert all(Path(env[name]).is_relative_to(tmp_path) for name in inside)


def test_building_twice_leaves_no_diff(
    course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """And nothing else: a kernel that is still there would have left its connection file."""
    scratch = tmp_path_factory.mktemp("scratch")
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    first = build([], course=course)
    assert {line.split()[0] for line in first} == {"written"}
    assert {line.split()[-1] for line in first} == {
        "notebooks/00_sample.ipynb",
        "notebooks/START.md",
        "notebooks/GLOSSARY.md",
        "README.md",
    }
    notebook = nbformat.read(course.notebooks / "00_sample.ipynb", as_version=4)
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    assert [output.get("text", output.get("data")) for output in cell.outputs] == [
        "GET http://127.0.0.1:8000/hello/\n",
        "401 at 09:06\n",
        {"text/plain": "401"},
    ]
    assert {line.split()[0] for line in build(["00"], check=True, course=course)} == {"unchanged"}
    assert list(scratch.iterdir()) == []


BROKEN = {
    "01_raises": (
        "print(1)\n```\n\n```{code-cell} ipython3\nsite.url",
        "In[2]: NameError: name 'site' is not",
    ),
    "02_silent": (
        ":tags: [raises-exception]\n\n1 + 1",
        "In[1]: tagged raises-exception, but it raised nothing",
    ),
    "03_dies": ("import os\nos._exit(1)", "In[1]: the kernel died"),
}


def test_a_failing_build_names_lesson_cell_and_error_and_writes_nothing(course: Course) -> None:
    front = SAMPLE.read_text(encoding="utf-8").partition("## Three")[0]
    listed = "".join(f"{name} = []\n" for name in ("00_sample", *BROKEN))
    course.manifest.write_text(f"[lessons]\n{listed}", encoding="utf-8")
    for name, (source, _) in BROKEN.items():
        text = f"{front}```{{code-cell}} ipython3\n{source}\n```\n"
        (course.lessons / f"{name}.md").write_text(text, encoding="utf-8")
    with pytest.raises(CourseError) as error:
        build(list(BROKEN), course=course)
    for name, (_, message) in BROKEN.items():
        assert f"{name}, {message}" in str(error.value)
    assert list(course.notebooks.iterdir()) == []


def test_an_output_that_differs_on_the_next_machine_is_not_written(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    def execute_all(notebooks: dict[str, NotebookNode], folder: Path) -> None:
        for number, cell in enumerate(c for c in notebooks["00_sample"].cells if c.cell_type == "code"):
            text = new_output("stream", name="stdout", text=f"<object at 0x7f00aa11bb2{number}>")
            cell.update(outputs=[text], execution_count=1)

    monkeypatch.setattr("authoring.build.execute_all", execute_all)
    with pytest.raises(CourseError, match=r"00_sample, In\[1\]: an output with an object's address"):
        build([], course=course)
    assert list(course.notebooks.iterdir()) == []


def test_the_check_names_what_would_change(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("authoring.build.execute_all", lambda notebooks, folder: None)
    monkeypatch.setattr("authoring.build.findings", lambda text: [])
    with pytest.raises(CourseError, match=r"run `make notebooks`:\nnotebooks/00_sample\.ipynb\n"):
        build([], check=True, course=course)
    assert list(course.notebooks.iterdir()) == []


def test_an_error_has_no_colours_in_a_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(names: list[str], *, check: bool) -> list[str]:
        raise CourseError("\x1b[0;31mNameError\x1b[0m: name 'site' is not defined")

    monkeypatch.setattr("authoring.build.build", build)
    assert main(["build"]) == 1
    assert capsys.readouterr().err == "NameError: name 'site' is not defined\n"
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert main(["build"]) == 1
    assert "\x1b[0;31m" in capsys.readouterr().err


def test_the_command_line_says_an_error_in_one_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "no-such-lesson"]) == 1
    assert capsys.readouterr().err.startswith("There is no lesson 'no-such-lesson'. Known: 00_")
