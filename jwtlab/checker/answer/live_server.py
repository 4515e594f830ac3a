"""The live site of one check, in the answer process: a Django project on a port of the system's choosing.

In front of Django stands `Front`: it follows the clock, names the site, keeps what was asked, answers itself
where the check wants a server that misbehaves, and records an error that a view did not handle.
"""

import io
import logging
import os
import socketserver
import sys
import threading
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import IO, Any, cast
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer

from jwtlab.checker.answer.limits import take_before_the_fork
from jwtlab.site.world import DEMO_SITE

URLS = "answer_urls"
_SHOWN_HEADERS = ("HTTP_", "CONTENT_TYPE")


def set_up(face: str, world: Path, chosen: dict[str, Any], *, project: bool = False) -> None:
    """Set Django up with the settings module `face`, the settings `chosen` in place of its own."""
    from django.conf import settings
    from django.contrib.auth import hashers

    if not settings.configured:
        if not project:
            os.environ["LAB_WORLD"] = str(world)
            sys.path.insert(0, str(DEMO_SITE))
        values = {name: value for name, value in vars(import_module(face)).items() if name.isupper()}
        if project:  # a face of the demo site finds its database itself
            database = {"ENGINE": "django.db.backends.sqlite3", "NAME": world / "db.sqlite3"}
            values |= {"DATABASES": {"default": database}}
            hashers.PBKDF2PasswordHasher.iterations = 1_000  # as the demo site's; a check may log in often
        # An error of a view comes to Front, which keeps it, and not to a page for debugging.
        settings.configure(**values | chosen | {"DEBUG_PROPAGATE_EXCEPTIONS": True})
    _start_django()


def _start_django() -> None:
    import django
    from django.db.backends.signals import connection_created

    django.setup()
    connection_created.connect(_write_without_waiting)
    _make_missing_tables()


def _write_without_waiting(connection: Any, **_: Any) -> None:
    # The database lives as long as the check: no reason to wait for the disk at every login.
    connection.cursor().execute("PRAGMA synchronous = OFF")


def _make_missing_tables() -> None:
    """Make the tables of a learner's own models. Those of Django, SimpleJWT and the face are there."""
    from django.apps import apps
    from django.db import connection

    have = set(connection.introspection.table_names())
    models = (model for model in apps.get_models() if model._meta.managed and not model._meta.proxy)
    missing = [model for model in models if model._meta.db_table not in have]
    if missing:
        with connection.schema_editor() as editor:
            for model in missing:
                editor.create_model(model)
    connection.close()


class Front:
    """The WSGI application that a check talks to."""

    def __init__(
        self,
        application: Callable[..., Iterable[bytes]],
        nonce: str,
        follow: Callable[[], None],
        crashed: Callable[[BaseException], int],
    ) -> None:
        self.seen: list[dict[str, Any]] = []
        self._application = application
        self._nonce = nonce
        self._follow = follow
        self._crashed = crashed
        self._stubs: list[dict[str, Any]] = []

    def stub(self, **stub: Any) -> None:
        """Answer `method path` ourselves from now on: with `status`, `headers` and `body`, `times` times."""
        self._stubs.insert(0, stub)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self._follow()
        seen = self._note(environ)
        crash: list[tuple[str, str]] = []

        def named(status: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
            seen["status"] = int(status[:3])
            theirs = [(name, value) for name, value in headers if not name.lower().startswith("x-lab-")]
            # Ours first: a client stops reading at a header that is none, such as one whose name has spaces.
            return start(status, [("X-Lab-Site", self._nonce), *crash, *theirs], error)

        if stub := self._stub_for(environ):
            named(f"{stub['status']} Stub", list(stub["headers"].items()))
            return [stub["body"]]
        try:
            return self._application(environ, named)
        except BaseException as error:  # SystemExit in a view too: the server goes on, the check is told
            crash.append(("X-Lab-Crash", str(self._crashed(error))))
            named("500 Internal Server Error", [])
            return [b"The view raised an error.\n"]

    def _note(self, environ: dict[str, Any]) -> dict[str, Any]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        query = f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else ""
        headers = {
            name.removeprefix("HTTP_").replace("_", "-").title(): value
            for name, value in environ.items()
            if name.startswith(_SHOWN_HEADERS)
        }
        seen = {
            "method": environ["REQUEST_METHOD"],
            "path": environ["PATH_INFO"] + query,
            "status": 0,
            "headers": headers,
            "body": body,
        }
        self.seen.append(seen)
        return seen

    def _stub_for(self, environ: dict[str, Any]) -> dict[str, Any] | None:
        asked = (environ["REQUEST_METHOD"], environ["PATH_INFO"])
        for stub in self._stubs:
            if (stub["method"], stub["path"]) == asked and stub["times"] != 0:
                if stub["times"] is not None:
                    stub["times"] -= 1
                return stub
        return None


class SiteServer:
    """The server and what the check may ask of the project behind it."""

    def __init__(
        self, nonce: str, follow: Callable[[], None], crashed: Callable[[BaseException], int]
    ) -> None:
        from django.conf import settings
        from django.core.handlers.wsgi import WSGIHandler

        self._patterns = list(import_module(settings.ROOT_URLCONF).urlpatterns)
        urls = ModuleType(URLS)
        vars(urls)["urlpatterns"] = self._patterns
        sys.modules[URLS] = urls
        settings.ROOT_URLCONF = URLS
        self.front = Front(WSGIHandler(), nonce, follow, crashed)
        server = _Server(("127.0.0.1", 0), _Handler)
        server.set_app(self.front)
        self.port = server.server_port
        threading.Thread(target=server.serve_forever, args=(60,), daemon=True).start()

    def mount(self, route: str, view: Any) -> None:
        """Put a view, a view class or a list of URL patterns in front of the project's own routes."""
        from django.urls import clear_url_caches, include, path

        if isinstance(view, list):
            view = include(view)
        elif issubclass(type(view), type):
            view = view.as_view()
        self._patterns.insert(0, path(route, view))
        clear_url_caches()

    def setting(self, name: str) -> Any:
        """Return a setting of the project; `SIMPLE_JWT.SIGNING_KEY` is SimpleJWT's, defaults included."""
        if name.startswith("SIMPLE_JWT."):
            from rest_framework_simplejwt.settings import api_settings

            return getattr(api_settings, name.removeprefix("SIMPLE_JWT."))
        from django.conf import settings

        return getattr(settings, name)

    def count(self, model: str, filters: dict[str, Any]) -> int:
        """How many rows of `app.Model` there are."""
        from django.apps import apps

        return int(apps.get_model(model)._default_manager.filter(**filters).count())


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64

    def server_bind(self) -> None:
        # Not HTTPServer's, which looks up the full name of this host and may wait for the network.
        socketserver.TCPServer.server_bind(self)
        host, self.server_port = self.server_address[:2]
        self.server_name = str(host)
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a client that hung up. What a view raised has gone to Front."""


class _Response(ServerHandler):
    request_handler: WSGIRequestHandler

    def log_exception(self, exc_info: Any) -> None:
        """Front has the errors of views; what is left here is a client that hung up."""


class _Handler(WSGIRequestHandler):
    server: WSGIServer
    disable_nagle_algorithm = True  # headers and body may leave in two writes; the second must not wait
    wbufsize = -1

    def handle(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if self.raw_requestline and self.parse_request():
            sent, answer = cast("IO[bytes]", self.rfile), cast("IO[bytes]", self.wfile)
            handler = _Response(sent, answer, io.StringIO(), self.get_environ(), multithread=True)
            handler.request_handler = self
            if application := self.server.get_app():
                handler.run(application)

    def log_message(self, format: str, *args: Any) -> None:
        """No log: what was asked is in Front.seen."""


def enter_face(face: str, world: Path) -> None:
    """Make this process a worker for one face: Django set up, and everything loaded that a request needs."""
    set_up(face, world, {})
    _rehearse()
    take_before_the_fork()


def _rehearse() -> None:
    """Answer two requests, so that every check starts from a process that has its modules and caches."""
    from django.db import connections
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    logging.disable(logging.CRITICAL)  # "Unauthorized: /hello/" is what is meant to come
    client.get("/hello/")
    client.post("/api/token/", {"username": "vitor", "password": "123"}, content_type="application/json")
    logging.disable(logging.NOTSET)
    connections.close_all()
