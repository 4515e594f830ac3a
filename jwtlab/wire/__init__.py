"""Showing an HTTP exchange as its reader would draw it.

exchange   `show`: a `requests.Response` as text and as HTML
bodies     a body, pretty-printed
redact     secrets, shortened to what is recognisable
commands   the same request as an HTTPie and a curl line that work when pasted
"""

from jwtlab.wire.exchange import Exchange, WireError, show

__all__ = ["Exchange", "WireError", "show"]
