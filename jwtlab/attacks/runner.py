"""Runs attacks: for each face a site and an attacker's site, and one browser for all.

They are started when the first attack asks for them, serve all later ones, and end with this process. One
that has ended meanwhile is started again. What keeps attacks apart is that each begins nine days after the
one before, on the site's own clock: sessions are over, limits are forgotten. And each has its own people at
the browser.
"""

from functools import cache, partial

from jwtlab.attacks.actors import Lab
from jwtlab.attacks.registry import Attack, Evidence
from jwtlab.browser.session import browser_of_this_kernel
from jwtlab.site import Site, start_site


@cache
def runner_of(face: str, /) -> "Runner":
    """Return the runner of this face, the same each time, so that its sites are started once."""
    return Runner(face)


class Runner:
    """Runs attacks on the site of one face."""

    def __init__(self, face: str) -> None:
        self.face = face
        self._sites: dict[str, Site] = {}

    def run(self, attack: Attack, engine: str | None = None) -> Evidence:
        """Run one attack, and return what it brings back. `engine` chooses the browser, if it needs one.

        Raise AttackError when something it takes for granted did not happen, SiteError when no site starts.
        """
        with self.lab(engine) as lab:
            return attack.run(lab)

    def lab(self, engine: str | None = None) -> Lab:
        """Return a lab for one attack, nine days after the one before.

        Raise SiteError when a site of this face, or the attacker's, does not start.
        """
        site, attacker = self._running(self.face), self._running("attacker")
        site.clock.advance(days=9)
        return Lab(site, attacker, partial(browser_of_this_kernel, engine))

    def _running(self, face: str) -> Site:
        """Return the site of this face, and start it if it does not run, for the first time or any more."""
        site = self._sites.get(face)
        if site and not (site.is_running and site.folder.exists()):  # whoever tidies /tmp takes its database
            site.stop()
            site = None
        if site is None:
            # Not in the place of a reader's own site, and not to give way to one.
            site = self._sites[face] = start_site(face, replace=False)
        return site
