"""The process that is kept warm: Django and the libraries loaded once, one fork for each check.

It takes one answer after another and has it judged; the learner's code runs in a fork
(`jwtlab.checker.answer.child`). For each face of the demo site that an exercise asks for, it forks a worker
in which that face is set up, and passes such exercises on. It ends when the other side of its connection has.
"""

import gc
import importlib
import os
import shutil
import time
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

from jwtlab.checker.answer.codec import Closed, Late, receive, send
from jwtlab.checker.answer.live_server import enter_face
from jwtlab.checker.catalogue import Exercise
from jwtlab.checker.verdict import Verdict
from jwtlab.checker.worker.judge import Task, broken, judge
from jwtlab.site.world import database_template, prepare

IDLE = 20 * 60  # seconds without a check after which a worker goes; the next check starts another

# What a Django project loads that reads no settings, so that setting one up in a fork is quick. psycopg, if
# it is installed, is loaded by Django REST Framework.
COMMON = (
    "jwt cryptography.hazmat.primitives.asymmetric.ed25519 cryptography.hazmat.primitives.asymmetric.rsa"
    " requests time_machine sqlite3 wsgiref.simple_server django.core.handlers.wsgi django.db.models"
    " django.db.backends.sqlite3.base django.db.models.sql.compiler django.forms django.template"
    " django.template.backends.django django.urls django.contrib.auth.hashers"
    " django.contrib.auth.password_validation django.contrib.messages.storage django.shortcuts"
    " django.test.client django.views.i18n django.utils.translation.reloader django.views.decorators.cache"
    " inflection psycopg yaml"
).split()
# The database of a project of the learner's own has these tables and users; its own tables are added.
_OF_A_PROJECT = "config.settings.seed"


class Worker:
    """Takes one exercise with its answer after another from a connection, and sends the verdicts."""

    def __init__(self, connection: Connection, folder: Path, face: str | None = None) -> None:
        """`face` is the settings module of the face that is set up in this process, where one is."""
        self._connection = connection
        self._folder = folder
        self._face = face
        self._templates: dict[str, Path] = {}  # databases, by settings module
        self._faces: dict[str, Connection] = {}

    def run(self) -> None:
        """Work until nobody is there any more, or nobody has asked for long."""
        with suppress(Closed, Late):
            while True:
                request = receive(self._connection, time.monotonic() + IDLE)
                if request["do"] == "check":
                    send(self._connection, self._verdict(request))

    def _verdict(self, request: dict[str, Any]) -> dict[str, Any]:
        exercise = Exercise.from_json(request["exercise"])
        task = Task(exercise, request["answer"], request["limit"], request["keep"])
        try:
            if self._face is None and task.ready_face:
                return self._pass_on(task.ready_face, request)
            world, nonce = self._world(task)
            return judge(task, world, nonce, is_set_up=self._face is not None, hold=self._hold).as_json()
        except Closed:
            raise
        except Exception as error:  # of this machine, such as a full disk, or of the course
            return broken(exercise, error).as_json()

    def _world(self, task: Task) -> tuple[Path, str]:
        """Make the lab world of one check, as new, and return its folder and its nonce."""
        settings = _OF_A_PROJECT if task.exercise.settings_module else self._face or task.face
        world = self._folder / f"world-{settings}"  # one for all checks: Django's settings name it
        shutil.rmtree(world, ignore_errors=True)
        world.mkdir()
        return world, prepare(world, self._template(settings) if settings else None, clock=True)

    def _template(self, settings: str) -> Path:
        if settings not in self._templates:
            self._templates[settings] = database_template(settings)
        return self._templates[settings]

    def _hold(self, verdict: Verdict) -> None:
        """Send the verdict early, and keep the site until the learner has seen enough."""
        send(self._connection, verdict.as_json() | {"held": True})
        with suppress(Closed):
            receive(self._connection)

    def _pass_on(self, face: str, request: dict[str, Any]) -> dict[str, Any]:
        """Let the worker of a face judge, and return the verdict as JSON."""
        if face not in self._faces:
            self._faces[face] = self._fork_face(face)
        there = self._faces[face]
        send(there, request)
        while True:
            verdict: dict[str, Any] = receive(there)
            if not verdict.pop("held", False):
                return verdict
            send(self._connection, verdict | {"held": True})
            receive(self._connection)
            send(there, {"do": "release"})

    def _fork_face(self, face: str) -> Connection:
        self._template(face)  # made here, where it stays known and where a failure has its verdict
        here, there = Pipe()
        if os.fork() == 0:
            here.close()
            self._connection.close()
            self._become(face, there)
        there.close()
        return here

    def _become(self, face: str, connection: Connection) -> NoReturn:
        """Be the worker of a face. It never returns."""
        worker = Worker(connection, self._folder, face)
        worker._templates = self._templates
        try:
            world = self._folder / f"world-{face}"
            world.mkdir(exist_ok=True)
            prepare(world, self._template(face), clock=True)
            enter_face(face, world)
        except Exception as error:  # of the demo site, which somebody may have changed
            with suppress(Closed):
                exercise = Exercise.from_json(receive(connection)["exercise"])
                send(connection, broken(exercise, error).as_json())
        else:
            gc.freeze()
            worker.run()
        finally:
            os._exit(0)


def load_common() -> None:
    """Import what every check needs, and keep the collector off it, so that forks share the memory."""
    for name in COMMON:
        with suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()


def run(descriptor: int, folder: Path) -> None:
    """Work on the connection that this process has inherited, with everything below `folder`."""
    load_common()
    Worker(Connection(descriptor), folder).run()
