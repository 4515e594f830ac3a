"""Where attacks are run: for each face a site and an attacker's site, and one browser for all.

They are started when the first attack asks for them, and end with the arena. What keeps attacks apart is that
each begins nine days after the one before, on the site's own clock: sessions are over, limits are forgotten.
And each has its own people at the browser.
"""

from functools import cache, cached_property

from jwtlab.attacks.actors import Stage
from jwtlab.attacks.registry import Attack, Evidence
from jwtlab.browser import Browser
from jwtlab.browser.session import browser_of_this_kernel
from jwtlab.site import Site, start_site


@cache
def arena_of(face: str, engine: str | None = None) -> "Arena":
    """Return the arena of this face, the same each time: its sites are started once."""
    return Arena(face, engine)


class Arena:
    """One face to attack."""

    def __init__(self, face: str, engine: str | None = None) -> None:
        self.face = face
        self._engine = engine

    @cached_property
    def _sites(self) -> tuple[Site, Site]:
        return start_site(self.face), start_site("attacker")

    def run(self, attack: Attack) -> Evidence:
        """Run one attack, and return what it brings back."""
        site, evil = self._sites
        site.clock.advance(days=9)
        stage = Stage(site, evil, self._browser)
        try:
            return attack.run(stage)
        finally:
            stage.close()

    def _browser(self) -> Browser:
        return browser_of_this_kernel(self._engine)
