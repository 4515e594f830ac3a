"""The style check: the lessons keep to every rule, and every rule fires on a small bad example."""

import subprocess
import sys
from pathlib import Path

import pytest

from authoring.lesson import read_lesson
from authoring.lint import COURSE_RULES, LESSON_RULES, check
from authoring.lint.model import Cell, Draft
from authoring.manifest import COURSE

SAMPLE = Path(__file__).parent / "data" / "00_sample.md"
GOOD = SAMPLE.read_text(encoding="utf-8")
LONG = "word " * 121


def test_the_lessons_keep_to_the_rules() -> None:
    found = check([read_lesson(path) for path in COURSE.find()])
    assert not found, "\n" + "\n".join(map(str, found))


def test_the_code_of_the_lessons_passes_the_linter() -> None:
    """Undefined names and unused imports; `ruff check .` leaves out the notebooks, because they are built."""
    options = ["--no-cache", "--select", "E7,E9,F", "--output-format", "concise"]
    notebooks = sorted(map(str, COURSE.notebooks.glob("*.ipynb")))
    command = [sys.executable, "-m", "ruff", "check", *options, *notebooks]
    run = subprocess.run(command, cwd=COURSE.root, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def draft_of(text: str, folder: Path, name: str = "00_sample.md") -> Draft:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return Draft.of(read_lesson(path))


def findings(text: str, folder: Path) -> dict[str, list[tuple[Cell | None, str]]]:
    """What each rule on one lesson finds in `text`; rules that find nothing are left out."""
    draft = draft_of(text, folder)
    found = {rule.__name__: list(rule(draft)) for rule in LESSON_RULES}
    return {name: list_ for name, list_ in found.items() if list_}


def test_the_sample_keeps_to_the_rules(tmp_path: Path) -> None:
    assert findings(GOOD, tmp_path) == {}


def cell(code: str) -> tuple[str, str]:
    """The edit that makes `code` the first code cell of the sample."""
    start = GOOD.index("```{code-cell} ipython3\n") + len("```{code-cell} ipython3\n")
    return GOOD[start : GOOD.index("\n```", start)], code


def prose(text: str) -> tuple[str, str]:
    """The edit that puts `text` into a Markdown cell of the sample."""
    return "A client MUST NOT guess it (RFC 9110 §15).", text


# rule -> (what is replaced in the sample, by what, a part of what is then said)
BAD = [
    ("minutes", "minutes: 30", "minutes: 50", "50 minutes. Plan 30 to 45"),
    ("objectives", "Read a status", "Understand a status", "begins with 'understand'"),
    ("objectives", "    - Tell a print from a value\n", "", "1 objectives. Give 2 to 6"),
    (
        "new_terms",
        "  terms:",
        "  terms:\n    a: A.\n    b: B.\n    c: C.\n    d: D.",
        "6 new terms, the limit is 5",
    ),
    ("new_terms", "    value: What", "    zebra: What", "'zebra' is defined, but never used"),
    ("new_terms", "A notebook shows it.", "A notebook shows it", "'value' is no sentence"),
    ("new_terms", "A notebook shows it.", "It is. It shows. It ends.", "longer than two sentences"),
    ("section_order", "## Three questions first", "## Four questions first", "must open with"),
    ("section_order", "## Key points", "## What to keep?", "must close with"),
    ("section_order", "## Key points", "# Key points", "a first-level heading"),
    ("section_order", "- A *value* is shown; a print is sent.\n", "", "section 'Key points' is empty"),
    (
        "three_questions",
        "<details><summary>Answer</summary>\n\nTo *stderr*.\n\n</details>",
        "",
        "2 answers. Ask three questions",
    ),
    ("three_questions", "</summary>\n\nTo", "</summary>\nTo", "without a blank line above it"),
    ("predictions", "**Predict.** How many", "How many", "2 cells with **Predict.** in 30 minutes"),
    (
        "predictions",
        '```{code-cell} ipython3\nprint("claim',
        "```{code-cell} ipython3\n1\n```\n\n" * 4 + '```{code-cell} ipython3\nprint("claim',
        "5 code cells without a prediction",
    ),
    ("prediction_placement", "one or two?", "one or two.", "asks nothing"),
    ("prediction_placement", *prose("**Predict.** What?\n\n+++\n\nText."), "directly before a code cell"),
    ("words", *prose("word " * 1500), "words, the limit is 1,500. Cut"),
    (
        "text_lengths",
        *prose(f"{LONG}\n\n+++\n\n{LONG}"),
        " words in a text cell; one in ten may have more than 120",
    ),
    (
        "text_lengths",
        "+++\n",
        "word " * 41 + "\n\n+++\n",
        " words in a text cell is the median, the limit is 40",
    ),
    ("banned_words", *prose("You just send it."), "the word 'just'"),
    ("banned_words", "Run a few cells", "Easily run a few cells", "the word 'Easily'"),
    ("banned_words", "import sys", "import sys  # obviously", "the word 'obviously'"),
    ("banned_words", *prose("A powerful idea."), "the word 'powerful'"),
    ("question_headings", "## Which status comes back?", "## Status codes", "'Status codes' is a topic"),
    ("headings_first", *prose("Text.\n\n## Who asks?\n\nText."), "stands inside its cell"),
    ("alt_text", *prose("![](https://example.org/x.svg)"), "has the alt text ''"),
    ("alt_text", *prose("![diagram](https://example.org/x.svg)"), "has the alt text 'diagram'"),
    ("alt_text", *prose('<img src="x.svg" alt="">'), "has no alt text"),
    ("diagram_twins", "In words: the client", "The client", "a diagram without its twin"),
    (
        "actor_order",
        "    participant S as Site\n",
        "    participant S as Demo site\n    actor B as Browser\n",
        "the actors of the diagram are out of order",
    ),
    ("links", *prose("[here](https://example.org/)"), "say in its text where it leads"),
    ("links", *prose("[the RFC](http://example.org/)"), "use https"),
    ("links", *prose("[the RFC](https://example)"), "the address is not well-formed"),
    ("links", *prose("[the RFC](ftp://example.org/)"), "only https addresses"),
    ("links", *prose("[notebook 08](08_nginx.ipynb)"), "no such file in notebooks/"),
    ("links", *prose("[the RFC](https://example.org/ 'title')"), "a title behind it"),
    ("links", *prose("See https://example.org/ for more."), "the bare address https://example.org/"),
    ("sources", *prose("A client MUST NOT guess it."), "MUST without a source"),
    ("sources", *prose("- It SHOULD ask.\n- It may wait (RFC 9110 §15)."), "SHOULD without a source"),
    ("code_lengths", *cell("a = 1\n" * 16), "16 lines in a code cell; one in ten may have more than 15"),
    (
        "code_lengths",
        "print(",
        "a = 1\n" * 6 + "print(",
        " lines in a code cell is the median, the limit is 5",
    ),
    ("code_lengths", "```{code-cell} ipython3", "```python", "no code cell"),
    ("tags", "[raises-exception]", "[raises-exception, nbval-skip]", "the tag 'nbval-skip'"),
    ("tags", *cell("# NBVAL_IGNORE_OUTPUT\n401"), "'# NBVAL_IGNORE_OUTPUT' would switch the comparison off"),
    ("syntax", *cell("print 401"), "no valid Python"),
    ("semicolons", *cell("401;"), "a `;`"),
    ("semicolons", *cell("a = 1; b = 2"), "a `;`"),
    ("history", *cell("print(_)"), "`_` is IPython's history"),
    ("history", *cell("Out[1]"), "`Out` is IPython's history"),
    ("history", *cell("print(_3, _i1)"), "`_3` is IPython's history"),
    (
        "redrawn_outputs",
        *cell("from IPython.display import clear_output"),
        "`clear_output` changes an output",
    ),
    ("redrawn_outputs", *cell("display(1, display_id=True)"), "`display_id` changes an output"),
    ("redrawn_outputs", *cell("import ipywidgets"), "a widget"),
    ("shell_tools", *cell("!python manage.py migrate"), "`!python` may be another Python's"),
    ("shell_tools", *cell("    !pip install x"), "`!pip` may be another Python's"),
    ("help_pages", *cell("print?"), "`?` shows a text that is not stored"),
    ("help_pages", *cell("?print"), "`?` shows a text that is not stored"),
    (
        "child_output",
        *cell('import subprocess\nsubprocess.run(["http"])'),
        "a child process prints by itself",
    ),
]
NOT_BAD = {
    "a banned word in a code span": prose("The flag is `--just-in-time`."),
    "a banned word in an address": prose("[RFC 9110](https://example.org/just/)"),
    "a heading in a code block": prose("```sh\n# Status codes\n```"),
    "a heading that answers": ("## Which status comes back?", "## The site says 401"),
    "MUST in a code span": prose("The word `MUST` is a word."),
    "a loopback address": prose("It answers at http://127.0.0.1:8000/ on this machine."),
    "an address with brackets": prose("[a page](https://en.wikipedia.org/wiki/Replay_(attack))"),
    "an address between angle brackets": prose("<https://example.org/>"),
    "a throw-away name": cell("for _ in range(2):\n    print(1)"),
    "a semicolon in a text": cell('print("a; b")'),
    "magics": cell("%%bash\nls; echo $?"),
    "a shell command": cell("status = !http --help\nstatus[0]"),
    "await": cell("import asyncio\nawait asyncio.sleep(0)"),
    "a question mark in a text": cell('print("who?")'),
    "a child whose output is kept": cell('import subprocess\nsubprocess.run(["http"], capture_output=True)'),
    "a twin in the next cell": ("In words: the client", "+++\n\nIn words: the client"),
}


@pytest.mark.parametrize(
    ("rule", "old", "new", "said"), BAD, ids=[f"{rule}: {said}" for rule, _, _, said in BAD]
)
def test_a_rule_fires_on_a_bad_example(rule: str, old: str, new: str, said: str, tmp_path: Path) -> None:
    assert old in GOOD
    found = findings(GOOD.replace(old, new), tmp_path)
    assert any(said in advice for _, advice in found.get(rule, [])), found


@pytest.mark.parametrize("case", NOT_BAD)
def test_no_rule_fires_on_what_only_looks_bad(case: str, tmp_path: Path) -> None:
    old, new = NOT_BAD[case]
    assert old in GOOD
    assert findings(GOOD.replace(old, new), tmp_path) == {}


def test_every_rule_on_one_lesson_has_a_bad_example() -> None:
    assert {rule for rule, *_ in BAD} == {rule.__name__ for rule in LESSON_RULES}


# --- Rules on all lessons together

SECOND = GOOD.replace('number: "00"', 'number: "01"').replace("title: A sample", "title: Another")
COURSE_BAD = {
    "numbers": (["00_a.md", "02_b.md"], SECOND, "the number is '01', the file's is '02'. Make them equal"),
    "needs": (
        ["00_a.md", "01_b.md"],
        SECOND.replace("needs: []", 'needs: ["00 The start"]'),
        "no earlier lesson",
    ),
    "one_definition": (["00_a.md", "01_b.md"], SECOND, "the term 'status' is defined in 00_a.md already"),
    "glossary_links": (
        ["00_a.md", "01_b.md"],
        SECOND.replace("#status", "#zebra"),
        "no lesson defines 'zebra'",
    ),
    "seed_links": (["00_a.md", "01_b.md"], SECOND, "no lesson links to https://jwt.io/introduction/"),
}


@pytest.mark.parametrize("rule", COURSE_RULES, ids=lambda rule: rule.__name__)
def test_a_rule_on_all_lessons_fires_on_a_bad_example(rule, tmp_path: Path) -> None:
    (first, second), text, said = COURSE_BAD[rule.__name__]
    drafts = [draft_of(GOOD, tmp_path, first), draft_of(text, tmp_path, second)]
    assert any(said in advice for *_, advice in rule(drafts))


# --- How a finding reads


def test_a_finding_names_line_cell_prompt_rule_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "00_sample.md"
    path.write_text(GOOD.replace("401\n```", "401;\n```", 1), encoding="utf-8")
    line = path.read_text(encoding="utf-8").splitlines().index("import sys") + 1
    (finding,) = [str(found) for found in check([read_lesson(path)]) if found.rule == "semicolons"]
    assert finding.startswith(
        f"course/lessons/00_sample.md:{line}: cell 6, In[1] [semicolons] a `;`. Write one statement a line"
    )
