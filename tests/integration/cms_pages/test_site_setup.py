"""Setting a site up."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from wagtail.models import GroupPagePermission, Locale, Page, Site

from cms_pages.models import StandardPage
from cms_pages.permissions import ROLES
from cms_pages.services.site_setup import record_address, set_up_site
from tests.factories import UserFactory, make_draft, make_process
from versioning import permissions as version_permissions

pytestmark = pytest.mark.django_db


def state():
    return (
        list(Page.objects.order_by("path").values_list("path", "title", "slug", "live")),
        list(Group.objects.order_by("name").values_list("name", "permissions")),
        GroupPagePermission.objects.count(),
        Locale.objects.count(),
    )


def test_a_new_site_gets_home_and_standard_pages_in_both_languages():
    done = set_up_site()
    assert [home.locale.language_code for home in done.homes] == ["de", "en"]
    assert all(home.live for home in done.homes)
    assert Site.objects.get().root_page.specific == done.home
    assert done.homes[1].translation_key == done.home.translation_key
    for home in done.homes:
        roles = StandardPage.objects.child_of(home).live().values_list("role", flat=True)
        assert set(roles) == {"imprint", "privacy", "accessibility"}


def test_a_new_site_has_its_own_roles_alone():
    home = set_up_site().home
    assert set(Group.objects.values_list("name", flat=True)) == {role.group for role in ROLES}
    assert not home.has_workflow


def test_a_group_that_has_members_stays():
    editors = Group.objects.get(name="Editors")
    editors.user_set.add(UserFactory())
    set_up_site()
    assert Group.objects.filter(pk=editors.pk).exists()


def test_setting_up_twice_changes_nothing():
    set_up_site()
    before = state()
    set_up_site()
    assert state() == before


def test_what_editors_changed_stays():
    home = set_up_site().home
    page = StandardPage.objects.get(role="imprint", locale=home.locale)
    page.body = "<p>Stadt Spreehafen</p>"
    page.save_revision().publish()
    set_up_site()
    assert StandardPage.objects.get(pk=page.pk).body == "<p>Stadt Spreehafen</p>"


def test_a_welcome_page_that_somebody_uses_is_left_alone():
    welcome = Site.objects.get().root_page
    make_process(parent=welcome)
    done = set_up_site()
    assert done.home is None
    assert Site.objects.get().root_page == welcome
    assert Group.objects.filter(name="Redaktion").exists()


def test_the_untouched_welcome_page_is_replaced():
    welcome = Site.objects.get().root_page
    set_up_site()
    assert not Page.objects.filter(pk=welcome.pk).exists()


def test_an_address_is_recorded_with_its_port():
    site = record_address(hostname="127.0.0.1", port=8123)
    assert site.root_url == "http://127.0.0.1:8123"


def test_a_new_site_gets_the_address_of_the_settings_and_keeps_it(settings):
    settings.WAGTAILADMIN_BASE_URL = "https://strategie.example.org"
    call_command("set_up_site", stdout=StringIO())
    assert Site.objects.get().root_url == "https://strategie.example.org"
    settings.WAGTAILADMIN_BASE_URL = "https://other.example.org"
    call_command("set_up_site", stdout=StringIO())
    assert Site.objects.get().root_url == "https://strategie.example.org"


def member(group):
    user = UserFactory()
    user.groups.add(Group.objects.get(name=group))
    return user


RIGHTS = {
    # group: admin, edit, publish, translate, submit, decide, dispose, moderate, settle
    "Redaktion": (True, True, True, True, True, False, True, False, True),
    "Prüfung": (True, False, False, False, False, False, False, False, False),
    "Moderation": (True, False, False, False, False, False, False, True, True),
    "Senat": (True, False, False, False, True, True, False, False, False),
}


@pytest.mark.parametrize("group", RIGHTS)
def test_each_role_may_do_what_the_table_says_and_no_more(group):
    home = set_up_site().home
    draft = make_draft(process=make_process(parent=home))
    user = member(group)
    rights = draft.permissions_for_user(user)
    assert (
        user.has_perm("wagtailadmin.access_admin"),
        rights.can_edit(),
        rights.can_publish(),
        user.has_perm("wagtail_localize.submit_translation"),
        version_permissions.can(user, "submit_version", draft),
        version_permissions.can(user, "record_decision", draft),
        user.has_perm("synopse_annotations.dispose_annotation"),
        user.has_perm("synopse_annotations.moderate_annotation"),
        user.has_perm("synopse_pages.change_problemreport"),
    ) == RIGHTS[group]
    assert version_permissions.can(user, "view_versions", draft)
    assert not version_permissions.can(user, "withhold", draft)
    assert not user.has_perm("auth.change_user")


def test_editors_may_edit_the_pages_of_every_language():
    done = set_up_site()
    user = member("Redaktion")
    assert all(home.permissions_for_user(user).can_publish() for home in done.homes)


def test_every_role_of_the_table_becomes_a_group():
    set_up_site()
    assert set(RIGHTS) == {role.group for role in ROLES}
