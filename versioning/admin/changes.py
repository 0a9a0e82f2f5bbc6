"""The changes of a version in Wagtail's admin, by paragraphs, and giving them reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from versioning import permissions
from versioning.admin.base import PER_PAGE, VersionAdminView
from versioning.change_groups import ChangeGroup, add_context, groups_of, pages_of
from versioning.comparisons import change_url
from versioning.doors import ChangeReason, is_explained, reasons_of
from versioning.forms import ExplainForm, add_errors, asking_words
from versioning.models import Change, Submission
from versioning.presentation.lineage import runs_with_words
from versioning.services.changes import explain_changes, unexplained_in
from versioning.services.progress import asking_steps

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from versioning.models import GateStep


class ChangesView(VersionAdminView):
    """The changes of a version, and a form that gives many of them one reason."""

    template_name = "versioning/admin/changes.html"
    page_title = gettext_lazy("Changes")

    def post(self, request: HttpRequest, **_kwargs: int) -> HttpResponse:
        """Give the chosen changes one reason."""
        permissions.require(request.user, "explain_changes", self.page)
        form = ExplainForm(request.POST, steps=self.asking())
        if form.is_valid():
            try:
                number = explain_changes(
                    changes=self.chosen(form),
                    reason=self.words(form),
                    actor=request.user,  # type: ignore[arg-type]  # signed in
                    step=form.step(),
                )
            except ValidationError as error:
                add_errors(form, error)
            else:
                text = ngettext(
                    "%(number)d change now has a reason.",
                    "%(number)d changes now have a reason.",
                    number,
                )
                messages.success(request, text % {"number": number})
                return redirect(request.get_full_path())
        return self.render_to_response(self.get_context_data(form=form))

    def words(self, form: ExplainForm) -> str:
        """Return the reason in the language of the version, since it is shown beside it."""
        with translation.override(self.version.locale.language_code if self.version else None):
            return form.words()

    def asking(self) -> list[GateStep]:
        """Return the bodies that asked for changes, where these can still be given reasons."""
        if self.version is None or not permissions.can(
            self.request.user, "explain_changes", self.page
        ):
            return []
        later = Submission.objects.filter(
            version__page=self.page.pk, version__number__gte=self.version.number
        )
        return [] if later.exists() else asking_steps(self.page)

    def missing(self) -> list[Change]:
        """Return all changes of the version for which nobody has given a reason."""
        return list(unexplained_in([self.version]).select_related("version"))  # type: ignore[list-item]  # there is one

    def chosen(self, form: ExplainForm) -> list[Change]:
        """Return the changes that were ticked, one by one or by paragraph, or all of a list."""
        if form.step() is not None and "missing" in self.request.POST:
            return self.missing()
        whole, single = self.ticked("group"), self.ticked("change")
        every = form.cleaned_data["every"]
        found = []
        for group in self.groups():
            listed = {place.change.pk for place in group.listed}
            for change in (place.change for place in group.places):
                is_meant = every or group.key in whole
                if change.pk in single or (is_meant and change.pk in listed):
                    found.append(change)
        return found

    def ticked(self, name: str) -> set[int]:
        """Return the keys that the form sent under a name."""
        return {int(key) for key in self.request.POST.getlist(name) if key.isdecimal()}

    def groups(self) -> list[ChangeGroup]:
        """Return the changes that the filter leaves by paragraph, each with its reasons."""
        changes = list(Change.objects.filter(version=self.version).select_related("version"))
        reasons = reasons_of(changes)
        for change in changes:
            change.reasons = reasons[change.pk]  # type: ignore[attr-defined]  # for the template
            change.explained = is_explained(reasons[change.pk])  # type: ignore[attr-defined]  # see above
        groups = groups_of(self.version, changes) if self.version else []
        for group in groups:
            group.listed = [
                place
                for place in group.places
                if not (self.only_missing and place.change.explained)  # type: ignore[attr-defined]  # set above
            ]
        return [group for group in groups if group.listed]

    @property
    def only_missing(self) -> bool:
        """Whether only changes without a reason are asked for."""
        return self.request.GET.get("reasons") == "missing"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the paragraphs of one page and the form."""
        groups = self.groups()
        asking = self.asking()
        kwargs.setdefault("form", ExplainForm(steps=asking))
        paginator = Paginator(pages_of(groups, PER_PAGE), 1)
        listed = paginator.get_page(self.request.GET.get("p"))
        shown = [group for page in listed for group in page]
        add_context(shown)
        return super().get_context_data(
            listed=listed,
            elided_page_range=paginator.get_elided_page_range(listed.number),
            groups=[self.shown(group) for group in shown],
            total=sum(len(group.listed) for group in groups),
            only_missing=self.only_missing,
            asking=[(step, asking_words(step)) for step in asking],
            missing=len(self.missing()) if asking else 0,
            **kwargs,
        )

    def shown(self, group: ChangeGroup) -> dict[str, Any]:
        """Return a paragraph as its template shows it."""
        single = self.ticked("change")
        places = [
            {
                "change": place.change,
                "words": runs_with_words(place.runs()),
                "url": change_url(place.change),
                "is_ticked": place.change.pk in single,
            }
            for place in group.listed
        ]
        missing = sum(not place.change.explained for place in group.listed)  # type: ignore[attr-defined]  # set in groups()
        return {
            "key": group.key,
            "number": group.number,
            "category": group.category,
            "formats": ", ".join(dict.fromkeys(_formats(group))),
            "words": runs_with_words(group.runs()),
            "is_shortened": group.is_shortened,
            "places": places,
            "missing": missing,
            "is_mixed": 0 < missing < len(places),
            "reasons": _reasons(group),
            "is_ticked": group.key in self.ticked("group"),
        }


def _formats(group: ChangeGroup) -> list[str]:
    return [name for place in group.places for name in place.change.format.split(", ") if name]


def _reasons(group: ChangeGroup) -> list[ChangeReason]:
    """Return the reasons of the listed changes, none twice."""
    found = (reason for place in group.listed for reason in place.change.reasons)  # type: ignore[attr-defined]  # set in groups()
    return list(dict.fromkeys(found))
