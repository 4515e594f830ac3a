"""What the checker says of answers of every kind, and what a check can see of them."""

import re
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from jwtlab.checker.answer import child
from jwtlab.checker.catalogue import Catalogue, ExerciseError
from jwtlab.checker.verdict import COULD_NOT_RUN, NOT_ATTEMPTED, NOT_YET, PASSED, Why
from jwtlab.checker.worker.client import Client
from tests.checker.samples import (
    HELLO,
    HELLO_FILES,
    HELLO_RIGHT,
    HELLO_VIEWS,
    WHOAMI,
    WHOAMI_RIGHT,
    made,
    message_of,
)


def test_a_right_view_passes(client: Client) -> None:
    verdict = client.check(WHOAMI, WHOAMI_RIGHT)
    assert (verdict.outcome, verdict.why) == (PASSED, Why(**WHOAMI.why))


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('audience="notes"', 'options={"verify_aud": False}', "audience-ignored"),
        ('audience="notes"', 'audience="notes", options={"verify_exp": False}', "expired-accepted"),
        ('"user": claims', '"name": claims', "good-refused"),
        ("status=401", "status=200", "expired-accepted"),
        ('.get("Authorization", "")', '["Authorization"]', "raised"),
    ],
)
def test_each_fault_of_a_view_has_its_own_message(client: Client, old: str, new: str, key: str) -> None:
    assert old in WHOAMI_RIGHT
    verdict = client.check(WHOAMI, WHOAMI_RIGHT.replace(old, new))
    assert (verdict.outcome, verdict.key) == (NOT_YET, key)


@pytest.mark.parametrize("answer", ["", "\n\n", WHOAMI.starter, "# later\n", "pass", '"""Notes."""\n...'])
def test_nothing_written_is_not_attempted(client: Client, answer: str) -> None:
    assert client.check(WHOAMI, answer).outcome == NOT_ATTEMPTED


def test_a_failing_message_says_what_was_sent_and_what_came_back(client: Client) -> None:
    wrong = WHOAMI_RIGHT.replace('audience="notes"', 'options={"verify_aud": False}')
    message = message_of(client.check(WHOAMI, wrong))
    assert message.sent.startswith("curl -i http://127.0.0.1:")
    assert message.sent.endswith("# a token for admin")
    assert (message.saw, message.wanted) == ('200 OK  {"user": "amy"}', "401 Unauthorized")


def test_an_error_in_a_view_shows_the_learners_own_line(client: Client) -> None:
    wrong = WHOAMI_RIGHT.replace('claims["sub"]', 'claims["subject"]')
    saw = message_of(client.check(WHOAMI, wrong)).saw
    assert saw.startswith("KeyError: 'subject', line 15 in whoami: return JsonResponse(")


class TestProject:
    def test_the_starter_is_not_attempted(self, client: Client) -> None:
        assert client.check(HELLO, HELLO_FILES).outcome == NOT_ATTEMPTED

    def test_a_right_project_passes(self, client: Client) -> None:
        verdict = client.check(HELLO, HELLO_RIGHT)
        assert verdict.outcome == PASSED, str(verdict)

    def test_a_wrong_one_gets_the_message_of_the_exercise(self, client: Client) -> None:
        verdict = client.check(HELLO, HELLO_FILES | {HELLO_VIEWS: HELLO_FILES[HELLO_VIEWS] + "\nX = 1\n"})
        assert (verdict.outcome, verdict.key) == (NOT_YET, "open-door")

    def test_an_error_names_the_learners_file_and_line(self, client: Client) -> None:
        verdict = client.check(HELLO, HELLO_FILES | {HELLO_VIEWS: "import nothing_of_this_name\n"})
        assert (verdict.outcome, verdict.key) == (COULD_NOT_RUN, "raised")
        assert message_of(verdict).sent == f"your code, {HELLO_VIEWS}, line 1: import nothing_of_this_name"

    def test_settings_that_django_refuses_are_named(self, client: Client) -> None:
        broken = HELLO_RIGHT["hello_site/settings.py"].replace("ROOT_URLCONF", "ROOT_URLS")
        verdict = client.check(HELLO, HELLO_RIGHT | {"hello_site/settings.py": broken})
        assert (verdict.outcome, verdict.key) == (COULD_NOT_RUN, "settings-refused")
        assert "ROOT_URLCONF" in message_of(verdict).saw

    def test_files_alone_can_be_read_and_run(self, client: Client) -> None:
        exercise = made(
            "learner.value('workers').expect(4, key='no')\nassert 'listen' in learner.text('site.conf')",
            kind="file",
            project="99/x",
            run="gunicorn.conf.py",
            starter={"gunicorn.conf.py": "workers = 1\n"},
        )
        files = {"gunicorn.conf.py": "workers = 4\n", "site.conf": "listen 80;"}
        assert client.check(exercise, files).outcome == PASSED
        assert client.check(exercise, files | {"gunicorn.conf.py": "workers = 2\n"}).key == "no"

    def test_a_missing_file_is_named(self, client: Client) -> None:
        exercise = made("learner.text('site.conf')", kind="file", project="99/x", starter={"site.conf": "x"})
        assert client.check(exercise, {}).key == "missing-file"


class TestPrediction:
    EXERCISE = made(
        "return {200: 'a', 401: 'b'}[site.get('/hello/').status]",
        kind="predict",
        site="seed",
        options={"a": {"text": "200", "key": "no"}, "b": {"text": "401"}},
    )

    @pytest.mark.parametrize(
        ("answer", "outcome", "key"),
        [
            ("b", PASSED, None),
            ("# I think\nb  # because", PASSED, None),
            ("'b'", PASSED, None),
            ("a", NOT_YET, "no"),
            ("z", NOT_YET, "no-such-option"),
            ("...", NOT_ATTEMPTED, None),
        ],
    )
    def test_the_letter_decides(self, client: Client, answer: str, outcome: str, key: str | None) -> None:
        verdict = client.check(self.EXERCISE, answer)
        assert (verdict.outcome, verdict.key) == (outcome, key)

    def test_the_message_does_not_give_the_right_letter_away(self, client: Client) -> None:
        said = re.sub(r"127\.0\.0\.1:\d+", "", str(client.check(self.EXERCISE, "a")))  # a port may hold 401
        assert "401" not in said


class TestCalls:
    @pytest.mark.parametrize(
        ("source", "key"),
        [
            ("def f(x): return x * 2", None),
            ("def f(x): return x * 3", "no"),
            ("def f(x): return 4.5", "no"),
            ("def f(x): return [4]", "no"),
            ("def f(x): return object()", "no"),
            ("def f(x): return 1 / 0", "raised"),
            ("def f(): return 4", "raised"),
            ("def g(x): return 4", "missing-name"),
            ("f = 4", "raised"),
        ],
    )
    def test_what_a_function_returns_is_judged(self, client: Client, source: str, key: str | None) -> None:
        assert client.check(made("learner.call('f', 2).expect(4, key='no')"), source).key == key

    def test_a_test_that_raises_does_not_hold(self, client: Client) -> None:
        check = "learner.call('f').expect(test=lambda claims: claims['sub'] == 'amy', wanted='amy', key='no')"
        assert client.check(made(check), "def f(): return {'sub': 'amy'}").outcome == PASSED
        assert client.check(made(check), "def f(): return None").key == "no"

    def test_true_is_not_one(self, client: Client) -> None:
        assert client.check(made("learner.call('f').expect(True, key='no')"), "def f(): return 1").key == "no"

    def test_an_error_can_be_wanted_by_the_name_of_its_base(self, client: Client) -> None:
        exercise = made("learner.call('f').expect(raises='LookupError', key='no')")
        assert client.check(exercise, "def f(): return {}['a']").outcome == PASSED
        assert client.check(exercise, "def f(): return 1").key == "no"
        assert client.check(exercise, "def f(): return int('a')").key == "no"

    def test_an_error_nobody_wanted_can_have_its_own_message(self, client: Client) -> None:
        exercise = made("learner.call('f').expect(4, key='no', crash='crashed')")
        assert client.check(exercise, "def f(): return 1 / 0").key == "crashed"

    def test_values_cross_whole(self, client: Client) -> None:
        check = """
            from datetime import datetime, timedelta, UTC
            value = [b"\\xff", {"a": (1, None)}, {3}, datetime(2026, 1, 5, tzinfo=UTC), timedelta(1), 0.5]
            learner.call("f", value).expect(value, key="no")
        """
        assert client.check(made(textwrap.dedent(check)), "def f(x): return x").outcome == PASSED

    def test_objects_stay_where_they_are_and_can_be_used(self, client: Client) -> None:
        check = """
            counter = learner.new("Counter", 3)
            counter.call("add", 2).expect(5, key="no")
            counter.attr("total").expect(5, key="no")
            learner.call("total_of", counter).expect(5, key="no")
        """
        source = """
            class Counter:
                def __init__(self, total): self.total = total
                def add(self, more): self.total += more; return self.total
            def total_of(counter): return counter.total
        """
        assert client.check(made(textwrap.dedent(check)), textwrap.dedent(source)).outcome == PASSED

    def test_what_a_call_prints_is_seen(self, client: Client) -> None:
        check = "assert learner.call('f').printed == 'two\\n'"
        assert client.check(made(check), "print('one')\ndef f(): print('two')").outcome == PASSED

    def test_temporary_files_are_in_the_folder_that_goes(self, client: Client) -> None:
        source = (
            "import tempfile\ndef f():\n    with tempfile.TemporaryDirectory() as name: return len(name) > 0"
        )
        assert client.check(made("learner.call('f').expect(True, key='no')"), source).outcome == PASSED

    def test_code_lives_on_the_lab_clock(self, client: Client) -> None:
        source = "from datetime import datetime, UTC\ndef f(): return datetime.now(UTC).isoformat()"
        exercise = made("learner.call('f').expect('2026-01-05T09:00:00+00:00', key='no')")
        assert client.check(exercise, source).outcome == PASSED


class TestSite:
    """Things that a check does with a site, each an exercise whose right answer is one line."""

    def passes(self, client: Client, check: str, source: str = "x = 1", **meta: Any) -> None:
        exercise = made(textwrap.dedent(check), **{"site": "seed"} | meta)
        verdict = client.check(exercise, textwrap.dedent(source))
        assert verdict.outcome == PASSED, str(verdict)

    def test_every_check_starts_from_the_same_database(self, client: Client) -> None:
        check = """
            rows = "token_blacklist.OutstandingToken"
            assert site.count(rows) == 0
            site.login("vitor")
            assert site.count(rows, user_id=1) == 1
        """
        self.passes(client, check)
        self.passes(client, check)

    def test_the_clock_moves_the_site_and_the_code(self, client: Client) -> None:
        check = """
            access = site.login("vitor").access
            site.clock.advance(minutes=6)
            site.get("/hello/", bearer=access).expect(401, key="no")
            learner.call("now").expect("09:06", key="no")
        """
        self.passes(client, check, "import time\ndef now(): return time.strftime('%H:%M', time.gmtime())")

    def test_tokens_with_the_sites_own_key(self, client: Client) -> None:
        check = """
            make = site.tokens("alice")
            site.get("/hello/", bearer=make.good()).expect(200, key="no")
            bad = [make.expired(), make.not_yet(), make.alg_none(), make.other_key(), make.tampered()]
            bad += [make.broken(), make.without("token_type"), make.signed_as("HS512")]
            bad += [make.good(user_id="99")]
            for token in bad:
                site.get("/hello/", bearer=token).expect(401, key="no")
        """
        self.passes(client, check)

    def test_a_client_of_the_learners_meets_a_server_that_misbehaves(self, client: Client) -> None:
        check = """
            site.stub("GET", "/hello/", status=503, json={"detail": "later"}, times=1)
            learner.call("twice", site.url).expect([503, 401], key="no")
            assert [(seen.method, seen.path, seen.status) for seen in site.seen] == [
                ("GET", "/hello/", 503), ("GET", "/hello/", 401)]
            site.forget()
            assert site.seen == []
        """
        source = """
            import requests
            def twice(url): return [requests.get(url + "/hello/").status_code for _ in range(2)]
        """
        self.passes(client, check, source)

    def test_requests_at_the_same_moment(self, client: Client) -> None:
        check = """
            login = ("POST", "/api/token/", {"json": {"username": "vitor", "password": "123"}})
            assert [answer.status for answer in site.together([login] * 8)] == [200] * 8
        """
        self.passes(client, check)

    def test_cookies_are_seen_with_their_attributes(self, client: Client) -> None:
        check = """
            answer = site.post("/login/", json={"username": "vitor", "password": "123"})
            cookie = answer.cookies["refresh_token"]
            assert cookie["httponly"] and cookie["samesite"] == "Strict", answer.cookies
        """
        self.passes(client, check)

    def test_settings_of_an_answer_are_in_force(self, client: Client) -> None:
        check = """
            access = site.login("vitor").access
            site.clock.advance(minutes=4)
            site.get("/hello/", bearer=access).expect(401, key="no")
        """
        exercise = made(textwrap.dedent(check), site="seed", settings=["SIMPLE_JWT"])
        block = "SIMPLE_JWT = {{'ACCESS_TOKEN_LIFETIME': timedelta(minutes={})}}"
        source = "from datetime import timedelta\n" + block
        assert client.check(exercise, source.format(3)).outcome == PASSED
        assert client.check(exercise, source.format(30)).key == "no"

    def test_another_face(self, client: Client) -> None:
        self.passes(client, "site.get('/.well-known/jwks.json').expect(200, key='no')", site="hardened")

    def test_a_header_that_is_none_is_the_answers_fault(self, client: Client) -> None:
        source = """
            from django.http import HttpResponse
            def view(request):
                return HttpResponse("x", headers={"a name: with spaces": "1", "X-Lab-Crash": "7"})
        """
        exercise = made("learner.mount('v/', 'view')\nsite.get('/v/').expect(401, key='no')", site="seed")
        assert client.check(exercise, textwrap.dedent(source)).key == "no"

    def test_a_list_of_url_patterns_can_be_mounted(self, client: Client) -> None:
        source = """
            from django.http import HttpResponse
            from django.urls import path
            urlpatterns = [path("there/", lambda request: HttpResponse("here"))]
        """
        check = "learner.mount('over/', 'urlpatterns')\nassert site.get('/over/there/').text == 'here'"
        self.passes(client, check, source)


def test_a_check_that_fails_itself_is_the_courses_fault(client: Client) -> None:
    verdict = client.check(made("1 / 0"), "x = 1")
    assert (verdict.outcome, verdict.key, verdict.fault) == (COULD_NOT_RUN, "course-broken", "the course")
    where = "(course/exercises/99/made.py, line 42)"
    assert message_of(verdict).saw == f"ZeroDivisionError: division by zero {where}"


def test_a_key_without_a_message_is_the_courses_fault(client: Client) -> None:
    verdict = client.check(made("learner.call('f').expect(1, key='nobody-wrote-this')"), "def f(): return 2")
    assert (verdict.key, "nobody-wrote-this" in message_of(verdict).saw) == ("course-broken", True)


def test_a_missing_program_is_this_machines_matter_and_the_cure_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JWTLAB_NGINX", "no-such-program")
    with Client() as client:
        verdict = client.check(made("pass", needs=["nginx"]), "x = 1")
    assert (verdict.outcome, verdict.key, verdict.fault) == (COULD_NOT_RUN, "needs", "this machine")
    assert "nginx" in message_of(verdict).next


def test_the_site_stays_up_while_the_learner_looks(client: Client) -> None:
    seen = []

    def look(verdict: object) -> None:
        url = re.findall(r"http://127\.0\.0\.1:\d+", str(verdict))[0]
        seen.append(requests.get(f"{url}/hello/").status_code)

    wrong = WHOAMI_RIGHT.replace('audience="notes"', 'options={"verify_aud": False}')
    verdict = client.check(WHOAMI, wrong, hold=look)
    assert (verdict.key, seen) == ("audience-ignored", [401])


def test_a_proxy_in_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    exercise = made(
        "site.get('/hello/').expect(401, key='no')\nlearner.call('ask', site.url).expect(401, key='no')",
        site="seed",
    )
    source = "import requests\ndef ask(url): return requests.get(url + '/hello/').status_code"
    with Client() as client:
        assert client.check(exercise, source).outcome == PASSED


def test_an_interrupted_check_does_not_answer_the_next_one(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(client, "_receive", interrupt)
        with pytest.raises(KeyboardInterrupt):
            client.check(WHOAMI, WHOAMI_RIGHT)
    assert client.check(WHOAMI, "").outcome == NOT_ATTEMPTED


@pytest.mark.parametrize("text", ["", "{", "[]", '{"99.x": {}}', '{"99.x": {"check": {}}}', '{"99.x": 1}'])
def test_exercises_that_are_damaged_say_what_to_do(tmp_path: Path, text: str) -> None:
    file = tmp_path / "exercises" / "checks" / "99.json"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    with pytest.raises(ExerciseError, match="git status exercises"):
        Catalogue(tmp_path).find("99.x")


class TestTokens:
    """A verdict says what is the matter with each token that was sent, wherever it was."""

    def sent(self, client: Client, line: str) -> str:
        check = f"""
            make = site.tokens("vitor")
            token, other = make.expired(), make.without("exp")
            {line}
        """
        verdict = client.check(made(textwrap.dedent(check), site="seed"), "def f(*a, **k): return 1")
        assert verdict.key == "no", str(verdict)
        return message_of(verdict).sent

    @pytest.mark.parametrize(
        "given",
        [
            "token",
            "[token]",
            "{'access': token}",
            "{token: 1}",
            "(1, [{'a': (token,)}])",
            "x=token",
            "x={'tokens': [token]}",
            "'Bearer ' + token",
            "{'Authorization': f'Bearer {token}'}",
        ],
    )
    def test_of_a_call(self, client: Client, given: str) -> None:
        sent = self.sent(client, f"learner.call('f', {given}).expect(2, key='no')")
        assert sent.endswith("  # a token that expired 60 seconds ago")

    @pytest.mark.parametrize(
        "options",
        [
            "bearer=token",
            "json={'token': token}",
            "json=[{'tokens': [token]}]",
            "data={'token': token}",
            "headers={'Authorization': f'JWT {token}'}",
            "cookies={'refresh_token': token}",
        ],
    )
    def test_of_a_request(self, client: Client, options: str) -> None:
        sent = self.sent(client, f"site.post('/hello/', {options}).expect(302, key='no')")
        assert sent.startswith("curl ")
        assert sent.endswith("  # a token that expired 60 seconds ago")

    def test_of_several(self, client: Client) -> None:
        sent = self.sent(client, "learner.call('f', {'a': token, 'b': [other]}).expect(2, key='no')")
        assert sent.endswith("  # a token that expired 60 seconds ago; a token without exp")

    def test_without_any(self, client: Client) -> None:
        assert "#" not in self.sent(client, "learner.call('f', {'a': 'text'}).expect(2, key='no')")


@pytest.mark.parametrize("verb", ["get", "post", "put", "patch", "delete", "options", "head"])
def test_a_site_has_a_method_for_each_verb(client: Client, verb: str) -> None:
    check = f"site.{verb}('/stub/', headers={{'X-A': '1'}})\nassert site.seen[0].method == '{verb.upper()}'"
    assert client.check(made(check, site="seed"), "x = 1").outcome == PASSED


def test_a_misspelt_verb_is_no_request(client: Client) -> None:
    verdict = client.check(made("site.gte('/hello/')", site="seed"), "x = 1")
    assert "'CheckedSite' object has no attribute 'gte'" in message_of(verdict).saw


def test_a_face_that_does_not_start_is_said(client: Client) -> None:
    verdict = client.check(made("pass", site="nowhere"), "x = 1")
    assert (verdict.outcome, verdict.fault) == (COULD_NOT_RUN, "the course")
    assert client.check(WHOAMI, WHOAMI_RIGHT).outcome == PASSED


def test_a_check_that_python_cannot_read_is_the_courses_fault(client: Client) -> None:
    exercise = replace(WHOAMI, check=replace(WHOAMI.check, code="def check(:\n"))
    verdict = client.check(exercise, WHOAMI_RIGHT)
    assert (verdict.outcome, verdict.fault) == (COULD_NOT_RUN, "the course")


def test_a_null_byte_is_a_syntax_error_for_every_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.11.3 and earlier raise ValueError for it."""

    def compile_as_before(*_: object, **__: object) -> None:
        raise ValueError("source code string cannot contain null bytes")

    monkeypatch.setattr(child, "compile", compile_as_before, raising=False)
    with pytest.raises(SyntaxError, match="null bytes"):
        child.compiled("x = '\0'", "<answer>")
