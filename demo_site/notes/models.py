"""Notes and guest-book entries."""

from django.conf import settings
from django.db import models


class Note(models.Model):
    """A text that only its owner may see."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notes")
    title = models.CharField(max_length=100)
    body = models.TextField(max_length=2000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.title


class GuestBookEntry(models.Model):
    """A line that anyone may leave and everyone may read."""

    name = models.CharField(max_length=50)
    message = models.TextField(max_length=500)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "guest book entries"

    def __str__(self) -> str:
        return f"{self.name}: {self.message[:40]}"
