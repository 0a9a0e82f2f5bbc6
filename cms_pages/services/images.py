"""Storing the images that an imported text names."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.images import ImageFile
from django.utils.translation import gettext as _
from wagtail.images import get_image_model
from wagtail.permissions import policy_registry
from wagtail.utils.file import hash_filelike

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import User

    from cms_pages.core.documents import DocumentBlock


def store_images(
    document: Iterable[DocumentBlock], *, folder: Path, actor: User | None
) -> dict[str, int]:
    """Store the images of a document, each file once, and return their keys by file name.

    Args:
        document: Blocks; those of images may name a file.
        folder: Where the files lie; names that lead out of it are refused.
        actor: Who stores them; None for the person who runs the server's commands.

    Raises:
        PermissionDenied: ``actor`` may not add images.
        ValidationError: A file is missing or no image.
    """
    wanted = {block.file: block.alt for block in document if block.file}
    policy = policy_registry.get_by_type(get_image_model())
    if wanted and actor is not None and not policy.user_has_permission(actor, "add"):
        raise PermissionDenied(_("You may not add images."))
    return {name: _stored(folder, name, alt) for name, alt in wanted.items()}


def _stored(folder: Path, name: str, alt: str) -> int:
    if PurePath(name).name != name or not (folder / name).is_file():
        raise ValidationError(
            {"file": _("The image %(name)s does not lie beside the text.") % {"name": name}},
            code="no_image",
        )
    image_model = get_image_model()
    with (folder / name).open("rb") as handle:
        digest = hash_filelike(handle)
        known = image_model.objects.filter(file_hash=digest).first()
        if known is not None:
            return int(known.pk)
        handle.seek(0)
        image = image_model(
            title=Path(name).stem, file=ImageFile(handle, name=name), description=alt[:255]
        )
        image.file_size, image.file_hash = (folder / name).stat().st_size, digest
        image.full_clean()
        image.save()
    return int(image.pk)
