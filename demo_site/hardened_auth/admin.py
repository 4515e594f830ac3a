"""Sessions in the admin: to look at, and to end."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from .models import Family
from .sessions import revoke


@admin.register(Family)
class FamilyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs, and not in Django
    list_display = ("user", "created_at", "expires_at", "revoked_at", "reason")
    list_select_related = ("user",)
    actions = ("end_sessions",)

    @admin.action(description="End the selected sessions", permissions=["delete"])
    def end_sessions(self, request: HttpRequest, families: QuerySet[Family]) -> None:
        revoke(families, Family.Reason.STAFF)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Family | None = None) -> bool:
        return False
