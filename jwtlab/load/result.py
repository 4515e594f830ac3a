"""What came of a load: which answers, how many of each, and how long they took."""

import statistics
from collections import Counter

from jwtlab.errors import LabError
from jwtlab.show.html import counted


class LoadError(LabError):
    """A load that is not allowed: not to this machine, or beyond the bounds."""


class Load:
    """What came of one load. It fills while the load runs.

    `statuses` counts the answers by HTTP status, `losses` the requests without an answer by what happened to
    them. `times` are the seconds that each answer took, in the order in which they came, and `seconds` is how
    long the whole took. Counts are fit to be shown in a cell if they are the same in each run; times are not.
    """

    def __init__(self, connections: int) -> None:
        self.connections = connections
        self.statuses: Counter[int] = Counter()
        self.losses: Counter[str] = Counter()
        self.times: list[float] = []
        self.seconds = 0.0

    @property
    def requests(self) -> int:
        """How many requests were sent, or tried."""
        return self.statuses.total() + self.losses.total()

    @property
    def failed(self) -> int:
        """How many requests a visitor would call failed: no answer, or a status of 500 and above."""
        return self.losses.total() + sum(n for status, n in self.statuses.items() if status >= 500)

    @property
    def all_ok(self) -> bool:
        """Whether there were requests, and each was answered with a 200."""
        return 0 < self.requests == self.statuses[200]

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.statuses.total() / self.seconds if self.seconds else 0.0

    @property
    def median(self) -> float:
        """The median of the seconds that an answer took; 0 if there was none."""
        return statistics.median(self.times) if self.times else 0.0

    def __repr__(self) -> str:
        came = [f"{n} × {status}" for status, n in sorted(self.statuses.items())]
        lost = [f"{n} × {what}" for what, n in sorted(self.losses.items())]
        side_by_side = f"{self.connections} at a time" if self.connections > 1 else "one at a time"
        return f"{counted(self.requests, 'request')}, {side_by_side}: {', '.join(came + lost) or 'nothing'}"
