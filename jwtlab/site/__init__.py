"""Starting a Django site from a notebook, and what a lesson needs of it: address, log, clock, `manage.py`.

running    `start_site` and `Site`: the front door
world      the private folder in which a demo site lives, its database copied from a template
clock      the lab clock, which a notebook moves
log        what the server has logged
process    the server's process, and `manage.py` commands
guard      a script of its own: ends the server when the notebook's kernel is gone, however it ended
"""

from jwtlab.site.running import Site, SiteError, start_site
from jwtlab.site.world import DEMO_SITE

__all__ = ["DEMO_SITE", "Site", "SiteError", "start_site"]
