"""``place_annotations OLD NEW ANNOTATIONS.json``: where annotations stand on the next text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from annotations.core.placing import place
from annotations.core.reading import read_marks
from versioning.core.comparing import compare
from versioning.core.reading import UnreadableFile, read_passages

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from annotations.core.placing import Candidate, Place


class Command(BaseCommand):
    """Print where annotations on an old text stand on a new one; needs no database."""

    help = "Print as JSON where annotations on OLD stand on NEW. Reads files, needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take three files."""
        parser.add_argument("old", type=Path, metavar="OLD", help="the text annotated")
        parser.add_argument("new", type=Path, metavar="NEW", help="the text that came after it")
        parser.add_argument("annotations", type=Path, metavar="ANNOTATIONS.json")

    def handle(self, *_args: object, **options: Any) -> None:  # noqa: ANN401 - Django's signature
        """Read, compare, place, print.

        Raises:
            CommandError: With status 2 and one line that names the file, and the annotation.
        """
        try:
            old, new = read_passages(options["old"]), read_passages(options["new"])
            read = read_marks(options["annotations"], old)
        except UnreadableFile as error:
            raise CommandError(str(error), returncode=2) from error
        places = place([found.mark for found in read], old, new, compare(old, new))
        answers = [
            {"id": found.id} | as_data(placed) for found, placed in zip(read, places, strict=True)
        ]
        self.stdout.write(json.dumps(answers))


def as_data(placed: Place) -> dict[str, Any]:
    """Give a place without its id as plain data; only a manual one has candidates."""
    data: dict[str, Any] = (
        {"state": placed.state} | _range(placed) | {"confidence": placed.confidence}
    )
    if placed.candidates:
        data["candidates"] = [_range(candidate) for candidate in placed.candidates]
    return data


def _range(found: Place | Candidate) -> dict[str, int | None]:
    return {"passage": found.passage, "start": found.start, "end": found.end}
