"""The pages that the law asks for: linked everywhere, and missed where they are missing."""

from datetime import timedelta

import pytest
from django.core.checks import run_checks
from django.utils import timezone

from cms_pages.models import StandardPage
from cms_pages.models.standard import StandardRole
from cms_pages.services.site_setup import set_up_site
from tests.factories.annotations import open_version
from tests.support import forget

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]
ROLES = [role for role in StandardRole if role]


@pytest.fixture
def home():
    return set_up_site().home


def warnings():
    found = run_checks(databases=["default"])
    return sorted((each.id, each.msg) for each in found if each.id.startswith("synopse_pages.W"))


def add(home, role, title):
    page = home.add_child(instance=StandardPage(title=title, slug=role, role=role, live=False))
    page.save_revision().publish()
    return page


def test_every_page_links_the_pages_that_the_law_asks_for(home, client):
    add(home, "easy_language", "Leichte Sprache")
    add(home, "sign_language", "Gebärdensprache")
    forget()
    pages = StandardPage.objects.child_of(home).live()
    assert {page.role for page in pages} == set(ROLES)

    for url in ("/de/", open_version().page.get_url(), "/accounts/login/", "/de/gibt-es-nicht/"):
        footer = client.get(url).content.decode().partition("<footer")[2]
        for page in pages:
            assert f'href="{page.get_url()}"' in footer, (url, page.role)


def test_a_check_names_pages_that_are_missing(home):
    assert [text for _id, text in warnings()] == [
        "No page with the role “easy_language” is public.",
        "No page with the role “sign_language” is public.",
    ]
    StandardPage.objects.child_of(home).get(role="imprint").unpublish()
    StandardPage.objects.filter(role="imprint").update(live=False)

    assert ("synopse_pages.W001", "No page with the role “imprint” is public.") in warnings()


def test_a_check_names_a_statement_that_is_older_than_a_year(home):
    def published(days):
        moment = timezone.now() - timedelta(days=days)
        StandardPage.objects.filter(role="accessibility").update(last_published_at=moment)
        return [each for each, _text in warnings()]

    assert "synopse_pages.W002" not in published(364)
    assert "synopse_pages.W002" in published(366)


def test_checks_without_the_database_say_nothing_of_it(home):
    assert not [each for each in run_checks() if each.id.startswith("synopse_pages.")]
