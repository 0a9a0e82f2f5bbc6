"""My page: what one wrote and what became of it, one's data, and the way out."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from annotations import access, own_views, responses
from annotations.models import Annotation, State
from annotations.services import editing, erasing, personal_data

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PER_PAGE = 20
INVALID = HTTPStatus.UNPROCESSABLE_ENTITY


class EraseForm(forms.Form):
    """What shall become of one's words, and who asks for it."""

    words = forms.ChoiceField(
        label=gettext_lazy("What shall become of your contributions?"),
        choices=[
            (
                erasing.KEEP,
                gettext_lazy("They stay, with “deleted account” in place of the name."),
            ),
            (erasing.WITHDRAW, gettext_lazy("They are withdrawn and their words deleted.")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose one.")},
    )
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": gettext_lazy("Please give your password.")},
    )
    name = forms.CharField(
        label=gettext_lazy("The name of your account"),
        help_text=gettext_lazy("So that nothing is deleted by mistake."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's
        """Ask for the password where there is one, else for the name of the account."""
        super().__init__(*args, **kwargs)
        self.user = user
        del self.fields["name" if user.has_usable_password() else "password"]

    def clean_password(self) -> str:
        """Refuse another's hand."""
        if not self.user.check_password(self.cleaned_data["password"]):
            raise ValidationError(_("This is not your password."), code="wrong")
        return ""

    def clean_name(self) -> str:
        """Refuse a slip of the hand."""
        if self.cleaned_data["name"] != self.user.get_username():
            raise ValidationError(_("This is not the name of your account."), code="wrong")
        return ""


@login_required
@never_cache
@require_safe
def my_page(request: HttpRequest) -> HttpResponse:
    """List what one wrote, newest first, with what became of it."""
    rows = (
        personal_data.contributions_of(request.user)
        .select_related("version__page", "passage", "disposition", "root", "reaction")
        .order_by("-created_at", "-pk")
    )
    paging = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "paging": paging,
        "rows": [_row(request, row) for row in paging],
        "is_staff": erasing.is_staff(request.user),
    }
    return render(request, "annotations/my_page.html", context)


@login_required
@never_cache
@require_safe
def my_data(request: HttpRequest) -> HttpResponse:
    """Send all that is known of the account as a file."""
    data = personal_data.export_of(request.user, base_url=responses.base_url(request))
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})
    day = timezone.localdate().isoformat()
    response["Content-Disposition"] = f'attachment; filename="my-data-{day}.json"'
    return response


@login_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Ask whether an account shall be erased (GET), or erase it (POST)."""
    if erasing.is_staff(request.user):
        raise PermissionDenied(_("Accounts of staff are ended by the administration of this site."))
    data = request.POST if request.method == "POST" else None
    form = EraseForm(data, user=request.user, auto_id="erase-%s")
    if data is None or not form.is_valid():
        status = HTTPStatus.OK if data is None else INVALID
        return render(request, "annotations/erase_page.html", {"form": form}, status=status)
    erasing.erase_account(user=request.user, words=form.cleaned_data["words"])
    logout(request)
    return render(request, "annotations/erased.html")


def _row(request: HttpRequest, row: Annotation) -> dict[str, Any]:
    """Return a line of the list; the page of a text that is not public has no link."""
    in_sight = row.state in {State.PUBLIC, State.PENDING}
    readable = in_sight and access.may_read(request, row.version.page)
    answer = row.disposition if row.disposition and row.disposition.public_at else None
    return {
        "annotation": row,
        "url": row.get_absolute_url() if readable else "",
        "answer": answer,
        "reaction": getattr(row, "reaction", None),
        "own": {  # as ``own_acts`` says, without its queries for each line
            "edit": in_sight and row.user_id is not None and editing.is_recent(row),
            "withdraw": own_views.can_withdraw(request.user, row),
            "react": answer is not None and not hasattr(row, "reaction") and not row.is_reply,
        },
    }
