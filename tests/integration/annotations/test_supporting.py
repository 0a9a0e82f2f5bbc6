"""One person, one voice; and nothing stored about the person but a keyed hash."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone
from wagtail.models import PageViewRestriction

from annotations.models import Annotation, OutboxMail, Support
from annotations.services import supporting
from annotations.services.confirming import TokenError, TokenExpired, TokenUnknown, TokenUsed
from annotations.services.integrity import integrity_problems
from annotations.services.moderating import hide_annotation
from annotations.services.purging import purge
from annotations.signals import annotation_supported
from tests.factories import make_user
from tests.factories.annotations import (
    BASE_URL,
    annotate,
    answer,
    next_version,
    open_version,
)
from versioning.services.windows import change_window

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

ADA = "ada@example.org"


@pytest.fixture
def version():
    return open_version()


@pytest.fixture
def annotation(version):
    return annotate(version)


def member(email=ADA):
    """Return an account that has proved its address."""
    user = make_user(email=email)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def ask(annotation, email=ADA):
    return supporting.ask_to_support(annotation=annotation, email=email, base_url=BASE_URL)


def token() -> str:
    text = OutboxMail.objects.filter(kind="confirm_support").latest("pk").text
    return re.search(r"/annotations/support/([^/\s]+)/", text)[1]


def number(annotation) -> int:
    return Annotation.objects.get(pk=annotation.pk).support_count


def close(version, **values):
    change_window(
        version=version,
        opens=None,
        closes=timezone.now(),
        reason="Genug",
        actor=make_user("editor"),
        **values,
    )


def test_an_account_counts_once_however_often_it_asks(annotation):
    user = make_user()
    for _ in range(3):
        row = supporting.support_annotation(annotation=annotation, user=user)
    assert (row.support_count, number(annotation), Support.objects.count()) == (1, 1, 1)
    supporting.support_annotation(annotation=annotation, user=make_user())
    assert number(annotation) == 2


def test_an_account_takes_its_voice_back_and_gives_it_again(annotation):
    user = make_user()
    supporting.support_annotation(annotation=annotation, user=user)
    assert supporting.supports(user, annotation)
    for _ in range(2):
        row = supporting.withdraw_support(annotation=annotation, user=user)
        assert (row.support_count, number(annotation)) == (0, 0)
    assert not supporting.supports(user, annotation)
    supporting.support_annotation(annotation=annotation, user=user)
    assert number(annotation) == 1


def test_a_guest_counts_from_the_click_on(annotation):
    ask(annotation)
    assert number(annotation) == 0
    mail = OutboxMail.objects.get(kind="confirm_support")
    assert (mail.to, "unterstütz" in mail.text) == (ADA, True)
    supporting.confirm_support(token=token())
    assert number(annotation) == 1


def test_a_link_works_once_and_only_for_its_purpose(annotation):
    from annotations.services.confirming import confirm_annotation

    ask(annotation)
    raw = token()
    with pytest.raises(TokenUnknown):
        confirm_annotation(token=raw)
    supporting.confirm_support(token=raw)
    with pytest.raises(TokenUsed):
        supporting.confirm_support(token=raw)
    assert number(annotation) == 1


def test_a_link_that_is_too_old_counts_nothing(annotation):
    ask(annotation)
    raw = token()
    with (
        time_machine.travel(timezone.now() + timedelta(hours=49), tick=False),
        pytest.raises(TokenExpired),
    ):
        supporting.confirm_support(token=raw)
    assert number(annotation) == 0


def test_the_link_of_a_contribution_supports_nothing(version, annotation):
    annotate(version, name="Gast", email="gast@example.org")
    text = OutboxMail.objects.filter(kind="confirm").latest("pk").text
    raw = re.search(r"/annotations/confirm/([^/\s]+)/", text)[1]
    with pytest.raises(TokenUnknown):
        supporting.confirm_support(token=raw)


def test_a_guest_who_asks_again_gets_the_link_to_take_it_back(annotation):
    ask(annotation)
    first = token()
    supporting.confirm_support(token=first)
    ask(annotation, "ADA@example.org")
    supporting.confirm_support(token=token())
    assert (number(annotation), Support.objects.count()) == (0, 0)
    for raw in (first, token()):
        with pytest.raises(TokenUsed):
            supporting.confirm_support(token=raw)


def test_a_guest_who_loses_the_first_mail_asks_again_and_counts_once(annotation):
    ask(annotation)
    first = token()
    ask(annotation)
    supporting.confirm_support(token=token())
    supporting.confirm_support(token=first)
    assert (number(annotation), Support.objects.count()) == (1, 1)


def test_an_address_of_an_account_is_the_accounts_voice(annotation):
    user = member()
    ask(annotation)
    supporting.confirm_support(token=token())
    assert supporting.supports(user, annotation)
    supporting.support_annotation(annotation=annotation, user=user)
    assert number(annotation) == 1


def test_a_guest_who_signs_up_later_stays_one_person(annotation):
    ask(annotation)
    supporting.confirm_support(token=token())
    user = member()
    supporting.support_annotation(annotation=annotation, user=user)
    assert number(annotation) == 1
    supporting.withdraw_support(annotation=annotation, user=user)
    assert number(annotation) == 0


def test_an_address_that_nobody_has_proved_is_no_account(annotation):
    user = make_user(email=ADA)
    ask(annotation)
    supporting.confirm_support(token=token())
    assert not supporting.supports(user, annotation)


def test_nobody_supports_their_own_annotation(version):
    user = member()
    own = annotate(version, user=user)
    with pytest.raises(ValidationError) as error:
        supporting.support_annotation(annotation=own, user=user)
    assert code(error) == "own"
    ask(own)
    assert "/annotations/support/" not in OutboxMail.objects.get(kind="confirm_support").text
    assert not Support.objects.exists()


def test_the_annotation_of_a_guest_is_not_supported_with_the_same_address(version):
    from annotations.services.confirming import confirm_annotation

    own = annotate(version, name="Ada", email=ADA)
    text = OutboxMail.objects.get(kind="confirm").text
    confirm_annotation(token=re.search(r"/confirm/([^/\s]+)/", text)[1])
    ask(own)
    assert "selbst" in OutboxMail.objects.get(kind="confirm_support").text
    with pytest.raises(ValidationError) as error:
        supporting.support_annotation(annotation=own, user=member())
    assert code(error) == "own"


def code(error) -> str:
    return error.value.error_dict["__all__"][0].code


def test_replies_hidden_and_closed_ones_are_refused(version, annotation):
    user, moderator = make_user(), make_user("moderator")
    reply = answer(annotation)
    with pytest.raises(ValidationError) as error:
        supporting.support_annotation(annotation=reply, user=user)
    assert code(error) == "reply"
    hidden = annotate(version)
    hide_annotation(annotation=hidden, actor=moderator, ground="x")
    with pytest.raises(ValidationError) as error:
        supporting.support_annotation(annotation=hidden, user=user)
    assert code(error) == "not_public"
    waiting = annotate(version, name="Gast", email="gast@example.org")
    with pytest.raises(ValidationError):
        ask(waiting)


def test_after_the_window_the_number_stays(version, annotation):
    user = make_user()
    supporting.support_annotation(annotation=annotation, user=user)
    ask(annotation)
    close(version)
    for act in (supporting.support_annotation, supporting.withdraw_support):
        with pytest.raises(ValidationError) as error:
            act(annotation=annotation, user=user)
        assert code(error) == "closed"
    with pytest.raises(ValidationError):
        supporting.confirm_support(token=token())
    assert number(annotation) == 1


def test_an_annotation_of_an_older_version_is_supported_while_the_newest_is_open(version):
    annotation = annotate(version)
    next_version(version, "<p>Die Stadt gehört uns allen.</p>")
    supporting.support_annotation(annotation=annotation, user=make_user())
    assert number(annotation) == 1


def test_whoever_may_not_read_the_page_supports_nothing(version, annotation):
    PageViewRestriction.objects.create(page=version.page, restriction_type="login")
    with pytest.raises(PermissionDenied):
        ask(annotation)
    with pytest.raises(PermissionDenied):
        supporting.support_annotation(annotation=annotation, user=AnonymousUser())
    with pytest.raises(PermissionDenied):
        supporting.support_annotation(annotation=annotation, user=make_user(is_active=False))
    supporting.support_annotation(annotation=annotation, user=make_user())
    assert number(annotation) == 1


@pytest.mark.parametrize("email", ["", "ada", "a@b\nBcc: c@example.org", "x" * 300 + "@e.org"])
def test_what_is_no_address_gets_no_mail(annotation, email):
    with pytest.raises(ValidationError) as error:
        ask(annotation, email)
    assert list(error.value.error_dict) == ["email"]
    assert not OutboxMail.objects.filter(kind="confirm_support").exists()


def test_an_address_gets_three_such_mails_an_hour_of_all_kinds(version, annotation):
    annotate(version, name="Ada", email=ADA)
    ask(annotation)
    ask(annotation)
    with pytest.raises(ValidationError) as error:
        ask(annotation)
    assert error.value.error_dict["email"][0].code == "rate_limited"


def test_nothing_of_the_person_is_kept_with_the_voice(annotation):
    user = member("neu@example.org")
    supporting.support_annotation(annotation=annotation, user=user)
    ask(annotation)
    supporting.confirm_support(token=token())
    OutboxMail.objects.all().delete()
    with connection.cursor() as cursor:
        for table in ("synopse_annotations_support", "synopse_annotations_confirmationtoken"):
            cursor.execute(f"SELECT * FROM {table}")
            assert ADA not in str(cursor.fetchall())
    assert {len(row.person_key) for row in Support.objects.all()} == {64}
    from wagtail.models import ModelLogEntry

    assert not ModelLogEntry.objects.filter(user=user).exists()


def test_strangers_hear_that_the_number_has_changed(annotation, django_capture_on_commit_callbacks):
    heard = []

    def listen(sender, annotation, **kwargs):
        heard.append(annotation.support_count)

    annotation_supported.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            supporting.support_annotation(annotation=annotation, user=make_user())
    finally:
        annotation_supported.disconnect(listen)
    assert heard == [1]


def test_what_nobody_confirms_is_deleted(annotation):
    ask(annotation)
    raw = token()
    purge(now=timezone.now() + timedelta(hours=49))
    assert not Support.objects.exists()
    with pytest.raises(TokenError):
        supporting.confirm_support(token=raw)


def test_a_confirmed_voice_is_not_deleted(annotation):
    ask(annotation)
    supporting.confirm_support(token=token())
    purge(now=timezone.now() + timedelta(days=30))
    assert number(annotation) == 1


def test_a_wrong_number_is_found(annotation):
    supporting.support_annotation(annotation=annotation, user=make_user())
    assert list(integrity_problems()) == []
    Annotation.objects.filter(pk=annotation.pk).update(support_count=5)
    assert any("supporters" in problem for problem in integrity_problems())
