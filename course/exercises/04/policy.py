# %% exercise [markdown]
# title: A policy for the pages that have none
# stage: faded
# minutes: 10
# concepts: [Content-Security-Policy]
# security: true
# site: seed
# django: true
#
# `with_policy` wraps any view of a site. Each *page* that the view answers leaves with a policy: scripts and everything else
# come from files of its own origin alone, no other site may show the page in a frame, no `<base>` may bend its links, and
# forms go to its own origin. A page that brings a policy of its own keeps it. Answers that are no pages stay as they are.
#
# `front` and `api` are there to try it on. Fill in the two gaps.

# %% solution
from django.http import HttpResponse, JsonResponse

HEADER = "Content-Security-Policy"
# << POLICY = "default-src ...; ..."
POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
# >>


def with_policy(view):
    def wrapped(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        # << ...
        if "text/html" in response.get("Content-Type", "") and HEADER not in response:
            response[HEADER] = POLICY
        # >>
        return response

    return wrapped


@with_policy
def front(request):
    return HttpResponse("<h1>Notes</h1>", status=int(request.GET.get("status", 200)))


@with_policy
def special(request):
    return HttpResponse("<h1>Drawings</h1>", headers={HEADER: "default-src 'self'; img-src data:"})


@with_policy
def api(request):
    return JsonResponse({"notes": []})


# %% also_right: looked-up [markdown]
# - if "text/html" in response.get("Content-Type", "") and HEADER not in response:
# -     response[HEADER] = POLICY
# + if response.headers.get("Content-Type", "").startswith("text/html"):
# +     response.headers.setdefault(HEADER, POLICY)

# %% also_right: from-nothing [markdown]
# - "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
# + (
# +     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
# +     "font-src 'self'; FRAME-ANCESTORS 'none'; base-uri 'self'; form-action 'self';"
# + )

# %% wrong: inline-again -> handlers-run | misconception: csp-blocks-nothing [markdown]
# - POLICY = "default-src 'self';
# + POLICY = "default-src 'self'; script-src 'self' 'unsafe-inline';

# %% wrong: scripts-of-everybody -> others-serve-scripts | slip [markdown]
# - POLICY = "default-src 'self';
# + POLICY = "default-src 'self'; script-src 'self' https:;

# %% wrong: scripts-alone -> others-serve-scripts | slip [markdown]
# - POLICY = "default-src 'self';
# + POLICY = "img-src 'self';

# %% wrong: default-covers-all -> not-covered | slip [markdown]
# - POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
# + POLICY = "default-src 'self'"

# %% wrong: self-without-quotes -> others-serve-scripts | slip [markdown]
# - POLICY = "default-src 'self';
# + POLICY = "default-src self;

# %% wrong: reports-alone -> no-policy | misconception: csp-blocks-nothing [markdown]
# - HEADER = "Content-Security-Policy"
# + HEADER = "Content-Security-Policy-Report-Only"

# %% wrong: good-pages-alone -> no-policy | slip [markdown]
# - if "text/html" in
# + if response.status_code == 200 and "text/html" in

# %% wrong: exactly-that-type -> no-policy | slip [markdown]
# - "text/html" in response.get("Content-Type", "")
# + response.get("Content-Type") == "text/html"

# %% wrong: overrules -> own-policy-lost | slip [markdown]
# -  and HEADER not in response:
# + :

# %% wrong: on-everything -> answer-changed | slip [markdown]
# - if "text/html" in response.get("Content-Type", "") and HEADER not in response:
# + if HEADER not in response:

# %% check
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


# %% message: handlers-run [markdown]
# Code that a visitor wrote into the page runs
#
# Handlers and script elements in the page are inline code. One source allows all of it again. Notebook 04, *Would a policy
# have stopped it?*

# %% message: others-serve-scripts [markdown]
# The policy says something else about where things come from
#
# What a directive does not name falls back on `default-src`, and without that, everything goes. Some sources are written in
# quotes. Notebook 04, *Would a policy have stopped it?*

# %% message: not-covered [markdown]
# The policy is silent about something that has no fallback
#
# `default-src` is for what a page loads. Frames around it, `<base>` and forms are named one by one: CSP Level 3 and
# Mozilla's documentation, *default-src*.

# %% message: no-policy [markdown]
# A page leaves without a policy that a browser enforces
#
# Pages of every status count, and a type may be followed by `; charset=utf-8`. Which header enforces? Notebook 04, *Would a
# policy have stopped it?*

# %% message: own-policy-lost [markdown]
# A page that has a policy of its own loses it
#
# A page that needs more says so itself. Django's documentation, *HttpResponse.headers*: it is like a dictionary.

# %% message: answer-changed [markdown]
# An answer that is no page gets a policy
#
# Which header tells a page from JSON? Django's documentation, *JsonResponse*.

# %% hint 1 [markdown]
# The policy has four parts, with a semicolon between them. The function looks at one header of the response and sets another.

# %% hint 2 [markdown]
# `default-src` covers what is loaded; the other three start with `frame`, `base` and `form`. A dictionary has a method that
# writes only where nothing stands.

# %% hint 3 [markdown]
# `if "text/html" in response.get("Content-Type", "") and …:`

# %% proven [markdown]
# Pages of two statuses had the policy, one kept its own, and JSON went without. The policy lets no inline code run and names
# what has no fallback.

# %% not checked [markdown]
# Whether your pages still work under it: only a browser can tell. Try it with `Content-Security-Policy-Report-Only` first.
