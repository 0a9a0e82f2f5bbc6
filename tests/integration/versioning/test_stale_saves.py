"""Whoever saves a page that somebody else has saved meanwhile is asked, and no text is lost."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from wagtail import hooks
from wagtail.models import Page, PageLogEntry

from cms_pages.models import StandardPage
from tests.factories import make_draft, make_user, publish, site_root
from tests.page_editor import as_sent, draft, form, loaded, stored, url_of
from tests.testapp.models import CharterPage
from versioning.models import Version
from versioning.revision_comparison import RevisionComparison
from versioning.stale_saves import _is_same

pytestmark = pytest.mark.django_db

OLD = "<p>Die Busse fahren jede Stunde.</p>"
THEIRS = "<p>Die Busse fahren jede halbe Stunde.</p>"
MINE = "<p>Die Bahnen fahren jede Stunde.</p>"
ACTIONS = {
    "save": {},
    "publish": {"action-publish": "action-publish"},
    "submit": {"action-submit": "action-submit"},
}


@pytest.fixture
def charter(root) -> CharterPage:
    page = site_root().add_child(
        instance=CharterPage(title="Charta", slug="charta", body="", live=False)
    )
    publish(page, html=OLD)
    return CharterPage.objects.get(pk=page.pk)


@pytest.fixture
def editor() -> Client:
    client = Client()
    client.force_login(make_user("editor"))
    return client


def their_save(page) -> None:
    """Save a draft as somebody else, meanwhile."""
    client = Client()
    client.force_login(make_user("editor"))
    sent = form(page, THEIRS, **loaded(page))
    assert client.post(url_of(page), sent).status_code == 302


def hidden(page: str) -> dict[str, str]:
    """What the button of the conflict page would send."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


@pytest.mark.parametrize("action", ACTIONS)
def test_a_stale_form_changes_neither_draft_nor_public_text(charter, editor, action):
    remembered = loaded(charter)
    their_save(charter)
    before = stored(charter).latest_revision_id

    response = editor.post(url_of(charter), form(charter, MINE, **remembered, **ACTIONS[action]))

    assert response.status_code == 409
    assert stored(charter).latest_revision_id == before
    assert "halbe" in draft(charter)
    assert Version.objects.filter(page=charter.pk).count() == 1
    assert stored(charter).current_workflow_state is None


def test_both_texts_are_shown_and_mine_is_kept_beside_the_draft(charter, editor):
    remembered = loaded(charter)
    their_save(charter)

    for _twice in range(2):
        page = editor.post(url_of(charter), form(charter, MINE, **remembered)).content.decode()

    assert re.search(r"</span>halbe ?<span", page)
    assert re.search(r"</span>Bahnen ?<span", page)
    kept = [one for one in charter.revisions.all() if "Bahnen" in one.content["body"]]
    assert len(kept) == 1, "asking twice keeps one copy"
    assert kept[0].user_id == int(editor.session["_auth_user_id"])
    assert not kept[0].is_latest_revision()
    assert (
        reverse(
            "wagtailadmin_pages:revisions_compare",
            args=[charter.pk, stored(charter).latest_revision_id, kept[0].pk],
        )
        in page
    )
    entry = PageLogEntry.objects.get(page=charter.pk, action="synopse.keep_apart")
    assert entry.revision == kept[0]
    history = editor.get(reverse("wagtailadmin_pages:history", args=[charter.pk]))
    assert history.status_code == 200
    back = reverse("wagtailadmin_pages:revisions_revert", args=[charter.pk, kept[0].pk])
    assert back in history.content.decode()
    assert "Bahnen" in editor.get(back).content.decode()


def test_a_text_of_my_own_other_window_is_said_to_be_mine(charter, editor):
    remembered = loaded(charter)
    assert editor.post(url_of(charter), form(charter, THEIRS, **remembered)).status_code == 302

    response = editor.post(url_of(charter), form(charter, MINE, **remembered))

    assert response.status_code == 409
    assert "in einem anderen Fenster" in response.content.decode()
    assert "anderen Person" not in response.content.decode()


@pytest.mark.parametrize("action", ACTIONS)
def test_mine_goes_on_top_when_i_say_so_and_theirs_stays_in_the_history(charter, editor, action):
    remembered = loaded(charter)
    their_save(charter)
    theirs = stored(charter).latest_revision
    asked = editor.post(url_of(charter), form(charter, MINE, **remembered, **ACTIONS[action]))

    response = editor.post(url_of(charter), hidden(asked.content.decode()))

    assert response.status_code == 302
    assert "Bahnen" in draft(charter)
    assert "halbe" in charter.revisions.get(pk=theirs.pk).content["body"]
    assert (Version.objects.filter(page=charter.pk).count() == 2) == (action == "publish")


def test_whoever_decides_is_asked_again_if_somebody_saves_once_more(charter, editor):
    remembered = loaded(charter)
    their_save(charter)
    asked = editor.post(url_of(charter), form(charter, MINE, **remembered))
    their_save(charter)

    assert editor.post(url_of(charter), hidden(asked.content.decode())).status_code == 409
    assert "halbe" in draft(charter)


def test_a_form_with_mistakes_is_asked_first_and_keeps_them(charter, editor):
    remembered = loaded(charter)
    their_save(charter)
    mistaken = form(charter, MINE, **remembered, **ACTIONS["publish"]) | {"slug": "a b/c"}

    asked = editor.post(url_of(charter), mistaken)
    assert asked.status_code == 409
    sent = hidden(asked.content.decode())
    assert (sent["slug"], "Bahnen" in sent["body"]) == ("a b/c", True)

    assert editor.post(url_of(charter), sent).status_code == 200
    assert "halbe" in draft(charter)


def test_what_the_draft_says_already_needs_no_question(charter, editor):
    remembered = loaded(charter)
    their_save(charter)

    assert editor.post(url_of(charter), form(charter, THEIRS, **remembered)).status_code == 302


def test_keys_that_the_editor_gives_to_paragraphs_are_no_difference(charter, editor):
    remembered = loaded(charter)
    their_save(charter)
    as_sent.cache_clear()

    response = editor.post(url_of(charter), form(charter, THEIRS, **remembered))

    assert response.status_code == 302


def test_tables_that_say_the_same_are_no_difference(root):
    """The editor saves by itself; a button pressed meanwhile sends the very same text again."""
    page = make_draft(html='<p data-block-key="abcde">Die Stadt.</p>')
    table = {
        "columns": [{"type": "text", "heading": "Jahr"}],
        "rows": [{"values": ["2030"]}],
        "caption": "",
    }
    field = page._meta.get_field("body")
    page.body = field.to_python(
        json.dumps(
            [*field.stream_block.get_prep_value(page.body), {"type": "table", "value": table}]
        )
    )
    page.save_revision()

    def differ(change=lambda text: text) -> bool:
        old, new = (page.get_latest_revision_as_object() for _side in range(2))
        new.body = field.to_python(change(json.dumps(field.get_prep_value(new.body))))
        compared = RevisionComparison(field, old, new)
        return compared.has_changed() and not _is_same(compared)

    assert not differ()
    assert not differ(lambda text: text.replace("abcde", "vwxyz"))
    assert differ(lambda text: text.replace("2030", "2035"))
    assert differ(lambda text: text.replace("Die Stadt.", "Das Dorf."))


def test_a_form_of_the_newest_draft_is_saved_as_ever(charter, editor):
    their_save(charter)

    response = editor.post(url_of(charter), form(charter, MINE, **loaded(charter)))

    assert response.status_code == 302
    assert "Bahnen" in draft(charter)


def test_autosave_is_refused_by_wagtail_itself(charter, editor):
    remembered = loaded(charter)
    their_save(charter)

    response = editor.post(
        url_of(charter), form(charter, MINE, **remembered), headers={"accept": "application/json"}
    )

    assert (response.status_code, response.json()["error_code"]) == (400, "invalid_revision")


def test_a_draft_that_was_autosaved_over_counts_as_another(charter, editor):
    other = make_user("editor")
    their_save(charter)
    theirs = stored(charter).latest_revision
    theirs.user_id = other.pk
    theirs.save()
    remembered = loaded(charter)
    page = stored(charter).get_latest_revision_as_object()
    page.body = "<p>Niemand fährt.</p>"
    page.save_revision(user=other, overwrite_revision=theirs)

    assert editor.post(url_of(charter), form(charter, MINE, **remembered)).status_code == 409
    assert "Niemand" in draft(charter)


def test_pages_without_versions_are_protected_too(root, editor):
    parent = site_root()
    page = parent.add_child(
        instance=StandardPage(title="Hilfe", slug="hilfe", locale=parent.locale, live=False)
    )
    page.save_revision()
    shown = editor.get(url_of(page)).content.decode()
    remembered = dict(re.findall(r'name="(loaded_revision_[a-z_]+)" value="([^"]+)"', shown))
    theirs = StandardPage.objects.get(pk=page.pk)
    theirs.title = "Ihre Hilfe"
    theirs.save_revision(user=make_user("editor"))

    response = editor.post(url_of(page), form(page, OLD, **remembered))

    assert response.status_code == 409
    assert "Ihre Hilfe" in response.content.decode()
    assert Page.objects.get(pk=page.pk).get_latest_revision().content["title"] == "Ihre Hilfe"


def test_hostile_numbers_are_another_draft(charter, editor):
    for number in ("0", "9" * 40, "x"):
        sent = form(charter, MINE, loaded_revision_id=number)
        assert editor.post(url_of(charter), sent).status_code == 409


def test_people_who_may_not_edit_get_no_comparison(charter):
    client = Client()
    client.force_login(make_user("moderator"))
    remembered = loaded(charter)
    their_save(charter)

    assert client.post(url_of(charter), form(charter, MINE, **remembered)).status_code != 409


def test_a_form_is_taken_wholly_or_not_at_all(charter, editor):
    before = stored(charter)
    sent = form(charter, MINE, **loaded(charter), **ACTIONS["publish"])

    def fail(_request, _page):
        raise RuntimeError

    with hooks.register_temporarily("before_publish_page", fail), pytest.raises(RuntimeError):
        editor.post(url_of(charter), sent)

    assert stored(charter).latest_revision_id == before.latest_revision_id
    assert charter.revisions.count() == 1
