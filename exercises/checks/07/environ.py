"""07.environ. Built from course/exercises/07/environ.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "07.environ",
    "title": "Settings from outside",
    "kind": "code",
    "minutes": 8,
    "stage": "faded",
    "concepts": ["signing key", "worker"],
    "lesson": "07_runserver_vs_gunicorn",
    "order": 2,
}
STARTER = (
    "from django.core.exceptions import ImproperlyConfigured\n"
    "\n"
    "\n"
    "def settings_from(environ):\n"
    "    \"\"\"Return the settings that differ between two machines.\"\"\"\n"
    "    key = ...\n"
    "    # who has no key, or a short one, gets an error here\n"
    "    hosts = environ.get(\"ALLOWED_HOSTS\", \"\")\n"
    "    return {\n"
    "        \"SECRET_KEY\": key,\n"
    "        \"DEBUG\": ...,\n"
    "        \"ALLOWED_HOSTS\": ...,\n"
    "    }\n"
)
HINTS = [
    "Three values come in as text. For each: what if nobody set it, and what if the text is empty?",
    "`str.encode` and `len` count bytes, `raise` names the exception that is imported, and `str.split` gives a list.",
    "`if len(...) < 32:`, and below it one line that begins with `raise`.",
]
MESSAGES = {
    "starts-without-key": {
        "title": "A site that was given no key starts",
        "next": "Whatever takes the key's place, each worker makes it for itself, or everybody can read it in the code. Notebook 07, *Four workers, how many secrets?*",
    },
    "short-key": {
        "title": "A key of a few letters is taken",
        "next": "For HS256 a key has at least as many bytes as the hash, 32 (RFC 7518 §3.2). Notebook 01, *Who can make a token?*",
        "misconception": "short-secrets-will-do",
    },
    "other-error": {
        "title": "The error is not one that says what to set",
        "next": "Django has an exception for settings that are missing or wrong; `manage.py` shows its text without a traceback. An `assert` goes away with `python -O`. Django's documentation, `ImproperlyConfigured`, and RFC 7518 §3.2",
    },
    "good-key-refused": {
        "title": "A good key is not taken as it is",
        "next": "What counts is bytes, and a key comes out as it went in. Notebook 07, *Four workers, how many secrets?*",
    },
    "debug-on": {
        "title": "The debug mode is not what the environment says",
        "next": "Every variable of the environment is a text. Which texts are true in Python? Notebook 07, *Who shows the error page, and who the style sheet?*",
    },
    "any-host": {
        "title": "Nobody named a host, and every host is welcome",
        "next": "An empty list is the safe one: with `DEBUG` off Django then answers no host. Django's documentation, `ALLOWED_HOSTS`",
    },
    "other-hosts": {
        "title": "The hosts are not those that were named",
        "next": "Look at what `split` makes of a text, and what of an empty one. Django's documentation, `ALLOWED_HOSTS`",
    },
}
WHY = {
    "proven": "No key, an empty and a short one stop the start; `DEBUG` is on for one text alone; hosts come out as a list.",
    "not_checked": "Who can read the environment of the process. The shipped `production` settings read theirs with django-environ.",
}

KEY = "teaching-only-key-from-the-environment"


def check(learner, site):
    refused(learner, {}, "starts-without-key")
    for short in ("", "letmein", KEY[:31]):
        refused(learner, {"SECRET_KEY": short}, "short-key")
    for key in (KEY, KEY[:32], "schlüssel-zum-üben-fürs-lehren"):
        gives(learner, {"SECRET_KEY": key}, "SECRET_KEY", key, "good-key-refused")
    for said in ("off", "False", "0"):
        gives(learner, {"SECRET_KEY": KEY, "DEBUG": said}, "DEBUG", False, "debug-on")
    gives(learner, {"SECRET_KEY": KEY}, "DEBUG", False, "debug-on")
    gives(learner, {"SECRET_KEY": KEY, "DEBUG": "on"}, "DEBUG", True, "debug-on")
    nobody = {"SECRET_KEY": KEY}
    hosts = setting(learner.call("settings_from", nobody), "ALLOWED_HOSTS")
    gives(learner, nobody, "ALLOWED_HOSTS", [], "any-host" if hosts == ["*"] else "other-hosts")
    for text in ("notes.example", "notes.example,www.notes.example"):
        environ = {"SECRET_KEY": KEY, "ALLOWED_HOSTS": text}
        gives(learner, environ, "ALLOWED_HOSTS", text.split(","), "other-hosts")


def refused(learner, environ, key):
    called = learner.call("settings_from", environ)
    if not called.error:
        called.fail(key, wanted="ImproperlyConfigured", saw="settings, and the site starts")
    called.expect(raises="ImproperlyConfigured", key="other-error")


def gives(learner, environ, name, wanted, key):
    called = learner.call("settings_from", environ)
    called.expect(
        test=lambda given: setting(called, name) == wanted, wanted=f"{name} {wanted!r}", key=key, crash=key
    )


def setting(called, name):
    """The setting as data: a tuple of hosts is as good as a list, the number 1 is not as good as True."""
    given = called.value.get(name) if isinstance(called.value, dict) else None
    if name == "DEBUG":
        return given if isinstance(given, bool) else None
    return list(given) if isinstance(given, tuple) else given
