"""Import a text into a strategy draft, from the command line."""

from __future__ import annotations

import json
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from wagtail.models import Locale

from cms_pages.addresses import page_at
from cms_pages.core.documents import open_document
from cms_pages.models import ParticipationProcessPage, StrategyDraftPage
from cms_pages.services.importing import ImportedDraft, VersionDetails, import_draft
from versioning.core.markup import UnreadableText
from versioning.core.reading import UnreadableFile

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from wagtail.models import Page


class Command(BaseCommand):
    """Import a text as a draft or as a new version; prints one line of JSON.

    Bad input ends with one line on stderr and exit status 2, and nothing is stored.
    """

    help = "Import a .json, .md, .html, .docx or .odt text into a new draft or an existing one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, the page and how the version is called."""
        parser.add_argument("file", metavar="FILE")
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("--parent", metavar="URL_PATH", help="process of the new draft")
        where.add_argument("--page", metavar="URL_PATH", help="draft that gets the text")
        parser.add_argument("--title", default="", help="title of the new draft")
        parser.add_argument("--locale", default="", metavar="CODE", help="language of the draft")
        parser.add_argument(
            "--refuse-changes", action="store_true", help="refuse tracked changes of the file"
        )
        parser.add_argument("--publish", action="store_true", help="publish it as a version")
        parser.add_argument("--label", default="", help="how the version is called")
        parser.add_argument("--opens", default="", metavar="ISO", help="when comments open")
        parser.add_argument(
            "--closes", default="", metavar="ISO", help="when comments close; a day means its end"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401  # Django's signature
        """Import the file and tell what was stored."""
        try:
            done = self._import(options)
        except (UnreadableFile, UnreadableText, _BadInput) as error:
            raise CommandError(_one_line(str(error)), returncode=2) from error
        except ValidationError as error:
            message = f"{options['file']}: {' '.join(error.messages)}"
            raise CommandError(_one_line(message), returncode=2) from error
        self.stdout.write(json.dumps(_summary(done), ensure_ascii=False))

    def _import(self, options: dict[str, Any]) -> ImportedDraft:
        if options["label"] and not options["publish"]:
            raise _BadInput("--label means something only together with --publish")
        if options["publish"] and not options["label"].strip():
            raise _BadInput("--publish needs a --label")
        if not options["publish"] and (options["opens"] or options["closes"]):
            raise _BadInput("--opens and --closes mean something only together with --publish")
        if options["parent"] and not options["title"].strip():
            raise _BadInput("--parent needs a --title")
        locale = _locale(options["locale"])
        document = open_document(Path(options["file"]), refuse_changes=options["refuse_changes"])
        return import_draft(
            document=document.blocks,
            files=document.images,
            actor=None,
            page=_draft(options["page"], locale) if options["page"] else None,
            parent=_process(options["parent"], locale) if options["parent"] else None,
            title=options["title"],
            publish=_details(options) if options["publish"] else None,
        )


class _BadInput(ValueError):  # noqa: N818 -- it names what it is, like UnreadableFile
    """An argument cannot be used; the message is one line."""


def _one_line(message: str) -> str:
    return " ".join(message.split())


def _summary(done: ImportedDraft) -> dict[str, Any]:
    page = done.page
    return {
        "page": page.pk,
        "url": page.get_url() or "",
        "revision": done.revision.pk,
        "version": done.version.number if done.version else None,
    }


def _locale(code: str) -> Locale | None:
    if not code:
        return None
    locale: Locale | None = Locale.objects.filter(language_code=code).first()
    if locale is None:
        message = f"--locale {code}: this site has no such language"
        raise _BadInput(message)
    return locale


def _process(path: str, locale: Locale | None) -> ParticipationProcessPage:
    page = _page(path, locale)
    if not isinstance(page, ParticipationProcessPage):
        message = f"--parent {path}: there is no participation process at this address"
        raise _BadInput(message)
    return page


def _draft(path: str, locale: Locale | None) -> StrategyDraftPage:
    page = _page(path, locale)
    if not isinstance(page, StrategyDraftPage):
        message = f"--page {path}: there is no strategy draft at this address"
        raise _BadInput(message)
    return page


def _page(path: str, locale: Locale | None) -> Page | None:
    """Return the page at an address, in the given language."""
    page = page_at(path)
    if page is None or locale is None or page.locale_id == locale.pk:
        return page
    translation = page.get_translation_or_none(locale)
    if translation is None:
        message = f"{path}: this page has no translation into {locale.language_code}"
        raise _BadInput(message)
    return translation.specific


def _details(options: dict[str, Any]) -> VersionDetails:
    return VersionDetails(
        label=options["label"].strip(),
        opens=_moment("--opens", options["opens"], time.min),
        closes=_moment("--closes", options["closes"], time.max),
    )


def _moment(name: str, value: str, at: time) -> datetime | None:
    """Return a moment; a day alone means the given time of that day, in the site's zone."""
    if not value:
        return None
    try:
        moment = parse_datetime(value) if len(value) > len("2026-01-01") else None
        day = None if moment else parse_date(value)
    except ValueError:
        moment = day = None
    if moment is None and day is not None:
        moment = datetime.combine(day, at)
    if moment is None:
        message = f"{name} {value}: this is no date, such as 2026-04-28 or 2026-04-28T12:00"
        raise _BadInput(message)
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
