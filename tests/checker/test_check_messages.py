"""How verdicts look: every outcome and every general message, as text and as HTML."""

import re
from html import unescape

import pytest

from authoring.lint.prose import BANNED
from jwtlab.checker.general_messages import GENERAL
from jwtlab.checker.verdict import (
    COULD_NOT_RUN,
    LONGEST_TITLE,
    MOST_LINES,
    NOT_ATTEMPTED,
    NOT_YET,
    PASSED,
    SIGNS,
    Message,
    Verdict,
    Why,
    as_html,
    as_text,
    prose,
)

SENT = "curl -i http://127.0.0.1:8000/api/notes/ -H 'Authorization: Bearer " + "x" * 200 + "'"


def of_general(key: str) -> Verdict:
    message = Message(GENERAL[key]["title"], SENT, "401 Unauthorized " * 40, "200 OK", GENERAL[key]["next"])
    return Verdict("08.the-longest-id-is-24b", "A title", COULD_NOT_RUN, key, "your code", message)


VERDICTS = {
    PASSED: Verdict("02.login", "Log in", PASSED, why=Why("It holds.", "The rest.")),
    NOT_YET: Verdict("02.login", "Log in", NOT_YET, "k", None, Message("Title", SENT, "401", "200", "Next")),
    NOT_ATTEMPTED: Verdict("02.login", "Log in", NOT_ATTEMPTED),
    COULD_NOT_RUN: of_general("syntax"),
}


@pytest.mark.parametrize("key", GENERAL)
def test_a_general_message_keeps_the_rules(key: str) -> None:
    text = as_text(of_general(key))
    first, *others = text.splitlines()
    assert len(first) <= LONGEST_TITLE
    assert not first.endswith("…"), "a title that does not fit"
    assert len(others) < MOST_LINES
    assert [name for name in ("sent", "came back", "wanted", "next") if f"\n{name} " not in text] == []
    assert BANNED.findall(text) == []
    assert all(len(sentence.split()) <= 20 for sentence in re.split(r"[.:?] ", GENERAL[key]["next"]))


@pytest.mark.parametrize("outcome", VERDICTS)
def test_an_outcome_is_a_sign_and_a_word(outcome: str) -> None:
    assert as_text(VERDICTS[outcome]).startswith(f"{SIGNS[outcome]} {outcome}")


@pytest.mark.parametrize("outcome", VERDICTS)
def test_the_html_says_the_same_words(outcome: str) -> None:
    words = unescape(re.sub(r"<[^>]+>", " ", as_html(VERDICTS[outcome]))).split()
    assert [word for word in as_text(VERDICTS[outcome]).replace("`", " ").split() if word not in words] == []


def test_signs_are_told_apart_without_colour() -> None:
    assert len(set(SIGNS.values())) == 4


def test_the_line_to_run_stays_in_one_piece() -> None:
    assert SENT in as_text(VERDICTS[NOT_YET])


def test_what_came_back_cannot_draw_on_the_page() -> None:
    hostile = Message("Title", "f()", "\x1b[2J<script>alert(1)</script>", "200", "Next")
    verdict = Verdict("02.login", "Log in", NOT_YET, "k", None, hostile)
    assert "\x1b" not in as_text(verdict)
    assert "<script>" not in as_html(verdict)


def test_a_verdict_survives_the_way_through_json() -> None:
    for verdict in VERDICTS.values():
        assert Verdict.from_json(verdict.as_json()) == verdict


def test_the_name_of_a_section_is_shown_as_one() -> None:
    assert (
        prose("Notebook 07, *What survives <a crash>?*")
        == "Notebook 07, <em>What survives &lt;a crash&gt;?</em>"
    )
    assert prose("2 * 3") == "2 * 3"
    assert "*args" in prose("The shape is `f(*args)`, see *Where?*")
