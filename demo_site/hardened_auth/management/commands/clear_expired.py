"""`clear_expired`: delete what can no longer be used. Run it daily."""

import time
from typing import Any

from django.core.management.base import BaseCommand
from django.db import models
from rest_framework_simplejwt.utils import aware_utcnow

from hardened_auth.conf import options
from hardened_auth.models import Family, RefreshToken

BATCH = 500  # rows; small, so that no lock is held for longer than some milliseconds


class Command(BaseCommand):
    help = "Delete expired refresh tokens and families, a few at a time, while the site runs."

    def handle(self, *args: Any, **options_: Any) -> None:
        before = aware_utcnow() - options().LEEWAY
        for model in (RefreshToken, Family):  # children first: then no family has any to look for
            number = clear(model, before)
            if options_["verbosity"]:
                self.stdout.write(f"{number} {model._meta.verbose_name_plural} deleted")


def clear(model: type[models.Model], before: Any) -> int:
    """Delete the rows that expired before this instant and return how many there were."""
    expired = model.objects.filter(expires_at__lt=before).order_by("expires_at").values_list("pk", flat=True)
    number = 0
    while ids := list(expired[:BATCH]):
        start = time.monotonic()
        model.objects.filter(pk__in=ids).delete()
        number += len(ids)
        time.sleep(time.monotonic() - start)  # as much time for the others as this has taken
    return number
