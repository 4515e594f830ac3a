"""`clear_expired`: delete what can no longer be used. Run it daily."""

import time
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from rest_framework_simplejwt.utils import aware_utcnow

from hardened_auth.conf import options
from hardened_auth.models import Family, RefreshToken

MOST_AT_ONCE = 500  # rows
AT_ONCE = 0.05  # seconds for which a lock may be held; fewer rows are deleted at once where that takes longer


class Command(BaseCommand):
    requires_system_checks = ()  # they load the whole site, which takes more memory than the work
    help = "Delete expired refresh tokens and families, a few at a time, while the site runs."

    def handle(self, *args: Any, **options_: Any) -> None:
        before = aware_utcnow() - options().LEEWAY
        for model in (RefreshToken, Family):  # children first: then no family has any to look for
            number = clear(model, before)
            if options_["verbosity"]:
                self.stdout.write(f"{number} {model._meta.verbose_name_plural} deleted")


def clear(model: type[RefreshToken] | type[Family], before: datetime) -> int:
    """Delete the rows that expired before this instant and return how many there were."""
    expired = model.objects.filter(expires_at__lt=before).order_by("expires_at").values_list("pk", flat=True)
    number, size = 0, MOST_AT_ONCE
    while ids := list(expired[:size]):
        start = time.monotonic()
        model.objects.filter(pk__in=ids).delete()
        taken = time.monotonic() - start
        number += len(ids)
        size = min(MOST_AT_ONCE, max(1, int(len(ids) * AT_ONCE / max(taken, 0.001))))
        time.sleep(taken)  # as long for the others as this has taken
    return number
