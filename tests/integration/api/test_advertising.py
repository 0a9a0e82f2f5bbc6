"""What documents say of their containers; on a site of its own, so apart from other tests."""

from __future__ import annotations

import pytest

from cms_pages.services.site_setup import set_up_site
from tests.factories import make_draft, make_process, publish
from tests.integration.api.calls import container, links

pytestmark = pytest.mark.django_db


def test_a_document_with_versions_advertises_its_container_and_nothing_else_does(root, stranger):
    home = set_up_site().home
    draft = make_draft(process=make_process(parent=home))
    version = publish(draft)
    response = stranger.client.get(draft.get_url(), headers={"Host": "localhost:8765"})
    advertised = links(response)["http://www.w3.org/ns/oa#annotationService"]
    assert advertised == {f"http://localhost:8765{container(version)}"}
    assert stranger.get(next(iter(advertised))).json()["total"] == 0
    for url in (home.get_url(), draft.get_parent().get_url(), "/accounts/login/"):
        assert "annotationService" not in stranger.client.get(url).headers.get("Link", "")
