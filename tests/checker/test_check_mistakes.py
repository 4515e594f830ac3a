"""Whose mistake an error in the `test` of a check is: the answer is wrong, or it was not judged."""

import pytest

from jwtlab.checker.verdict import COULD_NOT_RUN, NOT_YET, PASSED, THE_COURSE
from jwtlab.checker.worker.client import Client
from tests.checker.samples import made, message_of

ABOVE = """\
import json
from jwtlab.checker.api import tokens

NAMES = {"amy": 1}
ROWS = ["amy", "bob"]

def one(value):
    return value["sub"] == "amy"

def two(value, name):
    return value["sub"] == name

def mistyped(value):
    return valeu["sub"] == "amy"

def looks_up(value):
    return value["sub"] == NAMES["amie"]

def refuses(value):
    if value is None:
        raise ValueError("nothing")
    return True

def asserts(value):
    assert value, "nothing"
    return True

class Claims:
    def __init__(self, claims):
        self.sub = claims["sub"]

"""

THE_ANSWERS = {  # a test, by the answer over which it raises
    "claims['sub'] == 'amy'": "None",
    "claims['sub'] == 'amy' ": "{}",
    "claims['sub']['name'] == 'amy'": "{'sub': 'amy'}",
    "claims.get('sub') == 'amy'": "[]",
    "claims.get('sub') == 'amy' ": "object()",
    "claims[3] == 'amy'": "['amy']",
    "claims + 1 == 3": "'2'",
    "int(claims) == 3": "'three'",
    "json.loads(claims)['sub'] == 'amy'": "'{'",
    "json.loads(claims)['sub'] == 'amy' ": "'[]'",
    "json.loads(claims).get('sub') == 'amy'": "'[]'",
    "6 / claims['n'] == 3": "{'n': 0}",
    "'sub' in claims": "7",
    "all(row in claims for row in ROWS)": "None",
    "[claims[row] for row in ROWS] == [1, 2]": "{}",
    "NAMES[claims] == 1": "'eve'",
    "ROWS[claims] == 'amy'": "'1'",
    "one(claims)": "None",
    "two(claims, 'amy')": "None",
    "Claims(claims).sub == 'amy'": "{}",
    "Claims(**claims).sub == 'amy'": "{'sub': 'amy'}",
    "two(*claims)": "[1, 2, 3]",
    "dict(claims)['sub'] == 'amy'": "7",
    "max(claims) == 3": "[]",
    "refuses(claims)": "None",
    "asserts(claims)": "None",
    "good.split('.')[1] == claims[1]": "''",
}

THE_COURSES = {  # a test that raises by a mistake of its author, with the error
    "clams['sub'] == 'amy'": "NameError",
    "mistyped(claims)": "NameError",
    "claims == WANTED": "NameError",
    "__import__('jwt_lab') == claims": "ModuleNotFoundError",
    "json.laods(claims)": "AttributeError",
    "json.loads(claims['a'], ROWS.frist) == 1": "AttributeError",
    "tokens.Makre(key='k')": "AttributeError",
    "good.splt('.')": "AttributeError",
    "make.expird() == claims": "AttributeError",
    "called.valeu == claims": "AttributeError",
    "learner.cal('f') == claims": "AttributeError",
    "one.name == claims": "AttributeError",
    "Claims.sbu == claims": "AttributeError",
    "Claims({'sub': 1}).sbu == claims": "AttributeError",
    "claims == NAMES['amie']": "KeyError",
    "claims['a'] == ROWS[7]": "IndexError",
    "looks_up(claims)": "KeyError",
    "two(claims)": "TypeError",
    "one(claims, 'amy')": "TypeError",
    "two(claims, nmae='amy')": "TypeError",
    "make.good(claims, 1)": "TypeError",
    "Claims(claims, 1)": "TypeError",
    "claims['a'] == 1 / 0": "ZeroDivisionError",
    "int('three') == claims['a']": "ValueError",
    "compile('x =', 'x', 'exec') == claims": "SyntaxError",
    "one(NAMES)": "KeyError",
    "all(ROWS[7] in claims for _ in ROWS)": "IndexError",
}

CHECK = """
make = tokens.Maker(key="k" * 32, at=site.clock.now)
good = make.good()
called = learner.call("f")
called.expect(test=lambda claims: {test}, wanted="something else", key="no")
"""


@pytest.mark.parametrize("test", THE_ANSWERS)
def test_an_answer_of_the_wrong_shape_is_not_yet_right(client: Client, test: str) -> None:
    exercise = made(CHECK.format(test=test), above=ABOVE, site="seed")
    verdict = client.check(exercise, f"def f(): return {THE_ANSWERS[test]}")
    assert (verdict.outcome, verdict.key) == (NOT_YET, "no"), str(verdict)


@pytest.mark.parametrize("test", THE_COURSES)
def test_a_mistake_of_the_author_is_the_courses(client: Client, test: str) -> None:
    exercise = made(CHECK.format(test=test), above=ABOVE, site="seed")
    verdict = client.check(exercise, "def f(): return {'a': '{}', 'sub': 'amy'}")
    assert (verdict.outcome, verdict.fault) == (COULD_NOT_RUN, THE_COURSE), str(verdict)
    assert message_of(verdict).saw.startswith(f"{THE_COURSES[test]}: ")
    assert "(course/exercises/99/made.py, line " in message_of(verdict).saw


def test_a_failure_within_a_test_is_the_answers(client: Client) -> None:
    exercise = made("learner.call('f').expect(test=lambda v: learner.call('g').value == v, key='no')")
    assert client.check(exercise, "def f(): return 1\ndef g(): return 1 / 0").key == "no"
    assert client.check(exercise, "def f(): return 1\ndef g(): return 1").outcome == PASSED


def test_a_mistake_over_several_lines_is_found(client: Client) -> None:
    check = """
def holds(claims):
    return claims["sub"] == NAMES[
        "amie"
    ]
learner.call("f").expect(test=holds, key="no")
"""
    exercise = made(check, above=ABOVE)
    verdict = client.check(exercise, "def f(): return {'sub': 'amy'}")
    assert message_of(verdict).saw.startswith("KeyError: 'amie' (course/exercises/99/made.py")
    assert client.check(exercise, "def f(): return {}").key == "no"
