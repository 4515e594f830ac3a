"""A server on loopback that records what reaches it, byte for byte, and answers what it is told to."""

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Queue
from threading import Thread

OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Received:
    """A request as it came in. Names of headers are in lower case."""

    method: str
    target: bytes
    headers: list[tuple[str, bytes]]
    body: bytes


class Recorder(socketserver.ThreadingTCPServer):
    """Keeps each request, and answers with the next of `replies`, or with 200 and no body."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Recording)
        self.received: Queue[Received] = Queue()
        self.replies: list[bytes] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def next(self) -> Received:
        """Return the oldest request that was not returned yet."""
        return self.received.get(timeout=30)


@contextmanager
def running_recorder() -> Iterator[Recorder]:
    """Start a recorder, and end it with the block."""
    with Recorder() as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


class _Recording(socketserver.StreamRequestHandler):
    """http.server would read the headers as e-mail and change some; this keeps the bytes."""

    server: Recorder

    def handle(self) -> None:
        start = self.rfile.readline()
        if not start:
            return
        headers = []
        while (line := self.rfile.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            headers.append((name.decode().lower(), value.strip(b" \t\r\n")))
        fields = dict(headers)
        chunked = fields.get("transfer-encoding") == b"chunked"
        body = self._chunks() if chunked else self.rfile.read(int(fields.get("content-length", 0)))
        method, target, _ = start.split(b" ")
        self.server.received.put(Received(method.decode(), target, headers, body))
        self.wfile.write(self.server.replies.pop(0) if self.server.replies else OK)

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body
