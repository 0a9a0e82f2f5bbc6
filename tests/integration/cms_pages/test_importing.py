"""Importing texts: service, command, admin."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.models import Page, Revision

from cms_pages.core.documents import read_document
from cms_pages.models import StrategyDraftPage
from cms_pages.services.importing import VersionDetails, import_draft
from cms_pages.services.site_setup import set_up_site
from tests.factories import UserFactory, make_process, make_user, publish
from versioning.models import Version
from versioning.services.windows import change_window

pytestmark = pytest.mark.django_db

TEXT = [
    {"type": "heading", "level": 1, "text": "Leitbild", "id": "lb"},
    {"type": "paragraph", "text": "Eine kluge Stadt erkennt man nicht an ihren Sensoren."},
    {"type": "heading", "level": 2, "text": "Werte"},
    {"type": "list_item", "text": "Gemeinwohl", "html": "<b>Gemeinwohl</b>"},
]


@pytest.fixture(scope="module")
def shared_process(shared):
    return make_process(parent=set_up_site().home, title="Kluge Stadt")


@pytest.fixture
def process(shared_process):
    return deepcopy(shared_process)


@pytest.fixture
def home(process):
    return process.get_parent().specific


@pytest.fixture
def editor(home):
    user = UserFactory()
    user.groups.add(Group.objects.get(name="Redaktion"))
    return user


def document(items=None):
    return read_document(("text.json", json.dumps(items or TEXT).encode()))


def counts():
    return Page.objects.count(), Revision.objects.count(), Version.objects.count()


def test_a_text_becomes_a_draft_that_nobody_sees(process, editor, client):
    done = import_draft(document=document(), parent=process, title="Straße", actor=editor)
    page = StrategyDraftPage.objects.get(pk=done.page.pk)
    assert (page.live, page.slug, done.version) == (False, "strasse", None)
    draft = page.get_latest_revision_as_object()
    assert next((b.block_type, b.id) for b in draft.body) == ("chapter", "lb")
    assert client.get(page.get_url()).status_code == 404


def test_a_text_can_be_published_at_once(process, editor):
    closes = timezone.now() + timedelta(days=7)
    details = VersionDetails(label="Entwurf zur Beteiligung", closes=closes)
    done = import_draft(
        document=document(), parent=process, title="Titel", actor=editor, publish=details
    )
    assert done.version.label == "Entwurf zur Beteiligung"
    assert done.version.is_open()
    assert done.version.published_by == editor
    assert [p.text for p in done.version.passages.in_order()] == [b["text"] for b in TEXT]


def test_titles_may_repeat(process, editor):
    slugs = [
        import_draft(document=document(), parent=process, title="Gleich", actor=editor).page.slug
        for _ in range(2)
    ]
    assert slugs == ["gleich", "gleich-1"]


def test_a_second_text_keeps_the_ids_of_what_it_recognises(process, editor):
    first = import_draft(document=document(), parent=process, title="Titel", actor=editor)
    ids = [block.id for block in first.page.body]
    changed = [dict(block) for block in TEXT]
    changed[1]["text"] += " Man erkennt sie daran, dass der Bus kommt."
    changed.insert(2, {"type": "quote", "text": "Ein Zitat."})
    second = import_draft(document=document(changed), page=first.page, actor=editor)
    kept = [block.id for block in second.page.body]
    assert [kept[0], kept[1], kept[3]] == ids
    assert second.kept == 3


def test_an_import_into_a_published_draft_changes_nothing_in_public(process, editor):
    details = VersionDetails(label="Eins")
    done = import_draft(
        document=document(), parent=process, title="Titel", actor=editor, publish=details
    )
    import_draft(document=document(TEXT[:2]), page=done.page, actor=editor)
    page = StrategyDraftPage.objects.get(pk=done.page.pk)
    assert page.has_unpublished_changes
    assert len(page.body) == 3
    assert Version.objects.count() == 1


def test_an_import_does_not_plan_the_window_of_the_published_version_again(process, editor):
    closes = timezone.now() + timedelta(days=7)
    details = VersionDetails(label="Entwurf", closes=closes)
    made = import_draft(
        document=document(), actor=editor, parent=process, title="Text", publish=details
    )
    change_window(
        version=made.version,
        opens=None,
        closes=timezone.now() + timedelta(days=1),
        reason="Alles ist gesagt.",
        actor=editor,
    )

    done = import_draft(document=document(TEXT[:2]), actor=editor, page=made.page)

    draft = done.page.get_latest_revision_as_object()
    assert (draft.version_label, draft.version_closes) == ("", None)


def test_without_permission_nothing_is_stored(process):
    before = counts()
    for role in ("citizen", "moderator", "senate"):
        with pytest.raises(PermissionDenied):
            import_draft(document=document(), parent=process, title="Titel", actor=make_user(role))
    assert counts() == before


def test_a_locked_page_takes_no_text(process, editor):
    done = import_draft(document=document(), parent=process, title="Titel", actor=editor)
    done.page.locked = True
    done.page.locked_by = make_user("superuser")
    done.page.save()
    with pytest.raises(ValidationError):
        import_draft(document=document(), page=done.page, actor=editor)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 300}, "title"),
        ({"parent": None}, "parent"),
        ({"document": []}, "file"),
    ],
)
def test_bad_input_is_named_and_nothing_is_stored(process, editor, fields, named):
    before = counts()
    values = {"document": document(), "parent": process, "title": "Titel", "actor": editor}
    with pytest.raises(ValidationError) as refused:
        import_draft(**(values | fields))
    assert named in refused.value.message_dict
    assert counts() == before


def test_a_window_that_ends_before_it_begins_is_refused(process, editor):
    now = timezone.now()
    with pytest.raises(ValidationError) as refused:
        import_draft(
            document=document(),
            parent=process,
            title="Titel",
            actor=editor,
            publish=VersionDetails(label="x", opens=now, closes=now - timedelta(days=1)),
        )
    assert "closes" in refused.value.message_dict
    assert not StrategyDraftPage.objects.exists()


def test_images_beside_the_text_are_stored_once(process, editor):
    folder = settings.SYNOPSE_DEMO_FOLDER
    image = {"type": "image", "text": "Bild", "alt": "Haltestelle", "file": "haltestelle.png"}
    for title in ("Eins", "Zwei"):
        done = import_draft(
            document=document([image]),
            parent=process,
            title=title,
            actor=editor,
            folder=folder,
            publish=VersionDetails(label=title),
        )
        assert [p.text for p in done.version.passages.all()] == ["Bild"]
    assert get_image_model().objects.count() == 1


def test_images_of_the_draft_stay_where_the_next_text_names_them(process, editor):
    image = {"type": "image", "id": "bild", "text": "Bild", "file": "haltestelle.png"}
    first = import_draft(
        document=document([image]),
        parent=process,
        title="Titel",
        actor=editor,
        folder=settings.SYNOPSE_DEMO_FOLDER,
    )
    for changed in ({**image, "text": "Anders"}, {**image, "id": "neu", "text": "Anders"}):
        done = import_draft(document=document([changed, *TEXT]), page=first.page, actor=editor)
        (figure,) = [block for block in done.page.body if block.block_type == "image"]
        assert figure.value["image"] == get_image_model().objects.get()
        assert (figure.id, figure.value["caption"]) == ("bild", "Anders")


@pytest.mark.parametrize("name", ["../demo/haltestelle.png", "/etc/hostname", "fehlt.png"])
def test_images_outside_the_folder_are_refused(process, editor, name):
    image = {"type": "image", "text": "Bild", "file": name}
    with pytest.raises(ValidationError):
        import_draft(
            document=document([image]),
            parent=process,
            title="Titel",
            actor=editor,
            folder=settings.SYNOPSE_DEMO_FOLDER,
        )
    assert not StrategyDraftPage.objects.exists()


class TestCommand:
    """``import_draft`` on the command line."""

    def run(self, *args):
        out = StringIO()
        call_command("import_draft", *map(str, args), stdout=out)
        (line,) = out.getvalue().splitlines()
        return json.loads(line)

    @pytest.fixture
    def file(self, tmp_path):
        path = tmp_path / "text.json"
        path.write_text(json.dumps(TEXT), encoding="utf-8")
        return path

    def test_it_prints_page_url_revision_and_version(self, process, file):
        done = self.run(
            file, "--parent", process.get_url(), "--title", "Titel", "--publish", "--label", "L",
            "--opens", "2026-01-01", "--closes", "2026-02-01T12:00",
        )  # fmt: skip
        page = StrategyDraftPage.objects.get(pk=done["page"])
        assert done == {
            "page": page.pk,
            "url": page.get_url(),
            "revision": page.live_revision_id,
            "version": 1,
        }
        version = page.newest_version
        assert timezone.localtime(version.closes).isoformat() == "2026-02-01T12:00:00+01:00"

    def test_it_takes_public_and_internal_paths(self, process, file):
        made = self.run(file, "--parent", process.url_path, "--title", "Titel")
        assert made["version"] is None
        again = self.run(file, "--page", f"http://testserver{made['url']}", "--locale", "de")
        assert again["page"] == made["page"]
        assert again["revision"] > made["revision"]

    @pytest.mark.parametrize(
        "args",
        [
            ["--parent", "/de/nirgends/", "--title", "x"],
            ["--page", "/de/"],
            ["--parent", "PROCESS", "--title", ""],
            ["--parent", "PROCESS", "--title", "x", "--locale", "fr"],
            ["--parent", "PROCESS", "--title", "x", "--locale", "en"],
            ["--parent", "PROCESS", "--title", "x", "--publish"],
            ["--parent", "PROCESS", "--title", "x", "--publish", "--label", "y" * 200],
            ["--parent", "PROCESS", "--title", "x", "--publish", "--label", "y", "--opens", "bald"],
            ["--parent", "PROCESS", "--title", "x", "--closes", "2026-01-01"],
        ],
    )
    def test_bad_arguments_end_with_one_line_and_status_2(self, process, file, args):
        before = counts()
        args = [process.get_url() if arg == "PROCESS" else arg for arg in args]
        with pytest.raises(CommandError) as refused:
            self.run(file, *args)
        assert refused.value.returncode == 2
        assert len(str(refused.value).splitlines()) == 1
        assert counts() == before

    def test_a_broken_file_is_named(self, process, tmp_path):
        path = tmp_path / "kaputt.json"
        path.write_bytes(b'[{"type":')
        with pytest.raises(CommandError, match=r"kaputt\.json") as refused:
            self.run(path, "--parent", process.get_url(), "--title", "x")
        assert refused.value.returncode == 2


class TestAdmin:
    """The upload in Wagtail's admin."""

    @pytest.fixture
    def signed_in(self, client, editor):
        client.force_login(editor)
        return client

    def file(self, name="text.md", data="# Kapitel\n\nEin Satz.\n"):
        data = data if isinstance(data, bytes) else data.encode()
        return SimpleUploadedFile(name, data)

    def test_the_form_offers_the_process_and_leads_to_a_preview(self, signed_in, process):
        url = reverse("synopse_import:new")
        shown = signed_in.get(url, {"parent": process.pk})
        assert shown.context["form"]["parent"].value() == str(process.pk)
        answer = signed_in.post(
            url, {"parent": process.pk, "title": "Neu", "file": self.file()}, follow=True
        )
        assert answer.redirect_chain[-1][0].startswith("/admin/import/preview/")
        assert answer.status_code == 200
        assert not StrategyDraftPage.objects.filter(title="Neu").exists()

    def test_the_editor_leads_to_the_form(self, signed_in, process, editor):
        page = import_draft(document=document(), parent=process, title="Titel", actor=editor).page
        edit = signed_in.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
        url = reverse("synopse_import:page", args=[page.pk])
        assert url in edit.content.decode()
        answer = signed_in.post(url, {"file": self.file()})
        assert answer.status_code == 302

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("text.json", "{"),
            ("text.exe", "MZ"),
            ("text.md", b"\xff\xfe\x00"),
            ("text.json", "[" * 50_000),
            ("groß.md", "x" * (10 * 1024 * 1024 + 1)),
        ],
    )
    def test_a_bad_file_is_explained_at_its_field(self, signed_in, process, name, data):
        before = counts()
        answer = signed_in.post(
            reverse("synopse_import:new"),
            {"parent": process.pk, "title": "Neu", "file": self.file(name, data)},
        )
        assert answer.status_code == 200
        assert answer.context["form"].errors["file"]
        assert answer.context["form"]["title"].value() == "Neu"
        assert counts() == before

    def test_it_is_closed_to_whoever_may_not_edit(self, client, process, editor):
        page = import_draft(document=document(), parent=process, title="T", actor=editor).page
        moderator = UserFactory()
        moderator.groups.add(Group.objects.get(name="Moderation"))
        client.force_login(moderator)
        for url in (
            reverse("synopse_import:new"),
            reverse("synopse_import:page", args=[page.pk]),
        ):
            before = counts()
            for answer in (client.get(url), client.post(url, {"file": self.file()})):
                assert answer.status_code in {302, 403}
            assert counts() == before

    def test_other_pages_are_not_imported_into(self, signed_in, process):
        url = reverse("synopse_import:page", args=[process.pk])
        assert signed_in.get(url, follow=True).status_code == 404


HANDBOOK = next((settings.ROOT.parent / "shared" / "data" / "revisions").glob("A09-*"), None)


@pytest.mark.skipif(HANDBOOK is None, reason="the shared documents lie beside the repository only")
def test_a_real_document_keeps_its_passages_and_its_next_edition_the_ids(process, editor):
    done = import_draft(
        document=read_document(HANDBOOK / "old.json"),
        parent=process,
        title="Handbuch",
        actor=editor,
        publish=VersionDetails(label="Entwurf zur Beteiligung"),
    )
    old = json.loads((HANDBOOK / "old.json").read_text(encoding="utf-8"))
    assert done.version.passages.count() == len(old) == 227
    ids = {block.id for block in done.page.body}
    again = import_draft(
        document=read_document(HANDBOOK / "new.json"),
        page=done.page,
        actor=editor,
        publish=VersionDetails(label="Überarbeitet"),
    )
    assert again.version.passages.count() == 251
    assert len(ids - {block.id for block in again.page.body}) <= 1
    uids = set(done.version.passages.values_list("uid", flat=True))
    assert len(uids & set(again.version.passages.values_list("uid", flat=True))) > 200


def test_publishing_later_versions_keeps_working_after_an_import(process, editor):
    page = import_draft(
        document=document(), parent=process, title="T", actor=editor, publish=VersionDetails("a")
    ).page
    assert publish(page, html="<p>Neu.</p>").number == 2
