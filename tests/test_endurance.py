"""The shipped Nginx and Gunicorn under all at once: slow clients, killed workers, reloads, and honest load.

The site is a project of two small files, because a worker has to be killed where it hurts most, in the middle
of an honest request: its view ends its own process when it is told to.

What holds, and is tested: a GET whose worker is killed, at whatever moment, goes to another worker, twice if
it must (`proxy_next_upstream` in demo_site/serving/nginx); for nothing of an answer is sent before it is
whole (`WholeAnswers` in demo_site/serving/gunicorn.conf.py). A POST does not, since it may have been carried
out: its client gets a 502, and it was carried out once at most. What does not hold: an answer of more than
64 kB whose worker is killed in the middle of it is lost.
"""

import os
import random
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle, islice
from pathlib import Path

import psutil
import pytest
import requests

from jwtlab.load import load, steady_load
from jwtlab.site import Site, start_site
from tests.helpers.processes import PATIENCE, until

pytestmark = pytest.mark.usefixtures("needs_nginx")

SLOW_CLIENTS, SLOW_READERS, KILLS, RELOADS = 200, 10, 20, 5
KILLED = "was sent SIGKILL"  # in Gunicorn's log

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
import time
from pathlib import Path

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.urls import path

SECRET_KEY = "only-for-a-test-of-nginx-and-gunicorn"
ROOT_URLCONF = "project"
ALLOWED_HOSTS = ["127.0.0.1"]
HERE = Path(__file__).parent


def record(what):
    with open(HERE / what, "ab") as file:
        file.write(b".")


def task(request):
    record(f"begun-{request.method}")
    request.body  # a worker waits for all of it
    time.sleep(0.01)
    die_if_told_to(request)
    return HttpResponse("done")


def die_if_told_to(request):
    try:
        (HERE / f"kill-{request.method}").unlink()  # for one of all the workers
    except FileNotFoundError:
        if not (HERE / "kill-always").exists():
            return
    os.kill(os.getpid(), signal.SIGKILL)


def halves(request, size):
    def pieces():
        yield b"." * size
        die_if_told_to(request)
        yield b"." * size

    return StreamingHttpResponse(pieces(), headers={"Content-Length": 2 * size})


def big(request):
    def pieces():
        yield b"." * 5_000_000
        record("handed-over")  # to Nginx; by then it was sent

    return StreamingHttpResponse(pieces())


def itself(request):
    return FileResponse(open(__file__, "rb"))  # which Gunicorn hands over by sendfile


urlpatterns = [
    path("task/", task),
    path("big/", big),
    path("halves/<int:size>/", halves),
    path("itself/", itself),
]
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


HALVES = (
    b"",
    b"GET /task/ HTTP/1.1\r\nHost: 127.0.0.1\r\n",
    b"POST /task/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nand then",
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
    assert requests.get(site.url + "/task/").status_code == 200
    assert count("begun-GET", project) == 2


def test_an_answer_whose_worker_is_killed_between_its_halves_comes_from_another(
    site: Site, project: Path
) -> None:
    order_a_kill("GET", project)
    assert requests.get(site.url + "/halves/30000/").content == b"." * 60_000


def test_an_answer_too_long_to_be_held_is_lost_with_its_worker(site: Site, project: Path) -> None:
    order_a_kill("GET", project)
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        requests.get(site.url + "/halves/100000/")
    assert len(requests.get(site.url + "/halves/100000/").content) == 200_000


def test_what_is_not_written_piece_by_piece_comes_whole_too(site: Site, project: Path) -> None:
    url, text = site.url + "/itself/", (project / "project.py").read_bytes()
    assert requests.get(url).content == text
    assert requests.head(url).headers["Content-Length"] == str(len(text))


def test_a_post_is_not_repeated_and_its_client_is_told(site: Site, project: Path) -> None:
    order_a_kill("POST", project)
    assert requests.post(site.url + "/task/").status_code == 502
    assert count("begun-POST", project) == 1


def test_a_get_that_kills_each_worker_kills_three(site: Site, project: Path) -> None:
    """The price of sending it again."""
    (project / "kill-always").touch()
    assert requests.get(site.url + "/task/").status_code == 502
    assert count("begun-GET", project) == 3
    (project / "kill-always").unlink()
    assert load(site.url + "/task/", requests=10).all_ok


# --- All at once; the last test, for it stops the site


def test_no_honest_request_fails_and_nothing_is_left(
    site: Site, project: Path, others: set[psutil.Process]
) -> None:
    url, written, killed = site.url + "/task/", [], site.log.text.count(KILLED)
    with ExitStack() as held:
        for half in SENT:
            held.enter_context(slow_client(site, half))
        until(lambda: count("handed-over", project) == SLOW_READERS, "answers to slow readers")
        with steady_load(url, connections=4) as reading:
            for _ in range(RELOADS):
                for _ in range(KILLS // RELOADS):
                    kill_any_worker(site)
                with steady_load(url, json={}) as writing:  # not while workers are killed: see above
                    site.reload()
                written.append(writing)
        processes = set(psutil.Process().children(recursive=True)) - others
        assert len(processes) > 5
    assert reading.all_ok, reading
    assert [run.all_ok for run in written] == [True] * RELOADS, written
    # No slow client has come as far as a worker, each POST has once, and some GETs to more than one.
    assert count("begun-POST", project) == sum(run.requests for run in written)
    assert reading.requests < count("begun-GET", project) <= reading.requests + KILLS
    assert site.log.text.count(KILLED) - killed == KILLS

    site.stop()
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE)
    assert (alive, site.folder.exists()) == ([], False)


def kill_any_worker(site: Site) -> None:
    """Kill one at a random moment of whatever it does, and wait until there is another in its place."""
    time.sleep(random.uniform(0.05, 0.15))
    before = site.pids.workers
    os.kill(random.choice(before), signal.SIGKILL)
    until(lambda: len(set(site.pids.workers) - set(before)) == 1, "a new worker")
