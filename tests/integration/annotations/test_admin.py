from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import PageViewRestriction

from annotations.admin import detail, links
from annotations.admin.filters import chapter_value
from annotations.admin.outbox import masked
from annotations.models import (
    Annotation,
    Disposition,
    ModerationEvent,
    OutboxMail,
    Placement,
    PlacementState,
    State,
)
from annotations.services.following import follow
from annotations.services.moderating import hide_annotation
from tests.admin_pages import (
    HTML,
    LIVING,
    NEW_HTML,
    is_missing,
    listed,
    signed_in,
    text_of,
    waiting_annotation,
)
from tests.factories import make_user
from tests.factories.annotations import (
    annotate,
    answer,
    dispose,
    next_version,
    open_version,
    passage,
)
from tests.factories.reports import make_appeal, make_report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]


# Who may do what


ROLES = ("guest", "citizen", "reviewer", "senate", "moderator", "editor", "superuser")
ALLOWED = {
    "index": {"reviewer", "senate", "moderator", "editor", "superuser"},
    "index_results": {"reviewer", "senate", "moderator", "editor", "superuser"},
    "save_filter": {"reviewer", "senate", "moderator", "editor", "superuser"},
    "remove_filter": {"reviewer", "senate", "moderator", "editor", "superuser"},
    "progress": {"reviewer", "senate", "moderator", "editor", "superuser"},
    "detail": {"reviewer", "senate", "moderator", "editor", "superuser"},
    "assign": {"editor", "superuser"},
    "see_objections": {"editor", "superuser"},
    "dispose": {"editor", "superuser"},
    "disposition": {"editor", "superuser"},
    "placement": {"editor", "superuser"},
    "enter": {"editor", "superuser"},
    "enter_one": {"editor", "superuser"},
    "enter_sheet": {"editor", "superuser"},
    "correct_entry": {"editor", "superuser"},
    "enter_csv": {"editor", "superuser"},
    "enter_xlsx": {"editor", "superuser"},
    "editor_list": {"editor", "superuser"},
    "editor_counts": {"editor", "superuser"},
    "editor_answer": {"editor", "superuser"},
    "disposition_reports": {"reviewer", "senate", "moderator", "editor", "superuser"},
    "disposition_report": {"moderator", "editor", "superuser"},
    "desk": {"moderator", "superuser"},
    "desk_results": {"moderator", "superuser"},
    "reports": {"moderator", "superuser"},
    "reports_results": {"moderator", "superuser"},
    "report": {"moderator", "superuser"},
    "numbers_csv": {"moderator", "superuser"},
    "numbers_xlsx": {"moderator", "superuser"},
    "appeals": {"moderator", "superuser"},
    "appeals_results": {"moderator", "superuser"},
    "appeal": {"moderator", "superuser"},
    "hide": {"moderator", "superuser"},
    "note": {"moderator", "superuser"},
    "show": {"moderator", "superuser"},
    "release": {"moderator", "superuser"},
    "accept": {"editor", "superuser"},
    "take_back": {"editor", "superuser"},
    "outbox": {"moderator", "superuser"},
    "outbox_results": {"moderator", "superuser"},
}
ACTS = {"show", "release", "note", "editor_answer", "take_back", "save_filter", "remove_filter"}
STEPS = {
    "show": 302,
    "release": 302,
    "take_back": 302,
    "editor_answer": 422,
    "save_filter": 302,
    "remove_filter": 302,
}


@pytest.fixture
def addresses():
    """Return the address of every view, with something that can be done there."""
    version = open_version(HTML)
    page = version.page_id
    one, answered = annotate(version, position=1), annotate(version, position=1)
    disposition = dispose(answered)
    placement = Placement.objects.create(
        annotation=one, version=version, state=PlacementState.MANUAL, candidates=[]
    )
    keys = {"disposition": disposition.pk, "placement": placement.pk, "remove_filter": 4711}
    report = make_report(one)
    appeal = make_appeal(annotate(version, position=1))
    entered = annotate(version, position=1)
    Annotation.objects.filter(pk=entered.pk).update(source="letter")
    keys["correct_entry"] = entered.pk
    keys |= {"report": report.pk, "appeal": appeal.pk, "numbers_csv": 2026, "numbers_xlsx": 2026}
    single = {"detail", "hide", "show", "release", "note", "accept", "take_back"}
    found = {}
    of_text = {"page_id": version.page_id, "form": "csv"}
    for name in ALLOWED.keys() - {"disposition_report"}:
        key = keys.get(name, one.pk if name in single else None)
        place = {"editor_list": [page], "editor_counts": [page], "editor_answer": [page, one.pk]}
        place |= {f"enter_{kind}": [page] for kind in ("one", "sheet", "csv", "xlsx")}
        args = place.get(name, [key] if key else [])
        found[name] = reverse(f"synopse_annotations:{name}", args=args)
    found["assign"] = links.assign_url([one.pk])
    found["disposition_report"] = reverse("synopse_annotations:disposition_report", kwargs=of_text)
    found["dispose"] = links.dispose_url([one.pk])
    return found


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_and_does_what_the_table_says(role, addresses):
    client = Client() if role == "guest" else signed_in(role)
    for name, url in addresses.items():
        is_act = name in ACTS
        response = client.post(url) if is_act else client.get(url)
        if role in ALLOWED[name]:
            assert response.status_code == STEPS.get(name, 200), name
            continue
        assert response.status_code == 302, name
        target = urlsplit(response.url).path
        home = reverse("wagtailadmin_home")
        login = {reverse("wagtailadmin_login"), "/accounts/login/", reverse("admin_login")}
        assert target == home or target in login, (name, target)
    assert ModerationEvent.objects.count() == 1  # what the appeal is against


def test_the_table_names_every_view():
    from annotations.admin.urls import urlpatterns

    assert {pattern.name for pattern in urlpatterns} == set(ALLOWED)


@pytest.mark.parametrize("role", [role for role in ROLES if role not in {"editor", "superuser"}])
def test_only_editors_can_post_a_disposition(role, addresses):
    client = Client() if role == "guest" else signed_in(role)
    before = Disposition.objects.count()

    client.post(addresses["dispose"], {"outcome": "noted"})
    client.post(addresses["disposition"], {"outcome": "adopted"})

    assert Disposition.objects.count() == before
    assert not Disposition.objects.filter(outcome="adopted").exists()


@pytest.mark.parametrize("name", ["show", "release"])
def test_looking_at_an_act_changes_nothing(name, addresses):
    assert signed_in("moderator").get(addresses[name]).status_code == 405


def test_acts_need_a_csrf_token(addresses):
    client = signed_in("moderator", enforce_csrf_checks=True)
    form = {"state": "spam", "basis": "house_rules", "ground": "Werbung"}
    before = ModerationEvent.objects.count()
    assert client.post(addresses["hide"], form).status_code == 403
    assert ModerationEvent.objects.count() == before


def test_an_editor_of_another_part_of_the_site_can_look_but_not_answer():
    annotation = annotate(open_version(HTML))
    editor = make_user("editor")
    group = editor.groups.get()
    group.page_permissions.all().delete()
    client = signed_in(editor)

    assert client.get(links.annotation_url(annotation.pk)).status_code == 200
    assert client.get(links.dispose_url([annotation.pk])).status_code == 302
    client.post(links.dispose_url([annotation.pk]), {"outcome": "noted"})
    assert not Disposition.objects.exists()


# What is seen


def test_a_reviewer_sees_what_is_public_and_nothing_else():
    version = open_version(HTML)
    public, hidden = annotate(version), annotate(version, body="Unter der Gürtellinie.")
    waiting = waiting_annotation(version)
    hide_annotation(annotation=hidden, actor=make_user("moderator"), ground="Beleidigung")
    reviewer = signed_in("reviewer")

    assert listed(reviewer) == {public.pk}
    assert is_missing(reviewer, links.annotation_url(hidden.pk))
    assert is_missing(reviewer, links.annotation_url(waiting.pk))
    assert listed(signed_in("moderator")) == {public.pk, hidden.pk, waiting.pk}


def test_what_nobody_has_confirmed_is_never_listed():
    version = open_version(HTML)
    guest = annotate(version, name="Ada", email="ada@example.org")
    assert guest.state == State.UNCONFIRMED

    client = signed_in("superuser")
    assert listed(client) == set()
    assert is_missing(client, links.annotation_url(guest.pk))


def test_annotations_of_private_and_unpublished_pages_stay_with_editors_and_moderators():
    private, gone = open_version(HTML), open_version(HTML)
    rows = {annotate(private).pk, annotate(gone).pk}
    PageViewRestriction.objects.create(page=private.page, restriction_type="password")
    gone.page.unpublish()

    assert listed(signed_in("reviewer")) == set()
    assert listed(signed_in("editor")) == rows
    assert listed(signed_in("moderator")) == rows


def test_a_reviewer_does_not_see_an_answer_before_it_is_public():
    annotation = annotate(open_version(HTML))
    dispose(annotation, outcome="not_adopted", reason="Noch geheim.", internal_note="Nur intern.")
    url = links.annotation_url(annotation.pk)

    assert "Noch geheim." not in text_of(signed_in("reviewer").get(url))
    assert "Noch geheim." in text_of(signed_in("editor").get(url))
    assert "Nur intern." not in text_of(signed_in("moderator").get(url))


def test_addresses_of_authors_are_shown_nowhere():
    version = open_version(HTML)
    author = make_user("citizen", email="geheim@example.org")
    annotation = annotate(version, user=author)
    answer(annotation, user=author)
    OutboxMail.objects.create(
        kind="reply",
        to="geheim@example.org",
        subject="Neue Antwort",
        text="…",
        attempts=1,
        last_error="refused: {'geheim@example.org': (550, b'no such user')}",
    )
    client = signed_in("superuser")
    for url in (links.listing_url(), links.annotation_url(annotation.pk), links.outbox_url()):
        response = client.get(url)
        assert response.status_code == 200
        assert "geheim@" not in text_of(response)
    assert "g…@e…" in text_of(client.get(links.outbox_url()))


def test_a_masked_text_keeps_its_other_words():
    assert masked("refused: <a.b@c.de>, later") == "refused: <a…@c…>, later"


def test_words_of_citizens_are_never_read_as_markup():
    version = open_version(HTML)
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    annotation = annotate(version, body=evil, user=make_user(username="x<b>y"))
    answer(annotation, body=evil)
    client = signed_in("superuser")
    for url in (
        links.listing_url(),
        links.annotation_url(annotation.pk),
        links.dispose_url([annotation.pk]),
        links.moderation_url("hide", annotation.pk),
    ):
        html = client.get(url).content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "x<b>y" not in html


# The listing


def test_the_number_of_queries_does_not_grow_with_the_rows(django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    version = open_version(HTML)
    for number in range(3):
        annotate(version, body=f"Nummer {number}")
    client = signed_in("editor")
    client.get(links.listing_url())
    with CaptureQueriesContext(connection) as few:
        client.get(links.listing_url())
    for number in range(20):
        row = annotate(version, body=f"Nummer {number}")
        dispose(row)
    with CaptureQueriesContext(connection) as many:
        assert client.get(links.listing_url()).status_code == 200
    assert len(many) == len(few)


def test_filters_choose_by_document_state_answer_kind_chapter_and_passage():
    version, other = open_version(HTML), open_version(HTML)
    living = annotate(version, "allen", position=1)
    bus = annotate(version, position=3, motivation="questioning")
    foreign = annotate(other)
    dispose(bus, outcome="answered")
    hide_annotation(annotation=foreign, actor=make_user("moderator"), ground="Werbung")
    client = signed_in("editor")
    page = version.page_id
    place = passage(version, 3)

    assert listed(client) == {living.pk, bus.pk, foreign.pk}
    assert listed(client, page=page) == {living.pk, bus.pk}
    assert listed(client, page=page, version=version.pk) == {living.pk, bus.pk}
    assert listed(client, state="hidden") == {foreign.pk}
    assert listed(client, answer="open") == {living.pk, foreign.pk}
    assert listed(client, answer="disposed") == {bus.pk}
    assert listed(client, answer="answered") == {bus.pk}
    assert listed(client, answer="adopted") == set()
    assert listed(client, motivation="questioning") == {bus.pk}
    assert listed(client, chapter=chapter_value(page, place.chapter)) == {bus.pk}
    assert listed(client, passage=place.number) == {bus.pk}
    assert listed(client, passage=place.uid) == {bus.pk}
    assert listed(client, q="allen") == {living.pk}


def test_replies_are_listed_only_when_asked_for():
    annotation = annotate(open_version(HTML))
    reply = answer(annotation)
    client = signed_in("moderator")

    assert listed(client) == {annotation.pk}
    assert listed(client, replies="on") == {annotation.pk, reply.pk}
    target = client.get(links.annotation_url(reply.pk)).url
    assert target == f"{links.annotation_url(annotation.pk)}?reply={reply.uuid}#a-{reply.uuid}"


@pytest.mark.parametrize(
    "query",
    [
        {"page": "99999999999999999999999"},
        {"page": "-1"},
        {"page": "x\x00"},
        {"version": "7", "chapter": "x"},
        {"chapter": "1-99999999999999999999"},
        {"passage": "\x00"},
        {"q": "\x00' OR 1=1"},
        {"answer": "anything"},
        {"p": "99999999999999999999"},
        {"ordering": "user_email"},
        {"support": "99999999999999999999999"},
        {"support": "-1", "language": "x"},
        {"ordering": "-place", "language": "99999999999999999999999"},
    ],
)
def test_strange_filters_never_break_the_listing(query):
    annotate(open_version(HTML))
    client = signed_in("editor")
    assert client.get(reverse("synopse_annotations:index"), query).status_code == 200
    assert client.get(reverse("synopse_annotations:index_results"), query).status_code == 200


@pytest.mark.parametrize("name", ["detail", "hide", "disposition", "placement"])
def test_unknown_numbers_are_not_found(name):
    client = signed_in("superuser")
    for key in (4711, 10**20, 10**30):
        assert is_missing(client, reverse(f"synopse_annotations:{name}", args=[key]))


def test_the_listing_says_how_much_is_answered_and_where_words_stand_now():
    version = open_version(HTML)
    one, two = annotate(version, LIVING, position=1), annotate(version, position=3)
    dispose(two)
    new = next_version(version, NEW_HTML)
    follow(version_id=new.pk)
    response = signed_in("editor").get(links.listing_url())

    assert response.context["progress"]["done"] == 1
    assert response.context["progress"]["total"] == 2
    assert Placement.objects.get(annotation=one).state == PlacementState.CHANGED
    assert listed(signed_in("editor"), place="changed") == {one.pk}
    assert listed(signed_in("editor"), place="intact") == {two.pk}


def test_an_annotated_page_leads_to_its_annotations():
    version = open_version(HTML)
    client = signed_in("editor")
    url = links.listing_url(page=version.page_id)
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[version.page_id]))
    explore = client.get(reverse("wagtailadmin_explore", args=[version.page.get_parent().pk]))
    assert url in text_of(edit)
    assert url in text_of(explore)


def test_the_first_page_of_the_admin_says_what_waits():
    version = open_version(HTML)
    annotate(version)
    waiting_annotation(version)
    home = reverse("wagtailadmin_home")

    page = text_of(signed_in("editor").get(home))
    assert "synopse-waiting" in page
    assert links.listing_url(page=version.page_id, answer="open").replace("&", "&amp;") in page
    assert "synopse-waiting" not in text_of(signed_in("reviewer").get(home))


def test_the_menu_shows_the_listing_to_those_who_may_open_it():
    url = links.listing_url()
    assert url in text_of(signed_in("reviewer").get(reverse("wagtailadmin_home")))
    citizen = make_user("citizen")
    from django.contrib.auth.models import Permission

    citizen.user_permissions.add(Permission.objects.get(codename="access_admin"))
    assert url not in text_of(signed_in(citizen).get(reverse("wagtailadmin_home")))


# The page of one annotation


# Places by hand


def test_the_way_to_a_reply_leads_to_the_page_on_which_it_stands(monkeypatch):
    monkeypatch.setattr(detail, "REPLIES_PER_PAGE", 2)
    annotation = annotate(open_version(HTML))
    replies = [answer(annotation, body=f"Antwort {n}") for n in range(3)]
    client = signed_in("moderator")

    shown = client.get(client.get(links.annotation_url(replies[2].pk)).url).context["replies"]

    assert [row.pk for row in shown] == [replies[2].pk]
