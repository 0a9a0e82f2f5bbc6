"""Nothing that was published can be altered without being noticed."""

from __future__ import annotations

from copy import deepcopy

import pytest
from django.core.management import call_command
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from cms_pages.models import StrategyDraftPage
from tests.factories import make_draft, make_user, publish
from versioning.models import Passage, Version
from versioning.services.integrity import verify_versions

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def shared_draft(shared_root) -> StrategyDraftPage:
    """Return a draft with three versions, for all tests."""
    page = make_draft(html="<p>Erste Worte.</p><p>Zweiter Absatz.</p>")
    publish(page)
    publish(page, html="<p>Erste Worte.</p><p>Zweiter Satz.</p>")
    publish(page, html="<p>Andere Worte.</p><p>Zweiter Satz.</p>")
    return page


@pytest.fixture
def draft(shared_draft) -> StrategyDraftPage:
    return deepcopy(shared_draft)


def alter(model, where: dict, **fields) -> None:
    """Change rows past all belts, as somebody with the database's password would."""
    assert model._base_manager.filter(**where).update(**fields)


def test_each_version_follows_the_one_before(draft):
    versions = list(Version.objects.filter(page=draft).order_by("number"))

    assert [v.previous_hash for v in versions] == ["", *(v.content_hash for v in versions[:2])]
    assert len({v.content_hash for v in versions}) == 3
    assert verify_versions() == []


def test_verifying_prints_a_sentence_and_exits_0(draft, capsys):
    call_command("verify_versions")

    assert "3" in capsys.readouterr().out


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "Gefälschte Worte."},
        {"html": "<b>Erste</b> Worte."},
        {"text_hash": "0" * 64},
        {"number": "9.9"},
        {"kind": "heading"},
        {"uid": "00000000-0000-0000-0000-000000000001"},
    ],
)
def test_an_altered_passage_is_named(draft, fields, capsys):
    alter(Passage, {"version__page": draft, "version__number": 1, "position": 0}, **fields)

    with pytest.raises(SystemExit) as stopped:
        call_command("verify_versions")

    assert stopped.value.code == 1
    assert f"{draft.pk}" in capsys.readouterr().err


def test_an_altered_version_and_a_broken_chain_are_named(draft):
    alter(Version, {"page": draft, "number": 2}, content_hash="f" * 64)

    found = verify_versions()

    assert any(" 2" in sentence for sentence in found)
    assert any(" 3" in sentence for sentence in found)


def test_a_missing_version_is_named(draft):
    alter(Version, {"page": draft, "number": 3}, number=4)

    assert verify_versions()


def test_an_image_that_was_replaced_is_named(root):
    image = get_image_model().objects.create(title="Plan", file=get_test_image_file())
    page = make_draft()
    stream = StrategyDraftPage._meta.get_field("body").stream_block
    value = {"image": image.pk, "alt": "Plan", "caption": "So wird es"}
    page.body = stream.to_python([{"type": "image", "value": value, "id": "i1"}])
    page.save_revision().publish()
    assert verify_versions() == []

    image.file = get_test_image_file(size=(10, 10))
    image.save()

    assert len(verify_versions()) == 1


def test_label_window_and_the_people_do_not_belong_to_the_hash(draft):
    user = make_user("editor")
    Version.objects.filter(page=draft).update(label="Neu", closes=timezone.now(), published_by=user)
    user.delete()

    assert verify_versions() == []
    assert Version.objects.filter(page=draft, published_by=None).count() == 3


def test_words_that_look_alike_have_different_hashes(root):
    first = publish(make_draft(html="<p>Straße</p>"))
    second = publish(make_draft(html="<p>Strasse</p>"))

    assert first.content_hash != second.content_hash
