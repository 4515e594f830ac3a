"""`start_site()` to its first 200, against django.setup() and a request in one process.

Both use the same settings, the same kind of database and the same page, in turn. Neither makes the database
template, which happens once.
"""

import http.client
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.clone import report
from jwtlab.site import start_site
from jwtlab.site.processes import environment
from jwtlab.site.served_project import FACES
from jwtlab.site.world import DEMO_SITE, database_template, prepare

ROUNDS = 15

BARE = """
import django
django.setup()
from django.core.handlers.wsgi import WSGIHandler
from wsgiref.util import setup_testing_defaults
environ = {}
setup_testing_defaults(environ)
WSGIHandler()(environ, lambda status, headers: print(status, flush=True))
"""


def site_seconds() -> float:
    """Seconds from the call of start_site to a 200 that a reader's own request gets."""
    start = time.perf_counter()
    with start_site() as site:
        connection = http.client.HTTPConnection("127.0.0.1", site.port)
        connection.request("GET", "/")
        status = connection.getresponse().status
        elapsed = time.perf_counter() - start
        connection.close()
    if status != 200:
        raise RuntimeError(f"The site answered {status}")
    return elapsed


def bare_seconds() -> float:
    """Return the seconds from the start of a bare Python to the 200 that Django's handler gives in it."""
    settings = FACES["seed"]
    with TemporaryDirectory() as folder:
        prepare(Path(folder), database_template(settings), clock=True)
        env = environment(LAB_WORLD=folder, DJANGO_SETTINGS_MODULE=settings)
        start = time.perf_counter()
        bare = subprocess.Popen(
            [sys.executable, "-c", BARE], cwd=DEMO_SITE, env=env, stdout=subprocess.PIPE, text=True
        )
        assert bare.stdout
        with bare:
            status = bare.stdout.readline()
            elapsed = time.perf_counter() - start
    if not status.startswith("200"):
        raise RuntimeError(f"Django answered {status!r}")
    return elapsed


def main() -> None:
    site_seconds()  # makes the template and fills the caches of both sides
    pairs = [(site_seconds(), bare_seconds()) for _ in range(ROUNDS)]
    ours, theirs = map(list, zip(*pairs, strict=True))
    report("start_site() to its first 200 against django.setup() and a request", ours, theirs, 1.5)


if __name__ == "__main__":
    main()
