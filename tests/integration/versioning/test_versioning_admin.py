"""Versions, changes, windows and the gate in Wagtail's admin."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from lxml import html as lxml_html

from tests.factories import make_draft, make_user, publish, site_root
from versioning import doors, permissions
from versioning.doors import GateLine
from versioning.models import StoredComparison, Submission, Version
from versioning.presentation import FORMATS
from versioning.services.changes import explain_changes
from versioning.services.gate import submit_version
from versioning.services.storing import store_comparisons_of

pytestmark = pytest.mark.django_db


def _words(number, word):
    return "".join(f"<p>Absatz {i} sagt {word} und sonst nichts.</p>" for i in range(number))


@pytest.fixture(autouse=True)
def _only_our_doors(monkeypatch, root):
    answered = [GateLine("annotations", "Alles beantwortet.", done=True, url="/admin/")]
    monkeypatch.setattr(doors, "_gate_checks", [lambda version: answered])
    monkeypatch.setattr(doors, "_reason_sources", [])


@pytest.fixture(scope="module")
def shared_version(shared_root):
    draft = make_draft(title="Strategie", html=_words(3, "eins"))
    publish(draft, label="Entwurf")
    return publish(draft, html=_words(3, "zwei"))


@pytest.fixture
def submission(version):
    explain_changes(changes=list(version.changes.all()), reason="Stil", actor=make_user("editor"))
    return submit_version(version=version, actor=make_user("senate"))


def _url(name, *args):
    return reverse(f"synopse_versions:{name}", args=args)


def _as(client, role):
    user = make_user(role)
    client.force_login(user)
    return user


def _is_refused(response):
    return response.status_code == 302 and response["Location"] in {"/admin/", "/accounts/login/"}


PAGES = {
    "page": {"editor", "reviewer", "senate", "superuser"},
    "changes": {"editor", "reviewer", "senate", "superuser"},
    "passages": {"editor", "reviewer", "senate", "superuser"},
    "withhold": {"superuser"},
    "gate": {"editor", "reviewer", "senate", "superuser"},
    "window": {"editor", "reviewer", "superuser"},
    "signatures": {"editor", "reviewer", "senate", "superuser"},
    "submission": {"editor", "reviewer", "senate", "superuser"},
    "decision": {"senate", "superuser"},
    "decision_document": {"senate", "superuser"},
    "next_stage": {"editor", "superuser"},
    "records": {"editor", "reviewer", "senate", "superuser"},
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    "role", [None, "citizen", "moderator", "editor", "reviewer", "senate", "superuser"]
)
def test_each_page_opens_for_the_roles_in_the_table_alone(client, submission, name, role):
    keys = {
        "page": submission.version.page_id,
        "next_stage": submission.version.page_id,
        "records": submission.version.page_id,
        "submission": submission.pk,
        "withhold": submission.version.passages.first().pk,
        "decision": submission.steps.first().pk,
        "decision_document": submission.steps.first().pk,
    }
    if role:
        _as(client, role)
    response = client.get(_url(name, keys.get(name, submission.version_id)))
    if role in PAGES[name]:
        assert response.status_code == 200
    else:
        assert response.status_code == 302
        assert "/admin/versions/" not in response["Location"].split("?")[0]


def test_every_address_of_ours_stands_in_the_table():
    from versioning.admin.urls import urlpatterns

    elsewhere = {"page_gate", "page_changes", "submissions", "draft_changes", "publish"}
    elsewhere |= {"waive", "take_back_waiver"}  # see test_checklist
    elsewhere |= {"sign", "signing", "begin_workflow", "package"}
    assert {pattern.name for pattern in urlpatterns} == {*PAGES, *elsewhere}


@pytest.mark.parametrize("name", PAGES)
def test_what_does_not_exist_is_not_found(client, name):
    _as(client, "superuser")
    for key in (0, 10**20):
        assert client.get(_url(name, key), follow=True).status_code == 404


def test_the_list_names_each_version_with_its_numbers(client, version):
    _as(client, "editor")
    tree = lxml_html.fromstring(client.get(_url("page", version.page_id)).content.decode())
    rows = [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./td")]
        for row in tree.xpath("//table[contains(@class, 'listing')]/tbody/tr")
    ]
    assert len(rows) == 2
    assert rows[0][3:5] == ["3", "3"]
    assert rows[1][3:5] == ["3", "0"]
    assert "Entwurf" in rows[1][0]


def test_the_list_says_whether_a_comparison_is_stored(client, version):
    _as(client, "editor")

    def states():
        tree = lxml_html.fromstring(client.get(_url("page", version.page_id)).content.decode())
        return [e.text_content() for e in tree.xpath("//*[@class='syn-listing__state']")]

    before = states()
    store_comparisons_of(version=version)
    after = states()
    assert len(before) == len(after) == 1
    assert before != after
    StoredComparison.objects.update(engine_version="0")
    assert states() == before


def test_buttons_lead_from_a_versioned_page_and_from_no_other(client, version):
    _as(client, "superuser")
    versioned = client.get(reverse("wagtailadmin_pages:edit", args=[version.page_id]))
    for name in ("page", "page_changes", "page_gate"):
        assert _url(name, version.page_id).encode() in versioned.content
    other = client.get(reverse("wagtailadmin_pages:edit", args=[site_root().pk]))
    assert b"/admin/versions/page/" not in other.content


@pytest.mark.parametrize("name", ["changes", "gate"])
def test_the_buttons_lead_to_the_newest_version(client, version, name):
    _as(client, "editor")
    response = client.get(_url(f"page_{name}", version.page_id))
    assert response["Location"] == _url(name, version.pk)


def test_a_page_without_versions_says_what_makes_the_first(client):
    _as(client, "superuser")
    response = client.get(_url("page_gate", make_draft().pk), follow=True)
    assert response.status_code == 200
    assert b"listing" not in response.content.split(b"main")[-1]


# Changes


def test_ticked_changes_get_the_reason_and_the_others_stay(client, version):
    _as(client, "editor")
    first, second, third = version.changes.all()
    response = client.post(
        _url("changes", version.pk), {"change": [first.pk, third.pk], "reason": "Verständlicher"}
    )
    assert response.status_code == 302
    assert list(version.changes.values_list("reason", flat=True)) == [
        "Verständlicher",
        "",
        "Verständlicher",
    ]
    listed = client.get(_url("changes", version.pk) + "?reasons=missing").content.decode()
    assert f'value="{second.pk}"' in listed
    assert f'value="{first.pk}"' not in listed


def test_what_differs_besides_the_words_is_said_in_words(client):
    draft = make_draft(html="<p>Ein Satz.</p><p>Noch einer.</p>")
    publish(draft)
    version = publish(draft, html="<p>Ein <b>Satz</b>.</p><p>Noch einer.</p>")
    change = version.changes.exclude(format="").first()
    _as(client, "editor")
    with translation.override("de"):
        words = str(FORMATS[change.format])
    assert words != change.format
    assert words in client.get(_url("changes", version.pk)).content.decode()


def test_a_quick_reason_for_five_hundred_changes_is_one_click(client):
    draft = make_draft(html=_words(520, "eins"))
    publish(draft)
    version = publish(draft, html=_words(520, "zwei"))
    _as(client, "editor")
    data = {"every": "on", "quick": "spelling"}
    assert client.post(_url("changes", version.pk) + "?reasons=missing", data).status_code == 302
    with translation.override("de"):
        words = translation.gettext("Spelling")
    assert set(version.changes.values_list("reason", flat=True)) == {words}


@pytest.mark.parametrize(
    "data",
    [
        {"reason": "Stil"},
        {"every": "on"},
        {"every": "on", "quick": "x", "reason": "Stil"},
        {"change": ["x", "²", "-1", "99999999999999999999999"], "reason": "Stil"},
        {"every": "on", "reason": "x" * 5_000},
    ],
)
def test_a_form_that_says_too_little_changes_nothing_and_says_why(client, version, data):
    _as(client, "editor")
    response = client.post(_url("changes", version.pk), data)
    assert response.status_code == 200
    assert b"error" in response.content
    assert not version.changes.exclude(reason="").exists()


def test_a_change_of_another_version_is_not_explained_by_the_way(client, version):
    other = publish(make_draft(html=_words(2, "eins")))
    other = publish(other.page, html=_words(2, "zwei"))
    _as(client, "editor")
    data = {"change": [other.changes.first().pk], "reason": "Stil"}
    assert client.post(_url("changes", version.pk), data).status_code == 200
    assert not other.changes.exclude(reason="").exists()


def test_a_reader_of_changes_explains_none(client, version):
    _as(client, "senate")
    response = client.post(_url("changes", version.pk), {"every": "on", "reason": "Stil"})
    assert _is_refused(response)
    assert not version.changes.exclude(reason="").exists()


def test_the_list_of_changes_needs_no_query_per_row(client, version, django_assert_max_num_queries):
    draft = make_draft(html=_words(90, "eins"))
    publish(draft)
    long = publish(draft, html=_words(90, "zwei"))
    _as(client, "superuser")
    client.get(_url("changes", version.pk))
    with django_assert_max_num_queries(30):
        client.get(_url("changes", long.pk))


# Window


def test_the_window_is_changed_in_the_form(client, version):
    _as(client, "editor")
    data = {"opens": "2026-01-01 10:00", "closes": "2030-01-01 10:00", "reason": "Mehr Zeit"}
    assert client.post(_url("window", version.pk), data).status_code == 302
    version.refresh_from_db()
    assert timezone.localtime(version.closes).isoformat() == "2030-01-01T10:00:00+01:00"


@pytest.mark.parametrize(
    "data",
    [
        {"opens": "2030-01-01 10:00", "closes": "2026-01-01 10:00", "reason": "x"},
        {"opens": "2026-01-01 10:00", "closes": "", "reason": ""},
        {"opens": "gestern", "closes": "", "reason": "x"},
    ],
)
def test_a_wrong_window_is_refused_at_its_field(client, version, data):
    _as(client, "editor")
    response = client.post(_url("window", version.pk), data)
    assert response.status_code == 200
    assert b"w-field--error" in response.content or b"error-message" in response.content
    version.refresh_from_db()
    assert version.opens is None


def test_an_open_window_is_ended_by_a_button_and_its_reason_stands_in_the_list(client, version):
    _as(client, "editor")
    url = _url("window", version.pk)
    assert "Jetzt beenden" not in client.get(url).content.decode()
    opening = {"opens": "", "closes": "2099-01-01 10:00", "reason": "Auf"}
    assert client.post(url, opening).status_code == 302
    assert "Jetzt beenden" in client.get(url).content.decode()
    assert client.post(url, {"end_now": "1", "reason": " "}).status_code == 200
    version.refresh_from_db()
    assert version.is_open()
    assert client.post(url, {"end_now": "1", "reason": "Genug gehört"}).status_code == 302
    version.refresh_from_db()
    assert not version.is_open()
    assert "Genug gehört" in client.get(url).content.decode()


def test_the_window_of_an_older_version_is_not_said_to_be_open(client):
    draft = make_draft(html=_words(1, "eins"))
    closes = timezone.now() + timedelta(days=9)
    publish(draft, closes=closes)
    urls = [_url("page", draft.pk), f"/de/versions/{draft.pk}/1/"]
    _as(client, "superuser")
    with translation.override("de"):
        day, ended = date_format(timezone.localtime(closes), "j. F Y"), "Mit der nächsten Fassung"
    before = [client.get(url).content.decode() for url in urls]
    assert all(day in page and ended not in page for page in before)
    publish(draft, html=_words(1, "zwei"))
    after = [client.get(url).content.decode() for url in urls]
    assert all(day not in page and ended in page for page in after)


# Gate


def test_the_gate_names_what_is_missing_and_opens_afterwards(client, version):
    _as(client, "superuser")
    url = _url("gate", version.pk)
    page = client.get(url).content.decode()
    assert 'data-gate-line="changes"' in page
    assert f"#change-{version.changes.first().pk}" in page
    refused = client.post(url, {"note": ""})
    assert refused.status_code == 200
    assert not Submission.objects.exists()
    explain_changes(changes=list(version.changes.all()), reason="x", actor=make_user("editor"))
    accepted = client.post(url, {"note": "Anbei", "planned_0": "2030-01-02"}, follow=True)
    submission = Submission.objects.get(version=version)
    assert submission.note == "Anbei"
    assert str(submission.steps.first().planned_on) == "2030-01-02"
    assert submission.get_absolute_url() in accepted.content.decode()
    assert "success" in accepted.content.decode()


def test_a_second_submission_by_the_form_is_refused_with_words(client, submission):
    _as(client, "superuser")
    response = client.post(_url("gate", submission.version_id), {"note": ""})
    assert response.status_code == 200
    assert Submission.objects.count() == 1


def test_an_editor_without_the_right_sees_the_list_and_hands_nothing_over(client, version):
    _as(client, "editor")
    explain_changes(changes=list(version.changes.all()), reason="x", actor=make_user("editor"))
    url = _url("gate", version.pk)
    assert b'name="note"' not in client.get(url).content
    assert _is_refused(client.post(url, {"note": ""}))
    assert not Submission.objects.exists()


def test_a_mere_look_changes_nothing(client, version):
    _as(client, "superuser")
    before = list(Version.objects.values())
    for name, key in (("gate", version.pk), ("window", version.pk), ("changes", version.pk)):
        client.get(_url(name, key))
    assert list(Version.objects.values()) == before
    assert not Submission.objects.exists()


# Submissions


def test_the_senate_office_finds_what_can_be_handed_over(client, version):
    _as(client, "senate")
    older = Version.objects.get(page=version.page_id, number=1)
    listed = client.get(_url("submissions")).content.decode()
    assert _url("gate", version.pk) in listed
    assert _url("gate", older.pk) not in listed


def test_what_was_handed_over_is_not_offered_again(client, submission):
    _as(client, "senate")
    listed = client.get(_url("submissions")).content.decode()
    assert _url("gate", submission.version_id) not in listed


def test_the_senate_office_finds_a_submission_plans_and_records(client, submission):
    _as(client, "senate")
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    assert _url("submissions") in home
    assert _url("submission", submission.pk) in client.get(_url("submissions")).content.decode()
    step = submission.steps.first()
    response = client.post(_url("submission", submission.pk), {f"step_{step.pk}": "2030-03-04"})
    assert response.status_code == 302
    day = timezone.localdate().isoformat()
    data = {"outcome": "agreed", "decided_on": day, "reference": "S-1", "note": ""}
    assert client.post(_url("decision", step.pk), data).status_code == 302
    step.refresh_from_db()
    assert str(step.planned_on) == "2030-03-04"
    assert (step.outcome, step.reference) == ("agreed", "S-1")
    public = client.get(submission.get_absolute_url()).content.decode()
    assert "S-1" in public


@pytest.mark.parametrize(
    "data",
    [
        {"outcome": "agreed", "decided_on": "1990-01-01"},
        {"outcome": "x", "decided_on": "2990-01-01"},
        {"outcome": "", "decided_on": ""},
    ],
)
def test_an_impossible_decision_stays_unrecorded(client, submission, data):
    _as(client, "senate")
    step = submission.steps.first()
    assert client.post(_url("decision", step.pk), data).status_code == 200
    step.refresh_from_db()
    assert step.outcome == ""


def test_planned_dates_are_set_by_the_senate_office_alone(client, submission):
    _as(client, "editor")
    step = submission.steps.first()
    url = _url("submission", submission.pk)
    assert _is_refused(client.post(url, {f"step_{step.pk}": "2030-03-04"}))
    step.refresh_from_db()
    assert step.planned_on is None


def test_every_rule_answers_for_everybody(version):
    for action in permissions.RULES:
        assert permissions.can(make_user("superuser"), action, version.page)
        assert not permissions.can(make_user("citizen"), action, version.page)
        assert not permissions.can(None, action, version.page)
        assert not permissions.can(make_user("superuser", is_active=False), action, version.page)


@pytest.mark.parametrize(("ticked", "words"), [(1, "1 Änderung begründet"), (3, "3 Änderungen")])
def test_the_history_counts_in_words_that_fit_the_number(client, version, ticked, words):
    chosen = list(version.changes.all())[:ticked]
    explain_changes(changes=chosen, reason="Stil", actor=make_user("editor"))
    _as(client, "superuser")
    url = reverse("wagtailadmin_pages:history", args=[version.page_id])
    assert words in client.get(url, headers={"accept-language": "de"}).content.decode()


def test_the_history_of_the_page_names_what_happened(client, submission):
    _as(client, "superuser")
    history = client.get(
        reverse("wagtailadmin_pages:history", args=[submission.version.page_id])
    ).content.decode()
    assert "Stil" in history
