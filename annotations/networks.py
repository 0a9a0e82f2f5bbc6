"""Networks of visitors, known by hashes that nobody can turn back and that change every day."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from django.http import HttpRequest

SALT = "annotations.network"
_BITS = {4: 32, 6: 56}
"""Bits that belong to one connection: a household has a whole net of version 6."""


def network_of(request: HttpRequest) -> str:
    """Return today's hash of the network that a request comes from, empty if it is not known."""
    address = address_of(request)
    if not address:
        return ""
    day = timezone.localdate().isoformat()
    return salted_hmac(SALT, f"{day} {network_name(address)}", algorithm="sha256").hexdigest()


def address_of(request: HttpRequest) -> str:
    """Return the address of the visitor, seen through the trusted proxies; never to be stored.

    ``SYNOPSE_PROXIES`` says how many proxies append to ``X-Forwarded-For``; what stands before
    their entries is the visitor's own claim and is not looked at.
    """
    count = int(getattr(settings, "SYNOPSE_PROXIES", 0))
    claimed = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if count and len(claimed) >= count and claimed[-count]:
        return claimed[-count]
    return str(request.META.get("REMOTE_ADDR", ""))


def network_name(address: str) -> str:
    """Return the network of an address; what is no address stands for itself."""
    try:
        found = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ipaddress.ip_network(f"{found}/{_BITS[found.version]}", strict=False))
