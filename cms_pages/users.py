"""Accounts in Wagtail's admin, with the role and department that citizens see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import CreateView, EditView, UserViewSet

from annotations.services.officials import (
    DEPARTMENT_LIMIT,
    ROLE_LIMIT,
    reset_official_role,
    set_official_role,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class RoleFields(forms.Form):
    """Asks in which capacity an account speaks; only for accounts that may open the admin."""

    official_role = forms.CharField(
        label=_("Role that everybody sees"),
        required=False,
        max_length=ROLE_LIMIT,
        help_text=_(
            "It stands beside everything that this account writes from now on. If it is empty, "
            "the names of its groups stand there."
        ),
    )
    official_department = forms.CharField(
        label=_("Department that everybody sees"), required=False, max_length=DEPARTMENT_LIMIT
    )
    instance: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Show what is set now."""
        super().__init__(*args, **kwargs)
        own = getattr(self.instance, "official_role", None)
        if own is not None:
            self.initial.update(official_role=own.role, official_department=own.department)

    def clean(self) -> dict[str, Any] | None:
        """Refuse a role for accounts that do not work here."""
        cleaned = super().clean()
        if self.cleaned_data.get("official_role") and not self._will_be_staff():
            message = _("Only accounts that may open the admin can have a visible role.")
            self.add_error("official_role", forms.ValidationError(message, code="citizen"))
        return cleaned

    def _will_be_staff(self) -> bool:
        if self.cleaned_data.get("is_superuser", self.instance.is_superuser):
            return True
        right = Permission.objects.filter(
            content_type__app_label="wagtailadmin", codename="access_admin"
        )
        groups = self.cleaned_data.get("groups") or []
        return right.filter(group__in=groups).exists()

    def save_role(self, user: User, *, actor: User) -> None:
        """Store the role, once the account and its groups are stored."""
        fresh = get_user_model()._default_manager.get(pk=user.pk)
        role = self.cleaned_data["official_role"]
        if role:
            department = self.cleaned_data["official_department"]
            set_official_role(user=fresh, role=role, department=department, actor=actor)
        else:
            reset_official_role(user=fresh)


class AccountCreationForm(RoleFields, UserCreationForm):
    """A new account."""


class AccountEditForm(RoleFields, UserEditForm):
    """An account that exists."""


class SavesRole:
    """Store the role with the account, in the same transaction."""

    form: Any
    request: Any

    def save_instance(self) -> User:
        """Save the account, then its role."""
        user: User = super().save_instance()  # type: ignore[misc]  # of Wagtail's views
        self.form.save_role(user, actor=self.request.user)
        return user


class AccountCreateView(SavesRole, CreateView):
    """Make an account."""


class AccountEditView(SavesRole, EditView):
    """Change an account."""


class AccountViewSet(UserViewSet):
    """Wagtail's administration of accounts with two fields more."""

    add_view_class = AccountCreateView
    edit_view_class = AccountEditView
    create_template_name = "cms_pages/admin/user_create.html"
    edit_template_name = "cms_pages/admin/user_edit.html"

    def get_form_class(self, for_update: bool = False) -> type[forms.Form]:
        """Return the form with the fields for the role."""
        return AccountEditForm if for_update else AccountCreationForm
