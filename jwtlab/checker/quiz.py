"""The multiple-choice questions of the lessons: shown with lettered options, answered by letter.

    from jwtlab.checker.quiz import quiz
    quiz("03.second")         # the question; on a page, a click on an option opens what there is to say to it
    quiz("03.second", "b")    # keeps b as the learner's answer, and says what there is to say to b

One question always looks the same, to the byte, whatever was answered before. The questions come from
exercises/quizzes/, which is made from course/quizzes/ (authoring/quiz.py). Nothing here knows a lesson.
"""

import json
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from jwtlab.checker.verdict import NOT_YET, PASSED
from jwtlab.errors import LabError
from jwtlab.show import html
from jwtlab.workspace.files import COURSE
from jwtlab.workspace.progress import QUIZZES, Progress

FOLDER = COURSE / "exercises" / "quizzes"
LETTERS = "abcdefgh"

_MARKS = re.compile(r"`([^`]+)`|\*([^*]+)\*")


class QuizError(LabError):
    """There is no such question or no such option."""


@dataclass(frozen=True)
class Option:
    """One answer that can be given: what it says, what there is to say to it, and what it shows.

    `misconception` is the id of the false belief behind it (course/misconceptions.toml), None for the
    right answer.
    """

    text: str
    feedback: str
    misconception: str | None

    @property
    def right(self) -> bool:
        return self.misconception is None

    @property
    def reply(self) -> str:
        """The verdict, by sign and by word, and the feedback."""
        return f"{'✓ Right.' if self.right else '✗ Not so.'} {self.feedback}"


@dataclass(frozen=True, repr=False)
class Question:
    """A question and its options, in the order of their letters. Displays itself in a notebook."""

    id: str
    question: str
    options: tuple[Option, ...]

    @property
    def letters(self) -> str:
        return LETTERS[: len(self.options)]

    def option(self, answer: str) -> Option:
        """Return the option that `answer` names. Raise QuizError if it names none."""
        letter = str(answer).strip().lower()
        if len(letter) != 1 or letter not in self.letters:
            choice = f"{', '.join(self.letters[:-1])} or {self.letters[-1]}"
            raise QuizError(f"Quiz {self.id} has no option {answer!r}. Answer with {choice}.")
        return self.options[self.letters.index(letter)]

    def __repr__(self) -> str:
        options = [_hanging(f"  {letter})", option.text) for letter, option in self._lettered()]
        return "\n".join(
            [*self._asked(), "", *options, "", f'To answer: quiz("{self.id}", "…") with a letter']
        )

    def _repr_html_(self) -> SafeString:
        folded = format_html_join(
            "\n",
            "<details><summary>{}) {}</summary>\n<p>{}</p>\n</details>",
            ((letter, _html(option.text), _html(option.reply)) for letter, option in self._lettered()),
        )
        advice = 'Open the answer you hold to be true. To keep it: `quiz("{}", "…")` with its letter.'
        return format_html(
            "<p>{} {}</p>\n{}\n<p>{}</p>",
            html.strong(f"Quiz {self.id}."),
            _html(self.question),
            folded,
            _html(advice.format(self.id)),
        )

    def _asked(self) -> list[str]:
        return [f"Quiz {self.id}", _hanging(" ", self.question)]

    def _lettered(self) -> list[tuple[str, Option]]:
        return list(zip(self.letters, self.options, strict=True))


@dataclass(frozen=True, repr=False)
class Answered:
    """A question with the option that was chosen. Displays itself, with the feedback, in a notebook."""

    question: Question
    option: Option

    @property
    def letter(self) -> str:
        return self.question.letters[self.question.options.index(self.option)]

    def keep(self) -> None:
        """Put the answer into the learner's record; the belief behind it outlives a change of letters."""
        Progress().record(
            QUIZZES,
            self.question.id,
            outcome=PASSED if self.option.right else NOT_YET,
            passed=self.option.right,
            answer=self.letter,
            misconception=self.option.misconception,
        )

    def __repr__(self) -> str:
        chosen = _hanging(f"  {self.letter})", self.option.text)
        return "\n".join([*self.question._asked(), "", chosen, "", _filled(self.option.reply)])

    def _repr_html_(self) -> SafeString:
        return format_html(
            "<p>{} {}</p>\n<p>{}) {}</p>\n<p>{}</p>",
            html.strong(f"Quiz {self.question.id}."),
            _html(self.question.question),
            self.letter,
            _html(self.option.text),
            _html(self.option.reply),
        )


def quiz(id: str, answer: str | None = None) -> Question | Answered:
    """Return the question `id`, such as 03.second; with a letter as `answer`, keep it and give its feedback.

    Raise QuizError for an id or a letter that does not exist.
    """
    question = find(id)
    if answer is None:
        return question
    given = Answered(question, question.option(answer))
    given.keep()
    return given


def find(id: str, folder: Path = FOLDER) -> Question:
    """Return the question with this id. Raise QuizError, with those that there are, if there is none."""
    number = str(id).partition(".")[0]
    path = folder / f"{number}.json"
    if not path.is_file():
        known = ", ".join(sorted(path.stem for path in folder.glob("*.json")))
        raise QuizError(f"There is no quiz {id!r}. An id begins with the number of a notebook: {known}.")
    questions = load(path)
    if id not in questions:
        raise QuizError(f"There is no quiz {id!r}. Notebook {number} has {', '.join(questions)}.")
    return questions[id]


def load(path: Path) -> dict[str, Question]:
    """Return the questions of one notebook, by id."""
    return {
        id: Question(id, asked["question"], tuple(Option(**option) for option in asked["options"]))
        for id, asked in json.loads(path.read_text(encoding="utf-8")).items()
    }


def _html(text: str) -> SafeString:
    """Text with `code` and *emphasis* as HTML."""
    return mark_safe(_MARKS.sub(_element, escape(text)))


def _element(mark: re.Match[str]) -> str:
    return f"<code>{mark[1]}</code>" if mark[1] else f"<em>{mark[2]}</em>"


def _hanging(head: str, text: str) -> str:
    """`text` behind `head`, wrapped, its lines one below the other."""
    return _filled(text, first=head.ljust(len(head) + 1), others=" " * (len(head) + 1))


def _filled(text: str, first: str = "", others: str = "") -> str:
    """`text` wrapped at spaces alone: half a header's name is no header's name."""
    return textwrap.fill(
        text, html.WIDTH, initial_indent=first, subsequent_indent=others, break_on_hyphens=False
    )
