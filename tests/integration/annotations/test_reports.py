"""Anybody reports content, gets a receipt and a decision (DSA, article 16)."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail.models import Locale, ModelLogEntry

from annotations.admin import links
from annotations.models import Annotation, ModerationEvent, OutboxMail, Report
from annotations.services.deciding import decide_report
from annotations.services.moderating import hide_annotation, withdraw_annotation
from annotations.services.reasons import token_of as statement_token
from annotations.services.reporting import contribution_at, report_of, token_of
from tests.factories import make_user
from tests.factories.annotations import annotate, answer, open_version
from tests.factories.reports import REASONS, REPORTER, make_report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

FILLED = {
    "reason": "insult",
    "text": "Das beleidigt mich.",
    "name": "Mia Melder",
    "email": "mia@example.org",
    "good_faith": "on",
}


@pytest.fixture
def moderator():
    return make_user("moderator", username="die-moderatorin")


@pytest.fixture(autouse=True)
def _quick(settings):
    settings.SYNOPSE_MINIMUM_SECONDS = 0


def signed_in(role):
    client = Client()
    client.force_login(make_user(role) if isinstance(role, str) else role)
    return client


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def form_url(annotation):
    return reverse("annotations:report", args=[annotation.uuid])


def mails(kind="report"):
    return list(OutboxMail.objects.filter(kind=kind).order_by("pk"))


# The form


def test_the_list_of_errors_reads_as_sentences():
    response = Client().post(form_url(annotate(open_version())), {})

    summary = re.search(r'<div class="syn-error-summary".*?</div>', text_of(response))[0]
    assert "Warum sollte das hier nicht stehen? Bitte wählen Sie einen Grund." in summary
    assert "Ihre Erklärung: Bitte erklären Sie es mit eigenen Worten." in summary
    assert "?:" not in summary
    assert ".:" not in summary


def test_a_guest_reports_a_contribution_and_gets_number_and_receipt():
    made = annotate(open_version())
    client = Client()
    shown = client.get(form_url(made))
    assert "Das sehe ich anders." in text_of(shown)
    key = shown.context["form"]["idempotency_key"].value()

    response = client.post(form_url(made), {**FILLED, "idempotency_key": key}, follow=True)

    report = Report.objects.get()
    assert (report.annotation_id, report.reason, report.email) == (
        made.pk, "insult", "mia@example.org",
    )  # fmt: skip
    assert report.url == f"http://testserver{made.get_absolute_url()}"
    assert report.number in text_of(response)
    [mail] = mails()
    assert mail.to == "mia@example.org"
    assert report.number in mail.text
    assert "Das beleidigt mich." not in mail.text  # to an address that nobody has proved
    assert "Mia Melder" not in mail.text
    link = re.search(r"http://testserver(\S+)/report-content/(\S+)/", mail.text)
    assert report_of(link[2]) == report


def test_sent_twice_it_is_one_report():
    made = annotate(open_version())
    data = {**FILLED, "idempotency_key": "einmal"}

    first, second = (Client().post(form_url(made), data) for _time in range(2))

    assert first.url == second.url
    assert Report.objects.count() == 1
    assert len(mails()) == 1


def test_a_known_key_gives_nobody_the_report_of_another():
    made = annotate(open_version())
    Client().post(form_url(made), {**FILLED, "idempotency_key": "k"})

    Client().post(form_url(made), {**FILLED, "text": "Anderes", "idempotency_key": "k"})

    assert Report.objects.count() == 2


@pytest.mark.parametrize("missing", ["reason", "text", "name", "email", "good_faith"])
def test_what_the_law_asks_for_has_to_be_there(missing):
    made = annotate(open_version())
    data = {name: value for name, value in FILLED.items() if name != missing}

    response = Client().post(form_url(made), data)

    assert response.status_code == 422
    assert missing in response.context["form"].errors
    assert not Report.objects.exists()


def test_of_sexual_abuse_of_children_one_tells_without_a_name():
    made = annotate(open_version())
    data = {"reason": "child_abuse", "text": "Das Bild", "good_faith": "on"}

    response = Client().post(form_url(made), data, follow=True)

    report = Report.objects.get()
    assert (report.name, report.email) == ("", "")
    assert "Adresse dieser Seite" in text_of(response)
    assert not mails()


@pytest.mark.parametrize(
    ("field", "value"),
    [("website", "x"), ("email", "keine"), ("reason", "laune"), ("text", " \u200b "),
     ("text", "x" * 3_001)],
)  # fmt: skip
def test_machines_and_nonsense_are_refused_and_the_text_is_kept(field, value):
    made = annotate(open_version())
    data = {**FILLED, field: value}

    response = Client().post(form_url(made), data)

    assert response.status_code == 422
    assert data["name"] in text_of(response)
    assert not Report.objects.exists()


def test_what_comes_back_too_quickly_is_asked_for_once_more(settings):
    settings.SYNOPSE_MINIMUM_SECONDS = 3
    made = annotate(open_version())

    assert Client().post(form_url(made), FILLED).status_code == 422
    assert not Report.objects.exists()


def test_an_account_writes_neither_name_nor_address_again():
    made = annotate(open_version())
    client = signed_in(make_user(first_name="Mia", last_name="Melder", email="m@example.org"))

    form = client.get(form_url(made)).context["form"]
    assert (form["name"].value(), form["email"].value()) == ("Mia Melder", "m@example.org")


def test_what_is_hidden_or_waits_is_not_reported(moderator):
    hidden, held = annotate(open_version()), annotate(open_version())
    hide_annotation(annotation=hidden, actor=moderator, ground="x")
    Annotation.objects.filter(pk=held.pk).update(state="pending")

    assert Client().post(form_url(hidden), FILLED).url == hidden.get_absolute_url()
    assert Client().post(form_url(held), FILLED, follow=True).status_code == 404
    with pytest.raises(ValidationError):
        make_report(hidden)
    assert not Report.objects.exists()


def test_a_hundred_reports_are_taken_and_ten_receipts_sent():
    made = annotate(open_version())
    for number in range(12):
        make_report(made, text=f"Grund {number}")

    assert Report.objects.count() == 12
    assert len(mails()) == 10


def test_too_many_from_one_network_are_told_to_wait_and_keep_their_text(settings):
    settings.SYNOPSE_RATE_LIMITS = {"report_network": "2/h"}
    made = annotate(open_version())
    answers = [
        Client().post(form_url(made), {**FILLED, "text": f"Grund {number}"}) for number in range(3)
    ]

    assert [answer_.status_code for answer_ in answers] == [302, 302, 429]
    assert int(answers[2]["Retry-After"]) > 0
    assert "Grund 2" in text_of(answers[2])
    assert Report.objects.count() == 2


# By address


def test_anything_on_the_site_is_reported_by_its_address():
    url = reverse("annotations:report_content")
    form = Client().get(f"{url}?page=/de/impressum/").context["form"]
    assert form["url"].value() == "http://testserver/de/impressum/"

    Client().post(url, {**FILLED, "url": "http://testserver/de/impressum/"})

    assert Report.objects.values_list("url", "annotation").get() == (
        "http://testserver/de/impressum/", None,
    )  # fmt: skip


def test_the_address_of_a_contribution_is_taken_for_the_contribution():
    root = annotate(open_version())
    reply = answer(root)
    base = f"http://testserver{root.get_absolute_url()}"

    for url, expected in ((base, root), (f"{base}#a-{reply.uuid}", reply), (f"{base}#x", root)):
        assert make_report(url=url, text=url).annotation_id == expected.pk, url
    assert contribution_at("/de/") is None
    assert contribution_at("/gibt/es/nicht/") is None


@pytest.mark.parametrize(
    "url",
    ["", "https://example.org/x", "//example.org/", "http://testserver.example.org/", "/\\x.org",
     "javascript:alert(1)", "x"],
)  # fmt: skip
def test_addresses_of_other_sites_are_refused(url):
    with pytest.raises(ValidationError) as refused:
        make_report(url=url)
    assert "url" in refused.value.error_dict


@pytest.mark.parametrize("page", ["https://example.org/", "//x.org/", "javascript:x", "/" * 900])
def test_the_link_fills_in_no_foreign_address(page):
    form = Client().get(reverse("annotations:report_content"), {"page": page}).context["form"]

    assert form["url"].value().startswith("http://testserver/") or not form["url"].value()


def test_barriers_and_content_have_forms_of_their_own_that_lead_to_each_other(site_root):
    problem, content = reverse("pages:report_problem"), reverse("annotations:report_content")

    assert content in text_of(Client().get(problem))
    assert problem in text_of(Client().get(content))
    assert 'value="content"' not in text_of(Client().get(problem))
    assert 'value="barrier"' in text_of(Client().get(problem))


# The decision


def test_an_upheld_report_hides_with_reasons_and_tells_both(moderator):
    from allauth.account.models import EmailAddress

    author = make_user()
    EmailAddress.objects.create(user=author, email=author.email, verified=True, primary=True)
    made = annotate(open_version(), user=author)
    report = make_report(made)

    decide_report(
        report=report, actor=moderator, is_upheld=True, answer="Sie haben recht.", reasons=REASONS
    )

    made.refresh_from_db()
    event = ModerationEvent.objects.get()
    assert (made.state, event.report_id, event.ground) == ("hidden", report.pk, "Regel 3")
    [to_author] = mails("moderation")
    assert "gemeldet" in to_author.text
    assert "Sie haben recht." in mails()[-1].text
    assert "die-moderatorin" not in mails()[-1].text + to_author.text


def test_a_report_that_is_not_upheld_leaves_the_words_and_says_why(moderator):
    made = annotate(open_version())
    report = make_report(made)

    decide_report(report=report, actor=moderator, is_upheld=False, answer="Das ist erlaubt.")

    made.refresh_from_db()
    assert made.state == "public"
    assert "Das ist erlaubt." in mails()[-1].text
    text = text_of(Client().get(reverse("annotations:report_status", args=[token_of(report)])))
    assert "Das ist erlaubt." in text


def test_a_decision_needs_words_and_is_made_once(moderator):
    report = make_report(annotate(open_version()))
    for answer_, reasons in (("", REASONS), ("Ja", None), ("Ja", {**REASONS, "ground": " "})):
        with pytest.raises(ValidationError):
            decide_report(
                report=report, actor=moderator, is_upheld=True, answer=answer_, reasons=reasons
            )
    assert Annotation.objects.get().state == "public"
    decide_report(report=report, actor=moderator, is_upheld=False, answer="Nein")
    with pytest.raises(ValidationError):
        decide_report(
            report=report, actor=moderator, is_upheld=True, answer="Doch", reasons=REASONS
        )


def test_links_in_mails_lead_to_pages_in_the_language_of_the_mail(moderator):
    made = annotate(open_version(), user=make_user("citizen", email="ada@example.org"))
    EmailAddress.objects.create(user=made.user, email=made.user.email, verified=True, primary=True)
    with translation.override("en"):
        report = make_report(made)
    Annotation.objects.update(locale=Locale.objects.get_or_create(language_code="en")[0])

    decide_report(report=report, actor=moderator, is_upheld=True, answer="Ja", reasons=REASONS)

    sent = OutboxMail.objects.filter(kind__in=("report", "moderation"))
    assert {mail.to for mail in sent} == {"mia@example.org", "ada@example.org"}
    for mail in sent:
        assert "/en/" in mail.text
        assert "/de/report-content/" not in mail.text
        assert "/de/annotations/" not in mail.text


def test_whoever_decides_too_late_hears_of_it(moderator):
    report = make_report()
    client = signed_in("moderator")
    decide_report(report=report, actor=moderator, is_upheld=False, answer="Nein")

    for form in ({"decision": "upheld", "answer": "Doch"}, {"decision": "upheld", "answer": ""}):
        page = text_of(client.post(links.report_url(report.pk), form))
        assert "Ihre Entscheidung ist nicht gespeichert" in page
    assert Report.objects.get().answer == "Nein"


def test_what_is_gone_already_is_decided_without_hiding(moderator):
    made = annotate(open_version())
    report = make_report(made)
    withdraw_annotation(annotation=made, actor=made.user)

    decide_report(report=report, actor=moderator, is_upheld=True, answer="Es ist weg.")

    assert Annotation.objects.get().state == "withdrawn"


def test_reports_of_one_contribution_are_decided_together(moderator):
    made = annotate(open_version())
    first, second = make_report(made), make_report(made, email="max@example.org", text="Auch ich")
    other = make_report(annotate(open_version()))
    client, url = signed_in(moderator), links.report_url(first.pk)
    data = {"decision": "upheld", "answer": "Ja", **REASONS}
    assert "auch über die andere offene Meldung" in text_of(client.get(url))

    client.post(url, {**data, "with_others": "on"})

    second.refresh_from_db()
    other.refresh_from_db()
    assert (second.is_upheld, second.answer, second.decided_by) == (True, "Ja", moderator)
    assert other.decided_at is None
    told = [mail.to for mail in mails() if "entschieden" in mail.subject]
    assert sorted(told) == ["max@example.org", "mia@example.org"]
    assert ModerationEvent.objects.filter(annotation=made.pk).count() == 1
    assert "with_others" not in client.get(links.report_url(other.pk)).context["form"].fields


@pytest.mark.parametrize("role", ["citizen", "editor", "reviewer", "senate"])
def test_only_those_who_may_decide_decide(role):
    report = make_report(annotate(open_version()))

    with pytest.raises(PermissionDenied):
        decide_report(report=report, actor=make_user(role), is_upheld=False, answer="Nein")


def test_moderating_alone_gives_no_right_to_reports(moderator):
    [group] = moderator.groups.all()
    group.permissions.remove(group.permissions.get(codename="decide_report"))
    report = make_report(annotate(open_version()))
    client = signed_in(type(moderator).objects.get(pk=moderator.pk))

    for url in (links.reports_url(), links.report_url(report.pk), links.numbers_url(2026, "csv")):
        assert client.get(url).status_code == 302
    assert "report" not in {
        mail.kind for mail in client.get(links.outbox_url()).context["page_obj"]
    }


def test_a_moderator_decides_in_the_admin(moderator):
    made = annotate(open_version())
    report = make_report(made)
    client = signed_in(moderator)
    assert report.number in text_of(client.get(links.reports_url()))
    url = links.report_url(report.pk)
    assert "mia@example.org" in text_of(client.get(url))

    refused = client.post(url, {"decision": "upheld", "answer": "Ja"})
    assert {"basis", "ground", "state"} <= set(refused.context["form"].errors)
    response = client.post(url, {"decision": "upheld", "answer": "Ja", **REASONS})

    assert response.url == links.reports_url()
    assert Annotation.objects.get().state == "hidden"
    assert report.number not in text_of(client.get(links.reports_url()))
    assert report.number in text_of(client.get(links.reports_url(state="upheld")))


def test_no_log_names_who_reported(moderator):
    report = make_report(annotate(open_version()))
    decide_report(report=report, actor=moderator, is_upheld=False, answer="Nein")

    entries = ModelLogEntry.objects.filter(action__contains="report")
    assert {entry.action for entry in entries} == {
        "annotations.report", "annotations.decide_report",
    }  # fmt: skip
    told = " ".join(f"{entry.label} {entry.data} {entry.user_id}" for entry in entries)
    assert not [secret for secret in REPORTER if secret in told.lower()]
    assert {entry.label for entry in entries} == {report.number}


@pytest.mark.parametrize("token", ["x", "1", "1.x", "9" * 300, "\u0000"])
def test_a_link_that_is_none_leads_nowhere(token):
    make_report()

    assert Client().get(f"/de/report-content/{token}/").status_code == 404


def test_a_token_of_a_statement_opens_no_report(moderator):
    from tests.factories.reports import hide

    make_report()
    event = hide(annotate(open_version()))

    url = reverse("annotations:report_status", args=[statement_token(event)])
    assert Client().get(url).status_code == 404


def test_who_reported_shows_to_nobody_but_those_who_decide(moderator):
    from allauth.account.models import EmailAddress

    author = make_user()
    EmailAddress.objects.create(user=author, email=author.email, verified=True, primary=True)
    version = open_version()
    made, other = annotate(version, user=author), annotate(version)
    report, still_open = make_report(made), make_report(other, text="Erklärung der Mia")
    decide_report(report=report, actor=moderator, is_upheld=True, answer="Ja", reasons=REASONS)
    event = ModerationEvent.objects.get()

    page = version.page_id
    urls = [
        version.page.get_url(),
        made.get_absolute_url(),
        other.get_absolute_url(),
        form_url(other),
        reverse("annotations:statement", args=[statement_token(event)]),
        *(reverse(f"annotations:{name}", args=[page]) for name in ("csv", "xlsx", "json_ld")),
        reverse("annotations:feed", args=[page]),
        reverse("annotations:list", args=[page]),
        reverse("synopse_api:container", args=[page]),
        links.annotation_url(made.pk),
        links.annotation_url(other.pk),
        links.listing_url(),
    ]
    readers = [Client(), signed_in(author), *map(signed_in, ("editor", "reviewer", "senate"))]
    for client in readers:
        for url in urls:
            text = client.get(url, follow=True).getvalue().decode(errors="replace").lower()
            for secret in (*REPORTER, still_open.number.lower(), "das beleidigt mich"):
                assert secret not in text, (url, secret)
    others = OutboxMail.objects.exclude(to="mia@example.org")
    assert others.exists()
    told = " ".join(f"{mail.text}{mail.subject}" for mail in others).lower()
    assert not [secret for secret in REPORTER if secret in told]
