"""Keys of the cache, in which nobody can read an address of a network."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.utils import timezone

RATE_LIMITS = "allauth:rl:"


def hidden_key(key: str, key_prefix: str, version: int) -> str:
    """Return the hash under which something is kept.

    Django-allauth counts by address of the network and puts it into its keys, which production
    keeps in the database. Keys of such limits change every day, so that nothing leads back.

    Args:
        key: What the caller asks for.
        key_prefix: Prefix of the cache.
        version: Version of the cache.
    """
    day = timezone.localdate().isoformat() if key.startswith(RATE_LIMITS) else ""
    plain = f"{key_prefix}:{version}:{day}:{key}"
    return hmac.new(settings.SECRET_KEY.encode(), plain.encode(), hashlib.sha256).hexdigest()
