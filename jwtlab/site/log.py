"""What a server's log says: which requests it has answered, and why it did not start.

Reads what Django's `runserver` and `manage.py` print, Gunicorn and Nginx too; starts and stops nothing.
"""

import re
import time
from pathlib import Path

SHOWN = 20  # request lines, the last ones, that a cell shows

# [05/Jan/2026 09:00:00] "GET /hello/ HTTP/1.1" 401 58
# as django.core.servers.basehttp.WSGIRequestHandler and django.utils.log.ServerFormatter write it
# and, with more behind it, demo_site/serving/: Gunicorn's `access_log_format`, Nginx's `log_format`. The last
# that Nginx writes is how long the application took, or "-" if it was not asked.
REQUEST_LINE = re.compile(
    r'^(?:\[[^\]]*\] )?(".*" \d{3} (?:\d+|-))(?: \S+ [\d.]+ ([-\d.,: ]+))?$', re.MULTILINE
)
STATIC_FILE = re.compile(r'^"[A-Z]+ /static/')

TRACEBACK = re.compile(r"^Traceback \(most recent call last\):\n", re.MULTILINE)
FRAME = re.compile(r'^ +File "(.+)", line (\d+)', re.MULTILINE)
GUNICORN_LINE = re.compile(r"\[[^\]]*\] \[\d+\] \[[A-Z]+\] ")  # as gunicorn.glogging.Logger writes it
FIRST_CHECK_ERROR = re.compile(r"^SystemCheckError: [^\n]*\n\nERRORS:\n(.+)$", re.MULTILINE)


class ServerLog:
    """The requests that a server has answered, oldest first. A cell that ends on it shows the last of them.

    A line is as the server wrote it, without its time. All else that it printed is in `text`, and in the file
    at `path` as long as the site runs.
    """

    def __init__(self, path: Path, *, hidden: int = 0, counter: Path | None = None) -> None:
        """Read the log at `path` without its first `hidden` requests.

        `counter` is a file that grows by one byte for each request, before its answer is sent, if the site
        keeps one.
        """
        self.path = path
        self._hidden = hidden
        self._counter = counter
        self._kept = ""

    @property
    def text(self) -> str:
        """All that the server has printed so far. It varies from run to run: times, ports, versions."""
        try:
            return self.path.read_text("utf-8", errors="replace")
        except FileNotFoundError:
            return self._kept

    @property
    def lines(self) -> list[str]:
        """One line per request answered so far."""
        self.wait_until_complete()
        return [line for line, _ in self._requests()][self._hidden :]

    def __repr__(self) -> str:
        return "\n".join(self.lines[-SHOWN:]) or "no requests yet"

    def keep(self) -> None:
        """Remember the text, so that it can still be shown when the file is gone."""
        self.wait_until_complete()
        self._kept = self.text

    def wait_until_complete(self) -> None:
        """Wait for lines that are still to come: a server answers first and logs then."""
        requests, since = self._requests(), time.monotonic()
        while self.path.exists() and not self._is_complete(requests, time.monotonic() - since):
            time.sleep(0.005)
            if (latest := self._requests()) != requests:
                requests, since = latest, time.monotonic()

    def _requests(self) -> list[tuple[str, str]]:
        """Return, for each request, its line and Nginx's last word on it."""
        return REQUEST_LINE.findall(self.text)

    def _is_complete(self, requests: list[tuple[str, str]], quiet: float) -> bool:
        """Say whether no line is missing, given that the last one came `quiet` seconds ago or more.

        Where requests are counted this is known, and two seconds are the limit for a request that ends
        without a line, because its client hung up. Elsewhere a tenth of a second has to do.
        """
        counted = self._count()
        if counted is None:
            return quiet > 0.1
        # `runserver` and Nginx answer some requests themselves, and the site does not count them.
        by_site = sum(not STATIC_FILE.match(line) and upstream != "-" for line, upstream in requests)
        return quiet > 2 or by_site >= counted

    def _count(self) -> int | None:
        try:
            return self._counter.stat().st_size if self._counter else None
        except FileNotFoundError:
            return None


def reason(text: str, project: Path) -> str:
    """Return why the process that printed `text` failed, as a part of a sentence, without a full stop.

    The exception of its last traceback, and where in `project` it came up; else the first failed system
    check; else the last line, which is how `manage.py` words the errors that it expects, and Gunicorn too
    before it logs that it ends.
    """
    if tracebacks := list(TRACEBACK.finditer(text)):
        return _reason_of(text[tracebacks[-1].end() :], project)
    if check := FIRST_CHECK_ERROR.search(text):
        return f"SystemCheckError: {check[1].rstrip('.')}"
    printed = [line.strip() for line in text.splitlines() if line.strip()]
    told = [line for line in printed if not GUNICORN_LINE.match(line)] or printed
    return GUNICORN_LINE.sub("", told[-1]).rstrip(".") if told else "it printed nothing"


def _reason_of(traceback: str, project: Path) -> str:
    """Return the exception under the frames, which are indented, and the innermost of the project's."""
    unindented = (line for line in traceback.splitlines() if line and not line.startswith(" "))
    exception = next(unindented, "it was cut off").rstrip(".")
    for name, line in reversed(FRAME.findall(traceback.partition(exception)[0])):
        path = Path(name)
        if path.is_relative_to(project) and path.name != "manage.py":
            return f"{exception} ({path.relative_to(project).as_posix()}, line {line})"
    return exception
