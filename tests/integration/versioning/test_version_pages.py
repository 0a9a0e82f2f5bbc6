"""Public pages of versions and submissions: who may see them, and what stands on them."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from lxml import html as lxml_html
from wagtail.documents import get_document_model
from wagtail.models import Locale, PageViewRestriction

from tests.factories import make_draft, make_group, make_user, publish, site_root
from versioning import doors
from versioning.bodies import body_of, prepare_bodies
from versioning.doors import GateLine
from versioning.models import Version
from versioning.services.changes import explain_changes
from versioning.services.gate import submit_version
from versioning.services.windows import change_window

OLD = (
    "<h2>Ziele</h2><p>Die Stadt gehört allen Menschen, die hier leben.</p>"
    "<p>Dieser Absatz bleibt, wie er ist.</p><p>Auch der dritte Absatz bleibt.</p>"
)
NEW = OLD.replace("Menschen", "Leuten")


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    cache.clear()
    monkeypatch.setattr(doors, "_reason_sources", [])


@pytest.fixture
def strategy(root):
    draft = make_draft(title="Strategie", html=OLD)
    publish(draft, label="Entwurf")
    publish(draft, html=NEW)
    draft.refresh_from_db()
    return draft


def _comparison(page, old=1, new=2, query=""):
    return reverse("versioning:comparison", args=[page.pk, old, new]) + query


def _tree(client, url, **headers):
    response = client.get(url, headers=headers)
    assert response.status_code == 200
    return lxml_html.fromstring(response.content.decode())


# Who may see it


def _addresses(page):
    submission = Version.objects.get(page=page, number=2).submission
    return [
        reverse("versioning:versions", args=[page.pk]),
        reverse("versioning:version", args=[page.pk, 1]),
        reverse("versioning:choose_comparison", args=[page.pk]),
        _comparison(page),
        reverse("versioning:submission", args=[submission.pk]),
    ]


@pytest.fixture
def submitted(strategy, monkeypatch):
    answered = [GateLine("annotations", "Gut", done=True)]
    monkeypatch.setattr(doors, "_gate_checks", [lambda version: answered])
    version = Version.objects.get(page=strategy, number=2)
    explain_changes(changes=list(version.changes.all()), reason="x", actor=make_user("editor"))
    submit_version(version=version, actor=make_user("senate"), note="Bitte beschließen.")
    return strategy


@pytest.mark.django_db
def test_public_pages_answer_and_take_no_post(client, submitted):
    for url in _addresses(submitted):
        assert client.get(url, follow=True).status_code == 200, url
        assert client.post(url).status_code == 405, url


@pytest.mark.django_db
def test_an_unpublished_page_shows_nothing_of_its_versions(client, submitted):
    submitted.unpublish()
    client.force_login(make_user("superuser"))
    for url in _addresses(submitted):
        assert client.get(url).status_code == 404, url


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["login", "groups", "password"])
def test_a_private_page_shows_nothing_to_strangers(client, submitted, kind):
    restriction = PageViewRestriction.objects.create(
        page=submitted.get_parent(), restriction_type=kind, password="geheim"
    )
    for url in _addresses(submitted):
        assert client.get(url).status_code == 404, url
    if kind == "password":
        return
    group = make_group("reviewer")
    restriction.groups.add(group)
    client.force_login(make_user("reviewer"))
    for url in _addresses(submitted):
        assert client.get(url, follow=True).status_code == 200, url


@pytest.mark.django_db
@pytest.mark.parametrize(("old", "new"), [(0, 1), (1, 3), (10**20, 1), (1, 10**20)])
def test_versions_that_do_not_exist_are_not_found(client, strategy, old, new):
    assert client.get(_comparison(strategy, old, new)).status_code == 404
    assert client.get(reverse("versioning:version", args=[strategy.pk, old + 5])).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("key", [0, 10**20])
def test_pages_that_do_not_exist_are_not_found(client, root, key):
    for name, args in (("versions", [key]), ("version", [key, 1]), ("submission", [key])):
        assert client.get(reverse(f"versioning:{name}", args=args)).status_code == 404


@pytest.mark.django_db
def test_a_page_without_versions_is_not_found(client, root):
    strategy = site_root()
    assert client.get(reverse("versioning:versions", args=[strategy.pk])).status_code == 404
    assert (
        client.get(reverse("versioning:choose_comparison", args=[strategy.pk])).status_code == 404
    )


# Frozen versions


@pytest.mark.django_db
def test_a_frozen_version_shows_its_words_and_what_became_of_it(client, strategy):
    first = Version.objects.get(page=strategy, number=1)
    tree = _tree(client, first.get_absolute_url())
    bodies = tree.xpath("//*[contains(@class, 'syn-passage__body')]")
    assert [body.text_content() for body in bodies] == [p.text for p in first.passages.in_order()]
    assert first.content_hash in tree.text_content()
    assert strategy.get_url() in tree.xpath("//*[contains(@class, 'syn-notice')]//a/@href")


@pytest.mark.django_db
def test_a_changed_window_is_shown_with_its_reason(client, strategy):
    second = Version.objects.get(page=strategy, number=2)
    change_window(
        version=second,
        opens=timezone.now() - timedelta(days=1),
        closes=None,
        reason="Wegen der Ferien",
        actor=make_user("editor"),
    )
    assert "Wegen der Ferien" in client.get(second.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_a_submission_shows_text_checksum_and_planned_steps(client, submitted, settings):
    version = Version.objects.get(page=submitted, number=2)
    tree = _tree(client, version.submission.get_absolute_url())
    text = tree.text_content()
    assert version.content_hash in text
    assert "Bitte beschließen." in text
    for body, _role in settings.SYNOPSE_GATE_BODIES:
        assert body in text
    assert version.get_absolute_url() in tree.xpath("//a/@href")


@pytest.mark.django_db
def test_an_alias_shows_the_versions_of_its_original(client, strategy):
    alias = strategy.create_alias(update_slug="spiegel", parent=strategy.get_parent())
    tree = _tree(client, reverse("versioning:version", args=[alias.pk, 1]))
    assert "Menschen" in tree.text_content()
    assert reverse("versioning:versions", args=[alias.pk]) in tree.xpath("//a/@href")


# Links inside passages


@pytest.mark.django_db
def test_internal_links_are_resolved_without_touching_the_words(root):
    target = make_draft(title="Ziel")
    publish(target)
    hidden = make_draft(title="Verborgen")
    document = get_document_model().objects.create(title="Papier", file="papier.txt")
    html = (
        f'<p>Siehe <a linktype="page" id="{target.pk}">Ziel</a>, '
        f'<a linktype="page" id="{hidden.pk}">Verborgen</a>, '
        f'<a linktype="page" id="99999999">Fort</a> und '
        f'<a linktype="document" id="{document.pk}">Papier &amp; mehr</a>.</p>'
    )
    version = publish(make_draft(html=html))
    passage = version.passages.get()
    target.refresh_from_db()
    body = body_of(passage)
    tree = lxml_html.fragment_fromstring(f"<div>{body}</div>")
    assert tree.text_content() == passage.text
    assert [a.get("href") for a in tree.xpath(".//a")] == [
        target.get_url(),
        None,
        None,
        document.url,
    ]


@pytest.mark.django_db
def test_links_of_many_passages_need_two_queries(root, django_assert_max_num_queries):
    target = make_draft(title="Ziel")
    publish(target)
    html = "".join(
        f'<p>Absatz {n}: <a linktype="page" id="{target.pk}">Ziel</a></p>' for n in range(40)
    )
    passages = list(publish(make_draft(html=html)).passages.in_order())
    with django_assert_max_num_queries(3):
        prepare_bodies(passages)


@pytest.mark.django_db
def test_words_that_are_not_translated_yet_keep_their_language(client, strategy):
    english = strategy.copy_for_translation(
        Locale.objects.get(language_code="en"), copy_parents=True
    )
    version = publish(english, html=NEW.replace("Dieser Absatz bleibt, wie er ist.", "This stays."))
    tree = _tree(client, f"/en/versions/{english.pk}/{version.number}/")
    languages = {
        body.text_content(): body.get("lang")
        for body in tree.xpath("//*[contains(@class, 'syn-passage__body')]")
    }
    assert languages["This stays."] is None
    assert languages["Auch der dritte Absatz bleibt."] == "de"
