"""Sets the clock and the token ids of this process as it starts, before any command or request runs."""

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.conf import settings

if TYPE_CHECKING:
    from .clock import LabClock


class LabWorldConfig(AppConfig):
    """Holds the lab clock, or None for a world in real time."""

    name = "lab_world"
    clock: "LabClock | None" = None

    def ready(self) -> None:
        assert settings.LAB_WORLD is not None  # else `config.settings.local` does not install this app
        clock_file = settings.LAB_WORLD / "clock"
        if not clock_file.exists():
            return
        # Imported here because real time needs none of it, and SimpleJWT's tokens need the models first.
        from rest_framework_simplejwt import tokens

        from .clock import LabClock
        from .token_ids import TokenIds

        self.clock = LabClock(clock_file)
        token_ids = TokenIds(settings.LAB_WORLD / "token_ids")
        tokens.uuid4 = token_ids.next  # type: ignore[attr-defined]  # SimpleJWT offers no way to give it ids
