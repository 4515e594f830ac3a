"""07.guesses. Built from course/exercises/07/guesses.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "07.guesses",
    "title": "Five guesses for all workers",
    "kind": "code",
    "minutes": 12,
    "stage": "free",
    "concepts": ["worker"],
    "lesson": "07_runserver_vs_gunicorn",
    "order": 3,
    "site": "seed",
    "django": True,
}
STARTER = (
    "from django.core.cache import cache\n"
    "from rest_framework.response import Response\n"
    "from rest_framework.views import APIView\n"
    "\n"
    "LIMIT, WINDOW = 5, 60  # guesses, seconds\n"
    "\n"
    "\n"
    "class Attempts:\n"
    "    def allowed(self, name):\n"
    "        \"\"\"Count a guess for this name. Return whether it is one of the first five of its minute.\"\"\"\n"
    "        ...\n"
    "\n"
    "\n"
    "WORKERS = [Attempts() for worker in range(4)]\n"
    "\n"
    "\n"
    "class GuessView(APIView):\n"
    "    authentication_classes = []\n"
    "    permission_classes = []\n"
    "\n"
    "    def post(self, request):\n"
    "        worker = WORKERS[request.data[\"worker\"]]\n"
    "        if worker.allowed(request.data[\"username\"]):\n"
    "            return Response({\"detail\": \"wrong password\"}, status=401)\n"
    "        return Response({\"detail\": \"later\"}, status=429)\n"
)
HINTS = [
    "Five, sixth, other worker, other name, a minute later: what is the count under each, and who keeps it?",
    "Two methods of Django's cache: one writes only where nothing stands yet, the other adds one and returns the sum.",
    "`cache.add(key, 0, ...)`, then a line with `cache.incr(key)`.",
]
MESSAGES = {
    "early-refusal": {
        "title": "One of the first five guesses is refused",
        "next": "Write down what the count is after the first guess, and after the fifth. Notebook 07, *Five guesses a minute, from how many memories?*",
    },
    "never-refused": {
        "title": "The sixth guess is tried like the first",
        "next": "What does the view make of the value that it gets? In Python each number but 0 is true. Notebook 07, *Five guesses a minute, from how many memories?*",
    },
    "each-worker-counts": {
        "title": "The next worker tries what the first one refused",
        "next": "Each worker has begun a count of its own, so the attacker has five guesses from each. Notebook 07, *Five guesses a minute, from how many memories?*",
        "misconception": "workers-share-memory",
    },
    "others-locked-out": {
        "title": "Guesses at one name lock out another",
        "next": "Whose guesses are counted under that key? Notebook 07, *Five guesses a minute, from how many memories?*",
    },
    "counts-in-process": {
        "title": "The shared cache was emptied, and the count is still there",
        "next": "What stands in a class or a module stands once in each process, and there are four. Notebook 07, *Five guesses a minute, from how many memories?*",
        "misconception": "workers-share-memory",
    },
    "count-outlives-minute": {
        "title": "A minute after the first guess the count still stands",
        "next": "Who sets the time to live, and is it set anew with each guess? Django's documentation, *The low-level cache API*, and notebook 07, *Five guesses a minute, from how many memories?*",
    },
}
WHY = {
    "proven": "The sixth guess was refused by four workers, another name was not, and a minute later the name was free again.",
    "not_checked": "Guesses at the same instant: in a file or a table `incr` reads and then writes. An attacker with many names or addresses.",
}

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
