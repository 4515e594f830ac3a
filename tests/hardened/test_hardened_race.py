"""Four workers, six requests with one refresh token at the same moment, twenty times: one wins each time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.helpers.real_servers import gunicorn, new_session

WORKERS, TABS, ROUNDS = 4, 6, 20
COOKIE = "__Host-refresh_token"
HEADERS = {"X-Auth-Request": "1"}
VITOR = {"username": "vitor", "password": "123"}


@pytest.fixture(scope="module")
def url(project):
    with gunicorn(project.env, workers=WORKERS) as address:
        yield address


def test_one_of_six_wins_each_round_and_nobody_is_logged_out(url):
    login = new_session().post(f"{url}/login/", json=VITOR, headers=HEADERS)
    jar, access = login.cookies[COOKIE], login.json()["access"]
    start = Barrier(TABS)

    def tab(cookie: str):
        start.wait()
        return new_session().post(f"{url}/api/token/refresh/", headers=HEADERS, cookies={COOKIE: cookie})

    with ThreadPoolExecutor(TABS) as tabs:
        for _ in range(ROUNDS):
            answers = list(tabs.map(tab, [jar] * TABS))
            assert sorted(answer.status_code for answer in answers) == [200] + [409] * (TABS - 1)
            (winner,) = (answer for answer in answers if answer.ok)
            jar, access = winner.cookies[COOKIE], winner.json()["access"]
            assert not any(answer.cookies for answer in answers if not answer.ok)
    hello = new_session().get(f"{url}/hello/", headers={"Authorization": f"Bearer {access}"})
    assert hello.status_code == 200


def test_a_logout_among_refreshes_ends_the_session(url):
    """Whatever order the database puts them in, nothing is alive afterwards."""
    login = new_session().post(f"{url}/login/", json=VITOR, headers=HEADERS)
    start = Barrier(TABS)

    def tab(path: str):
        start.wait()
        return new_session().post(url + path, headers=HEADERS, cookies={COOKIE: login.cookies[COOKIE]})

    with ThreadPoolExecutor(TABS) as tabs:
        answers = list(tabs.map(tab, ["/logout/", *["/api/token/refresh/"] * (TABS - 1)]))
    assert answers[0].status_code == 204
    assert {answer.status_code for answer in answers[1:]} <= {200, 401, 409}
    for answer in answers:
        if answer.ok and answer.cookies.get(COOKIE):
            cookies = {COOKIE: answer.cookies[COOKIE]}
            again = new_session().post(f"{url}/api/token/refresh/", headers=HEADERS, cookies=cookies)
            assert again.status_code == 401
            bearer = {"Authorization": f"Bearer {answer.json()['access']}"}
            assert new_session().get(f"{url}/hello/", headers=bearer).status_code == 401
