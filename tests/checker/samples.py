"""What the tests of the checker check: two hand-written exercises with right answers, and smaller ones."""

import runpy
from pathlib import Path
from typing import Any

import psutil

from jwtlab.checker.catalogue import Answer, Check, Exercise
from jwtlab.checker.verdict import Message, Verdict
from jwtlab.checker.worker.client import Client

DATA = Path(__file__).parent / "data"


def sample(path: Path) -> Exercise:
    """Return the exercise that is written by hand in a file of Python."""
    parts = runpy.run_path(str(path))
    return Exercise(
        **parts["EXERCISE"],
        starter=parts["STARTER"],
        hints=parts["HINTS"],
        messages=parts["MESSAGES"],
        why=parts["WHY"],
        check=Check(file=f"tests/checker/data/{path.name}", line=1, code=path.read_text("utf-8")),
    )


WHOAMI = sample(DATA / "whoami.py")
WHOAMI_RIGHT = (DATA / "whoami_answer.py").read_text("utf-8")

HELLO = sample(DATA / "hello.py")
HELLO_FILES = {
    path.relative_to(DATA / "hello").as_posix(): path.read_text("utf-8")
    for path in sorted((DATA / "hello").rglob("*.py"))
}
HELLO_VIEWS = "hello_site/views.py"
HELLO_RIGHT = HELLO_FILES | {
    HELLO_VIEWS: HELLO_FILES[HELLO_VIEWS]
    .replace(
        "from rest_framework.resp",
        "from rest_framework.permissions import IsAuthenticated\nfrom rest_framework.resp",
    )
    .replace("    def get", "    permission_classes = [IsAuthenticated]\n\n    def get")
}


def message_of(verdict: Verdict) -> Message:
    """Return the message of a verdict, which must have one."""
    assert verdict.message, str(verdict)
    return verdict.message


def tree(client: Client) -> list[psutil.Process]:
    """Return the processes of a client: the watchdog, the worker, those for faces, and that of an answer."""
    watchdog = psutil.Process(client.pid)
    return [watchdog, *watchdog.children(recursive=True)]


def made(
    check: str, *, above: str = "", starter: Answer = "...", id: str = "99.made", **rest: Any
) -> Exercise:
    """Return an exercise around the body of a check, with code `above`; its keys are `no` and `crashed`."""
    body = "\n".join(f"    {line}" for line in check.strip().splitlines())
    code = f"{above}def check(learner, site):\n{body}\n"
    return Exercise(
        id=id,
        starter=starter,
        check=Check(file="course/exercises/99/made.py", line=41, code=code),
        **{
            "title": "Made for a test",
            "kind": "code",
            "hints": ["one", "two", "three"],
            "messages": {
                key: {"title": f"Title of {key}", "next": f"Next of {key}"} for key in ("no", "crashed")
            },
            "why": {"proven": "It holds.", "not_checked": "The rest."},
        }
        | rest,
    )
