"""The limits on a lesson, checked: a finding says what to put right, with file, line and cell.

A rule is a function that takes a Draft (one lesson) and yields what is wrong, as the cell and a sentence that
says what to do; its name is the name of the rule. `frame`, `lengths`, `prose` and `code` hold the rules for
one lesson, `course` those for all together. `exercise_texts` and `quizzes` have the rules on these,
`exercise_coverage` those on the exercises of a notebook together, and `section_references` looks up each
notebook and heading that a text names. `model` and `markdown_parser` are what rules see of a text. Outputs
are not looked at here, but by authoring/run/output_rules.py and the gate.
"""

from authoring.lesson import Lesson
from authoring.lint import code, course, frame, lengths, prose
from authoring.lint.model import Draft, Finding

LESSON_RULES = (*frame.RULES, *lengths.RULES, *prose.RULES, *code.RULES)
COURSE_RULES = course.RULES


def check(lessons: list[Lesson]) -> list[Finding]:
    """Everything in `lessons` that breaks a rule, lesson by lesson; what concerns them all comes last."""
    drafts = [Draft.of(lesson) for lesson in lessons]
    found = [
        Finding(draft.file, cell, rule.__name__, advice)
        for draft in drafts
        for rule in LESSON_RULES
        for cell, advice in rule(draft)
    ]
    found += [
        Finding(draft.file if draft else None, cell, rule.__name__, advice)
        for rule in COURSE_RULES
        for draft, cell, advice in rule(drafts)
    ]
    return found
