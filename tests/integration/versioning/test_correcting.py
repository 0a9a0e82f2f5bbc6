"""Editors correct guesses about lineage: in the panel, in the draft, in what is frozen."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, rich_text

from tests.factories import make_user, publish, site_root
from tests.testapp.models import CharterPage
from versioning.comparisons import compare_versions
from versioning.core.corrections import Correction
from versioning.draft_lineage import lineage_of_draft
from versioning.models import Lineage
from versioning.panels import ChangesPanel
from versioning.services.correcting import known_pairs, store_corrections
from versioning.services.withholding import withhold_passage

pytestmark = pytest.mark.django_db

WAYS = "Die Stadt baut bis zum Jahr 2030 neue Radwege in allen zwölf Bezirken."
DATA = "Offene Daten der Verwaltung helfen Vereinen, Forschung und kleinen Unternehmen."
LOT = "Ein Rat aus zufällig gelosten Menschen begleitet jede größere Entscheidung."
PATHS = "Die Stadt baut bis zum Jahr 2031 breite Radwege in allen zwölf Bezirken."
WATER = "Wasser gehört in jeden Hof: Regen soll dort versickern, wo er auf Dächer fällt."


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


def saved(page, *texts: str, corrections=()) -> CharterPage:
    """Save a draft and return it."""
    page.body = paragraphs(*texts)
    page.version_corrections = [item.as_data() for item in corrections]
    page.save_revision()
    return CharterPage.objects.get(pk=page.pk).get_latest_revision_as_object()


def latest(page) -> CharterPage:
    return CharterPage.objects.get(pk=page.pk).get_latest_revision_as_object()


def uid(page, text: str) -> str:
    return str(page.newest_version.passages.get(text=text).uid)


def key(page, text: str) -> str:
    draft = lineage_of_draft(latest(page), [])
    return draft.keys[[passage.text for passage in draft.new].index(text)]


def same(page, old: str, new: str) -> Correction:
    return Correction(page.newest_version.number, uid(page, old), key(page, new), same=True)


def fresh(page, new: str) -> Correction:
    return Correction(page.newest_version.number, "", key(page, new), same=False)


def origins(page) -> dict[str, set[str]]:
    """Return the old words of each passage of the newest version that has some."""
    found: dict[str, set[str]] = {}
    for row in Lineage.objects.filter(new__version=page.newest_version):
        found.setdefault(row.new.text, set()).add(row.old.text)
    return found


def form(page, *texts: str, **more: str) -> dict[str, str]:
    return nested_form_data(
        {
            "title": page.title,
            "slug": page.slug,
            "body": rich_text(paragraphs(*texts)),
            "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0},
            "seo_title": "",
            "search_description": "",
            "version_label": "",
            "version_summary": "",
            "version_kind": "substantive",
            **more,
        }
    )


def edit(client, page, *texts, **more):
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    return client.post(url, form(page, *texts, **more))


def panel(client, page, corrections=None, query=""):
    url = reverse("synopse_versions:draft_changes", args=[page.pk]) + query
    if corrections is None:
        return client.get(url)
    return client.post(url, {"corrections": json.dumps(corrections)})


# What freezing makes of them


def test_a_stated_successor_takes_over_the_uid_and_the_comparison_shows_it(charter):
    saved(charter, PATHS, DATA, LOT, WATER)
    before = uid(charter, WAYS)
    saved(charter, PATHS, DATA, LOT, WATER, corrections=[same(charter, WAYS, WATER)])
    charter.get_latest_revision().publish()

    assert uid(charter, WATER) == before
    assert origins(charter)[WATER] == {WAYS}
    new = charter.newest_version
    rows = compare_versions(new.page.synopse_versions.get(number=1), new).rows
    pairs = {(row.old[0].text, row.new[0].text) for row in rows if row.old and row.new}
    assert (WAYS, WATER) in pairs
    assert (WAYS, PATHS) not in pairs


def test_a_paragraph_that_is_said_to_be_new_is_new_although_it_looks_alike(charter):
    saved(charter, PATHS, DATA, LOT)
    before = uid(charter, WAYS)
    saved(charter, PATHS, DATA, LOT, corrections=[fresh(charter, PATHS)])
    charter.get_latest_revision().publish()

    assert uid(charter, PATHS) != before
    assert PATHS not in origins(charter)
    new = charter.newest_version
    rows = compare_versions(new.page.synopse_versions.get(number=1), new).rows
    assert {row.row.relation for row in rows} == {"kept", "removed", "added"}


def test_a_paragraph_that_is_said_to_be_new_does_not_return_from_an_older_version(charter):
    before = uid(charter, LOT)
    publish(charter, html=paragraphs(WAYS, DATA))
    saved(charter, WAYS, DATA, LOT)
    saved(charter, WAYS, DATA, LOT, corrections=[fresh(charter, LOT)])
    charter.get_latest_revision().publish()
    assert uid(charter, LOT) != before


def test_a_stated_split_and_a_stated_merge_are_stored_as_such(charter):
    saved(charter, PATHS, WATER, f"{DATA} {WATER}")
    both = [same(charter, WAYS, PATHS), same(charter, WAYS, WATER)]
    merged = [same(charter, old, f"{DATA} {WATER}") for old in (DATA, LOT)]
    saved(charter, PATHS, WATER, f"{DATA} {WATER}", corrections=[*both, *merged])
    charter.get_latest_revision().publish()
    assert origins(charter) == {PATHS: {WAYS}, WATER: {WAYS}, f"{DATA} {WATER}": {DATA, LOT}}
    relations = Lineage.objects.filter(new__version=charter.newest_version)
    assert set(relations.values_list("relation", flat=True)) == {"split", "merged"}


def test_a_correction_is_used_up_by_its_version(charter):
    saved(charter, PATHS, DATA, LOT)
    saved(charter, PATHS, DATA, LOT, corrections=[fresh(charter, PATHS)])
    charter.get_latest_revision().publish()

    stored = CharterPage.objects.get(pk=charter.pk)
    assert stored.version_corrections == []
    first = uid(stored, PATHS)
    publish(stored, html=paragraphs(PATHS.replace("breite", "sichere"), DATA, LOT))
    assert uid(stored, PATHS.replace("breite", "sichere")) == first
    assert latest(stored).pending_corrections() == []


def test_a_correction_about_an_older_version_counts_for_nothing(charter):
    saved(charter, PATHS, DATA, LOT)
    stale = fresh(charter, PATHS)
    publish(charter, html=paragraphs(WAYS, DATA))
    saved(charter, PATHS, DATA, corrections=[stale])
    charter.get_latest_revision().publish()
    assert origins(charter)[PATHS] == {WAYS}


@pytest.mark.parametrize("stored", [None, {}, [{"old": "x"}], "x"])
def test_corrections_that_cannot_be_read_count_for_nothing(charter, stored):
    charter.version_corrections = stored
    known = known_pairs(page=charter, version=charter.newest_version, old=[], new=[])
    assert not any(known)


def test_a_schedule_uses_the_corrections_of_its_draft(charter):
    saved(charter, PATHS, DATA, LOT)
    charter.version_corrections = [fresh(charter, PATHS).as_data()]
    moment = timezone.now() - timedelta(minutes=1)
    charter.go_live_at = moment
    charter.save_revision(approved_go_live_at=moment)
    call_command("publish_scheduled")
    assert PATHS not in origins(charter)


def test_a_copy_of_a_page_takes_no_corrections_with_it(charter):
    saved(charter, PATHS, DATA, LOT)
    saved(charter, PATHS, DATA, LOT, corrections=[fresh(charter, PATHS)])
    copied = charter.copy(update_attrs={"slug": "kopie", "title": "Kopie"}, copy_revisions=False)
    assert CharterPage.objects.get(pk=copied.pk).version_corrections == []


# The editor's form


def test_saving_the_draft_stores_what_the_panel_wrote(charter, client, boss):
    edit(client, charter, PATHS, DATA, LOT)
    wanted = [fresh(charter, PATHS).as_data()]
    answer = edit(client, charter, PATHS, DATA, LOT, version_corrections=json.dumps(wanted))
    assert answer.status_code == 302
    draft = latest(charter)
    assert draft.version_corrections == wanted
    page = client.get(reverse("wagtailadmin_pages:edit", args=[charter.pk])).content.decode()
    (field,) = re.findall(r'<input type="hidden" name="version_corrections" value="(.*?)"', page)
    assert json.loads(html.unescape(field)) == wanted


def test_a_form_without_the_field_leaves_the_corrections_alone(charter, client, boss):
    edit(client, charter, PATHS, DATA, LOT)
    saved(charter, PATHS, DATA, LOT, corrections=[fresh(charter, PATHS)])
    edit(client, charter, PATHS, DATA, LOT)
    assert latest(charter).version_corrections


def test_publishing_in_the_editor_follows_the_panel(charter, client, boss):
    edit(client, charter, PATHS, DATA, LOT)
    wanted = json.dumps([fresh(charter, PATHS).as_data()])
    more = {"version_corrections": wanted, "action-publish": "1"}
    edit(client, charter, PATHS, DATA, LOT, **more)
    assert charter.newest_version.number == 2
    assert PATHS not in origins(charter)


@pytest.mark.parametrize("sent", ["{", "7", '[{"old": 1}]', '"[]"'])
def test_what_is_no_list_of_corrections_is_refused_in_words(charter, client, boss, sent):
    answer = edit(client, charter, PATHS, DATA, LOT, version_corrections=sent)
    assert answer.status_code == 200
    assert "Absätze" in answer.content.decode()
    assert latest(charter).body == charter.body


def test_corrections_that_contradict_each_other_are_refused_in_words(charter, client, boss):
    saved(charter, PATHS, DATA, LOT)
    both = [fresh(charter, PATHS), same(charter, WAYS, PATHS)]
    sent = json.dumps([item.as_data() for item in both])
    answer = edit(client, charter, PATHS, DATA, LOT, version_corrections=sent)
    assert "widersprechen" in answer.content.decode()


# The panel


def test_the_editor_offers_the_panel_and_asks_nothing_for_it(charter, client, boss, monkeypatch):
    url = reverse("wagtailadmin_pages:edit", args=[charter.pk])
    client.get(url)
    with CaptureQueriesContext(connection) as with_panel:
        page = client.get(url).content.decode()
    assert reverse("synopse_versions:draft_changes", args=[charter.pk]) in page
    assert "changes_panel.js" in page
    monkeypatch.setattr(ChangesPanel.BoundPanel, "is_shown", lambda panel: False)
    with CaptureQueriesContext(connection) as without:
        assert "data-syn-draft" not in client.get(url).content.decode()
    assert len(with_panel) == len(without)


def test_a_page_that_was_never_published_has_no_panel(root, client, boss):
    page = site_root().add_child(
        instance=CharterPage(title="Neu", slug="neu", body="<p>Neu</p>", live=False)
    )
    shown = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "data-syn-draft" not in shown
    assert "noch keine Fassung" in panel(client, page).content.decode()


def test_the_panel_shows_the_last_saved_draft_with_words_and_controls(charter, client, boss):
    saved(charter, PATHS, DATA, WATER, LOT)
    shown = panel(client, charter).content.decode()
    assert '<del class="syn-del"><span class="w-sr-only"> gestrichen: </span>2030' in shown
    assert "2 unverändert" in html.unescape(re.sub(r"<[^>]+>", "", shown))
    assert f"“{' '.join(DATA.split()[:3])}" not in shown.partition("<ol")[2].partition("</ol>")[0]
    chosen = re.findall(r'<option value="(.*?)" selected>(.*?)</option>', shown)
    assert [value for value, _label in chosen] == ["[]", "[]"]


def test_the_panel_shows_the_effect_of_a_correction_before_it_is_saved(charter, client, boss):
    saved(charter, PATHS, DATA, LOT)
    assert "data-syn-take-back" not in panel(client, charter).content.decode()
    shown = panel(client, charter, [fresh(charter, PATHS).as_data()]).content.decode()
    assert "data-syn-take-back" in shown
    assert "ist ein neuer Absatz" in shown
    assert latest(charter).version_corrections == []


@pytest.mark.parametrize("names_both", [False, True])
def test_a_removed_paragraph_says_that_it_was_set_apart_by_hand(charter, client, boss, names_both):
    saved(charter, PATHS, DATA, LOT)
    correction = fresh(charter, PATHS)
    if names_both:
        correction = correction._replace(old=uid(charter, WAYS))
    shown = panel(client, charter, [correction.as_data()]).content.decode()
    assert "Von Hand getrennt" in shown
    assert "ähnelt ihm nichts genug" not in shown


def test_an_option_of_the_panel_is_what_the_draft_stores(charter, client, boss):
    saved(charter, WATER, DATA, LOT)
    shown = panel(client, charter).content.decode()
    values = [json.loads(html.unescape(v)) for v in re.findall(r'<option value="(.*?)"', shown)]
    for value in values:
        answer = panel(client, charter, value).content.decode()
        assert "help-warning" not in answer


def test_a_correction_is_shown_with_the_key_of_the_edited_paragraph(charter, client, boss):
    saved(charter, PATHS, DATA, LOT)
    old = fresh(charter, PATHS)
    saved(charter, PATHS.replace("breite", "sehr breite"), DATA, LOT, corrections=[old])
    shown = panel(client, charter).content.decode()
    (data,) = re.findall(r'data-syn-corrections="(.*?)"', shown)
    assert json.loads(html.unescape(data))[0]["new"] != old.new


def test_a_correction_whose_paragraph_has_gone_says_so(charter, client, boss):
    saved(charter, PATHS, DATA, LOT)
    saved(charter, DATA, LOT, corrections=[fresh(charter, PATHS)])
    assert "gilt nicht mehr" in panel(client, charter).content.decode()


@pytest.mark.parametrize("sent", ["{", "7", '[{"old": 1}]', "[" * 100_000])
def test_the_panel_refuses_what_it_cannot_read_in_words(charter, client, boss, sent):
    url = reverse("synopse_versions:draft_changes", args=[charter.pk])
    answer = client.post(url, {"corrections": sent})
    assert answer.status_code == 200
    assert "help-warning" in answer.content.decode()


def test_the_panel_escapes_hostile_words(charter, client, boss):
    evil = "&lt;script&gt;alert(1)&lt;/script&gt; &lt;img src=x onerror=alert(1)&gt; steht hier"
    saved(charter, evil, DATA, LOT)
    shown = panel(client, charter).content.decode()
    assert "alert(1)" in shown
    assert "<script>" not in shown
    assert "<img" not in shown


def test_a_long_text_is_shown_in_parts(charter, client, boss):
    saved(charter, *(f"{WATER} Nummer {n} von vielen anderen Sätzen." for n in range(120)))
    first = panel(client, charter).content.decode()
    assert first.count('class="syn-draft__row') == 51
    assert "p=2" in first
    assert panel(client, charter, query="?p=2").content.decode() != first


def test_the_panel_needs_no_more_queries_for_a_longer_text(
    charter, client, boss, django_assert_max_num_queries
):
    saved(charter, *(f"{WATER} Nummer {n} von vielen anderen Sätzen." for n in range(60)))
    panel(client, charter)
    with django_assert_max_num_queries(16):
        panel(client, charter)


def test_a_withheld_passage_shows_no_words(charter, client, boss):
    saved(charter, PATHS, DATA, LOT)
    passage = charter.newest_version.passages.get(text=WAYS)
    withhold_passage(passage=passage, ground="Art. 17 DSGVO", actor=boss)
    shown = panel(client, charter).content.decode()
    assert "2030" not in shown
    assert "2031" in shown


@pytest.mark.parametrize("role", ["citizen", "moderator", "senate"])
def test_only_editors_see_and_correct(charter, client, role):
    client.force_login(make_user(role))
    assert panel(client, charter).status_code in (302, 403)
    with pytest.raises(PermissionDenied):
        store_corrections(
            page=charter,
            revision=charter.get_latest_revision(),
            corrections=[],
            actor=make_user(role),
        )


def test_a_locked_page_takes_no_corrections(charter):
    saved(charter, PATHS, DATA, LOT)
    Page.objects.filter(pk=charter.pk).update(locked=True, locked_by=make_user("superuser"))
    page = CharterPage.objects.get(pk=charter.pk)
    with pytest.raises(ValidationError, match="gesperrt"):
        store_corrections(
            page=page,
            revision=page.get_latest_revision(),
            corrections=[fresh(page, PATHS)],
            actor=make_user("superuser"),
        )


def test_an_alias_and_a_strange_page_have_no_panel(charter, client, boss):
    alias = charter.create_alias(update_slug="spiegel")
    for pk in (alias.pk, site_root().pk, 987654):
        url = reverse("synopse_versions:draft_changes", args=[pk])
        assert client.get(url, follow=True).status_code == 404
