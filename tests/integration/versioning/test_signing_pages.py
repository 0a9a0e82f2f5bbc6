"""Signing from the comparison, the reviewers' desk, and where departments stand."""

from copy import deepcopy

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html as lxml_html

from tests.factories import make_draft, make_user, publish
from tests.factories.signing import make_department, member_of, set_route, sign
from versioning import doors
from versioning.doors import GateLine
from versioning.models import Signature
from versioning.services.gate import submit_version
from versioning.services.signing import ask_for_signatures
from versioning.services.storing import store_comparisons_of

pytestmark = pytest.mark.django_db

FIRST = "<p>Die Stadt gehört allen Menschen, die hier leben.</p><p>Busse fahren oft.</p>"
SECOND = FIRST.replace("Menschen", "Leuten")
DESK = "/admin/versions/signing/"


@pytest.fixture(scope="module")
def shared_versions(shared_root):
    draft = make_draft(html=FIRST)
    return publish(draft, label="Entwurf"), publish(draft, html=SECOND)


@pytest.fixture(scope="module")
def shared_departments(shared_root):
    return make_department("Verkehr"), make_department("Finanzen")


@pytest.fixture
def versions(shared_versions):
    return deepcopy(shared_versions)


@pytest.fixture
def newest(versions):
    return versions[1]


@pytest.fixture
def departments(shared_departments, monkeypatch):
    set_route(monkeypatch, shared_departments)
    return shared_departments


@pytest.fixture
def lena(departments, client):
    member = member_of(departments[0])
    client.force_login(member)
    return member


def comparison_of(version):
    return reverse("versioning:comparison", args=[version.page_id, 1, 2])


def tree_of(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return lxml_html.fromstring(response.content)


def form_of(tree, department="Verkehr"):
    """Return the form of a department and what a browser without scripts would send."""
    (form,) = [form for form in tree.forms if form.fields.get("department") == department]
    return form.action, dict(form.form_values())


def send(client, tree, **values):
    action, data = form_of(tree)
    return client.post(action, {**data, **values})


# From the comparison and the version


@pytest.mark.parametrize("address", [comparison_of, lambda version: version.get_absolute_url()])
def test_a_member_signs_beside_the_text_and_comes_back(client, newest, lena, address):
    tree = tree_of(client, address(newest))
    assert "wartet auf die Mitzeichnung von Verkehr" in tree.text_content()
    response = send(client, tree, verdict="remarks", remarks="Bitte Kosten nennen.")
    assert response["Location"] == address(newest)
    signature = Signature.objects.get()
    assert (signature.version, signature.verdict) == (newest, "remarks")
    after = tree_of(client, address(newest))
    assert "Verkehr hat Fassung 2 mitgezeichnet" in after.text_content()
    assert "wartet auf" not in after.text_content()
    assert form_of(after)[1]["remarks"].strip() == "Bitte Kosten nennen."


def test_the_form_is_for_members_and_the_newest_version_alone(client, versions, departments):
    old, new = versions
    people = [None, make_user(), make_user("editor"), make_user("superuser")]
    stranger = member_of(make_department("Kultur"))
    for person in (*people, stranger):
        client.logout()
        if person is not None:
            client.force_login(person)
        assert 'id="signing"' not in client.get(comparison_of(new)).content.decode()
    client.force_login(member_of(departments[0]))
    assert 'id="signing"' in client.get(comparison_of(new)).content.decode()
    assert 'id="signing"' not in client.get(old.get_absolute_url()).content.decode()


def test_the_anonymous_page_is_kept_and_holds_nothing_of_it(client, newest, departments, settings):
    settings.SYNOPSE_PAGE_CACHE = settings.SYNOPSE_TEXT_CACHE = "pages"
    url = comparison_of(newest)
    first = client.get(url)
    with CaptureQueriesContext(connection) as captured:
        again = client.get(url)
    assert len(captured) == 1
    assert again.content == first.content
    client.force_login(member_of(departments[0]))
    own = client.get(url)
    assert 'id="signing"' in own.content.decode()
    assert "private" in own["Cache-Control"]
    client.logout()
    assert client.get(url).content == first.content


def test_the_form_says_what_changed_since_the_department_last_signed(
    client, versions, lena, departments
):
    publish(versions[0].page, html=SECOND + "<p>Bäume wachsen.</p>")
    sign_first(versions[0], departments[0], lena)
    third = versions[0].page.specific.newest_version
    text = tree_of(client, third.get_absolute_url())
    assert reverse("versioning:comparison", args=[third.page_id, 1, 3]) in text.xpath("//a/@href")
    shown = tree_of(client, reverse("versioning:comparison", args=[third.page_id, 1, 3]))
    assert "Genau das zeigt diese Seite." in shown.text_content()


def sign_first(version, department, actor):
    """Store a signature of a version that was the newest once."""
    return Signature.objects.create(
        version=version, content_hash=version.content_hash, department=department.body,
        group_id=department.group, ordinal=1, verdict="signed", signed_by=actor,
        signed_at=version.published_at,
    )  # fmt: skip


def test_an_open_tab_that_is_too_old_keeps_its_words_and_leads_to_the_newest(client, newest, lena):
    tree = tree_of(client, comparison_of(newest))
    third = publish(newest.page, html=FIRST)
    response = send(client, tree, verdict="refused", remarks="Zu teuer.")
    assert response.status_code == 200
    text = response.content.decode()
    assert "Inzwischen gibt es Fassung 3" in text
    assert "Zu teuer." in text
    assert reverse("synopse_versions:sign", args=[third.pk]) in text
    assert not Signature.objects.exists()


def test_of_two_tabs_the_later_one_counts_and_both_stand_in_the_record(client, newest, lena):
    one, two = (tree_of(client, comparison_of(newest)) for _tab in range(2))
    send(client, one, verdict="signed")
    send(client, two, verdict="refused", remarks="Zu teuer.")
    send(client, two, verdict="refused", remarks="Zu teuer.")
    said = Signature.objects.order_by("ordinal").values_list("verdict", flat=True)
    assert list(said) == ["signed", "refused"]


def test_a_person_of_two_departments_sends_a_form_for_each(client, newest, departments):
    client.force_login(member_of(*departments))
    tree = tree_of(client, comparison_of(newest))
    ids = tree.xpath("//*/@id")
    assert len(ids) == len(set(ids))
    send(client, tree, verdict="signed")
    action, data = form_of(tree, "Finanzen")
    client.post(action, {**data, "verdict": "refused"})
    assert Signature.objects.get().department == "Verkehr"


def test_what_is_missing_stands_at_the_form(client, newest, lena):
    tree = tree_of(client, reverse("synopse_versions:sign", args=[newest.pk]))
    empty = send(client, tree)
    assert "Wählen Sie aus, was Ihr Ressort sagt." in empty.content.decode()
    unsaid = send(client, tree, verdict="refused")
    assert "warum es ablehnt" in unsaid.content.decode()
    wrong = send(client, tree, verdict="signed", content_hash="x")
    assert "einen anderen Text gesehen" in wrong.content.decode()
    assert not Signature.objects.exists()


def test_nobody_is_led_to_a_foreign_site(client, newest, lena):
    tree = tree_of(client, comparison_of(newest))
    response = send(client, tree, verdict="signed", next="https://example.com/")
    assert response["Location"] == DESK


def test_a_department_that_left_the_route_is_told_so(client, newest, lena, monkeypatch):
    tree = tree_of(client, comparison_of(newest))
    set_route(monkeypatch, [])
    action, data = form_of(tree)
    response = client.post(action, {**data, "verdict": "signed"}, follow=True)
    assert "zeichnet diesen Text nicht oder nicht mehr mit" in response.content.decode()
    assert not Signature.objects.exists()


def test_whoever_belongs_to_no_department_is_refused(client, newest, departments):
    url = reverse("synopse_versions:sign", args=[newest.pk])
    data = {"department": "Verkehr", "verdict": "signed", "content_hash": newest.content_hash}
    for role in ("editor", "reviewer", "senate", "superuser"):
        client.force_login(make_user(role))
        assert client.get(url).status_code in {302, 403}
        response = client.post(url, data)
        assert response.status_code in {302, 403}
    assert not Signature.objects.exists()


# The desk


def test_the_desk_lists_what_waits_what_changed_and_what_was_signed(
    client, versions, lena, departments
):
    old, new = versions
    sign_first(old, departments[0], lena)
    store_comparisons_of(version=new)
    ask_for_signatures(version=new, actor=make_user("editor"))
    tree = tree_of(client, DESK)
    text = " ".join(tree.text_content().split())
    assert "Wartet auf meine Ressorts (1)" in text
    assert "1 Änderung" in text
    assert "gebeten am" in text
    assert comparison_of(new) in tree.xpath("//a/@href")
    sign(new, departments[0], lena, verdict="remarks", remarks="Bitte Kosten nennen.")
    text = " ".join(tree_of(client, DESK).text_content().split())
    assert "Wartet auf meine Ressorts (0)" in text
    assert "Bitte Kosten nennen." in text


def test_the_desk_says_why_it_is_empty(client, newest, departments):
    client.force_login(make_user("senate"))
    assert "zu keinem Ressort" not in client.get("/admin/").content.decode()
    text = client.get(DESK).content.decode()
    assert "Nichts wartet" in text or "zu keinem Ressort" in text


def test_the_first_page_of_the_admin_shows_what_waits(client, newest, lena, departments):
    assert "1 Mitzeichnung wartet auf Sie" in client.get("/admin/").content.decode()
    sign(newest, departments[0], lena)
    assert "wartet auf Sie" not in client.get("/admin/").content.decode()


def test_the_desk_asks_as_often_for_much_as_for_little(client, newest, lena, departments):
    process = newest.page.get_parent()

    def add(number):
        draft = make_draft(html=FIRST, process=process)
        sign(publish(draft), departments[0], lena)
        publish(draft, html=f"<p>Fassung {number}.</p>")
        lena.groups.add(Group.objects.get(pk=make_department(f"Ressort {number}").group))

    def count():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(DESK).status_code == 200
        return len(captured)

    add(0)
    client.get(DESK)
    few = count()
    for number in range(1, 4):
        add(number)
    assert count() == few


# Where departments stand


def test_editors_see_where_each_department_stands_and_ask(client, newest, lena, departments):
    sign(newest, departments[0], lena, verdict="refused", remarks="Zu teuer.")
    member_of(departments[1])
    client.force_login(make_user("editor"))
    url = reverse("synopse_versions:signatures", args=[newest.pk])
    text = client.get(url).content.decode()
    assert "Mitzeichnung abgelehnt" in text
    assert "Zu teuer." in text
    asked = client.post(url, follow=True)
    assert "Um Mitzeichnung gebeten: Finanzen" in asked.content.decode()
    again = client.post(url, follow=True)
    assert "schon gebeten" in again.content.decode()
    gate = client.get(reverse("synopse_versions:gate", args=[newest.pk])).content.decode()
    assert "Verkehr lehnt die Mitzeichnung ab." in gate
    assert f"{url}#" in gate


def test_the_public_sees_departments_verdicts_and_days_but_no_remarks_or_names(
    client, newest, departments, monkeypatch
):
    lena = member_of(departments[0], username="lena-mitzeichnerin")
    monkeypatch.setattr(
        doors, "_gate_checks", [lambda _version: [GateLine("annotations", "Gut.", done=True)]]
    )
    monkeypatch.setattr(doors, "_reason_sources", [])
    newest.changes.update(reason="Sprache")
    sign(newest, departments[0], lena, verdict="refused", remarks="Geheim, zu teuer.")
    sign(newest, departments[0], lena, verdict="remarks", remarks="Geheim, bitte Kosten nennen.")
    sign(newest, departments[1], member_of(departments[1]))
    submission = submit_version(version=newest, actor=make_user("senate"))
    text = client.get(submission.get_absolute_url()).content.decode()
    tree = lxml_html.fromstring(text)
    said = [
        " ".join(row.text_content().split())
        for row in tree.xpath('//*[@class="syn-signatures"]//li')
    ]
    assert [row.rpartition(",")[0] for row in said] == [
        "Finanzen: Mitgezeichnet",
        "Verkehr: Mit Bemerkungen mitgezeichnet",
    ]
    assert "Geheim" not in text
    assert "lena-mitzeichnerin" not in text
