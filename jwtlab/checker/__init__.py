"""Checks a learner's answers to the exercises, in a notebook and in a terminal.

In a notebook:

    %load_ext jwtlab.checker

magics            the notebook's `%%exercise` and `hint()`
commands          the terminal's `make check`, `watch`, `hint` and `progress`
catalogue         the exercises, and where the learner's answers are
quiz              `quiz`: the questions of the lessons
verdict           what came of an answer, and how that looks
general_messages  the messages that belong to no exercise

Below, a folder is a process, and an answer goes from one to the next:

worker/    judges; kept warm. Its `client` is what the learner's kernel or terminal has of it
answer/    runs the learner's code, in a fork of the worker for one check. Its `parent` is the worker's end
api/       what a check is written with, in the worker

Where the learner's code runs. In the kernel, as the code of any cell does, if it is plain Python; what it
does there decides nothing. And in the answer process, where each call of a check lands. It never runs in the
worker, and the code of a check never runs in the kernel or beside the learner's.

Who trusts whom. The kernel trusts the worker, which it has started. The worker trusts the exercises, which
come with the course. Nobody trusts the answer process: it may have replaced every function in it, so it is
asked for values, and what they are worth is decided in the worker. Nothing is kept secret from it, as the
solutions are open and a fork has its parent's memory; but nothing that it does to itself changes the worker.

What crosses. JSON, and nothing that could run: a verdict from worker to kernel, values from answer to check
(`answer.codec`). An object that is no data stays where it is, and a number stands for it. Requests reach the
site, which is in the answer process, over HTTP on loopback; each response must carry the name of this very
site.

What ends. Each process ends with the one before it, however that ends: the answer process when its connection
hangs up, the workers by the watchdog (`worker.__main__`), which also removes their folder. The code of an
answer has a time limit, and the operating system's limits on memory, files and processor time.

What this is not: a sandbox. The learner owns the machine. It keeps accidents from harm, and a check from
being passed by what the answer does to Python. tests/test_imports.py holds the folders apart.
"""

from typing import Any


def load_ipython_extension(shell: Any) -> None:
    """Give a notebook `%%exercise`, `%exercise` and `hint()`."""
    from jwtlab.checker.magics import register

    register(shell)
