"""Words stay words (S1)."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from annotations.admin import links
from annotations.models import Annotation, OutboxMail, WatchedWord
from annotations.services import noting, reasons
from annotations.services.appealing import appeal_as_reporter
from annotations.services.deciding import decide_report
from annotations.services.reporting import token_of
from annotations.services.submitting import submit_annotation
from cms_pages.services.reports import report_problem
from tests.factories import make_draft, publish
from tests.factories.annotations import annotate, dispose, passage
from tests.factories.reports import hide, make_report
from tests.factories.vectors import HOSTILE, SCRIPTS
from tests.integration.site.addresses import url_of
from tests.integration.site.harmless import assert_harmless, assert_words_only, what_runs
from versioning.models import Passage, Version

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_rate_limits():
    cache.clear()


def test_the_check_tells_what_runs_from_what_is_only_said():
    assert what_runs("<p><img src='x' onerror='__pwn'></p>")
    assert what_runs("<p><script>__pwn</script></p>")
    assert what_runs("<p data-x='__pwn'>x</p>")
    assert not what_runs("<p title='__pwn'>&lt;script&gt;__pwn</p><input value='__pwn'>")


# Forms


EVERY_FIELD = re.findall(
    r"\w+",
    """
    body name email quote proposed motivation start end base_hash idempotency_key
    started website kind text page_url username login password password1 next language
    remember reason page text url good_faith
""",
)


@pytest.mark.parametrize("vector", HOSTILE)
def test_words_in_every_field_of_every_public_form_stay_words(world, client_of, vector):
    client = client_of("anon")
    place, fetch = url_of("annotations:passage", world), {"X-Requested-With": "fetch"}
    written = {"name": vector[:40], "email": "ada@example.org", "body": vector,
               "motivation": "editing", "proposed": vector}  # fmt: skip
    assert_harmless(client.post(place, written, follow=True))
    everywhere = dict.fromkeys(EVERY_FIELD, vector)
    assert_harmless(client.post(place, everywhere, headers=fetch))
    report = {**everywhere, "kind": "error", "email": "", "website": ""}
    assert_harmless(client.post(url_of("pages:report_problem", world), report, follow=True))
    assert_harmless(client.post(url_of("annotations:reply", world), everywhere))
    notice = {**everywhere, "reason": "insult", "email": "ada@example.org", "website": ""}
    assert_harmless(client.post(url_of("annotations:report", world), notice, follow=True))
    for name in ("report_content", "report_status", "statement"):
        assert_harmless(client.post(url_of(f"annotations:{name}", world), notice, follow=True))


@pytest.mark.parametrize(
    "name", ["account_login", "account_signup", "account_reset_password", "set_language"]
)
def test_words_in_the_forms_of_accounts_stay_words(world, client_of, name):
    for vector in HOSTILE[::5]:
        everywhere = dict.fromkeys(EVERY_FIELD, vector)
        assert_harmless(client_of("anon").post(url_of(name, world), everywhere))


def _stored(world) -> list[Annotation]:
    """Store all vectors in a few annotations, with an answer that repeats them."""
    version, made = world.versions["open"], []
    for number in range(0, len(HOSTILE), 6):
        some = HOSTILE[number : number + 6]
        one = submit_annotation(
            version=version,
            passage=passage(version, 1),
            body=" ".join(some),
            proposed=" ".join(reversed(some)),
            user=world.users["citizen"],
            idempotency_key=f"key {number}",
            base_url="http://testserver",
        )
        Annotation.objects.filter(pk=one.pk).update(user_name=some[0][:50])
        made.append(one)
    answer = dispose(
        *made,
        actor=world.users["editor"],
        outcome="not_adopted",
        reason=" ".join(HOSTILE),
    )
    type(answer).objects.filter(pk=answer.pk).update(public_at=timezone.now())
    return made


def test_hostile_words_that_were_stored_are_shown_as_words_everywhere(world, client_of):
    made = _stored(world)
    text = " ".join(SCRIPTS)[:3_000]
    report_problem(kind="error", text=text, page_url=SCRIPTS[0], base_url="http://testserver")
    anon, editor, moderator = map(client_of, ("anon", "editor", "moderator"))
    shown = [world.drafts["open"].get_url(), url_of("annotations:passage", world)]
    shown += [one.get_absolute_url() for one in made]
    shown += [reverse("annotations:reply", args=[one.uuid]) for one in made]
    for url in shown:
        response = anon.get(url)
        assert response.status_code == 200
        assert_harmless(response)
    notice = make_report(made[0], text=text, name=SCRIPTS[0][:100])
    answer_to = {"is_upheld": False, "answer": text, "actor": world.users["moderator"]}
    decide_report(report=notice, **answer_to)
    notice.refresh_from_db()
    appeal = appeal_as_reporter(report=notice, text=text)
    noting.add_note(annotation=made[0], actor=world.users["moderator"], text=text)
    WatchedWord.objects.create(words="<img src=x onerror=alert(1)>", reason=SCRIPTS[0][:200])
    event = hide(made[-1], ground=text, fact=text, actor=world.users["moderator"])
    for url in (
        reverse("annotations:report_status", args=[token_of(notice)]),
        reverse("annotations:statement", args=[reasons.token_of(event)]),
        reverse("annotations:report", args=[made[1].uuid]),
    ):
        assert_harmless(anon.get(url))
    listing = reverse("synopse_annotations:index")
    for client, url in (
        (editor, listing),
        (editor, url_of("problemreport:index", world)),
        (moderator, reverse("synopse_annotations:outbox")),
        (moderator, links.desk_url(state="all")),
        (moderator, links.reports_url(state="all")),
        (moderator, links.report_url(notice.pk)),
        (moderator, links.appeals_url()),
        (moderator, links.appeal_url(appeal.pk)),
        (moderator, links.annotation_url(made[0].pk)),
        (moderator, reverse("watchedword:index")),
        (moderator, bulk_url("hide", made[0], made[1])),
        *((editor, reverse("synopse_annotations:detail", args=[one.pk])) for one in made),
    ):
        assert_words_only(client.get(url))


def bulk_url(action, *rows) -> str:
    url = reverse("wagtail_bulk_action", args=["synopse_annotations", "annotation", action])
    return f"{url}?{'&'.join(f'id={row.pk}' for row in rows)}"


def _imported(world, client_of, name: str, data: bytes):
    upload = SimpleUploadedFile(name, data)
    url = reverse("synopse_import:page", args=[world.drafts["open"].pk])
    return client_of("editor").post(url, {"file": upload}, follow=True)


def _as_file(suffix: str) -> bytes:
    if suffix == "json":
        blocks = [{"type": "paragraph", "text": vector, "html": vector} for vector in HOSTILE]
        return json.dumps(blocks).encode()
    lines = [vector.replace("\x00", "") for vector in HOSTILE if "plaintext" not in vector]
    if suffix == "html":
        return "".join(f"<p>{line}</p>" for line in lines).encode("utf-8", "replace")
    return "\n\n".join(lines).encode("utf-8", "replace")


@pytest.mark.parametrize("suffix", ["json", "html", "md"])
def test_an_imported_text_runs_nothing_when_it_is_published(world, client_of, suffix):
    assert _imported(world, client_of, f"text.{suffix}", _as_file(suffix)).status_code == 200
    draft = world.drafts["open"].__class__.objects.get(pk=world.drafts["open"].pk)
    draft.get_latest_revision().publish(user=world.users["editor"], skip_permission_checks=True)
    newest = Version.objects.newest_of(draft)
    assert newest.number == 3
    assert newest.passages.count() > 1
    client = client_of("anon")
    numbers = {"page_id": draft.pk, "old": 2, "new": 3}
    comparison = reverse("versioning:comparison", kwargs=numbers)
    some = newest.passages.in_order().last()
    spot = {"page_id": draft.pk, "number": 3, "uid": some.uid}
    for url in (
        draft.get_url(),
        newest.get_absolute_url(),
        f"{comparison}?show=all",
        f"{comparison}?view=inline&show=all",
        reverse("versioning:origin", args=[draft.pk, 3]),
        reverse("annotations:passage", kwargs=spot),
    ):
        response = client.get(url)
        assert response.status_code == 200
        assert_harmless(response)


@pytest.mark.parametrize(
    "data",
    [
        b'[{"type": "paragraph", "text": "\\ud800 allein"}]',
        b'[{"type": "paragraph", "text": "\\u0000 null"}]',
        b'[{"type": "heading", "level": 100000000000000000000, "text": "x"}]',
        b'[{"type": "heading", "level": -1, "text": "x"}]',
        b'[{"type": "list_item", "depth": 1e309, "text": "x"}]',
        b'[{"type": "paragraph", "text": "x", "id": "../../etc"}]',
        b'[{"type": "paragraph", "text": "x", "id": 100000000000000000000}]',
        b'[{"type": "image", "file": "../../../etc/passwd", "alt": "x", "text": "x"}]',
        b'[{"type": "table", "rows": [[1]], "text": "x"}]',
        b'{"type": "paragraph"}',
        b"[[[[[[[[[[[[[[[[[[[[",
        b"[" * 100_000,
        b"\xff\xfe\x00",
        b"",
        b"null",
        b'"\\ud83d"',
    ],
)
def test_a_broken_or_hostile_file_is_imported_as_words_or_refused_in_words(world, client_of, data):
    revisions = world.drafts["open"].revisions.count()
    response = _imported(world, client_of, "text.json", data)
    assert response.status_code == 200
    if not response.redirect_chain:
        assert response.context["form"].errors["file"]
        assert world.drafts["open"].revisions.count() == revisions
    else:
        draft = world.drafts["open"].__class__.objects.get(pk=world.drafts["open"].pk)
        draft.get_latest_revision().publish(skip_permission_checks=True)
        assert client_of("anon").get(draft.get_url()).status_code == 200


# Addresses


def test_mails_with_hostile_words_are_plain_text(world):
    OutboxMail.objects.all().delete()
    version = publish(make_draft(title=SCRIPTS[2][:50], process=world.process),
                      closes=timezone.now() + timedelta(days=1))  # fmt: skip
    annotate(version, name=SCRIPTS[0][:40], email="ada@example.org")
    sent = OutboxMail.objects.get()
    assert "&lt;" not in sent.text
    assert Passage.objects.filter(version=version).exists()
