# %% exercise [markdown]
# title: A nightly export that does not lie
# stage: free
# minutes: 8
# concepts: [access token]
# site: seed
#
# Each night a job saves a user's notes. Write `export(site, access, file)`: it asks `GET /api/notes/` and writes what comes,
# which is JSON, to `file`. When the site refuses or is out of order, the file of last night stays as it is, and the
# function raises the error that `requests` has for such a status, so that somebody hears of it.
#
# `read(file)` is for looking at the file.

# %% solution
import json
from pathlib import Path

import requests


def export(site, access, file):
    # << ...
    answer = requests.get(site + "/api/notes/", headers={"Authorization": f"Bearer {access}"})
    answer.raise_for_status()
    Path(file).write_text(answer.text)
    # >>


def read(file):
    return json.loads(Path(file).read_text())


# %% also_right: looks-itself [markdown]
# - answer.raise_for_status()
# - Path(file).write_text(answer.text)
# + if answer.status_code != 200:
# +     raise requests.HTTPError(f"{answer.status_code} from {site}")
# + with open(file, "w") as out:
# +     json.dump(answer.json(), out)

# %% wrong: no-look-at-the-status -> refusal-written | misconception: http-errors-fail-commands [markdown]
# - answer.raise_for_status()

# %% wrong: waits-for-an-error -> refusal-written | misconception: http-errors-fail-commands
import json
from pathlib import Path

import requests


def export(site, access, file):
    try:
        answer = requests.get(site + "/api/notes/", headers={"Authorization": f"Bearer {access}"})
    except requests.HTTPError:
        raise
    Path(file).write_text(answer.text)


def read(file):
    return json.loads(Path(file).read_text())


# %% wrong: looks-for-401-alone -> trouble-written | slip [markdown]
# - answer.raise_for_status()
# + if answer.status_code == 401:
# +     raise requests.HTTPError("log in again")

# %% wrong: a-refused-list-is-empty -> refusal-written | slip [markdown]
# - answer.raise_for_status()
# - Path(file).write_text(answer.text)
# + notes = answer.json() if answer.ok else []
# + Path(file).write_text(json.dumps(notes))

# %% wrong: opens-first -> file-emptied | slip
import json
from pathlib import Path

import requests


def export(site, access, file):
    with open(file, "w") as out:
        answer = requests.get(site + "/api/notes/", headers={"Authorization": f"Bearer {access}"})
        answer.raise_for_status()
        out.write(answer.text)


def read(file):
    return json.loads(Path(file).read_text())


# %% wrong: keeps-it-quiet -> nobody-hears | slip [markdown]
# - answer.raise_for_status()
# - Path(file).write_text(answer.text)
# + if answer.ok:
# +     Path(file).write_text(answer.text)

# %% wrong: no-token-sent -> no-notes | misconception: server-remembers-tokens [markdown]
# - , headers={"Authorization": f"Bearer {access}"}

# %% check
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


# %% message: no-notes [markdown]
# The notes are not in the file
#
# Ask for the notes with the token of the user, and print status and body. Notebook 03, *Where does the token go?*

# %% message: refusal-written [markdown]
# A refused request has overwritten the notes of last night
#
# A 401 is an answer, with a body, and `requests` does not complain of it. HTTPie does the same: notebook 03, *Do the seed's
# `http post` lines work?*

# %% message: trouble-written [markdown]
# An answer of a site out of order is taken for notes
#
# There are more statuses than 200 and 401. Which one do you wait for? The documentation of `requests`, *Response Status
# Codes*.

# %% message: file-emptied [markdown]
# The file of last night is empty
#
# When does opening a file for writing empty it? Look at the order of your lines: `open` in Python's documentation.

# %% message: nobody-hears [markdown]
# The export fails, and nobody hears of it
#
# The job ends as if all were well, with exit status 0. An error that nobody catches changes that. Notebook 03, *Do the
# seed's `http post` lines work?*

# %% hint 1 [markdown]
# Notebook 03 runs HTTPie with a refresh token that is none, and looks at the exit status. Your job has the same trouble.

# %% hint 2 [markdown]
# Three steps, in an order that matters: ask, look at the status, write. A response of `requests` has a method for the second.

# %% hint 3 [markdown]
# The last line has the shape `Path(file).write_text(…)`, with the body as text.

# %% proven [markdown]
# The notes were saved, and stayed as they were when the token had expired and when the site was out of order. Both times
# your function raised.

# %% not checked [markdown]
# A machine that goes down while the file is written. Write to another name first, and `os.replace` it at the end.
