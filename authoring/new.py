"""`python -m authoring new 03.slug`: the text of an exercise, in which only its words are missing."""

import re

from authoring.lesson import read_lesson
from authoring.lint.frame import CLOSING, OPENING
from authoring.lint.model import Draft
from authoring.manifest import COURSE, SLUG, Course, CourseError, read_manifest

TEMPLATE = """\
# %% exercise [markdown]
# title: Next number
# stage: free
# minutes: 8
# concepts: []
#
# TODO: what is asked: names, arguments, what comes out; above, its title, stage, minutes and concepts.
# Write `next_number(number)`, which returns the number that follows.

# %% solution
def next_number(number):
    # TODO: the solution, with `# <<` and `# >>` around what the learner writes.
    # << return ...
    return number + 1
    # >>


# %% wrong: the-same -> other-number | misconception: todo [markdown]
# - number + 1
# + number

# %% wrong: the-one-before -> other-number | slip [markdown]
# - number + 1
# + number - 1

# %% wrong: a-text -> other-number | slip [markdown]
# - number + 1
# + str(number + 1)

# %% check
def check(learner, site):
    # TODO: the check. First what must work, then what must not; one cause, one key.
    learner.call("next_number", 41).expect(42, key="other-number")


# %% message: other-number [markdown]
# Another number comes back
#
# TODO: one pointer for whoever gets this message. Notebook {number}, *{section}*

# %% hint 1 [markdown]
# TODO: where to look.

# %% hint 2 [markdown]
# TODO: what to compare, or which tool.

# %% hint 3 [markdown]
# TODO: the shape of one line.

# %% proven [markdown]
# TODO: what the check has seen.

# %% not checked [markdown]
# TODO: one thing that it has not.
"""


def new(id: str, course: Course = COURSE) -> str:
    """Write the text of the exercise `id` and its line in the manifest; return what was done, and what to do.

    Raises CourseError for a name that cannot be, a notebook that is not there, and an exercise that is.
    """
    number, _, slug = id.partition(".")
    if not re.fullmatch(r"\d\d", number) or not SLUG.fullmatch(slug):
        wanted = "Write two digits, a dot, and small letters, digits and dashes: 03.who-asks."
        raise CourseError(f"{id!r} is no name of an exercise. {wanted}")
    contents = read_manifest(course)
    lesson = next((name for name in contents.lessons if name[:2] == number), None)
    if lesson is None:
        there = ", ".join(name[:2] for name in contents.lessons)
        advice = 'A lesson comes first: CONTRIBUTING.md, "I want to add a lesson".'
        raise CourseError(f"There is no notebook {number}; there are {there}. {advice}")
    path = course.texts / number / f"{slug}.py"
    if path.exists():
        raise CourseError(f"{course.name(path)} is there already. Choose another name, or edit it.")
    if slug not in contents.lessons[lesson]:
        text = with_line(contents.text, lesson, slug)
        contents.path.write_text(text, encoding="utf-8", newline="\n")
    path.parent.mkdir(exist_ok=True)
    section = a_section(lesson, course)
    path.write_text(TEMPLATE.format(number=number, section=section), encoding="utf-8", newline="\n")
    return (
        f"written    {course.name(path)}\n"
        f"written    {course.name(contents.path)}, where it is the last of its notebook: move its line\n"
        f"Next: make author-check ARGS={id} says what is to be written, line by line."
    )


def with_line(manifest: str, lesson: str, slug: str) -> str:
    """Return the manifest with a line for the exercise, at the end of its lesson's list."""
    found = re.search(rf'^"?{lesson}"?\s*=\s*\[(.*?)\]', manifest, re.DOTALL | re.MULTILINE)
    if found is None:
        raise CourseError(
            f"course/course.toml: the list of {lesson} is written in another way. Add the line yourself."
        )
    before = found[1].rstrip().rstrip(",")
    listed = f"{before}," if before else ""
    return f'{manifest[: found.start(1)]}{listed}\n    "{slug}",\n{manifest[found.end(1) :]}'


def a_section(lesson: str, course: Course) -> str:
    """Return the heading of the first section in which the lesson teaches something."""
    sections = Draft.of(read_lesson(course.lessons / f"{lesson}.md")).sections
    return next((one.title for one in sections if one.title not in (OPENING, *CLOSING)), OPENING)
