"""Wagtail's comparison of revisions shows versioned fields by our engine."""

from __future__ import annotations

import html
import re

import pytest
from django.urls import reverse

from tests.factories import make_draft, make_user, publish, set_html, site_root
from tests.testapp.models import CharterPage
from versioning import revision_comparison
from versioning.core.marks import NAMES
from versioning.panels import VersionedFieldPanel
from versioning.presentation import FORMATS

pytestmark = pytest.mark.django_db

WAYS = "Die Stadt baut bis zum Jahr 2030 neue Radwege in allen zwölf Bezirken."
DATA = "Offene Daten der Verwaltung helfen Vereinen, Forschung und kleinen Unternehmen."
LOT = "Ein Rat aus zufällig gelosten Menschen begleitet jede größere Entscheidung."


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


@pytest.fixture
def charter(root) -> CharterPage:
    page = site_root().add_child(
        instance=CharterPage(title="Charta", slug="charta", body="", live=False)
    )
    publish(page, html=paragraphs(WAYS, DATA, LOT))
    return CharterPage.objects.get(pk=page.pk)


@pytest.fixture
def boss(client):
    user = make_user("superuser")
    client.force_login(user)
    return user


def saved(page, body: str):
    set_html(page, body)
    return page.save_revision(clean=False)


def compared(client, page, old="live", new="latest") -> str:
    url = reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, old, new])
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def words(shown: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", shown)).split())


def test_words_are_compared_within_their_paragraph(charter, client, boss):
    saved(charter, paragraphs(WAYS.replace("neue", "breite"), DATA, LOT))
    shown = compared(client, charter)
    assert '<del class="syn-del"><span class="w-sr-only"> gestrichen: </span>neue' in shown
    assert '<ins class="syn-ins"><span class="w-sr-only"> eingefügt: </span>breite' in shown
    assert "<summary>2 unveränderte Absätze</summary>" in shown
    assert "admin_words.css" in shown


def test_moves_are_named(charter, client, boss):
    saved(charter, paragraphs(DATA, LOT, WAYS))
    shown = words(compared(client, charter))
    assert "verschoben · 3, vorher: 1" in shown


def test_live_latest_earliest_and_any_revision_can_be_compared(charter, client, boss):
    first = charter.latest_revision_id
    saved(charter, paragraphs(WAYS, LOT))
    for pair in (("live", "latest"), ("earliest", "latest"), (first, "latest")):
        assert "entfallen" in words(compared(client, charter, *map(str, pair)))


def test_equal_revisions_show_no_difference(charter, client, boss):
    assert "syn-revisions" not in compared(client, charter, "live", "live")


def test_streams_are_compared_too_and_other_fields_by_wagtail(client, boss, root):
    draft = make_draft(html=[paragraphs(WAYS, DATA), paragraphs(LOT)])
    publish(draft)
    page = type(draft).objects.get(pk=draft.pk)
    page.title = "Neuer Titel"
    saved(page, [paragraphs(WAYS), paragraphs(LOT, DATA)])
    shown = compared(client, page)
    assert "verschoben" in words(shown)
    assert "Neuer Titel" in shown


def test_what_is_no_text_is_left_to_wagtail(client, boss, root):
    draft = make_draft(html=paragraphs(WAYS))
    publish(draft)
    page = type(draft).objects.get(pk=draft.pk)
    block = page.body.stream_block
    page.body = block.to_python(
        [{"type": "text", "id": child.id, "value": f"<p>{WAYS}</p><p></p>"} for child in page.body]
    )
    page.save_revision(clean=False)
    shown = compared(client, page)
    assert "comparison__child-object" in shown
    assert "syn-revisions" not in shown


def test_hostile_words_stay_words(charter, client, boss):
    evil = "&lt;script&gt;alert(1)&lt;/script&gt; &lt;img src=x onerror=alert(2)&gt; &amp;amp;"
    saved(
        charter, paragraphs(WAYS, f"{DATA} {evil}", f"{evil} {LOT}") + "<script>alert(3)</script>"
    )
    shown = compared(client, charter).partition('<div class="syn-revisions">')[2]
    assert "alert(1)" in shown
    assert "<script>" not in shown.partition("</table>")[0]
    assert "<img" not in shown.partition("</table>")[0]


def test_a_text_that_is_nested_too_deeply_says_so(charter, client, boss):
    saved(charter, "<div>" * 2000 + WAYS + "</div>" * 2000)
    assert "zu tief verschachtelt" in words(compared(client, charter))


def test_more_changes_than_anyone_reads_are_counted(charter, client, boss, monkeypatch):
    monkeypatch.setattr(revision_comparison, "MAX_ROWS", 2)
    saved(charter, paragraphs("Eins.", "Zwei.", "Drei."))
    shown = words(compared(client, charter))
    assert "4 weitere Änderungen werden hier nicht gezeigt." in shown


@pytest.mark.parametrize("role", ["citizen", "moderator", "senate"])
def test_wagtails_own_permission_decides(charter, client, role):
    client.force_login(make_user(role))
    url = reverse("wagtailadmin_pages:revisions_compare", args=[charter.pk, "live", "latest"])
    assert client.get(url).status_code in (302, 403)


def test_the_panel_is_an_ordinary_one_otherwise():
    bound = VersionedFieldPanel("body", heading="Text").bind_to_model(CharterPage)
    assert bound.clone().heading == "Text"
    assert bound.get_form_options()["fields"] == ["body"]


def test_whatever_differs_besides_words_has_a_name_that_people_read():
    assert set(FORMATS) == set(NAMES)
