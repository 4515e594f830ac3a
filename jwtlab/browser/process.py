"""A browser's process, started behind a watchdog: it ends with this process, however that ends.

The watchdog is that of the sites (`jwtlab.site.processes`). Its folder holds the profile and is the browser's
folder for temporary files, so that nothing of the browser outlives it.
"""

import re
import tempfile
from collections.abc import Callable, Sequence
from io import FileIO
from pathlib import Path

from jwtlab.browser.tables import BrowserError
from jwtlab.show import html
from jwtlab.site.processes import Awaited, Deadline, Found, NotReady, Process, Supervisor, environment

STARTING = 60.0  # seconds; a browser's first start on a busy machine has taken ten
LONGEST = 32  # characters of the folder around it: Chromium keeps a socket below, and macOS allows it 104
LAST_LINES = 3  # of what a browser that does not start has printed, so many are shown

ANOTHER = "or name another browser in the variable JWTLAB_BROWSER"
SNAP = f"It is a snap, which may use few files but its own. Install a browser that is none, {ANOTHER}."
# What a browser prints that cannot start, and what to do about it. A known cause has a line of its own.
CURES = {
    r"error while loading shared libraries|cannot open shared object|couldn't load XPCOM": (
        "A library that it needs is missing: install the browser anew, with all it needs, " + ANOTHER + "."
    ),
    r"as root (without --no-sandbox|in a regular user's session)": (
        "It does not start as root: work as another user, " + ANOTHER + "."
    ),
    r"/dev/shm|shared memory": (
        "It has too little shared memory. In a container, give it some: docker run --shm-size=1g."
    ),
    r"snap": SNAP,
}


class BrowserProcess:
    """A browser's process: `start` it in a `try` whose end is `stop`, and nothing of it is left."""

    _process: Process
    pipes: tuple[FileIO, FileIO]  # to it and from it: its descriptors 3 and 4 (`jwtlab.site.processes`)

    def __init__(self, program: Path) -> None:
        """Start nothing yet."""
        self.program = program
        self._supervisor: Supervisor | None = None

    def start(self, prepare: Callable[[Path], Sequence[str]], *, piped: bool = False) -> None:
        """Start it with the arguments that `prepare` returns, given the folder that is there for the profile.

        Raises BrowserError when the system does not start it.
        """
        try:
            supervisor = self._supervisor = Supervisor("jwtlab-browser-", _parent(self.program), piped=piped)
            if piped:
                self.pipes = supervisor.to_process, supervisor.from_process
            folder = supervisor.folder
            self._process = supervisor.start(
                [self.program, *prepare(folder)],
                cwd=folder,
                env=_environment(folder),
                log=folder / "browser.log",
            )
        except OSError as error:
            raise BrowserError(f"{self.program.name} did not start: {error}. {self._cure('')}") from None

    def wait_for(self, awaited: Awaited[Found], deadline: Deadline) -> Found:
        """Return what `awaited` finds in what it prints. Raises BrowserError, with why it did not start."""
        try:
            return self._process.wait_for(awaited, deadline)
        except NotReady:
            raise self.failure() from None

    @property
    def is_running(self) -> bool:
        return self._process.is_running

    def stop(self) -> None:
        """End it and remove its folder. The second time this does nothing."""
        if self._supervisor:
            self._supervisor.stop()

    def failure(self) -> BrowserError:
        """Why it did not start: its own last words, and what to do."""
        printed = self._process.output
        lines = [line.strip() for line in printed.splitlines() if line.strip()][-LAST_LINES:]
        said = " / ".join(lines).rstrip(".") or "nothing"
        return BrowserError(
            html.one_line(f"{self.program.name} did not start. It said: {said}. ") + self._cure(printed)
        )

    def _cure(self, printed: str) -> str:
        known = (cure for words, cure in CURES.items() if re.search(words, printed, re.IGNORECASE))
        return next(known, SNAP if is_snap(self.program) else f"See whether it does so by itself, {ANOTHER}.")


def _environment(folder: Path) -> dict[str, str]:
    """This process's, but with a home in `folder`: of temporary files, settings, caches and crash reports."""
    homes = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CONFIG", "CACHE", "DATA")}
    return environment(HOME=str(folder), TMPDIR=str(folder), GSETTINGS_BACKEND="memory", **homes)


def is_snap(program: Path) -> bool:
    return "snap" in program.parts


def _parent(program: Path) -> Path:
    """The folder in which the watchdog makes its own.

    The system's temporary one, or where its name is long (macOS) the one that every system has. A snap has a
    /tmp of its own, and of a home it sees what is its own.
    """
    if is_snap(program) and (own := Path.home() / "snap" / program.name / "common").is_dir():
        return own
    usual = tempfile.gettempdir()
    return Path(usual if len(usual) <= LONGEST else "/tmp")
