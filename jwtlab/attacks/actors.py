"""What an attack is given: the site, the attacker's own site, people at browsers, and programs that log in.

Nothing here attacks. An attack is a script of its own, of plain requests and of what is done on pages.
"""

from collections.abc import Callable
from typing import Any

import requests

from jwtlab.browser import Browser, Page, Person
from jwtlab.errors import LabError
from jwtlab.site import Site
from jwtlab.site.clock import LabClock
from jwtlab.site.world import PASSWORDS

NOTES = {  # a note of each, which nobody else has
    "vitor": "Tokens are signed, not encrypted.",
    "mallory": "Read the notes of alice.",
}

# What the site's own pages send along (X-Auth-Request). It keeps out other pages, not other programs.
HEADERS = {"X-Auth-Request": "1"}


class StageError(LabError):
    """Something that an attack takes for granted did not happen, so it says nothing about the site."""


class Client:
    """A program with a session: it logs in, refreshes and logs out as the site's own page does.

    `cookie` is the one that login set, {name: value}. It is sent by hand: requests does not send a Secure
    cookie over http, not even on loopback, where browsers do.
    """

    def __init__(self, url: str, cookie: dict[str, str] | None = None) -> None:
        self.url = url
        self.cookie = dict(cookie or {})
        self.access = ""

    def log_in(self, username: str, password: str) -> requests.Response:
        return self._take(self._post("/login/", json={"username": username, "password": password}))

    def refresh(self) -> requests.Response:
        return self._take(self._post("/api/token/refresh/", cookies=self.cookie))

    def log_out(self) -> requests.Response:
        return self._post("/logout/", cookies=self.cookie, headers=HEADERS | self.bearer)

    def hello(self) -> requests.Response:
        return requests.get(self.url + "/hello/", headers=self.bearer)

    def notes(self) -> list[str]:
        """The titles of the notes that the access token opens."""
        answer = requests.get(self.url + "/api/notes/", headers=self.bearer)
        return [note["title"] for note in answer.json()] if answer.ok else []

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access}"}

    def _post(self, path: str, *, headers: dict[str, str] = HEADERS, **content: Any) -> requests.Response:
        return requests.post(self.url + path, headers=headers, **content)

    def _take(self, answer: requests.Response) -> requests.Response:
        if answer.ok:
            self.access = answer.json()["access"]
            self.cookie |= answer.cookies.get_dict()
        return answer


class BodyClient(Client):
    """The same with both tokens in bodies, as SimpleJWT's own views have it. A new refresh token is kept."""

    token = ""

    def log_in(self, username: str, password: str) -> requests.Response:
        return self._take(self._post("/api/token/", json={"username": username, "password": password}))

    def refresh(self) -> requests.Response:
        return self._take(self._post("/api/token/refresh/", json={"refresh": self.token}))

    def _take(self, answer: requests.Response) -> requests.Response:
        if answer.ok:
            self.access = answer.json()["access"]
            self.token = answer.json().get("refresh", self.token)
        return answer


def who_is_logged_in(page: Page) -> str:
    """Whose notes the site's page shows, once it has made up its mind: a name, or nobody."""
    shown = page.see("Log ").text  # "Log in" or "Log out"
    return next((name for name, note in NOTES.items() if note in shown), "nobody")


class Stage:
    """One attack's stage. The site has its own clock; people and loot of earlier attacks are not seen."""

    def __init__(self, site: Site, evil: Site, browser: Callable[[], Browser]) -> None:
        self.site, self.evil = site, evil
        self._browser = browser
        self._people: list[Person] = []
        self._users = 0
        self._entries: list[int] = []
        self._old_loot = len(self._all_loot())

    @property
    def url(self) -> str:
        """The site's address, http://127.0.0.1:PORT."""
        return self.site.url

    @property
    def clock(self) -> LabClock:
        return self.site.clock

    @property
    def front_end(self) -> str:
        """The site's page that keeps tokens in localStorage, or where there is none, the other."""
        return "/app/local/" if requests.get(self.url + "/app/local/").ok else "/app/cookie/"

    def at(self, host: str) -> str:
        """The site's address under another name of this machine, such as `www.shop.localhost`."""
        return f"http://{host}:{self.site.port}"

    def evil_at(self, host: str) -> str:
        """The attacker's. `127.0.0.1` is another port of the site's host, `localhost` another site."""
        return f"http://{host}:{self.evil.port}"

    # Programs

    def log_in(self, username: str = "vitor") -> Client:
        """A program in which this user has logged in."""
        return self._logged_in(Client(self.url), username)

    def log_in_next_door(self, username: str = "vitor") -> Client:
        """The same by `/api/token/`, with tokens in bodies, where the site has that; else by `/login/`."""
        there = requests.options(self.url + "/api/token/").status_code != 404
        return self._logged_in(BodyClient(self.url) if there else Client(self.url), username)

    def thief(self, cookie: dict[str, str]) -> Client:
        """A program of the attacker's, with a copy of somebody's cookie."""
        return Client(self.url, cookie)

    def _logged_in(self, client: Client, username: str) -> Client:
        answer = client.log_in(username, PASSWORDS.get(username, username))
        if answer.status_code != 200:
            raise StageError(f"{username} cannot log in: {answer.status_code} {answer.text[:200]}")
        return client

    # Users that an attack may change

    def new_user(self) -> str:
        """The name of a user for this attack alone. It is the password too."""
        self._users += 1
        name = f"user-{self.clock.now:%Y%m%d}-{self._users}"
        self.manage(f"User.objects.create_user({name!r}, password={name!r})")
        return name

    def manage(self, python: str) -> None:
        """Do something on the server, as its staff would in `manage.py shell`."""
        self.site.manage("shell", "-c", f"from django.contrib.auth.models import User; {python}")

    # What anyone may do

    def sign_guest_book(self, message: str) -> None:
        """Leave an entry in the guest book."""
        entry = {"name": "mallory", "message": message}
        answer = requests.post(self.url + "/api/guestbook/", json=entry)
        answer.raise_for_status()
        self._entries.append(answer.json()["id"])

    # People at browsers

    def visitor(self) -> Person:
        """Vitor at a browser of his own, with nothing in it."""
        person = self._browser().person(f"vitor, on the {self.site.face} face")
        self._people.append(person)
        return person

    def logged_in_page(self, person: Person, at: str = "", path: str = "/app/cookie/") -> Page:
        """The site's page, with vitor logged in by its form. `at` is the site's address."""
        return self.log_in_at(person.open((at or self.url) + path))

    def log_in_at(self, page: Page) -> Page:
        """The same page after vitor has filled in its form."""
        page.fill("User name", "vitor").fill("Password", PASSWORDS["vitor"]).click("Log in")
        return page.see("Your notes")

    # What reached the attacker

    def loot(self) -> list[dict[str, str]]:
        """What has reached the attacker since this attack began, oldest first."""
        return self._all_loot()[self._old_loot :]

    def _all_loot(self) -> list[dict[str, str]]:
        return requests.get(self.evil.url + "/loot.json").json()

    def close(self) -> None:
        """Send everybody home, and take out of the guest book what was left there."""
        for person in self._people:
            person.close()
        if self._entries:
            staff = self.log_in("admin").bearer
            for entry in self._entries:
                requests.delete(f"{self.url}/api/guestbook/{entry}/", headers=staff).raise_for_status()
