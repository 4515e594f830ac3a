"""A progress bar for someone who watches, and nothing for anyone else.

A bar is an output that changes after it was shown. The build stores no such output and the gate refuses them
(authoring/run/gate.py), because they cannot be compared. So a bar is drawn in two places only: in a notebook
that a Jupyter server has opened for somebody, and on a terminal. In both it leaves nothing behind. The
kernels of the build, of the gate and of a plain `nbconvert` belong to no such server.
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
    """Give a function that draws how many of `total` are done, for as long as the block runs."""
    began, draw = time.monotonic(), _pen()

    def show(done: int) -> None:
        nonlocal drawn
        if draw and time.monotonic() - began > AFTER:
            draw(bar(done, total))
            drawn = True

    drawn = False
    try:
        yield show
    finally:
        if draw and drawn:
            draw("")


def bar(done: int, total: int) -> str:
    """One line: how far, as a bar and in numbers."""
    full = WIDTH * min(done, total) // total
    return f"[{'#' * full}{'.' * (WIDTH - full)}] {done} of {total} requests"


def _pen() -> Draw | None:
    """What draws a line in the place of the one before, or None where nobody watches."""
    # Jupyter Server sets the name of the notebook in the environment of the kernel that it starts for it.
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is not None and os.environ.get("JPY_SESSION_NAME"):
        return _notebook_pen(shell.display_pub.publish)
    if shell is None and sys.stderr.isatty():
        return lambda line: print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
    return None


def _notebook_pen(publish: Callable[..., None]) -> Draw:
    """A pen that draws on one display of the cell, and changes it from then on."""
    transient = {"display_id": f"jwtlab-load-{time.monotonic_ns()}"}
    drawn = False

    def draw(line: str) -> None:
        nonlocal drawn
        publish({"text/plain": line}, transient=transient, update=drawn)
        drawn = True

    return draw
