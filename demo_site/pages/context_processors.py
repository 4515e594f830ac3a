"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest


def face(request: HttpRequest) -> dict[str, str]:
    """Give templates the name of the face, so that each page can say which one it is."""
    return {"face": settings.FACE}
