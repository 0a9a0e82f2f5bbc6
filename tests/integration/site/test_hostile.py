"""Words stay words, and no input breaks a page (S1, S10)."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from lxml import html as lxml_html

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
from tests.factories.vectors import HOSTILE, MARK, NAUGHTY, SCRIPTS, VALUES
from tests.integration.site.addresses import our_names, url_of
from tests.integration.site.test_headers import inline_code
from versioning.models import Passage, Version

pytestmark = pytest.mark.django_db

WORDS = {"value", "content", "title", "alt", "aria-label", "placeholder"}
"""Attributes that hold words, which nothing runs."""
CODE = {"script", "style", "iframe", "object", "embed", "base", "math", "svg", "img"}


@pytest.fixture(autouse=True)
def _no_rate_limits():
    cache.clear()


def what_runs(html: str) -> list[str]:
    """Return whatever of a page carries our mark where it could run, or runs at all."""
    found = inline_code(html)
    for node in lxml_html.document_fromstring(html).iter():
        if not isinstance(node.tag, str):
            continue
        attributes = {name: value for name, value in node.attrib.items() if name not in WORDS}
        found += [f"{node.tag} {name}" for name, value in attributes.items()
                  if MARK in value and name != "href"]  # fmt: skip
        is_code = node.tag in {
            "script",
            "style",
            "iframe",
            "object",
            "embed",
            "base",
            "math",
            "svg",
        }
        if is_code and MARK in (node.text or "") and node.get("type") != "application/json":
            found.append(node.tag)
        if node.tag in {"base", "iframe", "object", "embed", "meta"} and "evil" in str(node.attrib):
            found.append(node.tag)
    return found


def assert_harmless(response):
    assert response.status_code < 500
    if response.content and "html" in response.headers.get("Content-Type", ""):
        html = response.content.decode()
        if "<" in html:
            assert what_runs(html) == []


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


def assert_words_only(response):
    """Check a page of the admin, where Wagtail itself runs scripts inline."""
    assert response.status_code == 200
    html = response.content.decode()
    tree = lxml_html.document_fromstring(html)
    nodes = [node for node in tree.iter() if isinstance(node.tag, str)]
    code = [node for node in nodes if node.tag in CODE]
    assert not [node.tag for node in code if MARK in f"{node.text} {dict(node.attrib)}"]
    handlers = [value for node in nodes for name, value in node.attrib.items() if name[:2] == "on"]
    assert not [value for value in handlers if MARK in value]
    links = [value for _n, name, value, _p in tree.iterlinks() if name in {"href", "src"}]
    assert not [link for link in links if link.strip().lower().startswith("javascript:")]


# Import


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


IDS = ["0", str(10**20), "-1", "%00", "²", "%ED%A0%80"]
PATHS = [
    "/de/versions/{0}/",
    "/de/versions/{0}/{0}/",
    "/de/versions/{page}/{0}/",
    "/de/versions/{page}/compare/{0}/{0}/",
    "/de/versions/{page}/compare/1/{0}/",
    "/de/versions/{page}/{0}/removed/",
    "/de/versions/{page}/annotations/?q={0}&chapter={0}&order={0}&page={0}",
    "/de/versions/{0}/annotations/",
    "/de/versions/{page}/2/passages/{0}/",
    "/de/submissions/{0}/",
    "/de/annotations/{0}/",
    "/de/annotations/{0}/reply/",
    "/de/annotations/sent/{0}/",
    "/de/annotations/confirm/{0}/",
    "/de/{0}/",
    "/{0}/",
    "/media/{0}",
    "/documents/{0}/{0}",
    "/accounts/confirm-email/{0}/",
    "/accounts/password/reset/key/{0}-{0}/",
    "/de/_util/authenticate_with_password/{0}/{0}/",
]
ADMIN_PATHS = [
    "/admin/annotations/{0}/",
    "/admin/annotations/{0}/hide/",
    "/admin/annotations/{0}/show/",
    "/admin/annotations/{0}/release/",
    "/admin/annotations/dispositions/{0}/",
    "/admin/annotations/placements/{0}/",
    "/admin/annotations/dispose/?annotation={0}",
    "/admin/versions/page/{0}/",
    "/admin/versions/page/{0}/gate/",
    "/admin/versions/{0}/changes/",
    "/admin/versions/{0}/window/",
    "/admin/versions/{0}/gate/",
    "/admin/versions/submissions/{0}/",
    "/admin/versions/decisions/{0}/",
    "/admin/import/{0}/",
    "/admin/import/?parent={0}",
    "/admin/problemreport/edit/{0}/",
]


@pytest.mark.parametrize("path", [*PATHS, *ADMIN_PATHS])
def test_no_number_in_an_address_breaks_a_page(world, client_of, path):
    client = client_of("moderator" if "/admin/" in path else "anon")
    if path.startswith(("/admin/import", "/admin/versions", "/admin/annotations/dis")):
        client = client_of("senate" if "decisions" in path else "editor")
    for value in IDS:
        url = path.format(value, page=world.drafts["open"].pk)
        assert client.get(url).status_code < 500, url
    assert client.post(path.format(10**20, page=world.drafts["open"].pk)).status_code < 500


PARAMETERS = re.findall(
    r"\w+",
    """
    page view show only from to change next p q version state answer chapter passage
    place replies ordering reasons annotation ids parent kind motivation document search
    export
""",
)


@pytest.mark.parametrize("value", VALUES)
def test_no_parameter_of_an_address_breaks_a_page(world, client_of, value):
    query = "&".join(f"{name}={value}" for name in PARAMETERS)
    clients = {role: client_of(role) for role in ("anon", "editor", "moderator", "senate")}
    for name in sorted(our_names() - {"media"}):
        if name.startswith("account_") and name not in {"account_login", "account_logout"}:
            continue
        role = "anon"
        if name.startswith(("synopse", "problemreport")):
            role = "moderator" if "outbox" in name or "hide" in name else "editor"
            role = "senate" if "decision" in name else role
        path = url_of(name, world).partition("?")[0]
        response = clients[role].get(f"{path}?{query}")
        assert response.status_code < 500, path
    pages = ["/de/", world.process.get_url(), world.drafts["open"].get_url()]
    for path in pages:
        assert_harmless(clients["anon"].get(f"{path}?{query}"))


@pytest.mark.parametrize("name", PARAMETERS)
def test_no_parameter_alone_breaks_the_listing(world, client_of, name):
    editor, listing = client_of("editor"), reverse("synopse_annotations:index")
    for value in (str(10**20), "%00"):
        assert editor.get(f"{listing}?{name}={value}").status_code < 500, value


@pytest.mark.parametrize(
    "values",
    [
        {"start": str(10**20), "end": str(10**21)},
        {"start": "-1", "end": "5"},
        {"start": "5", "end": "1"},
        {"start": "1e3", "end": "NaN"},
        {"start": "0", "end": "9" * 5_000},
        {"quote": "\x00", "start": "0", "end": "1"},
        {"base_hash": "x" * 5_000, "proposed": "y", "motivation": "editing"},
        {"motivation": "replying"},
        {"idempotency_key": "k" * 10_000},
        {"started": "eyJ.gefälscht"},
        {"body": ["eins", "zwei"], "quote": ["Stadt", "allen"]},
    ],
)
def test_garbage_ranges_and_keys_are_refused_or_ignored(world, client_of, values):
    words = {"body": "Hallo", "motivation": "commenting", "name": "A", "email": "a@example.org"}
    response = client_of("anon").post(url_of("annotations:passage", world), {**words, **values})
    assert response.status_code in {302, 409, 422}
    for made in Annotation.objects.filter(user_name="A"):
        assert made.start is None or made.passage.text[made.start : made.end] == made.exact


def test_the_listing_finds_hostile_words_as_words(world, client_of):
    one = annotate(world.versions["open"], position=1, body="100%_\\' sicher <b>")
    client, listing = client_of("editor"), reverse("synopse_annotations:index")
    for query in [*SCRIPTS[:3], *NAUGHTY[:3], "\x00", "%", "_", "\\"]:
        response = client.get(listing, {"q": query})
        assert response.status_code == 200
        assert_words_only(response)
    found = client.get(listing, {"q": "100%_\\'"}).context["object_list"]
    assert [row.pk for row in found] == [one.pk]


def test_mails_with_hostile_words_are_plain_text(world):
    OutboxMail.objects.all().delete()
    version = publish(make_draft(title=SCRIPTS[2][:50], process=world.process),
                      closes=timezone.now() + timedelta(days=1))  # fmt: skip
    annotate(version, name=SCRIPTS[0][:40], email="ada@example.org")
    sent = OutboxMail.objects.get()
    assert "&lt;" not in sent.text
    assert Passage.objects.filter(version=version).exists()
