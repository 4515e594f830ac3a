"""The learner's copies: made, kept current, reset, and never taken away, whatever happens in between."""

import builtins
import errno
import fcntl
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from jwtlab.workspace import copies, files, legacy_record
from jwtlab.workspace.files import COURSE, WorkError, my_folder
from jwtlab.workspace.fingerprints import Fingerprint

Json = dict[str, Any]  # a notebook, as JSON has it


def notebook(text: str, ran: str = "as built", **metadata: object) -> bytes:
    """A notebook of one prose cell and one code cell, as the builder writes it."""
    cells = [
        {"cell_type": "markdown", "id": "prose", "metadata": {}, "source": [f"# {text}\n", "\n", "Read on."]},
        {
            "cell_type": "code",
            "execution_count": 1,
            "id": "code",
            "metadata": {},
            "outputs": [{"name": "stdout", "output_type": "stream", "text": [ran]}],
            "source": "print(site)",
        },
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    whole = {
        "cells": cells,
        "metadata": {"kernelspec": kernel} | metadata,
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, indent=1, sort_keys=True).encode() + b"\n"


def run(content: bytes, ran: str) -> bytes:
    """The notebook as JupyterLab saves it after a run: new outputs, counts, `language_info`, layout."""
    saved = json.loads(content)
    saved["metadata"]["language_info"] = {"name": "python", "version": ran}
    for cell in saved["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": ran}]
            cell["execution_count"] = 7
        cell["source"] = "".join(cell["source"]).splitlines(keepends=True)
    return json.dumps(saved, ensure_ascii=False, indent=2).encode()


def new_course(folder: Path) -> Path:
    """A small course, in the folder `course`."""
    notebooks = folder / "course" / "notebooks"
    notebooks.mkdir(parents=True)
    (notebooks / "01_anatomy.ipynb").write_bytes(notebook("Anatomy"))
    (notebooks / "02_setup.ipynb").write_bytes(notebook("Set-up"))
    (notebooks / "START.md").write_text("# Start\n")
    return folder / "course"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small course in a folder of its own; the learner's `work/` is beside it."""
    monkeypatch.setenv("JWTLAB_WORK", str(tmp_path / "work"))
    return new_course(tmp_path)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return tmp_path / "work"


def publish(course: Path, name: str, content: bytes) -> None:
    """A newer version of one of the course's files."""
    (course / "notebooks" / name).write_bytes(content)


def shown(folder: Path) -> list[str]:
    """What a learner sees in a folder."""
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def state_of(folder: Path) -> dict[Path, tuple[int, ...]]:
    """Of every file and folder what a write changes: which file it is, its size, and when it was written."""
    found = {path: path.stat() for path in folder.rglob("*") if path.name != "lock"}
    return {path: (stat.st_ino, stat.st_size, stat.st_mtime_ns) for path, stat in found.items()}


# -- update


def test_the_first_update_copies_everything_and_says_so_in_one_line(course: Path, mine: Path) -> None:
    report = copies.update(course)
    assert shown(mine) == ["01_anatomy.ipynb", "02_setup.ipynb", "START.md"]
    assert str(report) == "Copied 01_anatomy.ipynb, 02_setup.ipynb, START.md into work/."
    assert (mine / "02_setup.ipynb").read_bytes() == notebook("Set-up")


def test_many_new_files_are_counted_not_listed(course: Path, mine: Path) -> None:
    publish(course, "03_calling.ipynb", notebook("Calling"))
    assert str(copies.update(course)) == "Copied 4 files into work/."


def test_an_update_with_nothing_to_do_writes_nothing_and_says_nothing(course: Path, mine: Path) -> None:
    copies.update(course)
    before = state_of(mine)
    report = copies.update(course)
    assert not report
    assert str(report) == ""
    assert state_of(mine) == before


def test_a_copy_without_edits_is_brought_up_to_date_silently(course: Path, mine: Path) -> None:
    copies.update(course)
    publish(course, "02_setup.ipynb", notebook("Set-up, better"))
    assert not copies.update(course)
    assert (mine / "02_setup.ipynb").read_bytes() == notebook("Set-up, better")


def test_new_outputs_of_the_same_text_reach_a_copy_that_was_never_run(course: Path, mine: Path) -> None:
    copies.update(course)
    publish(course, "02_setup.ipynb", notebook("Set-up", ran="by a newer library"))
    assert not copies.update(course)
    assert (mine / "02_setup.ipynb").read_bytes() == notebook("Set-up", ran="by a newer library")


def test_a_copy_that_was_only_run_keeps_its_outputs_until_its_text_changes(course: Path, mine: Path) -> None:
    copies.update(course)
    ran = run(notebook("Set-up"), "on port 40123")
    (mine / "02_setup.ipynb").write_bytes(ran)
    assert not copies.update(course)
    assert (mine / "02_setup.ipynb").read_bytes() == ran
    publish(course, "02_setup.ipynb", notebook("Set-up, better"))
    assert not copies.update(course)
    assert (mine / "02_setup.ipynb").read_bytes() == notebook("Set-up, better")


def test_an_edited_copy_is_left_alone_and_the_newer_version_is_named(course: Path, mine: Path) -> None:
    copies.update(course)
    (mine / "02_setup.ipynb").write_bytes(notebook("Set-up, with my notes"))
    assert not copies.update(course), "an edit alone is no news"
    publish(course, "02_setup.ipynb", notebook("Set-up, better"))
    assert copies.update(course).lines == [
        "02_setup.ipynb has a newer version. Yours is untouched; the new one is beside it, "
        "02_setup.new.ipynb. To switch to it and keep yours under a dated name: make reset NB=02_setup"
    ]
    assert (mine / "02_setup.ipynb").read_bytes() == notebook("Set-up, with my notes")
    assert (mine / "02_setup.new.ipynb").read_bytes() == notebook("Set-up, better")


def test_a_newer_version_is_offered_once(course: Path, mine: Path) -> None:
    copies.update(course)
    (mine / "START.md").write_text("my own start")
    publish(course, "START.md", b"# Start, better\n")
    assert copies.update(course)
    (mine / "START.new.md").unlink()  # thank you, no
    assert not copies.update(course)
    assert not (mine / "START.new.md").exists()


def test_the_next_version_takes_the_place_of_the_last_one_unless_that_was_edited(
    course: Path, mine: Path
) -> None:
    copies.update(course)
    (mine / "START.md").write_text("my own start")
    for version in (b"two", b"three"):
        publish(course, "START.md", version)
        copies.update(course)
    assert (mine / "START.new.md").read_bytes() == b"three"
    (mine / "START.new.md").write_text("three, with my notes")
    publish(course, "START.md", b"four")
    assert "START.new-2.md" in str(copies.update(course))
    assert (mine / "START.new.md").read_text() == "three, with my notes"
    assert (mine / "START.new-2.md").read_bytes() == b"four"


def test_what_was_laid_beside_goes_when_the_copy_is_current_again(course: Path, mine: Path) -> None:
    copies.update(course)
    (mine / "START.md").write_text("my own start")
    publish(course, "START.md", b"two")
    copies.update(course)
    shutil.copy(mine / "START.new.md", mine / "START.md")
    assert not copies.update(course)
    assert "START.new.md" not in shown(mine)


def test_a_deleted_copy_comes_back(course: Path, mine: Path) -> None:
    copies.update(course)
    (mine / "02_setup.ipynb").unlink()
    assert str(copies.update(course)) == "Copied 02_setup.ipynb into work/."


def test_a_file_that_left_the_course_goes_with_its_copy_unless_edited(course: Path, mine: Path) -> None:
    copies.update(course)
    (mine / "01_anatomy.ipynb").write_bytes(run(notebook("Anatomy"), "only run"))
    (mine / "02_setup.ipynb").write_bytes(notebook("Set-up, with my notes"))
    for name in ("01_anatomy.ipynb", "02_setup.ipynb"):
        (course / "notebooks" / name).unlink()
    assert copies.update(course).lines == [
        "01_anatomy.ipynb is no longer in the course. Your copy had no edits and was removed.",
        "02_setup.ipynb is no longer in the course. Yours stays where it is.",
    ]
    assert shown(mine) == ["02_setup.ipynb", "START.md"]
    assert not copies.update(course)


def test_a_file_of_the_learners_where_the_course_gets_a_new_one_is_theirs(course: Path, mine: Path) -> None:
    copies.update(course)
    (mine / "03_calling.ipynb").write_bytes(notebook("My own third notebook"))
    publish(course, "03_calling.ipynb", notebook("Calling"))
    assert "03_calling.new.ipynb" in str(copies.update(course))
    assert (mine / "03_calling.ipynb").read_bytes() == notebook("My own third notebook")


def test_a_damaged_clone_takes_no_copies_away(course: Path, mine: Path) -> None:
    copies.update(course)
    shutil.rmtree(course / "notebooks")
    with pytest.raises(WorkError, match="git checkout notebooks"):
        copies.update(course)
    assert len(shown(mine)) == 3


# -- what counts as written

WRITTEN = {
    "prose": lambda nb: nb["cells"][0].update(source="mine"),
    "code": lambda nb: nb["cells"][1].update(source="mine()"),
    "an attached picture": lambda nb: nb["cells"][0].update(attachments={"a.png": {"image/png": "iVBO"}}),
    "a tag": lambda nb: nb["cells"][1]["metadata"].update(tags=["mine"]),
    "a new cell": lambda nb: nb["cells"].append(
        {"cell_type": "raw", "id": "x", "metadata": {}, "source": ""}
    ),
    "a cell less": lambda nb: nb["cells"].pop(),
    "another order": lambda nb: nb["cells"].reverse(),
    "another kind of cell": lambda nb: nb["cells"][0].update(cell_type="raw"),
    "a key that nbformat does not know": lambda nb: nb.update(mine="note"),
    "a tag on an empty cell": lambda nb: nb["cells"].append(blank(metadata={"tags": ["mine"]})),
}


def blank(**more: object) -> dict[str, object]:
    """An empty code cell, as JupyterLab adds it when the last cell is run with Shift+Enter."""
    return {"cell_type": "code", "execution_count": None, "id": "blank", "metadata": {}, "outputs": [],
            "source": [], **more}  # fmt: skip


def in_cells(**metadata: object) -> Callable[[Json], None]:
    """Put this into the metadata of every cell."""

    def look(nb: Json) -> None:
        for cell in nb["cells"]:
            cell["metadata"].update(metadata)

    return look


def in_notebook(**metadata: object) -> Callable[[Json], None]:
    return lambda nb: nb["metadata"].update(metadata)


def without_ids(nb: Json, minor: int) -> None:
    nb["nbformat_minor"] = minor
    for cell in nb["cells"]:
        cell.pop("id", None)


def change_sources(change: Callable[[str], object]) -> Callable[[Json], None]:
    def look(nb: Json) -> None:
        for cell in nb["cells"]:
            cell["source"] = change("".join(cell["source"]))

    return look


VSCODE = {"display_name": ".venv (3.11.7)", "language": "python", "name": "python3"}
COLAB = {"name": "02.ipynb", "provenance": [{"file_id": "1aB", "timestamp": 1}], "collapsed_sections": ["x"]}
TIMES = {"iopub.execute_input": "2026-11-27T09:00:00Z", "shell.execute_reply": "2026-11-27T09:00:01Z"}
# What editors, front ends and extensions leave in a notebook that was run or looked at.
LOOKING = {
    "a folded heading": in_cells(**{"jp-MarkdownHeadingCollapsed": True}),
    "a folded input": in_cells(jupyter={"source_hidden": True}),
    "a folded output": in_cells(collapsed=True, jupyter={"outputs_hidden": True}),
    "a scrolled output": in_cells(scrolled=False),
    "what the property inspector leaves": in_cells(editable=True, slideshow={"slide_type": ""}, tags=[]),
    "times of execution": in_cells(execution=TIMES, ExecuteTime={"start_time": "9:00", "end_time": "9:01"}),
    "the name of VS Code's kernel": in_notebook(kernelspec=VSCODE, orig_nbformat=4),
    "what VS Code notes down": in_cells(vscode={"languageId": "python"}),
    "another kernel": in_notebook(kernelspec={"display_name": "R", "language": "R", "name": "ir"}),
    "no kernel": lambda nb: nb["metadata"].pop("kernelspec", None),
    "another Python": in_notebook(language_info={"name": "python", "version": "3.14.1"}),
    "trust": in_notebook(trusted=True, signature="sha256:ab"),
    "the state of widgets": in_notebook(widgets={"application/vnd.jupyter.widget-state+json": {"state": {}}}),
    "a table of contents": in_notebook(toc={"base_numbering": 1}, **{"toc-autonumbering": True}),
    "Colab's cells": in_cells(id="tXQ9", outputId="8a-b", executionInfo={"elapsed": 3, "user": {"id": "1"}}),
    "Colab's notebook": in_notebook(colab=COLAB, accelerator="GPU"),
    "Deepnote's cells": in_cells(
        cell_id="8f", deepnote_cell_type="code", source_hash="ab", execution_start=9
    ),
    "Deepnote's notebook": in_notebook(deepnote={}, deepnote_notebook_id="7", deepnote_execution_queue=[]),
    "Kaggle's cells": in_cells(_uuid="d6", _cell_guid="79", trusted=True),
    "a switch of an unknown extension": in_cells(mystery={"folded": True, "label": ""}),
    "ids renewed": lambda nb: [cell.update(id=f"new-{n}") for n, cell in enumerate(nb["cells"])],
    "an older nbformat": lambda nb: without_ids(nb, 4),
    "the oldest minor": lambda nb: without_ids(nb, 0),
    "no metadata of the course": lambda nb: nb["metadata"].pop("jwtlab", None),
    "an empty cell at the end": lambda nb: nb["cells"].append(blank()),
    "outputs cleared": lambda nb: nb["cells"][1].update(outputs=[], execution_count=None),
    "no attachments": lambda nb: nb["cells"][0].update(attachments={}),
    "sources as lists": change_sources(lambda text: text.splitlines(keepends=True)),
    "sources as strings": change_sources(str),
}
# What is not text of a cell, but may be a note all the same.
NOTES = {
    "a key of the reader's": in_cells(note="ask Ana about this"),
    "a number": in_notebook(my_rating=4),
    "a list": in_notebook(authors=[{"name": "me"}]),
    "a slide": in_cells(slideshow={"slide_type": "subslide"}),
    "a final newline": change_sources(lambda text: text + "\n"),
    "blank lines at the end": change_sources(lambda text: text + "\n\n\n"),
    "newlines of Windows": change_sources(lambda text: text.replace("\n", "\r\n")),
    "blanks at the ends of lines": change_sources(lambda text: text.replace("\n", "  \n")),
}


@pytest.mark.parametrize("what", WRITTEN)
def test_what_a_person_writes_in_a_notebook_is_an_edit(what: str) -> None:
    before, after = notebook("Anatomy"), changed(notebook("Anatomy"), WRITTEN[what])
    assert Fingerprint.of("a.ipynb", before).written != Fingerprint.of("a.ipynb", after).written


def changed(content: bytes, change: Callable[[Json], object]) -> bytes:
    """The notebook after this change, as a program saves it."""
    parsed = json.loads(content)
    change(parsed)
    return json.dumps(parsed).encode()


def test_what_running_and_saving_changes_is_not_an_edit() -> None:
    before, after = notebook("Anatomy"), run(notebook("Anatomy"), "elsewhere")
    assert before != after
    assert Fingerprint.of("a.ipynb", before)[1:] == Fingerprint.of("a.ipynb", after)[1:]


@pytest.mark.parametrize("what", LOOKING)
def test_to_look_is_not_to_edit(course: Path, mine: Path, what: str) -> None:
    publish(course, "02_setup.ipynb", notebook("Set-up", jwtlab={"number": "02"}))
    copies.update(course)
    copy = mine / "02_setup.ipynb"
    copy.write_bytes(changed(copy.read_bytes(), LOOKING[what]))
    publish(course, "02_setup.ipynb", notebook("Set-up, better"))
    assert not copies.update(course), "an update says nothing"
    assert copy.read_bytes() == notebook("Set-up, better")
    assert shown(mine) == ["01_anatomy.ipynb", "02_setup.ipynb", "START.md"], "nothing lies beside it"


@pytest.mark.parametrize("what", NOTES)
def test_what_may_be_a_note_stops_no_update_and_is_kept(course: Path, mine: Path, what: str) -> None:
    copies.update(course)
    copy = mine / "02_setup.ipynb"
    noted = changed(copy.read_bytes(), NOTES[what])
    copy.write_bytes(noted)
    assert not copies.update(course)
    assert copy.read_bytes() == noted, "it stays as long as the text is the same"
    publish(course, "02_setup.ipynb", notebook("Set-up, better"))
    report = str(copies.update(course))
    (kept,) = mine.glob("02_setup.20*.ipynb")
    says = "02_setup.ipynb is up to date. Yours had metadata that may be a note, and is kept as"
    assert report == f"{says} {kept.name}."
    assert kept.read_bytes() == noted
    assert copy.read_bytes() == notebook("Set-up, better")
    assert not copies.update(course)


@pytest.mark.parametrize("where", ["beside an edited copy", "in a file that left the course"])
def test_what_may_be_a_note_is_not_removed(course: Path, mine: Path, where: str) -> None:
    copies.update(course)
    place = mine / "02_setup.ipynb"
    if where == "beside an edited copy":
        place.write_bytes(notebook("Set-up, with my notes"))
        publish(course, "02_setup.ipynb", notebook("Set-up, better"))
        copies.update(course)
        place = mine / "02_setup.new.ipynb"
    noted = changed(place.read_bytes(), NOTES["a key of the reader's"])
    place.write_bytes(noted)
    if where == "beside an edited copy":
        copies.reset("02", course)
    else:
        (course / "notebooks" / "02_setup.ipynb").unlink()
        assert "Yours stays where it is" in str(copies.update(course))
    assert place.read_bytes() == noted


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
simple = st.none() | st.booleans() | st.integers() | texts
values = simple | st.lists(simple, max_size=3) | st.dictionaries(texts, simple, max_size=3)


@given(st.dictionaries(texts.filter(lambda key: key != "tags"), values, max_size=3), st.integers(0, 2))
def test_no_metadata_makes_a_copy_edited(metadata: dict[str, object], where: int) -> None:
    def note(nb: Json) -> None:
        [nb, *nb["cells"]][where]["metadata"].update(metadata)

    before, after = notebook("Anatomy"), changed(notebook("Anatomy"), note)
    assert Fingerprint.of("a.ipynb", before).written == Fingerprint.of("a.ipynb", after).written


@given(st.lists(st.sampled_from(sorted(LOOKING)), max_size=6), texts, st.integers(0, 1), st.integers(0, 10))
def test_every_text_makes_a_copy_edited_however_it_was_looked_at(
    looks: list[str], typed: str, which: int, place: int
) -> None:
    def type_and_look(nb: Json) -> None:
        source = "".join(nb["cells"][which]["source"])
        nb["cells"][which]["source"] = source[:place] + typed + source[place:]
        for look in looks:
            LOOKING[look](nb)

    before = Fingerprint.of("a.ipynb", notebook("Anatomy"))
    after = Fingerprint.of("a.ipynb", changed(notebook("Anatomy"), type_and_look))
    assert (before.written != after.written) or not typed.strip()
    assert (before.noted != after.noted) == bool(typed)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"cells": 3, "metadata": {}}', b'{"cells": ["x"]}', b"\xff"]
)
def test_what_is_no_notebook_is_compared_byte_for_byte(content: bytes) -> None:
    prints = {Fingerprint.of("a.ipynb", content), Fingerprint.of("a.ipynb", content + b" ")}
    assert len(prints) == 2
    assert all(found.raw == found.written for found in prints)


# -- a record that is lost, and things in the way


@pytest.mark.parametrize(
    "record",
    [b"", b"{", b"null", b'{"files": []}', b'{"files": {"START.md": {}}}', b"\x00\xff",
     b'{"files": {"START.md": {"versions": [["a"]], "newest": null, "beside": null}}}',
     b'{"files": {"START.md": {"versions": [], "newest": null, "beside": "../START.md"}}}'],
)  # fmt: skip
def test_without_a_record_every_difference_is_the_learners(course: Path, mine: Path, record: bytes) -> None:
    copies.update(course)
    (mine / "02_setup.ipynb").write_bytes(notebook("Set-up, with my notes"))
    (mine / ".jwtlab" / "fingerprints.json").write_bytes(record)
    publish(course, "01_anatomy.ipynb", notebook("Anatomy, better"))
    lines = copies.update(course).lines
    assert lines[0] == "The record of your copies was unreadable. A copy that differs counts as edited."
    assert [line.split()[0] for line in lines[1:]] == ["01_anatomy.ipynb", "02_setup.ipynb"]
    assert (mine / "02_setup.ipynb").read_bytes() == notebook("Set-up, with my notes")
    assert not copies.update(course), "the record is whole again"


def obstruct_with_folder(path: Path) -> None:
    path.mkdir()
    (path / "notes.txt").write_text("mine")


def obstruct_with_dead_link(path: Path) -> None:
    path.symlink_to("nowhere")


OBSTACLES = {
    "a folder": obstruct_with_folder,
    "a dead link": obstruct_with_dead_link,
    "a named pipe": os.mkfifo,
}


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_what_is_in_the_way_is_named_and_the_others_are_copied(
    course: Path, mine: Path, obstacle: str
) -> None:
    mine.mkdir()
    OBSTACLES[obstacle](mine / "02_setup.ipynb")
    assert copies.update(course).lines == [
        "Copied 01_anatomy.ipynb, START.md into work/.",
        f"02_setup.ipynb was not copied: something else is at {mine / '02_setup.ipynb'}. "
        "Move it away, and run `make lab` again.",
    ]
    report = copies.reset("02", course)
    assert "Yours is kept as 02_setup." in str(report)
    assert (mine / "02_setup.ipynb").read_bytes() == notebook("Set-up")


def test_a_link_is_replaced_and_never_written_through(course: Path, mine: Path, tmp_path: Path) -> None:
    copies.update(course)
    elsewhere = tmp_path / "elsewhere.ipynb"
    (mine / "02_setup.ipynb").rename(elsewhere)
    (mine / "02_setup.ipynb").symlink_to(elsewhere)
    publish(course, "02_setup.ipynb", notebook("Set-up, better"))
    copies.update(course)
    assert elsewhere.read_bytes() == notebook("Set-up")
    assert (mine / "02_setup.ipynb").read_bytes() == notebook("Set-up, better")


def test_a_read_only_copy_is_brought_up_to_date(course: Path, mine: Path) -> None:
    copies.update(course)
    (mine / "START.md").chmod(0o444)
    publish(course, "START.md", b"two")
    copies.update(course)
    assert (mine / "START.md").read_bytes() == b"two"


def test_a_file_where_work_should_be_is_one_message(course: Path, mine: Path) -> None:
    mine.write_text("I am a file")
    with pytest.raises(WorkError) as told:
        copies.update(course)
    assert str(told.value) == (
        f"{mine} could not be used: {mine} is a file where a folder has to be. Move it away, and try again."
    )
    assert mine.read_text() == "I am a file"


def test_a_full_disk_is_one_message_and_leaves_the_copies(course: Path, mine: Path) -> None:
    copies.update(course)
    publish(course, "START.md", b"two")
    full = OSError(errno.ENOSPC, "No space left on device")
    with mock.patch("os.fsync", side_effect=full), pytest.raises(WorkError, match="the disk is full"):
        copies.update(course)
    assert (mine / "START.md").read_text() == "# Start\n"
    assert not list(mine.rglob("*.part"))
    copies.update(course)
    assert (mine / "START.md").read_bytes() == b"two"


CAUSES = {
    errno.EROFS: "could not be used: the file system is read-only. Set JWTLAB_WORK to a folder in which you",
    errno.ENOSPC: "could not be used: the disk is full. Make room on it, and try again.",
    errno.EDQUOT: "could not be used: your share of the disk is used up. Make room in it, and try again.",
    errno.ENOLCK: "could not be used: its file system has no locks. Set JWTLAB_WORK to",
    errno.EIO: "could not be used: the disk gives an error. Save elsewhere",
    errno.EMFILE: "could not be used: Too many open files. Put that right, and try again.",
}


@pytest.mark.parametrize("number", CAUSES, ids=errno.errorcode.get)
def test_each_cause_has_its_own_words(course: Path, mine: Path, number: int) -> None:
    error = OSError(number, os.strerror(number))
    with mock.patch("fcntl.flock", side_effect=error), pytest.raises(WorkError) as told:
        copies.update(course)
    assert str(told.value).startswith(f"{mine} {CAUSES[number]}")


def test_a_copy_without_permission_is_told_apart_from_one_of_somebody_elses(mine: Path) -> None:
    mine.mkdir()
    denied = PermissionError(errno.EACCES, "Permission denied", str(mine / "no" / "such"))
    with mock.patch.dict(os.environ, {"JWTLAB_WORK": str(mine)}):
        said = files.explained(denied, mine)
        assert said == f"the permissions of {mine} forbid it. Type chmod u+rwX '{mine}'"
        with mock.patch("os.geteuid", return_value=12345):  # the user after one `sudo make lab`
            said = files.explained(denied, mine)
    owner = mine.owner()
    assert said == f"{mine} belongs to {owner}. Take it back with sudo chown -R \"$(id -un)\" '{mine}'"


def test_elsewhere_the_cure_for_a_missing_right_is_another_folder(tmp_path: Path, mine: Path) -> None:
    denied = PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "course"))
    with (
        mock.patch.dict(os.environ, {"JWTLAB_WORK": str(mine)}),
        mock.patch("os.geteuid", return_value=12345),
    ):
        said = files.explained(denied, mine)
    assert said.endswith("Set JWTLAB_WORK to a folder in which you may write")


WATCHED = """
import os, sys
from pathlib import Path

COURSE, changed = sys.argv[1], []

def watch(event, arguments):
    if event == "open":
        path, _, flags = arguments
        arguments = (path,) if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) else ()
    elif event not in CHANGES:
        return
    named = [os.fsdecode(part) for part in arguments[:2] if isinstance(part, str | bytes)]
    changed.extend((event, path) for path in named if Path(path).absolute().is_relative_to(COURSE))

CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate"}
sys.addaudithook(watch)
open(Path(COURSE, "pyproject.toml"), "r+").close()
assert changed, "the watch sleeps"
changed.clear()

from jwtlab.workspace import copies, my_folder
from jwtlab.workspace.progress import EXERCISES, Progress

copies.update()
copies.reset("02")
my_folder("mine")
Progress().record(EXERCISES, "02.whoami", outcome="passed", passed=True)
print(changed)
"""


def test_a_read_only_course_with_a_work_folder_elsewhere_is_enough(tmp_path: Path) -> None:
    """Nothing of the course is opened for writing, moved or removed. As root no permission would show it."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", WATCHED, COURSE],
        cwd=COURSE,
        env=os.environ | {"JWTLAB_WORK": str(tmp_path / "work")},
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
    assert (tmp_path / "work" / "mine").is_dir()


def test_two_updates_at_once_wait_for_each_other(course: Path, mine: Path) -> None:
    imports = "from pathlib import Path; from jwtlab.workspace import copies"
    code = f"{imports}; print(copies.update(Path({str(course)!r})))"
    started = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=COURSE)
        for _ in range(3)
    ]
    said = [process.communicate()[0] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0]
    assert sorted(map(bool, map(str.strip, said))) == [False, False, True], (
        "one of them copied, the others had nothing to do"
    )


def test_an_update_that_waits_too_long_says_for_what(
    course: Path, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies.update(course)
    monkeypatch.setattr(files, "_LOCK_SECONDS", 0)
    with open(mine / ".jwtlab" / "lock") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(WorkError, match="Another command is changing"):
            copies.update(course)


# -- reset


@pytest.mark.parametrize("which", ["02", "2", "02_setup", "02_setup.ipynb"])
def test_reset_brings_back_the_courses_version_and_keeps_the_learners(
    course: Path, mine: Path, which: str
) -> None:
    copies.update(course)
    (mine / "02_setup.ipynb").write_bytes(notebook("Set-up, with my notes"))
    report = str(copies.reset(which, course))
    (kept,) = mine.glob("02_setup.20*.ipynb")
    assert report == f"02_setup.ipynb is as in the course. Yours is kept as {kept.name}."
    assert kept.read_bytes() == notebook("Set-up, with my notes")
    assert (mine / "02_setup.ipynb").read_bytes() == notebook("Set-up")


def test_two_resets_in_one_minute_keep_both(course: Path, mine: Path) -> None:
    for n in range(3):
        copies.update(course)
        (mine / "START.md").write_text(f"mine {n}")
        copies.reset("START", course)
    assert sorted(path.read_text() for path in mine.glob("START.20*.md")) == ["mine 0", "mine 1", "mine 2"]


def test_reset_keeps_nothing_of_a_copy_that_is_the_courses_own(course: Path, mine: Path) -> None:
    copies.update(course)
    publish(course, "02_setup.ipynb", notebook("Set-up, better"))
    assert str(copies.reset("02", course)) == "02_setup.ipynb is as in the course."
    assert shown(mine) == ["01_anatomy.ipynb", "02_setup.ipynb", "START.md"]


def test_reset_keeps_the_outputs_of_a_run(course: Path, mine: Path) -> None:
    copies.update(course)
    (mine / "02_setup.ipynb").write_bytes(run(notebook("Set-up"), "an experiment of an hour"))
    assert "Yours is kept as" in str(copies.reset("02", course))


def test_reset_switches_to_the_newer_version_that_was_laid_beside(course: Path, mine: Path) -> None:
    copies.update(course)
    (mine / "02_setup.ipynb").write_bytes(notebook("Set-up, with my notes"))
    publish(course, "02_setup.ipynb", notebook("Set-up, better"))
    copies.update(course)
    copies.reset("02", course)
    assert (mine / "02_setup.ipynb").read_bytes() == notebook("Set-up, better")
    assert not (mine / "02_setup.new.ipynb").exists()
    assert not copies.update(course)


def test_notes_in_the_version_laid_beside_outlive_the_switch(course: Path, mine: Path) -> None:
    copies.update(course)
    (mine / "START.md").write_text("my own start")
    publish(course, "START.md", b"two")
    copies.update(course)
    (mine / "START.new.md").write_text("two, with my notes")
    copies.reset("START", course)
    assert (mine / "START.new.md").read_text() == "two, with my notes"


def test_reset_works_before_there_are_copies(course: Path, mine: Path) -> None:
    assert str(copies.reset("02", course)) == "02_setup.ipynb is as in the course."
    assert shown(mine) == ["02_setup.ipynb"]


@pytest.mark.parametrize("which", ["", "7", "setup", "../course/notebooks/02_setup.ipynb", "02_"])
def test_reset_of_an_unknown_name_lists_what_there_is(course: Path, which: str) -> None:
    with pytest.raises(WorkError, match=r"It has: 01_anatomy, 02_setup, START\."):
        copies.reset(which, course)


def test_reset_of_all_keeps_what_is_the_learners_and_nothing_else(course: Path, mine: Path) -> None:
    copies.update(course)
    (mine / "01_anatomy.ipynb").write_bytes(run(notebook("Anatomy"), "an experiment of an hour"))
    (mine / "02_setup.ipynb").write_bytes(notebook("Set-up, with my notes"))
    (mine / "my_own.ipynb").write_bytes(notebook("My own"))
    lines = copies.reset("all", course).lines
    kept = [path.name for name in ("01_anatomy", "02_setup") for path in mine.glob(f"{name}.20*.ipynb")]
    assert lines == [
        "All 3 files are as in the course.",
        f"01_anatomy.ipynb is as in the course. Yours is kept as {kept[0]}.",
        f"02_setup.ipynb is as in the course. Yours is kept as {kept[1]}.",
    ]
    assert shown(mine) == sorted([*NAMES, *kept, "my_own.ipynb"])
    assert (mine / kept[1]).read_bytes() == notebook("Set-up, with my notes")
    assert (mine / "02_setup.ipynb").read_bytes() == notebook("Set-up")
    assert copies.reset("all", course).lines == ["All 3 files are as in the course."]


# -- a record of the earlier rule

# As the earlier version of this package wrote them, for notebook("Set-up") and notebook("Set-up, better").
SET_UP = [
    "3f811dce1a7dc26e290f2cc53c294a077c842dfece149c6475f1e3fbd3a19f48",
    "5438f45c649576dc1cca6c713d9d0e697ca2517ec30078334f7b875d3acc3dfa",
]
BETTER = [
    "9fc5144df7e144417d0a07fd0aa71d2758d5c6923c2c2fcbc6495345fd841147",
    "a14769fa082ea1ae8cc73d9191315670b7bd2b63a027a1da0a739fc0f341be54",
]


def earlier_record(course: Path, **entry: object) -> Path:
    """Put an earlier record, which knows of 02_setup.ipynb alone, in place of today's. Returns its file."""
    state = course.parent / "work" / ".jwtlab"
    (state / "fingerprints.json").unlink(missing_ok=True)
    known = {"laid": [SET_UP], "given": SET_UP, "beside": None} | entry
    (state / legacy_record.FILE).write_text(json.dumps({"files": {"02_setup.ipynb": known}}))
    return state / legacy_record.FILE


UNEDITED = {
    "as copied": notebook("Set-up"),
    "run": run(notebook("Set-up"), "on port 40123"),
    "looked at": changed(notebook("Set-up"), LOOKING["a folded heading"]),
}


@pytest.mark.parametrize("how", UNEDITED)
def test_by_an_earlier_record_a_copy_without_edits_is_brought_up_to_date(
    course: Path, mine: Path, how: str
) -> None:
    copies.update(course)
    (mine / "02_setup.ipynb").write_bytes(UNEDITED[how])
    record = earlier_record(course)
    assert not copies.update(course)
    assert not record.exists()
    publish(course, "02_setup.ipynb", notebook("Set-up, better"))
    assert not copies.update(course)
    assert (mine / "02_setup.ipynb").read_bytes() == notebook("Set-up, better")


@pytest.mark.parametrize("how", ["as copied", "run"])
def test_by_an_earlier_record_it_is_so_where_the_course_has_changed_at_the_same_time(
    course: Path, mine: Path, how: str
) -> None:
    copies.update(course)
    (mine / "02_setup.ipynb").write_bytes(UNEDITED[how])
    earlier_record(course)
    publish(course, "02_setup.ipynb", notebook("Set-up, better"))
    assert not copies.update(course)
    assert (mine / "02_setup.ipynb").read_bytes() == notebook("Set-up, better")


def commit(course: Path) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-C", str(course)]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "lessons"]):
        subprocess.run([*git, *arguments], check=True)


def test_by_an_earlier_record_and_git_a_copy_that_was_looked_at_is_brought_up_to_date_too(
    course: Path, mine: Path
) -> None:
    copies.update(course)
    (mine / "02_setup.ipynb").write_bytes(UNEDITED["looked at"])
    earlier_record(course)
    commit(course)
    for version in ("Set-up, good", "Set-up, better"):
        publish(course, "02_setup.ipynb", notebook(version))
        commit(course)
    assert not copies.update(course)
    assert (mine / "02_setup.ipynb").read_bytes() == notebook("Set-up, better")


def test_by_an_earlier_record_alone_a_copy_that_was_looked_at_is_left_where_the_course_has_changed(
    course: Path, mine: Path
) -> None:
    copies.update(course)
    (mine / "02_setup.ipynb").write_bytes(UNEDITED["looked at"])
    earlier_record(course)
    publish(course, "02_setup.ipynb", notebook("Set-up, better"))
    assert "02_setup.new.ipynb" in str(copies.update(course))
    assert (mine / "02_setup.ipynb").read_bytes() == UNEDITED["looked at"]


def test_by_an_earlier_record_an_edited_copy_stays(course: Path, mine: Path) -> None:
    copies.update(course)
    (mine / "02_setup.ipynb").write_bytes(notebook("Set-up, with my notes"))
    earlier_record(course)
    assert not copies.update(course)
    publish(course, "02_setup.ipynb", notebook("Set-up, better"))
    assert "02_setup.new.ipynb" in str(copies.update(course))
    assert (mine / "02_setup.ipynb").read_bytes() == notebook("Set-up, with my notes")


def test_by_an_earlier_record_a_newer_version_is_offered_once(course: Path, mine: Path) -> None:
    copies.update(course)
    (mine / "02_setup.ipynb").write_bytes(notebook("Set-up, with my notes"))
    publish(course, "02_setup.ipynb", notebook("Set-up, better"))
    copies.update(course)
    earlier_record(course, laid=[SET_UP, BETTER], given=BETTER, beside="02_setup.new.ipynb")
    assert not copies.update(course)
    publish(course, "02_setup.ipynb", notebook("Set-up, best"))
    assert "beside it, 02_setup.new.ipynb." in str(copies.update(course)), "in place of the earlier one"
    assert (mine / "02_setup.ipynb").read_bytes() == notebook("Set-up, with my notes")


@pytest.mark.parametrize(
    "entry", [{"laid": 3}, {"beside": "../x"}, {"laid": [["a"]]}, {"more": 1}, {"given": [1]}]
)
def test_a_damaged_earlier_record_counts_as_lost(course: Path, mine: Path, entry: dict[str, object]) -> None:
    copies.update(course)
    (mine / "02_setup.ipynb").write_bytes(notebook("Set-up, with my notes"))
    earlier_record(course, **entry)
    assert copies.update(course).lines[0].startswith("The record of your copies was unreadable.")
    assert (mine / "02_setup.ipynb").read_bytes() == notebook("Set-up, with my notes")


def test_after_a_kill_over_an_earlier_record_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begin(course: Path) -> None:
        copies.update(course)
        (course.parent / "work" / "02_setup.ipynb").write_bytes(run(notebook("Set-up"), "elsewhere"))
        (course.parent / "work" / "START.md").write_text("mine")
        earlier_record(course)
        publish(course, "02_setup.ipynb", notebook("Set-up, better"))

    for course in every_kill(tmp_path, monkeypatch, begin):
        copies.update(course)
        work = course.parent / "work"
        assert (work / "02_setup.ipynb").read_bytes() == notebook("Set-up, better")
        assert (work / "START.md").read_text() == "mine"
        assert shown(work) == ["01_anatomy.ipynb", "02_setup.ipynb", "START.md", "START.new.md"]


# -- folders of the learner's


def test_my_folder_is_fresh_and_an_earlier_one_is_kept(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWTLAB_WORK", str(mine))
    first = my_folder("my_site")
    assert first == mine / "my_site"
    (first / "manage.py").write_text("mine")
    second = my_folder("my_site")
    assert second == first
    assert list(second.iterdir()) == []
    (kept,) = mine.glob("my_site.20*")
    assert (kept / "manage.py").read_text() == "mine"


@pytest.mark.parametrize("name", ["", ".", "..", ".jwtlab", "a/b", "/etc", "../work"])
def test_my_folder_takes_only_a_plain_name(mine: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("JWTLAB_WORK", str(mine))
    with pytest.raises(WorkError, match="Choose a plain name"):
        my_folder(name)


# -- whatever happens in between


class Killed(BaseException):
    """Stands for SIGKILL: after it nothing more reaches the disk."""


class Disk:
    """The changes that a process makes to the file system, counted, with a kill before one of them."""

    def __init__(self, kill_before: int | None) -> None:
        self.left = kill_before
        self.writing: str | None = None

    def change(self) -> None:
        if self.left == 0:
            self.tear()
            raise Killed
        if self.left is not None:
            self.left -= 1

    def tear(self) -> None:
        """Leave half of what was being written."""
        if self.writing and os.path.isfile(self.writing):
            os.truncate(self.writing, os.path.getsize(self.writing) // 2)

    def counted(self, real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **kwargs: object) -> object:
            self.change()
            return real(*args, **kwargs)

        return call

    def open(
        self, file: str, mode: str = "r", *args: object, real: Callable[..., object] = open, **kwargs: object
    ) -> object:
        if set(mode) & set("wax+"):
            self.change()
            self.writing = file
        return real(file, mode, *args, **kwargs)


@contextmanager
def killed(before: int | None) -> Iterator[Disk]:
    """Kill the block before its change number `before` to the file system, counted from 0. None: never."""
    disk = Disk(before)
    with ExitStack() as patches:
        for name in ("replace", "rename", "unlink", "mkdir", "fsync"):
            patches.enter_context(mock.patch.object(os, name, disk.counted(getattr(os, name))))
        for module in (builtins, io):
            patches.enter_context(mock.patch.object(module, "open", disk.open))
        patches.enter_context(suppress(Killed))
        yield disk


def every_kill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begin: Callable[[Path], None]
) -> Iterator[Path]:
    """The course after an update that was killed before its first change, its second, and so on to the last.

    `begin` prepares each course before the update. Ends when an update lived.
    """
    for step in count():
        monkeypatch.setenv("JWTLAB_WORK", str(tmp_path / f"{step}" / "work"))
        course = new_course(tmp_path / f"{step}")
        begin(course)
        with killed(step) as disk:
            copies.update(course)
        yield course
        if disk.left:
            return


def test_after_a_kill_the_next_update_makes_every_copy_current(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for course in every_kill(tmp_path, monkeypatch, begin=lambda course: None):
        publish(course, "02_setup.ipynb", notebook("Set-up, better"))
        copies.update(course)
        assert shown(course.parent / "work") == ["01_anatomy.ipynb", "02_setup.ipynb", "START.md"]
        assert (course.parent / "work" / "02_setup.ipynb").read_bytes() == notebook("Set-up, better")


def test_after_a_kill_an_edited_copy_still_gets_the_newer_version_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begin(course: Path) -> None:
        copies.update(course)
        (course.parent / "work" / "START.md").write_text("mine")
        publish(course, "START.md", b"two")

    for course in every_kill(tmp_path, monkeypatch, begin):
        copies.update(course)
        found = {path.name: path.read_text() for path in (course.parent / "work").glob("START*")}
        assert found == {"START.md": "mine", "START.new.md": "two"}


NAMES = ["01_anatomy.ipynb", "02_setup.ipynb", "START.md"]
names = st.sampled_from(NAMES)
kills = st.none() | st.integers(0, 12)


def content_of(name: str, version: int, ran: str = "as built") -> bytes:
    text = f"{name}, version {version}"
    return notebook(text, ran) if name.endswith(".ipynb") else text.encode()


class Learning(RuleBasedStateMachine):
    """Authors publish, a learner works, updates and resets run and are killed, in any order.

    `authored` holds every content in which the learner wrote. Contents are followed, not names, which a
    reset changes.
    """

    def __init__(self) -> None:
        super().__init__()
        root = tempfile.TemporaryDirectory()
        self.course, self.mine = Path(root.name, "course"), Path(root.name, "work")
        self.patches = ExitStack()
        self.patches.enter_context(root)
        self.patches.enter_context(mock.patch.dict(os.environ, {"JWTLAB_WORK": str(self.mine)}))
        self.patches.enter_context(mock.patch("os.fsync"))  # slow, and no content depends on it
        self.marks = 0
        self.authored: set[bytes] = {b"mine"}  # also what OBSTACLES puts in a folder
        self.seen: set[bytes] = set()  # run or looked at: as a learner's program saved it
        self.given: set[str] = set()  # the texts that were ever under work/
        self.doubtful: set[str] = set()  # the copies of whose past the record may know nothing
        self.records: list[bytes] = []
        (self.course / "notebooks").mkdir(parents=True)
        for name in NAMES[1:]:
            publish(self.course, name, content_of(name, 1))

    def teardown(self) -> None:
        self.patches.close()

    @initialize(kill=kills)
    def begin(self, kill: int | None) -> None:
        self.update(kill)

    # what there is

    def files(self) -> list[Path]:
        """Every file that a learner could open, wherever it lies in work/."""
        found = sorted(self.mine.rglob("*"))
        return [p for p in found if p.is_file() and ".jwtlab" not in p.parts and not p.name.endswith(".part")]

    def published(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.course / "notebooks").iterdir()}

    @contextmanager
    def nothing_is_lost(self) -> Iterator[None]:
        theirs = {path.read_bytes() for path in self.files()} & self.authored
        yield
        left = {path: path.read_bytes() for path in self.files()}
        assert theirs <= set(left.values()), "something that the learner wrote is gone"
        self.given |= {Fingerprint.of(path.name, content).written for path, content in left.items()}

    # the authors

    @rule(name=names, version=st.integers(1, 3), ran=st.sampled_from(["as built", "rebuilt"]))
    def publish(self, name: str, version: int, ran: str) -> None:
        publish(self.course, name, content_of(name, version, ran))

    @precondition(lambda self: len(self.published()) > 1)
    @rule(data=st.data(), renamed=st.booleans())
    def drop_or_rename(self, data: st.DataObject, renamed: bool) -> None:
        path = self.course / "notebooks" / data.draw(st.sampled_from(sorted(self.published())))
        if renamed and path.suffix == ".ipynb":
            path.rename(path.with_name({"01": NAMES[1], "02": NAMES[0]}[path.name[:2]]))
        else:
            path.unlink()

    # the learner

    @precondition(lambda self: self.files())
    @rule(data=st.data(), how=st.sampled_from(["source", "tag", "raw"]))
    def edit(self, data: st.DataObject, how: str) -> None:
        path = data.draw(st.sampled_from(self.files()))
        self.marks += 1
        content = self.edited(path.read_bytes(), how)
        path.write_bytes(content)
        self.authored.add(content)

    def edited(self, content: bytes, how: str) -> bytes:
        try:
            parsed = json.loads(content)
        except ValueError:
            how = "raw"
        if how == "raw":
            return content[: len(content) // 2] + f"<<<<<<< mine {self.marks}".encode()
        if how == "tag":
            parsed["cells"][-1]["metadata"]["tags"] = [f"mine {self.marks}"]
        else:
            parsed["cells"][-1]["source"] = f"mine({self.marks})"
        return json.dumps(parsed).encode()

    @precondition(lambda self: self.files())
    @rule(data=st.data(), how=st.sampled_from(["run", *LOOKING]))
    def run_or_look_and_save(self, data: st.DataObject, how: str) -> None:
        path = data.draw(st.sampled_from(self.files()))
        before = path.read_bytes()
        if before.startswith(b"{") and b"<<<" not in before:
            after = run(before, "on port 40123") if how == "run" else changed(before, LOOKING[how])
            path.write_bytes(after)
            self.seen.add(after)
        if before in self.authored:
            self.authored.add(path.read_bytes())

    @precondition(lambda self: self.files())
    @rule(data=st.data(), how=st.sampled_from(sorted(NOTES)))
    def note(self, data: st.DataObject, how: str) -> None:
        """Write something that does not count as an edit, and must not get lost."""
        path = data.draw(st.sampled_from(self.files()))
        before = path.read_bytes()
        if before.startswith(b"{") and b"<<<" not in before:
            path.write_bytes(changed(before, NOTES[how]))
            self.authored.add(path.read_bytes())

    @precondition(lambda self: self.files())
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self.files())).unlink()

    @precondition(lambda self: self.mine.is_dir())
    @rule(name=names, obstacle=st.sampled_from(sorted(OBSTACLES)))
    def put_something_in_the_way_or_clear_it(self, name: str, obstacle: str) -> None:
        path = self.mine / name
        if path.is_dir():
            shutil.rmtree(path)
        elif os.path.lexists(path) and not path.is_file():
            path.unlink()
        elif not os.path.lexists(path):
            OBSTACLES[obstacle](path)

    @rule(data=st.data())
    def damage_the_record(self, data: st.DataObject) -> None:
        record = self.mine / ".jwtlab" / "fingerprints.json"
        if record.exists():
            self.records.append(record.read_bytes())
            record.write_bytes(data.draw(st.sampled_from([b"{", b'{"files": {}}', *self.records[-2:]])))
            self.doubtful |= set(NAMES)

    # the tools

    @rule(kill=kills)
    def update(self, kill: int | None) -> None:
        with self.nothing_is_lost(), killed(kill):
            copies.update(self.course)
        with self.nothing_is_lost():
            if kill is None:
                again = copies.update(self.course).lines
                assert all("was not copied" in line for line in again), "the same news twice"
                self.check_copies()

    def check_copies(self) -> None:
        """After a whole update: a copy that nobody edited is current or gone, others were given the newer."""
        for name, content in self.published().items():
            fresh, path = Fingerprint.of(name, content), self.mine / name
            if path.is_file():
                self.check_copy(name, path.read_bytes(), fresh)
            assert os.path.lexists(path), "a copy is missing and nothing is in its way"
        for name in set(NAMES) - self.published().keys() - self.doubtful:
            assert not (self.mine / name).is_file() or (self.mine / name).read_bytes() in self.authored

    def check_copy(self, name: str, content: bytes, fresh: Fingerprint) -> None:
        have = Fingerprint.of(name, content)
        if content not in self.authored and name not in self.doubtful:
            assert have.written == fresh.written
            assert have.raw == fresh.raw or content in self.seen
        assert fresh.written in self.given
        if have.written == fresh.written:
            self.doubtful.discard(name)

    @rule(name=names, kill=kills)
    def reset(self, name: str, kill: int | None) -> None:
        if name not in self.published():
            return
        with self.nothing_is_lost(), killed(kill):
            copies.reset(name, self.course)
        if kill is None:
            assert (self.mine / name).read_bytes() == self.published()[name]
            self.doubtful.discard(name)


TestLearning = Learning.TestCase
TestLearning.settings = settings(stateful_step_count=30)
