"""Answers that do harm, by mistake or on purpose: each gets its fixed message, and leaves nothing behind."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir

import psutil
import pytest

from jwtlab.checker.verdict import COULD_NOT_RUN, NOT_YET, PASSED, Verdict
from jwtlab.checker.worker.client import Client
from tests.checker.samples import WHOAMI, WHOAMI_RIGHT, made, message_of, tree

LOOP = "    while True:\n        pass\n    token"
OUTSIDE = Path(gettempdir()) / "no-answer-writes-this"


def within(line: str) -> str:
    """The right answer with `line` as the first of its view."""
    return WHOAMI_RIGHT.replace("    token", f"    {line}\n    token")


AT_THE_TOP = {  # the whole answer, or what stands before a right one: its fixed key
    "def whoami(:\n    pass": "syntax",
    "def whoami(request):\npass": "syntax",
    "x = '\0'": "syntax",
    "import sys\nsys.exit(3)": "exits",
    "exit()": "exits",
    "import os\nos._exit(3)": "process-died",
    "import os\nos.closerange(3, 100)": "process-died",
    "import os\nfor n in range(3, 9):\n try: os.write(n, b'{]\\n')\n except OSError: pass": "process-died",
    "x = bytearray(8 * 1024**3)": "memory",
    "class Odd(BaseException): pass\nraise Odd('no')": "raised",
    "def again(): again()\nagain()": "raised",
    "import jwt\njwt.decode = lambda *a, **k: {'sub': 'amy'}": "replaced",
    "import jwt\njwt.PyJWT.decode = lambda *a, **k: {'sub': 'amy'}": "replaced",
    "import hmac\ndel hmac.compare_digest": "replaced",
    "import builtins\nbuiltins.len = lambda x: 0": "replaced",
    "import jwtlab.checker.answer.child as p\np.AnswerProcess.call = lambda *a, **k: 1": "replaced",
    "import jwtlab.checker.answer.limits as o\no.Snapshot.first_replaced = lambda self: None": "replaced",
    f"open({str(OUTSIDE)!r}, 'w')": "writes",
    f"import os\nos.mkdir({str(OUTSIDE)!r})": "writes",
    f"import pathlib\npathlib.Path({__file__!r}).unlink()": "writes",
    "try:\n    open('/etc/jwtlab', 'w')\nexcept Exception: pass": "writes",
    "import socket\nsocket.create_connection(('127.0.0.1', 9))": "elsewhere",
    "import requests\nrequests.get('http://example.org/')": "elsewhere",
    "import socket\nsocket.socket().bind(('127.0.0.1', 0))": "elsewhere",
    "import subprocess\nsubprocess.run(['sleep', '60'])": "starts-process",
    "import os\nos.fork()": "starts-process",
    "import os\nos.kill(os.getppid(), 9)": "starts-process",
}

IN_THE_VIEW = {  # the first line of the view, which runs when a request comes: its outcome and fixed key
    "import sys; sys.exit()": (NOT_YET, "exits"),
    "import os; os._exit(0)": (COULD_NOT_RUN, "process-died"),
    "raise BaseException('odd')": (NOT_YET, "raised"),
    "x = 'x' * 8 * 1024**3": (COULD_NOT_RUN, "memory"),
    "import jwt; jwt.decode = lambda *a, **k: {'sub': 'amy'}": (COULD_NOT_RUN, "replaced"),
    f"open({str(OUTSIDE)!r}, 'w')": (COULD_NOT_RUN, "writes"),
    "import socket; socket.create_connection(('example.org', 80))": (COULD_NOT_RUN, "elsewhere"),
}


@pytest.fixture(scope="module")
def impatient() -> Iterator[Client]:
    """A client with a second for the code of an answer, so that an endless loop ends sooner."""
    with Client(limit=1.0) as client:
        yield client


@pytest.mark.parametrize("answer", AT_THE_TOP)
def test_hostile_code_gets_its_fixed_message(client: Client, answer: str) -> None:
    verdict = client.check(WHOAMI, f"{answer}\n{WHOAMI_RIGHT}")
    assert (verdict.outcome, verdict.key, verdict.fault) == (COULD_NOT_RUN, AT_THE_TOP[answer], "your code")


@pytest.mark.parametrize("line", IN_THE_VIEW)
def test_a_hostile_view_gets_its_fixed_message(client: Client, line: str) -> None:
    verdict = client.check(WHOAMI, within(line))
    assert (verdict.outcome, verdict.key) == IN_THE_VIEW[line], str(verdict)


@pytest.mark.parametrize(
    ("answer", "place"),
    [
        ("x = 0\nwhile True:\n    x += 1\n", "line 2|line 3"),
        (WHOAMI_RIGHT.replace("    token", LOOP), "in whoami"),
        (
            "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True:\n    pass\n",
            "does not say",
        ),
        ("while True:\n    try:\n        while True: pass\n    except BaseException: pass\n", "line [1-4]"),
    ],
)
def test_an_endless_loop_ends_at_the_limit_and_says_where(impatient: Client, answer: str, place: str) -> None:
    verdict = impatient.check(WHOAMI, answer)
    assert (verdict.outcome, verdict.key) == (COULD_NOT_RUN, "timed-out")
    assert re.search(place, message_of(verdict).saw)


def test_ten_megabytes_of_output_do_not_decide_the_verdict(client: Client) -> None:
    verdict = client.check(WHOAMI, WHOAMI_RIGHT + "print('x' * 10_000_000)\n")
    assert verdict.outcome == PASSED
    assert verdict.notes == ("Your code printed 10,000,001 characters; the first 4,000 were kept.",)


def test_a_deleted_name_is_named(client: Client) -> None:
    verdict = client.check(WHOAMI, WHOAMI_RIGHT + "del whoami\n")
    assert (verdict.outcome, verdict.key) == (NOT_YET, "missing-name")
    assert "`whoami`" in message_of(verdict).saw


def test_a_file_in_the_current_folder_goes_with_the_check(client: Client) -> None:
    where = made("raise AssertionError(learner.call('where').value)")
    verdict = client.check(
        where, "import os\nopen('here', 'w').write('x')\ndef where(): return os.path.abspath('here')"
    )
    [written] = re.findall(r"/\S+/here", message_of(verdict).saw)
    assert not Path(written).parent.exists()


def test_no_process_no_port_and_no_file_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with Client() as client:
        verdicts = [client.check(WHOAMI, f"{answer}\n{WHOAMI_RIGHT}") for answer in AT_THE_TOP]
        verdicts += [client.check(WHOAMI, within(line)) for line in IN_THE_VIEW]
        processes = tree(client)
        assert len(processes) == 3  # the watchdog, the worker and the one for the face, and no answer
        assert [port for verdict in verdicts for port in ports(verdict) if is_open(port)] == []
    assert psutil.wait_procs(processes, 20)[1] == []
    assert not OUTSIDE.exists()
    assert list(tmp_path.iterdir()) == []


def ports(verdict: Verdict) -> set[int]:
    return (
        {int(port) for port in re.findall(r"127\.0\.0\.1:(\d+)", message_of(verdict).sent)}
        if verdict.message
        else set()
    )


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
