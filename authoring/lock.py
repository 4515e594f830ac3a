"""Write the locks: `python -m authoring.lock` moves them to the newest versions that pyproject.toml allows.

The locks hold every package with its hashes, for every platform and Python, and no index address: whoever
installs them uses the index of their own machine. tests/test_dependencies.py holds list and locks together.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMON = ["--universal", "--generate-hashes", "--no-header", "--no-emit-index-url", "--quiet"]

# Each lock with what it is compiled from. The later ones are held to the first one's versions.
LOCKS = {
    "requirements.txt": ["pyproject.toml", "--python-version", "3.11"],
    "requirements-dev.txt": ["--group", "dev", "-c", "requirements.txt", "--python-version", "3.11"],
    "requirements-nginx.txt": ["--group", "nginx", "--no-deps", "--python-version", "3.11"],
    "requirements-django61.txt": ["--group", "django61", "--no-deps", "--python-version", "3.12"],
}


def command(lock: str, *, upgrade: bool) -> list[str]:
    """The uv command that writes `lock`; without `upgrade` it keeps every version that still fits."""
    uv = Path(sys.executable).parent / "uv"
    return [str(uv), "pip", "compile", *LOCKS[lock], *COMMON, *(["--upgrade"] if upgrade else []), "-o", lock]


def main() -> None:
    for lock in LOCKS:
        subprocess.run(command(lock, upgrade=True), cwd=ROOT, check=True)
        print(f"wrote {lock}")


if __name__ == "__main__":
    main()
