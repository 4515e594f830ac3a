"""`python -m authoring check`: what is wrong with the course, in the order in which to mend it.

manifest   course/course.toml and the files agree
sources    lessons, exercises and quizzes can be read
rules      the texts keep to the limits of course/README.md and course/exercises/README.md
pointers   each notebook and section that a text names is there
answers    what must hold of each exercise when its answers and mutants run
built      notebooks/, exercises/ and solutions/ are what the texts give

A kind that finds something ends the check where the later ones would only repeat it: what cannot be read has
no rules, and what is to be written again need not be proven yet. Built files come last, because each mend
makes them old. No lesson is run here: what its cells show is compared by `make test`.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from authoring.build import unexecuted
from authoring.exercises import build as exercises
from authoring.exercises.reading import read_source
from authoring.exercises.source import Source
from authoring.index_pages import pages
from authoring.lesson import Lesson, read_lesson
from authoring.lint import check as check_lessons
from authoring.lint.exercise_coverage import missing, out_of_order
from authoring.lint.exercise_texts import check_texts
from authoring.lint.quizzes import check_quizzes
from authoring.lint.section_references import dead_pointers
from authoring.manifest import COURSE, Contents, Course, CourseError, exercises_named, lesson_named, outdated
from authoring.proofs.exercise_report import failures, table
from authoring.proofs.properties import Trial
from authoring.quiz import built as built_quizzes
from authoring.quiz import read_quizzes, stale
from jwtlab.checker.worker.client import Client


@dataclass
class Checked:
    """The part of a course that is looked at, and what has been read of it."""

    course: Course
    contents: Contents
    chosen: set[Path]  # texts of lessons, exercises and quizzes
    show: bool = False  # whether each verdict is printed
    lessons: list[Lesson] = field(default_factory=list)  # all of them: rules hold them against each other
    sources: list[Source] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether all of the course is looked at."""
        return self.chosen >= {*self.course.find(), *self.course.find_exercises()}

    def mine(self, sources: Iterable[Source]) -> list[Source]:
        """Return those exercises that are looked at."""
        return [source for source in sources if source.path in self.chosen]


Kind = Callable[[Checked], Iterator[str]]


def check(names: list[str], *, show: bool = False, course: Course = COURSE) -> int:
    """Print what is wrong with lessons and exercises (all if `names` is empty); return how many things are.

    A name is a lesson (01, with its exercises), an exercise (01.verify), or a path of one. With `show`, each
    verdict is printed as a learner sees it.
    """
    started = time.perf_counter()
    contents = course.contents()  # raises what is wrong with the manifest: without it nothing has a place
    checked = Checked(course, contents, chosen(names, course), show)
    for kinds in ((readable,), (keep_the_rules, point_somewhere), (answers_hold,), (are_built,)):
        found = [line for kind in kinds for line in kind(checked)]
        if found:
            print("\n".join(dict.fromkeys(found)))
            return len(found)
    print(f"All is well: {amounts(checked.chosen)}, in {time.perf_counter() - started:.0f} s.")
    return 0


def amounts(paths: Iterable[Path]) -> str:
    """Return how many lessons and exercises these are, in words."""
    kinds = Counter({".md": "lesson", ".py": "exercise"}[path.suffix] for path in paths)
    return " and ".join(
        f"{number} {kind}{'' if number == 1 else 's'}" for kind, number in sorted(kinds.items())[::-1]
    )


def chosen(names: Iterable[str], course: Course) -> set[Path]:
    """Return the texts that `names` mean, all if there are none. Raises CourseError for an unknown name."""
    lessons, exercises = course.find(), course.find_exercises()
    found: set[Path] = set()
    for name in names:
        try:
            lesson = lesson_named(name, lessons)
            found |= {lesson, *(path for path in exercises if path.parent.name == lesson.stem[:2])}
        except CourseError:
            try:
                found |= exercises_named([name], exercises)
            except CourseError:
                known = ", ".join(path.stem for path in lessons)
                raise CourseError(
                    f"{name!r} is no lesson and no exercise. Lessons: {known}. An exercise is 01.verify."
                ) from None
    return found or {*lessons, *exercises}


# --- Kinds of what can be wrong: each yields lines that say where, what, and the cure


def readable(checked: Checked) -> Iterator[str]:
    """Read everything; what is wrong with a text that is not looked at is another day's affair."""
    course = checked.course
    for path in course.find():
        try:
            checked.lessons.append(read_lesson(path))
        except CourseError as error:  # the other lessons are held against it
            yield str(error)
    for path in course.find_exercises():
        try:
            checked.sources.append(read_source(path, course))
        except CourseError as error:
            if path in checked.chosen:
                yield str(error)
    numbers = {path.stem[:2] for path in checked.chosen if path.suffix == ".md"}
    for path in sorted(course.quizzes.glob("*.toml")):
        if path.stem in numbers:
            try:
                read_quizzes(path, course)
            except CourseError as error:
                yield str(error)


def keep_the_rules(checked: Checked) -> Iterator[str]:
    """Hold the texts of lessons and exercises against the rules, and the exercises against each other."""
    files = {path.name for path in checked.chosen}
    for finding in check_lessons(checked.lessons):
        if finding.file in files or (finding.file is None and checked.is_whole):
            yield str(finding)
    for lesson in checked.lessons:
        if lesson.path in checked.chosen:
            yield from check_quizzes(lesson, checked.course)
    for source in checked.mine(checked.sources):
        yield from check_texts(source, checked.course)
    of_plan = [*out_of_order(checked.sources)]
    for name in checked.contents.lessons:
        if checked.course.lessons / f"{name}.md" in checked.chosen:
            of_one = [source for source in checked.sources if source.notebook == name[:2]]
            place = checked.course.place(checked.contents.path, checked.contents.line(name))
            yield from (f"{place} [plan] {problem}" for problem in missing(name[:2], of_one))
    for source, problem in of_plan:
        if source.path in checked.chosen:
            yield f"{checked.course.place(source.path, source.line('stage'))} [plan] {problem}"


def point_somewhere(checked: Checked) -> Iterator[str]:
    """Look up the pointers of the texts, by heading."""
    for path, line, problem in dead_pointers(checked.lessons, checked.course):
        if checked.is_whole or path in checked.chosen:
            yield f"{checked.course.place(path, line)} [pointers] {problem}"


def answers_hold(checked: Checked) -> Iterator[str]:
    """Run every answer and every mutant of the exercises, which takes a few seconds for each."""
    sources = checked.mine(checked.sources)
    if not sources:
        return
    with Client() as client:
        for number, source in enumerate(sources, start=1):
            trial = Trial(source, client, checked.course)
            if checked.show or len(sources) == 1:
                print("\n".join(table(trial, in_full=checked.show)), flush=True)
            else:
                print(f"{source.id}: its answers and mutants, {number} of {len(sources)}", flush=True)
            yield from failures(trial)


def are_built(checked: Checked) -> Iterator[str]:
    """Compare what is built with what the texts give, but for what running adds."""
    course = checked.course
    for lesson in checked.lessons:
        if lesson.path in checked.chosen:
            path = course.notebooks / f"{lesson.name}.ipynb"
            if not same_cells(path, unexecuted(lesson)):
                command = f"make notebooks ARGS={lesson.name}"
                yield f"{course.name(path)} is not what its text gives. Run `{command}`."
    for path in outdated(pages(checked.lessons, course)) if checked.is_whole else []:
        yield f"{course.name(path)} is not what the lessons give. Run `make notebooks`."
    by_notebook: dict[str, list[Source]] = {}
    for source in checked.sources:
        by_notebook.setdefault(source.notebook, []).append(source)
    for number in sorted({source.notebook for source in checked.mine(checked.sources)}):
        of_one = {number: by_notebook[number]}
        old = outdated(exercises.still(of_one, course))
        for name, made in exercises.unexecuted(of_one, course).items():
            path = course.solutions / f"{name}.ipynb"
            old += [] if same_cells(path, made) else [path]
        yield from (f"{course.name(path)} is old. Run `make exercises ARGS={number}`." for path in old)
    if checked.is_whole:
        for path in exercises.stale(by_notebook, course):
            yield f"{course.name(path)} belongs to no exercise. Run `make exercises`, which removes it."
        for path in outdated(built_quizzes(course), stale(course)):
            yield f"{course.name(path)} is not what course/quizzes gives. Run `python -m authoring quizzes`."


def same_cells(path: Path, wanted: NotebookNode) -> bool:
    """Whether the notebook at `path` has the cells `wanted`, whatever they show."""
    if not path.is_file():
        return False
    stored = nbformat.read(path, as_version=4)
    pairs = zip_longest(stored.cells, wanted.cells)
    return stored.metadata == wanted.metadata and all(same_cell(*pair) for pair in pairs)


def same_cell(one: NotebookNode | None, other: NotebookNode | None) -> bool:
    """Whether two cells are one, but for what running adds."""
    ran = {"outputs", "execution_count"}
    return one is not None and other is not None and all(one[k] == other[k] for k in other if k not in ran)
