"""The JSON of notes and guest-book entries."""

from rest_framework import serializers

from .models import GuestBookEntry, Note


class NoteSerializer(serializers.ModelSerializer[Note]):
    """A note without its owner: a client sees only its own notes and cannot give one away."""

    class Meta:
        model = Note
        fields = ("id", "title", "body", "created_at")


class GuestBookEntrySerializer(serializers.ModelSerializer[GuestBookEntry]):
    """A guest-book entry."""

    class Meta:
        model = GuestBookEntry
        fields = ("id", "name", "message", "created_at")
