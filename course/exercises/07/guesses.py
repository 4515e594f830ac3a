# %% exercise [markdown]
# title: Five guesses for all workers
# stage: free
# minutes: 12
# concepts: [worker]
# security: true
# break_then_fix: true
# site: seed
# django: true
#
# Four objects play four workers: each has its own `self`, as a worker has its own memory. First break it. Let `allowed`
# count in a dictionary of `self`, and read how an attacker gets more than five guesses.
#
# Then fix it: five guesses a minute for a name, whichever worker is asked. The minute begins with the first guess.
# The count lives in Django's `cache`, which production shares among all workers.

# %% solution
from django.core.cache import cache
from rest_framework.response import Response
from rest_framework.views import APIView

LIMIT, WINDOW = 5, 60  # guesses, seconds


class Attempts:
    def allowed(self, name):
        """Count a guess for this name. Return whether it is one of the first five of its minute."""
        # << ...
        key = f"guesses:{name}"
        cache.add(key, 0, WINDOW)
        return cache.incr(key) <= LIMIT
        # >>


WORKERS = [Attempts() for worker in range(4)]


class GuessView(APIView):
    authentication_classes = []
    permission_classes = []

    def post(self, request):
        worker = WORKERS[request.data["worker"]]
        if worker.allowed(request.data["username"]):
            return Response({"detail": "wrong password"}, status=401)
        return Response({"detail": "later"}, status=429)


# %% also_right: one-call-for-the-first [markdown]
# - cache.add(key, 0, WINDOW)
# - return cache.incr(key) <= LIMIT
# + cache.get_or_set(key, 0, timeout=60)
# + cache.incr(key)
# + return cache.get(key) < 6

# %% also_right: stops-counting [markdown]
# - cache.add(key, 0, WINDOW)
# - return cache.incr(key) <= LIMIT
# + if cache.add(key, 1, WINDOW):
# +     return True
# + return cache.get(key) < LIMIT and cache.incr(key) <= LIMIT

# %% wrong: in-its-own-memory -> each-worker-counts | misconception: workers-share-memory [markdown]
# - key = f"guesses:{name}"
# - cache.add(key, 0, WINDOW)
# - return cache.incr(key) <= LIMIT
# + counts = self.__dict__.setdefault("counts", {})
# + counts[name] = counts.get(name, 0) + 1
# + return counts[name] <= LIMIT

# %% wrong: in-the-class -> counts-in-process | misconception: workers-share-memory [markdown]
# - class Attempts:
# + class Attempts:
# +     counts = {}
# +
# - key = f"guesses:{name}"
# - cache.add(key, 0, WINDOW)
# - return cache.incr(key) <= LIMIT
# + self.counts[name] = self.counts.get(name, 0) + 1
# + return self.counts[name] <= LIMIT

# %% wrong: one-count-for-everybody -> others-locked-out | slip [markdown]
# - f"guesses:{name}"
# + "guesses"

# %% wrong: writes-back -> count-outlives-minute | slip [markdown]
# - cache.add(key, 0, WINDOW)
# - return cache.incr(key) <= LIMIT
# + guesses = cache.get(key, 0) + 1
# + cache.set(key, guesses, WINDOW)
# + return guesses <= LIMIT

# %% wrong: locks-for-good -> count-outlives-minute | misconception: a-throttle-locks-accounts [markdown]
# - cache.add(key, 0, WINDOW)
# + cache.add(key, 0, None)

# %% wrong: the-number-is-true -> never-refused | slip [markdown]
# - cache.incr(key) <= LIMIT
# + cache.incr(key)

# %% wrong: begins-at-one -> early-refusal | slip [markdown]
# - cache.add(key, 0, WINDOW)
# + cache.add(key, 1, WINDOW)


# %% check
def check(learner, site):
    learner.mount("guess/", "GuessView")

    def guess(name, worker):
        return site.post("/guess/", json={"username": name, "worker": worker})

    for number in range(5):
        guess("alice", 1).expect(401, key="early-refusal")
    guess("alice", 1).expect(429, key="never-refused")
    for worker in (0, 2, 3):
        guess("alice", worker).expect(429, key="each-worker-counts")
    guess("vitor", 1).expect(401, key="others-locked-out")

    learner.value("cache").value.call("clear")
    guess("alice", 1).expect(401, key="counts-in-process")
    site.clock.advance(seconds=50)
    for number in range(4):
        guess("alice", number).expect(401, key="early-refusal")
    guess("alice", 1).expect(429, key="never-refused")
    site.clock.advance(seconds=20)
    guess("alice", 1).expect(401, key="count-outlives-minute")


# %% message: early-refusal [markdown]
# One of the first five guesses is refused
#
# Write down what the count is after the first guess, and after the fifth. Notebook 07, *Five guesses a minute, from how
# many memories?*

# %% message: never-refused [markdown]
# The sixth guess is tried like the first
#
# What does the view make of the value that it gets? In Python each number but 0 is true. Notebook 07, *Five guesses a
# minute, from how many memories?*

# %% message: each-worker-counts [markdown]
# The next worker tries what the first one refused
#
# Each worker has begun a count of its own, so the attacker has five guesses from each. Notebook 07, *Five guesses a
# minute, from how many memories?*

# %% message: others-locked-out [markdown]
# Guesses at one name lock out another
#
# Whose guesses are counted under that key? Notebook 07, *Five guesses a minute, from how many memories?*

# %% message: counts-in-process [markdown]
# The shared cache was emptied, and the count is still there
#
# What stands in a class or a module stands once in each process, and there are four. Notebook 07, *Five guesses a minute,
# from how many memories?*

# %% message: count-outlives-minute [markdown]
# A minute after the first guess the count still stands
#
# Who sets the time to live, and is it set anew with each guess? Django's documentation, *The low-level cache API*, and
# notebook 07, *Five guesses a minute, from how many memories?*

# %% hint 1 [markdown]
# Five, sixth, other worker, other name, a minute later: what is the count under each, and who keeps it?

# %% hint 2 [markdown]
# Two methods of Django's cache: one writes only where nothing stands yet, the other adds one and returns the sum.

# %% hint 3 [markdown]
# `cache.add(key, 0, ...)`, then a line with `cache.incr(key)`.

# %% proven [markdown]
# The sixth guess was refused by four workers, another name was not, and a minute later the name was free again.

# %% not checked [markdown]
# Guesses at the same instant: in a file or a table `incr` reads and then writes. An attacker with many names or addresses.
