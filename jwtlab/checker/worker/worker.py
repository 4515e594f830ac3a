"""The process that is kept warm: Django and the libraries loaded once, one fork for each check.

    python -m jwtlab.checker.worker.worker DESCRIPTOR

It judges; the learner's code runs in the forked process (`jwtlab.checker.answer.process`). For each face of
the demo site that an exercise asks for, it forks a worker in which that face is set up, and passes such
exercises on. The process that started it holds the other end of the socket, and when that is gone the worker
goes.
"""

import fcntl
import gc
import importlib
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from jwtlab.checker.answer.channel import Channel, Closed, Late
from jwtlab.checker.exercise import Exercise
from jwtlab.checker.verdict import Verdict
from jwtlab.checker.worker.explain import broken
from jwtlab.checker.worker.judge import Task, judge
from jwtlab.checker.worker.world import World

PREFIX = "jwtlab-check-"  # of each worker's folder in the temporary one
FRESH = 60  # seconds in which a folder whose lock is free may be about to be locked
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


class Worker:
    """Takes one exercise with its answer after another from a channel, and sends the verdicts."""

    def __init__(self, channel: Channel, root: Path, face: str | None = None) -> None:
        self._channel = channel
        self._root = root
        self._face = face
        self._worlds: dict[str | None, World] = {}
        self._faces: dict[str, Channel] = {}

    def run(self) -> None:
        """Work until nobody is there any more, or nobody has asked for long."""
        with suppress(Closed, Late):
            while True:
                request = self._channel.receive(time.monotonic() + IDLE)
                if request["do"] == "check":
                    self._channel.send(self._verdict(request))

    def _verdict(self, request: dict[str, Any]) -> dict[str, Any]:
        exercise = Exercise.parse(request["exercise"])
        task = Task(exercise, request["answer"], request["limit"], request["keep"])
        try:
            return self._judged(task, request)
        except Closed:
            raise
        except Exception as error:  # of this machine, such as a full disk, or of the course
            return broken(exercise, error).as_json()

    def _judged(self, task: Task, request: dict[str, Any]) -> dict[str, Any]:
        if self._face is None and task.can_use_ready_face:
            return self._pass_on(task.face, request)
        world = self._world(task)
        return judge(task, world, is_set_up=self._face is not None, hold=self._hold).as_json()

    def _world(self, task: Task) -> World:
        settings = self._face or task.face
        if task.exercise.meta.get("settings_module"):
            settings = "config.settings.seed"  # its tables and users; a project's own tables are added
        if settings not in self._worlds:
            self._worlds[settings] = World(self._root / f"world-{settings}", settings)
        return self._worlds[settings]

    def _hold(self, verdict: Verdict) -> None:
        """Send the verdict early, and keep the site until the learner has seen enough."""
        self._channel.send(verdict.as_json() | {"held": True})
        with suppress(Closed):
            self._channel.receive()

    def _pass_on(self, face: str, request: dict[str, Any]) -> dict[str, Any]:
        if face not in self._faces:
            self._faces[face] = self._fork_face(face)
        there = self._faces[face]
        there.send(request)
        while True:
            verdict = there.receive()
            if not verdict.pop("held", False):
                return verdict
            self._channel.send(verdict | {"held": True})
            self._channel.receive()
            there.send({"do": "release"})

    def _fork_face(self, face: str) -> Channel:
        world = World(self._root / f"world-{face}", face)
        world.renew()
        here, there = Channel.pair()
        if os.fork() == 0:
            here.close()
            self._channel.close()
            self._become(face, world, there)
        there.close()
        return here

    def _become(self, face: str, world: World, channel: Channel) -> NoReturn:
        from jwtlab.checker.answer.server import enter_face

        worker = Worker(channel, self._root, face)
        enter_face(face, world.folder)
        worker._worlds[face] = world
        gc.freeze()
        worker.run()
        os._exit(0)


def load_common() -> None:
    """Import what every check needs, and keep the collector off it, so that forks share the memory."""
    for name in COMMON:
        with suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()


def remove_what_the_dead_left(folder: Path) -> None:
    """Remove the folders of workers that were killed. The lock of a dead process is free."""
    for path in folder.glob(f"{PREFIX}*/lock"):
        with suppress(OSError):  # another user's, one that lives, or gone by now
            if time.time() - path.stat().st_mtime > FRESH:
                with open(path) as lock:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(path.parent, ignore_errors=True)


def main(descriptor: str) -> None:
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    remove_what_the_dead_left(Path(tempfile.gettempdir()))
    root = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
    lock = os.open(root / "lock", os.O_RDWR | os.O_CREAT)  # held as long as one of us lives
    fcntl.flock(lock, fcntl.LOCK_EX)
    owner = os.getpid()
    try:
        load_common()
        Worker(Channel(socket.socket(fileno=int(descriptor))), root).run()
    finally:
        if os.getpid() == owner:
            shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1])
