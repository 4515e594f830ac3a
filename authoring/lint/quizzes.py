"""What must hold of a quiz: each rule yields what does not.

That its right answer is right, tests/test_quizzes.py finds out by running it.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from authoring.lesson import Lesson
from authoring.lint.prose import BANNED
from authoring.manifest import Course
from authoring.quiz import Quiz, line_of, read_quizzes

CALL = re.compile(r"""^quiz\("([^"]*)"\)$""", re.MULTILINE)
UNKIND = re.compile(r"\b(of course|you forgot)\b|\bwrong!", re.IGNORECASE)  # besides what no lesson may say
LONGEST = 1.2  # the right option may be this much longer than the longest other one
WORDS = 120  # of question and options: two minutes
OPTIONS = range(3, 5)
PER_LESSON = range(2, 5)

Rule = Callable[[Quiz], Iterator[str]]


def check_quizzes(lesson: Lesson, course: Course) -> Iterator[str]:
    """Yield everything that breaks a rule in the quizzes of one lesson, a line each, with file and line."""
    path = course.quizzes / f"{lesson.meta.number}.toml"
    quizzes = read_quizzes(path, course) if path.is_file() else []
    beliefs = set(tomllib.loads(course.misconceptions.read_text(encoding="utf-8")))
    yield from asked_in_order(lesson, quizzes, path, course)
    for quiz in quizzes:
        place = course.place(path, line_of(quiz.question.id, path))
        found = [(rule.__name__, problem) for rule in RULES for problem in rule(quiz)]
        found += [("known_beliefs", problem) for problem in known_beliefs(quiz, beliefs)]
        yield from (f"{place} [{name.replace('_', '-')}] {problem}" for name, problem in found)


def asked_in_order(lesson: Lesson, quizzes: list[Quiz], path: Path, course: Course) -> Iterator[str]:
    """The lesson asks each of its quizzes once, in the order of their file; two to four of them."""
    code = [cell.source for cell in lesson.cells if cell.cell_type == "code"]
    asked, written = (
        [id for source in code for id in CALL.findall(source)],
        [quiz.question.id for quiz in quizzes],
    )
    place = f"{course.place(lesson.path, 1)} [asked-in-order]"
    if asked != written:
        there = f"{course.name(path)} has {', '.join(written) or 'none'}"
        asks = ", ".join(asked) or "no quiz"
        yield f"{place} it asks {asks}, and {there}. Make them the same, in one order."
    elif quizzes and len(asked) not in PER_LESSON:
        yield f"{place} it asks {len(asked)} quizzes. Ask {PER_LESSON[0]} to {PER_LESSON[-1]}."


def even_lengths(quiz: Quiz) -> Iterator[str]:
    """The right answer is not told by its length."""
    right = max(len(option.text) for option in quiz.question.options if option.right)
    others = max((len(option.text) for option in quiz.question.options if not option.right), default=right)
    if right > LONGEST * others:
        yield f"the right option has {right} characters, the longest other one {others}. Even them out."


def a_belief_each(quiz: Quiz) -> Iterator[str]:
    """Each wrong answer has a belief and feedback of its own."""
    options = quiz.question.options
    beliefs = Counter(option.misconception for option in options if option.misconception)
    yield from (f"two options show {belief!r}. One is enough." for belief, n in beliefs.items() if n > 1)
    if len({option.feedback for option in options}) < len(options):
        yield "two options have the same feedback. Speak to the belief of each."


def other_results(quiz: Quiz) -> Iterator[str]:
    """The wrong answers predict something else than the right one, and each predicts something."""
    if quiz.right in quiz.wrong or not all(result.strip() for result in (quiz.right, *quiz.wrong)):
        said = f"a wrong option predicts {quiz.right!r} too, or one predicts nothing"
        yield f"{said}. Give each a `result` of its own."


def two_minutes(quiz: Quiz) -> Iterator[str]:
    """A quiz takes two minutes at most."""
    texts = [quiz.question.question, *(option.text for option in quiz.question.options)]
    if (words := len(" ".join(texts).split())) > WORDS:
        yield f"{words} words, the limit is {WORDS}. Shorten it."
    if len(quiz.question.options) not in OPTIONS:
        yield f"{len(quiz.question.options)} options. Write {OPTIONS[0]} or {OPTIONS[-1]}."


def kind_words(quiz: Quiz) -> Iterator[str]:
    """No quiz speaks down to its reader."""
    said = [quiz.question.question]
    said += [text for option in quiz.question.options for text in (option.text, option.reply)]
    for text in said:
        for word in (BANNED, UNKIND):
            if found := word.search(text):
                yield f"the words {found.group()!r}. Say what is the case."


def known_beliefs(quiz: Quiz, beliefs: Iterable[str]) -> Iterator[str]:
    """Every misconception that an option names is in the inventory."""
    for option in quiz.question.options:
        if option.misconception and option.misconception not in beliefs:
            advice = "Choose one of course/misconceptions.toml, or add it there."
            yield f"no misconception {option.misconception!r}. {advice}"


RULES: tuple[Rule, ...] = (even_lengths, a_belief_each, other_results, two_minutes, kind_words)
