"""The commands behind `make`: `python -m jwtlab lab`, `doctor`, `reset`, `attacks`, `check` and so on.

Each command hands over to the one module that does the work, imported only when it is asked for.
"""

import argparse
import io
import sys

from jwtlab.errors import LabError


def main(argv: list[str] | None = None) -> int:
    """Run one command. Return the exit status; a LabError becomes one message on stderr and 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal of another alphabet shows ? for what it lacks
            stream.reconfigure(errors="replace")
    parser = build_parser()
    options, rest = parser.parse_known_args(argv)
    if rest and options.command is not run_lab:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    options.rest = rest
    try:
        return options.command(options) or 0
    except LabError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m jwtlab", description="JWT Lab, from the command line.")
    commands = parser.add_subparsers(title="commands", required=True)

    lab = commands.add_parser(
        "lab", help="bring work/ up to date and open JupyterLab in it; other flags go to JupyterLab"
    )
    lab.set_defaults(command=run_lab)

    doctor = commands.add_parser("doctor", help="check this machine, one line per thing that can go wrong")
    doctor.add_argument("--json", action="store_true", help="the same as JSON, for scripts")
    doctor.set_defaults(command=run_doctor)

    reset = commands.add_parser(
        "reset", help="restore a notebook of work/, or all of it; yours is kept under a dated name"
    )
    reset.add_argument("notebook", help="its number or name, 02 or 02_simplejwt_setup; or all")
    reset.set_defaults(command=run_reset)

    attacks = commands.add_parser("attacks", help="run attacks against both faces, and print who won")
    attacks.add_argument("names", nargs="*", help="such as replay_after_logout; without it, all of them")
    attacks.add_argument("--browser", choices=["chromium", "firefox"], help="which kind of browser is used")
    attacks.set_defaults(command=run_attacks)
    add_exercises(commands)
    return parser


def add_exercises(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    check = commands.add_parser("check", help="check exercises: one, those of a notebook, or all")
    check.add_argument("exercise", nargs="?", default="", help="02.whoami, or 02; without it, all of them")
    check.add_argument("--keep", action="store_true", help="keep the site of the exercise up afterwards")
    check.set_defaults(command=run_check)

    watch = commands.add_parser("watch", help="check an exercise whenever its answer is saved")
    watch.set_defaults(command=run_watch)

    hint = commands.add_parser("hint", help="one more hint for an exercise")
    hint.add_argument("exercise", help="such as 02.whoami")
    hint.set_defaults(command=run_hint)

    progress = commands.add_parser("progress", help="how every exercise stands")
    progress.set_defaults(command=run_progress)


def run_lab(options: argparse.Namespace) -> None:
    from jwtlab.workspace.jupyter import open_lab

    open_lab(options.rest)


def run_doctor(options: argparse.Namespace) -> int:
    from jwtlab.doctor import report

    return report.main(as_json=options.json)


def run_reset(options: argparse.Namespace) -> None:
    from jwtlab.workspace.copies import reset

    print(reset(options.notebook))


def run_attacks(options: argparse.Namespace) -> int:
    from jwtlab.attacks import matrix, run

    result = run(*options.names, engine=options.browser) if options.names else matrix(options.browser)
    print(result)
    for surprise in result.surprises:
        print(surprise, file=sys.stderr)
    return 1 if result.surprises else 0


def run_check(options: argparse.Namespace) -> None:
    from jwtlab.checker.commands import check

    check(options.exercise, keep=options.keep)


def run_watch(options: argparse.Namespace) -> None:
    from jwtlab.checker.commands import watch

    watch()


def run_hint(options: argparse.Namespace) -> None:
    from jwtlab.checker.commands import hint

    hint(options.exercise)


def run_progress(options: argparse.Namespace) -> None:
    from jwtlab.checker.commands import progress

    progress()
