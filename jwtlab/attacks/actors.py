"""What an attack is given: a lab of two sites, people at browsers, and programs that log in.

Nothing here attacks. An attack is a script of its own, of plain requests and of what is done on pages.
"""

from collections.abc import Callable, Mapping
from typing import Self

import requests

from jwtlab.attacks.registry import AttackError
from jwtlab.browser import Browser, Page, Person
from jwtlab.show.html import one_line
from jwtlab.site import Site
from jwtlab.site.demo_users import NOTES, PASSWORDS
from jwtlab.site.world import LabClock

# What the site's own pages send along (X-Auth-Request). It keeps out other pages, not other programs.
HEADERS = {"X-Auth-Request": "1"}


class Client:
    """A program with a session: it logs in, refreshes and logs out as the site's own page does.

    `cookie` is the one that login set, {name: value}. It is sent by hand: requests does not send a Secure
    cookie over http, not even on loopback, where browsers do.
    """

    def __init__(self, url: str, cookie: Mapping[str, str] | None = None) -> None:
        self.url = url
        self.cookie = dict(cookie or {})
        self.access = ""

    def log_in(self, username: str, password: str) -> requests.Response:
        """Log in by `/login/`, keep the access token and the cookie, and return the response."""
        return self._take(self._post("/login/", json={"username": username, "password": password}))

    def refresh(self) -> requests.Response:
        """Ask for new tokens with the cookie, keep those that come, and return the response."""
        return self._take(self._post("/api/token/refresh/", cookies=self.cookie))

    def log_out(self) -> requests.Response:
        """Log out with the cookie and the access token, and return the response. Both are kept."""
        return self._post("/logout/", cookies=self.cookie, headers=HEADERS | self.bearer)

    def hello(self) -> requests.Response:
        """Return the response to `/hello/`, which wants an access token."""
        return requests.get(self.url + "/hello/", headers=self.bearer)

    def notes(self) -> list[str]:
        """Return the titles of the notes that the access token opens; none where it is refused."""
        answer = requests.get(self.url + "/api/notes/", headers=self.bearer)
        return [note["title"] for note in answer.json()] if answer.ok else []

    @property
    def bearer(self) -> dict[str, str]:
        """The header that carries the access token."""
        return {"Authorization": f"Bearer {self.access}"}

    def _post(
        self,
        path: str,
        *,
        json: Mapping[str, str] | None = None,
        cookies: dict[str, str] | None = None,
        headers: Mapping[str, str] = HEADERS,
    ) -> requests.Response:
        return requests.post(self.url + path, json=json, cookies=cookies, headers=headers)

    def _take(self, answer: requests.Response) -> requests.Response:
        if answer.ok:
            self.access = answer.json()["access"]
            self.cookie |= answer.cookies.get_dict()
        return answer


class BodyClient(Client):
    """A program that is given both tokens in bodies, as by SimpleJWT's own views. It keeps the newest."""

    token = ""

    def log_in(self, username: str, password: str) -> requests.Response:
        """Log in by `/api/token/`, keep both tokens, and return the response."""
        return self._take(self._post("/api/token/", json={"username": username, "password": password}))

    def refresh(self) -> requests.Response:
        """Ask for new tokens with the refresh token, keep those that come, and return the response."""
        return self._take(self._post("/api/token/refresh/", json={"refresh": self.token}))

    def _take(self, answer: requests.Response) -> requests.Response:
        if answer.ok:
            self.access = answer.json()["access"]
            self.token = answer.json().get("refresh", self.token)
        return answer


def who_is_logged_in(page: Page) -> str:
    """Return whose notes the site's page shows, once it shows any or asks to log in: a name, or "nobody"."""
    shown = page.see("Log ").text  # "Log in" or "Log out"
    return next((name for name, note in NOTES.items() if note in shown), "nobody")


class Lab:
    """What one attack is given: a site, the attacker's own site, a clock, people at browsers, and programs.

    The people and the loot of other attacks are not seen from it. At the end of its `with` block everybody's
    pages are closed.
    """

    def __init__(self, site: Site, attacker: Site, browser: Callable[[], Browser]) -> None:
        self.site, self.attacker = site, attacker
        self._browser = browser
        self._people: list[tuple[Browser, Person]] = []
        self._users = 0
        self._entries: list[int] = []
        self._old_loot = len(self._all_loot())

    @property
    def url(self) -> str:
        """The site's address, http://127.0.0.1:PORT."""
        return self.site.url

    @property
    def clock(self) -> LabClock:
        """The site's clock."""
        return self.site.clock

    @property
    def front_end(self) -> str:
        """The path of the page that keeps tokens in localStorage, or where there is none, of the other."""
        return "/app/local/" if requests.get(self.url + "/app/local/").ok else "/app/cookie/"

    def at(self, host: str) -> str:
        """Return the site's address under another name of this machine, such as `www.shop.localhost`."""
        return f"http://{host}:{self.site.port}"

    def attacker_at(self, host: str) -> str:
        """Return the attacker's address: at `127.0.0.1` another port, at `localhost` another site."""
        return f"http://{host}:{self.attacker.port}"

    # Programs

    def log_in(self, username: str = "vitor") -> Client:
        """Return a program in which this user has logged in. Raise AttackError where the site refuses."""
        return self._logged_in(Client(self.url), username)

    def log_in_by_body(self, username: str = "vitor") -> Client:
        """Return a program that has logged in by `/api/token/`, with tokens in bodies; else by `/login/`.

        Raise AttackError where the site refuses.
        """
        there = requests.options(self.url + "/api/token/").status_code != 404
        return self._logged_in(BodyClient(self.url) if there else Client(self.url), username)

    def thief(self, cookie: Mapping[str, str]) -> Client:
        """Return a program of the attacker's, with a copy of somebody's cookie."""
        return Client(self.url, cookie)

    def _logged_in(self, client: Client, username: str) -> Client:
        answer = client.log_in(username, PASSWORDS.get(username, username))
        if answer.status_code != 200:
            said = one_line(f"{username} cannot log in: {answer.status_code} {answer.text[:200]}")
            raise AttackError(f"{said}. What the site did is in lab.site.log.")
        return client

    # Users that an attack may change

    def new_user(self) -> str:
        """Make a user for this attack alone, and return the name, which is the password too."""
        self._users += 1
        name = f"user-{self.clock.now:%Y%m%d}-{self._users}"
        self.manage(f"User.objects.create_user({name!r}, password={name!r})")
        return name

    def manage(self, python: str) -> None:
        """Run Python on the server, as staff would in `manage.py shell`. Raise SiteError when it fails."""
        self.site.manage("shell", "-c", f"from django.contrib.auth.models import User; {python}")

    # What anyone may do

    def sign_guest_book(self, message: str) -> None:
        """Leave an entry in the guest book until this attack has ended. Raise HTTPError if it is refused."""
        entry = {"name": "mallory", "message": message}
        answer = requests.post(self.url + "/api/guestbook/", json=entry)
        answer.raise_for_status()
        self._entries.append(answer.json()["id"])

    # People at browsers

    def visitor(self) -> Person:
        """Return vitor at a browser of his own, with nothing in it. Raise MissingProgram without one."""
        browser = self._browser()
        person = browser.person(f"vitor, on the {self.site.face} face")
        self._people.append((browser, person))
        return person

    def logged_in_page(self, person: Person, at: str = "", path: str = "/app/cookie/") -> Page:
        """Return the site's page, with vitor logged in by its form. `at` is another address of the site."""
        return self.log_in_at(person.open((at or self.url) + path))

    def log_in_at(self, page: Page) -> Page:
        """Log vitor in by the form of this page, and return the page once it shows his notes."""
        page.fill("User name", "vitor").fill("Password", PASSWORDS["vitor"]).click("Log in")
        return page.see("Your notes")

    # What reached the attacker

    def loot(self) -> list[dict[str, str]]:
        """Return what has reached the attacker since this attack began, oldest first."""
        return self._all_loot()[self._old_loot :]

    def _all_loot(self) -> list[dict[str, str]]:
        loot: list[dict[str, str]] = requests.get(self.attacker.url + "/loot.json").json()
        return loot

    # The end

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        """Close everybody's pages, and take out of the guest book what was left there."""
        for browser, person in self._people:
            if browser.is_running:
                person.close()
        if self._entries and self.site.is_running:
            staff = self.log_in("admin").bearer
            for entry in self._entries:
                requests.delete(f"{self.url}/api/guestbook/{entry}/", headers=staff).raise_for_status()
