"""Translations through wagtail-localize: its source, its strings, its published page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import LogContext
from wagtail.models import Page
from wagtail.signal_handlers import disable_reference_index_auto_update
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource
from wagtail_localize.strings import StringValue, extract_strings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.contrib.auth.models import User
    from django.db.models import Model
    from wagtail.models import Locale

SUBMIT = "wagtail_localize.submit_translation"


def paired_strings(source: str, target: str) -> dict[str, str]:
    """Return the strings of one html text with those of its translation, by their order.

    Args:
        source: Rich text.
        target: The same text in another language, with the same elements.

    Raises:
        ValueError: The two texts have different numbers of strings.
    """
    old, _old_attributes = _strings(source)
    new, _new_attributes = _strings(target)
    return dict(zip(old, new, strict=True))


def plain_string(text: str) -> str:
    """Return plain text as wagtail-localize stores it."""
    return str(StringValue.from_plaintext(text).data)


def _strings(html: str) -> tuple[list[str], list[dict[str, dict[str, str]]]]:
    _template, pairs = extract_strings(html)
    return [string.data for string, _attrs in pairs], [attrs for _string, attrs in pairs]


@transaction.atomic
def translate_object(
    *, source: Model, locale: Locale, strings: Mapping[str, str], actor: User | None
) -> Translation:
    """Submit an object for translation and store the words that are known.

    Args:
        source: A page or snippet, as it is live.
        locale: The language to translate into.
        strings: Source strings with their translation; plain text or inline html, as
            wagtail-localize cuts them. Strings that are missing stay in the source's language.
        actor: Who translates; None for a set-up without a person.

    Returns:
        The translation; publish it with ``publish_translation``.

    Raises:
        PermissionDenied: ``actor`` may not submit translations.
    """
    if actor is not None and not actor.has_perm(SUBMIT):
        raise PermissionDenied(_("You may not submit translations."))
    translation_source, _created = TranslationSource.update_or_create_from_instance(source)
    translation, _created = Translation.objects.get_or_create(
        source=translation_source, target_locale=locale, defaults={"enabled": True}
    )
    segments = StringSegment.objects.filter(source=translation_source).select_related("string")
    for segment in segments:
        target = strings.get(segment.string.data)
        if target is not None:
            _store(segment, locale, target, actor)
    return translation


def _store(segment: StringSegment, locale: Locale, target: str, actor: User | None) -> None:
    StringTranslation.objects.update_or_create(
        translation_of_id=segment.string_id,
        locale=locale,
        context_id=segment.context_id,
        defaults={
            "data": StringValue.from_translated_html(target).data,
            "translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL,
            "last_translated_by": actor,
            "has_error": False,
            "field_error": "",
        },
    )


@transaction.atomic
def publish_translation(*, translation: Translation, actor: User | None) -> Page:
    """Write the translated page and publish it, in one transaction.

    Strings without a translation keep the source's words.

    Args:
        translation: What ``translate_object`` returned, of a page.
        actor: Who publishes; None for a set-up without a person.

    Returns:
        The live page.

    Raises:
        PermissionDenied: ``actor`` may not publish the translated page.
    """
    # wagtail-localize saves rows below the page and replaces them; their index tasks would fail.
    with disable_reference_index_auto_update():
        translation.save_target(user=actor, publish=False)
    page = translation.get_target_instance()
    if actor is not None and not page.permissions_for_user(actor).can_publish():
        raise PermissionDenied(_("You may not publish this page."))
    with LogContext(user=actor):
        page.get_latest_revision().publish(user=actor)
    page.refresh_from_db()
    return page


@transaction.atomic
def save_translated_snippet(*, translation: Translation, actor: User | None) -> Model:
    """Write the translation of an object that has no draft, such as a reusable text."""
    translation.save_target(user=actor)
    instance: Model = translation.get_target_instance()
    return instance


def translation_dates(page: Page) -> dict[int, datetime]:
    """Return when the text of a page was last read for each of its translations.

    Args:
        page: The page that is translated.

    Returns:
        Moments by the id of the translated page; pages that are not translated through
        wagtail-localize are left out.
    """
    rows = Translation.objects.filter(source__object_id=page.translation_key, enabled=True)
    read = dict(rows.values_list("target_locale_id", "source__last_updated_at"))
    pages = Page.objects.filter(translation_key=page.translation_key, locale__in=list(read))
    return {pk: read[locale] for pk, locale in pages.values_list("pk", "locale_id")}
