"""Which words stood below a form: newest versions, and the version that somebody has seen."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from annotations.models import AccountConsent, Consent, ConsentText
from annotations.models.consents import NAME
from versioning import stamps
from versioning.core.sanitizing import TextTooLong, plain_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

FIELD = "consent"
"""Name of the hidden field that says which version stood below a form."""
SALT = "annotations.consent"
_BRACES = re.compile(r"\{[^{}]*\}")
LIMIT = 3_000
KEPT = 60
"""Seconds for which a process may show a version that was just replaced; what is stored is the
version that was shown, in any case."""

DEFAULTS = {
    Consent.GUEST_CONTRIBUTION: gettext_lazy(
        "We send you an e-mail with a link. After you have confirmed, everybody can read your "
        "words and your name, also later, together with the answer of the editors."
    ),
    Consent.CONTRIBUTION: gettext_lazy(
        "Everybody can read your words at once, with your name %(name)s, also later, together "
        "with the answer of the editors."
    ),
    Consent.SUPPORT: gettext_lazy(
        "We send you an e-mail with a link. With it your support counts. If it counts already, "
        "you can take it back with the link. Nobody sees who supports what, and we do not keep "
        "your address with your support."
    ),
    Consent.FOLLOW: gettext_lazy(
        "We send you an e-mail with a link. Only when you confirm with it do you get news. We "
        "use your address for nothing else."
    ),
    Consent.REPORT: gettext_lazy(
        "We use your name and your address only to decide on your report and to answer you. Only "
        "those who decide see them; the page on privacy says when they are deleted."
    ),
    Consent.REGISTRATION: gettext_lazy(
        "We store your pseudonym, your e-mail address and what you write. Everybody can read your "
        "words with the pseudonym; nobody sees the address. You can download your data and "
        "delete your account at any time."
    ),
}
"""The words that come with the software."""


class Shown(NamedTuple):
    """A text below a form.

    Attributes:
        pk: Of its version; None where none is stored yet.
        text: Plain text.
    """

    pk: int | None
    text: str


def default_text(act: str, language: str) -> str:
    """Return the words that come with the software, in a language."""
    with translation.override(language):
        text = str(DEFAULTS[Consent(act)])
    return text.replace("%(name)s", NAME)


def current(act: str, language: str = "") -> Shown:
    """Return what stands below a form now.

    Args:
        act: One of ``Consent``.
        language: A code; without it, the reader's language.
    """
    language = language or translation.get_language() or settings.LANGUAGE_CODE
    key = _cache_key(act, language)
    shown: Shown | None = cache.get(key)
    if shown is None:
        shown = _newest(act, language) or Shown(None, default_text(act, language))
        cache.set(key, shown, timeout=KEPT)
    return shown


def _newest(act: str, language: str) -> Shown | None:
    rows = ConsentText.objects.filter(act=act, language=language).order_by("-number")
    found = rows.values_list("pk", "text").first()
    return Shown(*found) if found else None


def seal(act: str, shown: Shown) -> str:
    """Return the value of the hidden field; nobody can say to have seen what never was shown."""
    return signing.dumps([act, shown.pk], salt=SALT) if shown.pk else ""


def seen(data: Mapping[str, Any], *acts: str) -> int | None:
    """Return the version that stood below a form that was sent, None where none is known.

    Args:
        data: What was sent.
        acts: What the form may be for.
    """
    try:
        act, pk = signing.loads(str(data.get(FIELD, "")), salt=SALT)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return int(pk) if act in acts else None


@transaction.atomic
def add_version(*, act: str, language: str, text: str, actor: Any) -> ConsentText:  # noqa: ANN401
    """Let other words stand below a form from now on; those before them are kept.

    Args:
        act: One of ``Consent``.
        language: One of the languages of the site.
        text: Plain text, up to 3,000 characters; ``{name}`` stands for the name of an account.
        actor: Who answers for it.

    Raises:
        PermissionDenied: ``actor`` may not write such texts.
        ValidationError: By field: empty, too long, unknown, or the same as now.
    """
    if not actor.has_perm("synopse_annotations.add_consenttext"):
        raise PermissionDenied
    if act not in Consent.values:
        raise ValidationError({"act": _("Please choose one of those that are offered.")})
    if language not in dict(settings.LANGUAGES):
        raise ValidationError({"language": _("Please choose one of those that are offered.")})
    row = _added(act, language, clean_text(text, act), actor=actor)
    if row is None:
        raise ValidationError({"text": _("These words stand there already.")})
    log(instance=row, action="annotations.consent_text", user=actor, title=str(row))
    return row


def clean_text(text: str, act: str) -> str:
    """Return the text of an act as it would be stored.

    Raises:
        ValidationError: By field: empty, too long, or with braces that stand for nothing.
    """
    try:
        cleaned = plain_text(text, limit=LIMIT).strip()
    except TextTooLong as error:
        message = _("At most %(limit)d characters.") % {"limit": LIMIT}
        raise ValidationError({"text": message}) from error
    if not cleaned:
        raise ValidationError({"text": _("Please write something.")})
    known = {NAME} if act == Consent.CONTRIBUTION else set()
    for word in _BRACES.findall(cleaned):
        if word not in known:
            message = _(
                "“%(word)s” stands for nothing here: only “{name}” does, in the text for "
                "contributions of an account."
            )
            raise ValidationError({"text": message % {"word": word}})
    return cleaned


def newest_text(act: str, language: str) -> str:
    """Return the words that stand below a form now, empty where none are stored."""
    found = _newest(act, language)
    return found.text if found else ""


def _added(act: str, language: str, text: str, *, actor: Any = None) -> ConsentText | None:  # noqa: ANN401
    """Add a version, unless these very words are the newest."""
    rows = ConsentText.objects.filter(act=act, language=language)
    newest = rows.order_by("-number").first()
    if newest is not None and newest.text == text:
        return None
    row = ConsentText(
        act=act,
        language=language,
        number=(rows.aggregate(last=Max("number"))["last"] or 0) + 1,
        text=text,
        text_hash=hashlib.sha256(text.encode()).hexdigest(),
        is_default=actor is None,
        valid_from=timezone.now(),
        written_by=actor,
    )
    row.save()
    stamps.touch_frame()
    transaction.on_commit(lambda: cache.delete(_cache_key(act, language)))
    return row


def keep_defaults() -> int:
    """Store the words of this release where they are new and no operator has written others.

    Returns:
        How many versions were added.
    """
    added = 0
    for act in Consent.values:
        for language, _name in settings.LANGUAGES:
            newest = (
                ConsentText.objects.filter(act=act, language=language).order_by("-number").first()
            )
            if newest is None or newest.is_default:
                added += _added(act, language, default_text(act, language)) is not None
    return added


def note_account(*, user: Any, consent: int | None) -> None:  # noqa: ANN401  # any user model
    """Remember which words stood below the form with which an account was made."""
    if consent is not None:
        AccountConsent.objects.create(user=user, consent_id=consent, at=timezone.now())


def all_versions() -> list[ConsentText]:
    """Return every version in the reader's language, the newest of each act first."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    rows = list(ConsentText.objects.filter(language=language).order_by("-number"))
    places = {act: place for place, act in enumerate(Consent.values)}
    return sorted(rows, key=lambda row: places[row.act])


def _cache_key(act: str, language: str) -> str:
    return f"synopse:consent:{act}:{language}"
