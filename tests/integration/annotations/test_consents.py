"""What people agree to by sending something: versions, and which one somebody has seen."""

import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.signing import dumps
from django.urls import reverse
from wagtail.models import ModelLogEntry

from annotations.models import (
    AccountConsent,
    Annotation,
    Consent,
    ConsentText,
    Follow,
    Report,
    Support,
)
from annotations.models.appending import FinalRecordError
from annotations.services import consents
from annotations.services.erasing import erase_account
from annotations.services.personal_data import export_of
from cms_pages.services.site_setup import set_up_site
from tests.factories import make_user
from tests.factories.annotations import annotate, open_version, passage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]
GUEST = {"name": "Marlen", "email": "marlen@example.org"}


@pytest.fixture
def boss():
    return make_user("superuser")


@pytest.fixture
def version():
    return open_version()


def newest(act, language="de"):
    return ConsentText.objects.filter(act=act, language=language).latest("number")


def sealed_in(html):
    return re.search(r'name="consent" value="([^"]*)"', html)[1]


def test_a_new_site_has_one_version_of_each_act_in_each_language(settings):
    rows = set(ConsentText.objects.values_list("act", "language", "number", "is_default"))

    languages = [code for code, _name in settings.LANGUAGES]
    assert rows == {(act, code, 1, True) for act in Consent.values for code in languages}
    assert newest("follow").text == consents.default_text("follow", "de")
    assert newest("follow").text != newest("follow", "en").text
    assert consents.keep_defaults() == 0


def test_a_release_with_other_words_adds_a_version_and_keeps_what_an_operator_wrote(
    boss, monkeypatch
):
    consents.add_version(act="support", language="de", text="Von Hand.", actor=boss)
    monkeypatch.setitem(consents.DEFAULTS, Consent.FOLLOW, "Neue Worte.")
    monkeypatch.setitem(consents.DEFAULTS, Consent.SUPPORT, "Neue Worte.")

    consents.keep_defaults()

    assert (newest("follow").text, newest("follow").number) == ("Neue Worte.", 2)
    assert newest("support").text == "Von Hand."


def test_versions_are_never_changed_nor_deleted():
    row = newest("follow")
    with pytest.raises(FinalRecordError):
        row.save()
    with pytest.raises(FinalRecordError):
        row.delete()
    with pytest.raises(FinalRecordError):
        ConsentText.objects.all().update(text="")


def test_other_words_make_a_version_with_hash_date_and_log(boss):
    row = consents.add_version(act="follow", language="de", text=" Nur Neues. ", actor=boss)

    assert (row.number, row.text, row.written_by) == (2, "Nur Neues.", boss)
    assert len(row.text_hash) == 64
    assert ModelLogEntry.objects.filter(action="annotations.consent_text").count() == 1
    with pytest.raises(ValidationError):
        consents.add_version(act="follow", language="de", text="Nur Neues.", actor=boss)
    with pytest.raises(PermissionDenied):
        consents.add_version(act="follow", language="de", text="x", actor=make_user("moderator"))


@pytest.mark.parametrize(
    "values",
    [
        {"act": "nothing"},
        {"language": "xx"},
        {"text": "  "},
        {"text": "x" * 3001},
        {"text": "Mit Ihrem Namen {name}."},  # nobody has one here
        {"act": "contribution", "text": "Mit Ihrem Namen {nme}."},
    ],
)
def test_what_is_no_text_of_an_act_is_refused(boss, values):
    with pytest.raises(ValidationError):
        consents.add_version(
            **{"act": "follow", "language": "de", "text": "Neu", "actor": boss} | values
        )


def test_a_contribution_keeps_the_version_that_its_author_has_seen(client, version, boss):
    path = reverse("annotations:passage", args=[version.page_id, 1, passage(version).uid])
    html = client.get(path).content.decode()
    seen = newest("guest_contribution")
    assert seen.text in html
    sent = {"motivation": "commenting", "body": "Mehr Bäume.", **GUEST, "consent": sealed_in(html)}
    consents.add_version(act="guest_contribution", language="de", text="Ganz neu.", actor=boss)

    assert client.post(path, sent).status_code == 302

    assert Annotation.objects.get().consent == seen


def test_an_account_is_told_its_name_and_the_reply_keeps_its_own_version(client, version):
    root = annotate(version)
    client.force_login(make_user(username="wuhle"))
    path = reverse("annotations:reply", args=[root.uuid])
    html = client.get(path).content.decode()
    assert "mit Ihrem Namen wuhle" in html

    client.post(path, {"body": "Ja.", "consent": sealed_in(html)})

    assert Annotation.objects.get(reply_to=root).consent == newest("contribution")


@pytest.mark.parametrize(
    "sealed",
    ["", "forged", dumps(["guest_contribution", 1])],
    ids=["missing", "forged", "sealed elsewhere"],
)
def test_what_nobody_has_shown_is_not_kept(client, version, sealed):
    path = reverse("annotations:passage", args=[version.page_id, 1, passage(version).uid])
    sent = {"motivation": "commenting", "body": "Mehr Bäume.", **GUEST, "consent": sealed}

    assert client.post(path, sent).status_code == 302

    assert Annotation.objects.get().consent is None


def test_the_words_of_another_act_do_not_count():
    shown = consents.current("report", "de")

    assert consents.seen({"consent": consents.seal("report", shown)}, "follow") is None


def test_support_news_and_reports_keep_their_versions(client, version):
    made = annotate(version)
    for name, args, values in (
        ("support", [made.uuid], {}),
        ("follow_document", [version.page_id], {}),
        ("report", [made.uuid], {"reason": "insult", "text": "Grob.", "good_faith": "on"}),
    ):
        path = reverse(f"annotations:{name}", args=args)
        sealed = sealed_in(client.get(path).content.decode())
        assert client.post(path, {**GUEST, **values, "consent": sealed}).status_code == 302

    assert Support.objects.get().consent == newest("support")
    assert Follow.objects.get().consent == newest("follow")
    assert Report.objects.get().consent == newest("report")


def sign_up(client):
    path = reverse("account_signup")
    sealed = sealed_in(client.get(path).content.decode())
    sent = {"username": "wuhle", "email": "wuhle@example.org", "password1": "geheim-genug-123"}
    assert client.post(path, {**sent, "consent": sealed}).status_code == 302
    return AccountConsent.objects.get().user


def test_an_account_keeps_its_version_until_it_is_erased(client):
    user = sign_up(client)

    exported = export_of(user, base_url="http://testserver")["account"]["agreed_to"]
    assert exported["version"] == 1
    assert exported["text"] == newest("registration").text
    erase_account(user=user, words="keep")
    assert not AccountConsent.objects.exists()


def test_the_export_says_to_what_somebody_agreed(version):
    user = make_user()
    annotate(version, user=user, consent=newest("contribution").pk)
    annotate(version, user=user, body="Von einem Programm.")

    first, second = export_of(user, base_url="http://testserver")["contributions"]

    assert (first["agreed_to"]["act"], first["agreed_to"]["version"]) == ("contribution", 1)
    assert second["agreed_to"] is None


def test_the_page_on_privacy_shows_every_version_with_its_date(client, boss):
    set_up_site()
    consents.add_version(act="follow", language="de", text="Nur <b>Neues</b>.", actor=boss)
    old = newest("follow", "en").text

    html = client.get("/de/datenschutz/").content.decode()

    assert "Nur &lt;b&gt;Neues&lt;/b&gt;." in html
    assert consents.default_text("follow", "de") in html
    assert "Fassung 2, seit" in html
    assert old not in html
    assert "{name}" not in html
    assert "(Name Ihres Kontos)" in html


def test_operators_write_a_version_in_the_admin_and_nobody_changes_one(client, boss):
    client.force_login(boss)
    sent = {"act": "follow", "language": "de", "text": "Nur Neues."}

    again = client.post(reverse("consenttext:add"), {**sent, "text": newest("follow").text})
    assert "steht schon dort" in again.content.decode()
    wrong = client.post(reverse("consenttext:add"), {**sent, "text": "Mit {nme}."})
    assert "„{nme}“ steht hier für nichts" in wrong.content.decode()
    assert client.post(reverse("consenttext:add"), sent).status_code == 302

    row = newest("follow")
    assert (row.number, row.written_by) == (2, boss)
    listing = client.get(reverse("consenttext:index")).content.decode()
    assert "Nur Neues." in listing
    assert reverse("consenttext:inspect", args=[row.pk]) in listing
    assert reverse("consenttext:edit", args=[row.pk]) not in listing  # of the message, neither
    assert client.get(reverse("consenttext:inspect", args=[row.pk])).status_code == 200
    for name in ("edit", "delete"):
        assert client.get(reverse(f"consenttext:{name}", args=[row.pk])).status_code == 302
        assert client.post(reverse(f"consenttext:{name}", args=[row.pk]), sent).status_code == 302
    assert newest("follow") == row
