"""What counts as this machine."""

from ipaddress import IPv6Address, ip_address


def is_loopback(address: str) -> bool:
    """Say whether `address`, the text of an IP address, is on the loopback interface (127.0.0.0/8 or ::1)."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped  # ::ffff:127.0.0.1, as a dual-stack socket reports an IPv4 client
    return parsed.is_loopback
