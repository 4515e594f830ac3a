# %% exercise [markdown]
# title: What does preloading leave?
# stage: worked
# kind: predict
# minutes: 4
# concepts: [worker, signing key]
#
# The settings of notebook 07 make their key themselves. Somebody finds an option that makes the 401s go away:
#
# ```sh
# # settings.py: SECRET_KEY = secrets.token_urlsafe(32)
# gunicorn --workers 4 --preload lab.wsgi       # 1. the master imports the project, settings and all
#                                               # 2. it forks: each worker is a copy of the master
# ```
#
# What is left of the problem?

# %% option a -> new-key-at-start | misconception: secrets-can-be-made-at-start [markdown]
# Nothing: the four share one key, today and after each start

# %% option b [markdown]
# While it runs nothing; the next start of the server has another key

# %% option c -> no-key-a-request | misconception: settings-load-per-request [markdown]
# More than before: settings are read for each request, each with a key

# %% option d -> one-key-for-four | slip [markdown]
# All of it: each of the four still has its own key, and one in four calls passes

# %% check
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


# %% message: new-key-at-start [markdown]
# The second start has another key than the first
#
# The import is made once for each start, by the master. What happens to the tokens that are out? Notebook 07, *Four
# workers, how many secrets?*

# %% message: no-key-a-request [markdown]
# A worker's two requests meet the same key
#
# When is a module's code run? Django's documentation, *Altering settings at runtime*, and notebook 07, *Four workers,
# how many secrets?*

# %% message: one-key-for-four [markdown]
# The four workers have one key between them
#
# A fork copies the memory of the process, and the key is in it by then. Gunicorn's documentation, `preload_app`, and
# notebook 07, *Four workers, how many secrets?*

# %% hint 1 [markdown]
# Two moments count: when the line in `settings.py` runs, and when there come to be four processes.

# %% hint 2 [markdown]
# Compare the order of the two with that of notebook 07, where each worker imported the settings itself.

# %% hint 3 [markdown]
# Ask the same of the second start as of the first: is anything kept from one to the other?

# %% proven [markdown]
# Four processes forked after the import had one key, and a second start had another. So each release logs everybody out.

# %% not checked [markdown]
# Gunicorn itself: the check forks as it does. A reload by `SIGHUP` does not import a preloaded project anew.
