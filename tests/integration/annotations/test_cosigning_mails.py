"""Departments hear that a version waits for them, editors of refusals and the last signature."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse

from annotations.models import News, OutboxMail
from annotations.services import preferences
from annotations.services.telling import tell
from tests.factories import make_user, publish
from tests.factories.annotations import open_version
from tests.factories.signing import make_department, member_of, set_route, sign
from versioning.services.signing import ask_for_signatures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]


@pytest.fixture(scope="module")
def shared_version(shared_root):
    return open_version("<p>Die Stadt gehört allen.</p>")


@pytest.fixture
def departments(monkeypatch, root):
    made = make_department("Ressort Verkehr"), make_department("Ressort Finanzen")
    set_route(monkeypatch, made)
    return made


def known(user, email):
    """Return an account whose address is known to be its own."""
    user.email = email
    user.save()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


@pytest.fixture
def lena(departments):
    return known(member_of(departments[0]), "lena@example.org")


@pytest.fixture
def finn(departments):
    return known(member_of(departments[1]), "finn@example.org")


@pytest.fixture
def editor(root):
    return known(make_user("editor"), "red@example.org")


@pytest.fixture
def act(django_capture_on_commit_callbacks):
    """Return what does something and has everybody told of it."""

    def do(function, *args, **values):
        with django_capture_on_commit_callbacks(execute=True):
            done = function(*args, **values)
        tell_everything()
        return done

    return do


def tell_everything():
    for fact in News.objects.filter(told_at=None).values_list("fact", flat=True):
        tell(fact=fact)


def told(kind):
    return sorted(OutboxMail.objects.filter(kind=kind).values_list("to", flat=True))


def test_members_hear_once_that_a_version_waits_for_them(
    version, departments, lena, finn, editor, act
):
    member_of(departments[0], email="unbewiesen@example.org")
    act(ask_for_signatures, version=version, actor=editor)
    assert told("staff_signing") == ["finn@example.org", "lena@example.org"]
    sent = next(one for one in mail.outbox if one.to == ["lena@example.org"])
    assert sent.subject == "Bitte mitzeichnen: „Strategie“, Fassung 1"
    assert reverse("synopse_versions:sign", args=[version.pk]) in sent.body
    assert "Ressort Verkehr hat sich zu diesem Text noch nicht" in sent.body
    assert "Finanzen" not in sent.body
    assert sent.alternatives[0][1] == "text/html"
    News.objects.update(told_at=None)
    tell_everything()
    assert len(told("staff_signing")) == 2


def test_a_new_version_names_the_one_that_was_seen(version, departments, lena, finn, editor, act):
    sign(version, departments[0], lena)
    second = publish(version.page, html="<p>Die Stadt gehört uns.</p>")
    act(ask_for_signatures, version=second, actor=editor)
    sent = next(one for one in mail.outbox if one.to == ["lena@example.org"])
    assert "hat Fassung 1 gesehen: Anzusehen ist nur, was sich seitdem geändert hat" in sent.body


def test_whoever_has_signed_or_asks_or_wants_no_such_mails_gets_none(
    version, departments, lena, finn, act
):
    editor = known(make_user("editor"), "red@example.org")
    editor.groups.add(departments[1].group)
    wish = preferences.preference_of(finn)
    wish.switched_off = ["staff_signing"]
    wish.save()
    sign(version, departments[0], lena)
    act(ask_for_signatures, version=version, actor=editor)
    assert told("staff_signing") == []


def test_what_is_out_of_date_before_the_mail_is_told_to_nobody(
    version, departments, lena, finn, editor, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as callbacks:
        ask_for_signatures(version=version, actor=editor)
        sign(version, departments[0], lena, verdict="refused", remarks="Zu teuer.")
    publish(version.page, html="<p>Die Stadt gehört uns.</p>")
    for callback in callbacks:
        callback()
    tell_everything()
    assert told("staff_signing") == told("staff_signed") == []


def test_editors_hear_of_a_refusal_without_its_words(version, departments, lena, editor, act):
    act(sign, version, departments[0], lena, verdict="refused", remarks="Geheim, zu teuer.")
    assert told("staff_signed") == ["red@example.org"]
    sent = next(one for one in mail.outbox if one.to == ["red@example.org"])
    assert sent.subject == "Ressort Verkehr lehnt die Mitzeichnung ab: „Strategie“, Fassung 1"
    assert reverse("synopse_versions:signatures", args=[version.pk]) in sent.body
    assert "Geheim" not in sent.body + str(sent.alternatives[0][0])


def test_editors_hear_of_the_last_signature_and_not_of_those_before_or_after(
    version, departments, lena, finn, editor, act
):
    act(sign, version, departments[0], lena)
    assert told("staff_signed") == []
    act(sign, version, departments[1], finn)
    assert told("staff_signed") == ["red@example.org"]
    act(sign, version, departments[1], finn, verdict="remarks", remarks="Noch etwas.")
    assert told("staff_signed") == ["red@example.org"]
    sent = next(one for one in mail.outbox if one.to == ["red@example.org"])
    assert sent.subject == "Alle Ressorts haben mitgezeichnet: „Strategie“, Fassung 1"


def test_members_choose_these_mails_in_the_settings_of_their_account(client, lena):
    client.force_login(lena)
    page = client.get(reverse("wagtailadmin_account")).content.decode()
    assert "Eine Fassung wartet auf die Mitzeichnung meines Ressorts" in page
    assert "Beiträge warten auf Prüfung" not in page
