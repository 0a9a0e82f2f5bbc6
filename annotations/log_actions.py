"""The names of our acts in Wagtail's history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from annotations.services.closing import WINDOW_CLOSED

if TYPE_CHECKING:
    from wagtail.log_actions import LogActionRegistry

ACTIONS = {
    "annotations.hide": _("Annotation hidden"),
    "annotations.show": _("Annotation shown again"),
    "annotations.release": _("Annotation released"),
    "annotations.note": _("Note for moderators written"),
    "annotations.consent_text": _("Consent text written"),
    "annotations.report": _("Report received"),
    "annotations.decide_report": _("Report decided"),
    "annotations.appeal": _("Appeal received"),
    "annotations.decide_appeal": _("Appeal decided"),
    "annotations.withdraw": _("Annotation withdrawn"),
    "annotations.edit": _("Annotation edited by its author"),
    "annotations.react": _("Author agreed or objected"),
    "annotations.see_objection": _("Objection noted as seen"),
    "annotations.make_token": _("Access key made"),
    "annotations.revoke_token": _("Access key revoked"),
    "annotations.official_role": _("Visible role of an account set"),
    "annotations.enter": _("Offline contributions entered"),
    "annotations.correct_entry": _("Offline contribution mended"),
    "annotations.assign": _("Annotation assigned"),
    "annotations.dispose": _("Annotations disposed of"),
    "annotations.change_disposition": _("Disposition changed"),
    "annotations.settle": _("Place of an annotation decided"),
    "annotations.accept": _("Suggested edit taken over into the draft"),
    "annotations.take_back": _("Suggested edit taken back from the draft"),
    WINDOW_CLOSED: _("Comment window ended"),
}


def register(actions: LogActionRegistry) -> None:
    """Register the names of our acts."""
    for action, label in ACTIONS.items():
        actions.register_action(action, label, label)
