"""What came in at `/loot`. Rows in the database, so that several server processes share them."""

from django.db import models


class Loot(models.Model):
    """One request to `/loot`, as it came. What it did not have is an empty string."""

    at = models.DateTimeField(auto_now_add=True)
    method = models.CharField(max_length=10)
    query = models.TextField()  # what follows the `?`, decoded
    body = models.TextField()
    cookies = models.TextField()  # the `Cookie` header
    origin = models.TextField()
    referer = models.TextField()

    class Meta:
        ordering = ("id",)
        verbose_name_plural = "loot"

    def __str__(self) -> str:
        return f"{self.method} {self.query or self.body}"[:80]
