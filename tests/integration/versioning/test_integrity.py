"""One command says whether everything that is stored fits together."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from tests.factories import make_draft, publish, site_root
from tests.testapp.models import CharterPage
from versioning.models import Change, Lineage, Passage
from versioning.services import integrity

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(root):
    page = make_draft(html="<p>Bleibt so stehen.</p><p>Das Rathaus ist alt und grau.</p>")
    publish(page)
    publish(page, html="<p>Bleibt so stehen.</p><p>Das Rathaus ist alt und schön.</p>")
    return page


def test_all_is_well_after_a_life_of_splits_moves_and_merges(root, capsys):
    a = "Die Stadt sorgt für sauberes Wasser in allen Bezirken. Sie baut neue Brunnen im Park."
    b, c = "Wege werden breiter und sicherer für alle.", "Zuletzt steht hier ein kurzer Absatz."
    page = make_draft(html=f"<p>{a}</p><p>{b}</p><p>{c}</p>")
    first, second = a.split(". ")
    for html in (
        f"<p>{a}</p><p>{b}</p><p>{c}</p>",
        f"<p>{first}.</p><p>{second}</p><p>{b}</p><p>{c}</p>",
        f"<p>{c}</p><p>{first}.</p><p>{second}</p><p>{b}</p>",
        f"<p>{c}</p><p>{a}</p><p>{b} Auch nachts.</p>",
        "",
        f"<p>{a}</p>",
    ):
        publish(page, html=html)

    assert page.newest_version.number == 6
    assert integrity.check_integrity() == []
    call_command("check_integrity")
    assert capsys.readouterr().out.strip()


def test_a_live_page_without_a_version_is_named(root, capsys):
    page = site_root().add_child(instance=CharterPage(title="Nackt", slug="nackt", body="<p>a</p>"))

    with pytest.raises(SystemExit) as stopped:
        call_command("check_integrity")

    assert stopped.value.code == 1
    error = capsys.readouterr().err
    assert str(page.pk) in error
    assert "Nackt" in error


def test_an_alias_and_an_unpublished_page_need_no_version(draft, root):
    draft.create_alias(update_slug="alias")
    site_root().add_child(instance=CharterPage(title="Entwurf", slug="entwurf", live=False))

    assert integrity.check_integrity() == []


def test_a_lineage_across_pages_is_named(draft):
    other = publish(make_draft(html="<p>Fremdes.</p>")).passages.get()
    Lineage.objects.update(old=other)

    assert integrity.check_integrity()


def test_a_change_whose_words_do_not_stand_at_its_place_is_named(draft):
    Change.objects.update(new_start=0, new_end=3)

    assert len(integrity.check_integrity()) == 1


def test_a_change_with_a_passage_of_another_version_is_named(draft):
    change = Change.objects.get()
    change.new_passages.set(change.old_passages.all())

    assert integrity.check_integrity()


def test_an_identity_that_was_given_to_another_passage_is_named(draft):
    newest = list(draft.newest_version.passages.in_order())
    spare = "00000000-0000-0000-0000-000000000001"
    for passage, uid in ((newest[0], spare), (newest[1], newest[0].uid)):
        Passage._base_manager.filter(pk=passage.pk).update(uid=uid)

    assert any(str(newest[0].uid) in sentence for sentence in integrity.check_integrity())


def test_apps_above_can_add_checks(draft, monkeypatch):
    monkeypatch.setattr(integrity, "_checks", [])

    @integrity.register_integrity_check
    def check():
        yield "Something of another app is wrong."

    assert integrity.check_integrity() == ["Something of another app is wrong."]
