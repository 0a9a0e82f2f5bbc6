"""Forms of Wagtail's page editor, as a browser sends them for a page of the test app."""

from __future__ import annotations

from functools import lru_cache

from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, rich_text

from tests.testapp.models import CharterPage


def url_of(page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def stored(page) -> CharterPage:
    return CharterPage.objects.get(pk=page.pk)


def draft(page) -> str:
    return stored(page).get_latest_revision_as_object().body


def loaded(page) -> dict[str, str]:
    """What the editor's form remembers of the draft that it shows."""
    latest = stored(page).latest_revision
    return {
        "loaded_revision_id": str(latest.pk),
        "loaded_revision_created_at": latest.created_at.isoformat(),
    }


as_sent = lru_cache(rich_text)
"""What the browser sends for a text; asked twice, the keys of its blocks are the same."""


def form(page, html: str, **more: str) -> dict[str, str]:
    return nested_form_data(
        {
            "title": page.title,
            "slug": page.slug,
            "body": as_sent(html),
            "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0},
            "seo_title": "",
            "search_description": "",
            "version_label": "",
            "version_summary": "",
            "version_kind": "substantive",
            **more,
        }
    )
