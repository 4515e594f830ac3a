"""Showing things as their reader would draw them: an HTTP exchange, a token, a chart. Text and HTML alike.

exchange   `show`: a `requests.Response`, and the same request as an HTTPie and a curl line
bodies     a body, pretty-printed
redact     secrets, shortened to what is recognisable
commands   the lines for a shell
token      `show_token`: the anatomy of a token
compact    a token's text taken apart, whatever it is
claims     the registered claims, and what they say
times      the times in a token, in words
charts     `chart`: a measurement as bars
html       how all of them put text on a page
"""

from jwtlab.show.charts import Chart, ChartError, chart
from jwtlab.show.exchange import Exchange, WireError, show
from jwtlab.show.token import Anatomy, TokenError, show_token

__all__ = [
    "Anatomy",
    "Chart",
    "ChartError",
    "Exchange",
    "TokenError",
    "WireError",
    "chart",
    "show",
    "show_token",
]
