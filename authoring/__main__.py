"""`python -m authoring check | new | build | exercises | quizzes | bring-back`: the commands of authors."""

import argparse
import re
import sys
from pathlib import Path

from jwtlab.errors import LabError

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def main(argv: list[str] | None = None) -> int:
    """Run one command. Returns the exit status; a LabError becomes one message on stderr and 1."""
    options = parser().parse_args(argv)
    try:
        return int(options.command(options) or 0)
    except LabError as error:
        message = str(error)  # of a cell that failed, the traceback has colours, which are for terminals
        print(message if sys.stderr.isatty() else COLOUR.sub("", message), file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m authoring", description="For those who write lessons.")
    commands = parser.add_subparsers(title="commands", required=True)

    check = commands.add_parser("check", help="say what is wrong, in the order in which to mend it")
    check.add_argument("names", nargs="*", help="which: 02, 02.whoami or a path; all if none is given")
    check.add_argument("--show", action="store_true", help="print each verdict, as a learner sees it")
    check.set_defaults(command=run_check)

    new = commands.add_parser("new", help="begin the text of an exercise")
    new.add_argument("id", help="its notebook and its name: 02.whoami")
    new.set_defaults(command=run_new)

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
    exercises.add_argument(
        "--check", action="store_true", help="write nothing; status 1 if something would change"
    )
    exercises.set_defaults(command=run_exercises)
    return parser


def run_check(options: argparse.Namespace) -> int:
    from authoring.check import check

    return 1 if check(options.names, show=options.show) else 0


def run_new(options: argparse.Namespace) -> None:
    from authoring.new import new

    print(new(options.id))


def run_build(options: argparse.Namespace) -> None:
    from authoring.build import build

    print("\n".join(build(options.names, check=options.check)))


def run_bring_back(options: argparse.Namespace) -> None:
    from authoring.bring_back import bring_back

    print(bring_back(options.notebook))


def run_quizzes(options: argparse.Namespace) -> None:
    from authoring.quiz import build

    print("\n".join(build(check=options.check)))


def run_exercises(options: argparse.Namespace) -> None:
    from authoring.exercises.build import build

    print("\n".join(build(options.names, check=options.check)))
    if not options.names:
        run_quizzes(options)


if __name__ == "__main__":
    sys.exit(main())
