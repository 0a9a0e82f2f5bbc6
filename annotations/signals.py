"""Facts about annotations, told to strangers after the commit."""

from django.dispatch import Signal

annotation_published = Signal()
"""An annotation or reply became public; keyword ``annotation``."""

annotation_edited = Signal()
"""The author mended an annotation or reply; keyword ``annotation``."""

annotation_hidden = Signal()
"""An annotation or reply is no longer public; keyword ``annotation``."""

annotations_disposed = Signal()
"""Annotations were answered, or their answer was changed; keyword ``disposition``."""

window_closed = Signal()
"""The window for annotations of a version has ended; keyword ``version``."""

annotation_supported = Signal()
"""The number of people who support an annotation has changed; keyword ``annotation``."""
