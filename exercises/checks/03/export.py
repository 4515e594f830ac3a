"""03.export. Built from course/exercises/03/export.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "03.export",
    "title": "A nightly export that does not lie",
    "kind": "code",
    "minutes": 8,
    "stage": "free",
    "concepts": ["access token"],
    "lesson": "03_calling_the_api",
    "order": 3,
    "site": "seed",
}
STARTER = (
    "import json\n"
    "from pathlib import Path\n"
    "\n"
    "import requests\n"
    "\n"
    "\n"
    "def export(site, access, file):\n"
    "    ...\n"
    "\n"
    "\n"
    "def read(file):\n"
    "    return json.loads(Path(file).read_text())\n"
)
HINTS = [
    "Notebook 03 runs HTTPie with a refresh token that is none, and looks at the exit status. Your job has the same trouble.",
    "Three steps, in an order that matters: ask, look at the status, write. A response of `requests` has a method for the second.",
    "The last line has the shape `Path(file).write_text(…)`, with the body as text.",
]
MESSAGES = {
    "no-notes": {
        "title": "The notes are not in the file",
        "next": "Ask for the notes with the token of the user, and print status and body. Notebook 03, *Where does the token go?*",
        "misconception": "server-remembers-tokens",
    },
    "refusal-written": {
        "title": "A refused request has overwritten the notes of last night",
        "next": "A 401 is an answer, with a body, and `requests` does not complain of it. HTTPie does the same: notebook 03, *Do the seed's `http post` lines work?*",
    },
    "trouble-written": {
        "title": "An answer of a site out of order is taken for notes",
        "next": "There are more statuses than 200 and 401. Which one do you wait for? The documentation of `requests`, *Response Status Codes*.",
    },
    "file-emptied": {
        "title": "The file of last night is empty",
        "next": "When does opening a file for writing empty it? Look at the order of your lines: `open` in Python's documentation.",
    },
    "nobody-hears": {
        "title": "The export fails, and nobody hears of it",
        "next": "The job ends as if all were well, with exit status 0. An error that nobody catches changes that. Notebook 03, *Do the seed's `http post` lines work?*",
    },
}
WHY = {
    "proven": "The notes were saved, and stayed as they were when the token had expired and when the site was out of order. Both times your function raised.",
    "not_checked": "A machine that goes down while the file is written. Write to another name first, and `os.replace` it at the end.",
}

FILE = "notes.json"


def check(learner, site):
    make = site.tokens("vitor")
    notes = site.get("/api/notes/", bearer=make.good()).json
    learner.call("export", site.url, make.good(), FILE).expect(
        test=lambda _: True, wanted="the notes in the file", key="no-notes", crash="no-notes"
    )
    learner.call("read", FILE).expect(notes, key="no-notes", crash="no-notes")

    refused = make.expired()
    again(learner, learner.call("export", site.url, refused, FILE), notes, "refusal-written")
    site.stub("GET", "/api/notes/", status=503, json={"detail": "Back in a minute."})
    again(learner, learner.call("export", site.url, make.good(), FILE), notes, "trouble-written")


def again(learner, called, notes, key):
    """The file must be the one of last night, and the caller must have heard."""
    after = learner.call("read", FILE)
    if after.error:
        called.fail("file-emptied", wanted="the file of last night", saw="a file without JSON in it")
    if after.value != notes:
        called.fail(key, wanted="the file of last night", saw=f"{FILE}: {after.value!r}")
    called.expect(raises="HTTPError", key="nobody-hears")
