"""The quizzes: each right answer is one that a run gives, and each wrong one is what somebody believes.

What settles a question is the output of the lesson's next cell, which the gate compares with a fresh run, or
the quiz's own `verify`, which is run here on a live site.
"""

import ast
import base64
import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jwt
import nbformat
import pytest
import requests
from nbformat import NotebookNode

from authoring.exercises.reading import read_source
from authoring.lesson import read_lesson
from authoring.lint.prose import BANNED
from authoring.lint.quizzes import CALL, RULES, check_quizzes
from authoring.manifest import COURSE, Course, CourseError
from authoring.quiz import Quiz, build, built, outcome, read_quiz, read_quizzes
from jwtlab.checker.quiz import FOLDER, Answered, quiz
from jwtlab.errors import LabError
from jwtlab.site import Site, start_site
from jwtlab.workspace.progress import Progress

FILES = sorted(COURSE.quizzes.glob("*.toml"))
ALL = [quiz for path in FILES for quiz in read_quizzes(path)]
BELIEFS = tomllib.loads(COURSE.misconceptions.read_text(encoding="utf-8"))

each_quiz = pytest.mark.parametrize("asked", ALL, ids=lambda asked: asked.question.id)
each_file = pytest.mark.parametrize("source", FILES, ids=lambda path: path.stem)


# --- The right answer is the one that a run gives


@pytest.fixture(scope="module")
def stage() -> Iterator[Callable[[], dict[str, Any]]]:
    """What `verify` finds: the seed face at 09:00, `log_in`, and the modules that lessons use."""
    with start_site() as site:
        yield lambda: names_on(site)


def names_on(site: Site) -> dict[str, Any]:
    def log_in(username: str = "vitor", password: str = "123") -> dict[str, str]:
        answer = requests.post(site.url + "/api/token/", json={"username": username, "password": password})
        return answer.json()

    site.clock.set("09:00")
    modules = {"base64": base64, "json": json, "jwt": jwt, "requests": requests}
    return modules | {"site": site, "log_in": log_in}


@pytest.mark.parametrize("asked", [quiz for quiz in ALL if quiz.verify], ids=lambda asked: asked.question.id)
def test_the_right_answer_is_what_the_verifying_code_gives(
    asked: Quiz, stage: Callable[[], dict[str, Any]]
) -> None:
    assert asked.verify
    seen = outcome(asked.verify, stage())
    assert seen == asked.right
    assert seen not in asked.wrong


@pytest.mark.parametrize(
    "asked", [quiz for quiz in ALL if not quiz.verify], ids=lambda asked: asked.question.id
)
def test_the_right_answer_is_what_the_next_cell_shows(asked: Quiz) -> None:
    shown = output_after(asked.question.id)
    assert asked.right in shown
    assert not [result for result in asked.wrong if result in shown]


def output_after(id: str) -> str:
    """What the cell after the quiz shows, as text, from the committed notebook."""
    cells = notebook(id[:2]).cells
    place = next(
        n for n, cell in enumerate(cells) if cell.cell_type == "code" and id in CALL.findall(cell.source)
    )
    return "\n".join(filter(None, map(text_of, cells[place + 1].get("outputs", []))))


@cache
def notebook(number: str) -> NotebookNode:
    (path,) = COURSE.notebooks.glob(f"{number}_*.ipynb")
    return nbformat.read(path, as_version=4)


def text_of(output: NotebookNode) -> str:
    """One output as text."""
    return output.get("text") or output.get("data", {}).get("text/plain") or output.get("evalue", "")


# --- In the lessons


@each_file
def test_a_quiz_follows_a_prediction_and_stands_before_the_cell_that_settles_it(source: Path) -> None:
    cells = notebook(source.stem).cells
    for before, cell, after in zip(cells, cells[1:], cells[2:], strict=False):
        if cell.cell_type == "code" and CALL.search(cell.source):
            assert "**Predict.**" in before.source, cell.source
            assert after.cell_type == "code", cell.source


# --- As questions


def test_the_right_answer_is_not_told_by_its_letter() -> None:
    letters = Counter(
        letter
        for quiz in ALL
        for letter, option in zip(quiz.question.letters, quiz.question.options, strict=True)
        if option.right
    )
    assert max(letters.values()) <= len(ALL) / 2, letters


# quiz -> what is then said; `table` is as it should be
BAD_QUIZZES = [
    (
        "even_lengths",
        {"text": "Yes, it is so"},
        {},
        "the right option has 13 characters, the longest other one 2.",
    ),
    ("a_belief_each", {}, {"feedback": "So it is."}, "two options have the same feedback"),
    ("other_results", {}, {"result": "1"}, "a wrong option predicts '1' too"),
    ("other_results", {}, {"result": " "}, "or one predicts nothing"),
    ("two_minutes", {}, {"text": "No " * 120}, "words, the limit is 120"),
    ("two_minutes", {}, {}, "2 options. Write 3 or 4."),
    ("kind_words", {}, {"feedback": "It is simply so."}, "the words 'simply'"),
    ("kind_words", {"text": "Of course"}, {}, "the words 'Of course'"),
]


@pytest.mark.parametrize(
    ("name", "right", "wrong", "said"), BAD_QUIZZES, ids=[said for *_, said in BAD_QUIZZES]
)
def test_a_rule_fires_on_a_bad_quiz(
    name: str, right: dict[str, str], wrong: dict[str, str], said: str
) -> None:
    one, other = table()["options"]
    [rule] = [rule for rule in RULES if rule.__name__ == name]
    assert said in "\n".join(rule(read_quiz("00.x", table(options=[one | right, other | wrong]))))


def test_every_rule_has_a_bad_example() -> None:
    assert {name for name, *_ in BAD_QUIZZES} == {rule.__name__ for rule in RULES}


@pytest.mark.parametrize("path", COURSE.find(), ids=lambda path: path.stem)
def test_the_quizzes_of_a_lesson_keep_to_the_rules(path: Path) -> None:
    assert list(check_quizzes(read_lesson(path), COURSE)) == []


def test_what_a_lesson_does_not_ask_and_a_belief_that_nobody_knows_are_named(tmp_path: Path) -> None:
    course = Course(tmp_path)
    for source in (COURSE.quizzes / "00.toml", COURSE.lessons / "00_start_here.md", COURSE.misconceptions):
        copy = tmp_path / source.relative_to(COURSE.root)
        copy.parent.mkdir(exist_ok=True, parents=True)
        text = source.read_text(encoding="utf-8").replace('misconception = "', 'misconception = "un', 1)
        copy.write_text(re.sub(r"^quiz\(.*\n", "", text, count=1, flags=re.MULTILINE), encoding="utf-8")
    found = list(check_quizzes(read_lesson(course.lessons / "00_start_here.md"), course))
    assert re.match(r"course/lessons/00_start_here\.md:1 \[asked-in-order\] it asks 00\.", found[0])
    assert re.match(r"course/quizzes/00\.toml:\d+ \[known-beliefs\] no misconception 'un", found[1])
    assert len(found) == 2


# --- The inventory of beliefs


@pytest.mark.parametrize("id", BELIEFS)
def test_a_belief_is_one_sentence_with_its_truth_and_source(id: str) -> None:
    belief = BELIEFS[id]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", id)
    assert belief.keys() == {"belief", "truth", "source"}
    assert len(re.findall(r"[.!?](?=\s|$)", belief["belief"])) == 1
    assert belief["belief"].endswith(".")
    assert belief["truth"].endswith((".", "!", "?"))
    assert belief["source"]
    assert not BANNED.search(" ".join(belief.values()))


def test_every_belief_is_met_in_a_quiz_or_in_a_wrong_answer() -> None:
    sources = [read_source(path) for path in COURSE.find_exercises()]
    in_quizzes = {option.misconception for quiz in ALL for option in quiz.question.options}
    in_exercises = {id for source in sources for id in source.misconceptions}
    assert BELIEFS.keys() - in_quizzes - in_exercises == set()


# --- As learners meet them


def test_the_learners_copies_are_what_the_sources_give() -> None:
    committed = {path: path.read_text(encoding="utf-8") for path in FOLDER.glob("*")}
    assert committed == built()


def test_the_learners_copies_hold_nothing_that_settles_a_question() -> None:
    for path, text in built().items():
        for asked in json.loads(text).values():
            assert asked.keys() == {"question", "options"}, path.name
            assert {key for option in asked["options"] for key in option} == {
                "text",
                "feedback",
                "misconception",
            }


@each_quiz
def test_both_forms_show_the_question_and_every_option_under_its_letter(asked: Quiz) -> None:
    text, html = repr(asked.question), asked.question._repr_html_()
    plain = " ".join(text.split())
    assert f'quiz("{asked.question.id}"' in text
    assert " ".join(asked.question.question.split()) in plain
    for letter, option in zip("abcd", asked.question.options, strict=False):
        assert f" {letter}) {option.text}" in plain
        assert f"<summary>{letter}) " in html
    assert html.count("<details>") == html.count("</details>") == len(asked.question.options)
    assert max(map(len, text.splitlines())) <= 100


@each_quiz
def test_each_answer_gets_its_own_feedback_in_both_forms(
    asked: Quiz, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("JWTLAB_WORK", str(tmp_path))
    for letter, option in zip(asked.question.letters, asked.question.options, strict=True):
        given = quiz(asked.question.id, letter)
        assert isinstance(given, Answered)
        assert option.reply in " ".join(repr(given).split()).replace("\n", " ")
        assert option.reply.split()[0] in given._repr_html_()


def test_an_answer_is_kept_in_the_learners_record(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JWTLAB_WORK", str(tmp_path))
    asked = next(each for each in ALL if each.question.id == "03.second").question
    beliefs = [option.misconception for option in asked.options]
    letters = dict(zip(beliefs, asked.letters, strict=True))
    for misconception, wanted in (("leeway-by-default", "not yet"), (None, "passed")):
        quiz(asked.id, f" {letters[misconception].upper()}")
        kept = Progress().entry("quizzes", asked.id)
        assert (kept["outcome"], kept["answer"]) == (wanted, letters[misconception])
        assert kept["misconception"] == misconception
    assert kept["tries"] == 2
    assert list(json.loads((tmp_path / "exercises" / "progress.json").read_text(encoding="utf-8"))) == [
        "quizzes"
    ]


def test_a_question_looks_the_same_before_and_after_it_was_answered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("JWTLAB_WORK", str(tmp_path))
    before = quiz("03.second")
    quiz("03.second", "a")
    after = quiz("03.second")
    assert (repr(after), after._repr_html_()) == (repr(before), before._repr_html_())


def test_to_look_at_a_question_leaves_no_trace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JWTLAB_WORK", str(tmp_path / "work"))
    quiz("03.second")
    with pytest.raises(LabError):
        quiz("03.second", "z")
    assert not (tmp_path / "work").exists()


def test_the_html_marks_code_and_emphasis_and_escapes_the_rest() -> None:
    asked = read_quiz("00.x", table(question="Is `<b> * 2` *bold*, or <script>?"))
    html = asked.question._repr_html_()
    assert "Is <code>&lt;b&gt; * 2</code> <em>bold</em>, or &lt;script&gt;?" in html


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("03.secnd",), "Notebook 03 has 03.header, 03.note, 03.second, 03.public."),
        (("99.second",), "An id begins with the number of a notebook: 00, 01"),
        (("second",), "An id begins with the number of a notebook: 00, 01"),
        (("03.second", "d"), "Answer with a, b or c."),
        (("03.second", ""), "Answer with a, b or c."),
        (("03.second", "ab"), "Answer with a, b or c."),
        (("03.second", 1), "Answer with a, b or c."),
    ],
)
def test_an_id_or_a_letter_that_does_not_exist_is_said_in_one_line(
    arguments: tuple[Any, ...], said: str
) -> None:
    with pytest.raises(LabError) as raised:
        quiz(*arguments)
    assert said in str(raised.value)
    assert raised.value._render_traceback_() == [f"QuizError: {raised.value}"]


# --- Sources that cannot be used


def table(**changes: object) -> dict[str, Any]:
    """A small quiz as it is read from its file, with `changes`."""
    options = [
        {"text": "Yes", "result": "1", "feedback": "So it is."},
        {"text": "No", "result": "0", "feedback": "It is.", "misconception": "signed-is-encrypted"},
    ]
    return {"question": "Is it?", "options": options} | changes


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"answer": "a"}, "Quiz 00.x: give `question`, `options`"),
        ({"options": [{"text": "Yes"}]}, "Quiz 00.x: an option has `text`"),
        ({"options": table()["options"][:1] * 2}, "Quiz 00.x: one option is right"),
        ({"options": table()["options"][1:]}, "Quiz 00.x: one option is right"),
    ],
    ids=["a field too many", "a field too few", "two right", "none right"],
)
def test_a_quiz_with_a_fault_is_named(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(CourseError, match=re.escape(said)):
        read_quiz("00.x", table(**changed))


def test_the_order_of_the_options_does_not_depend_on_how_they_were_written() -> None:
    turned = table(options=table()["options"][::-1])
    assert read_quiz("00.x", turned) == read_quiz("00.x", table())


def test_a_second_build_changes_nothing() -> None:
    assert all(line.startswith("unchanged") for line in build(check=True))


def test_a_verification_is_code_and_its_last_line_counts() -> None:
    assert outcome("x = 1\nx + base", {"base": 2}) == "3"
    for each in ALL:
        if each.verify:
            assert isinstance(ast.parse(each.verify).body[-1], ast.Expr), each.question.id
