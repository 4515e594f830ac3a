"""`python -m authoring build | bring-back | quizzes | exercises | style`: the commands of authors."""

import argparse
import sys
from pathlib import Path

from jwtlab.errors import LabError


def main(argv: list[str] | None = None) -> int:
    """Run one command. Returns the exit status; a LabError becomes one message on stderr and 1."""
    options = parser().parse_args(argv)
    try:
        return options.command(options) or 0
    except LabError as error:
        print(error, file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m authoring", description="For those who write lessons.")
    commands = parser.add_subparsers(title="commands", required=True)

    build = commands.add_parser(
        "build", help="execute lessons and write their notebooks and the pages made from them"
    )
    build.add_argument("names", nargs="*", help="which: 01, 01_jwt_anatomy or a path; all if none is given")
    build.add_argument(
        "--check", action="store_true", help="write nothing; status 1 if something would change"
    )
    build.set_defaults(command=run_build)

    bring_back = commands.add_parser(
        "bring-back", help="carry edits made in JupyterLab back to the lesson's text"
    )
    bring_back.add_argument("notebook", type=Path, help="the edited notebook, in work/ or notebooks/")
    bring_back.set_defaults(command=run_bring_back)

    quizzes = commands.add_parser("quizzes", help="write the learner's copies of the quizzes")
    quizzes.add_argument(
        "--check", action="store_true", help="write nothing; status 1 if something would change"
    )
    quizzes.set_defaults(command=run_quizzes)

    exercises = commands.add_parser(
        "exercises", help="write the exercises and their solutions, executed, and the quizzes"
    )
    exercises.add_argument("names", nargs="*", help="which: 02.whoami, 02 or a path; all if none is given")
    does = exercises.add_mutually_exclusive_group()
    does.add_argument(
        "--check", action="store_true", help="write nothing; status 1 if something would change"
    )
    does.add_argument(
        "--try", action="store_true", dest="attempt", help="run every answer and mutant, say what is wrong"
    )
    exercises.add_argument(
        "--show", action="store_true", help="with --try, the verdicts as a learner sees them"
    )
    exercises.set_defaults(command=run_exercises)

    style = commands.add_parser("style", help="hold the lessons against the limits of course/README.md")
    style.add_argument("names", nargs="*", help="which lessons to report on; all if none is given")
    style.set_defaults(command=run_style)
    return parser


def run_build(options: argparse.Namespace) -> None:
    from authoring.build import build

    print("\n".join(build(options.names, check=options.check)))


def run_bring_back(options: argparse.Namespace) -> None:
    from authoring.bring_back import bring_back

    print(bring_back(options.notebook))


def run_quizzes(options: argparse.Namespace) -> None:
    from authoring.quiz import build

    print("\n".join(build(check=options.check)))


def run_exercises(options: argparse.Namespace) -> int:
    if options.attempt:
        from authoring.proofs.trial import try_out

        return 1 if try_out(options.names, show=options.show) else 0
    from authoring.exercises.build import build

    print("\n".join(build(options.names, check=options.check)))
    if not options.names:
        run_quizzes(options)
        print_plan()
    return 0


def print_plan() -> None:
    """Print what the exercises of the course still lack, if anything."""
    from authoring.exercises.build import read_all
    from authoring.files import COURSE
    from authoring.lint.plan import lacking

    lines = lacking(read_all(COURSE), [path.stem[:2] for path in COURSE.find()])
    print("\n".join(["", "Still to be written:", *lines]) if lines else "")


def run_style(options: argparse.Namespace) -> int:
    from authoring.files import COURSE
    from authoring.lesson import read_lesson
    from authoring.lint import check

    found = check([read_lesson(path) for path in COURSE.find()])
    chosen = {path.name for path in COURSE.find(options.names)}
    shown = [str(finding) for finding in found if not options.names or finding.file in chosen]
    print("\n".join(shown) or "The lessons keep to the rules.")
    return 1 if shown else 0


if __name__ == "__main__":
    sys.exit(main())
