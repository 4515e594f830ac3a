"""The answer as a check sees it: its functions, its values, its files. All of it lives in another process."""

import ast
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from jwtlab.checker.answer.codec import Reference
from jwtlab.checker.answer.parent import Handle, Raised, at_line, no_room
from jwtlab.checker.api import tokens
from jwtlab.checker.api.attribution import is_the_authors
from jwtlab.checker.verdict import Fail

_UNSET: Any = object()
_LONGEST_ARGUMENT = 400  # characters of one argument in `sent`


class Remote:
    """An object in the answer process, such as a client that the answer has made."""

    def __init__(self, handle: Handle, reference: Reference, shown: str) -> None:
        self.reference = reference
        self._handle = handle
        self._shown = shown

    def call(self, name: str, *args: Any, **kwargs: Any) -> "Called":
        """Call a method of the object; the result holds what it raises. Fail with `timed-out` if it hangs."""
        return _call(self._handle, self, f"{self._shown}.{name}", name, args, kwargs)

    def attr(self, name: str) -> "Called":
        """Read an attribute of the object. What a property raises is in the result."""
        sent = f"{self._shown}.{name}"
        return _called(
            self._handle, sent, lambda: self._handle.ask("attribute", sent, target=self, name=name)
        )

    def __repr__(self) -> str:
        return self.reference.shown


class Called:
    """What came of one call. `expect` and `fail` make the message of it."""

    def __init__(self, sent: str, value: Any, error: dict[str, Any] | None, printed: str = "") -> None:
        self.sent = sent
        self.printed = printed  # by the code, while it was called
        self._value = value
        self._raised = error

    @property
    def value(self) -> Any:
        """What the call returned. Fail with `raised` where it raised."""
        if self._raised:
            raised(self.sent, self._raised)
        return self._value

    @property
    def error(self) -> str | None:
        """The name of the class of the error that was raised, or None."""
        return self._raised["kinds"][0] if self._raised else None

    def expect(
        self,
        value: Any = _UNSET,
        *,
        key: str,
        test: Callable[[Any], bool] | None = None,
        raises: str | None = None,
        wanted: str | None = None,
        crash: str | None = None,
    ) -> "Called":
        """Fail with `key` unless the value is `value`, or passes `test`, or the call raised `raises`.

        A `test` that raises over the value does not hold; one that raises by a mistake of its own is the
        course's fault (`api.mistakes`). `raises` is the name of a class or of a base of it, or "any". An
        error that nobody asked for fails with `crash`, by default with a general message.
        """
        if raises:
            self._must_raise(raises, key, wanted)
        elif self._raised:
            raised(self.sent, self._raised, crash, wanted or _wanted(value))
        elif not (_holds(test, self._value) if test else same(self._value, value)):
            self.fail(key, wanted=wanted or _wanted(value))
        return self

    def _must_raise(self, name: str, key: str, wanted: str | None) -> None:
        kinds = self._raised["kinds"] if self._raised else []
        if not (kinds if name == "any" else name in kinds):
            self.fail(key, wanted=wanted or ("an exception" if name == "any" else name))

    def fail(self, key: str, *, wanted: str, saw: str | None = None) -> NoReturn:
        """Raise Fail with `key`, whatever the call came to; `saw` takes the place of that in the message."""
        came = self._raised["text"] if self._raised else repr(self._value)
        raise Fail(key, sent=self.sent, saw=saw or came, wanted=wanted)


class Learner:
    """The answer of one learner in one check."""

    def __init__(self, handle: Handle | None, source: str, files: Mapping[str, str]) -> None:
        """`handle` is None for files of which nothing is run; `source` is the text of a cell."""
        self._handle = handle
        self.source = source
        self._files = files

    @property
    def _process(self) -> Handle:
        if self._handle is None:
            raise RuntimeError("the check calls an answer that is files alone")
        return self._handle

    def call(self, name: str, *args: Any, **kwargs: Any) -> Called:
        """Call a function of the answer; the result holds what it raises. Fail with `timed-out` if stuck."""
        return _call(self._process, None, name, name, args, kwargs)

    def new(self, name: str, *args: Any, **kwargs: Any) -> Remote:
        """Make an object of a class of the answer. Fail with `raised` where none comes of it."""
        made = self.call(name, *args, **kwargs)
        if not isinstance(made.value, Remote):
            made.fail("raised", wanted=f"an object of {name}")
        made.value._shown = name.lower()
        return made.value

    def value(self, name: str) -> Called:
        """Read a value to which the answer has given a name. Its absence is an error in the result."""
        return _called(self._process, name, lambda: self._process.ask("name", name, name=name))

    def has(self, name: str) -> bool:
        """Return whether the answer has such a name."""
        return bool(self._process.ask("has", name, name=name))

    def mount(self, route: str, name: str) -> None:
        """Serve a view of the answer, or its URL patterns, before the site's own. Fail with `raised` else."""
        sent = f"path({route!r}, {name})"
        try:
            self._process.ask("mount", sent, route=route, name=name)
        except Raised as error:
            raised(sent, error.error)

    def text(self, name: str) -> str:
        """Return a file of the learner's project. Fail with `missing-file` where it is gone."""
        if name not in self._files:
            raise Fail("missing-file", sent=name, saw="no such file", wanted=f"the file {name}")
        return self._files[name]

    def tree(self) -> ast.Module:
        """Return the answer, parsed. Raise SyntaxError where it is no Python."""
        return ast.parse(self.source)


def raised(sent: str, error: dict[str, Any], key: str | None = None, wanted: str = "no error") -> NoReturn:
    """Fail because the code raised: with `key`, or with a general message."""
    no_room(error, sent)
    if error.get("exit") is not None:
        wanted_end = "a value, a response or an exception"
        raise Fail(key or "exits", sent=sent, saw=error["text"] + at_line(error["frames"]), wanted=wanted_end)
    raise Fail(key or "raised", sent=sent, saw=error["text"] + at_line(error["frames"]), wanted=wanted)


def _holds(test: Callable[[Any], bool], value: Any) -> bool:
    try:
        return bool(test(value))
    except Exception as error:
        if is_the_authors(error, value):
            raise
        return False  # `claims["sub"]` of an answer that returned None


def same(seen: Any, wanted: Any) -> bool:
    """Return whether two values are equal, and of the same kind where Python would say 1 == True."""
    return seen == wanted and isinstance(seen, bool) == isinstance(wanted, bool)


def _wanted(value: Any) -> str:
    return "a value" if value is _UNSET else repr(value)


def _call(
    handle: Handle,
    target: Remote | None,
    shown: str,
    name: str,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Called:
    sent = _line(shown, args, kwargs)
    return _called(
        handle,
        sent,
        lambda: handle.ask("call", sent, target=target, name=name, args=list(args), kwargs=kwargs),
    )


def _called(handle: Handle, sent: str, ask: Callable[[], Any]) -> Called:
    try:
        value = ask()
    except Raised as error:
        return Called(sent, None, error.error, handle.said)
    return Called(sent, _in_hand(handle, value, sent), None, handle.said)


def _in_hand(handle: Handle, value: Any, shown: str) -> Any:
    return Remote(handle, value, shown) if isinstance(value, Reference) else value


def _line(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """Return the call as a line of Python, with what its tokens are behind it."""
    arguments = [_argument(value) for value in args]
    arguments += [f"{key}={_argument(value)}" for key, value in kwargs.items()]
    return f"{name}({', '.join(arguments)}){tokens.notes(args, kwargs)}"


def _argument(value: Any) -> str:
    return repr(value) if len(repr(value)) <= _LONGEST_ARGUMENT else repr(value)[:_LONGEST_ARGUMENT] + "…"
