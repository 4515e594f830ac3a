"""Starting a Django site from a notebook, and what a lesson needs of it: address, log, clock, `manage.py`.

site        `start_site` and `Site`: the front door
project     which project a site serves: a face of the demo site, or the reader's own
demo_users  the users of the demo site and their passwords, as notebooks show them
world       what is in the private folder of a demo site: the lab clock, and a database copied from a template
production  the environment of the `production` face
servers     which server serves it, from `runserver` to Nginx in front of Gunicorn, and how each is started
nginx       Nginx's configuration, filled in from `demo_site/serving/`, and a certificate for TLS
supervisor  this process's end of the guard: processes that end with it, and `manage.py` commands
log         what the server has logged

Programs of their own, which nothing imports:

guard              starts all processes of a site, and ends them when the kernel is gone, however it ended
describe           says what servers other than `runserver` must know of a project
gunicorn_settings  what a site decides of Gunicorn, and a line in the log for each worker that is ready
"""

from jwtlab.site.site import Site, start_site
from jwtlab.site.supervisor import SiteError
from jwtlab.site.world import DEMO_SITE

__all__ = ["DEMO_SITE", "Site", "SiteError", "start_site"]
