"""Facts that versioning tells strangers, each after its transaction is committed."""

from django.dispatch import Signal

version_published = Signal()
"""A version was frozen. Sender ``Version``; keyword ``version``."""

version_submitted = Signal()
"""A version was handed over to the bodies. Sender ``Submission``; keyword ``submission``."""

decision_recorded = Signal()
"""What a body decided was recorded or corrected. Sender ``GateStep``; keyword ``step``."""

version_signed = Signal()
"""A department signed a version or refused to. Sender ``Signature``; keyword ``signature``."""

signatures_asked = Signal()
"""Departments were asked to sign. Sender ``Version``; keywords ``version``, ``departments``."""

window_changed = Signal()
"""The window for annotations was changed. Sender ``Version``; keyword ``version``."""

passages_withheld = Signal()
"""The words of passages had to leave. Sender ``Passage``; keyword ``passages``, a list.

Whoever keeps copies of the words (quotes, stored comparisons, exports) removes them now.
"""
