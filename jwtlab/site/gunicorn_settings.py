"""The settings with which Gunicorn serves a site: those of a file, and a line in the log per ready worker.

Gunicorn reads this as its configuration file (`gunicorn -c`); nothing imports it. The environment names the
file whose settings hold: `demo_site/serving/gunicorn.conf.py`, or a project's own `gunicorn.conf.py`.
Gunicorn itself says when a worker starts, but not when it has loaded the site and can answer.
"""

import os
from runpy import run_path
from typing import Any

_settings = run_path(os.environ["JWTLAB_GUNICORN_CONF"])
globals().update({name: value for name, value in _settings.items() if not name.startswith("_")})


def post_worker_init(worker: Any) -> None:
    """Say that this worker is ready, after whatever the file wants done then."""
    if theirs := _settings.get("post_worker_init"):
        theirs(worker)
    os.write(2, b"Ready: worker %d\n" % worker.pid)
