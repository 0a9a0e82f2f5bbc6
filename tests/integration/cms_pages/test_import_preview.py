"""Importing with a preview: upload, look, take over; notes of editors."""

from __future__ import annotations

import io
from copy import deepcopy
from datetime import timedelta
from uuid import uuid4

import docx
import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.images import get_image_model
from wagtail.models import Page, Revision
from wagtail.users.models import UserProfile

from annotations.services.purging import purge
from annotations.services.retention import described
from cms_pages.core.documents import open_document
from cms_pages.models import DraftNote, StrategyDraftPage, WaitingImport
from cms_pages.services.importing import VersionDetails, import_draft
from cms_pages.services.notes import moment_of, settle_note
from cms_pages.services.site_setup import set_up_site
from cms_pages.services.uploads import AT_MOST, hold_upload, preview_of, take_over
from tests.factories import UserFactory, make_process, make_user
from tests.unit.versioning.test_reading import PARAGRAPH, word, zipped
from tests.unit.versioning.test_reading_whole import OLD_OFFICE, PNG, changed, relation

pytestmark = pytest.mark.django_db

FIRST = "Eine kluge Stadt erkennt man nicht an ihren Sensoren, sondern daran, dass der Bus kommt."
SECOND = "Gemeinwohl geht vor Gewinn, und wer hier wohnt, redet bei allem mit, was alle angeht."
THIRD = "Bibliotheken öffnen sonntags, und wer mag, liest dort bis in den Abend."
MARKDOWN = f"# Leitbild\n\n{FIRST}\n\n# Werte\n\n{SECOND}\n"
CHANGED = f"# Leitbild\n\n{FIRST.replace('der Bus', 'die Bahn')}\n\n# Bibliotheken\n\n{THIRD}\n"


@pytest.fixture(scope="module")
def shared_process(shared):
    return make_process(parent=set_up_site().home, title="Kluge Stadt")


@pytest.fixture
def process(shared_process):
    return deepcopy(shared_process)


@pytest.fixture
def editor(process):
    user = UserFactory()
    user.groups.add(Group.objects.get(name="Redaktion"))
    return user


@pytest.fixture
def signed_in(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def strategy(process, editor):
    return import_draft(
        document=open_document(("a.md", MARKDOWN.encode())).blocks,
        parent=process,
        title="Strategie",
        actor=editor,
        publish=VersionDetails("Entwurf"),
    ).page


def counts():
    return Page.objects.count(), Revision.objects.count(), DraftNote.objects.count()


def upload(client, strategy, *, name="neu.md", data=CHANGED, **fields):
    """Send a file to the form of a draft and return the address of its preview."""
    data = data if isinstance(data, bytes) else data.encode()
    url = reverse("synopse_import:page", args=[strategy.pk])
    answer = client.post(url, {"file": SimpleUploadedFile(name, data), **fields})
    assert answer.status_code == 302, answer.context["form"].errors
    return answer["Location"]


def form_of(shown, **fields):
    """Return what a browser would send from a preview."""
    data = {"state": shown.context["state"]}
    for question in shown.context.get("questions", []):
        data[f"{question.name}-key"] = question.key
        data[question.name] = next(a.value for a in question.answers if a.is_guess)
    return {**data, **fields}


def take_over_text(client, strategy, text):
    """Upload a text and take it over as it is proposed."""
    url = upload(client, strategy, data=text)
    assert client.post(url, form_of(client.get(url))).status_code == 302


def publish_newest(strategy):
    strategy = StrategyDraftPage.objects.get(pk=strategy.pk)
    strategy.get_latest_revision().publish()


def texts(strategy):
    draft = StrategyDraftPage.objects.get(pk=strategy.pk).get_latest_revision_as_object()
    return " ".join(str(child.value) for child in draft.body)


def commented() -> bytes:
    document = docx.Document()
    document.add_heading("Leitbild", 1)
    run = document.add_paragraph().add_run(FIRST)
    document.add_comment(run, text="Bitte belegen", author="Ada Lovelace")
    document.add_heading("Werte", 1)
    other = document.add_paragraph().add_run(SECOND)
    document.add_comment(other, text="<script>alert(1)</script>", author="B")
    document.add_picture(io.BytesIO(PNG))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def paragraphs(number):
    return "".join(f"<w:p><w:r><w:t>{n * 7919:x}</w:t></w:r></w:p>" for n in range(number))


# Looking


def test_nothing_is_saved_before_it_is_taken_over(signed_in, strategy):
    before, said = counts(), texts(strategy)
    url = upload(signed_in, strategy)
    shown = signed_in.get(url)
    assert shown.status_code == 200
    html = shown.content.decode()
    assert "die Bahn" in html
    assert "Noch ist nichts gespeichert" in html
    assert dict(shown.context["numbers"])["geändert"] >= 1
    labels = [label for label, _names in shown.context["section_lists"]]
    assert labels == [
        "2 Abschnitte gehen weiter",
        "2 Abschnitte sind neu",
        "2 Abschnitte fallen weg",
    ]
    assert (counts(), texts(strategy)) == (before, said)


def test_taken_over_it_is_a_new_state_of_the_draft_and_recognised_blocks_go_on(signed_in, strategy):
    ids = [child.id for child in strategy.body]
    url = upload(signed_in, strategy)
    shown = signed_in.get(url)
    planned = shown.context["section_lists"][0][1]
    answer = signed_in.post(url, form_of(shown))
    assert answer["Location"] == reverse("wagtailadmin_pages:edit", args=[strategy.pk])
    draft = StrategyDraftPage.objects.get(pk=strategy.pk).get_latest_revision_as_object()
    now = [child.id for child in draft.body]
    assert (now[:2], len(planned), len(set(now) & set(ids))) == (ids[:2], 2, 2)
    assert "die Bahn" in texts(strategy)
    assert StrategyDraftPage.objects.get(pk=strategy.pk).has_unpublished_changes
    assert not WaitingImport.objects.exists()


def test_the_preview_of_a_new_draft_shows_the_text_as_it_will_stand(signed_in, process):
    file = SimpleUploadedFile("neu.docx", commented())
    url = reverse("synopse_import:new")
    before = counts()
    answer = signed_in.post(url, {"parent": process.pk, "title": "Neu", "file": file})
    shown = signed_in.get(answer["Location"])
    html = shown.content.decode()
    assert FIRST in html
    assert "syn-ins" not in html
    assert counts() == before
    answer = signed_in.post(answer["Location"], form_of(shown), follow=True)
    made = StrategyDraftPage.objects.get(title="Neu")
    assert answer.redirect_chain[-1][0] == reverse("wagtailadmin_pages:edit", args=[made.pk])
    assert not made.live


def test_a_file_that_says_the_same_is_told(signed_in, strategy):
    html = signed_in.get(upload(signed_in, strategy, data=MARKDOWN)).content.decode()
    assert "Die Datei sagt dasselbe wie der Entwurf." in html


def test_thrown_away_nothing_is_left(signed_in, strategy):
    before, url = counts(), upload(signed_in, strategy)
    answer = signed_in.post(url, {"discard": "1"})
    assert answer["Location"] == reverse("synopse_import:page", args=[strategy.pk])
    assert (counts(), WaitingImport.objects.count()) == (before, 0)


def test_tracked_changes_are_accepted_or_refused_as_the_person_chooses(signed_in, strategy):
    body = (
        "<w:p><w:r><w:t>Der </w:t></w:r><w:del><w:r><w:delText>Bus</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>Zug</w:t></w:r></w:ins></w:p>"
    )
    for choice, words in (("accept", "Der Zug"), ("refuse", "Der Bus")):
        url = upload(signed_in, strategy, name="a.docx", data=word(body), changes=choice)
        shown = signed_in.get(url)
        assert words in str(shown.context["rows_html"])
        assert len(shown.context["remarks"]) == 1


def test_in_english_the_preview_speaks_english(signed_in, strategy, editor):
    profile = UserProfile.get_for_user(editor)
    profile.preferred_language = "en"
    profile.save()
    html = signed_in.get(upload(signed_in, strategy)).content.decode()
    assert "Nothing is saved yet." in html
    assert "Take over</button>" in html


# Doubtful guesses


def test_a_doubtful_guess_is_decided_in_the_preview_and_stored_with_the_draft(signed_in, strategy):
    words = "Bibliotheken öffnen sonntags, und wer mag, findet Werkzeug, Spiele, Rat und Hilfe."
    take_over_text(signed_in, strategy, f"# Leitbild\n\n{THIRD}\n\n# Werte\n\n{SECOND}\n")
    publish_newest(strategy)
    data = f"# Leitbild\n\n{FIRST}\n\n# Werte\n\n{SECOND}\n\n{words}\n"
    url = upload(signed_in, strategy, data=data)
    shown = signed_in.get(url)
    (question,) = shown.context["questions"]
    signed_in.post(url, form_of(shown, **{question.name: "new"}))
    draft = StrategyDraftPage.objects.get(pk=strategy.pk).get_latest_revision_as_object()
    assert [(item["new"], item["same"]) for item in draft.version_corrections] == [
        (question.key, False)
    ]


# What happens meanwhile


def test_a_draft_that_changed_meanwhile_is_not_overwritten(signed_in, strategy, editor):
    url = upload(signed_in, strategy)
    shown = signed_in.get(url)
    draft = StrategyDraftPage.objects.get(pk=strategy.pk).get_latest_revision_as_object()
    draft.title = "Inzwischen anders"
    draft.save_revision(user=editor)
    before, said = counts(), texts(strategy)
    answer = signed_in.post(url, form_of(shown))
    assert answer.status_code == 200
    assert "Der Entwurf hat sich inzwischen geändert" in answer.content.decode()
    assert (counts(), texts(strategy)) == (before, said)
    assert signed_in.post(url, form_of(answer)).status_code == 302
    assert "die Bahn" in texts(strategy)


def test_sent_twice_it_is_taken_over_once(signed_in, strategy):
    url = upload(signed_in, strategy)
    data = form_of(signed_in.get(url))
    signed_in.post(url, data)
    before = counts()
    assert signed_in.post(url, data).status_code == 410
    assert counts() == before


def test_a_file_that_waited_too_long_is_gone_and_the_purge_deletes_it(signed_in, strategy):
    url = upload(signed_in, strategy)
    WaitingImport.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    for answer in (signed_in.get(url), signed_in.post(url, {"state": "x"})):
        assert answer.status_code == 410
        assert "noch einmal hoch" in answer.content.decode()
    fresh = upload(signed_in, strategy)
    assert purge(dry_run=True)["uploads"] == 1
    assert purge()["uploads"] == 1
    assert signed_in.get(fresh).status_code == 200
    with translation.override("de"):
        kept = {line.what: line.how_long for line in described()}
    assert kept["Texte, die hochgeladen und nicht übernommen wurden"] == "1 Tag"


def test_of_many_files_of_one_person_the_oldest_give_way(strategy, editor):
    made = [
        hold_upload(name=f"{n}.md", content=b"x", page=strategy, actor=editor)
        for n in range(AT_MOST + 2)
    ]
    left = set(WaitingImport.objects.values_list("pk", flat=True))
    assert left == {one.pk for one in made[2:]}


# Who


def test_nobody_else_sees_or_takes_over_a_file(signed_in, client, strategy):
    url = upload(signed_in, strategy)
    data = form_of(signed_in.get(url))
    before = counts()
    for role in ("superuser", "moderator"):
        client.force_login(make_user(role))
        for answer in (client.get(url), client.post(url, data), client.post(url, {"discard": 1})):
            assert answer.status_code in {302, 403, 410}
    assert (counts(), WaitingImport.objects.count()) == (before, 1)
    assert client.get(reverse("synopse_import:preview", args=[uuid4()])).status_code != 200


def test_who_lost_the_right_meanwhile_takes_nothing_over(strategy, editor):
    held = hold_upload(name="a.md", content=CHANGED.encode(), page=strategy, actor=editor)
    editor.groups.clear()
    editor = type(editor).objects.get(pk=editor.pk)
    before = counts()
    with pytest.raises(PermissionDenied):
        preview_of(held, actor=editor)
    with pytest.raises(PermissionDenied):
        take_over(
            key=held.pk,
            actor=editor,
            state=str(strategy.latest_revision_id),
            answers={},
            comments=set(),
        )
    assert counts() == before


def test_without_permission_nothing_is_kept(strategy, process):
    for role in ("citizen", "moderator", "senate"):
        for where in ({"page": strategy}, {"parent": process, "title": "x"}):
            with pytest.raises(PermissionDenied):
                hold_upload(name="a.md", content=b"x", actor=make_user(role), **where)
    assert not WaitingImport.objects.exists()


# Images and notes


def test_images_of_a_word_file_are_stored_once_it_is_taken_over(signed_in, strategy):
    url = upload(signed_in, strategy, name="a.docx", data=commented())
    shown = signed_in.get(url)
    assert not get_image_model().objects.exists()
    assert any("keine Beschreibung" in remark for remark in shown.context["remarks"])
    signed_in.post(url, form_of(shown))
    draft = StrategyDraftPage.objects.get(pk=strategy.pk).get_latest_revision_as_object()
    (figure,) = [child for child in draft.body if child.block_type == "image"]
    assert figure.value["image"] == get_image_model().objects.get()
    again = signed_in.get(upload(signed_in, strategy, name="a.docx", data=commented()))
    assert again.context["is_same"]


def test_an_image_that_the_site_refuses_leaves_its_words(signed_in, strategy):
    broken = {"word/media/image1.png": b"\x89PNG\r\n\x1a\n" + bytes(50)}
    data = changed(commented(), broken)
    shown = signed_in.get(upload(signed_in, strategy, name="a.docx", data=data))
    assert any("Format oder eine Größe" in remark for remark in shown.context["remarks"])
    signed_in.post(shown.request["PATH_INFO"], form_of(shown))
    assert not get_image_model().objects.exists()
    assert "Picture 1" in texts(strategy)


def test_chosen_comments_become_notes_that_the_editor_shows(signed_in, strategy):
    url = upload(signed_in, strategy, name="a.docx", data=commented())
    shown = signed_in.get(url)
    assert "<script>alert(1)" not in shown.content.decode()
    assert [c["comment"].author for c in shown.context["comments"]] == ["Ada Lovelace", "B"]
    signed_in.post(url, form_of(shown, comment=["0", "7", "x"]))
    note = DraftNote.objects.get()
    draft = StrategyDraftPage.objects.get(pk=strategy.pk).get_latest_revision_as_object()
    blocks = {child.id: str(child.value) for child in draft.body}
    assert FIRST in blocks[note.block]
    assert (note.text, note.author, note.quote, note.passage, note.source) == (
        "Bitte belegen", "Ada Lovelace", FIRST, FIRST, "a.docx",
    )  # fmt: skip
    html = signed_in.get(reverse("wagtailadmin_pages:edit", args=[strategy.pk])).content.decode()
    assert "Bitte belegen" in html
    assert f"#block-{note.block}-section" in html
    assert reverse("synopse_import:notes", args=[strategy.pk]) in html


def test_a_note_is_done_and_opened_again(signed_in, strategy, editor):
    note = DraftNote.objects.create(page=strategy, text="Noch prüfen")
    url = reverse("synopse_import:notes", args=[strategy.pk])
    signed_in.post(url, {"note": note.pk})
    note.refresh_from_db()
    assert note.done_by == editor
    assert "Noch prüfen" not in signed_in.get(url).content.decode()
    assert "Noch prüfen" in signed_in.get(url, {"show": "done"}).content.decode()
    signed_in.post(url, {"note": note.pk, "reopen": "1"})
    note.refresh_from_db()
    assert (note.done_at, note.done_by) == (None, None)
    for nonsense in ("", "x", "9" * 40, "0"):
        assert signed_in.post(url, {"note": nonsense}).status_code == 302
    with pytest.raises(PermissionDenied):
        settle_note(note=note, actor=make_user("moderator"), is_done=True)


@pytest.mark.parametrize("written", ["", "bald", "0001-01-01T00:00:00", "2026-13-01T00:00:00"])
def test_a_moment_that_is_none_is_left_out(written):
    assert moment_of(written) is None


def test_a_moment_without_a_zone_is_read():
    assert moment_of("2026-01-02T03:04:05").isoformat() == "2026-01-02T03:04:05+00:00"
    assert moment_of("2026-01-02T03:04:05Z").isoformat() == "2026-01-02T03:04:05+00:00"


# Hostile files


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("a.docx", lambda: zipped({f"{n}.xml": "" for n in range(10_000)}), "zu vielen Teilen"),
        ("a.docx", lambda: word(PARAGRAPH * 1_500_000), "zu viel"),
        ("a.docx", lambda: relation("image", "http://evil.example/a.png"), "von anderswo"),
        ("a.docx", lambda: OLD_OFFICE, "altes Format"),
        ("a.docx", lambda: OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"), "Passwort"),
        ("a.docx", lambda: word(PARAGRAPH)[:90], "beschädigt"),
        ("a.odt", CHANGED.encode, "beschädigt"),
        ("a.md", lambda: b"- a\n" * 50_000, "zu lang"),
        ("a.html", lambda: b"<p>a" * 80_000, "zu lang"),
        ("a.json", lambda: b"[" + b" " * 5_300_000 + b"]", "zu lang"),
        ("a.docx", lambda: word(paragraphs(10_001)), "zu lang"),
        ("a.docm", lambda: word(PARAGRAPH), "lässt sich nicht importieren"),
        ("../../a.md", lambda: b"", None),
    ],
)
def test_a_hostile_file_is_refused_in_words_and_not_kept(signed_in, strategy, name, make, words):
    url = reverse("synopse_import:page", args=[strategy.pk])
    answer = signed_in.post(url, {"file": SimpleUploadedFile(name, make())})
    assert answer.status_code == 200
    (sentence,) = answer.context["form"].errors["file"]
    assert (words or "leer") in sentence
    assert not WaitingImport.objects.exists()


def test_the_command_refuses_changes_where_asked(strategy, tmp_path):
    path = tmp_path / "a.docx"
    path.write_bytes(word("<w:p><w:del><w:r><w:delText>alt</w:delText></w:r></w:del></w:p>"))
    call_command(
        "import_draft",
        str(path),
        "--page",
        strategy.get_url(),
        "--refuse-changes",
        stdout=io.StringIO(),
    )
    assert "alt" in texts(strategy)
