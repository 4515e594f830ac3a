"""Values on their way between a check and the answer process, honest ones and forged ones."""

import os
import time
from datetime import datetime, timedelta
from multiprocessing import Pipe

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jwtlab.checker.answer.codec import Closed, Late, Reference, decode, encode, receive, send

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


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault
@given(VALUES)
def test_data_crosses_unchanged(value: object) -> None:
    here, there = Pipe()
    send(here, encode(value, kept))
    arrived = decode(receive(there), lambda reference: reference)
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


@pytest.mark.parametrize(
    "sent",
    [
        b"\0\0\0\2{]",
        b"\0\0\0\1\xff",
        b"\0\1\0\0" + b"[" * 65536,
        b"\0\0\0\0",
        b"\x7f\xff\xff\xff{}",  # a message of two gigabytes
        b"\xff\xff\xff\xff" + b"\xff" * 8,
        b"\x80\0\0\0{}",
        b"\0\0\0\7{}",  # the end comes too early
        b"",
    ],
)
def test_what_is_no_json_counts_as_the_end(sent: bytes) -> None:
    here, there = Pipe()
    os.write(here.fileno(), sent)
    here.close()
    with pytest.raises(Closed):
        receive(there)


def test_nothing_by_the_deadline_is_late() -> None:
    _here, there = Pipe()
    with pytest.raises(Late):
        receive(there, time.monotonic() - 1)


def test_times_are_what_they_were() -> None:
    value = {"at": datetime(2026, 1, 5, 9), "for": timedelta(minutes=5)}
    assert decode(encode(value, kept), lambda reference: reference) == value
