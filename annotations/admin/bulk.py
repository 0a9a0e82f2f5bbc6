"""Acts of moderation on several contributions at once."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.views.bulk_action import BulkAction

from annotations.admin.base import base_url
from annotations.admin.forms import HideForm, ReasonsForm, SpamForm
from annotations.admin.scope import may_moderate, scope_of
from annotations.models import Annotation, State
from annotations.services.moderating import hide_annotation, release_annotation, words_state

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

MOST = 200
"""So many at once; the listing shows fewer."""
DIGITS = 18


class ModerationAction(BulkAction):
    """An act on the chosen contributions; each goes through the service of its own."""

    models = [Annotation]
    template_name = "annotations/admin/bulk.html"
    states: frozenset[str] = frozenset()
    question: Any = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401  # Django's signature
        """Let in moderators."""
        if not may_moderate(request.user):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_actionable_objects(self) -> tuple[list[Annotation], dict[str, list[Annotation]]]:
        """Return what is possible of what was chosen, and what is not."""
        keys = [key for key in self.request.GET.getlist("id") if _is_key(key)][:MOST]
        chosen = scope_of(self.request).rows().filter(pk__in=keys)
        rows = list(chosen.select_related("version__page", "locale").order_by("created_at", "pk"))
        possible = [row for row in rows if row.state in self.states]
        others = [row for row in rows if row.state not in self.states]
        return possible, {"items_with_no_access": others}

    def object_context(self, obj: Annotation) -> dict[str, Any]:
        """Add which state of the words is shown."""
        return {"item": obj, "seen": words_state(obj)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the words of the page."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context |= {"title": self.display_name, "question": self.question, "icon": "view"}
        return context

    def prepare_action(
        self, _objects: list[Annotation], objects_without_access: dict[str, list[Annotation]]
    ) -> None:
        """Say how many are left out; somebody else may have acted on them meanwhile."""
        number = len(objects_without_access["items_with_no_access"])
        if number:
            message = ngettext(
                "%(number)d contribution is left out: this is not possible in its state.",
                "%(number)d contributions are left out: this is not possible in their state.",
                number,
            )
            messages.warning(self.request, message % {"number": number})

    def get_execution_context(self) -> dict[str, Any]:
        """Hand the action itself over."""
        return {"action": self}

    @classmethod
    def execute_action(
        cls,
        objects: list[Annotation],
        action: ModerationAction | None = None,
        **_kwargs: Any,  # noqa: ANN401  # Wagtail's signature
    ) -> tuple[int, int]:
        """Act on one after the other; what a service refuses is said and left out."""
        assert action is not None  # noqa: S101  # see get_execution_context
        done = 0
        for row in objects:
            try:
                action.act(row)
            except ValidationError as error:
                messages.warning(action.request, f"{row}: {' '.join(error.messages)}")
            else:
                done += 1
        return done, 0

    @abstractmethod
    def act(self, row: Annotation) -> None:
        """Call the service."""

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str | None:
        """Say on how many it was done."""
        if not num_parent_objects:
            return None
        return self.said(num_parent_objects)

    @abstractmethod
    def said(self, number: int) -> str:
        """Return what to say."""


class ReleaseAction(ModerationAction):
    """Publish what waits."""

    display_name = gettext_lazy("Release")
    aria_label = gettext_lazy("Release the chosen contributions")
    action_type = "release"
    action_priority = 10
    states = frozenset({State.PENDING})
    question = gettext_lazy("Shall everybody see these contributions?")

    def act(self, row: Annotation) -> None:
        """Call the service."""
        release_annotation(
            annotation=row,
            actor=self.request.user,
            base_url=base_url(self.request),
            seen=self.request.POST.get(f"seen-{row.pk}", ""),
        )

    def said(self, number: int) -> str:
        """Return what to say."""
        return ngettext(
            "%(number)d contribution is public now.",
            "%(number)d contributions are public now.",
            number,
        ) % {"number": number}


class HideAction(ModerationAction):
    """Take contributions out of sight."""

    display_name = gettext_lazy("Hide")
    aria_label = gettext_lazy("Hide the chosen contributions")
    action_type = "hide"
    action_priority = 20
    classes = {"serious"}
    form_class: type[ReasonsForm] = HideForm
    states = frozenset({State.PENDING, State.PUBLIC})
    question = gettext_lazy("Why are these contributions hidden? Each author reads it.")

    def act(self, row: Annotation) -> None:
        """Call the service."""
        assert self.cleaned_form is not None  # noqa: S101  # set before
        hide_annotation(
            annotation=row,
            actor=self.request.user,
            base_url=base_url(self.request),
            **self.cleaned_form.reasons(),
        )

    def said(self, number: int) -> str:
        """Return what to say."""
        return ngettext(
            "%(number)d contribution is hidden now.",
            "%(number)d contributions are hidden now.",
            number,
        ) % {"number": number}


class SpamAction(HideAction):
    """Take contributions for spam."""

    display_name = gettext_lazy("Spam")
    aria_label = gettext_lazy("Take the chosen contributions for spam")
    action_type = "spam"
    action_priority = 30
    form_class = SpamForm
    states = frozenset({State.PENDING, State.PUBLIC, State.HIDDEN})


ACTIONS = (ReleaseAction, HideAction, SpamAction)


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= DIGITS
