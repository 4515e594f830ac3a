# %% exercise [markdown]
# title: Strangers' text in a script element
# stage: free
# minutes: 10
# concepts: [escaping, cross-site scripting]
# security: true
# site: seed
# django: true
#
# The script of a page wants the guest book as data, without a second request, and reads it so:
#
# ```js
# const entries = JSON.parse(document.getElementById("entries").textContent);
# ```
#
# Write the view `page`. Its HTML holds one element `<script id="entries" type="application/json">`, and in that a list of
# `{"name": …, "message": …}`, newest first. The script gets what the visitors wrote, character by character. Whatever they
# wrote, the element ends where you end it.

# %% solution
from django.http import HttpResponse
from django.utils.html import json_script

from notes.models import GuestBookEntry


def page(request):
    # << ...
    entries = [{"name": one.name, "message": one.message} for one in GuestBookEntry.objects.all()]
    return HttpResponse(json_script(entries, "entries"))
    # >>


# %% also_right: by-hand
import json

from django.http import HttpResponse

from notes.models import GuestBookEntry

PAGE = '<!doctype html><title>Guest book</title><script type="application/json" id="entries">%s</script>'


def page(request):
    entries = [{"name": one.name, "message": one.message} for one in GuestBookEntry.objects.all()]
    return HttpResponse(PAGE % json.dumps(entries).replace("<", "\\u003c"))


# %% also_right: by-the-filter
from django.http import HttpResponse
from django.template import Context, Engine

from notes.models import GuestBookEntry

PAGE = Engine().from_string('<main></main>{{ entries|json_script:"entries" }}')


def page(request):
    entries = list(GuestBookEntry.objects.values("name", "message"))
    return HttpResponse(PAGE.render(Context({"entries": entries})))


# %% wrong: json-is-enough -> ends-elsewhere | slip [markdown]
# - return HttpResponse(json_script(entries, "entries"))
# + import json
# +
# + return HttpResponse(f'<script id="entries" type="application/json">{json.dumps(entries)}</script>')

# %% wrong: under-a-policy -> ends-elsewhere | misconception: csp-stops-every-script [markdown]
# - return HttpResponse(json_script(entries, "entries"))
# + import json
# +
# + html = f'<script id="entries" type="application/json">{json.dumps(entries)}</script>'
# + return HttpResponse(html, headers={"Content-Security-Policy": "default-src 'self'"})

# %% wrong: one-spelling -> ends-elsewhere | slip [markdown]
# - return HttpResponse(json_script(entries, "entries"))
# + import json
# +
# + data = json.dumps(entries).replace("</script>", "")
# + return HttpResponse(f'<script id="entries" type="application/json">{data}</script>')

# %% wrong: end-tags-alone -> ends-elsewhere | slip [markdown]
# - return HttpResponse(json_script(entries, "entries"))
# + import json
# +
# + data = json.dumps(entries).replace("</", "<\\/")
# + return HttpResponse(f'<script id="entries" type="application/json">{data}</script>')

# %% wrong: escaped-for-html -> no-json | slip [markdown]
# - return HttpResponse(json_script(entries, "entries"))
# + import json
# + from django.utils.html import format_html
# +
# + html = '<script id="entries" type="application/json">{}</script>'
# + return HttpResponse(format_html(html, json.dumps(entries)))

# %% wrong: pythons-own-list -> no-json | slip [markdown]
# - return HttpResponse(json_script(entries, "entries"))
# + data = str(entries).replace("<", "\\u003c")
# + return HttpResponse(f'<script id="entries" type="application/json">{data}</script>')

# %% wrong: each-text-escaped -> other-data | slip [markdown]
# - return HttpResponse(json_script(entries, "entries"))
# + from html import escape
# +
# + entries = [{name: escape(text) for name, text in entry.items()} for entry in entries]
# + return HttpResponse(json_script(entries, "entries"))

# %% wrong: a-variable -> no-element | slip [markdown]
# - return HttpResponse(json_script(entries, "entries"))
# + import json
# +
# + return HttpResponse("<script>var entries = %s</script>" % json.dumps(entries).replace("<", "\\u003c"))

# %% check
import json
import re

WRITTEN = ["</script><img src onerror=alert(1)>", "</SCRIPT ><b>", "<!--<script>", "1 < 2 & \"3\" > '2' é"]


def check(learner, site):
    learner.mount("page/", "page")
    plain = site.get("/page/")
    element_in(plain)
    for message in WRITTEN:
        site.post("/api/guestbook/", json={"name": "mallory", "message": message})
    page = site.get("/page/")
    data = element_in(page)
    wanted = [
        {"name": entry["name"], "message": entry["message"]} for entry in site.get("/api/guestbook/").json
    ]
    if "<!--" in data or page.text.lower().count("</script") > 1:
        ends_early = page.text.lower().count("</script") > 1
        at = page.text.lower().find("</script") if ends_early else page.text.find("<!--")
        page.fail("ends-elsewhere", wanted="an element that ends after the list", saw=near(page.text, at))
    try:
        entries = json.loads(data)
    except ValueError as error:
        page.fail("no-json", wanted="JSON", saw=f"{near(data, error.pos)} ({error.msg})")
    if entries != wanted:
        listed = entries if isinstance(entries, list) else []
        differ = [pair for pair in zip(listed, wanted, strict=False) if pair[0] != pair[1]]
        saw, right = differ[0] if differ else (entries, wanted)
        page.fail("other-data", wanted=json.dumps(right)[:200], saw=json.dumps(saw)[:200])


def element_in(page):
    found = re.search(r"<script\b([^>]*)>(.*?)</script", page.text, re.IGNORECASE | re.DOTALL)
    attributes = re.findall(r'([\w-]+)="([^"]*)"', found[1]) if found else []
    if page.status != 200 or dict(attributes) != {"id": "entries", "type": "application/json"}:
        wanted = '200 OK with a <script id="entries" type="application/json">'
        page.fail("no-element", wanted=wanted, saw=f"{page.status}  {page.text[:120]}")
    return found[2]


def near(text, at):
    return "… " + " ".join(text[max(0, at - 20) : at + 40].split()) + " …"


# %% message: no-element [markdown]
# The page's script finds no data
#
# It looks for an element by its `id`, and the browser runs no element of that type. Django's documentation, *json_script*.

# %% message: ends-elsewhere [markdown]
# A visitor's text decides where the element ends
#
# For a browser a script ends at the first `</script`, quotes or not; `<!--<script` makes it go on too far. Notebook 04, *What
# is the repair?*, and Django's documentation, *json_script*.

# %% message: no-json [markdown]
# What stands in the element is no JSON
#
# In a script element a browser does not turn `&quot;` back into a quote. Which escapes does JSON itself have? RFC 8259 §7.

# %% message: other-data [markdown]
# The page's script gets something else than the visitors wrote
#
# Escaping belongs to the place where a text comes out. Has it happened twice, or too early? Notebook 04, *What is the
# repair?*

# %% hint 1 [markdown]
# Escaping for HTML is wrong here, and so is none. JSON has an escape of its own for every character.

# %% hint 2 [markdown]
# Django's `django.utils.html` has a function for this very element. It takes data, and the `id`.

# %% hint 3 [markdown]
# `entries` is a list of dictionaries: `[{"name": one.name, …} for one in …]`.

# %% proven [markdown]
# Entries that hold `</script>`, another spelling of it, `<!--<script>`, quotes and `&` arrived as data, character by character.

# %% not checked [markdown]
# What the page's script does with the data. Where it writes them with `innerHTML`, everything begins anew: `textContent` is
# for text.
