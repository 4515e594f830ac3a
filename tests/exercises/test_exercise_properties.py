"""Each property and each rule fires on an exercise that is not as it should be, and on no other."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from authoring.exercises.reading import read_source
from authoring.manifest import Course, CourseError
from authoring.lint.exercise_texts import COURSE_RULES, RULES, check_texts
from authoring.proofs.properties import PROPERTIES, Trial, mutants_die
from authoring.proofs.survivors import listed
from jwtlab.checker.worker.client import Client

DATA = Path(__file__).parent / "data"
Edit = Callable[..., Path]

# property -> (edits of the sample, a part of what is then said)
BAD = [
    (
        "right_answers_pass",
        [("expect(3,", "expect(4,")],
        "half.py:10: `solution` does not pass: not yet (other-number)",
    ),
    (
        "right_answers_pass",
        [("# + int(number / 2)", "# + int(number / 3)")],
        "half.py:21: `also_right: by-division` does not pass",
    ),
    (
        "nothing_passes_unattempted",
        [("# << ...", "# << raise ValueError"), ("# << return ...", "# << return int(number / 2)")],
        "a line that does nothing, gets: passed",
    ),
    (
        "wrong_answers_get_their_message",
        [("nothing -> other-number", "nothing -> odd-accepted")],
        "half.py:40: 'gives-nothing' must get 'odd-accepted', and gets: not yet (other-number)",
    ),
    (
        "wrong_answers_get_their_message",
        [("# + number * 2", "# + number / 2")],
        "'doubles' must get 'other-number', and gets: passed",
    ),
    (
        "messages_are_used",
        [("# %% hint 1", "# %% message: idle [markdown]\n# Idle\n#\n# RFC 9110.\n\n# %% hint 1")],
        "no wrong answer gets the message 'idle'",
    ),
    ("messages_are_used", [("message: odd-accepted", "message: raised")], "a message 'raised' of its own"),
    ("messages_are_used", [('key="odd-accepted"', 'key="odd"')], "there is no message 'odd'"),
    (
        "messages_read_well",
        [("Another number comes", "Another number " * 6)],
        "'title' is too long and is cut",
    ),
    ("messages_read_well", [("*What is half?*", "What is half? " * 80)], "'next' is too long and is cut"),
    ("messages_read_well", [("*What is half?*", "Halve it simply.")], "the word 'simply'"),
    (
        "messages_read_well",
        [("*What is half?*", "It is return number // 2.")],
        "gives away `return number // 2`",
    ),
    (
        "verdicts_are_steady",
        [
            ("    learner.call", "    import time\n\n    learner.call"),
            ("expect(3,", "expect(time.time_ns(),"),
        ],
        "one answer, two verdicts",
    ),
    (
        "nothing_passes_unattempted",
        [("def half", "# << TWO = int(...)\nTWO = 2\n# >>\n\n\ndef half")],
        "a line that does nothing, gets: could not run (raised)",
    ),
    (
        "mutants_die",
        [("expect(3,", "expect(3 if learner.call('half', 8).value > 0 else 3,")],
        "fails on 1 mutants; first: `return number // 2` became `return None`: could not run",
    ),
    (
        "mutants_die",
        [("expect(3,", "expect(3 if learner.call('half', 8).value > 0 else 3,")],
        "The check takes something for granted. Let it `expect` what it uses",
    ),
    (
        "mutants_die",
        [('.expect(3, key="other-number")', '.expect(test=bool, wanted="3", key="other-number")')],
        "a mutant lives: `return number // 2` became `return number // 3`",
    ),
]


@pytest.mark.parametrize(
    ("name", "edits", "said"), BAD, ids=[f"{name}-{n}" for n, (name, *_) in enumerate(BAD)]
)
def test_a_property_fires(
    name: str, edits: list[tuple[str, str]], said: str, edit: Edit, client: Client, course: Course
) -> None:
    [holds] = [one for one in PROPERTIES if one.__name__ == name]
    trial = trial_of(edit(*edits), client, course)
    assert said in "\n".join(f"half.py:{line}: {problem}" for line, problem in holds(trial))


SURVIVOR = """
[["00.half"]]
was = "return number // 2"
became = "return number // 3"
reason = "For this test it is said to live."
"""


def test_a_survivor_that_does_not_live_is_named(edit: Edit, client: Client, course: Course) -> None:
    (edit().parent / "survivors.toml").write_text(SURVIVOR, encoding="utf-8")
    [(_, said)] = mutants_die(trial_of(edit(), client, course))
    assert said.startswith(
        "survivors.toml lists `return number // 2` became `return number // 3`, which does"
    )


def test_a_survivor_that_is_listed_may_live(edit: Edit, client: Client, course: Course) -> None:
    path = edit(('.expect(3, key="other-number")', '.expect(test=bool, wanted="3", key="other-number")'))
    (path.parent / "survivors.toml").write_text(SURVIVOR, encoding="utf-8")
    found = [problem for _, problem in mutants_die(trial_of(path, client, course))]
    assert "number // 3" not in "\n".join(found)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (SURVIVOR.replace("00.half", "00.third"), "no exercise 00.third"),
        (SURVIVOR.replace("For this test it is said to live.", "Equal."), "has was, became and a reason"),
        (SURVIVOR.replace("reason", "cause"), "has was, became and a reason"),
        ("[[", "survivors.toml: "),
    ],
)
def test_a_list_of_survivors_that_cannot_be_read(table: str, said: str, edit: Edit, course: Course) -> None:
    (edit().parent / "survivors.toml").write_text(table, encoding="utf-8")
    with pytest.raises(CourseError, match=re.escape(said)):
        listed(read_source(edit(), course), course)


# rule -> (edits of the sample, a part of what is then said)
BAD_TEXTS = [
    (
        "filled_in",
        [("# Python divides", "# TODO: what to compare. Python divides")],
        "half.py:64 [filled-in] still",
    ),
    ("measure", [("minutes: 3", "minutes: 40")], "40 minutes. Plan 2 to 20"),
    ("measure", [("concepts: [status]", "concepts: []")], "no concepts"),
    ("measure", [("for an odd one.", "word " * 160)], "words are asked, the limit is 160"),
    ("measure", [("What remains", "word " * 61)], "hint 1 has"),
    (
        "wording",
        [("Python divides", "Python obviously divides")],
        "half.py:64 [wording] the word 'obviously'",
    ),
    (
        "wording",
        [("    # >>\n", "    # >>  # simply\n"), ("# >>  # simply", "# simply\n    # >>")],
        "half.py:14 [wording] the word 'simply'",
    ),
    ("wording", [("Python divides", "You forgot that Python divides")], "the word 'You forgot'"),
    ("short_sentences", [("*What is half?*", "word " * 26)], "words, the limit is 25"),
    ("short_sentences", [("# An odd number gets in", "# An odd number gets in.")], "no full stop"),
    ("pointed_messages", [("Notebook 00, *What is half?*", "Look it up.")], "'other-number' points nowhere"),
    (
        "no_leaks",
        [("Python divides", "`return number // 2`: Python divides")],
        "hint 2 gives away `return number",
    ),
    ("no_leaks", [("*What is half?*", "`return number // 2`")], "message 'other-number' gives away"),
    (
        "no_leaks",
        [("`return number // ...`", "`raise ValueError(number)`, `return number // 2`")],
        "the whole solution",
    ),
    (
        "derived_starter",
        [("# << return ...", "# << return number * 2")],
        "half.py:15 [derived-starter] the starter has `return number * 2`, which leads away",
    ),
    ("derived_starter", [("# << return ...", "# << raise NotImplementedError")], "looks like a fault"),
    ("taught_words", [("concepts: [status]", "concepts: [fractions]")], "'fractions' stands in no lesson"),
    ("taught_words", [("Python divides", "The FPU divides")], "'FPU' is explained in no lesson"),
    (
        "beliefs",
        [("misconception: decode-is-verify", "misconception: odd-is-even")],
        "no misconception 'odd-is-even'",
    ),
]


@pytest.mark.parametrize(
    ("name", "edits", "said"), BAD_TEXTS, ids=[f"{name}-{n}" for n, (name, *_) in enumerate(BAD_TEXTS)]
)
def test_a_rule_fires(name: str, edits: list[tuple[str, str]], said: str, edit: Edit, course: Course) -> None:
    found = [
        line
        for line in check_texts(read_source(edit(*edits), course), course)
        if f" [{name.replace('_', '-')}] " in line
    ]
    assert said in "\n".join(found)


def test_the_right_option_may_not_stand_out(edit: Edit, course: Course) -> None:
    path = edit()
    shutil.copy(DATA / "choice.txt", path)
    assert check_texts(read_source(path, course), course) == []
    edit(("# Three\n", "# Three, which is half of six, as one can count\n"))
    assert (
        "[fair-options] the right option is the longest" in check_texts(read_source(path, course), course)[0]
    )


def test_each_property_and_each_rule_has_a_bad_example() -> None:
    assert {name for name, *_ in BAD} == {each.__name__ for each in PROPERTIES}
    named = {name for name, *_ in BAD_TEXTS} | {"fair_options"}
    assert named == {rule.__name__ for rule in (*RULES, *COURSE_RULES)}


def trial_of(path: Path, client: Client, course: Course) -> Trial:
    return Trial(read_source(path, course), client, course)


def test_the_sample_is_as_it_should_be(edit: Edit, client: Client, course: Course) -> None:
    trial = trial_of(edit(), client, course)
    assert [problem for holds in PROPERTIES for problem in holds(trial)] == []
    assert check_texts(read_source(edit(), course), course) == []
