"""A load goes to this machine only, stays within its bounds, and counts what comes back."""

import asyncio
import re
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
import trustme

from jwtlab.load import LoadError, load, steady_load
from jwtlab.load import run as run_module
from jwtlab.load.progress import bar, progress

HEAD = b"HTTP/1.1 %d X\r\n%s\r\n"
OK = HEAD % (200, b"Content-Length: 2\r\n") + b"ok"
ANSWERS = {  # by path: what the server sends
    "/": OK,
    "/chunked": HEAD % (200, b"Transfer-Encoding: chunked\r\n") + b"2\r\nok\r\n1\r\n!\r\n0\r\n\r\n",
    "/until-the-end": HEAD % (200, b"") + b"ok",
    "/no-content": HEAD % (204, b""),
    "/refused": HEAD % (401, b"Content-Length: 0\r\n"),
    "/broken": HEAD % (500, b"Content-Length: 0\r\n"),
    "/lost": b"HTTP/1.1 200",
    "/nonsense": b"EHLO you there, whoever\r\n\r\n",
    "/never": b"",
}


class Server:
    """Answers by path, on a thread of its own. Remembers requests and connections."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.answers_a_connection = 10**9
        self.port: Future[int] = Future()
        self._tls = tls
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def __enter__(self) -> "Server":
        self._thread.start()
        self.url = f"http{'s' if self._tls else ''}://127.0.0.1:{self.port.result(30)}"
        return self

    def __exit__(self, *exception: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, ssl=self._tls)
        self.port.set_result(server.sockets[0].getsockname()[1])
        await self._end.wait()
        server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            for _ in range(self.answers_a_connection):
                if not await self._answer(reader, writer):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has had enough
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; return whether the connection stays."""
        request = await reader.readuntil(b"\r\n\r\n")
        if length := re.search(rb"Content-Length: (\d+)", request):
            request += await reader.readexactly(int(length[1]))
        self.requests.append(request)
        path = request.split()[1].decode().partition("?")[0]
        if path == "/never":
            await self._end.wait()
        writer.write(ANSWERS[path])
        return b"Connection: close" not in request and path not in ("/until-the-end", "/lost", "/nonsense")


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.mark.parametrize("path", ["/", "/chunked", "/until-the-end"])
@pytest.mark.parametrize("keep_alive", [True, False])
def test_every_request_is_sent_and_counted_once(server: Server, path: str, keep_alive: bool) -> None:
    run = load(server.url + path, requests=50, connections=4, keep_alive=keep_alive)
    assert (run.statuses, len(run.times), len(server.requests)) == ({200: 50}, 50, 50)
    assert run.all_ok
    assert run.failed == 0
    assert repr(run) == "50 requests, 4 at a time: 50 × 200"


@pytest.mark.parametrize(("keep_alive", "connections"), [(True, 4), (False, 40)])
def test_a_connection_is_kept_or_not_as_asked(server: Server, keep_alive: bool, connections: int) -> None:
    load(server.url, requests=40, connections=4, keep_alive=keep_alive)
    assert server.connections == connections


def test_a_kept_connection_that_the_server_has_closed_is_no_failure(server: Server) -> None:
    server.answers_a_connection = 3  # and then closes it without a word, as some do after a while
    run = load(server.url, requests=30, connections=2, keep_alive=True)
    assert run.all_ok
    assert len(server.requests) == 30


@pytest.mark.parametrize(
    ("path", "came", "failed"),
    [
        ("/no-content", "3 × 204", 0),
        ("/refused", "3 × 401", 0),
        ("/broken", "3 × 500", 3),
        ("/lost", "3 × connection lost", 3),
        ("/nonsense", "3 × not an HTTP answer", 3),
    ],
)
def test_what_is_not_a_200_is_told_apart(server: Server, path: str, came: str, failed: int) -> None:
    run = load(server.url + path, requests=3, connections=1)
    assert repr(run) == f"3 requests, one at a time: {came}"
    assert (run.failed, run.all_ok) == (failed, False)


def test_nobody_there_is_a_loss() -> None:
    with Server() as server:
        pass
    assert load(server.url, requests=2).losses == {"connection refused": 2}


def test_headers_query_and_json_arrive(server: Server) -> None:
    load(server.url + "/?page=2", requests=1, headers={"Authorization": "Bearer x"}, json={"a": 1})
    (request,) = server.requests
    assert request.startswith(b"POST /?page=2 HTTP/1.1\r\n")
    assert b"\r\nAuthorization: Bearer x\r\n" in request
    assert request.endswith(b'\r\n\r\n{"a": 1}')


def test_https_is_verified_against_the_ca_that_is_given(tmp_path: Path) -> None:
    ca, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(tls)
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    with Server(tls) as server:
        assert load(server.url, requests=2, verify=tmp_path / "ca.pem", keep_alive=True).all_ok
        assert load(server.url, requests=2).losses == {"TLS refused": 2}


# Bounds


@pytest.mark.parametrize(
    "url", ["http://example.com/", "http://192.168.0.1/", "http://0.0.0.0/", "ftp://localhost/"]
)
def test_another_machine_gets_nothing(url: str) -> None:
    with pytest.raises(LoadError, match=re.escape(f"and {url} is not")):
        load(url)
    with pytest.raises(LoadError), steady_load(url):
        pass


def test_localhost_is_this_machine_whatever_the_hosts_file_says(server: Server) -> None:
    assert load(server.url.replace("127.0.0.1", "localhost"), requests=1).all_ok


@pytest.mark.parametrize(
    "bound", [{"requests": 10_001}, {"requests": 0}, {"connections": 65}, {"seconds": 31}]
)
def test_bounds_are_held(bound: dict[str, Any]) -> None:
    with pytest.raises(LoadError, match="out of bounds"):
        load("http://127.0.0.1:9/", **bound)


def test_a_header_cannot_carry_another_request() -> None:
    with pytest.raises(LoadError, match="line end"):
        load("http://127.0.0.1:9/", headers={"X": "1\r\n\r\nGET / HTTP/1.1"})


def test_what_has_no_answer_when_the_time_is_over_counts_as_lost(server: Server) -> None:
    run = load(server.url + "/never", requests=5, connections=2, seconds=0.05)
    assert run.losses == {"no answer in time": 2, "not sent in time": 3}


def test_an_interrupt_ends_the_load_at_once(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(run: run_module._Run, within: float) -> bool:
        raise KeyboardInterrupt

    before = threading.active_count()
    monkeypatch.setattr(run_module._Run, "has_ended", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load(server.url + "/never", requests=2, seconds=30)
    assert threading.active_count() == before


# A steady load


def test_a_block_runs_under_load_from_before_it_until_after_it(server: Server) -> None:
    with steady_load(server.url, connections=2) as run:
        before = run.requests
    assert before >= 2
    assert run.requests >= before + 4
    assert run.all_ok


def test_a_block_that_fails_ends_its_load(server: Server) -> None:
    with pytest.raises(ZeroDivisionError), steady_load(server.url) as run:
        raise ZeroDivisionError
    before = run.requests
    assert load(server.url, requests=20).all_ok
    assert 2 <= before == run.requests


def test_a_block_that_outlasts_its_load_is_told(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "MOST_REQUESTS", 20)
    load_of_20 = steady_load(server.url)
    run = load_of_20.__enter__()
    while run.requests < 20:
        time.sleep(0.001)
    with pytest.raises(LoadError, match="ended before its block"):
        load_of_20.__exit__(None, None, None)


# The bar


def test_a_bar_says_how_far_in_numbers_too() -> None:
    assert bar(50, 200) == "[#######.......................] 50 of 200 requests"


def test_a_bar_is_drawn_and_wiped_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr("jwtlab.load.progress.AFTER", -1)
    with progress(4) as show:
        show(2)
    assert capsys.readouterr().err == f"\r\033[K{bar(2, 4)}\r\033[K"


@pytest.mark.parametrize(("session", "messages"), [("work/07.ipynb", [bar(2, 4), ""]), ("", [])])
def test_a_bar_is_drawn_only_in_a_notebook_that_somebody_has_opened(
    session: str, messages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    published = []

    class Shell:
        class display_pub:
            @staticmethod
            def publish(data: dict[str, str], **how: object) -> None:
                published.append((data["text/plain"], how["update"]))

    monkeypatch.setattr("IPython.get_ipython", lambda: Shell)
    monkeypatch.setenv("JPY_SESSION_NAME", session)
    monkeypatch.setattr("jwtlab.load.progress.AFTER", -1)
    with progress(4) as show:
        show(2)
    assert published == list(zip(messages, [False, True], strict=False))
