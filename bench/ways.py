"""Five ways through the house: how many modules, functions and changes of module each takes.

Counted are the modules of `jwtlab/` and `authoring/` of which a function is called, and the functions. A
change of module is where one who reads each function once, in the order in which they are called, has to open
another file. A way begins when its modules are imported; where a whole program is the way, its imports count.

The limits go back to counts made by reading, at commit 4c35e79: 10 modules for start_site, about 30 in four
processes for `%%exercise`. There, this method finds 10 for start_site in the calling process (12 with the
watchdog and Gunicorn) and 29 for `%%exercise` in all four (12 in the kernel). So the first is counted alone,
and the second in all processes together. The answer to the exercise has one mistake: a message is the longer
way.

    python -m bench.ways --names    the modules too
"""

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from sysconfig import get_path

from bench.recorder import ALONE, FILE, MARK, ROOT


@dataclass(frozen=True)
class Way:
    """What somebody does, and the programs that do it."""

    name: str
    programs: tuple[tuple[str, ...], ...]  # the arguments of Python
    most: int | None = None  # modules, where the house has promised that
    alone: bool = False  # whether the processes that it starts are left out


_EXERCISE = """
from bench.recorder import mark
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config
shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
shell.display_formatter.active_types = shell.display_formatter.format_types  # text and HTML, as in a kernel
answer = '''from rest_framework.response import Response
from rest_framework.views import APIView
class WhoAmIView(APIView):
    def get(self, request):
        return Response({"user": request.user.username, "staff": request.user.is_staff})
'''
shell.run_cell("%load_ext jwtlab.checker")
shell.run_cell("%%exercise 02.whoami\\n" + answer)
mark()
shell.run_cell("%%exercise 02.whoami\\n" + answer)
mark()
"""

_SITE = """
from bench.recorder import mark
from jwtlab.site import start_site
mark()
site = start_site("hardened", server="nginx", tls=True)
mark()
site.stop()
"""

_ATTACK = """
from bench.recorder import mark
from jwtlab.attacks import run
mark()
print(run("replay after logout"))
mark()
"""

START = Way("start_site, Nginx and TLS", (("-c", _SITE),), most=7, alone=True)
WAYS = (
    Way(
        "`make lab` again",
        (("-m", "jwtlab.install", "--venv", str(ROOT / ".venv")), ("-m", "jwtlab", "lab", "--version")),
        alone=True,
    ),
    Way("`make notebooks`, one", (("-m", "authoring", "build", "01_jwt_anatomy"),), most=9, alone=True),
    START,
    Way("an attack in a browser", (("-c", _ATTACK),)),
    # It takes 19: 8 in the kernel, 4 in the worker, 11 in that of the face, 4 in the answer process. What
    # could still be put together would have two jobs (worker and judge, files and progress, site and tokens)
    # or, with codec and handle, let the kernel import what runs answers, which tests/test_imports.py forbids.
    Way("`%%exercise` on a warm worker", (("-c", _EXERCISE),), most=15),
)


@dataclass(frozen=True)
class Count:
    """What one way took."""

    modules: tuple[str, ...]
    functions: int
    changes: int


def walked(way: Way, python: Path, folder: Path) -> Count:
    """Run the programs of a way, and count. Raise CalledProcessError where one fails.

    `python` is a `recording_python`; `folder` takes what is noted and what the programs write.
    """
    log = folder / "calls"
    log.unlink(missing_ok=True)
    env = os.environ | {FILE: str(log), "JWTLAB_WORK": str(folder / "work")}
    if way.alone:
        env[ALONE] = "1"
    for program in way.programs:
        subprocess.run([python, *program], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, check=True)
    return counted(of_the_way(log.read_text("utf-8")).splitlines())


def of_the_way(log: str) -> str:
    """Return what was noted between the two marks; all of it where there are none."""
    parts = log.split(f"{MARK}\n")
    return parts[1] if len(parts) == 3 else log


def counted(calls: list[str]) -> Count:
    """Count lines `thread module function`."""
    called = dict.fromkeys((module, name) for _, module, name in (call.split(" ", 2) for call in calls))
    modules = [module for module, _ in called]  # each function once, in the order in which they are met
    changes = sum(one != other for one, other in pairwise(modules))
    return Count(tuple(sorted(set(modules))), len(called), changes)


def recording_python(folder: Path) -> Path:
    """Make an environment with the packages of this one, in which `bench.recorder` comes first."""
    venv.create(folder, with_pip=False)
    [packages] = folder.glob("lib/python*/site-packages")
    (packages / "a_packages.pth").write_text(f"import site; site.addsitedir({get_path('purelib')!r})\n")
    (packages / "b_recorder.pth").write_text(
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import bench.recorder\n"
    )
    return folder / "bin" / "python"


def lines(ways: tuple[Way, ...], *, names: bool) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="jwtlab-ways-") as name:
        folder = Path(name)
        python = recording_python(folder / "env")
        for way in ways:
            count = walked(way, python, folder)
            limit = f"; the limit is {way.most}" if way.most else ""
            yield (
                f"{way.name}: {len(count.modules)} modules{limit}, "
                f"{count.functions} functions, {count.changes} changes of module"
            )
            if names:
                yield from (f"    {module}" for module in count.modules)


def main() -> None:
    for line in lines(WAYS, names="--names" in sys.argv):
        print(line, flush=True)


if __name__ == "__main__":
    main()
