"""The next stage goes on from the resolved text: identities, lineage, changes and hashes."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from annotations.models import Placement
from tests.factories import make_draft, make_user, publish
from tests.factories.annotations import annotate
from tests.factories.gate import waive_all
from tests.factories.ways import HTML, decide, hand_over, make_text, resolve, use_route
from versioning.comparisons import change_url, compare_versions
from versioning.models import GateRecord, Lineage, Version
from versioning.origins import origins_of
from versioning.services.changes import explain_changes, unexplained
from versioning.services.continuing import begin_next_stage
from versioning.services.gate import submit_version
from versioning.services.integrity import check_integrity, verify_versions
from versioning.services.storing import store_comparison, store_comparisons_of
from versioning.services.withholding import withhold_passage

pytestmark = pytest.mark.django_db

NEXT = HTML.format(2) + "<p>Ein Absatz über Maßnahmen kommt dazu.</p>"


@pytest.fixture(autouse=True)
def _route(monkeypatch, root):
    use_route(monkeypatch)


@pytest.fixture
def editor():
    return make_user("editor")


@pytest.fixture
def final():
    """Return the resolved version of a text."""
    senate = make_user("senate")
    draft = make_text(title="Rahmen")
    return resolve(hand_over(draft, senate, HTML.format(2)), senate).version


@pytest.fixture
def stage(final, editor):
    return begin_next_stage(page=final.page, title="Strategie", actor=editor)


def test_a_stage_begins_with_the_same_text_and_blocks_as_a_draft_beside_it(final, stage, editor):
    old = final.page.specific

    assert (stage.title, stage.live, stage.owner) == ("Strategie", False, editor)
    assert stage.get_parent() == old.get_parent()
    assert type(stage) is type(old)
    draft = stage.get_latest_revision_as_object()
    assert [block.id for block in draft.body] == [block.id for block in old.body]
    assert draft.title == "Strategie"
    assert GateRecord.objects.filter(page=old.pk, action="synopse.continue").count() == 1


def test_the_address_of_a_stage_is_spelt_as_its_title(final, editor):
    made = begin_next_stage(page=final.page, title="Maßnahmen für alle", actor=editor)
    assert made.slug == "massnahmen-fuer-alle"


def test_its_first_version_goes_on_from_the_resolved_one(final, stage):
    first = publish(stage, html=NEXT)

    old = {passage.text: passage.uid for passage in final.passages.all()}
    new = {passage.text: passage.uid for passage in first.passages.all()}
    assert first.number == 1
    assert first.previous_hash == final.content_hash
    assert all(new[text] == uid for text, uid in old.items())
    assert Lineage.objects.filter(new__version=first, old__version=final).count() == len(old)
    [change] = first.changes.all()
    assert change.relation == "added"
    assert list(unexplained(first)) == [change]
    assert check_integrity() == []
    assert verify_versions() == []


def test_a_first_version_with_the_same_words_is_one_all_the_same(final, stage):
    first = publish(stage)

    assert first.content_hash != final.content_hash
    assert not first.changes.exists()
    assert check_integrity() == []


def test_versions_of_the_new_stage_are_compared_with_the_resolved_one(final, stage, client):
    first = publish(stage, html=NEXT)
    second = publish(stage, html=NEXT.replace("kommt dazu", "steht hier"))

    near, far = compare_versions(final, first), compare_versions(final, second)
    assert (near.is_consecutive, far.is_consecutive) == (True, False)
    assert [row.category for row in near.changed] == ["added"]
    assert len(far.changed[0].changes) == 2
    assert store_comparison(old=final, new=second).pk
    assert store_comparisons_of(version=first) == 1
    page = client.get(change_url(first.changes.get()), follow=True)
    html = page.content.decode()
    assert page.status_code == 200
    assert "Rahmen" in html
    assert "Maßnahmen" in html
    assert check_integrity() == []


def test_a_stage_is_not_compared_with_what_it_does_not_go_on_from(final, stage):
    first = publish(stage, html=NEXT)
    other = publish(make_draft(html=HTML.format(7)))

    with pytest.raises(ValidationError):
        compare_versions(other, first)


def test_the_page_of_the_new_stage_says_what_it_goes_on_from(final, stage, client):
    publish(stage, html=NEXT)

    html = client.get(reverse("versioning:versions", args=[stage.pk])).content.decode()
    assert "Schließt an" in html
    assert "Rahmen" in html
    assert reverse("versioning:comparison", args=[stage.pk, 0, 1]) in html


def test_the_comparison_is_hidden_where_the_stage_before_is_not_public(final, stage, client):
    publish(stage, html=NEXT)
    final.page.specific.unpublish()

    url = reverse("versioning:comparison", args=[stage.pk, 0, 1])
    assert client.get(url).status_code == 404
    assert (
        "Rahmen" not in client.get(reverse("versioning:versions", args=[stage.pk])).content.decode()
    )


def test_words_of_the_stage_before_are_told_from_new_ones(final, stage, client):
    first = publish(stage, html=NEXT)

    found = origins_of(first, withheld=0)
    assert found.first == 0
    assert [mark.version for marks in found.marks.values() for mark in marks] == [1]
    html = client.get(reverse("versioning:origin", args=[stage.pk, 1])).content.decode()
    assert f'href="{final.get_absolute_url()}"' in html
    publish(stage, html=NEXT.replace("kommt dazu", "steht hier"))
    assert client.get(reverse("versioning:origin", args=[stage.pk, 2])).status_code == 200
    assert client.get(reverse("versioning:origin", args=[stage.pk, 0])).status_code == 404


def test_the_history_of_a_paragraph_leads_into_the_stage_before(final, stage, client):
    first = publish(stage, html=NEXT.replace("allen Menschen", "allen"))
    old = final.passages.order_by("position").first()

    url = reverse("annotations:history", args=[stage.pk, first.number, old.uid])
    html = client.get(url).content.decode()

    assert reverse("annotations:history", args=[final.page_id, 2, old.uid]) in html
    assert reverse("versioning:comparison", args=[stage.pk, 0, 1]) in html


def test_annotations_of_the_stage_before_stay_there(editor):
    senate = make_user("senate")
    draft = make_text(title="Rahmen")
    moment = timezone.now()
    window = {"opens": moment - timedelta(days=1), "closes": moment + timedelta(days=1)}
    final = publish(draft, html=HTML.format(2), **window)
    annotation = annotate(final)
    explain_changes(changes=list(unexplained(final)), reason="Sprache", actor=editor)
    waive_all(final, senate)
    resolve(submit_version(version=final, actor=senate), senate)
    stage = begin_next_stage(page=final.page, title="Strategie", actor=editor)
    first = publish(stage, html=NEXT)

    assert not Placement.objects.filter(version=first).exists()
    assert annotation.version == final
    assert check_integrity() == []


def test_words_that_have_to_leave_leave_all_stages(final, stage):
    first = publish(stage, html=NEXT)
    passage = final.passages.order_by("position").first()
    withhold_passage(passage=passage, ground="Urteil", actor=make_user("superuser"))

    assert first.passages.get(uid=passage.uid).is_withheld
    assert verify_versions() == []


def test_a_text_that_is_not_resolved_has_no_next_stage(editor):
    draft = make_text()
    submission = decide(hand_over(draft, make_user("senate"), HTML.format(2)), actor=editor)

    with pytest.raises(ValidationError) as refusal:
        begin_next_stage(page=submission.version.page, title="Strategie", actor=editor)
    assert refusal.value.code == "not_final"


def test_a_stage_does_not_begin_with_words_that_were_not_resolved(editor):
    senate = make_user("senate")
    submission = hand_over(make_text(), senate, HTML.format(2))
    publish(submission.version.page, html=HTML.format(3))
    resolve(submission, senate)

    with pytest.raises(ValidationError) as refusal:
        begin_next_stage(page=submission.version.page, title="Strategie", actor=editor)
    assert refusal.value.code == "other_words"


@pytest.mark.parametrize("title", ["", "  ", "x" * 300])
def test_a_stage_needs_a_title(final, editor, title):
    with pytest.raises(ValidationError) as refusal:
        begin_next_stage(page=final.page, title=title, actor=editor)
    assert "title" in refusal.value.error_dict


def test_who_may_not_add_pages_begins_no_stage(final):
    with pytest.raises(PermissionDenied):
        begin_next_stage(page=final.page, title="Strategie", actor=make_user("moderator"))


def test_an_editor_begins_a_stage_in_the_admin(final, editor, client):
    client.force_login(editor)
    versions = client.get(reverse("synopse_versions:page", args=[final.page_id]))
    url = reverse("synopse_versions:next_stage", args=[final.page_id])
    assert url in versions.content.decode()

    refused = client.post(url, {"title": ""})
    assert "Schreiben Sie einen Titel." in refused.content.decode()
    response = client.post(url, {"title": "Strategie"}, follow=True)

    assert "Strategie" in response.content.decode()
    assert final.continuations.get().begun_by == editor


def test_a_chain_that_was_cut_between_the_stages_is_found(final, stage):
    publish(stage, html=NEXT)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE synopse_versioning_continuation SET version_id = %s",
            [Version.objects.get(page=final.page_id, number=1).pk],
        )

    assert any("schließt nicht an" in sentence for sentence in verify_versions())
