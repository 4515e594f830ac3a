"""Starting a Django site from a notebook, and what a lesson needs of it: address, log, clock, `manage.py`.

site            `start_site` and `Site`: the front door
served_project  which project a site serves: a face of the demo site, or the reader's own
demo_users      the users of the demo site and their passwords, as notebooks show them
world           what is in the private folder of a demo site: the lab clock, a database copied from a template
servers         which server serves it, from `runserver` to Nginx in front of Gunicorn, and how each starts
nginx           Nginx's configuration, filled in from `demo_site/serving/`, and a certificate for TLS
processes       processes that end with this one, by way of a watchdog, and `manage.py` commands
log             what the server has logged

production_environment  the environment variables of the `production` face

Programs of their own, which nothing imports:

watchdog           starts all processes of a site, and ends them when the kernel is gone, however it ended
read_settings      says what servers other than `runserver` must know of a project
gunicorn_settings  what a site decides of Gunicorn, and a line in the log for each worker that is ready
"""

from jwtlab.site.processes import SiteError
from jwtlab.site.site import Site, start_site
from jwtlab.site.world import DEMO_SITE

__all__ = ["DEMO_SITE", "Site", "SiteError", "start_site"]
