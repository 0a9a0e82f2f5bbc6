"""What must be true of everything that is stored, checked by one call."""

from __future__ import annotations

from collections import defaultdict
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db.models import F
from django.db.models.functions import Length
from django.utils.translation import gettext as _
from wagtail.models import Locale, PageLogEntry, get_page_models

from versioning import fingerprints, outlines
from versioning.computing import digest, withheld_in
from versioning.core import hashing, packages, plain_zip
from versioning.core.compact import covers, from_json
from versioning.models import (
    Change,
    Continuation,
    Export,
    ExportState,
    Lineage,
    PackageRecord,
    Passage,
    Signature,
    StoredComparison,
    SubmissionPackage,
    Version,
    VersionedPageMixin,
)
from versioning.services.documents import broken_documents
from versioning.services.gate_integrity import broken_records, broken_submissions
from versioning.services.signing import SIGN_ACTION, record_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from uuid import UUID

    IntegrityCheck = Callable[[], Iterable[str]]

_checks: list[IntegrityCheck] = []


def register_integrity_check(check: IntegrityCheck) -> IntegrityCheck:
    """Register a function that gives one sentence for everything that is wrong.

    Usable as a decorator, by the apps above.
    """
    if check not in _checks:
        _checks.append(check)
    return check


def check_integrity() -> list[str]:
    """Check everything that this app and the apps above hold.

    Returns:
        One sentence for each thing that is wrong; none means that all is well.
    """
    own = (
        _pages_without_version,
        _lineages,
        _changes,
        _comparisons,
        _exports,
        _package_records,
        _packages,
        _uids,
        _documents,
        _signatures,
        broken_submissions,
        broken_records,
        verify_versions,
    )
    return [sentence for check in (*own, *_checks) for sentence in check()]


def verify_versions() -> list[str]:
    """Compute all hashes of all versions again and follow the chain of each page.

    Withheld passages are valid: their hashes stay.

    Returns:
        One sentence for each thing that is wrong; none means that nothing was altered.
    """
    locales = dict(Locale.objects.values_list("pk", "language_code"))
    before: dict[int, Version] = {}
    continued = {row.page_id: row.version for row in _continuations()}
    found: list[str] = []
    for version in Version.objects.order_by("page_id", "number").iterator():
        found += _broken_chain(version, before.get(version.page_id), continued)
        passages = list(version.passages.in_order().select_related("image"))
        found += [sentence for p in passages for sentence in _broken_passage(version, p)]
        if fingerprints.content_hash(version, passages, locales) != version.content_hash:
            found.append(_("%(version)s: the hash of the version is wrong.") % _of(version))
        before[version.page_id] = version
    return found


def list_withheld() -> list[str]:
    """Return one sentence for each passage whose words had to leave."""
    withheld = Passage.objects.filter(withheld_at__isnull=False).select_related("version")
    return [
        _("%(version)s, passage %(passage)s: withheld on %(date)s (%(ground)s).")
        % {
            **_of(passage.version, passage),
            "date": passage.withheld_at.date().isoformat() if passage.withheld_at else "",
            "ground": passage.withheld_ground,
        }
        for passage in withheld.order_by("version", "position")
    ]


def _of(version: Version, passage: Passage | None = None) -> dict[str, object]:
    """Name a version for a sentence: its page's id, since titles repeat."""
    name = _("Page %(page)d “%(title)s”, version %(number)d") % {
        "page": version.page_id,
        "title": version.title,
        "number": version.number,
    }
    return {"version": name, "passage": passage and (passage.number or passage.position + 1)}


def _continuations() -> Iterable[Continuation]:
    return Continuation.objects.select_related("version")


def _broken_chain(
    version: Version, before: Version | None, continued: Mapping[int, Version]
) -> Iterator[str]:
    if version.number != (before.number + 1 if before else 1):
        yield _("%(version)s: the version before it is missing.") % _of(version)
    followed = before or continued.get(version.page_id)
    if version.previous_hash != (followed.content_hash if followed else ""):
        yield _("%(version)s: does not follow the version before it.") % _of(version)


def _broken_passage(version: Version, passage: Passage) -> Iterator[str]:
    names = _of(version, passage)
    if passage.is_withheld:
        if passage.text or passage.html:
            yield _("%(version)s, passage %(passage)s: withheld, but its words are there.") % names
        return
    if hashing.text_hash(passage.text) != passage.text_hash:
        yield _("%(version)s, passage %(passage)s: the text was altered.") % names
    if hashing.text_hash(passage.html) != passage.html_hash:
        yield _("%(version)s, passage %(passage)s: the html was altered.") % names
    expected = fingerprints.image_hash(passage.image, passage.alt) if passage.image else ""
    if expected != passage.image_hash:
        yield _("%(version)s, passage %(passage)s: the image was replaced.") % names


def _pages_without_version() -> Iterator[str]:
    for model in get_page_models():
        if not issubclass(model, VersionedPageMixin):
            continue
        pages = model._default_manager.filter(live=True, alias_of=None, synopse_versions=None)
        for page in pages.only("title"):
            yield _("Page %(page)d “%(title)s” is public without a version.") % {
                "page": page.pk,
                "title": page.title,
            }


def _lineages() -> Iterator[str]:
    wrong = Lineage.objects.exclude(
        new__version__page=F("old__version__page"),
        new__version__number=F("old__version__number") + 1,
    ).exclude(
        new__version__number=1,
        new__version__page__synopse_continuation__version=F("old__version"),
    )
    for lineage in wrong.select_related("new__version"):
        yield _(
            "%(version)s, passage %(passage)s: comes from a passage that is not of the version "
            "before."
        ) % _of(lineage.new.version, lineage.new)


def _changes() -> Iterator[str]:
    for links, side, step in (
        (Change.old_passages.through, _("old"), 1),
        (Change.new_passages.through, _("new"), 0),
    ):
        wrong = links._default_manager.exclude(
            change__version__page=F("passage__version__page"),
            change__version__number=F("passage__version__number") + step,
        )
        if step:
            wrong = wrong.exclude(
                change__version__number=1,
                change__version__page__synopse_continuation__version=F("passage__version"),
            )
        for link in wrong.select_related("change__version"):
            yield _(
                "%(version)s, change %(position)d: its %(side)s passage is of another version."
            ) % {**_of(link.change.version), "position": link.change.position + 1, "side": side}
    yield from _first_versions_with_changes()
    yield from _changed_words()


def _first_versions_with_changes() -> Iterator[str]:
    changed = Version.objects.filter(number=1, changes__isnull=False)
    for version in changed.exclude(page__in=[row.page_id for row in _continuations()]).distinct():
        yield _("%(version)s: the first version has changes.") % _of(version)


def _changed_words() -> Iterator[str]:
    changes = Change.objects.select_related("version").prefetch_related(
        "old_passages", "new_passages"
    )
    for change in changes.order_by("version", "position").iterator(chunk_size=500):
        sides = (
            (change.old_passages.all(), change.old_start, change.old_end, change.old_words),
            (change.new_passages.all(), change.new_start, change.new_end, change.new_words),
        )
        for passages, start, end, words in sides:
            if not _words_fit(list(passages), start, end, words):
                yield _("%(version)s, change %(position)d: its words are not at its place.") % {
                    **_of(change.version),
                    "position": change.position + 1,
                }


def _words_fit(passages: list[Passage], start: int, end: int, words: str) -> bool:
    if any(passage.is_withheld for passage in passages):
        return not words
    text = "\n".join(p.text for p in sorted(passages, key=lambda passage: passage.position))
    return text[start:end] == words


def _comparisons() -> Iterator[str]:
    """Find stored comparisons that are taken for valid and do not fit what they compare."""
    stored = StoredComparison.objects.select_related("old", "new").order_by("new", "old")
    lengths: dict[int, list[int]] = {}
    for one in stored.iterator():
        if not outlines.fits(one, one.old, one.new, withheld_in(one.old, one.new)):
            continue
        sides = [
            lengths.setdefault(version.pk, _lengths(version)) for version in (one.old, one.new)
        ]
        if not covers([from_json(row) for row in one.rows], *sides):
            yield _(
                "%(version)s: the stored comparison with version %(old)d does not fit the passages."
            ) % {**_of(one.new), "old": one.old.number}


def _exports() -> Iterator[str]:
    """Find stored files of versions with withheld words that were made before these left."""
    stored = Export.objects.exclude(texts="").defer("content").select_related("old", "new")
    for one in stored.order_by("new", "old", "form").iterator():
        withheld = withheld_in(one.old, one.new)
        if any(withheld) and one.texts != digest(one.old, one.new, withheld):
            yield _(
                "%(version)s: the stored file (%(form)s, with version %(old)d) was made before "
                "words were withheld."
            ) % {**_of(one.new), "form": one.form, "old": one.old.number}


def _documents() -> Iterator[str]:
    """Find documents of decisions whose file is another one, or gone."""
    for row, is_there in broken_documents():
        names = {**_of(row.step.submission.version), "body": row.step.body, "title": row.title}
        if is_there:
            yield _("%(version)s, decision of %(body)s: “%(title)s” was altered.") % names
        else:
            yield _("%(version)s, decision of %(body)s: the file of “%(title)s” is gone.") % names


def _signatures() -> Iterator[str]:
    """Find signatures of another text than their version, and those that the log does not know.

    A department that has left the route is still known by the log.
    """
    entries = PageLogEntry.objects.filter(action=SIGN_ACTION).values_list("page_id", "data")
    logged = {data.get("signature"): (page, data) for page, data in entries.iterator()}
    for signature in Signature.objects.select_related("version").order_by("pk").iterator():
        words = {**_of(signature.version), "department": signature.department}
        if signature.content_hash != signature.version.content_hash:
            yield _("%(version)s: the signature of %(department)s is for another text.") % words
        page, data = logged.get(signature.pk, (None, {}))
        known = {name: data.get(name) for name in record_of(signature)}
        if page != signature.version.page_id or known != record_of(signature):
            yield _("%(version)s: the log knows no such signature of %(department)s.") % words


def _package_records() -> Iterator[str]:
    """Find records of packages that were altered past the services."""
    rows = PackageRecord.objects.order_by("submission", "key", "position")
    for row in rows.iterator(chunk_size=20):
        if sha256(bytes(row.content)).hexdigest() != row.sha256:
            yield _("The record “%(record)s” of a submission package was altered.") % {
                "record": row
            }


def _packages() -> Iterator[str]:
    """Find packages that were altered, or that do not fit their submission."""
    stored = SubmissionPackage.objects.filter(state=ExportState.DONE)
    stored = stored.select_related("submission__version").order_by("submission", "edition")
    for one in stored.iterator(chunk_size=1):
        names = {"submission": one.submission_id, "edition": one.edition}
        content = bytes(one.content)
        if one.replaced_at is None:
            if sha256(content).hexdigest() != one.sha256 or not _fits_submission(content, one):
                yield (
                    _("Package of submission %(submission)d, edition %(edition)d: it was altered.")
                    % names
                )
        elif content:
            yield (
                _(
                    "Package of submission %(submission)d, edition %(edition)d: words had to leave "
                    "it, but it is there."
                )
                % names
            )


def _fits_submission(content: bytes, one: SubmissionPackage) -> bool:
    """Tell whether a package is sound and is that of its submission."""
    try:
        checked = packages.check(content)
    except plain_zip.NotZip:
        return False
    said = checked.manifest
    return (
        not checked.problems
        and said["edition"] == one.edition
        and said["submission"]["id"] == one.submission_id
        and said["version"]["content_hash"] == one.submission.version.content_hash
        and said["files"] == one.files
    )


def _lengths(version: Version) -> list[int]:
    return list(version.passages.in_order().values_list(Length("text"), flat=True))


def _uids() -> Iterator[str]:
    """Find a uid that a page gave to a passage that does not descend from its last bearer."""
    known = set(Lineage.objects.values_list("old_id", "new_id"))
    rows = Passage.objects.filter(version__page__in=_pages_of_their_own()).order_by(
        "version__page", "version__number"
    )
    last: defaultdict[tuple[int, UUID], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for pk, page, number, uid in rows.values_list(
        "pk", "version__page_id", "version__number", "uid"
    ).iterator():
        before, bearer = last[page, uid]
        if bearer and (before != number - 1 or (bearer, pk) not in known):
            yield _("Page %(page)d, version %(number)d: the identity %(uid)s was used before.") % {
                "page": page,
                "number": number,
                "uid": uid,
            }
        last[page, uid] = (number, pk)


def _pages_of_their_own() -> list[int]:
    """Return pages that translate no other; a translation takes the identities of its source."""
    first: dict[str, int] = {}
    for page, key in Version.objects.order_by("pk").values_list("page_id", "page__translation_key"):
        first.setdefault(str(key), page)
    return list(first.values())
