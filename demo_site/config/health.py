"""Two questions that whoever runs the site asks it: does it live, and can it work?

`/health/live/` asks nobody. Who restarts what does not answer asks this one: a database that is away is not
mended by restarting the site. `/health/ready/` asks the database and the cache. Who sends requests to one of
several machines asks this one. Both say no more than yes or no; why not is in the log.
"""

import logging

from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Answer 200."""
    return JsonResponse({"live": True})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database and cache answer and every migration is applied, else 503."""
    try:
        is_ready = _migrations.are_applied()
        cache.get("health")
    except Exception:  # whatever the drivers raise: the site cannot work, and the log says why
        logger.exception("Not ready.")
        is_ready = False
    return JsonResponse({"ready": is_ready}, status=200 if is_ready else 503)


class _Migrations:
    """Knows whether all are applied. Asks for all of them until that is so, and then for a sign of life."""

    def __init__(self) -> None:
        self._applied = False

    def are_applied(self) -> bool:
        if self._applied:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            return True
        executor = MigrationExecutor(connection)
        self._applied = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        if not self._applied:
            logger.error("Not ready: migrations are not applied. Run `manage.py migrate`.")
        return self._applied


_migrations = _Migrations()
