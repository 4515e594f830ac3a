"""What a learner's code may not do while it is checked, and how much of everything it gets.

Three kinds of limit. The operating system's (`limit_resources`) hold whatever the code does. The audit hook
(`AuditHook`, PEP 578) names what the code tried, so that the learner reads "your code opens a connection to
example.org" and not a time-out. And `Snapshot` sees afterwards that code has replaced a function of a library
or of the check: `jwt.decode = lambda *a, **k: {...}` makes many a test pass, and proves nothing.

Hook and snapshot are for accidents and no sandbox: the learner owns this machine, and code that wants to can
get around them.
"""

import io
import os
import resource
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, NoReturn

MEMORY = 2 * 1024**3  # bytes of address space. macOS has no such limit; there the system's own holds
FILE_SIZE = 16 * 1024**2  # bytes
CPU = 10  # seconds; the clock on the wall stops earlier, this is for what has got away from it
PRINTED = 4_000  # characters of output that are kept

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def limit_resources() -> None:
    """Give this process the limits of a check. What a system does not know is left out."""
    for limit, amount in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, FILE_SIZE),
        (resource.RLIMIT_CPU, CPU),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # macOS refuses RLIMIT_AS; a hard limit may be lower already
            resource.setrlimit(limit, (amount, amount))


class Refused(PermissionError):
    """The code tried what a check does not allow."""


class AuditHook:
    """The audit hook of one process, which cannot be taken out again. `refused` is what it refused first."""

    def __init__(self, *folders: Path) -> None:
        """`folders` are those in which files may be changed."""
        self.port: int | None = None  # of the check's own site, the one place to connect to
        self.may_bind = False  # while that site is opened
        self.refused: dict[str, str] | None = None
        self._folders = tuple(os.path.realpath(folder) + os.sep for folder in folders)
        self._watched = self._handlers()

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        handler = self._watched.get(event)
        if handler:
            handler(event, *arguments)

    def _handlers(self) -> dict[str, Callable[..., None]]:
        paths = "remove mkdir rmdir truncate chmod chown utime rename link symlink".split()
        processes = "system exec fork forkpty posix_spawn spawn kill killpg".split()
        return {
            "open": self._opens,
            **{f"os.{name}": self._changes for name in paths},
            **{f"os.{name}": self._starts for name in processes},
            "subprocess.Popen": self._starts,
            "pty.spawn": self._starts,
            "socket.connect": self._connects,
            "socket.sendto": self._connects,
            "socket.bind": self._binds,
            "socket.getaddrinfo": self._looks_up,
            "socket.gethostbyname": self._looks_up,
        }

    def _opens(self, event: str, path: Any, mode: str | None, flags: int) -> None:
        if flags & _WRITES and not isinstance(path, int):
            self._must_be_inside(path, "opens for writing")

    def _changes(self, event: str, path: Any, *more: Any) -> None:
        # A rename has two paths; the other arguments that are text or bytes are paths too.
        for each in (path, *more):
            if isinstance(each, str | bytes | os.PathLike):
                self._must_be_inside(each, event.removeprefix("os.") + "s")

    def _must_be_inside(self, path: Any, verb: str) -> None:
        name = os.path.realpath(os.fsdecode(path))
        if name != os.devnull and not (name + os.sep).startswith(self._folders):
            self._refuse("writes", f"your code {verb} {os.fsdecode(path)}")

    def _starts(self, event: str, *what: Any) -> None:
        self._refuse("starts-process", f"your code calls {event}")

    def _binds(self, event: str, sock: socket.socket, address: Any) -> None:
        if not self.may_bind:
            self._refuse("elsewhere", "your code opens a port of its own")

    def _connects(self, event: str, sock: socket.socket, address: Any) -> None:
        host, port = address[:2] if isinstance(address, tuple) else (address, None)
        if host not in _LOOPBACK or port != self.port:
            self._refuse("elsewhere", f"your code connects to {host}" + (f":{port}" if port else ""))

    def _looks_up(self, event: str, host: Any, *more: Any) -> None:
        name = os.fsdecode(host) if isinstance(host, bytes) else host
        if name and name not in _LOOPBACK:
            self._refuse("elsewhere", f"your code looks up the host {name}")

    def _refuse(self, key: str, what: str) -> NoReturn:
        if self.refused is None:
            self.refused = {"key": key, "what": what}
        raise Refused(f"not in a check: {what}")


class Printed(io.TextIOBase):
    """Takes what the code prints: keeps the first `PRINTED` characters, and counts the rest."""

    def __init__(self) -> None:
        self.text = ""
        self.count = 0
        self._taken = 0

    def take(self) -> str:
        """Return what has been printed since the last call of this, as far as it was kept."""
        new, self._taken = self.text[self._taken :], len(self.text)
        return new

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.count += len(text)
        if len(self.text) < PRINTED:
            self.text += text[: PRINTED - len(self.text)]
        return len(text)


# --- Replaced functions -------------------------------------------------------------------------------------

_WATCHED = (
    "builtins base64 binascii datetime hashlib hmac http.client json secrets time"
    " jwt jwt.api_jwt jwt.api_jws jwt.algorithms jwt.jwks_client jwt.utils"
    " requests requests.api requests.sessions requests.models"
    " django.contrib.auth django.core.signing django.middleware.csrf django.utils.crypto"
    " rest_framework.authentication rest_framework.permissions rest_framework.response rest_framework.views"
    " rest_framework_simplejwt.authentication rest_framework_simplejwt.backends"
    " rest_framework_simplejwt.serializers rest_framework_simplejwt.tokens rest_framework_simplejwt.views"
).split()
_OURS = "jwtlab.checker."

# `jwt.decode` is a method of an object that PyJWT makes at the end of jwt.api_jwt.
_KINDS = (FunctionType, BuiltinFunctionType, MethodType, type, staticmethod, classmethod, property)


class Snapshot:
    """Which object each public name of the watched modules is bound to now."""

    def __init__(self) -> None:
        self._found = list(_names())

    def first_replaced(self) -> str | None:
        """Return the name of the first function or class that has been replaced or removed since, or None."""
        for owner, path, name, value in self._found:
            if owner.get(name) is not value:
                return f"{path}.{name}"
        return None


_Name = tuple[
    Mapping[str, object], str, str, object
]  # its owner's names, the owner's path, itself, its object

_before_the_fork: Snapshot | None = None


def take_before_the_fork() -> None:
    """Look now, in a worker that has all loaded, so that no check has to."""
    global _before_the_fork
    _before_the_fork = Snapshot()


def snapshot() -> Snapshot:
    """Return what was seen before the fork or, in a worker that was not ready for that, what there is now."""
    return _before_the_fork or Snapshot()


def _names() -> Iterator[_Name]:
    ours = [name for name in sys.modules if name.startswith(_OURS)]
    for path in (*_WATCHED, *ours):
        module = sys.modules.get(path)
        if module is None:
            continue
        for name, value in list(vars(module).items()):
            if _is_code(value):
                yield vars(module), path, name, value
            if issubclass(type(value), type) and value.__module__ == path:
                yield from _methods(value, f"{path}.{name}")


def _methods(owner: type, path: str) -> Iterator[_Name]:
    for name, value in vars(owner).items():
        if _is_code(value):
            yield vars(owner), path, name, value


def _is_code(value: object) -> bool:
    # Not isinstance(), which asks the value for its class: Django's lazy settings would load themselves.
    return issubclass(type(value), _KINDS)
