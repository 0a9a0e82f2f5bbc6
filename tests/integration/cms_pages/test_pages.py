"""Home page, process, standard pages, and the form for problems."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from annotations.models import OutboxMail
from cms_pages.models import ProblemReport, StandardPage
from cms_pages.presentation import process_state
from cms_pages.services.processes import Phase, TimelineEntry, make_process
from cms_pages.services.site_setup import set_up_site
from tests.factories import UserFactory, make_draft, make_user, publish
from tests.factories.gate import hand_over

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def shared_home(shared):
    return set_up_site().home


@pytest.fixture
def home(shared_home):
    return deepcopy(shared_home)


@pytest.fixture
def process(home):
    today = timezone.localdate()
    return make_process(
        parent=home,
        title="Kluge Stadt",
        slug="kluge-stadt",
        actor=make_user("superuser"),
        intro="<p>Wie soll es werden?</p>",
        phases=[
            Phase("Ideen", today - timedelta(days=30)),
            Phase("Kommentierung", today, "Sie lesen und merken an."),
            Phase("Beschluss", today + timedelta(days=30)),
        ],
        timeline=[
            TimelineEntry("span", date(2021, 5, 3), "Werkstatt", end=date(2021, 5, 5)),
            TimelineEntry("on", date(2021, 1, 1), "Die Ideensammlung öffnet"),
            TimelineEntry("from", today + timedelta(days=400), "Der Senat entscheidet"),
        ],
    )


def draft(process, title, **window):
    page = make_draft(process=process, title=title, html=f"<p>{title}.</p>")
    return publish(page, label="Entwurf", **window)


def test_the_open_text_comes_first(home, process, client):
    now = timezone.now()
    draft(process, "Zu", opens=now - timedelta(days=9), closes=now - timedelta(days=1))
    draft(process, "Offen", opens=now - timedelta(days=1), closes=now + timedelta(days=9))
    draft(process, "Bald", opens=now + timedelta(days=1), closes=now + timedelta(days=9))
    make_draft(process=process, title="Niemals gesehen")
    context = client.get(home.get_url()).context
    assert [card.title for card in context["open_drafts"]] == ["Offen"]
    assert [card.title for card in context["other_drafts"]] == ["Bald", "Zu"]
    shown = client.get(process.get_url())
    assert [card.state for card in shown.context["drafts"]] == ["open", "planned", "closed"]
    assert "Niemals gesehen" not in shown.content.decode()


def test_the_timeline_is_in_order_and_says_its_dates(process, client):
    years = client.get(process.get_url()).context["years"]
    assert [entry.title for entry in years[0].entries] == ["Die Ideensammlung öffnet", "Werkstatt"]
    assert [entry.state for year in years for entry in year.entries] == ["past", "past", "future"]
    assert "2021" in years[0].entries[0].when


def test_the_current_phase_is_marked(process, client):
    page = client.get(process.get_url())
    assert [phase.state for phase in page.context["phases"]] == ["past", "now", "future"]
    assert 'aria-current="step"' in page.content.decode()


def test_the_bar_says_that_the_newest_text_was_handed_over(process, client):
    version = draft(process, "Zu")
    sentence = "Sie lesen und merken an."
    assert process_state(None, process)["sentence"] == sentence
    hand_over(version=version, actor=make_user("senate"))
    assert "Fassung 1" in process_state(None, process)["sentence"]
    draft(process, "Noch einer")
    assert process_state(None, process)["sentence"] == sentence


@pytest.mark.parametrize("language", ["de", "en"])
def test_pages_are_shown_in_both_languages(home, client, language):
    for page in [home, *StandardPage.objects.child_of(home)]:
        translated = page.get_translations(inclusive=True).get(locale__language_code=language)
        answer = client.get(translated.get_url())
        assert answer.status_code == 200
        assert f'<html lang="{language}"' in answer.content.decode()
    assert client.get(f"/{language}/report-a-problem/").status_code == 200


def test_queries_do_not_grow_with_the_number_of_texts(
    home, process, client, django_assert_max_num_queries
):
    def queries(url):
        client.get(url)
        with django_assert_max_num_queries(60) as captured:
            client.get(url)
        return len(captured)

    draft(process, "Eins", closes=timezone.now() + timedelta(days=1))
    before = [queries(page.get_url()) for page in (home, process)]
    for number in range(4):
        draft(process, f"Noch {number}", closes=timezone.now() + timedelta(days=1))
    assert [queries(page.get_url()) for page in (home, process)] == before


class TestReports:
    """The form “Report a problem”."""

    URL = "/de/report-a-problem/"

    def send(self, client, **fields):
        data = {"kind": "barrier", "text": "Der Knopf ist zu klein.", "page_url": "/de/"}
        return client.post(self.URL, data | fields)

    def test_a_report_is_stored_and_the_editors_get_a_mail(self, client, settings):
        settings.SYNOPSE_CONTACT_EMAIL = "redaktion@stadt.example"
        answer = self.send(client, email="ich@post.example")
        assert answer.status_code == 302
        assert client.get(answer["Location"]).status_code == 200
        report = ProblemReport.objects.get()
        assert (report.kind, report.email) == ("barrier", "ich@post.example")
        mail = OutboxMail.objects.get()
        assert mail.to == "redaktion@stadt.example"
        assert "Der Knopf ist zu klein." in mail.text
        assert f"http://testserver{reverse('problemreport:index')}" in mail.text

    @pytest.mark.parametrize(
        "fields",
        [
            {"text": ""},
            {"text": "x" * 3001},
            {"kind": "nothing"},
            {"email": "nicht eine"},
            {"page_url": "x" * 600},
            {"website": "http://spam.example"},
        ],
    )
    def test_a_bad_report_is_explained_and_its_words_are_kept(self, client, fields):
        answer = self.send(client, **fields)
        assert answer.status_code == 422
        assert answer.context["form"].errors
        assert not ProblemReport.objects.exists()
        if fields.get("text") != "":
            assert fields.get("text", "Der Knopf ist zu klein.") in answer.content.decode()

    def test_what_is_sent_too_quickly_is_asked_for_once_more(self, client, settings):
        settings.SYNOPSE_MINIMUM_SECONDS = 3
        assert self.send(client).status_code == 422
        assert not ProblemReport.objects.exists()

    @pytest.mark.parametrize(
        ("named", "shown"),
        [
            ("/de/kluge-stadt/", "/de/kluge-stadt/"),
            ("https://evil.example/x", ""),
            ("//evil.example/x", ""),
            ("javascript:alert(1)", ""),
            ("/" + "x" * 900, "/" + "x" * 499),
        ],
    )
    def test_only_paths_of_this_site_are_filled_in(self, client, named, shown):
        form = client.get(self.URL, {"page": named}).context["form"]
        assert form["page_url"].value() == shown

    def test_the_honeypot_is_as_agreed(self, client):
        page = client.get(self.URL).content.decode()
        assert 'name="website" tabindex="-1"' in page

    def test_reports_are_read_and_settled_in_the_admin_and_nothing_else(self, client, home):
        report = ProblemReport.objects.create(kind="error", text="Kaputt")
        user = UserFactory()
        user.groups.add(Group.objects.get(name="Moderation"))
        client.force_login(user)
        assert "Kaputt" in client.get(reverse("problemreport:index")).content.decode()
        edit = reverse("problemreport:edit", args=[report.pk])
        assert client.get(edit).status_code == 200
        client.post(edit, {"is_settled": "on", "text": "Anders"})
        report.refresh_from_db()
        assert report.settled_at is not None
        assert report.text == "Kaputt"
        assert client.get(reverse("problemreport:add")).status_code in {302, 403}
        delete = reverse("problemreport:delete", args=[report.pk])
        client.post(delete)
        assert ProblemReport.objects.exists()
