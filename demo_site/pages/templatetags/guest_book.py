"""How a message in the guest book becomes HTML. The hole of the seed face is here and nowhere else."""

from django import template
from django.conf import settings
from django.template.defaultfilters import linebreaksbr
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def as_message(text: str) -> SafeString:
    """Return the HTML for what a visitor wrote: text, or on the seed face whatever it says.

    `mark_safe` tells Django to trust a string. No setting makes text of strangers trustworthy.
    """
    if settings.GUEST_BOOK_SHOWS_RAW_HTML:
        return mark_safe(text)
    return linebreaksbr(text, autoescape=True)
