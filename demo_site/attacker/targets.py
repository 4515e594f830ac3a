"""Limits the attacks to this machine: a target that is no address of it is refused."""

from urllib.parse import urlsplit

from loopback.addresses import is_loopback


class NoTarget(ValueError):
    """An address that the attacker's site does not aim at. The message says why."""


def target(url: str) -> str:
    """Return `url`. Raise NoTarget unless it is an http address of this machine.

    `localhost` and the names below it are loopback (RFC 6761 section 6.3).
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:  # such as half an IPv6 address
        raise NoTarget(f"{url!r} is no address.") from None
    here = host == "localhost" or host.endswith(".localhost") or is_loopback(host)
    if parts.scheme not in ("http", "https") or not here:
        raise NoTarget(f"This site aims at http addresses of this machine only, not at {url!r}.")
    return url
