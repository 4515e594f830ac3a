"""Reading an exercise: its cells, cuts and patches, and what is said about a text that cannot be read."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import jupytext
import pytest

from authoring.exercises.percent_format import split
from authoring.exercises.cuts import CutError, cut
from authoring.exercises.answer_patches import PatchError, apply
from authoring.exercises.reading import read_source
from authoring.manifest import COURSE, Course, CourseError, id_of
from authoring.proofs.mutants import changed, line_mutants, mutants, python_mutants

Edit = Callable[..., Path]

# --- Cells


@pytest.mark.parametrize("path", COURSE.find_exercises(), ids=id_of)
def test_jupyterlab_opens_the_text_with_the_same_cells(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    theirs = [
        (cell.cell_type == "markdown", cell.source) for cell in jupytext.reads(text, fmt="py:percent").cells
    ]
    ours, problems = split(text)
    assert [(cell.is_text, cell.text) for cell in ours] == theirs
    assert not problems


def test_a_cell_knows_its_lines() -> None:
    cells, problems = split("# %% one [markdown]\n#\n# Text.\n\n# %% two\n\n\ncode()\n")
    assert [(cell.title, cell.is_text, cell.text, cell.line, cell.body_line) for cell in cells] == [
        ("one", True, "Text.", 1, 3),
        ("two", False, "code()", 5, 8),
    ]
    assert problems == []


# --- Cuts


def test_a_cut_gives_the_solution_and_the_starter() -> None:
    made = cut("def f(x):\n    # << y = ...\n    # << return ...\n    y = x + 1\n    return y\n    # >>\n")
    assert made.solution == "def f(x):\n    y = x + 1\n    return y\n"
    assert made.starter == "def f(x):\n    y = ...\n    return ...\n"
    assert made.written_lines == ["y = x + 1", "return y"]


def test_a_cut_without_a_text_leaves_dots_at_its_indent() -> None:
    assert cut("if x:\n    # <<\n    y()\n    # >>\nz()\n").starter == "if x:\n    ...\nz()\n"


@pytest.mark.parametrize(
    ("marked", "line", "said"),
    [
        ("# <<\nx\n", 1, "without a `# >>`"),
        ("x\n# >>\n", 2, "without a `# <<`"),
        ("# <<\nx\n# <<\ny\n# >>\n", 3, "inside the cut of line 1"),
    ],
)
def test_marks_that_do_not_match(marked: str, line: int, said: str) -> None:
    with pytest.raises(CutError, match=said) as error:
        cut(marked)
    assert error.value.line == line


# --- Patches


CODE = "def f(x):\n    if x:\n        a = 1\n        b = 2\n    return x\n"


@pytest.mark.parametrize(
    ("patch", "patched"),
    [
        ("- a = 1\n+ a = 3", CODE.replace("a = 1", "a = 3")),
        ("- 1\n+ 3", CODE.replace("1", "3")),
        ("- a = 1\n- b = 2\n+ c = 4", CODE.replace("a = 1\n        b = 2", "c = 4")),
        ("- a = 1\n+ a = 1\n+ c = 4", CODE.replace("a = 1", "a = 1\n        c = 4")),
        ("- b = 2", CODE.replace("        b = 2\n", "")),
        ("- if x:\n-     a = 1\n+ if not x:\n+     a = 1", CODE.replace("if x", "if not x")),
        ("- 1\n+ 3\n- 2\n+ 4", CODE.replace("1", "3").replace("2", "4")),
    ],
)
def test_a_patch_replaces_lines_at_their_indent(patch: str, patched: str) -> None:
    assert apply(patch, CODE) == patched


def test_a_patch_of_a_project_says_which_file() -> None:
    assert apply("@ b.py\n- 1\n+ 2", {"a.py": "1", "b.py": "1"}) == {"a.py": "1", "b.py": "2"}


@pytest.mark.parametrize(
    ("patch", "line", "said"),
    [
        ("- c = 1\n+ c = 2", 1, "'c = 1' does not stand in the solution"),
        ("- x\n+ y", 1, "'x' stands there 3 times"),
        ("- a = 1\n- c = 2\n+ d", 1, "does not stand in the solution"),
        ("+ y", 1, "`+` before any `-`"),
        ("- a = 1\n* b", 2, "begins with none of"),
        ("@ a.py", 1, "the patch is empty"),
    ],
)
def test_a_patch_that_does_not_apply(patch: str, line: int, said: str) -> None:
    with pytest.raises(PatchError, match=re.escape(said)) as error:
        apply(patch, CODE)
    assert error.value.line == line


def test_a_patch_of_a_project_needs_a_file() -> None:
    with pytest.raises(PatchError, match=r"no file ''. Begin with `@ path`, one of: a.py"):
        apply("- 1\n+ 2", {"a.py": "1"})


# --- Mutants


FUNCTION = """
KEY = 1


def f(x: 'int'):
    \"\"\"Doc.\"\"\"
    if x < 2 and (not x):
        raise ValueError('no')
    return g(x, k=True)
"""


def test_a_mutant_has_one_fault_and_only_in_what_is_written() -> None:
    code = ast.unparse(ast.parse(FUNCTION))
    assert sorted({changed(code, one)[1] for one in python_mutants(FUNCTION, frozenset(range(5, 10)))}) == [
        "if not (x < 2 and (not x)):",
        "if not x:",
        "if x < 2 and x:",
        "if x < 2 or not x:",
        "if x < 2:",
        "if x < 3 and (not x):",
        "if x <= 2 and (not x):",
        "pass",
        "return None",
        "return g(x)",
        "return g(x, k=False)",
    ]


def test_the_tree_is_whole_again_after_each_fault() -> None:
    """Each mutant differs from the original in one place: no fault was left behind by the one before."""
    code = "x = [1, 2]\ny = {'a': 1, 'b': 2}\nz = f(1, 2)\nif x == y or z > 3:\n    z = x + y\n"
    for one in python_mutants(code, frozenset(range(1, 6))):
        was, _ = changed(code, one)
        assert sum(line.strip() in was for line in code.splitlines()) == 1, one


def test_of_a_text_that_is_no_python_lines_are_left_out() -> None:
    assert list(line_mutants("a;\n# b\nc;\nd;\n", frozenset({1, 2, 3}))) == ["# b\nc;\nd;\n", "a;\n# b\nd;\n"]


def test_a_mutant_of_a_project_is_a_whole_answer() -> None:
    [path] = COURSE.find_exercises(["02.install"])
    source = read_source(path)
    assert isinstance(source.solution, dict)
    files = source.solution.keys()
    assert all(isinstance(one.answer, dict) and one.answer.keys() == files for one in mutants(source))
    assert all(one.answer != source.solution for one in mutants(source))


# --- The whole text


def test_an_exercise_as_read(edit: Edit, course: Course) -> None:
    source = read_source(edit(), course)
    assert (source.id, source.notebook, source.meta.title) == ("00.half", "00", "Halve it")
    assert source.starter == "def half(number):\n    if number % 2:\n        ...\n    return ...\n"
    assert isinstance(source.solution, str)
    assert source.also_right["by-division"] == source.solution.replace("number // 2", "int(number / 2)")
    assert [(wrong.name, wrong.key, wrong.misconception) for wrong in source.wrong] == [
        ("forgets-the-odd", "odd-accepted", "decode-is-verify"),
        ("doubles", "other-number", None),
        ("gives-nothing", "other-number", None),
    ]
    assert source.messages["odd-accepted"].title == "An odd number gets in"
    assert source.hints[1] == "Python divides in two ways."


# edits of the sample -> the line and what is said
UNREADABLE = [
    ([("def check(", "def judge(")], 44, "no function `check(learner, site)`"),
    (
        [("# %% exercise [markdown]", "import this\n\n# %% exercise [markdown]")],
        1,
        "begins with something that is no cell",
    ),
    (
        [('learner.call("half", 6)', "site.get('/')")],
        46,
        "the check asks a site, and the head names none. Write `site: seed`",
    ),
    ([("# Six has", "Six has")], 70, "'Six has a half, five has none.' is no comment"),
    ([("# %% proven [markdown]", "# %% proved [markdown]")], 69, "a cell with the title 'proved'"),
    (
        [("# %% wrong: doubles -> other-number | slip", "# %% wrong: doubles -> other-number")],
        36,
        "Write `wrong: name",
    ),
    ([("# %% hint 2 [markdown]\n# Python", "# %% hint 2\n# Python")], 63, "`hint` is a text"),
    ([("# %% check", "# %% check [markdown]")], 45, "`check` is code"),
    (
        [("# %% proven [markdown]\n# Six has a half, five has none.", "# %% proven [markdown]")],
        69,
        "is empty",
    ),
    ([("# %% not checked [markdown]", "# %% proven [markdown]")], 1, "2 cells `proven`. Write one"),
    ([("# %% hint 3", "# %% hint 2")], 1, "three hints"),
    ([("wrong: doubles", "wrong: gives-nothing")], 36, "a second wrong 'gives-nothing'"),
    ([("# stage: faded\n", "")], 2, "the field `stage:` is missing"),
    ([("# stage: faded", "# stage: faded\n# site: sed")], 4, "`site: sed`. One of: seed, hardened, rotating"),
    ([("# stage: faded", "# stage: faded\n# needs: [ngnix]")], 4, "`needs: ngnix`. One of: nginx, browser"),
    ([("# minutes: 3", "# minutes: three")], 4, "`minutes` must be a number, and is 'three'"),
    ([("# concepts: [status]", "# concepts: status")], 5, "must be a list such as"),
    ([("# stage: faded", "# stage: easy")], 3, "`stage: easy`. One of: worked, faded, free"),
    ([("# minutes: 3", "# minuets: 3")], 4, "no field 'minuets'"),
    ([("# minutes: 3", "# minutes: 3: 4")], 4, "the metadata cannot be read: mapping values"),
    ([("# concepts: [status]\n#\n", "# concepts: [status]\n")], 6, "the metadata cannot be read"),
    (
        [("# %% solution", "# %% option a [markdown]\n# Text.\n\n# %% solution")],
        9,
        "of kind code has no cell `option`",
    ),
    ([("# stage: faded", "# stage: faded\n# kind: predict")], 1, "one option is right"),
    ([("# stage: faded", "# stage: faded\n# kind: file")], 1, "must be in course/exercises/00/half/"),
    ([("    # << return ...\n", "")], 16, "`# >>` without"),
    (
        [("# - number // 2\n# + number * 2", "# - number / 2\n# + number * 2")],
        37,
        "does not stand in the solution",
    ),
    ([("# + number * 2", "# + number // 2")], 36, "the wrong answer 'doubles' is the solution"),
    ([("# stage: faded", "# stage: faded\n# security: true")], 1, "3 wrong answers. Write 5 or more"),
    ([("misconception: decode-is-verify", "slip")], 1, "no wrong answer names a misconception"),
    ([("#\n# Notebook 00, *What is half?*", "# Notebook 00")], 50, "the message has one paragraph"),
    ([("# << return ...", "# << return number ...")], 15, "the starter is no Python: invalid syntax"),
    ([("def check(learner, site):", "def check(learner, site)")], 45, "the check is no Python: expected ':'"),
    (
        [
            ("        # << ...\n", ""),
            ("        # >>\n", ""),
            ("    # << return ...\n", ""),
            ("    # >>\n", ""),
        ],
        1,
        "nothing is cut out",
    ),
]


@pytest.mark.parametrize(("edits", "line", "said"), UNREADABLE, ids=[said or "-" for *_, said in UNREADABLE])
def test_what_cannot_be_read_is_named_with_file_and_line(
    edits: list[tuple[str, str]], line: int, said: str, edit: Edit, course: Course
) -> None:
    with pytest.raises(CourseError, match=re.escape(said)) as error:
        read_source(edit(*edits), course)
    assert f"course/exercises/00/half.py:{line}: " in str(error.value)


def test_everything_that_is_wrong_is_said_at_once(edit: Edit, course: Course) -> None:
    with pytest.raises(CourseError) as error:
        read_source(edit(("# stage: faded\n", ""), ("# minutes: 3", "# minutes: three")), course)
    assert len(str(error.value).splitlines()) == 2


@pytest.mark.parametrize("name", ["00.half", "00", "course/exercises/00/half.py", "00/half.py"])
def test_an_exercise_is_found_by_id_notebook_or_path(name: str, edit: Edit, course: Course) -> None:
    assert course.find_exercises([name]) == [edit()]


def test_an_unknown_exercise_is_an_error_that_names_the_known_ones(course: Course) -> None:
    with pytest.raises(CourseError, match=r"no exercise '00.third'. There are: 00.half"):
        course.find_exercises(["00.third"])
