"""The checklist before a submission: its lines, and leaving one open with a public reason."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from lxml import html as lxml_html
from wagtail.documents import get_document_model
from wagtail.models import (
    PageLogEntry,
)

from annotations.models import Disposition, Reaction
from annotations.services.bulk import Voice, import_voices
from annotations.services.reacting import react
from tests.factories import make_draft, make_process, make_user, make_version, publish
from tests.factories.annotations import annotate, dispose, open_version
from tests.factories.gate import english_of, hand_over, line, waive_all
from versioning import doors
from versioning.doors import NEVER_WAIVED, GateLine
from versioning.frozen import FrozenError
from versioning.models import Waiver
from versioning.services import checklist as checklists
from versioning.services.checklist import checklist
from versioning.services.gate import GateClosed, submit_version
from versioning.services.waiving import take_back_waiver, waive_line, waivers_of
from versioning.services.windows import change_window, end_window

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

FIRST = "<h1>Leitbild</h1><p>Die Stadt gehört allen, die hier leben.</p><p>Busse fahren oft.</p>"
SECOND = FIRST.replace("oft", "immer")
REASON = "Der englische Text folgt bis Juni."


@pytest.fixture
def senate():
    return make_user("senate")


@pytest.fixture(scope="module")
def shared_version(shared_root):
    return make_version(FIRST)


def waive(version, key, actor, reason=REASON, **details):
    return waive_line(version=version, key=key, reason=reason, actor=actor, **details)


def refused(act, *arguments, **details):
    with pytest.raises(ValidationError) as refusal:
        act(*arguments, **details)
    error = refusal.value
    return error.code if hasattr(error, "code") else error.error_dict["reason"][0].code


# Lines that may be left open


def test_every_line_says_where_it_stands_in_a_fixed_order(version):
    assert [(one.key, one.state) for one in checklist(version)] == [
        ("newest", "done"),
        ("window", "done"),
        ("pending", "done"),
        ("annotations", "done"),
        ("objections", "done"),
        ("changes", "done"),
        ("translations", "open"),
        ("links", "done"),
        ("accessibility", "done"),
    ]


def test_an_open_line_stops_until_it_is_left_open_with_a_reason(version, senate):
    with pytest.raises(GateClosed) as refusal:
        submit_version(version=version, actor=senate)
    assert [one.key for one in refusal.value.lines] == ["translations"]

    made = waive(version, "translations", senate, f"  {REASON} ")

    assert (made.reason, made.waived_by, made.missing) == (REASON, senate, ["missing:en"])
    found = line(version, "translations")
    assert (found.state, found.waiver) == ("waived", made)
    assert submit_version(version=version, actor=senate).pk
    entry = PageLogEntry.objects.get(action="synopse.waive")
    assert entry.data["reason"] == REASON
    assert "translations" in entry.message


def test_what_is_taken_back_stops_again_and_the_row_stays(version, senate):
    waive(version, "translations", senate)
    taken = take_back_waiver(version=version, key="translations", actor=senate)

    assert taken.taken_back_by == senate
    assert line(version, "translations").blocks
    assert not waivers_of(version).exists()
    assert PageLogEntry.objects.filter(action="synopse.take_back_waiver").count() == 1
    waive(version, "translations", senate, "Ein anderer Grund.")
    assert Waiver.objects.filter(version=version).count() == 2


def test_a_waiver_lapses_as_soon_as_more_is_missing_and_not_before(version, senate, monkeypatch):
    facts = {"a:1", "a:2"}
    known = doors.gate_checks()

    def check(version):
        return [GateLine("extra", "Fehlt.", done=False, waivable=True, facts=frozenset(facts))]

    monkeypatch.setattr(doors, "_gate_checks", [*known, check])
    first = waive(version, "extra", senate)
    facts.remove("a:1")
    assert line(version, "extra").waiver == first
    facts.add("b:1")
    found = line(version, "extra")
    assert (found.state, found.lapsed) == ("open", first)

    second = waive(version, "extra", senate, "Auch das noch.")

    assert line(version, "extra").waiver == second
    first.refresh_from_db()
    assert first.taken_back_at is not None


def test_a_longer_window_has_to_be_left_open_anew(senate):
    version, now = open_version(FIRST), timezone.now()
    waive(version, "window", senate)
    assert line(version, "window").state == "waived"
    change_window(
        version=version,
        opens=version.opens,
        closes=now + timedelta(days=30),
        reason="Mehr Zeit",
        actor=make_user("editor"),
    )
    version.refresh_from_db()
    assert line(version, "window").blocks


def test_what_was_done_after_all_is_not_told_as_left_open(senate):
    version = open_version(FIRST)
    waive_all(version, senate)
    assert {one.key for one in waivers_of(version)} == {"window", "translations"}
    end_window(version=version, reason="Ende", actor=make_user("editor"))
    version.refresh_from_db()

    submit_version(version=version, actor=senate)

    assert [one.key for one in waivers_of(version)] == ["translations"]


def test_a_new_version_begins_without_reasons(version, senate):
    waive(version, "translations", senate)
    new = publish(version.page.specific, html=SECOND)
    assert line(new, "translations").blocks


@pytest.mark.parametrize("key", sorted(NEVER_WAIVED))
def test_no_reason_replaces_what_the_law_asks_for(version, senate, monkeypatch, key):
    """Not even where a check says that it may be waived, and not by a form of one's own."""
    crafted = GateLine(key, "Offen.", done=False, waivable=True, missing=(("x", "/x"),))
    monkeypatch.setattr(checklists, f"_{key}_line", lambda version: crafted, raising=False)
    if key in {"pending", "annotations"}:
        monkeypatch.setattr(doors, "_gate_checks", [lambda version: [crafted]])

    assert line(version, key).blocks
    assert refused(waive, version, key, senate) == "not_waivable"
    client = Client()
    client.force_login(senate)
    client.post(reverse("synopse_versions:waive", args=[version.pk, key]), {"reason": "Weil."})
    assert not Waiver.objects.exists()
    with pytest.raises(GateClosed):
        submit_version(version=version, actor=senate)


@pytest.mark.parametrize("key", sorted(NEVER_WAIVED))
def test_not_even_the_database_takes_a_reason_for_it(version, key):
    row = Waiver(version=version, key=key, text="x", reason="y", waived_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


BAD_INPUT = {
    "an unknown line": ({"key": "nothing"}, "unknown"),
    "a line without a name": ({"key": ""}, "unknown"),
    "a line that is done": ({"key": "links"}, "done"),
    "dispositions": ({"key": "annotations"}, "done"),
    "no reason": ({"reason": ""}, "empty"),
    "a reason of spaces": ({"reason": " \n\t "}, "empty"),
    "too long a reason": ({"reason": "x" * 2_001}, "too_long"),
    "something else than was seen": ({"seen": "0" * 64}, "changed"),
    "nothing that was seen": ({"seen": ""}, "changed"),
}


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input_is_refused_in_words_and_leaves_nothing(version, senate, case):
    values, code = BAD_INPUT[case]
    assert refused(waive, version, **{"key": "translations", "actor": senate, **values}) == code
    assert not Waiver.objects.exists()
    assert not PageLogEntry.objects.filter(action="synopse.waive").exists()


def test_the_same_line_is_left_open_once(version, senate):
    waive(version, "translations", senate)
    assert refused(waive, version, "translations", senate) == "waived"
    take_back_waiver(version=version, key="translations", actor=senate)
    again = {"version": version, "key": "translations", "actor": senate}
    assert refused(take_back_waiver, **again) == "unknown"


def test_what_was_handed_over_and_what_is_superseded_stays_as_it_is(version, senate):
    waive(version, "translations", senate)
    submit_version(version=version, actor=senate)
    again = {"version": version, "key": "translations", "actor": senate}
    assert refused(take_back_waiver, **again) == "handed_over"
    assert refused(waive, version, "links", senate) == "handed_over"

    old, page = make_version(FIRST), None
    page = old.page.specific
    publish(page, html=SECOND)
    assert refused(waive, old, "translations", senate) == "superseded"


@pytest.mark.parametrize("role", ["citizen", "editor", "moderator"])
def test_whoever_may_not_hand_over_leaves_nothing_open(version, senate, role):
    with pytest.raises(PermissionDenied):
        waive(version, "translations", make_user(role))
    waive(version, "translations", senate)
    with pytest.raises(PermissionDenied):
        take_back_waiver(version=version, key="translations", actor=make_user(role))
    assert line(version, "translations").state == "waived"


def test_a_reason_is_neither_edited_nor_deleted_and_outlives_its_author(version, senate):
    made = waive(version, "translations", senate)
    made.reason = "Anders."
    with pytest.raises(FrozenError):
        made.save()
    with pytest.raises(FrozenError):
        Waiver.objects.update(reason="Anders.")
    with pytest.raises(FrozenError):
        made.delete()
    with pytest.raises(FrozenError):
        Waiver.objects.all().delete()
    senate.delete()
    made.refresh_from_db()
    assert (made.reason, made.waived_by) == (REASON, None)


def test_a_notice_is_no_line_to_leave_open(version, senate, monkeypatch):
    told = GateLine("told", "Läuft.", done=False, notice=True, waivable=True)
    monkeypatch.setattr(doors, "_gate_checks", [*doors.gate_checks(), lambda version: [told]])
    assert line(version, "told").state == "notice"
    assert refused(waive, version, "told", senate) == "not_waivable"
    assert hand_over(version=version, actor=senate).pk


def test_without_facts_the_addresses_of_what_is_missing_count():
    missing = (("Erste", "/a/1"), ("Zweite", ""))
    assert GateLine("x", "x", done=False, missing=missing).all_facts() == {"/a/1", "Zweite"}
    assert GateLine("x", "x", done=False).all_facts() == {"x"}


def test_what_stays_open_is_told_in_the_language_of_the_text(version, senate):
    with translation.override("en"):
        assert waive(version, "translations", senate).text.startswith("Es gibt keine")


# Objections


@pytest.fixture
def objection(version):
    author = make_user()
    change_window(
        version=version, opens=None, closes=timezone.now() + timedelta(days=1), reason="x",
        actor=make_user("editor"),
    )  # fmt: skip
    version.refresh_from_db()
    made = annotate(version, user=author)
    dispose(made, outcome="not_adopted")
    Disposition.objects.update(public_at=timezone.now())
    made.refresh_from_db()
    react(annotation=made, actor=author, agrees=False, reason="Das war anders gemeint.")
    return made


def test_an_objection_that_nobody_has_seen_stops_and_is_named(version, objection):
    found = line(version, "objections")
    assert found.may_be_waived
    assert len(found.missing) == 1
    assert found.facts == {f"reaction:{Reaction.objects.get().pk}"}


def test_an_answer_without_the_reason_that_it_needs_is_none(version, objection):
    assert line(version, "annotations").done
    Disposition.objects.update(reason="")
    found = line(version, "annotations")
    assert found.blocks
    assert len(found.missing) == 1


# Pages


@pytest.fixture
def client_of(client):
    def sign_in(role):
        user = make_user(role)
        client.force_login(user)
        return client

    return sign_in


def url_of(name, version, *more):
    return reverse(f"synopse_versions:{name}", args=[version.pk, *more])


def tree_of(response):
    return lxml_html.fromstring(response.content.decode())


def test_the_senate_office_leaves_a_line_open_and_takes_it_back(client_of, version):
    client = client_of("senate")
    tree = tree_of(client.get(url_of("gate", version)))
    (form,) = tree.xpath("//li[@data-gate-line='translations']//form")
    values = {**dict(form.form_values()), "reason": REASON}
    assert form.get("action") == url_of("waive", version, "translations")

    shown = client.post(form.get("action"), values, follow=True)
    assert REASON in shown.content.decode()
    (form,) = tree_of(shown).xpath("//li[@data-gate-line='translations']//form")
    assert form.get("action") == url_of("take_back_waiver", version, "translations")

    client.post(form.get("action"), dict(form.form_values()))
    assert line(version, "translations").blocks


def test_what_the_form_lacks_is_said_at_its_field(client_of, version):
    client = client_of("senate")
    response = client.post(url_of("waive", version, "translations"), {"reason": ""})
    assert response.status_code == 200
    assert response.context["form"].errors["reason"]
    assert not Waiver.objects.exists()


def test_whoever_looks_only_sees_no_form(client_of, version):
    for role in ("editor", "reviewer"):
        client = client_of(role)
        tree = tree_of(client.get(url_of("gate", version)))
        forms = tree.xpath("//li[@data-gate-line]//form")
        assert bool(forms) == (role == "reviewer")  # in tests reviewers hand over, too
    client = client_of("editor")
    for name in ("waive", "take_back_waiver"):
        response = client.post(url_of(name, version, "translations"), {"reason": "Weil."})
        assert response.status_code == 302
        assert not response["Location"].startswith("/admin/versions/")
    assert not Waiver.objects.exists()


@pytest.mark.parametrize("key", ["annotations", "nothing", "links"])
def test_what_cannot_be_left_open_has_no_form(client_of, version, key):
    response = client_of("senate").get(url_of("waive", version, key))
    assert response.status_code == 302
    assert response["Location"] == url_of("gate", version)


def test_what_stayed_open_is_public_with_the_submission(client_of, client, version, senate):
    waive(version, "translations", senate)
    made = submit_version(version=version, actor=senate)
    client.logout()
    tree = tree_of(client.get(made.get_absolute_url()))
    (section,) = tree.xpath("//section[contains(@class, 'syn-waivers')]")
    words = " ".join(section.text_content().split())
    assert "Was offen blieb" in words
    assert REASON in words
    assert senate.username not in words


def test_where_nothing_stayed_open_nothing_is_said(client, version, senate, settings):
    settings.WAGTAIL_CONTENT_LANGUAGES = [("de", "Deutsch")]
    made = submit_version(version=version, actor=senate)
    assert "syn-waivers" not in client.get(made.get_absolute_url()).content.decode()


# Size


def sized(number):
    """Return a version with so many passages, annotations, answers, changes and bad links."""
    document = get_document_model().objects.create(
        title="Plan", file=ContentFile(b"x", name="plan.pdf")
    )
    target = make_process(title="Satzung")
    links = (
        f'<a linktype="document" id="{document.pk}">hier</a> '
        f'<a linktype="page" id="{target.pk}">hier</a> <a href="/nein">hier</a>'
    )

    def html(word):
        return "".join(f"<p>Absatz {n} sagt {word}, siehe {links}.</p>" for n in range(number))

    draft = make_draft(html=html("eins"))
    first = publish(draft)
    publish(english_of(first), html="".join(f"<p>Passage {n}</p>" for n in range(number)))
    version = publish(draft, html=html("zwei"), closes=timezone.now() + timedelta(days=1))
    passages = list(version.passages.in_order())
    voices = [
        Voice(passages[n % number], "Nein.", "Ada", f"a{n}@example.org", timezone.now())
        for n in range(3 * number)
    ]
    written = import_voices(version=version, page=version.page, voices=voices)
    made = dispose(*written[:number], outcome="not_adopted")
    Reaction.objects.bulk_create(
        Reaction(annotation=one, disposition=made, agrees=False, reason="x", at=timezone.now())
        for one in written[:number]
    )
    return version


def test_the_checklist_asks_as_often_for_much_as_for_little(monkeypatch):
    small, large = sized(4), sized(24)
    asked, exists = [], FileSystemStorage.exists

    def count(storage, name):
        asked.append(name)
        return exists(storage, name)

    monkeypatch.setattr(FileSystemStorage, "exists", count)
    assert {one.key for one in checklist(large) if not one.done} == {
        "window", "annotations", "objections", "changes", "translations", "links", "accessibility",
    }  # fmt: skip

    def counted(version):
        ContentType.objects.clear_cache()
        asked.clear()
        with CaptureQueriesContext(connection) as captured:
            lines = checklist(version)
        assert len(asked) == 1
        assert all(len(one.missing) <= 20 for one in lines)
        return len(captured)

    assert counted(large) == counted(small)
