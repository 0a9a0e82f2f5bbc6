"""Where the law demands it, words leave; everything else stays."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from wagtail.models import PageLogEntry, Revision

from cms_pages.models import StrategyDraftPage
from tests.factories import make_draft, make_user, publish, site_root
from tests.testapp.models import CharterPage
from versioning.models import Change, Passage, Version
from versioning.services.integrity import check_integrity, list_withheld, verify_versions
from versioning.services.withholding import withhold_passage
from versioning.signals import passages_withheld

pytestmark = pytest.mark.django_db

SECRET = "Frau Erika Mustermann wohnt in der Gasse 7."
CANARY = "Mustermann"


@pytest.fixture
def boss(root):
    return make_user("superuser")


@pytest.fixture
def draft(root):
    page = make_draft(html=f"<p>Anfang.</p><p>{SECRET}</p><ul><li>eins</li><li>zwei</li></ul>")
    publish(page)
    publish(page, html=f"<p>Neuer Anfang hier.</p><p>{SECRET}</p><ul><li>eins</li></ul>")
    publish(page, html="<p>Neuer Anfang hier.</p><ul><li>eins</li></ul>")
    return page


def secret_of(page, number: int) -> Passage:
    return Passage.objects.get(version__page=page, version__number=number, text=SECRET)


def stored_words() -> str:
    """Return everything that could still hold the words."""
    rows = [
        *Passage.objects.values_list("text", "html", "alt"),
        *Change.objects.values_list("old_words", "new_words"),
        *(json.dumps(content) for content in Revision.objects.values_list("content", flat=True)),
        *(str(page.body.raw_data[:]) for page in StrategyDraftPage.objects.all()),
        *CharterPage.objects.values_list("body"),
        *(str(data) for data in PageLogEntry.objects.values_list("data", flat=True)),
    ]
    return str(rows)


def test_the_words_leave_every_version_every_change_every_revision_and_the_page(draft, boss):
    assert CANARY in stored_words()

    found = withhold_passage(passage=secret_of(draft, 1), ground="Art. 17 DSGVO", actor=boss)

    assert {passage.version.number for passage in found} == {1, 2}
    assert CANARY not in stored_words()
    assert "Neuer Anfang hier." in stored_words()
    assert "zwei" in stored_words()


def test_ground_person_time_and_hash_stay_and_the_chain_is_valid(draft, boss, capsys):
    passage = secret_of(draft, 1)
    withhold_passage(passage=passage, ground="Art. 17 DSGVO", actor=boss)

    withheld = Passage.objects.get(pk=passage.pk)
    assert (withheld.text, withheld.html, withheld.withheld_by) == ("", "", boss)
    assert withheld.withheld_ground == "Art. 17 DSGVO"
    assert withheld.withheld_at is not None
    assert withheld.text_hash == passage.text_hash
    assert verify_versions() == []
    assert check_integrity() == []
    assert len(list_withheld()) == 2
    call_command("verify_versions")
    assert "Art. 17 DSGVO" in capsys.readouterr().out


def test_the_next_version_can_be_published_as_always(draft, boss):
    withhold_passage(passage=secret_of(draft, 2), ground="Urteil", actor=boss)

    version = publish(draft, html="<p>Neuer Anfang hier.</p><p>Dazu noch ein Satz.</p>")

    assert version.number == 4
    assert check_integrity() == []


def test_a_withheld_passage_comes_back_from_no_revision(draft, boss):
    withhold_passage(passage=secret_of(draft, 1), ground="Urteil", actor=boss)
    Version.objects.get(page=draft, number=1).revision.publish()

    newest = StrategyDraftPage.objects.get(pk=draft.pk).newest_version
    assert [p.text for p in newest.passages.in_order()] == ["Anfang.", "[…]", "eins", "zwei"]
    assert CANARY not in stored_words()


def test_words_in_table_rows_and_fields_leave_too(root, boss):
    page = make_draft()
    stream = StrategyDraftPage._meta.get_field("body").stream_block
    table = {
        "columns": [{"type": "text", "heading": "Name"}, {"type": "text", "heading": "Ort"}],
        "rows": [{"values": ["Erika Mustermann", "Gasse 7"]}, {"values": ["Rathaus", "Markt 1"]}],
    }
    quote = {"quote": "Wer wagt, gewinnt.", "source": "Erika Mustermann Gasse 7"}
    page.body = stream.to_python(
        [
            {"type": "table", "value": table, "id": "b1"},
            {"type": "quote", "value": quote, "id": "q1"},
        ]
    )
    page.save_revision().publish()
    passage = page.newest_version.passages.get(kind="table_row", text__contains=CANARY)

    withhold_passage(passage=passage, ground="Urteil", actor=boss)

    assert CANARY not in stored_words()
    assert "Markt 1" in stored_words()
    assert "Wer wagt" in stored_words()


def test_plain_rich_text_fields_are_cleaned_and_stay_well_formed(root, boss):
    page = site_root().add_child(instance=CharterPage(title="C", slug="c", live=False))
    html = f'<h2>Titel</h2><p data-block-key="a">{SECRET}</p><p>Ein <b>Wort</b><br/>mehr.</p>'
    version = publish(page, html=html)

    withhold_passage(passage=version.passages.get(text=SECRET), ground="Urteil", actor=boss)

    body = CharterPage.objects.get(pk=page.pk).body
    assert body == ('<h2>Titel</h2><p data-block-key="a">[…]</p><p>Ein <b>Wort</b><br/>mehr.</p>')


def test_the_signal_tells_whoever_keeps_copies(draft, boss, django_capture_on_commit_callbacks):
    heard = []

    def listen(sender, passages, **kwargs):
        heard.extend(passages)

    passages_withheld.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            withhold_passage(passage=secret_of(draft, 1), ground="Urteil", actor=boss)
    finally:
        passages_withheld.disconnect(listen)

    assert len(heard) == 2


def test_only_with_a_ground_with_the_right_and_only_once(draft, boss):
    passage = secret_of(draft, 1)
    with pytest.raises(ValidationError):
        withhold_passage(passage=passage, ground=" ", actor=boss)
    with pytest.raises(PermissionDenied):
        withhold_passage(passage=passage, ground="Urteil", actor=make_user("editor"))
    assert CANARY in stored_words()

    withhold_passage(passage=passage, ground="Urteil", actor=boss)
    with pytest.raises(ValidationError):
        withhold_passage(passage=passage, ground="Urteil", actor=boss)


def test_the_log_names_ground_person_and_versions(draft, boss):
    withhold_passage(passage=secret_of(draft, 1), ground="Urteil", actor=boss)

    entry = PageLogEntry.objects.get(action="synopse.withhold")
    assert (entry.user, entry.data["ground"], entry.data["versions"]) == (boss, "Urteil", [1, 2])
