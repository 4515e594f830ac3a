"""A progress bar for someone who watches, and nothing for anyone else.

A bar is an output that changes after it was shown. The build stores no such output and the gate refuses them
(authoring/run/gate.py), because they cannot be compared. So a bar is drawn in two places only: in a notebook
that a Jupyter server has opened for somebody, and on a terminal. In both it is empty in the end. The kernels
of the build, of the gate and of a plain `nbconvert` belong to no such server.

Not tqdm: in a notebook its bar stays in the file, as a stream or as a widget at 0 %, `leave=False` or not.
And who watches would have to be found out here all the same.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

WIDTH = 30  # characters
AFTER = 0.5  # seconds; what takes less needs no bar

Draw = Callable[[str], None]


@contextmanager
def progress(total: int) -> Iterator[Callable[[int], None]]:
    """Yield a function that draws how many of `total` are done, for as long as the block runs."""
    shown = _Bar(_pen(), total)
    try:
        yield shown.show
    finally:
        shown.wipe()


def bar(done: int, total: int) -> str:
    """Return one line: how far, as a bar and in numbers."""
    full = WIDTH * min(done, total) // total
    return f"[{'#' * full}{'.' * (WIDTH - full)}] {done} of {total} requests"


class _Bar:
    """A bar that appears when the work takes a while, and goes at its end. Without a pen it never appears."""

    def __init__(self, draw: Draw | None, total: int) -> None:
        self._draw, self._total = draw, total
        self._began = time.monotonic()
        self._is_drawn = False

    def show(self, done: int) -> None:
        """Draw how many are done."""
        if self._draw and time.monotonic() - self._began > AFTER:
            self._draw(bar(done, self._total))
            self._is_drawn = True

    def wipe(self) -> None:
        """Leave an empty line where the bar was."""
        if self._draw and self._is_drawn:
            self._draw("")


def _pen() -> Draw | None:
    """Return what draws a line in the place of the one before, or None where nobody watches."""
    # Jupyter Server sets the name of the notebook in the environment of the kernel that it starts for it.
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is not None and os.environ.get("JPY_SESSION_NAME"):
        return _notebook_pen(shell.display_pub.publish)
    if shell is None and sys.stderr.isatty():
        return lambda line: print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
    return None


def _notebook_pen(publish: Callable[..., None]) -> Draw:
    """Return a pen that draws on one display of the cell, and changes it from then on."""
    transient = {"display_id": f"jwtlab-load-{time.monotonic_ns()}"}
    published: list[str] = []

    def draw(line: str) -> None:
        publish({"text/plain": line}, transient=transient, update=bool(published))
        published.append(line)

    return draw
