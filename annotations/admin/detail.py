"""One annotation: the passage, the words then and now, the thread, the answer, the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.widgets.button import HeaderButton

from annotations import permissions
from annotations.admin import links, presence, showing
from annotations.admin.base import AnnotationAdminView, title_of
from annotations.admin.forms import NoteForm
from annotations.admin.listing import waiting_in
from annotations.admin.lists import next_of
from annotations.admin.scope import scope_of, visible_annotation
from annotations.admin.suggesting import suggestion_of
from annotations.admin.tables import is_open
from annotations.models import (
    Disposition,
    DispositionEvent,
    ModerationEvent,
    ModeratorNote,
    Reaction,
    Source,
    State,
)
from annotations.presentation.cards import change_url, edit_of
from annotations.presentation.paging import page_of_thread
from annotations.services.correcting_entries import can_correct
from annotations.services.moderating import words_state
from annotations.services.states import HIDDEN_STATES
from annotations.services.watching import word_list

if TYPE_CHECKING:
    from django.http import HttpResponse
    from wagtail.admin.widgets.button import BaseButton

    from annotations.models import Annotation

REPLIES_PER_PAGE = 50


class AnnotationDetailView(AnnotationAdminView, TemplateView):
    """Everything about one annotation, with what the person may do."""

    template_name = "annotations/admin/detail.html"
    page_title = gettext_lazy("Annotation")
    annotation: Annotation

    def load(self, **kwargs: Any) -> HttpResponse | None:  # noqa: ANN401  # from the address
        """Find the annotation; a reply leads to its thread."""
        self.annotation = visible_annotation(self.request, kwargs["pk"])
        root = self.annotation.root
        if self.annotation.is_reply and root is not None:
            return redirect(f"{links.annotation_url(root.pk)}{self.annotation.place_in_thread}")
        return None

    def get_page_subtitle(self) -> str:
        """Name author and first words."""
        return title_of(self.annotation)

    @property
    def header_buttons(self) -> list[BaseButton]:
        """The first thing to do: answer it, or change the answer."""
        url = self._answer_url()
        if not url:
            return []
        if is_open(self.annotation):
            return [HeaderButton(_("Dispose"), url, icon_name="check")]
        buttons = [HeaderButton(_("Change the disposition"), url, icon_name="check")]
        if (following := self._following()) is not None:
            to = links.dispose_url([following], within=self.within)
            buttons.append(HeaderButton(_("Next open one"), to, icon_name="arrow-right"))
        return buttons

    def _following(self) -> int | None:
        """Return what waits next in the list that led here."""
        if not self.within:
            return None
        return next_of(waiting_in(self.request, self.within), after=self.annotation.pk, done=())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add all parts; every one of them is a fixed number of queries."""
        annotation = self.annotation
        page = annotation.version.page
        replies = page_of_thread(self._replies(), self.request.GET, size=REPLIES_PER_PAGE, name="p")
        can_moderate = permissions.can(self.request.user, "moderate", page)
        words = word_list() if can_moderate else None
        for one in (annotation, *replies):
            one.watched = words.found_in(one) if words else []
            one.is_hidden = one.state in HIDDEN_STATES
            one.can_be_hidden = one.state in {State.PUBLIC, State.PENDING}
            one.is_waiting = one.state == State.PENDING
            one.seen = words_state(one)
        sessions = presence.shown_at(annotation, self.request.user)
        return super().get_context_data(
            annotation=annotation,
            marked=showing.marked(annotation),
            edit=edit_of(annotation),
            suggestion=suggestion_of(self.request, annotation),
            editing_sessions=sessions,
            beside=presence.sentence_about([annotation], self.request.user) if sessions else "",
            stands=showing.stands_of(annotation),
            disposition=self._disposition(),
            reaction=self._reaction(),
            see_url=links.see_objections_url([annotation.pk]),
            replies=replies,
            elided_page_range=replies.paginator.get_elided_page_range(replies.number),
            events=self._events([annotation, *replies]),
            answer_url=self._answer_url(),
            is_open=is_open(annotation),
            can_dispose=permissions.can(self.request.user, "dispose", page),
            can_moderate=can_moderate,
            assign_url=links.assign_url([annotation.pk], next_url=self.request.get_full_path()),
            within=self.within,
            correct_url=self._correct_url(),
            notes=self._notes([annotation, *replies]) if can_moderate else (),
            note_form=NoteForm() if can_moderate else None,
            **kwargs,
        )

    def _answer_url(self) -> str:
        """Return the form that answers, or that changes the answer; empty without the right."""
        annotation = self.annotation
        if not permissions.can(self.request.user, "dispose", annotation.version.page):
            return ""
        if annotation.disposition_id and not is_open(annotation):
            return links.disposition_url(annotation.disposition_id, within=self.within)
        if is_open(annotation) and annotation.state != State.PENDING:
            return links.dispose_url([annotation.pk], within=self.within)
        return ""

    def _correct_url(self) -> str:
        """Return the form that mends what staff entered; empty where nothing can be mended."""
        annotation = self.annotation
        is_entered = annotation.source != Source.ONLINE
        if not is_entered or not can_correct(self.request.user, annotation):
            return ""
        return links.correct_url(annotation.pk, within=self.within)

    def _replies(self) -> Any:  # noqa: ANN401  # a queryset of a manager without types
        rows = scope_of(self.request).rows().filter(root=self.annotation.pk)
        return (
            rows.exclude(pk=self.annotation.pk)
            .select_related("reply_to")
            .order_by("created_at", "pk")
        )

    def _reaction(self) -> Reaction | None:
        """Return what the author says to the answer, with who of the editors has seen it."""
        rows = Reaction.objects.filter(annotation=self.annotation)
        return rows.select_related("seen_by").first()

    def _disposition(self) -> Disposition | None:
        """Return the answer with its history; drafts of answers only to those who may see them."""
        rows = Disposition.objects.filter(pk=self.annotation.disposition_id)
        user, page = self.request.user, self.annotation.version.page
        if not permissions.can(user, "see_unpublic", page):
            rows = rows.filter(public_at__isnull=False)
        events = DispositionEvent.objects.select_related("by").order_by("-at", "-pk")
        found = (
            rows.select_related("decided_by")
            .prefetch_related(Prefetch("events", queryset=events), "changes__version")
            .first()
        )
        if found is not None:
            found.group_size = found.annotations.count()  # type: ignore[attr-defined]  # for the template
            found.links = [(change, change_url(change)) for change in found.changes.all()]  # type: ignore[attr-defined]  # see above
        return found

    def _notes(self, rows: list[Annotation]) -> list[ModeratorNote]:
        """Return what moderators have told each other about what is shown."""
        found = ModeratorNote.objects.filter(annotation__in=rows)
        return list(found.select_related("by", "annotation"))

    def _events(self, rows: list[Annotation]) -> list[ModerationEvent]:
        """Return the log of moderation of what is shown, to those who may see it."""
        page = self.annotation.version.page
        if not permissions.can(self.request.user, "see_unpublic", page):
            return []
        found = ModerationEvent.objects.filter(annotation__in=rows)
        return list(found.select_related("by", "annotation").order_by("-at", "-pk"))
