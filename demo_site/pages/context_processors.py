"""What every template is given."""

from django.conf import settings
from django.http import HttpRequest


def face(request: HttpRequest) -> dict[str, str]:
    """Return the name of the face for templates, so that each page can say which one it is."""
    return {"face": settings.FACE}
