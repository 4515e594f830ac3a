"""Values on their way between a check and the learner's process, honest ones and forged ones."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtlab.checker.answer.channel import Channel, Closed
from jwtlab.checker.answer.codec import Reference, decode, encode

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.datetimes()
    | st.timedeltas()
)
KEYS = st.text() | st.integers() | st.datetimes()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(KEYS, inner) | st.sets(KEYS),
    max_leaves=12,
)


def kept(value: object) -> Reference:
    return Reference(0, type(value).__name__, "kept")


@given(VALUES)
def test_data_crosses_unchanged(value: object) -> None:
    here, there = Channel.pair()
    here.send(encode(value, kept))
    arrived = decode(there.receive(), lambda reference: reference)
    here.close()
    there.close()
    assert arrived == value
    assert type(arrived) is type(value)


def test_what_is_no_data_crosses_as_a_reference() -> None:
    assert decode(encode([object()], kept), lambda reference: reference) == [Reference(0, "object", "kept")]
    endless: list[object] = []
    endless.append(endless)
    assert encode(endless, kept) == {"reference": [0, "list", "kept"]}
    assert encode(10**5000, kept) == {"reference": [0, "int", "kept"]}


@pytest.mark.parametrize(
    "forged",
    [
        {},
        {"a": 1, "b": 2},
        {"bytes": 7},
        {"datetime": "soon"},
        {"dict": [[1]]},
        {"reference": [1]},
        {"x": []},
        [],
    ],
)
def test_a_forged_value_is_refused_and_runs_nothing(forged: object) -> None:
    with pytest.raises((ValueError, TypeError, LookupError, AttributeError)):
        decode(forged, lambda reference: reference)


@pytest.mark.parametrize("line", [b"{]\n", b"\xff\n", b"[" * 100_000 + b"\n"])
def test_a_line_that_is_no_json_closes_the_channel(line: bytes) -> None:
    here, there = Channel.pair()
    here._socket.sendall(line)
    with pytest.raises(Closed):
        there.receive()


def test_times_are_what_they_were() -> None:
    value = {"at": datetime(2026, 1, 5, 9), "for": timedelta(minutes=5)}
    assert decode(encode(value, kept), lambda reference: reference) == value
