"""What this app itself has to say at the gate about a text: translations, links, accessibility.

They come through the door that other apps use, and none of their numbers of queries grows with
the text.
"""

from __future__ import annotations

from versioning.checks.accessibility import accessibility_lines
from versioning.checks.links import link_lines
from versioning.checks.translations import translation_lines

CHECKS = (translation_lines, link_lines, accessibility_lines)
