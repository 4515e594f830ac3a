"""`python -m authoring build | bring-back`: the commands behind `make notebooks` and `make bring-back`."""

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
    return parser


def run_build(options: argparse.Namespace) -> None:
    from authoring.build import build

    print("\n".join(build(options.names, check=options.check)))


def run_bring_back(options: argparse.Namespace) -> None:
    from authoring.bring_back import bring_back

    print(bring_back(options.notebook))


if __name__ == "__main__":
    sys.exit(main())
