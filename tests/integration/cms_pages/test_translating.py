"""Translations through wagtail-localize."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from wagtail.models import Locale

from cms_pages.core.documents import read_document
from cms_pages.services.importing import VersionDetails, import_draft
from cms_pages.services.site_setup import set_up_site
from cms_pages.services.translating import (
    paired_strings,
    publish_translation,
    translate_object,
)
from tests.factories import UserFactory, make_process, make_user

pytestmark = pytest.mark.django_db

TEXT = [
    {"type": "heading", "level": 1, "text": "Leitbild"},
    {"type": "paragraph", "text": "Ein Satz mit Mut.", "html": "Ein <b>Satz</b> mit Mut."},
    {"type": "paragraph", "text": "Noch nicht übersetzt."},
    {"type": "table", "header": True, "rows": [["Was", "Ziel"], ["Busse", "100 %"]], "text": "x"},
    {"type": "measure", "title": "Anzeige", "goal": "Auskunft", "responsible": "Amt", "text": "x"},
]
STRINGS = {
    "Titel": "Title",
    "Leitbild": "Vision",
    "Ein <b>Satz</b> mit Mut.": "A <b>sentence</b> with courage.",
    "Was": "What",
    "Busse": "Buses",
    "Anzeige": "Display",
    "Entwurf": "Draft",
}


@pytest.fixture
def editor():
    set_up_site()
    user = UserFactory()
    user.groups.add(Group.objects.get(name="Redaktion"))
    return user


@pytest.fixture
def draft(editor):
    done = import_draft(
        document=read_document(("text.json", json.dumps(TEXT).encode())),
        parent=make_process(parent=set_up_site().home),
        title="Titel",
        actor=editor,
        publish=VersionDetails(label="Entwurf"),
    )
    return done.page


def translate(draft, editor):
    english = Locale.objects.get(language_code="en")
    translation = translate_object(source=draft, locale=english, strings=STRINGS, actor=editor)
    return publish_translation(translation=translation, actor=editor)


def test_words_of_every_kind_of_block_are_translated_and_the_rest_keeps_the_source(draft, editor):
    version = translate(draft, editor).newest_version
    passages = [(p.text, p.locale.language_code) for p in version.passages.in_order()]
    assert passages == [
        ("Vision", "en"),
        ("A sentence with courage.", "en"),
        ("Noch nicht übersetzt.", "de"),
        ("What Ziel", "en"),
        ("Buses 100 %", "en"),
        ("Display", "en"),
        ("Auskunft", "de"),
        ("Amt", "de"),
    ]
    assert (version.title, version.label, version.published_by) == ("Title", "Draft", editor)


def test_blocks_and_passages_keep_their_identity_in_the_translation(draft, editor):
    english = translate(draft, editor)
    assert [block.id for block in english.body] == [block.id for block in draft.body]
    uids = draft.newest_version.passages.in_order().values_list("uid", flat=True)
    assert list(uids) == list(
        english.newest_version.passages.in_order().values_list("uid", flat=True)
    )


def test_only_who_may_submit_translations_translates(draft):
    english = Locale.objects.get(language_code="en")
    with pytest.raises(PermissionDenied):
        translate_object(source=draft, locale=english, strings={}, actor=make_user("moderator"))


def test_the_translation_is_edited_in_the_admin(draft, editor, client):
    english = translate(draft, editor)
    client.force_login(editor)
    answer = client.get(f"/admin/pages/{english.pk}/edit/")
    assert answer.status_code == 200
    assert "with courage." in answer.content.decode()


def test_texts_of_different_shape_are_not_paired():
    with pytest.raises(ValueError, match="shorter"):
        paired_strings("<p>a</p><p>b</p>", "<p>a</p>")
