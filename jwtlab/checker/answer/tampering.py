"""Notices when a learner's code has replaced a function of a library or of the check.

`jwt.decode = lambda *a, **k: {...}` makes many a test pass, and proves nothing. Seen by comparing, before and
after, which object each public name is bound to.
"""

import sys
from collections.abc import Iterator
from types import BuiltinFunctionType, FunctionType, MethodType

MODULES = (
    "builtins base64 binascii datetime hashlib hmac http.client json secrets time"
    " jwt jwt.api_jwt jwt.api_jws jwt.algorithms jwt.jwks_client jwt.utils"
    " requests requests.api requests.sessions requests.models"
    " django.contrib.auth django.core.signing django.middleware.csrf django.utils.crypto"
    " rest_framework.authentication rest_framework.permissions rest_framework.response rest_framework.views"
    " rest_framework_simplejwt.authentication rest_framework_simplejwt.backends"
    " rest_framework_simplejwt.serializers rest_framework_simplejwt.tokens rest_framework_simplejwt.views"
).split()
OURS = "jwtlab.checker."

# `jwt.decode` is a method of an object that PyJWT makes at the end of jwt.api_jwt.
_KINDS = (FunctionType, BuiltinFunctionType, MethodType, type, staticmethod, classmethod, property)


class Originals:
    """What the names of the watched modules stand for now."""

    def __init__(self) -> None:
        self._found = list(_names())

    def first_replaced(self) -> str | None:
        """The name of the first function or class that has been replaced or removed, else None."""
        for owner, path, name, value in self._found:
            if owner.get(name) is not value:
                return f"{path}.{name}"
        return None


_before_the_fork: Originals | None = None


def take_before_the_fork() -> None:
    """Look now, in a worker that has all loaded, so that no check has to."""
    global _before_the_fork
    _before_the_fork = Originals()


def originals() -> Originals:
    """What the names stood for before the fork or, in a worker that was not ready for that, stand for now."""
    return _before_the_fork or Originals()


def _names() -> Iterator[tuple[dict[str, object], str, str, object]]:
    ours = [name for name in sys.modules if name.startswith(OURS)]
    for path in (*MODULES, *ours):
        module = sys.modules.get(path)
        if module is None:
            continue
        for name, value in list(vars(module).items()):
            if _is_code(value):
                yield vars(module), path, name, value
            if issubclass(type(value), type) and value.__module__ == path:
                yield from _methods(value, f"{path}.{name}")


def _methods(owner: type, path: str) -> Iterator[tuple[dict[str, object], str, str, object]]:
    for name, value in vars(owner).items():
        if _is_code(value):
            yield vars(owner), path, name, value


def _is_code(value: object) -> bool:
    # Not isinstance(), which asks the value for its class: Django's lazy settings would load themselves.
    return issubclass(type(value), _KINDS)
