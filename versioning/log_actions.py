"""How Wagtail's history names what happens to versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.log_actions import LogFormatter

from versioning.models import Verdict

if TYPE_CHECKING:
    from wagtail.log_actions import LogActionRegistry


class FreezeFormatter(LogFormatter):
    """Names the version."""

    label = gettext_lazy("Freeze a version")

    def format_message(self, log_entry: Any) -> str:  # noqa: ANN401  # Wagtail's log entry
        """Say which version was frozen."""
        return _("Froze version %(number)s") % {"number": log_entry.data.get("number", "")}


class WithholdFormatter(LogFormatter):
    """Names the ground."""

    label = gettext_lazy("Withhold a passage")

    def format_message(self, log_entry: Any) -> str:  # noqa: ANN401  # Wagtail's log entry
        """Say on which ground words were withheld."""
        return _("Withheld a passage: %(ground)s") % {"ground": log_entry.data.get("ground", "")}


class SubmitFormatter(LogFormatter):
    """Names the version."""

    label = gettext_lazy("Hand a version over")

    def format_message(self, log_entry: Any) -> str:  # noqa: ANN401  # Wagtail's log entry
        """Say which version was handed over."""
        return _("Handed version %(number)s over") % {"number": log_entry.data.get("version", "")}


class WaiveFormatter(LogFormatter):
    """Names the line and the reason."""

    label = gettext_lazy("Waive a line of the checklist")

    def format_message(self, log_entry: Any) -> str:  # noqa: ANN401  # Wagtail's log entry
        """Say what was waived for which reason."""
        return _("Waived “%(line)s” for version %(number)s: %(reason)s") % {
            "line": log_entry.data.get("line", ""),
            "number": log_entry.data.get("version", ""),
            "reason": log_entry.data.get("reason", ""),
        }


class TakeBackWaiverFormatter(LogFormatter):
    """Names the line."""

    label = gettext_lazy("Take a waiver back")

    def format_message(self, log_entry: Any) -> str:  # noqa: ANN401  # Wagtail's log entry
        """Say what is waived no longer."""
        return _("Took the waiver of “%(line)s” for version %(number)s back") % {
            "line": log_entry.data.get("line", ""),
            "number": log_entry.data.get("version", ""),
        }


class ExplainFormatter(LogFormatter):
    """Names the reason."""

    label = gettext_lazy("Give changes a reason")

    def format_message(self, log_entry: Any) -> str:  # noqa: ANN401  # Wagtail's log entry
        """Say which reason how many changes were given."""
        number = log_entry.data.get("changes", 0)
        text = ngettext(
            "Gave a reason to %(number)s change: %(reason)s",
            "Gave a reason to %(number)s changes: %(reason)s",
            number,
        )
        return text % {"number": number, "reason": log_entry.data.get("reason", "")}


class WindowFormatter(LogFormatter):
    """Names the reason."""

    label = gettext_lazy("Change the window for annotations")

    def format_message(self, log_entry: Any) -> str:  # noqa: ANN401  # Wagtail's log entry
        """Say why the window was changed."""
        return _("Changed the window of version %(number)s: %(reason)s") % {
            "number": log_entry.data.get("version", ""),
            "reason": log_entry.data.get("reason", ""),
        }


class DecideFormatter(LogFormatter):
    """Names the body."""

    label = gettext_lazy("Record a decision")

    def format_message(self, log_entry: Any) -> str:  # noqa: ANN401  # Wagtail's log entry
        """Say whose decision was recorded."""
        return _("Recorded the decision of: %(body)s") % {"body": log_entry.data.get("body", "")}


class DocumentFormatter(LogFormatter):
    """Names body and document."""

    label = gettext_lazy("Add a document to a decision")

    def format_message(self, log_entry: Any) -> str:  # noqa: ANN401  # Wagtail's log entry
        """Say which document was added to whose decision."""
        return _("Added a document to the decision of %(body)s: %(title)s") % {
            "body": log_entry.data.get("body", ""),
            "title": log_entry.data.get("title", ""),
        }


class AskFormatter(LogFormatter):
    """Names the version and the departments."""

    label = gettext_lazy("Ask for signatures")

    def format_message(self, log_entry: Any) -> str:  # noqa: ANN401  # Wagtail's log entry
        """Say who was asked to sign which version."""
        return _("Asked for signatures of version %(number)s: %(departments)s") % {
            "number": log_entry.data.get("version", ""),
            "departments": ", ".join(log_entry.data.get("departments", ())),
        }


class SignFormatter(LogFormatter):
    """Names the department, what it said, and the version."""

    label = gettext_lazy("Sign a version")

    def format_message(self, log_entry: Any) -> str:  # noqa: ANN401  # Wagtail's log entry
        """Say what which department said about which version."""
        verdict = log_entry.data.get("verdict", "")
        names = dict(Verdict.choices)
        return _("Version %(number)s, %(department)s: %(verdict)s") % {
            "number": log_entry.data.get("version", ""),
            "department": log_entry.data.get("department", ""),
            "verdict": names.get(verdict, verdict),
        }


class PlanFormatter(LogFormatter):
    """Plans have no details worth a line."""

    label = gettext_lazy("Plan decisions")

    def format_message(self, log_entry: Any) -> str:  # noqa: ANN401  # Wagtail's log entry
        """Say that dates were planned."""
        return _("Planned the dates of the decisions")


class BuildPackageFormatter(LogFormatter):
    """Has no details worth a line."""

    label = gettext_lazy("Build a submission package")

    def format_message(self, log_entry: Any) -> str:  # noqa: ANN401  # Wagtail's log entry
        """Say that somebody had it built."""
        return _("Had the submission package built")


class ReplacePackageFormatter(LogFormatter):
    """Names the edition and the reason."""

    label = gettext_lazy("Replace a submission package")

    def format_message(self, log_entry: Any) -> str:  # noqa: ANN401  # Wagtail's log entry
        """Say which edition was replaced, and why."""
        return _("Took edition %(edition)s of the submission package offline: %(reason)s") % {
            "edition": log_entry.data.get("edition", ""),
            "reason": log_entry.data.get("reason", ""),
        }


class ContinueFormatter(LogFormatter):
    """Names the new page."""

    label = gettext_lazy("Begin the next stage")

    def format_message(self, log_entry: Any) -> str:  # noqa: ANN401  # Wagtail's log entry
        """Say which page goes on from this text."""
        return _("Began the next stage: %(title)s") % {"title": log_entry.data.get("title", "")}


class KeepFormatter(LogFormatter):
    """Says that the draft is another one."""

    label = gettext_lazy("Keep a text beside the draft")

    def format_message(self, log_entry: Any) -> str:  # noqa: ANN401  # Wagtail's log entry
        """Say why the text is not the draft."""
        return _("Kept a text beside the draft: the page had been saved meanwhile")


def register(actions: LogActionRegistry) -> None:
    """Register the actions of this module."""
    actions.register_action("synopse.freeze")(FreezeFormatter)
    actions.register_action("synopse.withhold")(WithholdFormatter)
    actions.register_action("synopse.submit")(SubmitFormatter)
    actions.register_action("synopse.waive")(WaiveFormatter)
    actions.register_action("synopse.take_back_waiver")(TakeBackWaiverFormatter)
    actions.register_action("synopse.explain")(ExplainFormatter)
    actions.register_action("synopse.window")(WindowFormatter)
    actions.register_action("synopse.decide")(DecideFormatter)
    actions.register_action("synopse.document")(DocumentFormatter)
    actions.register_action("synopse.keep_apart")(KeepFormatter)
    actions.register_action("synopse.build_package")(BuildPackageFormatter)
    actions.register_action("synopse.replace_package")(ReplacePackageFormatter)
    actions.register_action("synopse.continue")(ContinueFormatter)
    actions.register_action("synopse.plan")(PlanFormatter)
    actions.register_action("synopse.ask_signatures")(AskFormatter)
    actions.register_action("synopse.sign")(SignFormatter)
