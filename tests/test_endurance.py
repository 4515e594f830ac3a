"""The shipped Nginx and Gunicorn under all at once: slow clients, killed workers, reloads, and honest load.

The site is a project of two small files, because a worker has to be killed where it hurts most, in the middle
of an honest request: its view ends its own process when it is told to.

What holds, and is tested: a GET whose worker is killed before it has answered is sent to another worker, once
(`proxy_next_upstream` in demo_site/serving/nginx). A POST is not, since it may have been carried out: its
client gets a 502, and it was carried out once at most. What does not hold: a worker that is killed between
the head and the body of an answer, which Gunicorn writes one after the other, takes that answer with it.
"""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import cycle, islice
from pathlib import Path

import psutil
import pytest
import requests

from jwtlab.load import Load, load, steady_load
from jwtlab.machine import cure, find_nginx
from jwtlab.site import Site, start_site

pytestmark = pytest.mark.skipif(
    find_nginx() is None, reason=f"there is no Nginx on this machine. To run it here: {cure('nginx')}"
)

SLOW_CLIENTS, SLOW_READERS, KILLS, RELOADS = 200, 10, 20, 5
KILLED = "was sent SIGKILL"  # in Gunicorn's log
PATIENCE = 60  # seconds for what should take a moment

MANAGE = """
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "project"

from django.core.management import execute_from_command_line

execute_from_command_line(sys.argv)
"""

PROJECT = """
import os
import signal
from pathlib import Path

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path

SECRET_KEY = "only-for-a-test-of-nginx-and-gunicorn"
ROOT_URLCONF = "project"
ALLOWED_HOSTS = ["127.0.0.1"]
HERE = Path(__file__).parent


def record(what):
    with open(HERE / what, "ab") as file:
        file.write(b".")


def work(request):
    record(f"begun-{request.method}")
    request.body  # a worker waits for all of it
    try:
        (HERE / f"kill-{request.method}").unlink()  # for one of all the workers
    except FileNotFoundError:
        if not (HERE / "kill-always").exists():
            return HttpResponse("done")
    os.kill(os.getpid(), signal.SIGKILL)


def big(request):
    def pieces():
        yield b"." * 5_000_000
        record("handed-over")  # to Nginx; by then it was sent

    return StreamingHttpResponse(pieces())


urlpatterns = [path("work/", work), path("big/", big)]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project whose workers die on request."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "manage.py").write_text(MANAGE)
    (folder / "project.py").write_text(PROJECT)
    return folder


@pytest.fixture(scope="module")
def others() -> set[psutil.Process]:
    """What other tests have left running for tests to come: a browser, a database."""
    return set(psutil.Process().children(recursive=True))


@pytest.fixture(scope="module")
def site(folder: Path, others: set[psutil.Process]) -> Iterator[Site]:
    """The project behind the shipped Nginx and Gunicorn."""
    with start_site(project=folder, server="nginx") as site:
        yield site


@pytest.fixture
def project(folder: Path) -> Path:
    """The folder, and nothing recorded in it yet."""
    for record in folder.glob("begun-*"):
        record.unlink()
    return folder


def order_a_kill(method: str, project: Path) -> Path:
    """Have a worker killed in the next such request. The file returned is there until then."""
    order = project / f"kill-{method}"
    order.touch()
    return order


def count(what: str, project: Path) -> int:
    """How often the workers have recorded this."""
    file = project / what
    return file.stat().st_size if file.exists() else 0


def until(condition: Callable[[], object], what: str) -> None:
    """Wait until `condition()` holds. Fails when it never does."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen in {PATIENCE} seconds"
        time.sleep(0.01)


HALVES = (
    b"",
    b"GET /work/ HTTP/1.1\r\nHost: 127.0.0.1\r\n",
    b"POST /work/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nand then",
)
WHOLE = b"GET /big/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"  # of one that does not read the answer
SENT = [WHOLE] * SLOW_READERS + list(islice(cycle(HALVES), SLOW_CLIENTS - SLOW_READERS))


def slow_client(site: Site, sends: bytes) -> socket.socket:
    """A client that sends this, and then nothing, and reads nothing."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # the system does not read for it either
    client.connect(("127.0.0.1", site.port))
    client.sendall(sends)
    return client


# --- One request whose worker is killed in the middle of it


def test_a_get_is_carried_out_again_by_another_worker(site: Site, project: Path) -> None:
    order_a_kill("GET", project)
    assert requests.get(site.url + "/work/").status_code == 200
    assert count("begun-GET", project) == 2


def test_a_post_is_not_repeated_and_its_client_is_told(site: Site, project: Path) -> None:
    order_a_kill("POST", project)
    assert requests.post(site.url + "/work/").status_code == 502
    assert count("begun-POST", project) == 1


def test_a_get_that_kills_each_worker_kills_two(site: Site, project: Path) -> None:
    """The price of sending it again."""
    (project / "kill-always").touch()
    assert requests.get(site.url + "/work/").status_code == 502
    assert count("begun-GET", project) == 2
    (project / "kill-always").unlink()
    assert load(site.url + "/work/", requests=10).all_ok


# --- All at once; the last test, for it stops the site


def test_no_honest_request_fails_and_nothing_is_left(
    site: Site, project: Path, others: set[psutil.Process]
) -> None:
    url, runs, killed = site.url + "/work/", [], site.log.text.count(KILLED)
    with ExitStack() as held:
        for half in SENT:
            held.enter_context(slow_client(site, half))
        until(lambda: count("handed-over", project) == SLOW_READERS, "answers to slow readers")
        for _ in range(RELOADS):
            with steady_load(url, connections=1) as reading, steady_load(url, json={}) as writing:
                for _ in range(KILLS // RELOADS):
                    kill_in_the_middle_of_a_get(project, reading)
                site.reload()
            runs += [reading, writing]
        processes = set(psutil.Process().children(recursive=True)) - others
        assert len(processes) > 5
    assert [run.all_ok for run in runs] == [True] * len(runs), runs
    # No slow client has come as far as a worker, each POST has once, and each GET that lost one has twice.
    gets, posts = (sum(run.requests for run in side) for side in (runs[::2], runs[1::2]))
    assert count("begun-POST", project) == posts
    assert count("begun-GET", project) == gets + KILLS
    assert site.log.text.count(KILLED) - killed == KILLS

    site.stop()
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE)
    assert (alive, site.folder.exists()) == ([], False)


def kill_in_the_middle_of_a_get(project: Path, reading: Load) -> None:
    """Kill a worker in the one GET that is under way, and wait until that has its answer."""
    order = order_a_kill("GET", project)
    until(lambda: not order.exists(), "a kill")
    answered = reading.requests
    until(lambda: reading.requests > answered, "an answer")
