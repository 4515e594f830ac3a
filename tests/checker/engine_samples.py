"""What the tests of the engine check: two hand-written exercises with right answers, and smaller ones."""

from pathlib import Path
from typing import Any

from jwtlab.checker.exercise import Exercise

DATA = Path(__file__).parent / "data"

WHOAMI = Exercise.read(DATA / "whoami.py")
WHOAMI_RIGHT = (DATA / "whoami_answer.py").read_text("utf-8")

HELLO = Exercise.read(DATA / "hello.py")
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


def made(check: str, *, starter: Any = "...", options: Any = None, **meta: Any) -> Exercise:
    """An exercise around the body of a check; each key that it fails with gets a message."""
    head = {"id": "99.made", "title": "Made for a test", "kind": "code"} | meta
    messages = {key: {"title": f"Title of {key}", "next": f"Next of {key}"} for key in ("no", "crashed")}
    body = "\n".join(f"    {line}" for line in check.strip().splitlines())
    return Exercise.parse(
        f"EXERCISE = {head!r}\nSTARTER = {starter!r}\nHINTS = ['one', 'two', 'three']\n"
        f"MESSAGES = {messages!r}\nWHY = {{'proven': 'It holds.', 'not_checked': 'The rest.'}}\n"
        f"OPTIONS = {options or {}!r}\n\ndef check(learner, site):\n{body}\n"
    )
