"""What must hold of an exercise when its answers are run: each yields what does not, and its line."""

import ast
import random
import re
from collections.abc import Callable, Iterator

from authoring.exercises import checkfile
from authoring.exercises.answer_patches import Answer
from authoring.exercises.source import Source
from authoring.lint.exercise_texts import leaks, said_badly
from authoring.manifest import COURSE, Course
from authoring.proofs.mutants import mutants
from authoring.proofs.survivors import disagreements, listed
from authoring.run.canonical import replace_ports
from jwtlab.checker.general_messages import GENERAL
from jwtlab.checker.verdict import COULD_NOT_RUN, NOT_ATTEMPTED, NOT_YET, PASSED, THE_COURSE, Verdict
from jwtlab.checker.worker.client import Client

TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")
FAILED = (NOT_YET, COULD_NOT_RUN)
EMPTY = ("", "...\n", "# nothing yet\n")


class Trial:
    """One exercise and a client of the checker. Each answer is run once, however many properties see it."""

    def __init__(self, source: Source, client: Client, course: Course = COURSE) -> None:
        self.source, self.client, self.course = source, client, course
        self.exercise = checkfile.exercise(source)
        self._seen: dict[str, Verdict] = {}

    def verdict(self, answer: Answer) -> Verdict:
        """What the check says to an answer."""
        name = repr(answer)
        if name not in self._seen:
            self._seen[name] = self.run(answer)
        return self._seen[name]

    def run(self, answer: Answer) -> Verdict:
        """The same, run once more."""
        return self.client.check(self.exercise, answer)


Found = Iterator[tuple[int, str]]
Property = Callable[[Trial], Found]


def in_words(verdict: Verdict) -> str:
    """A verdict in the line of a problem, and what there is to see of it below."""
    key = f" ({verdict.key})" if verdict.key else ""
    shown = "\n".join(f"    | {line}" for line in str(verdict).splitlines())
    cure = ""
    if verdict.fault == THE_COURSE:
        cure = "\nThe check takes something for granted. Let it `expect` what it uses before it uses it."
    return f"{verdict.outcome}{key}\n{shown}{cure}"


def right_answers_pass(trial: Trial) -> Found:
    """The solution and every other right answer."""
    source = trial.source
    answers = {"solution": source.solution}
    answers |= {f"also_right: {name}": answer for name, answer in source.also_right.items()}
    for name, answer in answers.items():
        if (verdict := trial.verdict(answer)).outcome != PASSED:
            yield source.line(name), f"`{name}` does not pass: {in_words(verdict)}"


def nothing_passes_unattempted(trial: Trial) -> Found:
    """The starter and an empty answer are no attempt; the starter with a line more runs, and fails."""
    source = trial.source
    texts = (*EMPTY, "pass\n") if source.meta.kind == "code" else EMPTY
    for answer in (source.starter, *(emptied(source, text) for text in texts)):
        verdict = trial.verdict(answer)
        if verdict.outcome != NOT_ATTEMPTED and not (source.edited and verdict.outcome in FAILED):
            yield source.line("solution"), f"{answer!r} is no attempt, and gets: {in_words(verdict)}"
    verdict = trial.verdict(touched(source))
    if verdict.outcome != NOT_YET and verdict.key != "settings-refused":  # dots are no setting
        yield (
            source.line("solution"),
            f"the starter, with a line that does nothing, gets: {in_words(verdict)}",
        )


def emptied(source: Source, text: str) -> Answer:
    """The answer of somebody who left `text` where the starter was."""
    solution = source.solution
    return text if isinstance(solution, str) else {**solution, **dict.fromkeys(source.edited, text)}


def touched(source: Source) -> Answer:
    """The starter with a change that is beside the point, so that it counts as an attempt."""
    if source.meta.kind == "predict":
        return "z\n"
    if isinstance(source.starter, str):
        return source.starter + "touched = True\n"
    return {**source.starter, **{file: source.starter[file] + "# touched\n" for file in source.edited}}


def wrong_answers_get_their_message(trial: Trial) -> Found:
    """Each fails with the message meant for it, and with no other."""
    for wrong in trial.source.wrong:
        verdict = trial.verdict(wrong.answer)
        if verdict.outcome not in FAILED or verdict.key != wrong.key:
            yield wrong.line, f"{wrong.name!r} must get {wrong.key!r}, and gets: {in_words(verdict)}"
        elif verdict.outcome == COULD_NOT_RUN and verdict.fault != "your code":
            yield (
                wrong.line,
                f"{wrong.name!r} is said to be the fault of {verdict.fault}: {in_words(verdict)}",
            )


def messages_are_used(trial: Trial) -> Found:
    """No message without a wrong answer, no key without a message."""
    source = trial.source
    reached = {wrong.key for wrong in source.wrong}
    for key in sorted(source.messages.keys() - reached):
        yield (
            source.messages[key].line,
            f"no wrong answer gets the message {key!r}. Write one, or remove the message.",
        )
    for key in sorted(source.messages.keys() & GENERAL.keys()):
        yield source.messages[key].line, f"the checker has a message {key!r} of its own. Choose another key."
    for key in sorted((reached | keys_of(source.check)) - source.messages.keys() - GENERAL.keys()):
        yield source.line("check"), f"there is no message {key!r}. Write a cell `message: {key}`."


def keys_of(check: str) -> set[str]:
    """The keys that the code of a check names as `key=` or `crash=`."""
    calls = (node for node in ast.walk(ast.parse(check)) if isinstance(node, ast.Call))
    given = (word.value for call in calls for word in call.keywords if word.arg in ("key", "crash"))
    return {
        value.value for value in given if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }


def messages_read_well(trial: Trial) -> Found:
    """As shown: four parts, no blame, nothing given away, and nothing cut off.

    The checker keeps a first line to 90 characters and a message to twelve lines, by cutting what is longer.
    """
    source = trial.source
    for wrong in source.wrong:
        verdict = trial.verdict(wrong.answer)
        shown = " ".join(str(verdict).split())
        line = source.messages[wrong.key].line if wrong.key in source.messages else wrong.line
        parts = vars(verdict.message) if verdict.message else {}
        for name, text in parts.items():
            if not text:
                yield line, f"{wrong.key}: the part {name!r} is empty."
            if name in ("title", "next") and " ".join(text.split()) not in shown:
                yield line, f"{wrong.key}: {name!r} is too long and is cut: {in_words(verdict)}"
            yield from ((line, f"{wrong.key}: {problem}") for problem in said_badly(text))
        told = " ".join(parts.get(name, "") for name in ("title", "wanted", "next"))
        yield from ((line, f"{wrong.key}: gives away `{one}`.") for one in leaks(source, told))


def verdicts_are_steady(trial: Trial) -> Found:
    """The solution and two wrong answers, the other way round: the same words, but for ports and tokens."""
    answers = [trial.source.solution, trial.source.wrong[0].answer, trial.source.wrong[-1].answer]
    first = [words_of(trial.verdict(answer)) for answer in answers]
    for answer, words in reversed(list(zip(answers, first, strict=True))):
        if (again := words_of(trial.run(answer))) != words:
            yield trial.source.line("check"), f"one answer, two verdicts:\n{words}\n--- and then\n{again}"


def words_of(verdict: Verdict) -> str:
    """What a verdict says, without what may differ: in a project of their own, tokens have random ids."""
    return TOKEN.sub("TOKEN", replace_ports(str(verdict)))


def mutants_die(trial: Trial, sample: int | None = None) -> Found:
    """Let no fault pass but those listed with a reason, and those pass. None breaks the check itself.

    With `sample`, of those that are not listed only so many run. Which ones depends on the text of the
    exercise: they are the same in each run, and others once the exercise has changed.
    """
    line = trial.source.line("check")
    known = listed(trial.source, trial.course)
    chosen = mutants(trial.source)
    if sample is not None:
        others = [one for one in chosen if (one.was, one.became) not in known]
        drawn = random.Random(trial.source.path.read_bytes()).sample(others, min(sample, len(others)))
        chosen = [one for one in chosen if one in drawn or (one.was, one.became) in known]
    verdicts = [(one, trial.run(one.answer)) for one in chosen]
    alive = [one for one, verdict in verdicts if verdict.outcome == PASSED]
    yield from ((line, problem) for problem in disagreements(alive, known))
    broken = [(one, verdict) for one, verdict in verdicts if verdict.fault == THE_COURSE]
    for one, verdict in broken[:1]:
        yield line, f"the check itself fails on {len(broken)} mutants; first: {one}: {in_words(verdict)}"


PROPERTIES: tuple[Property, ...] = (
    right_answers_pass,
    nothing_passes_unattempted,
    wrong_answers_get_their_message,
    messages_are_used,
    messages_read_well,
    verdicts_are_steady,
    mutants_die,
)
