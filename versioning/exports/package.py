"""The files of a submission package that hold the text itself, and what they are made from."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from importlib import metadata
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy
from wagtail.models import Locale

from versioning import fingerprints
from versioning.bodies import addresses_in, leading_to
from versioning.comparisons import changes_between, compare_versions
from versioning.core import packages
from versioning.core.canonical import canonical
from versioning.core.comparing import ENGINE_VERSION
from versioning.doors import ChangeReason, PackageFile, PackageFrame, reasons_of
from versioning.exports import docx, package_gate, pdf, sources
from versioning.exports.files import FORMS, language_of
from versioning.models import Passage, Submission, Version

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from versioning.doors import Progress
    from versioning.models import Change

JSON, PLAIN, HTML = "application/json", "text/plain", "text/html"
PDF, DOCX = FORMS["pdf"].media_type, FORMS["docx"].media_type
NAMES = {
    "text.pdf": gettext_lazy("The text as a PDF for archives (PDF/A-3a)"),
    "text.docx": gettext_lazy("The text for Word"),
    "text.json": gettext_lazy("The text as its checksum is computed from it"),
    "passages.json": gettext_lazy("The words of all paragraphs, for programs"),
    "comparison.pdf": gettext_lazy("What has changed since the version that was open for comments"),
    "comparison.docx": gettext_lazy("The same comparison for Word, with tracked changes"),
    "gate.json": gettext_lazy("What stayed open, who signed and the way so far, for programs"),
    "gate.html": gettext_lazy("What stayed open, who signed and the way so far"),
    "LIESMICH.txt": gettext_lazy("How to check the package, in German"),
    "README.txt": gettext_lazy("How to check the package, in English"),
    packages.MANIFEST: gettext_lazy("The table of contents, for programs"),
    packages.SUMS: gettext_lazy("The checksums of all files"),
}
"""What each file is, by its name; those of the apps above stand with them."""
_LIBRARIES = ("weasyprint", "python-docx", "openpyxl")
_REASON = ("kind", "title", "text", "url", "count", "outcome", "office", "all_url")


def record(submission: Submission, now: datetime) -> dict[str, Any]:
    """Return as plain data what may change of the text, its frame and its reasons later.

    Passages are frozen and are no part of it, so words that have to leave them are gone here, too.

    Args:
        submission: A submission; the language of its text is spoken.
        now: The moment of recording.
    """
    version = submission.version
    publisher = sources.publisher_of(version)
    old = compared_version(version)
    sides = [version, *([old] if old else [])]
    links = addresses_in(Passage.objects.filter(version__in=sides))
    return {
        "submission": {
            "id": submission.pk,
            "round": submission.round,
            "submitted_at": _moment(submission.submitted_at),
            "recorded_at": _moment(now),
            "content_hash": submission.content_hash,
        },
        "gate": package_gate.record(submission),
        "publisher": asdict(publisher),
        "url": publisher.absolute(submission.get_absolute_url()),
        "labels": {str(side.number): [side.label, side.summary] for side in sides},
        "compared_with": old.number if old else None,
        "versions": [_link(one) for one in _chain(version)],
        "links": [[kind, key, url] for (kind, key), url in sorted(links.items())],
        "reasons": _reasons(old, version) if old else {},
    }


def compared_version(version: Version) -> Version | None:
    """Return the newest earlier version that was open for comments, None where none was."""
    earlier = Version.objects.filter(page=version.page_id, number__lt=version.number)
    earlier = earlier.exclude(opens=None, closes=None).select_related("page", "locale")
    return earlier.order_by("-number").first()


class Source:
    """What the files of the text are made from: recorded data and frozen passages.

    Args:
        submission: A submission.
        data: What ``record`` returned for it.
    """

    def __init__(self, submission: Submission, data: dict[str, Any]) -> None:
        versions = Version.objects.select_related("page", "locale")
        self.data = data
        self.version = self._as_then(versions.get(pk=submission.version_id))
        compared = versions.filter(page=self.version.page_id, number=data["compared_with"])
        self.compared = self._as_then(compared.get()) if data["compared_with"] else None
        self.publisher = sources.Publisher(**data["publisher"])
        moment = datetime.fromisoformat(data["submission"]["submitted_at"])
        self.frame = PackageFrame(self.version, moment, self.publisher.base)

    def _as_then(self, version: Version) -> Version:
        """Give a version the label and the summary that it had."""
        version.label, version.summary = self.data["labels"][str(version.number)]
        return version

    def as_then(self) -> ExitStack:
        """Speak the language of the text, and know publisher and addresses as they were."""
        links = {(kind, key): url for kind, key, url in self.data["links"]}
        with ExitStack() as stack:
            stack.enter_context(language_of(self.version))
            stack.enter_context(sources.published_by(self.publisher))
            stack.enter_context(leading_to(links))
            return stack.pop_all()

    def files(self) -> Iterator[PackageFile]:
        """Yield the files of the text."""
        version = self.version
        yield _file("text.pdf", PDF, partial(pdf.version_pdf, version, variant=pdf.ARCHIVAL))
        yield _file("text.docx", DOCX, partial(docx.version_docx, version))
        yield _file("text.json", JSON, self.text)
        yield _file("passages.json", JSON, self.words)
        if self.compared is not None:
            yield _file("comparison.pdf", PDF, self._comparison_pdf)
            yield _file("comparison.docx", DOCX, self._comparison_docx)
        if gate := self.data.get("gate"):  # recorded since these files are made
            yield _file("gate.json", JSON, partial(package_gate.as_json, gate))
            yield _file("gate.html", HTML, partial(package_gate.as_html, self.frame, gate))

    def text(self) -> bytes:
        """Return what the checksum of the version is the checksum of."""
        locales = dict(Locale.objects.values_list("pk", "language_code"))
        return fingerprints.hashed_content(self.version, self._passages(), locales)

    def words(self) -> bytes:
        """Return text and html of all passages, whose hashes stand in ``text``."""
        return canonical([_words(passage) for passage in self._passages()])

    def facts(self, replaced: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Return what the manifest says besides its files.

        Args:
            replaced: The editions before, each with its reason.
        """
        version = self.version
        submission = {key: self.data["submission"][key] for key in _SUBMISSION}
        return {
            "title": version.title,
            "language": version.locale.language_code,
            "publisher": self.publisher.name,
            "url": self.data["url"],
            "edition": len(replaced) + 1,
            "replaces": list(replaced),
            "submission": submission,
            "version": {**self.data["versions"][-1], "label": version.label},
            "versions": self.data["versions"],
            "compared_with": self.data["compared_with"],
            "withheld": [_withheld(p) for p in self._passages() if p.is_withheld],
            "engine": {"comparison": ENGINE_VERSION, **_installed()},
        }

    def readmes(self, files: Sequence[str]) -> dict[str, bytes]:
        """Return how to check the package, in both languages.

        Args:
            files: Names of all other files.
        """
        context = {"source": self, "data": self.data, "version": self.version, "files": files}
        return {
            name: render_to_string(f"versioning/exports/{name}", context).encode()
            for name in ("README.txt", "LIESMICH.txt")
        }

    def _passages(self) -> list[Passage]:
        return list(self.version.passages.in_order())

    def _comparison_pdf(self) -> bytes:
        return pdf.comparison_pdf(self._comparison(), variant=pdf.ARCHIVAL)

    def _comparison_docx(self) -> bytes:
        return docx.comparison_docx(self._comparison())

    def _comparison(self) -> Any:  # noqa: ANN401  # a Comparison
        assert self.compared is not None  # noqa: S101  # asked for only then
        return compare_versions(self.compared, self.version, reasons_for=self._reasons_then)

    def _reasons_then(self, changes: Sequence[Change]) -> dict[int, list[ChangeReason]]:
        """Return the reasons of changes as they were when the version was handed over."""
        kept = self.data["reasons"]
        return {
            change.pk: [
                ChangeReason(**dict(zip(_REASON, reason, strict=True)))
                for reason in kept.get(str(change.pk), ())
            ]
            for change in changes
        }


_SUBMISSION = ("id", "round", "submitted_at", "recorded_at", "content_hash")


def _file(name: str, media_type: str, make: Any) -> PackageFile:  # noqa: ANN401  # gives bytes
    def made(_progress: Progress) -> bytes:
        content: bytes = make()
        return content

    return PackageFile(name, media_type, made)


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def _chain(version: Version) -> list[Version]:
    """Return all versions up to one, the first one first."""
    found = Version.objects.filter(page=version.page_id, number__lte=version.number)
    return list(found.order_by("number"))


def _link(version: Version) -> dict[str, Any]:
    return {
        "number": version.number,
        "published_at": _moment(version.published_at),
        "content_hash": version.content_hash,
        "previous_hash": version.previous_hash,
    }


def _reasons(old: Version, new: Version) -> dict[str, list[list[Any]]]:
    """Return the reasons that documents show, without a name and without a quote."""
    return {
        str(key): [
            [str(value) if name == "title" else value for name, value in _values(reason)]
            for reason in sources.shown_reasons(reasons)
        ]
        for key, reasons in reasons_of(changes_between(old, new)).items()
    }


def _values(reason: ChangeReason) -> list[tuple[str, Any]]:
    return [(name, getattr(reason, name)) for name in _REASON]


def _words(passage: Passage) -> dict[str, Any]:
    if passage.is_withheld:
        return {"uid": str(passage.uid), "withheld": passage.withheld_ground}
    return {"uid": str(passage.uid), "text": passage.text, "html": passage.html}


def _withheld(passage: Passage) -> dict[str, Any]:
    at = passage.withheld_at
    return {
        "uid": str(passage.uid),
        "number": passage.number,
        "withheld_at": _moment(at) if at else "",
        "ground": passage.withheld_ground,
    }


def _installed() -> dict[str, str]:
    """Return the releases of what the files are made with."""
    found = {}
    for name in ("synopse", *_LIBRARIES):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = ""
    return found
