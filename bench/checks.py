"""From an answer to its verdict: on a warm worker, on one started for it, and for thirty learners at once.

The exercise is the sample of the checker's tests: a view on the live site, which gets six requests. Each
learner has a worker of their own, as each notebook kernel has; "at once" means that all send their answer at
one moment.
"""

import os
import runpy
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from jwtlab.checker.catalogue import Check, Exercise
from jwtlab.checker.verdict import PASSED
from jwtlab.checker.worker.client import Client

SAMPLES = Path(__file__).resolve().parents[1] / "tests" / "checker" / "data"
WARM_ROUNDS, COLD_ROUNDS = 50, 5
LEARNERS, CORES = 30, 2
WARM_LIMIT, COLD_LIMIT, ROOM_LIMIT = 0.1, 1.0, 1.0  # seconds


def seconds(client: Client, exercise: Exercise, answer: str) -> float:
    """Seconds from the answer to its verdict, which must be that it has passed."""
    start = time.perf_counter()
    verdict = client.check(exercise, answer)
    elapsed = time.perf_counter() - start
    if verdict.outcome != PASSED:
        raise RuntimeError(f"The right answer did not pass:\n{verdict}")
    return elapsed


def cold_seconds(exercise: Exercise, answer: str) -> float:
    """Seconds for the first check of a worker that nobody has started yet."""
    with Client() as client:
        return seconds(client, exercise, answer)


def room_seconds(exercise: Exercise, answer: str) -> list[float]:
    """Seconds for each of thirty learners whose warm workers get their answers at the same moment."""
    clients = [Client() for _ in range(LEARNERS)]
    try:
        for client in clients:
            seconds(client, exercise, answer)
        gate = Barrier(LEARNERS)
        with ThreadPoolExecutor(LEARNERS) as room:
            return list(room.map(lambda client: at_once(gate, client, exercise, answer), clients))
    finally:
        for client in clients:
            client.close()


def at_once(gate: Barrier, client: Client, exercise: Exercise, answer: str) -> float:
    gate.wait()
    return seconds(client, exercise, answer)


def sample(name: str) -> Exercise:
    """Return the exercise that is written by hand in a file of the checker's tests."""
    path = SAMPLES / name
    parts = runpy.run_path(str(path))
    check = Check(file=str(path), line=1, code=path.read_text("utf-8"))
    texts = {part: parts[part.upper()] for part in ("starter", "hints", "messages", "why")}
    return Exercise(**parts["EXERCISE"], **texts, check=check)


def report(what: str, figure: float, limit: float) -> None:
    verdict = "holds" if figure <= limit else "does not hold"
    print(f"{what}: {figure * 1000:.0f} ms; the limit is {limit * 1000:.0f} ms, which {verdict}")


def main() -> None:
    exercise = sample("whoami.py")
    answer = (SAMPLES / "whoami_answer.py").read_text("utf-8")
    if hasattr(os, "sched_setaffinity"):  # the limit for a room is for two cores
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    with Client() as client:
        seconds(client, exercise, answer)  # makes the database, once for each state of the demo site
        warm = [seconds(client, exercise, answer) for _ in range(WARM_ROUNDS)]
    report("a warm check, median", statistics.median(warm), WARM_LIMIT)
    cold = [cold_seconds(exercise, answer) for _ in range(COLD_ROUNDS)]
    report("a cold check, median", statistics.median(cold), COLD_LIMIT)
    report(f"{LEARNERS} learners at once, the slowest", max(room_seconds(exercise, answer)), ROOM_LIMIT)


if __name__ == "__main__":
    main()
