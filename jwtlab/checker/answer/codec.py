"""What crosses between processes: JSON over a connection, and Python values as JSON.

JSON and not pickle: what comes from the answer process is data, whatever that process has done to itself. A
value that is no data (a response, a function, an object of the learner's) stays there and crosses as a
reference. The learner's kernel and the worker send each other JSON over the same kind of connection.
"""

import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

LARGEST = 4 * 1024**2  # bytes of one message; more is no answer to anything that a check asks
_SCALARS = (str, bool, int, float)
_LARGEST_INT = 10**4000  # beyond this Python refuses to print or read it (sys.set_int_max_str_digits)


class Closed(Exception):
    """The other side is gone, or what it sent is no JSON."""


class Late(Exception):
    """Nothing came before the deadline."""


def send(connection: Connection, value: Any) -> None:
    """Send one JSON value. Raise Closed when nobody can receive it."""
    try:
        connection.send_bytes(json.dumps(value).encode())
    except OSError as error:
        raise Closed from error


def receive(connection: Connection, deadline: float | None = None) -> Any:
    """Return the next JSON value. `deadline` is a reading of time.monotonic(). Raise Closed or Late."""
    try:
        if not connection.poll(None if deadline is None else max(0.0, deadline - time.monotonic())):
            raise Late
        return json.loads(connection.recv_bytes(LARGEST))
    except (OSError, EOFError, ValueError, RecursionError) as error:
        raise Closed from error


@dataclass(frozen=True)
class Reference:
    """An object in the answer process: its number there, its class and how it prints."""

    number: int
    kind: str
    shown: str

    def __repr__(self) -> str:
        return self.shown


def encode(value: Any, keep: Callable[[Any], Reference]) -> Any:
    """Return `value` as JSON values. `keep` is given each part that is no data, and returns its reference."""
    try:
        return _encode(value, keep)
    except RecursionError:  # a list that holds itself
        return _reference(keep(value))


def _encode(value: Any, keep: Callable[[Any], Reference]) -> Any:
    match value:
        case None | float():
            return value
        case str():
            return str(value)
        case bool():
            return value
        case int() if abs(value) < _LARGEST_INT:
            return int(value)
        case bytes() | bytearray():
            return {"bytes": base64.b64encode(value).decode()}
        case datetime():
            return {"datetime": value.isoformat()}
        case timedelta():
            return {"timedelta": [value.days, value.seconds, value.microseconds]}
        case dict():
            return {"dict": [[_encode(key, keep), _encode(item, keep)] for key, item in value.items()]}
        case Reference():
            return _reference(value)
        case list() | tuple() | set() | frozenset():
            name = next(kind.__name__ for kind in (list, tuple, set, frozenset) if isinstance(value, kind))
            return {name: [_encode(item, keep) for item in value]}
    return _reference(keep(value))


def _reference(reference: Reference) -> dict[str, Any]:
    return {"reference": [reference.number, reference.kind, reference.shown]}


def decode(value: Any, fetch: Callable[[Reference], Any]) -> Any:
    """Return the value that `encode` was given. `fetch` turns a reference into what stands for it here.

    Raise ValueError, TypeError or LookupError for what no `encode` has made.
    """
    if value is None or isinstance(value, _SCALARS):
        return value
    ((kind, content),) = value.items()
    match kind:
        case "bytes":
            return base64.b64decode(content)
        case "datetime":
            return datetime.fromisoformat(content)
        case "timedelta":
            return timedelta(*content)
        case "dict":
            return {decode(key, fetch): decode(item, fetch) for key, item in content}
        case "reference":
            return fetch(Reference(*content))
    kinds = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
    return kinds[kind](decode(item, fetch) for item in content)
