"""No request, however malformed, gets a 5xx from the hardened face."""

import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from jwtlab.site.world import database_template, prepare
from tests.hardened.corpus import JSON, OWN_SCRIPT, request, requests_of
from tests.helpers.real_servers import gunicorn, new_session, site_environment

VITOR = {"username": "vitor", "password": "123"}
LONE_SURROGATE = request("POST", "/login/", [OWN_SCRIPT, JSON], b'{"username":"\\ud800","password":"x"}')


def world_of(face: str, folder: Path) -> Path:
    """Make a lab world in real time for this face."""
    prepare(folder, database_template(f"config.settings.{face}"), clock=False)
    return folder


def status_of(url: str, request: bytes) -> str:
    """Send these bytes and return the status that comes back, or "none"."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=120) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.makefile("rb").readline()
    return answer[9:12].decode("ascii") or "none"


def answers_to(url: str, requests: Iterable[bytes]) -> dict[str, list[bytes]]:
    """Return the requests by the status they were answered with."""
    requests = list(requests)
    with ThreadPoolExecutor(4) as pool:
        statuses = pool.map(lambda sent: status_of(url, sent), requests)
        found: dict[str, list[bytes]] = {}
        for status, sent in zip(statuses, requests, strict=True):
            found.setdefault(status, []).append(sent)
    return found


def test_no_request_of_the_corpus_gets_a_5xx(tmp_path):
    env = site_environment(world_of("hardened", tmp_path), "fuzz_settings")
    with gunicorn(env, workers=2) as url:
        # Two sessions: the corpus ends the second one, and its access token with it.
        first, second = (
            new_session().post(f"{url}/login/", json=VITOR, headers={"X-Auth-Request": "1"}) for _ in "12"
        )
        access, refresh = first.json()["access"], second.cookies["__Host-refresh_token"]
        found = answers_to(url, requests_of(access.encode(), refresh.encode()))
    failed = {
        status: sent[:3] for status, sent in found.items() if not status.startswith(("1", "2", "3", "4"))
    }
    assert failed == {}
    # The corpus reaches what it is about: each of these answers comes from another layer.
    assert {"200", "201", "204", "400", "401", "403", "404", "405", "406", "415"} <= found.keys()


def test_a_lone_surrogate_breaks_the_seed(tmp_path):
    """So a 500 is noticed: the corpus, too, has such names."""
    env = site_environment(world_of("seed", tmp_path), "config.settings.seed")
    with gunicorn(env, workers=1) as url:
        assert status_of(url, LONE_SURROGATE) == "500"
