"""A full disk: what cannot be stored is refused in words, all else goes on, no half file is left.

The limit of a file's size (``RLIMIT_FSIZE``) needs no rights; a small file system in memory is
really full, where this process may mount one.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from PIL import Image as Pillow
from wagtail.images.models import Image

from annotations.models import Annotation
from tests.factories import make_user
from tests.factories.annotations import annotate, open_version, passage
from tests.faults import children
from versioning.exports.files import File
from versioning.models import Export
from versioning.services.exporting import build_export, request_export
from versioning.services.integrity import check_integrity

pytestmark = pytest.mark.usefixtures("city")

SMALL = 128 * 1024
ON_SQLITE = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL's files are another process's"
)


@contextmanager
def size_limit(folder: Path):
    """Let no file of this process grow beyond a limit; it holds for children forked inside."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    folder.mkdir(exist_ok=True)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def small_disk(folder: Path):
    """Mount a file system of few bytes."""
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("nothing may be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def picture() -> SimpleUploadedFile:
    """Return an image of noise, which cannot be packed: half a megabyte."""
    noise = Pillow.frombytes("RGB", (420, 420), os.urandom(420 * 420 * 3))
    path = Path(django_settings.EMAIL_FILE_PATH) / "noise.png"
    noise.save(path)
    assert path.stat().st_size > 3 * SMALL
    return SimpleUploadedFile("noise.png", path.read_bytes(), content_type="image/png")


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("full", [size_limit, small_disk])
def test_an_upload_that_has_no_room_leaves_nothing(full, tmp_path, settings, counts):
    version = open_version()
    settings.MEDIA_ROOT = tmp_path / "media"
    client = Client(raise_request_exception=False)
    client.force_login(make_user("superuser"))
    data = {"title": "Rauschen", "file": picture(), "collection": "1"}

    def upload(tell) -> None:
        answer = client.post(reverse("wagtailimages:add"), data)
        tell(f"{answer.status_code} {'kein Platz' in answer.content.decode()}")
        tell(str(Client().get(version.page.get_url()).status_code))

    with full(tmp_path / "media"):
        said = children.run(upload).said
        assert files_in(tmp_path / "media") == []

    assert said[:2] == ["507 True", "200"]
    assert not Image.objects.exists()
    data["file"].seek(0)
    assert client.post(reverse("wagtailimages:add"), data).status_code == 302
    assert len(files_in(tmp_path / "media")) == Image.objects.count() == 1
    counts(f"upload to a full disk ({full.__name__})", refused=1, **{"half files": 0})


@ON_SQLITE
@pytest.mark.parametrize("full", [size_limit, small_disk])
def test_a_database_that_has_no_room_can_still_be_read(full, tmp_path, counts):
    version = open_version()
    annotate(version, body="Davor.")
    path = reverse(
        "annotations:passage", args=[version.page_id, version.number, passage(version).uid]
    )
    sent = {"body": "Mehr Bäume!", "name": "Marlen", "email": "m@example.org"}
    sent["motivation"] = "commenting"

    def write_and_read(tell) -> None:
        client = Client(raise_request_exception=False)
        with full_database(full, tmp_path):
            answer = client.post(path, sent)
            tell(f"{answer.status_code} {'Mehr Bäume!' in answer.content.decode()}")
            for address in (version.page.get_url(), path, "/de/"):
                page = client.get(address)
                tell(f"{page.status_code}")
            tell(f"{Annotation.objects.count()} stored")

    said = children.run(write_and_read).said

    assert said[:-1] == ["503 True", "200", "200", "200", "1 stored"]
    assert Annotation.objects.count() == 1
    assert check_integrity() == []
    assert Client().post(path, sent).status_code == 302
    assert Annotation.objects.count() == 2
    counts(f"database on a full disk ({full.__name__})", refused=1, lost=0, readable=3)


@contextmanager
def full_database(full, folder: Path):
    """Leave no room to the database: itself under a limit, or a copy of it on a small disk."""
    if full is size_limit:
        Client().get("/de/")  # what is opened first writes a little
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        yield
        return
    disk, source = folder / "disk", Path(connection.settings_dict["NAME"])
    disk.mkdir()
    room = source.stat().st_size + 512 * 1024
    mount = ["mount", "-t", "tmpfs", "-o", f"size={room}", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("nothing may be mounted here")
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connections.close_all()
        shutil.copy(source, disk / source.name)
        connection.settings_dict["NAME"] = str(disk / source.name)
        Annotation.objects.exists()
        with (disk / "filler").open("wb", buffering=0) as filler:
            while _written(filler):
                pass
        yield
    finally:
        connections.close_all()
        subprocess.run(["umount", str(disk)], check=True)


def _written(filler) -> int:
    try:
        return filler.write(b"x" * 4096)
    except OSError:
        return 0


@ON_SQLITE
def test_a_file_that_has_no_room_is_said_to_have_failed(monkeypatch, counts):
    version = open_version()
    file = File("version", version, version, "docx")
    export = request_export(file=file)
    monkeypatch.setattr(File, "build", lambda self: os.urandom(8 * SMALL))

    def build(tell) -> None:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        resource.setrlimit(resource.RLIMIT_FSIZE, (4 * SMALL, resource.RLIM_INFINITY))
        tell(f"made {build_export(export=export.pk)}")

    assert children.run(build).said[0] == "made False"
    export.refresh_from_db()
    assert (export.state, bytes(export.content)) == ("failed", b"")
    monkeypatch.undo()
    assert build_export(export=request_export(file=file).pk)
    assert Export.objects.get().state == "done"
    counts("file for download on a full disk", failed=1, **{"half files": 0})
