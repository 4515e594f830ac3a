"""Write the locks: `python -m authoring.lock` moves them to the newest versions that pyproject.toml allows.

    python -m authoring.lock requests    moves requests and nothing else

The locks hold every package with its hashes, for every platform and Python, and no index address: whoever
installs them uses the index of their own machine. What the site asks for in production is written too, from
the same list. tests/test_dependencies.py holds them all together.
"""

import argparse
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from jwtlab.errors import LabError

ROOT = Path(__file__).resolve().parent.parent
COMMON = ["--universal", "--generate-hashes", "--no-header", "--no-emit-index-url", "--quiet"]

# Each lock with what it is compiled from. The later ones are held to the first one's versions.
LOCKS = {
    "requirements.txt": ["pyproject.toml", "--python-version", "3.11"],
    "requirements-dev.txt": ["--group", "dev", "-c", "requirements.txt", "--python-version", "3.11"],
    "requirements-nginx.txt": ["--group", "nginx", "--no-deps", "--python-version", "3.11"],
    "requirements-django61.txt": ["--group", "django61", "--no-deps", "--python-version", "3.12"],
}

SERVING = Path("demo_site", "serving", "requirements.txt")
SERVED = (
    "django",
    "djangorestframework",
    "djangorestframework-simplejwt",
    "pyjwt",
    "cryptography",
    "drf-spectacular",
    "django-environ",
    "gunicorn",
    "psycopg",
    "redis",
)


def command(lock: str, packages: Sequence[str] = (), *, upgrade: bool = False) -> list[str]:
    """Return the uv command that writes `lock`.

    It keeps every version that still fits, but those of `packages`; with `upgrade`, none.
    """
    uv = Path(sys.executable).parent / "uv"
    moved = ["--upgrade"] if upgrade else [f"--upgrade-package={name}" for name in packages]
    return [str(uv), "pip", "compile", *LOCKS[lock], *COMMON, *moved, "-o", lock]


def require_known(packages: Sequence[str]) -> None:
    """Raise LabError, with what to do, for a package that no lock holds."""
    held: set[NormalizedName] = set().union(
        *(packages_of((ROOT / lock).read_text(encoding="utf-8")) for lock in LOCKS)
    )
    if unknown := {canonicalize_name(name) for name in packages} - held:
        advice = (
            "Is it spelt so? A new one goes into pyproject.toml first, and then `make lock` without ARGS."
        )
        raise LabError(f"No lock holds {', '.join(sorted(unknown))}. {advice}")


def packages_of(lock: str) -> set[NormalizedName]:
    """Return the names of the packages in the text of a lock."""
    return {canonicalize_name(line.partition("==")[0]) for line in lock.splitlines() if "==" in line}


def serving() -> str:
    """Return what the site needs in production, with the bounds of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    listed = map(Requirement, [*project["project"]["dependencies"], *groups["dev"], *groups["serving"]])
    by_name = {str(canonicalize_name(one.name)): one for one in listed}
    lines = [in_order(by_name[name]) for name in SERVED]
    head = "# What the site needs in production. `make lock` writes it from pyproject.toml."
    return "\n".join([head, *lines]) + "\n"


def in_order(requirement: Requirement) -> str:
    """Return a requirement as people write it, the lower bound first."""
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    bounds = sorted(map(str, requirement.specifier), key=lambda bound: bound[0] != ">")
    return f"{requirement.name}{extras}{','.join(bounds)}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the locks. Returns the exit status; an unknown package is one sentence on stderr and 1."""
    parser = argparse.ArgumentParser(prog="python -m authoring.lock", description="Move the locks.")
    parser.add_argument("packages", nargs="*", help="which to move; all if none is given")
    packages = parser.parse_args(arguments).packages
    try:
        require_known(packages)
    except LabError as error:
        print(error, file=sys.stderr)
        return 1
    for lock in LOCKS:
        subprocess.run(command(lock, packages, upgrade=not packages), cwd=ROOT, check=True)
        print(f"wrote {lock}")
    (ROOT / SERVING).write_text(serving(), encoding="utf-8", newline="\n")
    print(f"wrote {SERVING.as_posix()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
