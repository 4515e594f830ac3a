"""The site's two health checks: is the process alive, and is it ready to answer requests?

`/health/live/` asks no other service. It is for what restarts a process that does not answer: a restart does
not bring back a database that is away. `/health/ready/` asks the database and the cache. It is for what sends
requests to one of several machines. Both answer yes or no alone; the reason for a no is in the log.
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
    """Answer 200 without a question to database or cache: this process takes requests."""
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
    """Knows whether all migrations are applied. Looks until they are, and from then on only runs a query."""

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
