"""Wagtail's app of accounts, with our administration of them."""

from wagtail.users.apps import WagtailUsersAppConfig


class AccountsAppConfig(WagtailUsersAppConfig):
    """Takes the place of ``wagtail.users`` in ``INSTALLED_APPS``."""

    user_viewset = "cms_pages.users.AccountViewSet"
