"""Checks a learner's answers to the exercises, in a notebook and in a terminal.

In a notebook:

    %load_ext jwtlab.check

exercise, verdict        what an exercise is, what came of an answer
engine                   `Engine().check(exercise, answer)`: the front door
worker, judge, worlds, explain    the warm process that judges
learner, site, tokens, failing    what a check is written with
child, pupil, serving, fences, originals, channel, crossing    the learner's process and the way there
drawing, fixed           how a verdict is shown; the engine's own messages
book, progress           where exercises, answers and progress are
session, magic, command  a learner at work; the notebook's `%%exercise`, the terminal's `make check`
"""

from typing import Any


def load_ipython_extension(shell: Any) -> None:
    """Give a notebook `%%exercise`, `%exercise` and `hint()`."""
    from jwtlab.check.magic import register

    register(shell)
