"""What must hold of an exercise's texts: each rule yields what does not, with its line in the file.

What a message looks like when it is shown is seen by `properties`, which has the verdicts.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache

from authoring.exercises.cuts import in_file
from authoring.exercises.source import Source
from authoring.lint.markdown_parser import parse
from authoring.lint.prose import BANNED
from authoring.manifest import COURSE, Course

Found = Iterator[tuple[int, str]]
Rule = Callable[[Source], Found]

BLAME = re.compile(r"\b(of course|you forgot|you should have|wrong!)", re.IGNORECASE)
ACRONYM = re.compile(r"\b[A-Z][A-Z0-9]{2,}s?\b")
# Words in capitals that a developer brings along.
KNOWN = set(
    """
    API ASCII CSS DELETE GET HEAD HTML HTTP HTTPS JSON MAY MUST NOT OPTIONS PATCH PID POST PUT RFC SHOULD
    SQL TCP TODO URL URLs UTC
    """.split()
)

MINUTES = range(2, 21)
WORDS_ASKED, WORDS_HINT, WORDS_SENTENCE = 160, 60, 25
LEAK = 30  # so many characters of the solution in a row give it away
SHORT = 12  # a line of fewer characters, such as `return None`, gives nothing away
LONGEST_OPTION = 1.2  # the right option may be this much longer than the longest other one


def check_texts(source: Source, course: Course = COURSE) -> list[str]:
    """Everything in the texts of one exercise that breaks a rule, a line each, with file and line."""
    found = [(line, rule.__name__, advice) for rule in RULES for line, advice in rule(source)]
    found += [(line, rule.__name__, advice) for rule in COURSE_RULES for line, advice in rule(source, course)]
    return [
        f"{course.place(source.path, line)} [{name.replace('_', '-')}] {advice}"
        for line, name, advice in sorted(found)
    ]


def texts(source: Source) -> Iterator[tuple[int, str]]:
    """Every text that a learner reads, with the line of the file on which it begins."""
    yield source.line("title"), source.meta.title
    yield source.line("asked"), source.text
    for message in source.messages.values():
        yield message.line, message.title
        yield message.line, message.next
    for option in source.options.values():
        yield option.line, option.text
    for number, hint in enumerate(source.hints, start=1):
        yield source.line(f"hint {number}"), hint
    yield source.line("proven"), source.proven
    yield source.line("not checked"), source.not_checked


def codes(source: Source) -> Iterator[tuple[int, str, str]]:
    """Every line of code that an author wrote: its line, the file where that is another one, and its text."""
    for one in source.cuts.values():
        for number, line in enumerate(one.solution.splitlines(), start=1):
            yield one.solution_line(number), one.file, line
    for number, line in enumerate(source.check.splitlines()):
        yield source.line("check") + number, "", line


def said_badly(text: str) -> Iterator[str]:
    """Words that leave the reader out, or put the blame on them."""
    for word in [*BANNED.findall(prose(text)), *BLAME.findall(prose(text))]:
        yield f"the word {word!r}. Say what is the case."


def prose(text: str) -> str:
    """The text without its code."""
    return parse(text).plain


def leaks(source: Source, text: str) -> Iterator[str]:
    """Lines that the learner is to write, or long pieces of them, that stand in `text`."""
    squeezed = " ".join(text.split())
    for one in source.cuts.values():
        given = set(one.starter.split("\n"))
        for line in one.written_lines:
            line = " ".join(line.split())
            pieces = {line[at : at + LEAK] for at in range(max(1, len(line) - LEAK + 1))}
            new = {piece for piece in pieces if not any(piece in " ".join(old.split()) for old in given)}
            if len(line) >= SHORT and not line.startswith("#") and any(piece in squeezed for piece in new):
                yield line


# --- The rules


def filled_in(source: Source) -> Found:
    """Nothing is left of what `make new` says is to be written."""
    for number, line in enumerate(source.path.read_text(encoding="utf-8").splitlines(), start=1):
        _, mark, wanted = line.partition("TODO: ")
        if mark:
            yield number, f"still to be written: {wanted.strip()}"


def measure(source: Source) -> Found:
    """Minutes, and the length of what is asked and of the hints."""
    if source.meta.minutes not in MINUTES:
        plan = f"Plan {MINUTES[0]} to {MINUTES[-1]}, or make two exercises of it."
        yield source.line("minutes"), f"{source.meta.minutes} minutes. {plan}"
    if (words := len(prose(source.text).split())) > WORDS_ASKED:
        cure = "What explains belongs in the lesson."
        yield source.line("asked"), f"{words} words are asked, the limit is {WORDS_ASKED}. {cure}"
    for number, hint in enumerate(source.hints, start=1):
        if (words := len(hint.split())) > WORDS_HINT:
            yield (
                source.line(f"hint {number}"),
                f"hint {number} has {words} words, the limit is {WORDS_HINT}.",
            )
    if not source.meta.concepts:
        yield source.line("concepts"), "no concepts. Name one to three that the exercise trains."


def wording(source: Source) -> Found:
    """No banned word anywhere, not in a comment of the code either."""
    for line, text in texts(source):
        for problem in said_badly(text):
            yield line, problem
    for line, file, text in codes(source):
        for problem in said_badly(text.strip(" #")):  # as a text: a line with an indent would be code
            yield in_file(file, line, problem)


def short_sentences(source: Source) -> Found:
    """What a failing answer is told is read under stress."""
    for message in source.messages.values():
        for sentence in re.split(r"(?<=[.?!:])\s+", f"{message.title}. {message.next}"):
            if (words := len(sentence.split())) > WORDS_SENTENCE:
                yield message.line, f"a sentence of {words} words, the limit is {WORDS_SENTENCE}: {sentence}"
        if message.title.endswith("."):
            yield message.line, "the title of a message is a headline: no full stop."


def pointed_messages(source: Source) -> Found:
    """Each message says where to look: a notebook, an RFC or a document."""
    for key, message in source.messages.items():
        if not re.search(r"\b[Nn]otebook \d\d\b|\bRFC \d{4}|ASVS \d|documentation", message.next):
            yield (
                message.line,
                f"the message {key!r} points nowhere. Name a notebook and its section, or an RFC.",
            )


def no_leaks(source: Source) -> Found:
    """Hints one and two and the messages do not give the solution away; hint three not the whole of it."""
    for number, hint in enumerate(source.hints[:2], start=1):
        for line in leaks(source, hint):
            advice = "Say where to look, not what to write."
            yield source.line(f"hint {number}"), f"hint {number} gives away `{line}`. {advice}"
    for key, message in source.messages.items():
        for line in leaks(source, f"{message.title} {message.next}"):
            yield message.line, f"the message {key!r} gives away `{line}`."
    written = [line for one in source.cuts.values() for line in one.written_lines if len(line) >= SHORT]
    if written and len(written) > 1 and len(list(leaks(source, source.hints[2]))) >= len(written):
        yield source.line("hint 3"), "hint 3 is the whole solution. Show one line of its shape."


def derived_starter(source: Source) -> Found:
    """A line of the starter stands in the solution, is a comment, or has a blank."""
    for one in source.cuts.values():
        solution = {line.strip() for line in one.solution.splitlines()}
        for number, line in enumerate(map(str.strip, one.starter.splitlines()), start=1):
            if "NotImplementedError" in line:
                said = "the starter raises NotImplementedError, which looks like a fault. Write `...`."
                yield in_file(one.file, one.starter_line(number), said)
            elif line not in solution | {""} and not line.startswith("#") and "..." not in line:
                said = f"the starter has `{line}`, which leads away from the solution."
                yield in_file(one.file, one.starter_line(number), said)


def fair_options(source: Source) -> Found:
    """The right option of a prediction does not stand out by its length."""
    lengths = {letter: len(option.text) for letter, option in source.options.items()}
    right = [letter for letter, option in source.options.items() if option.key is None]
    for letter in right:
        others = max(length for other, length in lengths.items() if other != letter)
        if lengths[letter] > max(others * LONGEST_OPTION, others + 3):
            yield (
                source.options[letter].line,
                "the right option is the longest by far. Shorten it, or say more in another.",
            )


@cache
def known_beliefs(course: Course) -> set[str]:
    return set(tomllib.loads(course.misconceptions.read_text(encoding="utf-8")))


def beliefs(source: Source, course: Course = COURSE) -> Found:
    """Every misconception that a wrong answer names is in the inventory."""
    for wrong in source.wrong:
        if wrong.misconception and wrong.misconception not in known_beliefs(course):
            advice = "Choose one of course/misconceptions.toml, or add it there."
            yield wrong.line, f"no misconception {wrong.misconception!r}. {advice}"


@cache
def taught(number: str, course: Course) -> str:
    """The text of all lessons up to this number."""
    paths = [path for path in course.find() if path.stem[:2] <= number]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def taught_words(source: Source, course: Course = COURSE) -> Found:
    """Concepts and abbreviations were met in a lesson before; most are in its glossary."""
    lessons = taught(source.notebook, course)
    for concept in source.meta.concepts:
        if not re.search(rf"(?<!\w){re.escape(concept)}(?!\w)", lessons, re.IGNORECASE):
            yield (
                source.line("concepts"),
                f"the concept {concept!r} stands in no lesson up to {source.notebook}. Use its word.",
            )
    for line, text in texts(source):
        for word in sorted(set(ACRONYM.findall(prose(text))) - KNOWN):
            if not re.search(rf"(?<!\w){re.escape(word.rstrip('s'))}", lessons):
                yield line, f"{word!r} is explained in no lesson up to {source.notebook}. Spell it out."


RULES: tuple[Rule, ...] = (
    filled_in,
    measure,
    wording,
    short_sentences,
    pointed_messages,
    no_leaks,
    derived_starter,
    fair_options,
)
# Those that look at the lessons and at the list of misconceptions as well.
COURSE_RULES = (taught_words, beliefs)
