"""Tags of submission packages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from versioning import permissions
from versioning.services.packaging import newest_package

if TYPE_CHECKING:
    from django.template import Context

    from versioning.models import Submission

register = template.Library()


@register.inclusion_tag("versioning/includes/package_notice.html")
def package_notice(submission: Submission) -> dict[str, Any]:
    """Show where the package of a submission can be had and checked, or how far it is."""
    return {"submission": submission, "package": newest_package(submission)}


@register.inclusion_tag("versioning/admin/package_panel.html", takes_context=True)
def package_panel(context: Context, submission: Submission) -> dict[str, Any]:
    """Show editors how far a package is, and the button that has it built again."""
    user = context["request"].user
    return {
        "submission": submission,
        "package": newest_package(submission),
        "request": context["request"],
        "may_build": permissions.can(user, "submit_version", submission.version.page),
    }
