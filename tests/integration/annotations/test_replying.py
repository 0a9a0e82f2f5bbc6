import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_comments_xtd.models import XtdComment

from annotations.models import Annotation, OutboxMail
from annotations.services.confirming import confirm_annotation
from annotations.services.moderating import (
    hide_annotation,
    release_annotation,
    withdraw_annotation,
)
from tests.factories import make_user
from tests.factories.annotations import annotate, answer, next_version, open_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

GUEST = {"name": "Marlen", "email": "marlen@example.org"}


def code_of(parent, **values) -> str:
    before = Annotation.objects.count()
    with pytest.raises(ValidationError) as error:
        answer(parent, **values)
    assert Annotation.objects.count() == before
    ((one,),) = error.value.error_dict.values()
    return one.code


def token() -> str:
    mail = OutboxMail.objects.filter(kind="confirm").latest("pk")
    return mail.text.split("/annotations/confirm/")[1].split("/")[0]


def test_a_reply_belongs_to_the_thread_version_and_passage_of_its_root():
    root = annotate(open_version(), "Stadt")

    reply = answer(root)
    deeper = answer(reply)

    assert (deeper.root, deeper.reply_to, deeper.depth) == (root, reply, 2)
    assert (deeper.version, deeper.passage) == (root.version, root.passage)
    assert (deeper.motivation, deeper.state, deeper.start) == ("replying", "public", None)


def test_the_comment_library_knows_the_thread():
    root = annotate(open_version())
    reply = answer(root)

    stored = XtdComment.objects.get(pk=reply.pk)

    assert (stored.thread_id, stored.parent_id, stored.level) == (root.pk, root.pk, 1)
    assert XtdComment.objects.get(pk=root.pk).thread_id == root.pk


def test_replies_end_at_depth_three():
    one = annotate(open_version())
    for _ in range(3):
        one = answer(one)
    assert one.depth == 3

    assert code_of(one) == "too_deep"


def test_what_is_not_public_gets_no_reply():
    version, moderator = open_version(), make_user("moderator")
    hidden, withdrawn = annotate(version), annotate(version)
    hide_annotation(annotation=hidden, actor=moderator, ground="Spam")
    withdraw_annotation(annotation=withdrawn, actor=withdrawn.user)
    unconfirmed = annotate(version, **GUEST)

    for parent in (hidden, withdrawn, unconfirmed):
        parent.refresh_from_db()
        assert code_of(parent) == "not_public"


def test_a_visible_reply_below_a_hidden_annotation_gets_no_reply():
    root = annotate(open_version())
    reply = answer(root)
    hide_annotation(annotation=root, actor=make_user("moderator"), ground="Spam")

    assert code_of(Annotation.objects.get(pk=reply.pk)) == "not_public"


def test_after_the_window_no_reply_is_taken():
    root = annotate(open_version())
    type(root.version).objects.update(closes=timezone.now())

    assert code_of(Annotation.objects.get(pk=root.pk)) == "closed"


def test_a_thread_on_an_older_version_goes_on_while_the_newest_is_open():
    root = annotate(open_version())
    next_version(root.version, "<p>Die Stadt gehört uns allen.</p>")

    assert answer(root).version == root.version


def test_a_reply_on_an_unpublished_page_is_refused():
    root = annotate(open_version())
    root.version.page.unpublish()

    assert code_of(Annotation.objects.get(pk=root.pk)) == "unpublished"


def test_sending_a_reply_twice_stores_it_once():
    root, user = annotate(open_version()), make_user()

    assert answer(root, user=user, key="k") == answer(root, user=user, key="k")
    assert Annotation.objects.count() == 2


def test_the_parents_author_gets_a_mail_when_an_account_replies(monkeypatch):
    monkeypatch.setattr(apps, "is_installed", lambda name: name != "allauth.account")
    author = make_user(email="ada@example.org")
    root = annotate(open_version(), user=author)

    reply = answer(root)

    mail = OutboxMail.objects.get()
    assert (mail.kind, mail.to) == ("reply", "ada@example.org")
    assert f"#a-{reply.uuid}" in mail.text
    assert "Ich auch." not in mail.text


def test_an_account_gets_mails_only_at_an_address_it_has_proved():
    from allauth.account.models import EmailAddress

    author = make_user(email="ada@example.org")
    root = annotate(open_version(), user=author)
    answer(root)
    assert not OutboxMail.objects.exists()

    EmailAddress.objects.create(user=author, email="ada@example.org", verified=False)
    answer(root)
    assert not OutboxMail.objects.exists()

    EmailAddress.objects.update(verified=True)
    answer(root)
    assert OutboxMail.objects.get().to == "ada@example.org"


def test_nobody_gets_a_mail_of_a_reply_that_is_not_confirmed():
    root = annotate(open_version(), **GUEST)
    confirm_annotation(token=token())
    root.refresh_from_db()

    answer(root, name="Anton", email="anton@example.org", body="Geheim")
    assert not OutboxMail.objects.filter(kind="reply").exists()

    confirm_annotation(token=token())
    mail = OutboxMail.objects.get(kind="reply")
    assert mail.to == "marlen@example.org"


def test_a_reply_that_waits_is_told_when_it_is_released():
    version = open_version()
    root = annotate(version, **GUEST)
    confirm_annotation(token=token())
    version.page.specific_class.objects.update(moderation="before")
    root.refresh_from_db()
    root.version.page.refresh_from_db()
    reply = answer(root)
    assert (reply.state, OutboxMail.objects.filter(kind="reply").count()) == ("pending", 0)

    release_annotation(annotation=reply, actor=make_user("moderator"))

    assert OutboxMail.objects.get(kind="reply").to == "marlen@example.org"


def test_who_replies_to_themselves_gets_no_mail():
    root = annotate(open_version(), **GUEST)
    confirm_annotation(token=token())
    root.refresh_from_db()
    answer(root, **GUEST)
    confirm_annotation(token=token())

    assert not OutboxMail.objects.filter(kind="reply").exists()


def test_saving_a_parent_publishes_no_waiting_reply():
    root = annotate(open_version())
    reply = answer(root, **GUEST)

    root = Annotation.objects.get(pk=root.pk)
    root.comment = "Berichtigt"
    root.save()

    reply.refresh_from_db()
    assert (reply.is_public, reply.state) == (False, "unconfirmed")
    assert XtdComment.objects.get(pk=root.pk).nested_count == 0


def test_a_reply_takes_the_same_number_of_queries_in_a_long_thread(
    django_assert_num_queries,
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    root, user = annotate(open_version()), make_user()
    answer(root, user=user)
    with CaptureQueriesContext(
        connection,
    ) as first:
        answer(Annotation.objects.get(pk=root.pk), user=user)
    for _ in range(10):
        answer(root, user=user)

    with django_assert_num_queries(len(first)):
        answer(Annotation.objects.get(pk=root.pk), user=user)


def test_threads_are_ordered_by_time():
    version = open_version()
    one, two = annotate(version), annotate(version)
    first = answer(one)
    other = answer(two)
    second = answer(one)

    ordered = list(Annotation.objects.in_thread_order())

    assert ordered == [one, first, second, two, other]
