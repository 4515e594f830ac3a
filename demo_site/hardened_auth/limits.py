"""How many logins may fail: for one name, and from one address, in a window of time."""

import hashlib
import time
import unicodedata
from ipaddress import IPv6Address, ip_address, ip_network

from django.core.cache import BaseCache, caches
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from .conf import options


class FailedLogins:
    """A count in the shared cache: `attempt()` before the password is looked at, `forgive()` if it was right.

    So guesses sent all at once are counted too. A cache whose `incr` is atomic (Redis, Memcached) counts
    exactly; in a file or a table, two workers at the same instant may count two guesses as one.
    """

    def __init__(self, kind: str, subject: str, limit: int) -> None:
        window = int(options().FAILED_LOGINS_WINDOW.total_seconds())
        number, elapsed = divmod(int(time.time()), window)
        subject_digest = hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()
        self._key = f"failed-logins:{kind}:{number}:{subject_digest}"
        self._window, self._left, self._limit = window, window - elapsed, limit

    def attempt(self) -> None:
        """Count one login. Raise Throttled (429) when that is one too many."""
        if self._add(1) > self._limit:
            raise Throttled(self._left)

    def forgive(self) -> None:
        """Take one login back from the count: its password was right."""
        self._add(-1)

    def _add(self, number: int) -> int:
        cache: BaseCache = caches[options().CACHE]
        cache.add(self._key, 0, self._window)
        try:
            return cache.incr(self._key, number)
        except ValueError:  # thrown out between the two lines
            cache.set(self._key, max(number, 0), self._window)
            return number


def limits_for(request: Request, username: str) -> list[FailedLogins]:
    """Return the counts that a login with this name from this request's address goes into."""
    return [
        FailedLogins("address", network_of(request), options().FAILED_LOGINS_PER_ADDRESS),
        # Names that a database may take for the same one count as one.
        FailedLogins(
            "name", unicodedata.normalize("NFKC", username).casefold(), options().FAILED_LOGINS_PER_NAME
        ),
    ]


def network_of(request: Request) -> str:
    """Return the client's IPv4 address or IPv6 /64, which one household has whole.

    `X-Forwarded-For` counts as far as `REST_FRAMEWORK["NUM_PROXIES"]` says. Without it DRF believes it all.
    """
    address: str | None = request.META.get("REMOTE_ADDR")
    if api_settings.NUM_PROXIES:
        address = BaseThrottle().get_ident(request)
    address = address or ""  # a server on a Unix socket may name none
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(ip_network((parsed, 64), strict=False))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
