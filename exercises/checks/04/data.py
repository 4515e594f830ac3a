"""04.data. Built from course/exercises/04/data.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "04.data",
    "title": "Strangers' text in a script element",
    "kind": "code",
    "minutes": 10,
    "stage": "free",
    "concepts": ["escaping", "cross-site scripting"],
    "lesson": "04_localstorage",
    "order": 3,
    "site": "seed",
    "django": True,
}
STARTER = (
    "from django.http import HttpResponse\n"
    "from django.utils.html import json_script\n"
    "\n"
    "from notes.models import GuestBookEntry\n"
    "\n"
    "\n"
    "def page(request):\n"
    "    ...\n"
)
HINTS = [
    "Escaping for HTML is wrong here, and so is none. JSON has an escape of its own for every character.",
    "Django's `django.utils.html` has a function for this very element. It takes data, and the `id`.",
    "`entries` is a list of dictionaries: `[{\"name\": one.name, …} for one in …]`.",
]
MESSAGES = {
    "no-element": {
        "title": "The page's script finds no data",
        "next": "It looks for an element by its `id`, and the browser runs no element of that type. Django's documentation, *json_script*.",
    },
    "ends-elsewhere": {
        "title": "A visitor's text decides where the element ends",
        "next": "For a browser a script ends at the first `</script`, quotes or not; `<!--<script` makes it go on too far. Notebook 04, *What is the repair?*, and Django's documentation, *json_script*.",
    },
    "no-json": {
        "title": "What stands in the element is no JSON",
        "next": "In a script element a browser does not turn `&quot;` back into a quote. Which escapes does JSON itself have? RFC 8259 §7.",
    },
    "other-data": {
        "title": "The page's script gets something else than the visitors wrote",
        "next": "Escaping belongs to the place where a text comes out. Has it happened twice, or too early? Notebook 04, *What is the repair?*",
    },
}
WHY = {
    "proven": "Entries that hold `</script>`, another spelling of it, `<!--<script>`, quotes and `&` arrived as data, character by character.",
    "not_checked": "What the page's script does with the data. Where it writes them with `innerHTML`, everything begins anew: `textContent` is for text.",
}

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
