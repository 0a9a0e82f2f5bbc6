"""Our reactions to facts of others, and our answers at versioning's doors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import m2m_changed, post_delete, post_migrate, post_save
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Page

from annotations import gate_checks, threads
from annotations.exports import package, report_documents
from annotations.models import (
    AnnotatedPageMixin,
    Annotation,
    Disposition,
    Placement,
    Reaction,
    State,
    Support,
)
from annotations.services import consents, integrity
from annotations.services.officials import ensure_official_role
from annotations.services.placement import expect_placing
from annotations.services.queueing import enqueue_following, note_news
from annotations.services.withholding import forget_quotes
from annotations.signals import annotation_edited, annotation_hidden
from versioning import doors, stamps
from versioning.services.exporting import drop_files_of_text
from versioning.services.integrity import register_integrity_check
from versioning.services.signing import asked_entries, completes
from versioning.services.windows import window_history
from versioning.signals import (
    passages_withheld,
    signatures_asked,
    version_published,
    version_signed,
    window_changed,
)

if TYPE_CHECKING:
    from typing import Any

    from django.apps import AppConfig
    from django.apps.registry import Apps

    from versioning.models import Change, Passage, Signature, Version


def connect() -> None:
    """Connect every handler of this app, switch off the comment library's, and register."""
    threads.disconnect_hook(Annotation)
    version_published.connect(follow_published_version, dispatch_uid="synopse_follow")
    window_changed.connect(tell_changed_window, dispatch_uid="synopse_window")
    signatures_asked.connect(tell_asked_departments, dispatch_uid="synopse_asked")
    version_signed.connect(tell_of_signature, dispatch_uid="synopse_signed")
    passages_withheld.connect(forget_withheld_words, dispatch_uid="synopse_withheld")
    for signal in (post_save, post_delete):
        signal.connect(touch_annotated, sender=Annotation, dispatch_uid="synopse_touch_annotation")
        signal.connect(touch_supported, sender=Support, dispatch_uid="synopse_touch_support")
        signal.connect(touch_supported, sender=Reaction, dispatch_uid="synopse_touch_reaction")
        for model in (Disposition, Placement):
            uid = f"synopse_touch_{model.__name__}"
            signal.connect(stamps.touch_own_page, sender=model, dispatch_uid=uid)
    m2m_changed.connect(
        touch_linked, sender=Disposition.changes.through, dispatch_uid="synopse_touch_linked"
    )
    post_migrate.connect(keep_consent_texts, dispatch_uid="synopse_consent_texts")
    user_logged_in.connect(give_official_role, dispatch_uid="synopse_official_role")
    doors.register_gate_check(gate_checks.gate_lines)
    doors.register_change_reasons(gate_checks.change_reasons)
    doors.register_page_links(page_links)
    report_documents.register()
    package.register()
    for changed in (annotation_hidden, annotation_edited):
        changed.connect(forget_reports, dispatch_uid="synopse_forget_reports")
    register_integrity_check(integrity.integrity_problems)
    register_integrity_check(package.integrity_problems)


def page_links(page: Page) -> list[doors.PageLink]:
    """Lead from versions, comparisons and submissions to what became of the annotations."""
    if not issubclass(page.specific_class or Page, AnnotatedPageMixin):
        return []
    return [doors.PageLink(_("Balance sheet"), reverse("annotations:balance", args=[page.pk]))]


def forget_reports(sender: object, annotation: Annotation, **kwargs: Any) -> None:  # noqa: ANN401
    """Delete stored reports that hold words which are no longer public, or not like this."""
    drop_files_of_text(page=annotation.version.page_id)


def touch_annotated(sender: object, instance: Annotation, **kwargs: Any) -> None:  # noqa: ANN401
    """Touch the text on which something stands that the public may see, or saw."""
    if instance.state != State.UNCONFIRMED:
        stamps.touch(instance.version.page_id)


def touch_supported(
    sender: object,
    instance: Support | Reaction,
    **kwargs: Any,  # noqa: ANN401  # a receiver
) -> None:
    """Touch the text on which something is supported, or whose answer got an answer."""
    found = Annotation.objects.filter(pk=instance.annotation_id)
    stamps.touch(*found.values_list("version__page_id", flat=True))


def touch_linked(
    sender: object,
    instance: Disposition | Change,
    action: str,
    **kwargs: Any,  # noqa: ANN401  # a receiver
) -> None:
    """Touch the text whose changes a disposition explains."""
    if action.startswith("post_"):
        stamps.touch_own_page(type(instance), instance)


def keep_consent_texts(sender: AppConfig, apps: Apps, **kwargs: Any) -> None:  # noqa: ANN401
    """Store the consent texts of this release, where the database is of this release, too."""
    if sender.label != "synopse_annotations":
        return
    try:
        apps.get_model("synopse_annotations", "ConsentText")
        apps.get_model("synopse_versioning", "Stamp")
    except LookupError:
        return
    consents.keep_defaults()


def give_official_role(sender: object, user: Any, **kwargs: Any) -> None:  # noqa: ANN401
    """Give staff who sign in a visible role, before they can write."""
    ensure_official_role(user)


def follow_published_version(sender: object, version: Version, **kwargs: Any) -> None:  # noqa: ANN401
    """Have annotations placed on a version that is out; a worker does it."""
    expect_placing(version=version)
    enqueue_following(version.pk)
    note_news(f"version:{version.pk}")


def tell_changed_window(sender: object, version: Version, **kwargs: Any) -> None:  # noqa: ANN401
    """Have followers told that the time for annotations has changed."""
    entry = window_history(version).last()
    if entry is not None:
        note_news(f"window:{entry.pk}")


def tell_asked_departments(sender: object, version: Version, **kwargs: Any) -> None:  # noqa: ANN401
    """Have departments told that a version waits for them."""
    entry = asked_entries(version).last()
    if entry is not None:
        note_news(f"asked:{entry.pk}")


def tell_of_signature(sender: object, signature: Signature, **kwargs: Any) -> None:  # noqa: ANN401
    """Have editors told of a refusal, and of the last signature."""
    if not signature.is_consent or completes(signature):
        note_news(f"signed:{signature.pk}")


def forget_withheld_words(
    sender: object,
    passages: list[Passage],
    **kwargs: Any,  # noqa: ANN401  # a receiver
) -> None:
    """Remove the copies of words that had to leave."""
    forget_quotes(passages=passages)
