"""Notes and guest book in the admin."""

from django.contrib import admin

from .models import GuestBookEntry, Note


@admin.register(Note)
class NoteAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs, and not in Django
    list_display = ("id", "title", "owner", "created_at")
    list_filter = ("owner",)


@admin.register(GuestBookEntry)
class GuestBookEntryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs, and not in Django
    list_display = ("id", "name", "message", "created_at")
