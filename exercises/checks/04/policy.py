"""04.policy. Built from course/exercises/04/policy.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "04.policy",
    "title": "A policy for the pages that have none",
    "kind": "code",
    "minutes": 10,
    "stage": "faded",
    "concepts": ["Content-Security-Policy"],
    "lesson": "04_localstorage",
    "order": 4,
    "site": "seed",
    "django": True,
}
STARTER = (
    "from django.http import HttpResponse, JsonResponse\n"
    "\n"
    "HEADER = \"Content-Security-Policy\"\n"
    "POLICY = \"default-src ...; ...\"\n"
    "\n"
    "\n"
    "def with_policy(view):\n"
    "    def wrapped(request, *args, **kwargs):\n"
    "        response = view(request, *args, **kwargs)\n"
    "        ...\n"
    "        return response\n"
    "\n"
    "    return wrapped\n"
    "\n"
    "\n"
    "@with_policy\n"
    "def front(request):\n"
    "    return HttpResponse(\"<h1>Notes</h1>\", status=int(request.GET.get(\"status\", 200)))\n"
    "\n"
    "\n"
    "@with_policy\n"
    "def special(request):\n"
    "    return HttpResponse(\"<h1>Drawings</h1>\", headers={HEADER: \"default-src 'self'; img-src data:\"})\n"
    "\n"
    "\n"
    "@with_policy\n"
    "def api(request):\n"
    "    return JsonResponse({\"notes\": []})\n"
)
HINTS = [
    "The policy has four parts, with a semicolon between them. The function looks at one header of the response and sets another.",
    "`default-src` covers what is loaded; the other three start with `frame`, `base` and `form`. A dictionary has a method that writes only where nothing stands.",
    "`if \"text/html\" in response.get(\"Content-Type\", \"\") and …:`",
]
MESSAGES = {
    "handlers-run": {
        "title": "Code that a visitor wrote into the page runs",
        "next": "Handlers and script elements in the page are inline code. One source allows all of it again. Notebook 04, *Would a policy have stopped it?*",
        "misconception": "csp-blocks-nothing",
    },
    "others-serve-scripts": {
        "title": "The policy says something else about where things come from",
        "next": "What a directive does not name falls back on `default-src`, and without that, everything goes. Some sources are written in quotes. Notebook 04, *Would a policy have stopped it?*",
    },
    "not-covered": {
        "title": "The policy is silent about something that has no fallback",
        "next": "`default-src` is for what a page loads. Frames around it, `<base>` and forms are named one by one: CSP Level 3 and Mozilla's documentation, *default-src*.",
    },
    "no-policy": {
        "title": "A page leaves without a policy that a browser enforces",
        "next": "Pages of every status count, and a type may be followed by `; charset=utf-8`. Which header enforces? Notebook 04, *Would a policy have stopped it?*",
    },
    "own-policy-lost": {
        "title": "A page that has a policy of its own loses it",
        "next": "A page that needs more says so itself. Django's documentation, *HttpResponse.headers*: it is like a dictionary.",
    },
    "answer-changed": {
        "title": "An answer that is no page gets a policy",
        "next": "Which header tells a page from JSON? Django's documentation, *JsonResponse*.",
    },
}
WHY = {
    "proven": "Pages of two statuses had the policy, one kept its own, and JSON went without. The policy lets no inline code run and names what has no fallback.",
    "not_checked": "Whether your pages still work under it: only a browser can tell. Try it with `Content-Security-Policy-Report-Only` first.",
}

CSP = "Content-Security-Policy"
OWN = "default-src 'self'; img-src data:"
LOADS = ("script-src", "style-src", "img-src", "connect-src", "object-src", "frame-src")
ALONE = {"frame-ancestors": ["'none'"], "base-uri": ["'none'", "'self'"], "form-action": ["'none'", "'self'"]}


def check(learner, site):
    for name in ("front", "special", "api"):
        learner.mount(f"{name}/", name)
    page = site.get("/front/")
    policy = policy_of(page)
    for directive in LOADS:
        sources = policy.get(directive, policy.get("default-src", ["*"]))
        if "'unsafe-inline'" in sources:
            failed(
                page, "handlers-run", f"{directive} without inline code", f"{directive} {' '.join(sources)}"
            )
        if sources not in (["'self'"], ["'none'"]):
            failed(page, "others-serve-scripts", f"{directive} 'self'", f"{directive} {' '.join(sources)}")
    if policy.get("script-src", policy.get("default-src")) != ["'self'"]:
        failed(page, "others-serve-scripts", "script-src 'self'", "no script may run, its own neither")
    for directive, right in ALONE.items():
        if policy.get(directive) not in [[one] for one in right]:
            saw = " ".join([directive, *policy[directive]]) if directive in policy else f"no {directive}"
            failed(page, "not-covered", f"{directive} {right[0]}", saw)

    policy_of(site.get("/front/?status=404"))
    special = site.get("/special/")
    if special.headers.get(CSP) != OWN:
        failed(special, "own-policy-lost", OWN, f"{CSP}: {special.headers.get(CSP)}")
    api = site.get("/api/")
    if api.status != 200 or CSP in api.headers:
        api.fail("answer-changed", wanted="200 OK without a policy", saw=f"{api.status} with {CSP}")


def policy_of(page):
    text = page.headers.get(CSP)
    if text is None:
        page.fail("no-policy", wanted=f"a page with {CSP}", saw=f"{page.status}, a page without {CSP}")
    directives = [part.split() for part in text.split(";") if part.strip()]
    return {name.lower(): sources for name, *sources in reversed(directives)}


def failed(page, key, wanted, saw):
    page.fail(key, wanted=wanted, saw=saw)
