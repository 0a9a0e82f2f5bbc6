"""What people can grant to a group in Wagtail's own form."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from annotations.permissions import grantable as of_annotations
from cms_pages.permissions import ROLES
from cms_pages.services.site_setup import set_up_site
from versioning.permissions import RULES
from versioning.permissions import grantable as of_versions

pytestmark = pytest.mark.django_db
OURS = ("synopse_versioning.", "synopse_annotations.")


def offered():
    found = [*of_versions(), *of_annotations()]
    return {f"{each.content_type.app_label}.{each.codename}" for each in found}


def test_every_right_of_a_role_can_be_granted_by_hand():
    rights = {name for role in ROLES for name in role.permissions if name.startswith(OURS)}
    assert rights <= offered()
    assert "synopse_versioning.change_passage" in offered()
    assert "withhold" in RULES


def test_the_form_for_groups_offers_them(admin_client):
    set_up_site()
    group = Group.objects.get(name="Redaktion")
    form = admin_client.get(reverse("wagtailusers_groups:edit", args=[group.pk]))
    html = form.content.decode()
    for permission in [*of_versions(), *of_annotations()]:
        assert f'value="{permission.pk}"' in html, permission
