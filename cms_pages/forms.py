"""Forms of the strategy site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page
from wagtail.permissions import policy_registry

from annotations.forms import is_too_quick, stamp
from cms_pages.core.documents import IMPORTED_SUFFIXES, open_document
from cms_pages.models import ParticipationProcessPage, ProblemReport
from versioning.core.markup import UnreadableText
from versioning.core.reading import UnreadableFile

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User
    from django.core.files.uploadedfile import UploadedFile

MAX_UPLOAD = 10 * 1024 * 1024


class ImportForm(forms.Form):
    """Takes the file of a text for a draft that exists."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "Word (.docx), OpenDocument (.odt), Markdown (.md), HTML (.html) or a list of blocks "
            "(.json), at most 10 MB. A heading of the first level begins a chapter."
        ),
        widget=forms.FileInput(attrs={"accept": ",".join(IMPORTED_SUFFIXES)}),
    )
    changes = forms.ChoiceField(
        label=_("Tracked changes"),
        help_text=_("Only where the file was written in Word or LibreOffice with “Track changes”."),
        choices=[
            ("accept", _("accept all: the text as it shall become")),
            ("refuse", _("refuse all: the text as it was before")),
        ],
        initial="accept",
        required=False,
        widget=forms.RadioSelect,
    )

    @property
    def refuses_changes(self) -> bool:
        """Whether tracked changes are to be refused."""
        return bool(self.cleaned_data.get("changes") == "refuse")

    def clean_file(self) -> tuple[str, bytes]:
        """Read the file; what is wrong with it is said at the field.

        Returns:
            Its name and its bytes.
        """
        upload: UploadedFile = self.cleaned_data["file"]
        if (upload.size or 0) > MAX_UPLOAD:
            raise forms.ValidationError(_("The file is larger than 10 MB."), code="too_large")
        source = upload.name or "", upload.read()
        try:
            refuse = self.data.get("changes") == "refuse"
            open_document(source, refuse_changes=refuse, is_upload=True)
        except UnreadableFile as error:
            params = {key: _translated(value) for key, value in error.params.items()}
            raise forms.ValidationError(gettext(error.template), "unreadable", params) from error
        except UnreadableText as error:
            raise forms.ValidationError(gettext(str(error)), "unreadable") from error
        return source


class NewDraftForm(ImportForm):
    """Takes the file of a text for a new draft, its process and its title."""

    parent = forms.ModelChoiceField(
        label=_("Process"), queryset=ParticipationProcessPage.objects.none(), empty_label=None
    )
    title = forms.CharField(label=_("Title of the draft"), max_length=255)
    field_order = ["parent", "title", "file", "changes"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Offer the processes under which the user may make pages."""
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = processes_for(user)  # type: ignore[attr-defined]  # of choices


def processes_for(user: User | AnonymousUser) -> Any:  # noqa: ANN401  # a PageQuerySet has no types
    """Return the processes under which somebody may make drafts."""
    policy = policy_registry.get_by_type(Page)
    allowed = policy.instances_user_has_permission_for(user, "add")
    return ParticipationProcessPage.objects.filter(pk__in=allowed.values("pk")).order_by("title")


class ProblemReportForm(forms.ModelForm):
    """Takes a report about any page; machines are kept away by two questions no person sees."""

    website = forms.CharField(
        label=_("please leave empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    started = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = ProblemReport
        fields = ["kind", "text", "page_url", "email"]
        widgets = {
            "kind": forms.RadioSelect,
            "text": forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }
        labels = {
            "kind": _("What is it about?"),
            "text": _("What happened?"),
            "page_url": _("On which page?"),
            "email": _("E-mail address (optional)"),
        }
        help_texts = {
            "page_url": _("The address of the page, or its name."),
            "email": _("Only if you want an answer. Nobody else sees it."),
        }
        error_messages = {
            "kind": {"required": _("Please choose what it is about.")},
            "text": {"required": _("Please describe what happened.")},
            "email": {
                "invalid": _("This is not an e-mail address. It looks like name@example.org.")
            },
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Offer what is no content, none chosen, and remember when the form was shown.

        Content has a form of its own, with receipt, decision and appeal; reports of it that came
        by this one before stay as they are.
        """
        super().__init__(*args, **kwargs)
        content = ProblemReport.Kind.CONTENT
        kinds = [kind for kind in ProblemReport.Kind.choices if kind[0] != content]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["started"].initial = stamp
        self.fields["email"].widget.attrs["aria-describedby"] = "id_email_helptext"

    def clean_website(self) -> str:
        """Refuse what only machines fill in."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Please leave this field empty."), code="honeypot")
        return ""

    def clean(self) -> dict[str, Any]:
        """Refuse what was sent faster than anybody writes."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if is_too_quick(self.data.get("started", "")):
            raise forms.ValidationError(
                _("That was very quick. Your text is still here: please send it once more."),
                code="too_fast",
            )
        return cleaned


def _translated(value: object) -> object:
    return gettext(value) if isinstance(value, str) and value else value
