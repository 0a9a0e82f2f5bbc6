import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html as lxml_html
from wagtail.models import ModelLogEntry, PageViewRestriction

from annotations.admin import links
from annotations.admin.candidates import candidates_for
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
from annotations.services.reacting import react
from annotations.services.seeing import mark_objections_seen
from tests.factories import make_draft, make_user, publish
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

HTML = (
    "<h2>Wohnen</h2><p>Die Stadt gehört allen, die dort wohnen.</p>"
    "<h2>Verkehr</h2><p>Busse fahren jede Stunde.</p>"
)
NEW_HTML = HTML.replace("dort wohnen", "hier leben")
LIVING = "Stadt gehört allen, die dort wohnen"


def signed_in(role, **options) -> Client:
    client = Client(**options)
    client.force_login(make_user(role) if isinstance(role, str) else role)
    return client


def said(response) -> str:
    return " ".join(str(message).strip() for message in get_messages(response.wsgi_request))


def text_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def is_missing(client, url) -> bool:
    """Tell whether an address is not found; without a language it leads to one with it first."""
    return client.get(url, follow=True).status_code == 404


def listed(client, **filters) -> set[int]:
    response = client.get(links.listing_url(**filters))
    assert response.status_code == 200
    return {row.pk for row in response.context["object_list"]}


def waiting_annotation(version):
    annotation = annotate(version)
    Annotation.objects.filter(pk=annotation.pk).update(state=State.PENDING)
    annotation.refresh_from_db()
    return annotation


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
    assert target == f"{links.annotation_url(annotation.pk)}#a-{reply.uuid}"


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


# Answering


def test_an_editor_answers_several_annotations_of_a_document_together():
    version = open_version(HTML)
    one, two = annotate(version), annotate(version, position=3)
    client = signed_in("editor")
    url = links.dispose_url([one.pk, two.pk], next_url=links.listing_url())

    response = client.post(url, {"outcome": "not_adopted", "reason": "Zu teuer."})

    disposition = Disposition.objects.get()
    assert set(disposition.annotations.all()) == {one, two}
    assert response.url == links.listing_url()
    assert disposition.public_at is None
    assert said(response) == said_when(public=False)


def said_when(*, public: bool) -> str:
    from django.utils.translation import gettext, override

    with override("de"):
        if public:
            return gettext("The disposition is saved and public.")
        return gettext("The disposition is saved. It becomes public with the next version.")


def test_an_answer_is_public_at_once_where_the_page_says_so():
    draft = make_draft(html=HTML, dispositions_public="at_once")
    version = publish(draft, closes=open_version(HTML).closes)
    annotation = annotate(version)

    response = signed_in("editor").post(
        links.dispose_url([annotation.pk]), {"outcome": "noted", "reason": ""}
    )

    assert Disposition.objects.get().public_at is not None
    assert said(response) == said_when(public=True)


@pytest.mark.parametrize("outcome", ["partly_adopted", "not_adopted", "answered"])
def test_a_missing_reason_is_told_at_its_field_and_the_text_stays(outcome):
    annotation = annotate(open_version(HTML))
    client = signed_in("editor")

    response = client.post(
        links.dispose_url([annotation.pk]),
        {"outcome": outcome, "reason": " ", "internal_note": "Mit dem Referat sprechen."},
    )

    assert response.status_code == 200
    assert "reason" in response.context["form"].errors
    assert "Mit dem Referat sprechen." in text_of(response)
    assert not Disposition.objects.exists()


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"outcome": "anything"},
        {"outcome": "noted", "due_on": "gestern"},
        {"outcome": "noted", "changes": ["4711"]},
        {"outcome": "noted", "office": "x" * 500},
        {"outcome": "noted", "reason": "x" * 20_000},
        {"outcome": "noted", "reason": "\x00"},
    ],
)
def test_a_broken_answer_is_refused_with_words(form):
    version = open_version(HTML)
    annotation = annotate(version, "dort wohnen", position=1)
    follow(version_id=next_version(version, NEW_HTML).pk)
    response = signed_in("editor").post(links.dispose_url([annotation.pk]), form)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not Disposition.objects.exists()


@pytest.mark.parametrize("ids", [[], ["x"], ["99999999999999999999"], ["4711"], ["-1"]])
def test_without_a_choice_the_form_leads_back_with_a_message(ids):
    client = signed_in("editor")
    response = client.get(reverse("synopse_annotations:dispose"), {"id": ids})
    assert response.url == links.listing_url()
    assert said(response)


def test_annotations_of_two_documents_are_not_answered_together():
    one, two = annotate(open_version(HTML)), annotate(open_version(HTML))
    client = signed_in("editor")
    url = links.dispose_url([one.pk, two.pk])

    assert client.get(url).url == links.listing_url()
    client.post(url, {"outcome": "noted"})
    assert not Disposition.objects.exists()


def test_what_is_answered_already_is_left_out_of_a_choice():
    version = open_version(HTML)
    answered, open_one = annotate(version), annotate(version)
    first = dispose(answered)
    client = signed_in("editor")

    page = client.get(links.dispose_url([answered.pk, open_one.pk]))
    assert page.context["left_out"]
    client.post(links.dispose_url([answered.pk, open_one.pk]), {"outcome": "noted"})

    answered.refresh_from_db()
    open_one.refresh_from_db()
    assert answered.disposition_id == first.pk
    assert open_one.disposition_id not in {None, first.pk}


def test_saving_can_lead_to_the_next_open_annotation():
    version = open_version(HTML)
    later, first = annotate(version, position=3), annotate(version, position=1)
    client = signed_in("editor")

    form = {"outcome": "noted", "next_open": "yes"}
    response = client.post(links.dispose_url([first.pk]), form)
    assert parse_qs(urlsplit(response.url).query)["id"] == [str(later.pk)]

    response = client.post(links.dispose_url([later.pk]), form)
    assert response.url == links.annotation_url(later.pk)


def test_an_answer_never_leads_to_a_foreign_host():
    annotation = annotate(open_version(HTML))
    url = links.dispose_url([annotation.pk], next_url="https://evil.example/")
    response = signed_in("editor").post(url, {"outcome": "noted"})
    assert response.url == links.annotation_url(annotation.pk)


def test_the_changes_of_the_annotated_words_are_offered_first():
    version = open_version(HTML)
    living, bus = annotate(version, "dort wohnen", position=1), annotate(version, position=3)
    new = next_version(version, NEW_HTML.replace("Busse", "Bahnen"))
    follow(version_id=new.pk)
    client = signed_in("editor")

    touching = candidates_for([living]).touching
    assert [change.new_words for change in touching] == ["hier leben"]
    groups = client.get(links.dispose_url([living.pk])).context["form"].fields["changes"].choices
    assert [value for value, _label in groups[0][1]] == [str(touching[0].pk)]

    other = candidates_for([living]).others[0]
    form = {"outcome": "adopted", "changes": [str(other.pk)]}
    client.post(links.dispose_url([living.pk]), form)
    assert list(Disposition.objects.get().changes.all()) == [other]
    assert [change.new_words for change in candidates_for([bus]).touching] == ["Bahnen"]


def test_without_a_newer_version_no_changes_are_offered():
    annotation = annotate(open_version(HTML))
    form = signed_in("editor").get(links.dispose_url([annotation.pk])).context["form"]
    assert "changes" not in form.fields


def test_a_changed_answer_keeps_its_history():
    annotation = annotate(open_version(HTML))
    disposition = dispose(annotation, outcome="not_adopted", reason="Zu teuer.")
    client = signed_in("editor")
    url = links.disposition_url(disposition.pk)

    assert client.get(url).context["form"].initial["reason"] == "Zu teuer."
    client.post(url, {"outcome": "adopted", "reason": "Doch bezahlbar."})

    page = text_of(client.get(links.annotation_url(annotation.pk)))
    assert "Zu teuer." in page
    assert "Doch bezahlbar." in page


# The page of one annotation


def test_the_page_shows_the_marked_words_and_what_became_of_them():
    version = open_version(HTML)
    annotation = annotate(version, LIVING, position=1)
    answer(annotation, body="Sehe ich auch so.")
    follow(version_id=next_version(version, NEW_HTML).pk)

    page = text_of(signed_in("reviewer").get(links.annotation_url(annotation.pk)))

    assert f"<mark>{LIVING}</mark>" in page
    assert re.search(r"<del>.*?dort wohnen</del>", page)
    assert re.search(r"<ins>.*?hier leben</ins>", page)
    assert "Sehe ich auch so." in page


# Moderation


def test_hiding_asks_for_a_ground_and_showing_again_is_logged():
    annotation = annotate(open_version(HTML))
    client = signed_in("moderator")
    url = links.moderation_url("hide", annotation.pk)

    refused = client.post(url, {"state": "hidden", "ground": " "})
    assert "ground" in refused.context["form"].errors
    client.post(url, {"state": "hidden", "basis": "house_rules", "ground": "Beleidigung"})
    annotation.refresh_from_db()
    assert annotation.state == State.HIDDEN

    page = text_of(client.get(links.annotation_url(annotation.pk)))
    assert "Beleidigung" in page
    client.post(links.moderation_url("show", annotation.pk))
    annotation.refresh_from_db()
    assert annotation.state == State.PUBLIC
    assert annotation.moderation_events.count() == 2


def test_a_reply_is_hidden_on_its_own():
    annotation = annotate(open_version(HTML))
    reply = answer(annotation)
    client = signed_in("moderator")

    form = {"state": "spam", "basis": "house_rules", "ground": "Werbung"}
    response = client.post(links.moderation_url("hide", reply.pk), form)

    reply.refresh_from_db()
    annotation.refresh_from_db()
    assert (reply.state, annotation.state) == (State.SPAM, State.PUBLIC)
    assert response.url == links.annotation_url(annotation.pk)


def test_what_waits_is_released_once():
    annotation = waiting_annotation(open_version(HTML))
    client = signed_in("moderator")
    url = links.moderation_url("release", annotation.pk)

    response = client.post(url)
    annotation.refresh_from_db()
    assert annotation.state == State.PUBLIC
    (said,) = get_messages(response.wsgi_request)
    assert f'href="{links.desk_url()}"' in str(said)  # on to what still waits
    again = client.post(url)
    assert again.status_code == 302
    assert annotation.moderation_events.count() == 1


# Places by hand


@pytest.fixture
def unplaced():
    """Return a place that a person has to choose, with two candidates."""
    version = open_version(HTML)
    annotation = annotate(version, "dort", position=1)
    new = next_version(version, NEW_HTML + "<p>Wer dort lebt, wohnt dort.</p>")
    last = new.passages.order_by("-position")[0]
    placement, _created = Placement.objects.update_or_create(
        annotation=annotation,
        version=new,
        defaults={
            "passage": None,
            "start": None,
            "end": None,
            "state": PlacementState.MANUAL,
            "candidates": [[last.pk, 4, 8], [last.pk, 21, 25]],
        },
    )
    return placement


def test_a_place_is_chosen_from_the_candidates(unplaced):
    client = signed_in("editor")
    url = links.placement_url(unplaced.pk)
    assert listed(client, place="manual") == {unplaced.annotation_id}

    page = text_of(client.get(url))
    assert page.count("<mark>dort</mark>") == 3
    client.post(url, {"place": "1"})

    unplaced.refresh_from_db()
    assert (unplaced.start, unplaced.end) == (21, 25)
    assert unplaced.placed_by is not None
    assert listed(client, place="manual") == set()


def test_a_person_can_say_that_the_words_are_gone(unplaced):
    signed_in("editor").post(links.placement_url(unplaced.pk), {"place": "removed"})
    unplaced.refresh_from_db()
    assert unplaced.state == PlacementState.REMOVED


@pytest.mark.parametrize("place", ["", "2", "-1", "x"])
def test_a_place_that_was_not_offered_is_refused(unplaced, place):
    response = signed_in("editor").post(links.placement_url(unplaced.pk), {"place": place})
    assert response.status_code == 200
    assert response.context["form"].errors
    unplaced.refresh_from_db()
    assert unplaced.state == PlacementState.MANUAL


@pytest.fixture
def objection():
    """Return an annotation whose author objects to the answer."""
    author = make_user()
    made = annotate(open_version(), user=author)
    dispose(made, outcome="not_adopted")
    Disposition.objects.filter(annotations=made).update(public_at=timezone.now())
    made.refresh_from_db()
    react(annotation=made, actor=author, agrees=False, reason="Das war anders gemeint.")
    return made


def test_an_objection_is_noted_as_seen_on_the_page_of_its_annotation(objection):
    editor = make_user("editor", first_name="Eda", last_name="Rat")
    client, url = signed_in(editor), links.annotation_url(objection.pk)
    tree = lxml_html.fromstring(client.get(url).content.decode())
    (form,) = tree.xpath(f"//form[@action='{links.see_objections_url([objection.pk])}']")

    response = client.post(form.get("action"), dict(form.form_values()))

    assert response["Location"] == url
    objection.reaction.refresh_from_db()
    assert objection.reaction.seen_by == editor
    page = text_of(client.get(url))
    assert "gesehen von Eda Rat" in page
    assert "Als gesehen vermerken" not in page
    assert ModelLogEntry.objects.filter(action="annotations.see_objection").count() == 1


def test_several_objections_are_noted_together_and_the_first_one_stays(objection):
    first = make_user("editor")
    mark_objections_seen(annotations=[objection], actor=first)
    author, others = make_user(), []
    for _ in range(2):
        made = annotate(objection.version, user=author)
        dispose(made, outcome="not_adopted")
        Disposition.objects.update(public_at=timezone.now())
        made.refresh_from_db()
        react(annotation=made, actor=author, agrees=False, reason="Nein.")
        others.append(made)
    plain = annotate(objection.version)
    client = signed_in("editor")
    assert listed(client, reaction="unseen") == {one.pk for one in others}

    url = links.see_objections_url([objection.pk, plain.pk, *(one.pk for one in others)])
    assert text_of(client.get(url)).count("Nein.") == 2
    response = client.post(url, follow=True)

    assert "2 Widersprüche sind als gesehen vermerkt." in text_of(response)
    assert listed(client, reaction="unseen") == set()
    objection.reaction.refresh_from_db()
    assert objection.reaction.seen_by == first
    assert "Hier gibt es keinen Widerspruch" in text_of(client.get(url))


@pytest.mark.parametrize("role", ["reviewer", "senate", "moderator"])
def test_only_editors_note_an_objection_as_seen(objection, role):
    client = signed_in(role)
    assert "Als gesehen vermerken" not in text_of(client.get(links.annotation_url(objection.pk)))
    with pytest.raises(PermissionDenied):
        mark_objections_seen(annotations=[objection], actor=make_user(role))
    objection.reaction.refresh_from_db()
    assert objection.reaction.seen_at is None


def test_where_nobody_objects_there_is_nothing_to_see():
    with pytest.raises(ValidationError) as refusal:
        mark_objections_seen(annotations=[annotate(open_version())], actor=make_user("editor"))
    assert refusal.value.code == "nothing"


def test_objections_are_listed_and_stand_on_the_page_of_the_annotation():
    author = make_user()
    made, other = annotate(open_version(), user=author), annotate(open_version())
    dispose(made, outcome="not_adopted")
    Disposition.objects.update(public_at=timezone.now())
    made.refresh_from_db()
    react(annotation=made, actor=author, agrees=False, reason="Das war anders gemeint.")
    client = signed_in("editor")

    assert listed(client, reaction="objects") == {made.pk}
    assert listed(client, reaction="agrees") == set()
    page = text_of(client.get(links.annotation_url(made.pk)))
    assert "widerspricht" in page
    assert "Das war anders gemeint." in page
    assert "widerspricht" not in text_of(client.get(links.annotation_url(other.pk)))
