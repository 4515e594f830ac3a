"""Checks a learner's answers to the exercises, in a notebook and in a terminal.

In a notebook:

    %load_ext jwtlab.checker

magics     the notebook's `%%exercise` and `hint()`
commands   the terminal's `make check`, `watch`, `hint` and `progress`
session    a learner at work, for both
catalogue  where exercises, answers and projects are
exercise   what an exercise is
quiz       `quiz`: the questions of the lessons
verdict    what came of an answer; `drawing` how it looks
messages   the messages that belong to no exercise

Below, a folder is a process:

worker/    judges; `worker.client` starts it and asks it
answer/    runs the learner's code, forked from the worker for one check
api/       what a check is written with, in the worker
"""

from typing import Any


def load_ipython_extension(shell: Any) -> None:
    """Give a notebook `%%exercise`, `%exercise` and `hint()`."""
    from jwtlab.checker.magics import register

    register(shell)
