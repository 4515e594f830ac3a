"""The attacker has a copy of a token: from a log, a backup, a disk, another port. What is it good for?"""

import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import requests

from jwtlab.attacks.actors import Client, Lab
from jwtlab.attacks.registry import Evidence, attack
from jwtlab.site.demo_users import PASSWORDS


@attack("A copy of the refresh token opens the owner's notes.", source="RFC 6750 §5.1")
def stolen_token_opens_a_session(lab: Lab) -> Evidence:
    thief = lab.thief(lab.log_in("vitor").cookie)
    refresh = thief.refresh()
    notes = thief.notes()
    return Evidence(bool(notes), f"refresh {refresh.status_code}; {len(notes)} private notes read")


@attack(
    "The copy goes on working beside the owner's.",
    source="RFC 9700 §4.14.2, ASVS 10.4.5",
)
def stolen_token_works_beside_the_owner(lab: Lab) -> Evidence:
    owner = lab.log_in("vitor")
    thief = lab.thief(owner.cookie)
    answers = []
    for someone in (thief, owner, thief):
        lab.clock.advance(minutes=4)
        answers.append(someone.refresh().status_code)
    return Evidence(answers[-1] == 200, "thief {}, then owner {}, then thief {}".format(*answers))


@attack("A refresh token works again after it was used.", source="RFC 9700 §4.14.2, ASVS 10.4.5")
def replay_after_rotation(lab: Lab) -> Evidence:
    owner = lab.log_in("vitor")
    thief = lab.thief(owner.cookie)
    first = owner.refresh()
    lab.clock.advance(minutes=4)
    replay = thief.refresh()
    after = owner.refresh()
    codes = f"owner {first.status_code}, same token {replay.status_code}"
    return Evidence(replay.ok, f"{codes}, then owner {after.status_code}")


@attack(
    "Of six requests at once with one refresh token, more than one is accepted.",
    source="RFC 9700 §4.14.2, ASVS 10.4.5",
)
def race_of_six(lab: Lab) -> Evidence:
    owner = lab.log_in("vitor")
    racers = [lab.thief(owner.cookie) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda racer: racer.refresh().status_code, racers))
    return Evidence(answers.count(200) > 1, f"{answers.count(200)} of 6 accepted")


@attack("Who refreshes often enough stays logged in for ever.", source="ASVS 7.3.2, 10.4.8")
def session_without_end(lab: Lab) -> Evidence:
    client = lab.log_in_by_body("vitor")
    for hours in range(20, 241, 20):
        lab.clock.advance(hours=20)
        if not client.refresh().ok:
            return Evidence(False, f"refused after {hours} hours")
    return Evidence(True, "still refreshing after 240 hours")


@attack("The copy of the refresh token works after the owner has logged out.", source="ASVS 7.4.1")
def replay_after_logout(lab: Lab) -> Evidence:
    owner = lab.log_in("vitor")
    thief = lab.thief(owner.cookie)
    logout = owner.log_out()
    replay = thief.refresh()
    return Evidence(replay.ok, f"logout {logout.status_code}, then the copy {replay.status_code}")


@attack("The access token works after the owner has logged out.", source="ASVS 7.4.1")
def access_after_logout(lab: Lab) -> Evidence:
    owner = lab.log_in("vitor")
    logout = owner.log_out()
    hello = owner.hello()
    return Evidence(hello.ok, f"logout {logout.status_code}, then /hello/ {hello.status_code}")


@attack(
    "Once the access token has expired, the owner's logout does not end the session.", source="ASVS 7.4.1"
)
def logout_with_a_dead_access_token(lab: Lab) -> Evidence:
    owner = lab.log_in("vitor")
    thief = lab.thief(owner.cookie)
    lab.clock.advance(minutes=6)
    logout = owner.log_out()
    replay = thief.refresh()
    return Evidence(replay.ok, f"logout after 6 min {logout.status_code}, then the copy {replay.status_code}")


@attack("The tokens work after the owner has changed her password.", source="ASVS 7.4.3")
def tokens_after_a_new_password(lab: Lab) -> Evidence:
    name = lab.new_user()
    owner = lab.log_in(name)
    lab.manage(f"u = User.objects.get(username={name!r}); u.set_password('another'); u.save()")
    return _still_good(owner)


@attack("The tokens work after the account was deactivated.", source="ASVS 7.4.2")
def tokens_of_a_deactivated_user(lab: Lab) -> Evidence:
    name = lab.new_user()
    owner = lab.log_in(name)
    lab.manage(f"User.objects.filter(username={name!r}).update(is_active=False)")
    return _still_good(owner)


@attack(
    "The tokens of a deleted user are not refused: they work, or break the server.",
    source="ASVS 7.4.2, 16.5.3",
)
def tokens_of_a_deleted_user(lab: Lab) -> Evidence:
    name = lab.new_user()
    owner = lab.log_in(name)
    lab.manage(f"User.objects.get(username={name!r}).delete()")
    return _still_good(owner)


def _still_good(client: Client) -> Evidence:
    hello, refresh = client.hello().status_code, client.refresh().status_code
    return Evidence({hello, refresh} != {401}, f"then /hello/ {hello}, refresh {refresh}")


@attack("The refresh token that the cookie hides comes in a body next door.", source="ASVS 3.3.4, 6.3.4")
def token_in_a_body_next_door(lab: Lab) -> Evidence:
    login = {"username": "vitor", "password": PASSWORDS["vitor"]}
    answer = requests.post(lab.url + "/api/token/", json=login)
    tokens = sorted(answer.json()) if answer.ok else []
    in_body = f", with {' and '.join(tokens)}" if tokens else ""
    return Evidence("refresh" in tokens, f"/api/token/ {answer.status_code}{in_body}")


@attack("A reader of the database finds refresh tokens that work.", source="RFC 6819 §5.1.4.1.3")
def database_reader(lab: Lab) -> Evidence:
    (name,) = lab.log_in("vitor").cookie
    file = (lab.site.folder / "db.sqlite3").as_uri() + "?mode=ro"
    with closing(sqlite3.connect(file, uri=True)) as database:
        tokens = re.findall(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+", "\n".join(database.iterdump()))
    accepted = [lab.thief({name: token}).refresh().ok for token in tokens]
    return Evidence(any(accepted), "a token found there works" if any(accepted) else "no token found there")
