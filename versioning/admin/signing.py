"""Co-signing in the admin: the reviewers' desk, the form, and where each department stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from wagtail.admin import messages
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from versioning import permissions
from versioning.admin.base import PER_PAGE, VersionAdminView
from versioning.forms import SignForm, add_errors
from versioning.models import Signature, Verdict, Version
from versioning.outlines import changes_between
from versioning.services.signing import (
    ask_for_signatures,
    asked_departments,
    refuse_to_sign,
    sentence_of,
    sign_version,
    to_be_asked,
)
from versioning.services.signing_state import (
    asked_of,
    groups_of,
    own_states,
    signing_state,
    waiting_for,
)
from versioning.views.signing import SignBox, boxes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from versioning.services.signing_state import DepartmentState

ON_THE_HOME = 10
"""So many versions stand on the first page of the admin; the others are counted."""


class SigningDeskView(WagtailAdminTemplateMixin, View):
    """What waits for the departments of whoever looks, and what they signed."""

    template_name = "versioning/admin/signing_desk.html"
    page_title = gettext_lazy("Co-signing")
    header_icon = "edit"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List what waits, the oldest first, and one page of what was signed."""
        waiting = waiting_for(request.user)
        said = Signature.objects.filter(signed_by=request.user)  # type: ignore[misc]  # signed in
        said = said.select_related("version__page", "version__locale").order_by("-signed_at", "-pk")
        paginator = Paginator(said, PER_PAGE)
        listed = paginator.get_page(request.GET.get("p"))
        context = self.get_context_data(
            waiting=rows_of(waiting[:PER_PAGE]),
            number=len(waiting),
            more=max(len(waiting) - PER_PAGE, 0),
            is_member=bool(groups_of(request.user)),
            listed=listed,
            elided_page_range=paginator.get_elided_page_range(listed.number),
        )
        return self.render_to_response(context)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead from the home of the admin to here."""
        return [*self.breadcrumbs_items, {"url": "", "label": _("Co-signing")}]


class WaitingSignaturesPanel(Component):
    """What waits to be signed, on the first page of the admin."""

    name = "synopse_signing"
    template_name = "versioning/admin/signing_panel.html"
    order = 118

    class Media:
        css = {"all": ["versioning/admin.css"]}

    def __init__(self, request: HttpRequest) -> None:
        """Look for whom the panel is."""
        self.waiting = waiting_for(request.user)

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:  # noqa: ANN401  # Wagtail's signature
        """Add the oldest of them and their number."""
        number = len(self.waiting)
        heading = ngettext(
            "%(number)d signature of yours is missing",
            "%(number)d signatures of yours are missing",
            number,
        ) % {"number": number}
        return {"waiting": rows_of(self.waiting[:ON_THE_HOME]), "heading": heading}


class SignView(VersionAdminView):
    """Say for a department what it says about a version."""

    template_name = "versioning/admin/sign.html"
    page_title = gettext_lazy("Co-sign")
    header_icon = "edit"

    def get(self, request: HttpRequest, **_kwargs: int) -> HttpResponse:
        """Show a form for each department of whoever looks."""
        if not self.states():
            raise PermissionDenied
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, **_kwargs: int) -> HttpResponse:
        """Sign; what is refused stands at the form, with the words that were written."""
        form = SignForm(request.POST)
        department = request.POST.get("department", "")
        if not self.states() and not department:
            raise PermissionDenied
        if form.is_valid():
            try:
                signature = self.sign(form)
            except ValidationError as error:
                add_errors(form, error)
            else:
                messages.success(request, said_words(signature))
                return redirect(self.next_url(form.cleaned_data["next"]))
        if department not in {state.name for state in self.states()}:
            return self.refuse_stranger(form)
        return self.render_to_response(self.get_context_data(form=form))

    def sign(self, form: SignForm) -> Signature:
        """Call the service with what the form holds."""
        names = ("department", "verdict", "remarks", "content_hash")
        return sign_version(
            version=self.version,  # type: ignore[arg-type]  # loaded before
            actor=self.request.user,  # type: ignore[arg-type]  # signed in
            **{name: form.cleaned_data[name] for name in names},
        )

    def refuse_stranger(self, form: SignForm) -> HttpResponse:
        """Say why nobody can sign for a department that the route has no more."""
        for error in form.non_field_errors() or [_("Please fill in the form again.")]:
            messages.error(self.request, error)
        return redirect("synopse_versions:signing")

    def next_url(self, wanted: str) -> str:
        """Return to the page from which somebody signed, where it is one of ours."""
        allowed = {self.request.get_host()}
        secure = self.request.is_secure()
        if wanted and url_has_allowed_host_and_scheme(wanted, allowed, require_https=secure):
            return wanted
        return reverse("synopse_versions:signing")

    def states(self) -> list[DepartmentState]:
        """Return where the departments of whoever looks stand."""
        assert self.version is not None  # noqa: S101  # loaded before
        return own_states(self.request.user, self.version)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the forms, or why nothing can be signed any more."""
        states = self.states()
        boxes = boxes_of(states, sent=kwargs.get("form"))
        newest = Version.objects.newest_of(self.page)
        return super().get_context_data(
            boxes=with_changes(boxes),
            closed=closed_words(self.version),  # type: ignore[arg-type]  # loaded before
            newest=newest,
            **kwargs,
        )


class SignaturesView(VersionAdminView):
    """Where each department stands with a version, and asking them for their signatures."""

    template_name = "versioning/admin/signatures.html"
    page_title = gettext_lazy("Co-signing")
    header_icon = "edit"

    def post(self, request: HttpRequest, **_kwargs: int) -> HttpResponse:
        """Tell the departments that the version waits for them."""
        permissions.require(request.user, "ask_for_signatures", self.page)
        try:
            names = ask_for_signatures(version=self.version, actor=request.user)  # type: ignore[arg-type]  # signed in
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            text = _("Asked for their signatures: %(departments)s. Their members get an e-mail.")
            messages.success(request, text % {"departments": ", ".join(names)})
        return redirect(request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the departments, what they said before, and whether somebody can be asked."""
        assert self.version is not None  # noqa: S101  # loaded before
        states = signing_state(self.version)
        asked = asked_departments(self.version)
        groups = groups_of(self.request.user)
        own = [state.name for state in states if state.department.group in groups]
        is_open = not closed_words(self.version)
        said = Signature.objects.filter(version=self.version).select_related("signed_by")
        return super().get_context_data(
            departments=[
                {
                    "state": state,
                    "sentence": sentence_of(state),
                    "asked": asked.get(state.name),
                    "may_sign": is_open and state.name in own,
                }
                for state in states
            ],
            is_open=is_open,
            can_ask=is_open and bool(to_be_asked(states, asked)),
            **self.listed(said.order_by("-signed_at", "-pk")),
            **kwargs,
        )


def closed_words(version: Version) -> str:
    """Say why a version can't be signed; nothing where it can."""
    try:
        refuse_to_sign(version)
    except ValidationError as error:
        return str(error.messages[0])
    return ""


def rows_of(states: Sequence[DepartmentState]) -> list[dict[str, Any]]:
    """Return what waits as the desk lists it: in how many changes, and since when asked."""
    changes = changes_between([(s.before.version, s.version) for s in states if s.before])
    asked = asked_of([state.version for state in states])
    return [
        {
            "state": state,
            "version": state.version,
            "changes": _changes_of(state, changes),
            "asked": asked.get(state.version.pk, {}).get(state.name),
        }
        for state in states
    ]


def with_changes(boxes: Sequence[SignBox]) -> list[dict[str, Any]]:
    """Return forms with the number of changes since the department last said something."""
    pairs = [(box.state.before.version, box.state.version) for box in boxes if box.state.before]
    changes = changes_between(pairs)
    return [{"box": box, "changes": _changes_of(box.state, changes)} for box in boxes]


def said_words(signature: Signature) -> str:
    """Say what was stored, and what comes next."""
    words = {"department": signature.department, "number": signature.version.number}
    if signature.verdict == Verdict.REFUSED:
        return (
            _(
                "%(department)s refuses to sign version %(number)d. The editors are told. You can "
                "change it until the version is handed over."
            )
            % words
        )
    return (
        _(
            "%(department)s has signed version %(number)d. You can change it until the version is "
            "handed over."
        )
        % words
    )


def _changes_of(state: DepartmentState, changes: dict[tuple[int, int], int]) -> int | None:
    if state.before is None:
        return None
    return changes.get((state.before.version_id, state.version.pk))
