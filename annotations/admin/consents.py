"""The consent texts in Wagtail's admin: all versions to be read, new ones to be written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import CreateView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from annotations.models import Consent, ConsentText
from annotations.services import consents


class OnlyAdded(ModelPermissionPolicy):
    """Nobody changes or deletes a version, administrators neither."""

    def user_has_permission(self, user: Any, action: str) -> bool:  # noqa: ANN401  # any user model
        """Tell whether somebody may read or write versions."""
        return action in {"add", "view"} and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:  # noqa: ANN401  # see above
        """Tell the same of several acts."""
        return any(self.user_has_permission(user, action) for action in actions)


class ConsentTextForm(WagtailAdminModelForm):
    """New words for an act, in one language."""

    act = forms.ChoiceField(label=_("Act"), choices=Consent.choices)
    language = forms.ChoiceField(label=_("Language"), choices=lambda: settings.LANGUAGES)
    text = forms.CharField(
        label=_("Text"),
        max_length=consents.LIMIT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "It stands below the form from now on; older versions are kept. “{name}” stands for "
            "the name of the account."
        ),
    )

    class Meta:
        model = ConsentText
        fields = ["act", "language", "text"]

    def clean(self) -> dict[str, Any]:
        """Refuse the words that stand there already, and what is no text of the act."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            cleaned["text"] = consents.clean_text(cleaned["text"], cleaned["act"])
            now = consents.newest_text(cleaned["act"], cleaned["language"])
            if now == cleaned["text"]:
                message = _("These words stand there already.")
                raise ValidationError({"text": message})
        return cleaned

    def save(self, commit: bool = True) -> ConsentText:
        """Let the service add the version."""
        self.instance = consents.add_version(**self.cleaned_data, actor=self.for_user)
        return self.instance


register_permission_policy(ConsentText, OnlyAdded(ConsentText))


def viewset() -> ConsentTextViewSet:
    """Return what Wagtail registers."""
    return ConsentTextViewSet()


def _page_of(row: ConsentText) -> str:
    return reverse("consenttext:inspect", args=[row.pk])


def _language_of(row: ConsentText) -> str:
    return str(dict(settings.LANGUAGES).get(row.language, row.language))


class AddConsentTextView(CreateView):
    """Writes a version."""

    def get_success_buttons(self) -> list[object]:
        """Offer nothing: a version that is written is not changed."""
        return []


class ConsentTextViewSet(ModelViewSet):
    """Lists the versions; those who may write them do it here."""

    model = ConsentText
    icon = "doc-full"
    menu_label = _("Consent texts")
    add_to_settings_menu = True
    menu_order = 900
    add_view_class = AddConsentTextView
    copy_view_enabled = False
    inspect_view_enabled = True
    list_display = [
        TitleColumn("act", label=_("Act"), accessor="get_act_display", get_url=_page_of),
        Column("language", label=_("Language"), accessor=_language_of, sort_key="language"),
        Column("number", label=_("Version")),
        DateColumn("valid_from", label=_("Valid from")),
        Column("text", label=_("Text"), accessor=lambda row: Truncator(row.text).chars(120)),
    ]
    list_filter = ["act", "language"]
    inspect_view_fields = ["act", "language", "number", "valid_from", "text_hash", "text"]

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        """Return the form that calls the service."""
        return ConsentTextForm
