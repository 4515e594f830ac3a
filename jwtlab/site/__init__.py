"""Starting a Django site from a notebook, and what a lesson needs of it: address, log, clock, `manage.py`.

running     `start_site` and `Site`: the front door
servers     which server serves it, from `runserver` to Nginx in front of Gunicorn, and how each is started
nginx       Nginx's configuration, filled in from `demo_site/serving/`
authority   a certificate authority made on the spot, for TLS
home        where a site lives: its project and environment
world       the private folder in which a demo site lives, its database copied from a template
production  the environment of the `production` face
clock       the lab clock, which a notebook moves
log         what the server has logged
process     the server's process, and `manage.py` commands

Programs of their own, which nothing imports:

guard              ends the server when the notebook's kernel is gone, however it ended
describe           says what servers other than `runserver` must know of a project
gunicorn_settings  has Gunicorn say when each worker is ready
"""

from jwtlab.site.site import Site, SiteError, start_site
from jwtlab.site.world import DEMO_SITE

__all__ = ["DEMO_SITE", "Site", "SiteError", "start_site"]
