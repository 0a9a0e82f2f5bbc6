"""What a security officer wants to know, without a word about the person (OWASP ASVS 16).

One line an event: its name, then facts as ``name=value``. Accounts are told by their number. No
fact holds what somebody has typed, an address or a text, and no value can begin a new line.
"""

from __future__ import annotations

import logging
import re

logger = logging.getLogger("synopse.security")

_OTHER = re.compile(r"[^A-Za-z0-9_.:-]")
MOST = 60
"""Characters of a value."""


def note(event: str, **facts: object) -> None:
    """Log an event.

    Args:
        event: Its name, such as ``login.failed``.
        facts: Numbers, words of the code and keyed hashes; other characters become ``_``.
    """
    told = (f"{name}={_plain(value)}" for name, value in facts.items() if value is not None)
    logger.info("%s", " ".join([_plain(event), *told]))


def _plain(value: object) -> str:
    return _OTHER.sub("_", str(value)[:MOST])
