"""What a lesson shows as its reader would draw it: an HTTP exchange, a token, a chart. As text and as HTML.

exchange         `show`: a `requests.Response`, and the same request as an HTTPie and a curl line
http_messages    what of a request and of a response is worth showing
redact           secrets, shortened to what is recognisable
curl_and_httpie  a request as a line for a shell
token            `show_token`: the anatomy of a token
compact_jws      a token's text taken apart, whatever it is
meanings         what claims, times and signatures say, in words
charts           `chart`: a measurement as bars
html             how all of them put text on a page
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jwtlab.show.charts import Chart as Chart
    from jwtlab.show.charts import ChartError as ChartError
    from jwtlab.show.charts import chart as chart
    from jwtlab.show.compact_jws import TokenError as TokenError
    from jwtlab.show.exchange import Exchange as Exchange
    from jwtlab.show.exchange import ExchangeError as ExchangeError
    from jwtlab.show.exchange import show as show
    from jwtlab.show.token import Anatomy as Anatomy
    from jwtlab.show.token import show_token as show_token

_MODULES = {
    "exchange": ("Exchange", "ExchangeError", "show"),
    "token": ("Anatomy", "show_token"),
    "compact_jws": ("TokenError",),
    "charts": ("Chart", "ChartError", "chart"),
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Return a public name from its module, imported when it is first asked for (PEP 562).

        Whatever draws takes `html` from this package, and need not wait for requests, which `exchange` wants.
        """
        for module, names in _MODULES.items():
            if name in names:
                return getattr(import_module(f"{__name__}.{module}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
