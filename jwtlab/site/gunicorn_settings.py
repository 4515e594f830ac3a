"""The settings with which Gunicorn serves a site: those of a file, but for what the site itself decides.

Gunicorn reads this as its configuration file (`gunicorn -c`); nothing imports it. The environment names the
file: `demo_site/serving/gunicorn.conf.py`, or a project's own `gunicorn.conf.py`. The site decides where
Gunicorn listens and with how many workers, that it stays in the foreground, and that its logs are the site's.

Gunicorn says when a worker starts, but not when it has loaded the site and can answer. Here the workers write
`worker PID` into a file of the site when they have, and before that the master writes `port PORT`.
"""

import json
import logging
import os
import re
import sys
from runpy import run_path
from typing import Any

from gunicorn.config import Config
from gunicorn.util import load_class

_told = json.loads(os.environ["JWTLAB_GUNICORN"])
_known = Config()


def _read(path: str) -> dict[str, Any]:
    """Return the settings in this file."""
    try:
        names = run_path(path)
    except SystemExit as end:
        sys.exit(f"gunicorn.conf.py ends the program: SystemExit({end.code!r})")
    return {name: value for name, value in names.items() if name in _known.settings}


def _check(name: str, value: object) -> None:
    """End this program, with the reason in one line, if Gunicorn does not take this setting."""
    try:
        _known.set(name, value)
        if name == "worker_class":
            load_class(value)
    except Exception as error:  # whatever Gunicorn's own checks raise; some end with a whole traceback
        *_, why = str(error).strip().removesuffix("]").strip().splitlines() or [type(error).__name__]
        sys.exit(f"gunicorn.conf.py: Gunicorn does not take this {name}: {why}")


_theirs = _read(_told["settings"])
if not _theirs.get("wsgi_app"):
    if re.search("asgi|uvicorn", str(_theirs.get("worker_class")), re.IGNORECASE):
        sys.exit(
            "gunicorn.conf.py: this worker_class serves ASGI; name your ASGI application there, as wsgi_app"
        )
    _theirs["wsgi_app"] = _told["application"]
_shipped = _read(_told["shipped"])
logging.disable(logging.NOTSET)  # if the file has disabled it

_ours: dict[str, Any] = {
    # Where it listens, for whom, and in whose name: on one address, with HTTP and nothing around it.
    "reuse_port": False,
    "certfile": None,
    "keyfile": None,
    "protocol": "http",
    "proxy_protocol": False,
    "umask": 0,  # the folder of the socket is private
    "user": os.geteuid(),
    "group": os.getegid(),
    "initgroups": False,
    # It serves, in the foreground, and leaves nothing elsewhere.
    "daemon": False,
    "pidfile": None,
    "check_config": False,
    "print_config": False,
    "spew": False,
    "paste": None,
    "control_socket_disable": True,
    "worker_tmp_dir": _shipped["worker_tmp_dir"],
    # What it has to say comes into the site's log, and the requests in the form that `site.log` reads.
    "errorlog": "-",
    "loglevel": "info",
    "logger_class": "gunicorn.glogging.Logger",
    "logconfig": None,
    "logconfig_dict": {},
    "logconfig_json": None,
    "capture_output": False,
    "syslog": False,
    "statsd_host": None,
    "access_log_format": _shipped["access_log_format"],
    **_told["options"],
}
if _ours["threads"] > 1:
    _ours["worker_class"] = "gthread"

for _name in sorted(_theirs.keys() - _ours.keys()):
    _check(_name, _theirs[_name])
globals().update(_theirs | _ours)


def when_ready(server: Any) -> None:
    """Say on which port Gunicorn listens, before whatever the file wants done then."""
    if isinstance(address := server.LISTENERS[0].sock.getsockname(), tuple):  # else it is a socket's path
        _say(f"port {address[1]}")
    if theirs := _theirs.get("when_ready"):
        theirs(server)


def post_worker_init(worker: Any) -> None:
    """Say that this worker is ready, after whatever the file wants done then."""
    if theirs := _theirs.get("post_worker_init"):
        theirs(worker)
    _say(f"worker {worker.pid}")


def _say(line: str) -> None:
    with open(_told["ready"], "a") as ready:
        ready.write(f"{line}\n")
