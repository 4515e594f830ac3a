"""Real processes: a fresh clone on its own, and sites in lab worlds that agree to the byte."""

import base64
import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from config.keys import TEACHING_SECRET_KEY

if TYPE_CHECKING:
    from tests.demo_site.conftest import Served

VITOR = {"username": "vitor", "password": "123"}

# The first login of any lab world, on every machine: header and claims are fixed, so is the key, so is this.
FIRST_ACCESS_TOKEN = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    "eyJ0b2tlbl90eXBlIjoiYWNjZXNzIiwiZXhwIjoxNzY3NjAzOTAwLCJpYXQiOjE3Njc2MDM2MDAsImp0aSI6IjBhMDc5NGU3NTliODQ0"
    "ZmQ5NTliNGI3Nzg2NGY0N2M0IiwidXNlcl9pZCI6IjEiLCJ1c2VybmFtZSI6InZpdG9yIiwiaXNfc3RhZmYiOmZhbHNlfQ."
    "rTn4rGNVCY_uWLx2LzpuU--6tc5WkaQ3TKdHL0q9lYo"
)


def login(site) -> dict[str, str]:
    response = site.http.post(f"{site.url}/api/token/", json=VITOR)
    assert response.status_code == 200, response.text
    return response.json()


def hello(site, access: str) -> int:
    return site.http.get(f"{site.url}/hello/", headers={"Authorization": f"Bearer {access}"}).status_code


def claims(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


class Lab(NamedTuple):
    """A site in a lab world, and the two tokens of its first login."""

    world: Path
    site: "Served"
    tokens: dict[str, str]

    def set_clock(self, time: str) -> None:
        """Move the clock to this time of the world's first day."""
        draft = self.world / "clock.new"
        draft.write_text(f"2026-01-05T{time}+00:00")
        draft.replace(self.world / "clock")


@pytest.fixture(scope="module")
def lab(lab_world, serve) -> Lab:
    """A site in a fresh lab world, and its first login. Shared, because starts and logins take their time."""
    world = lab_world(nonce="c0ffee")
    site = serve(LAB_WORLD=world)
    return Lab(world, site, login(site))


@pytest.fixture(autouse=True)
def at_the_epoch(lab: Lab) -> None:
    """Each test finds the clock where the world began."""
    lab.set_clock("09:00:00")


def test_a_fresh_clone_makes_its_database_and_says_so(first_start):
    project, output = first_start
    assert output[0].startswith("There is no database yet: making one, with the demo users")
    assert output[1] == "Demo users: vitor, alice, mallory, admin"
    assert re.search(r" development server at http://127\.0\.0\.1:[1-9]\d+/$", output[-1])
    assert sorted(path.name for path in (project / "var").iterdir()) == ["db.sqlite3", "secret_key"]


def test_a_clone_on_its_own_has_real_time_and_a_key_of_its_own(first_start, serve):
    project, _ = first_start
    site = serve(project)
    assert not any("no database" in line for line in site.output)
    tokens = login(site)
    age = datetime.now(UTC) - datetime.fromtimestamp(claims(tokens["access"])["iat"], UTC)
    assert abs(age) < timedelta(hours=1)
    assert hello(site, tokens["access"]) == 200
    assert TEACHING_SECRET_KEY not in (project / "var" / "secret_key").read_text()
    assert "X-Lab-Site" not in site.http.get(site.url).headers


def test_two_fresh_worlds_give_the_same_tokens_to_the_byte(lab, lab_world, serve):
    other = login(serve(LAB_WORLD=lab_world()))
    assert other == lab.tokens
    assert other["access"] == FIRST_ACCESS_TOKEN


def test_moving_the_clock_file_expires_a_token_at_once(lab):
    statuses = []
    for time in ("09:00:00", "09:04:59", "09:05:00", "09:00:00"):
        lab.set_clock(time)
        statuses.append(hello(lab.site, lab.tokens["access"]))
    assert statuses == [200, 200, 401, 200]


def test_processes_that_share_a_world_agree_on_time_and_never_on_a_token_id(lab, serve):
    sites = [lab.site, serve(LAB_WORLD=lab.world)]
    counted = (lab.world / "token_ids").stat().st_size

    def refreshed(number: int) -> str:
        site = sites[number % 2]
        answer = site.http.post(f"{site.url}/api/token/refresh/", json={"refresh": lab.tokens["refresh"]})
        return answer.json()["access"]

    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(refreshed, range(40)))
    assert len({claims(token)["jti"] for token in tokens}) == 40
    assert (lab.world / "token_ids").stat().st_size == counted + 40
    assert [hello(site, tokens[0]) for site in sites] == [200, 200]
    lab.set_clock("09:06:00")
    assert [hello(site, tokens[0]) for site in sites] == [401, 401]


def test_every_response_names_the_site_and_hides_the_server(lab):
    http, url = lab.site.http, lab.site.url
    answers = [http.get(url + path) for path in ("/", "/hello/", "/nowhere/")]
    answers.append(http.get(url, headers={"Host": "evil.example"}))
    assert [answer.status_code for answer in answers] == [200, 401, 404, 400]
    for answer in answers:
        assert answer.headers["X-Lab-Site"] == "c0ffee"
        assert answer.headers["Server"] == "demo-site"
        assert answer.headers["Date"] == "Mon, 05 Jan 2026 09:00:00 GMT"


def test_a_clock_file_that_breaks_is_explained_in_the_response(lab):
    (lab.world / "clock").write_text("nine o'clock")
    broken = lab.site.http.get(lab.site.url)
    assert (broken.status_code, broken.headers["Content-Type"]) == (500, "text/plain")
    assert "holds no instant: write one into it" in broken.text
    lab.set_clock("09:00:00")
    assert lab.site.http.get(lab.site.url).status_code == 200


def test_a_world_without_a_clock_lives_in_real_time_with_random_ids(lab_world, serve):
    world = lab_world(clock=None)
    access = login(serve(LAB_WORLD=world))["access"]
    assert claims(access)["jti"] != claims(FIRST_ACCESS_TOKEN)["jti"]
    assert claims(access)["iat"] > datetime(2026, 6, 1, tzinfo=UTC).timestamp()
    assert not (world / "token_ids").exists()


def test_commands_live_in_the_world_too(lab, manage):
    script = "from notes.models import Note; print('made', Note.objects.create(owner_id=1).created_at)"
    result = manage("shell", "-c", script, LAB_WORLD=lab.world)
    assert "made 2026-01-05 09:00:00+00:00" in result.stdout, result.stderr


def test_a_world_that_is_broken_does_not_start(lab_world, manage):
    world = lab_world()
    (world / "clock").write_text("nine")
    result = manage("runserver", "--noreload", "127.0.0.1:0", LAB_WORLD=world)
    assert result.returncode == 1
    assert result.stderr.startswith("ImproperlyConfigured: ")
    assert "holds no instant: write one into it" in result.stderr
    assert result.stderr.count("\n") == 1
