"""07.preload. Built from course/exercises/07/preload.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "07.preload",
    "title": "What does preloading leave?",
    "kind": "predict",
    "minutes": 4,
    "stage": "worked",
    "concepts": ["worker", "signing key"],
    "lesson": "07_runserver_vs_gunicorn",
    "order": 1,
}
STARTER = "...\n"
HINTS = [
    "Two moments count: when the line in `settings.py` runs, and when there come to be four processes.",
    "Compare the order of the two with that of notebook 07, where each worker imported the settings itself.",
    "Ask the same of the second start as of the first: is anything kept from one to the other?",
]
MESSAGES = {
    "new-key-at-start": {
        "title": "The second start has another key than the first",
        "next": "The import is made once for each start, by the master. What happens to the tokens that are out? Notebook 07, *Four workers, how many secrets?*",
        "misconception": "secrets-can-be-made-at-start",
    },
    "no-key-a-request": {
        "title": "A worker's two requests meet the same key",
        "next": "When is a module's code run? Django's documentation, *Altering settings at runtime*, and notebook 07, *Four workers, how many secrets?*",
        "misconception": "settings-load-per-request",
    },
    "one-key-for-four": {
        "title": "The four workers have one key between them",
        "next": "A fork copies the memory of the process, and the key is in it by then. Gunicorn's documentation, `preload_app`, and notebook 07, *Four workers, how many secrets?*",
    },
}
WHY = {
    "proven": "Four processes forked after the import had one key, and a second start had another. So each release logs everybody out.",
    "not_checked": "Gunicorn itself: the check forks as it does. A reload by `SIGHUP` does not import a preloaded project anew.",
}
OPTIONS = {
    "a": {
        "text": "Nothing: the four share one key, today and after each start",
        "key": "new-key-at-start",
    },
    "b": {
        "text": "While it runs nothing; the next start of the server has another key",
    },
    "c": {
        "text": "More than before: settings are read for each request, each with a key",
        "key": "no-key-a-request",
    },
    "d": {
        "text": "All of it: each of the four still has its own key, and one in four calls passes",
        "key": "one-key-for-four",
    },
}

import subprocess
import sys

START = """
import os, secrets
KEY = secrets.token_urlsafe(32)  # the master imports the settings
for worker in range(4):
    if os.fork() == 0:
        for request in range(2):
            os.write(1, f"{worker} {KEY}\\n".encode())
        os._exit(0)
for worker in range(4):
    os.wait()
"""


def check(learner, site):
    today, tomorrow = start(), start()
    if len(today) == 8:
        return "c"
    if len(today) == 4:
        return "d"
    return "a" if today == tomorrow else "b"


def start():
    """The keys that four workers of one start use for two requests each."""
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", START], capture_output=True, text=True, check=True
    )
    return {line.split()[1] for line in run.stdout.splitlines()}
