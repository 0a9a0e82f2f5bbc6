import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from wagtail.models import PageViewRestriction

from annotations.models import Annotation, ConfirmationToken, OutboxMail
from annotations.services.submitting import submit_annotation
from tests.factories import make_user, publish
from tests.factories.annotations import BASE_URL, annotate, next_version, open_version, passage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

GUEST = {"name": "Marlen", "email": "marlen@example.org"}


def codes(error) -> dict[str, list[str]]:
    return {name: [one.code for one in errors] for name, errors in error.value.error_dict.items()}


def refused(version, **values):
    with pytest.raises(ValidationError) as error:
        annotate(version, **values)
    assert not Annotation.objects.exists()
    return codes(error)


def test_what_an_account_writes_is_public_at_once():
    user = make_user(username="ada", email="ada@example.org")

    annotation = annotate(open_version(), "Stadt", user=user)

    assert (annotation.state, annotation.is_public, annotation.is_removed) == (
        "public",
        True,
        False,
    )
    assert (annotation.start, annotation.end, annotation.exact) == (4, 9, "Stadt")
    assert (annotation.prefix, annotation.suffix) == ("Die ", " gehört allen.")
    assert annotation.confirmed_at is not None


def test_name_and_address_of_an_account_never_come_from_the_form():
    user = make_user(username="ada", email="ada@example.org")

    annotation = annotate(
        open_version(), user=user, name="Senatskanzlei", email="senat@example.org"
    )

    assert (annotation.user_name, annotation.user_email) == ("ada", "ada@example.org")


def test_what_a_guest_writes_waits_for_confirmation():
    annotation = annotate(open_version(), **GUEST)

    assert (annotation.state, annotation.is_public) == ("unconfirmed", False)
    assert annotation.confirmed_at is None
    assert ConfirmationToken.objects.get().annotation == annotation
    mail = OutboxMail.objects.get()
    assert (mail.kind, mail.to) == ("confirm", "marlen@example.org")


def test_the_mail_holds_the_link_but_not_the_words():
    annotate(open_version(), body="Ein böses Wort", **GUEST)

    mail = OutboxMail.objects.get()
    assert f"{BASE_URL}/de/annotations/confirm/" in mail.text
    assert "böses" not in mail.text
    token = mail.text.split("/annotations/confirm/")[1].split("/")[0]
    assert token not in ConfirmationToken.objects.get().token_hash
    assert len(token) >= 43


def test_no_address_of_a_network_is_stored():
    annotate(open_version())
    annotate(open_version(), **GUEST)

    assert not Annotation.objects.exclude(ip_address=None).exists()


def test_moderation_before_publication_lets_an_account_wait():
    version = open_version()
    version.page.specific_class.objects.update(moderation="before")

    assert annotate(version).state == "pending"


def test_the_whole_passage_is_meant_without_words():
    annotation = annotate(open_version())

    assert (annotation.start, annotation.end, annotation.exact) == (None, None, "")


def test_offsets_count_code_points_and_cut_no_letter():
    version = open_version("<p>Hallo 👩‍👩‍👧 Welt</p>")
    text = passage(version).text
    start = text.index("👩")

    annotation = annotate(version, start=start, end=start + 1)

    assert text[annotation.start : annotation.end] == "👩‍👩‍👧"


def test_a_range_outside_the_passage_is_refused():
    version = open_version()
    for start, end in [(0, 10_000), (5, 5), (9, 4), (-1, 3), (0, None), (None, 5)]:
        assert refused(version, start=start, end=end) == {"quote": ["range"]}


def test_words_that_do_not_stand_there_are_refused():
    assert refused(open_version(), words="Dorf") == {"quote": ["quote_not_found"]}


def test_words_that_stand_there_twice_are_refused():
    version = open_version("<p>die Stadt und die Leute</p>")

    assert refused(version, words="die") == {"quote": ["quote_ambiguous"]}


def test_offsets_that_do_not_fit_the_words_give_way_to_them():
    annotation = annotate(open_version(), "Stadt", start=0, end=3)

    assert (annotation.start, annotation.end) == (4, 9)


def test_a_long_quote_keeps_its_ends():
    version = open_version("<p>" + "wort " * 400 + "</p>")

    annotation = annotate(version, start=0, end=1_500)

    assert (len(annotation.exact), annotation.end) == (1_000, 1_500)


def test_text_of_3000_characters_is_stored_and_one_more_refused():
    version = open_version()
    assert refused(version, body="a" * 3_001) == {"body": ["too_long"]}

    assert len(annotate(version, body="ä" * 3_000).comment) == 3_000


def test_five_megabytes_are_refused_at_once():
    assert refused(open_version(), body="& " * 2_500_000) == {"body": ["too_long"]}


@pytest.mark.parametrize("body", ["", "   \n\t ", "\u200b\u2060", "\x00\x01"])
def test_empty_text_is_refused(body):
    assert refused(open_version(), body=body) == {"body": ["empty"]}


def test_control_characters_leave_and_letters_stay():
    annotation = annotate(open_version(), body="Zeile 1\r\nZeile\x00 2\x1b[31m 🚲")

    assert annotation.comment == "Zeile 1\nZeile 2[31m 🚲"


def test_a_guest_needs_name_and_address():
    assert refused(open_version(), name="", email="") == {"name": ["empty"], "email": ["empty"]}


@pytest.mark.parametrize(
    "email",
    [
        "marlen",
        "a@b",
        "a@example.org\nBcc: b@example.org",
        "a@example.org,b@example.org",
        "x" * 300 + "@example.org",
        "a@exa\x00mple.org",
    ],
)
def test_what_is_no_address_is_refused(email):
    assert refused(open_version(), name="Marlen", email=email) == {"email": ["invalid"]}


def test_line_breaks_in_a_name_become_spaces():
    annotation = annotate(
        open_version(), name="Marlen\r\nBcc: x@example.org", email="m@example.org"
    )

    assert annotation.user_name == "Marlen Bcc: x@example.org"


def test_a_name_of_more_than_50_characters_is_refused():
    assert refused(open_version(), name="a" * 51, email="m@example.org") == {"name": ["too_long"]}


def test_all_that_is_wrong_is_told_at_once():
    found = refused(open_version(), words="Dorf", body="", name="", email="x")

    assert set(found) == {"quote", "body", "name", "email"}


def test_a_proposed_wording_makes_a_suggested_edit():
    version = open_version()

    annotation = annotate(version, "allen", proposed="uns allen")

    assert (annotation.motivation, annotation.proposed) == ("editing", "uns allen")
    assert annotation.base_hash == passage(version).text_hash


def test_a_proposal_may_be_3000_characters_longer_than_its_passage():
    version = open_version()
    limit = len(passage(version).text) + 3_000
    assert refused(version, proposed="b" * (limit + 1)) == {"proposed": ["too_long"]}

    assert len(annotate(version, proposed="b" * limit).proposed) == limit


def test_a_suggested_edit_needs_other_words():
    version = open_version()

    assert refused(version, motivation="editing") == {"proposed": ["empty"]}
    assert refused(version, words="allen", proposed="allen") == {"proposed": ["unchanged"]}


def test_a_proposal_made_on_other_words_is_refused():
    assert refused(open_version(), proposed="Neu", base_hash="0" * 64) == {"proposed": ["stale"]}


def test_an_unknown_kind_is_refused():
    assert refused(open_version(), motivation="replying") == {"motivation": ["invalid"]}


def test_a_closed_window_is_refused():
    past = timezone.now() - timedelta(days=1)
    for plan in (
        {"closes": past},
        {"opens": timezone.now() + timedelta(days=1), "closes": None},
        {"closes": None},
    ):
        assert refused(open_version(**plan)) == {"__all__": ["closed"]}


def test_an_older_version_is_refused_with_the_way_to_the_newest():
    old = open_version()
    new = next_version(old, "<p>Die Stadt gehört uns allen.</p>")

    with pytest.raises(ValidationError) as error:
        annotate(old)

    (problem,) = error.value.error_dict["__all__"]
    assert problem.code == "stale"
    assert problem.params["url"] == new.get_absolute_url()
    assert new.name in problem.messages[0]


def test_an_unpublished_page_is_refused():
    version = open_version()
    version.page.unpublish()
    version.refresh_from_db()

    assert refused(version) == {"__all__": ["unpublished"]}


def test_a_passage_of_another_version_is_refused():
    version, other = open_version(), open_version()

    assert refused(version, passage=passage(other)) == {"__all__": ["unknown_passage"]}


def test_a_restricted_page_takes_nothing_from_guests():
    version = open_version()
    PageViewRestriction.objects.create(page=version.page, restriction_type="login")

    with pytest.raises(PermissionDenied):
        annotate(version, **GUEST)
    assert annotate(version).state == "public"


def test_a_restriction_to_a_group_holds():
    version = open_version()
    restriction = PageViewRestriction.objects.create(page=version.page, restriction_type="groups")
    member = make_user("moderator")
    restriction.groups.set(member.groups.all())

    with pytest.raises(PermissionDenied):
        annotate(version)
    assert annotate(version, user=member).state == "public"


def test_a_page_that_only_has_versions_takes_no_annotations(site_root):
    from tests.testapp.models import CharterPage

    page = site_root.add_child(
        instance=CharterPage(title="Charta", slug="charta", body="<p>Wir.</p>", live=False)
    )
    version = publish(page, closes=timezone.now() + timedelta(days=1))

    assert refused(version) == {"__all__": ["closed"]}


def test_sending_twice_stores_once():
    version, key, user = open_version(), uuid.uuid4().hex, make_user()

    first = annotate(version, key=key, user=user)
    second = annotate(version, key=key, user=user)

    assert first == second
    assert Annotation.objects.count() == 1


def test_a_guest_who_sends_twice_gets_one_mail():
    version, key = open_version(), uuid.uuid4().hex

    assert annotate(version, key=key, **GUEST) == annotate(version, key=key, **GUEST)
    assert OutboxMail.objects.count() == 1


def test_the_key_of_another_does_not_give_their_annotation():
    version, key = open_version(), uuid.uuid4().hex
    theirs = annotate(version, key=key)

    mine = annotate(version, key=key)

    assert mine != theirs


def test_a_fourth_mail_within_an_hour_is_refused_and_nothing_is_stored():
    version = open_version()
    for _ in range(3):
        annotate(version, **GUEST)

    with pytest.raises(ValidationError) as error:
        annotate(version, name="Marlen", email="MARLEN@example.org")

    assert codes(error) == {"email": ["rate_limited"]}
    assert Annotation.objects.count() == 3
    assert annotate(version, name="Anton", email="anton@example.org").pk


def test_the_limit_is_a_setting(settings):
    settings.SYNOPSE_RATE_LIMITS = {"confirm_mail": "1/h"}
    version = open_version()
    annotate(version, **GUEST)

    with pytest.raises(ValidationError):
        annotate(version, **GUEST)


def test_after_an_hour_mails_are_possible_again():
    version = open_version()
    for _ in range(3):
        annotate(version, **GUEST)

    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert annotate(version, **GUEST).pk


def test_an_account_that_is_switched_off_is_refused():
    with pytest.raises(PermissionDenied):
        annotate(open_version(), user=make_user(is_active=False))


def test_posting_takes_at_most_20_queries(django_assert_max_num_queries):
    version = open_version()
    one, user = passage(version), make_user()
    annotate(version)
    version = type(version).objects.get(pk=version.pk)

    with django_assert_max_num_queries(20):
        submit_annotation(
            version=version,
            passage=one,
            body="Ja.",
            user=user,
            idempotency_key="abc",
            base_url=BASE_URL,
        )
