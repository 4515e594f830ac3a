# %% exercise [markdown]
# title: Settings from outside
# stage: faded
# minutes: 8
# concepts: [signing key, worker]
# security: true
#
# Four workers agree on what comes from outside. `settings_from(environ)` gets a dictionary such as `os.environ` and
# returns three settings.
#
# - `SECRET_KEY` comes from outside, and has 32 bytes or more. Without one the site must not start: `ImproperlyConfigured`.
# - `DEBUG` is `True` for `DEBUG=on` alone.
# - `ALLOWED_HOSTS` is the list in a text such as `notes.example,www.notes.example`. It is empty when nobody says.

# %% solution
from django.core.exceptions import ImproperlyConfigured


def settings_from(environ):
    """Return the settings that differ between two machines."""
    # << key = ...
    key = environ.get("SECRET_KEY", "")
    # >>
    # << # who has no key, or a short one, gets an error here
    if len(key.encode()) < 32:
        raise ImproperlyConfigured("Set SECRET_KEY to a secret of 32 bytes or more.")
    # >>
    hosts = environ.get("ALLOWED_HOSTS", "")
    return {
        "SECRET_KEY": key,
        # << "DEBUG": ...,
        "DEBUG": environ.get("DEBUG") == "on",
        # >>
        # << "ALLOWED_HOSTS": ...,
        "ALLOWED_HOSTS": [host for host in hosts.split(",") if host],
        # >>
    }


# %% also_right: absent-and-short-apart
from django.core.exceptions import ImproperlyConfigured


def settings_from(environ):
    if "SECRET_KEY" not in environ:
        raise ImproperlyConfigured("There is no SECRET_KEY.")
    if len(environ["SECRET_KEY"].encode("utf-8")) < 32:
        raise ImproperlyConfigured("SECRET_KEY is too short.")
    hosts = environ.get("ALLOWED_HOSTS")
    return {
        "SECRET_KEY": environ["SECRET_KEY"],
        "DEBUG": environ.get("DEBUG", "off") in ("on",),
        "ALLOWED_HOSTS": hosts.split(",") if hosts else [],
    }


# %% wrong: makes-one -> starts-without-key | misconception: secrets-can-be-made-at-start [markdown]
# - environ.get("SECRET_KEY", "")
# + environ.get("SECRET_KEY", os.urandom(32).hex())
# - from django.core.exceptions import ImproperlyConfigured
# + import os
# +
# + from django.core.exceptions import ImproperlyConfigured

# %% wrong: a-default-for-development -> starts-without-key | slip [markdown]
# - environ.get("SECRET_KEY", "")
# + environ.get("SECRET_KEY", "django-insecure-only-for-development-change-me")

# %% wrong: any-key-will-do -> short-key | misconception: short-secrets-will-do [markdown]
# - if len(key.encode()) < 32:
# + if not key:

# %% wrong: counts-letters -> good-key-refused | slip [markdown]
# - len(key.encode()) < 32
# + len(key) < 32

# %% wrong: keyerror -> other-error | slip [markdown]
# - key = environ.get("SECRET_KEY", "")
# + key = environ["SECRET_KEY"]

# %% wrong: an-assertion -> other-error | misconception: asserts-are-checks [markdown]
# - if len(key.encode()) < 32:
# -     raise ImproperlyConfigured("Set SECRET_KEY to a secret of 32 bytes or more.")
# + assert len(key.encode()) >= 32

# %% wrong: any-text-is-true -> debug-on | slip [markdown]
# - environ.get("DEBUG") == "on"
# + bool(environ.get("DEBUG"))

# %% wrong: on-unless-told -> debug-on | slip [markdown]
# - environ.get("DEBUG") == "on"
# + environ.get("DEBUG", "on") == "on"

# %% wrong: hosts-as-text -> other-hosts | slip [markdown]
# - [host for host in hosts.split(",") if host]
# + hosts

# %% wrong: a-star-for-all -> any-host | slip [markdown]
# - [host for host in hosts.split(",") if host]
# + hosts.split(",") if hosts else ["*"]

# %% wrong: one-empty-host -> other-hosts | slip [markdown]
# - [host for host in hosts.split(",") if host]
# + hosts.split(",")

# %% check
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


# %% message: starts-without-key [markdown]
# A site that was given no key starts
#
# Whatever takes the key's place, each worker makes it for itself, or everybody can read it in the code. Notebook 07,
# *Four workers, how many secrets?*

# %% message: short-key [markdown]
# A key of a few letters is taken
#
# For HS256 a key has at least as many bytes as the hash, 32 (RFC 7518 §3.2). Notebook 01, *How short may the key be?*

# %% message: other-error [markdown]
# The error is not one that says what to set
#
# Django has an exception for settings that are missing or wrong; `manage.py` shows its text without a traceback. An
# `assert` goes away with `python -O`. Django's documentation, `ImproperlyConfigured`, and RFC 7518 §3.2

# %% message: good-key-refused [markdown]
# A good key is not taken as it is
#
# What counts is bytes, and a key comes out as it went in. Notebook 07, *Four workers, how many secrets?*

# %% message: debug-on [markdown]
# The debug mode is not what the environment says
#
# Every variable of the environment is a text. Which texts are true in Python? Notebook 07, *Who shows the error page, and
# who the style sheet?*

# %% message: any-host [markdown]
# Nobody named a host, and every host is welcome
#
# An empty list is the safe one: with `DEBUG` off Django then answers no host. Django's documentation, `ALLOWED_HOSTS`

# %% message: other-hosts [markdown]
# The hosts are not those that were named
#
# Look at what `split` makes of a text, and what of an empty one. Django's documentation, `ALLOWED_HOSTS`

# %% hint 1 [markdown]
# Three values come in as text. For each: what if nobody set it, and what if the text is empty?

# %% hint 2 [markdown]
# `str.encode` and `len` count bytes, `raise` names the exception that is imported, and `str.split` gives a list.

# %% hint 3 [markdown]
# `if len(...) < 32:`, and below it one line that begins with `raise`.

# %% proven [markdown]
# No key, an empty and a short one stop the start; `DEBUG` is on for one text alone; hosts come out as a list.

# %% not checked [markdown]
# Who can read the environment of the process. The shipped `production` settings read theirs with django-environ.
