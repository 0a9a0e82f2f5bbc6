"""Storing the images that an imported text names."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _
from PIL.Image import DecompressionBombError
from wagtail.images import get_image_model
from wagtail.images.fields import WagtailImageField
from wagtail.permissions import policy_registry
from wagtail.utils.file import hash_filelike

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import IO

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
    if wanted and not may_add_images(actor):
        raise PermissionDenied(_("You may not add images."))
    return {name: _stored_from(folder, name, alt) for name, alt in wanted.items()}


def store_taken(
    document: Iterable[DocumentBlock], images: Mapping[str, bytes], *, actor: User | None
) -> dict[str, int]:
    """Store the images that a document holds and names, and return their keys by name.

    Args:
        document: Its blocks.
        images: The images by name, as ``usable_images`` leaves them.
        actor: Who stores them; without the right to add images only known ones are used.
    """
    named = {b.source.image: b.alt for b in document if b.source.image in images}
    known = known_images({name: images[name] for name in named})
    if not may_add_images(actor):
        return known
    return {
        name: known.get(name) or _stored(ContentFile(images[name]), name, alt)
        for name, alt in named.items()
    }


def known_images(images: Mapping[str, bytes]) -> dict[str, int]:
    """Return the keys of those images that the site has already, by name."""
    hashes = {name: hash_filelike(ContentFile(data)) for name, data in images.items()}
    rows = get_image_model().objects.filter(file_hash__in=set(hashes.values()))
    keys = dict(rows.order_by("-pk").values_list("file_hash", "pk"))
    return {name: keys[digest] for name, digest in hashes.items() if digest in keys}


def usable_images(images: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the images that the site takes: of a format, size and number of pixels it allows."""
    return {name: data for name, data in images.items() if _is_usable(name, data)}


def may_add_images(actor: User | None) -> bool:
    """Tell whether somebody may add images; whoever runs the server's commands may."""
    policy = policy_registry.get_by_type(get_image_model())
    return actor is None or bool(policy.user_has_permission(actor, "add"))


def _is_usable(name: str, data: bytes) -> bool:
    try:
        WagtailImageField().clean(SimpleUploadedFile(name, data))
    except (ValidationError, OSError, ValueError, SyntaxError, DecompressionBombError):
        return False  # Pillow's own errors among them, which Wagtail does not catch everywhere
    return True


def _stored_from(folder: Path, name: str, alt: str) -> int:
    if PurePath(name).name != name or not (folder / name).is_file():
        raise ValidationError(
            {"file": _("The image %(name)s does not lie beside the text.") % {"name": name}},
            code="no_image",
        )
    with (folder / name).open("rb") as handle:
        return _stored(handle, name, alt)


def _stored(handle: IO[bytes], name: str, alt: str) -> int:
    image_model = get_image_model()
    digest = hash_filelike(handle)
    known = image_model.objects.filter(file_hash=digest).first()
    if known is not None:
        return int(known.pk)
    file = ImageFile(handle, name=name)
    image = image_model(title=Path(name).stem, file=file, description=alt[:255])
    image.file_size, image.file_hash = file.size, digest
    image.full_clean()
    image.save()
    return int(image.pk)
