"""04.book. Built from course/exercises/04/book.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "04.book",
    "title": "Rob the page, then repair it",
    "kind": "code",
    "minutes": 12,
    "stage": "faded",
    "concepts": ["escaping", "cross-site scripting"],
    "lesson": "04_localstorage",
    "order": 2,
    "site": "seed",
    "django": True,
}
STARTER = (
    "from django.http import HttpResponse\n"
    "from django.utils.html import format_html_join\n"
    "\n"
    "from notes.models import GuestBookEntry\n"
    "\n"
    "ATTACK = ...\n"
    "\n"
    "\n"
    "def book(request):\n"
    "    entries = GuestBookEntry.objects.all()\n"
    "    items = ...\n"
    "    return HttpResponse(f\"<ul>{items}</ul>\")\n"
)
HINTS = [
    "The attack: an element that fails to load runs a handler. The repair: name and message both come from strangers, and stand in two different places.",
    "The import above has what is needed. It takes a separator, a format with one `{}` for each value, and the values as tuples. It escapes the values.",
    "`items = format_html_join(\"\", …, ((entry.name, …) for entry in entries))`",
]
MESSAGES = {
    "nothing-runs": {
        "title": "The page is loaded, and no script of yours runs in it",
        "next": "`innerHTML` runs no script elements, and a page of another origin cannot read this one. What does an element do by itself? Notebook 04, *How does a stranger's script get into your page?*",
    },
    "text-is-seen": {
        "title": "The attack runs, and the reader sees that something is odd",
        "next": "Notebook 04, *How does a stranger's script get into your page?* has an entry of which nothing is to be seen.",
    },
    "code-stays-code": {
        "title": "What a visitor wrote is still code in the page",
        "next": "A policy is a second line, and a list of bad words never ends. Which characters make an element? Notebook 04, *What is the repair?*",
    },
    "out-of-the-attribute": {
        "title": "A visitor's name leaves its attribute and becomes another",
        "next": "Text can stand between tags or between quotes. What ends it in each of the two? Notebook 04, *What is the repair?*",
    },
    "text-lost": {
        "title": "Readers see something else than the visitor wrote",
        "next": "Escaping loses nothing: a visitor who writes `<b>` is shown `<b>`. Notebook 04, *What is the repair?*",
    },
    "escaped-twice": {
        "title": "Readers see the escapes",
        "next": "Django marks text that is escaped already, and the standard library does not. How often is yours escaped? Django's documentation, *django.utils.html*.",
    },
}
WHY = {
    "proven": "On the seed's page your message is code. In your view it is text, and so are a name with a quote in it and a message full of `<`, `>`, `&` and quotes.",
    "not_checked": "Other places for text: in a `<script>`, in a URL, in a style. Each ends in another way, and escaping for HTML does not help there.",
}

from html.parser import HTMLParser

from jwtlab.checker.api.failures import fail

BY_HAND = ("onclick", "ondbl", "onmouse", "onkey", "onpointer", "ondrag", "ontouch", "onwheel", "onscroll")


class Page(HTMLParser):
    """What a browser makes of a page: elements, their handlers, and for each <li> its title and text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.handlers, self.items, self.outside = [], [], [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.handlers += [name for name, _ in attributes if name.startswith("on")]
        if tag == "li":
            self.items.append([dict(attributes).get("title"), ""])
            self.in_item = True

    def handle_endtag(self, tag):
        self.in_item = self.in_item and tag != "li"

    in_item = False

    def handle_data(self, data):
        if self.in_item:
            self.items[-1][1] += data
        else:
            self.outside += data


def check(learner, site):
    attack = learner.value("ATTACK").value
    signed = sign(site, "mallory", attack)
    on_it = Page(str(attack))
    by_itself = [name for name in on_it.handlers if not name.startswith(BY_HAND)]
    if signed.status != 201 or not by_itself:
        told("nothing-runs", attack, "nothing that runs when the page is loaded", "a script that runs")
    if on_it.outside.strip():
        told("text-is-seen", attack, f"the reader sees: {on_it.outside.strip()}", "no text to be seen")

    sign(site, "alice", "1 < 2 & 2 > 1, <b>says</b> \"alice\" & 'I'\n")
    sign(site, 'x" onmouseover="alert(1)', "Move your mouse over me.")
    learner.mount("book/", "book")
    better = site.get("/book/")
    better.expect(200, key="text-lost")
    page = Page(better.text)
    if set(page.tags) - {"ul", "li"}:
        shown = " ".join(f"<{tag}>" for tag in page.tags)
        better.fail("code-stays-code", wanted="<ul> and <li>, and no other element", saw=f"elements: {shown}")
    if page.handlers:
        saw = '<li title="x" onmouseover="alert(1)">'
        better.fail("out-of-the-attribute", wanted="an <li> with a title, and no other attribute", saw=saw)
    entries = site.get("/api/guestbook/").json
    wanted = [[entry["name"], entry["message"]] for entry in entries]
    shown = [[name, text.strip()] for name, text in page.items]
    if any("&lt;" in text for _, text in shown):
        better.fail(
            "escaped-twice",
            wanted=f"readers see {wanted[1][1]}",
            saw=f"readers see {shown[1][1] if len(shown) > 1 else shown}",
        )
    if shown != wanted or page.outside.strip():
        differ = [pair for pair in zip(shown, wanted, strict=False) if pair[0] != pair[1]]
        counts = f"{len(shown)} entries", f"{len(wanted)} entries, and nothing else"
        saw, right = differ[0] if differ else counts
        better.fail("text-lost", wanted=f"{right}", saw=f"{saw}")


def told(key, attack, saw, wanted):
    fail(key, sent=f"ATTACK = {attack!r}", saw=saw, wanted=wanted)


def sign(site, name, message):
    return site.post("/api/guestbook/", json={"name": name, "message": str(message)})
