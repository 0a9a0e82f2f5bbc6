"""Translations by wagtail-localize have versions of their own, with identities of their source."""

from __future__ import annotations

from contextlib import suppress

import pytest
from wagtail.models import Locale
from wagtail_localize.models import String, StringTranslation, Translation, TranslationSource

from cms_pages.models import StrategyDraftPage
from tests.factories import make_draft, publish
from versioning.models import Version
from versioning.services import freezing

pytestmark = pytest.mark.django_db

GERMAN = ["<h2>Ziele</h2><p>Die Stadt gehört allen.</p>", "<p>Wasser ist kostbar.</p><p>2030</p>"]
ENGLISH = {
    "Ziele": "Goals",
    "Die Stadt gehört allen.": "The city belongs to all.",
    "Wasser ist kostbar.": "Water is precious.",
}


@pytest.fixture
def english(root) -> Locale:
    return Locale.objects.get(language_code="en")


@pytest.fixture
def source(root) -> StrategyDraftPage:
    """Return a German draft with its first version."""
    draft = make_draft(html=GERMAN)
    publish(draft, label="Entwurf")
    return StrategyDraftPage.objects.get(pk=draft.pk)


@pytest.fixture
def translate(english, django_capture_on_commit_callbacks):
    """Publish the translation of a page, with words for some of its strings."""

    def run(page, words: dict[str, str], *, publish: bool = True) -> StrategyDraftPage:
        fresh = StrategyDraftPage.objects.get(pk=page.pk)
        localized, _ = TranslationSource.update_or_create_from_instance(fresh)
        Translation.objects.get_or_create(source=localized, target_locale=english)
        for german, translated in words.items():
            for string in String.objects.filter(data=german):
                for segment in string.segments.all():
                    StringTranslation.objects.update_or_create(
                        translation_of=string,
                        locale=english,
                        context=segment.context,
                        defaults={"data": translated},
                    )
        with django_capture_on_commit_callbacks(execute=True):
            localized.create_or_update_translation(
                english, publish=publish, copy_parent_pages=True, fallback=True
            )
        return StrategyDraftPage.objects.get(translation_key=page.translation_key, locale=english)

    return run


def uids(version: Version) -> list[str]:
    return [str(p.uid) for p in version.passages.in_order()]


def texts(version: Version) -> list[str]:
    return [p.text for p in version.passages.in_order()]


def test_a_translation_has_its_own_first_version_with_the_identities_of_its_source(
    source, translate, english
):
    page = translate(source, ENGLISH)

    version = page.newest_version
    assert (version.number, version.locale, version.previous_hash) == (1, english, "")
    assert texts(version)[:3] == ["Goals", "The city belongs to all.", "Water is precious."]
    assert uids(version) == uids(source.newest_version)
    assert version.content_hash != source.newest_version.content_hash


def test_words_that_are_not_translated_keep_the_locale_of_the_source(source, translate, english):
    page = translate(source, {"Ziele": "Goals"})

    assert [p.locale.language_code for p in page.newest_version.passages.in_order()] == [
        "en",
        "de",
        "de",
        "en",
    ]


def test_a_draft_of_a_translation_freezes_nothing(source, translate):
    page = translate(source, ENGLISH, publish=False)

    assert page.newest_version is None
    assert not page.live


def test_the_next_version_of_a_translation_has_lineage_and_identities(source, translate):
    translate(source, ENGLISH)
    publish(source, html=[GERMAN[0], "<p>Wasser ist knapp und kostbar.</p><p>2030</p>"])
    words = {**ENGLISH, "Wasser ist knapp und kostbar.": "Water is scarce and precious."}
    page = translate(source, words)

    second = page.newest_version
    assert second.number == 2
    assert uids(second) == uids(source.newest_version)
    change = second.changes.get()
    assert (change.old_words, change.new_words.strip()) == ("", "scarce and")
    assert all(p.origins.count() == 1 for p in second.passages.all())


def test_where_counts_disagree_no_identity_is_given_twice(source, translate):
    page = translate(source, ENGLISH)
    blocks = [
        "<h2>Goals</h2><p>The city belongs to all.</p><p>And to its guests.</p>",
        "<p>Water is precious.</p><p>2030</p>",
    ]
    before = uids(page.newest_version)
    second = publish(page, html=blocks)

    after = uids(second)
    assert len(set(after)) == len(after)
    assert after[:2] + after[3:] == before
    assert after[2] not in uids(source.newest_version)


def test_a_freeze_that_fails_leaves_the_old_translation_public(
    source, translate, monkeypatch, client
):
    page = translate(source, ENGLISH)

    def fail(*args, **kwargs):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(freezing, "_tell", fail)
        with suppress(RuntimeError):
            translate(source, {**ENGLISH, "Ziele": "Aims"})

    assert [texts(v)[0] for v in Version.objects.filter(page=page)] == ["Goals"]
    assert page.newest_version.number == 1


def test_an_alias_in_another_language_shows_its_original_until_it_is_translated(
    source, translate, english
):
    source.copy_for_translation(english, copy_parents=True, alias=True)
    alias = StrategyDraftPage.objects.get(translation_key=source.translation_key, locale=english)
    assert alias.newest_version == source.newest_version

    draft = translate(source, ENGLISH, publish=False)
    assert texts(draft.newest_version) == texts(source.newest_version)
    page = translate(source, ENGLISH)
    assert texts(page.newest_version)[0] == "Goals"
    assert uids(page.newest_version) == uids(source.newest_version)


def test_label_and_window_travel_with_the_translation(source, translate):
    page = translate(source, {**ENGLISH, "Entwurf": "Draft"})

    assert page.newest_version.label == "Draft"
