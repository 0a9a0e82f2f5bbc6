"""Who else is at the same annotation now, shown by Wagtail's own component."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.models import EditingSession
from wagtail.admin.ui.editing_sessions import EditingSessionsModule
from wagtail.admin.utils import get_user_display_name
from wagtail.permission_policies import ModelPermissionPolicy

from annotations import permissions
from annotations.models import Annotation

if TYPE_CHECKING:
    from collections.abc import Sequence

NO_SESSION = 0
"""Wagtail makes a session at the first call of its script, so that looking stores nothing."""


class AnnotationPolicy(ModelPermissionPolicy):
    """Lets Wagtail tell who works on an annotation: editors of its page and moderators."""

    def user_has_permission_for_instance(
        self,
        user: Any,  # noqa: ANN401  # any user model
        action: str,  # Wagtail's signature
        instance: Annotation,
    ) -> bool:
        """Tell whether somebody may act on an annotation."""
        page = instance.version.page
        return any(permissions.can(user, act, page) for act in ("dispose", "moderate"))


def shown_at(annotation: Annotation, user: Any) -> EditingSessionsModule | None:  # noqa: ANN401  # any user model
    """Return what shows in the header who else is here; None to those who only look."""
    policy = AnnotationPolicy(Annotation)
    if not policy.user_has_permission_for_instance(user, "change", annotation):
        return None
    options = annotation._meta
    args = (options.app_label, options.model_name, annotation.pk, NO_SESSION)
    return EditingSessionsModule(
        EditingSession(pk=NO_SESSION, user=user),
        reverse("wagtailadmin_editing_sessions:ping", args=args),
        reverse("wagtailadmin_editing_sessions:release", args=[NO_SESSION]),
        [],
    )


def sentence_about(annotations: Sequence[Annotation], user: Any) -> str:  # noqa: ANN401  # any user model
    """Name the others who are at one of these annotations; empty where nobody is."""
    sessions = EditingSession.objects.available().filter(
        content_type=ContentType.objects.get_for_model(Annotation),
        object_id__in=[str(one.pk) for one in annotations],
    )
    others = {each.user for each in sessions.exclude(user=user).select_related("user")}
    if not others:
        return ""
    names = sorted(get_user_display_name(each) for each in others)
    return _("Now also here: %(names)s") % {"names": ", ".join(names)}
