"""Gunicorn's settings. `gunicorn -c serving/gunicorn.conf.py config.wsgi`, in the folder of `manage.py`.

What is given on the command line takes the place of what stands here. Nginx stands in front (`nginx/`):
it takes the slow clients, the files, TLS and the access log, so that each worker has one thing to do.
"""

import gc
import os
import socket
from typing import Any

from gunicorn.workers.sync import SyncWorker

# A socket in a folder that only this service and Nginx may enter. systemd makes it and names it here.
bind = f"unix:{os.environ.get('RUNTIME_DIRECTORY', '/run/notes')}/gunicorn.sock"

# One worker for each processor, each with one request at a time. More of them wake each other on one
# socket, and each keeps a copy of the project; slow clients are Nginx's. Threads (`worker_class = "gthread"`,
# `threads = 4`) would let one worker answer while it hashes a password, at a quarter fewer requests in all
# (`make bench`); and a worker that is killed takes all its requests along. With one at a time, no other
# client's is among them (tests/test_endurance.py).


class WholeAnswers(SyncWorker):  # type: ignore[misc]  # Gunicorn has no annotations
    """Gunicorn's "sync" worker, which hands an answer over when it is whole, if it has at most 64 kB.

    Gunicorn itself writes the head first and then the body. A worker that is killed between the two takes the
    answer along: Nginx has passed the head on, and cannot ask another worker. Before the head it can.
    """

    def handle_request(self, listener: object, req: object, client: socket.socket, addr: object) -> None:
        with client.makefile("wb", buffering=65536) as held:
            super().handle_request(listener, req, _Held(client, held), addr)


class _Held:
    """A client's socket that keeps what is sent until there is much of it, or something else to do."""

    def __init__(self, client: socket.socket, held: Any) -> None:
        self._client, self._held, self.sendall = client, held, held.write

    def __getattr__(self, name: str) -> Any:
        self._held.flush()
        return getattr(self._client, name)


worker_class = WholeAnswers
workers = int(os.environ.get("WEB_CONCURRENCY") or os.cpu_count() or 2)

timeout = 30  # seconds; a worker that shows no sign of life for so long is killed, and another is started
graceful_timeout = 30  # seconds that a request may still take after a reload or a stop

# Nginx refuses what is longer (`large_client_header_buffers`), with a page of its own.
limit_request_line = 8190
limit_request_field_size = 8190

# Whose X-Forwarded-Proto counts: that of a peer on the Unix socket, always, and of no address. Gunicorn's
# default believes 127.0.0.1 too, so that any process on this machine could say that its request came by TLS.
forwarded_allow_ips = ""
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}  # the one that Nginx sets; it passes all others on
forwarder_headers = ""  # and nothing but the path itself says where in the site a request goes

# Signs of life are a file that is touched. On a disk that stands still, workers would be killed for it.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None

# Nginx writes the access log. For Gunicorn alone there is `--access-logfile -`, in the same form: without
# query string, Authorization and cookies, which may hold tokens.
access_log_format = '%(t)s "%(m)s %(U)s %(H)s" %(s)s %(B)s'

# Gunicorn's control socket has one path for all that this user runs, and nobody here would use it.
control_socket_disable = True


def post_fork(server: object, worker: object) -> None:
    """Let the worker load the project without looking for garbage, which takes a sixth of that time."""
    gc.disable()


def post_worker_init(worker: object) -> None:
    """Collect garbage from now on, passing over what was loaded, which stays as long as the worker."""
    gc.collect()
    gc.freeze()
    gc.enable()
