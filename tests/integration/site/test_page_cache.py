"""Kept pages: never out of date, never personal, never private."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, PageViewRestriction, Site

from annotations.models import Placement
from annotations.services import bulk, confirming, reacting, supporting
from annotations.services.bulk import Voice
from annotations.services.editing import edit_annotation
from annotations.services.following import follow
from annotations.services.moderating import hide_annotation, show_annotation, withdraw_annotation
from annotations.services.outbox import OutboxMail
from cms_pages.demo.story import token_of
from cms_pages.models import ReusableText, StandardPage
from cms_pages.services.site_setup import set_up_site
from tests.factories import make_draft, make_process, make_user, publish
from tests.factories.annotations import annotate, answer, dispose, next_version, passage
from tests.factories.gate import hand_over
from versioning import stamps
from versioning.models import Stamp
from versioning.services.changes import explain_changes
from versioning.services.windows import change_window, end_window
from versioning.services.withholding import withhold_passage

pytestmark = pytest.mark.django_db
HTML = "<h2>Wohnen</h2><p>Die Stadt gehört allen.</p><p>Busse fahren jede Stunde.</p>"


@pytest.fixture(autouse=True)
def _kept(settings):
    settings.SYNOPSE_PAGE_CACHE = settings.SYNOPSE_TEXT_CACHE = "pages"


@pytest.fixture(scope="module")
def published(shared_root):
    process = make_process(parent=set_up_site().home)
    draft = make_draft(html=HTML, process=process, title="Strategie")
    return publish(draft, closes=timezone.now() + timedelta(days=7))


@pytest.fixture
def version(published):
    return deepcopy(published)


def read(version, client=None, **extra):
    response = (client or Client()).get(version.page.get_url(), **extra)
    assert response.status_code == 200
    return response


def queries(version, client=None) -> int:
    with CaptureQueriesContext(connection) as captured:
        read(version, client)
    return len(captured)


def is_kept(version) -> bool:
    """Tell whether a stranger gets a page for which no template is rendered."""
    return not read(version).templates


def test_a_stranger_gets_the_kept_page_with_one_query(version):
    made = read(version)
    assert queries(version) == 1
    assert is_kept(version)
    kept = read(version)
    assert kept.content == made.content
    assert kept["Link"] == made["Link"]
    assert kept["Content-Language"] == "de"
    assert kept["Content-Security-Policy"]
    assert "nonce-" not in kept["Content-Security-Policy"]
    assert "Set-Cookie" not in kept
    assert not kept.cookies
    assert "Cookie" in kept["Vary"]


def test_browsers_ask_again_and_hear_that_nothing_has_changed(version):
    made = read(version)
    assert made["Cache-Control"] == "no-cache"
    again = Client().get(version.page.get_url(), headers={"If-None-Match": made["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    annotate(version)
    changed = Client().get(version.page.get_url(), headers={"If-None-Match": made["ETag"]})
    assert changed.status_code == 200


def test_head_is_answered_from_the_kept_page_and_keeps_none(version):
    url = version.page.get_url()
    Client().head(url)
    assert not is_kept(version)
    answered = Client().head(url)
    assert answered.status_code == 200
    assert answered["ETag"] == read(version)["ETag"]


def _reply(version, made):
    answer(made["one"])


def _confirm(version, made):
    confirming.confirm_annotation(token=token_of(OutboxMail.objects.filter(kind="confirm").get()))


def _hide(version, made):
    hide_annotation(annotation=made["one"], actor=make_user("superuser"), ground="Spam.")


def _show(version, made):
    show_annotation(annotation=made["hidden"], actor=make_user("superuser"))


def _withdraw(version, made):
    withdraw_annotation(annotation=made["one"], actor=made["one"].user)


def _edit(version, made):
    edit_annotation(annotation=made["one"], actor=made["one"].user, body="Besser gesagt.")


def _dispose(version, made):
    dispose(made["one"], actor=make_user("superuser"))


def _support(version, made):
    bulk.import_supports(pairs=[(made["one"].pk, "ada@example.org")], at=timezone.now())


def _support_as_account(version, made):
    supporting.support_annotation(annotation=made["one"], user=make_user())


def _take_back(version, made):
    supporting.withdraw_support(annotation=made["one"], user=made["supporter"])


def _support_as_guest(version, made):
    supporting.ask_to_support(annotation=made["one"], email="cy@example.org", base_url="http://x")
    text = OutboxMail.objects.get(kind="confirm_support").text
    raw = text.partition("/annotations/support/")[2].partition("/")[0]
    supporting.confirm_support(token=raw)


def _import(version, made):
    voice = Voice(passage(version, 1), "Eingeführt.", "Ada", "ada@example.org", timezone.now())
    bulk.import_voices(version=version, page=version.page, voices=[voice])


def _window(version, made):
    closes = timezone.now() + timedelta(days=9)
    actor = make_user("superuser")
    change_window(version=version, opens=None, closes=closes, reason="Ferien.", actor=actor)


def _end_window(version, made):
    end_window(version=version, reason="Genug.", actor=make_user("superuser"))


def _withhold(version, made):
    actor = make_user("superuser")
    withhold_passage(passage=passage(version, 2), ground="Gericht", actor=actor)


def _publish(version, made):
    next_version(version, HTML.replace("jede", "jede halbe"))


def _retitle(version, made):
    page = version.page.specific
    page.title = "Neuer Name"
    page.save_revision().publish()


def _submit(version, made):
    for one in ("one", "hidden"):
        dispose(made[one], actor=make_user("superuser"))
    closes = timezone.now() - timedelta(minutes=1)
    actor = make_user("superuser")
    change_window(version=version, opens=None, closes=closes, reason="Ende.", actor=actor)
    read(version)
    hand_over(version=version, actor=make_user("superuser"))


def _menu(version, made):
    page = version.page.get_parent()
    page.show_in_menus = True
    page.save()


def _unpublish_other(version, made):
    made["other"].page.unpublish()


def _move_other(version, made):
    made["other"].page.move(make_process(parent=version.page.get_parent().get_parent()))


def _site(version, made):
    site = Site.objects.get()
    site.site_name = "Anders"
    site.save()


def _snippet(version, made):
    ReusableText.objects.create(title="Ergebnisse", text="x", locale=Locale.objects.first())


def _restrict_other(version, made):
    PageViewRestriction.objects.create(
        page=made["other"].page, restriction_type=PageViewRestriction.LOGIN
    )


EVENTS = [
    _support_as_account, _take_back, _support_as_guest, _end_window,
    _reply, _confirm, _hide, _show, _withdraw, _edit, _dispose, _support, _import, _window,
    _withhold, _publish, _retitle, _submit, _menu, _unpublish_other, _move_other, _site, _snippet,
    _restrict_other,
]  # fmt: skip


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__.strip("_"))
def test_whatever_the_public_sees_empties_it_in_the_transaction_of_the_change(
    version, event, settings
):
    made = {"one": annotate(version, position=1), "hidden": annotate(version, position=2)}
    actor = make_user("superuser")
    hide_annotation(annotation=made["hidden"], actor=actor, ground="Spam.")
    annotate(version, position=1, name="Bo", email="bo@example.org")
    other = make_draft(process=version.page.get_parent(), html="<p>Anderes.</p>")
    made["other"] = publish(other)
    made["supporter"] = make_user()
    supporting.support_annotation(annotation=made["one"], user=made["supporter"])
    read(version)
    assert is_kept(version)
    event(version, made)
    assert not is_kept(version)
    shown = read(version).content.decode()
    settings.SYNOPSE_PAGE_CACHE = settings.SYNOPSE_TEXT_CACHE = ""
    assert shown == read(version).content.decode()


def _frame(version, client=None) -> str:
    """Return the html around the text; it is rendered from values that are kept."""
    html = read(version, client).content.decode()
    return html.partition('id="main"')[0] + html.partition("<footer")[2]


def _rename_menu(version, made):
    page = made["menu"]
    page.title = "Umbenannt"
    page.save_revision().publish()


def _move_menu(version, made):
    made["menu"].move(version.page.get_parent(), pos="last-child")


def _reslug_menu(version, made):
    made["menu"].slug = "anders"
    made["menu"].save_revision().publish()


def _hide_menu(version, made):
    PageViewRestriction.objects.create(page=made["menu"], restriction_type="login")


def _translate(version, made):
    english = version.page.specific.copy_for_translation(
        Locale.objects.get(language_code="en"), copy_parents=True
    )
    english.save_revision().publish()


def _unpublish_menu(version, made):
    made["menu"].unpublish()


def _new_phase(version, made):
    process = version.page.get_parent().specific
    phase = {"title": "Neue Phase", "begins": timezone.localdate(), "sentence": "Jetzt."}
    process.phases = [("phase", phase)]
    process.save_revision().publish()


def _open_sibling(version, made):
    closes = timezone.now() + timedelta(days=2)
    publish(made["sibling"].page.specific, html="<p>Neues.</p>", closes=closes)


def _delete_menu(version, made):
    made["menu"].delete()


FRAME_EVENTS = [
    _rename_menu, _move_menu, _reslug_menu, _hide_menu, _translate, _unpublish_menu, _new_phase,
    _open_sibling, _delete_menu, _window, _end_window,
]  # fmt: skip


@pytest.mark.parametrize("event", FRAME_EVENTS, ids=lambda event: event.__name__.strip("_"))
def test_the_frame_of_a_kept_text_is_what_it_would_be_if_nothing_were_kept(
    version, event, settings
):
    home = version.page.get_parent().get_parent()
    menu = home.add_child(instance=StandardPage(title="Im Menü", slug="menue", show_in_menus=True))
    sibling = publish(make_draft(process=version.page.get_parent(), html="<p>Anderes.</p>"))
    member = Client()
    member.force_login(make_user())
    before = without_tokens(_frame(version, member))
    assert without_tokens(_frame(version, member)) == before
    event(version, {"menu": menu, "sibling": sibling})
    version.page.refresh_from_db()
    after = without_tokens(_frame(version, member))
    settings.SYNOPSE_PAGE_CACHE = settings.SYNOPSE_TEXT_CACHE = ""
    assert after == without_tokens(_frame(version, member))
    assert after != before


def without_tokens(html: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", html)


def test_a_moved_text_is_no_longer_found_at_its_old_address(version):
    old = version.page.get_url()
    member = Client()
    member.force_login(make_user())
    read(version, member)
    version.page.move(make_process(parent=version.page.get_parent().get_parent()))
    version.page.refresh_from_db()
    assert member.get(old).status_code == 301
    read(version, member)


def test_what_stands_around_a_private_page_is_not_kept_for_others(version):
    process = version.page.get_parent()
    PageViewRestriction.objects.create(page=process, restriction_type="login")
    member = Client()
    member.force_login(make_user())
    read(version, member)
    assert not caches["pages"]._cache
    assert Client().get(version.page.get_url()).status_code == 302


def _queries_of(url: str, **headers) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert Client().get(url, **headers).status_code == 200
    return len(captured)


def test_a_comparison_is_kept_until_a_change_is_explained(version):
    after = next_version(version, HTML.replace("jede", "jede halbe"))
    url = reverse("versioning:comparison", args=[after.page_id, 1, 2])
    _queries_of(url)
    assert _queries_of(url) == 1
    actor = make_user("superuser")
    explain_changes(changes=list(after.changes.all()), reason="Neuer Fahrplan.", actor=actor)
    assert "Neuer Fahrplan." in Client().get(url).content.decode()
    assert _queries_of(url) == 1


def test_a_phone_gets_the_comparison_that_suits_it_beside_the_kept_one(version):
    after = next_version(version, HTML.replace("jede", "jede halbe"))
    url = reverse("versioning:comparison", args=[after.page_id, 1, 2])
    wide = Client().get(url).content
    phone = Client().get(url, headers={"User-Agent": "Mozilla/5.0 (Android) Mobile"}).content
    assert phone != wide
    assert Client().get(url).content == wide


def test_what_is_said_in_one_language_empties_the_others(version):
    english = version.page.specific.copy_for_translation(
        Locale.objects.get(language_code="en"), copy_parents=True
    )
    english.save_revision().publish()
    other = english.newest_version
    read(other)
    assert is_kept(other)
    annotate(version)
    assert not is_kept(other)


@pytest.mark.parametrize(("ahead", "later", "words"), [(150, 31, "1 Stunde"), (61, 2, "weniger")])
def test_the_hours_that_are_left_are_never_out_of_date(version, ahead, later, words):
    now = timezone.now()
    actor = make_user("superuser")
    closes = now + timedelta(minutes=ahead)
    change_window(version=version, opens=None, closes=closes, reason="Ende.", actor=actor)
    with time_machine.travel(now, tick=False):
        read(version)
    with time_machine.travel(now + timedelta(minutes=later), tick=False):
        assert words in read(version).content.decode()


def test_placing_on_the_next_version_and_settling_by_hand_empty_it(version):
    annotate(version, "Stunde", position=2)
    after = next_version(version, HTML.replace("jede", "jede halbe"))
    read(after)
    follow(version_id=after.pk)
    assert not is_kept(after)
    assert is_kept(after)
    Placement.objects.get().save()
    assert not is_kept(after)


def test_what_is_not_public_empties_nothing(version):
    read(version)
    annotate(version, name="Bo", email="bo@example.org")
    page = version.page.specific
    page.title = "Nur ein Entwurf"
    page.save_revision()
    assert is_kept(version)


def test_what_another_process_has_kept_is_emptied_too(version, settings):
    settings.CACHES = {
        name: {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": f"process {name}",
        }
        for name in ("default", "server", "worker")
    }
    settings.SYNOPSE_PAGE_CACHE = settings.SYNOPSE_TEXT_CACHE = "server"
    read(version)
    settings.SYNOPSE_PAGE_CACHE = settings.SYNOPSE_TEXT_CACHE = "worker"
    annotate(version, body="Aus dem anderen Prozess.")
    settings.SYNOPSE_PAGE_CACHE = settings.SYNOPSE_TEXT_CACHE = "server"
    assert "Aus dem anderen Prozess." in read(version).content.decode()


def test_what_was_read_before_a_change_is_never_kept_as_if_it_were_new(version, monkeypatch):
    """The change is committed after the text was read and before the page is kept."""
    from annotations.presentation import places

    before = places.groups_and_newest

    def changed_behind(shown):
        found = before(shown)
        monkeypatch.setattr(places, "groups_and_newest", before)
        annotate(version, body="Gerade eben.")
        return found

    monkeypatch.setattr(places, "groups_and_newest", changed_behind)
    assert "Gerade eben." not in read(version).content.decode()
    assert "Gerade eben." in read(version).content.decode()


def test_a_window_that_closes_closes_on_the_kept_page_too(version):
    opened = read(version).content.decode()
    assert "data-open" in opened
    with time_machine.travel(version.closes - timedelta(seconds=20), tick=False) as clock:
        assert "data-open" in read(version).content.decode()
        clock.shift(timedelta(seconds=19))
        assert is_kept(version)
        clock.shift(timedelta(seconds=1))
        assert "data-open" not in read(version).content.decode()


def test_nothing_is_kept_for_longer_than_a_minute_or_beyond_midnight(version):
    noon = timezone.localtime().replace(hour=12, minute=0) + timedelta(days=1)
    with time_machine.travel(noon, tick=False) as clock:
        read(version)
        clock.shift(timedelta(seconds=59))
        assert is_kept(version)
        clock.shift(timedelta(seconds=1))
        assert not is_kept(version)
        clock.move_to(noon.replace(hour=23, minute=59, second=50))
        read(version)
        clock.shift(timedelta(seconds=10))
        assert not is_kept(version)


def test_each_host_language_and_scheme_has_a_page_of_its_own(version, settings):
    settings.ALLOWED_HOSTS = ["testserver", "andere.example"]
    assert "http://testserver/" in read(version)["Link"]
    assert "http://andere.example/" in read(version, headers={"host": "andere.example"})["Link"]
    assert "https://testserver/" in read(version, secure=True)["Link"]
    assert (
        Client().get(version.page.get_url(), headers={"host": "boese.example"}).status_code == 400
    )


def test_a_query_is_never_kept(version):
    url = version.page.get_url() + "?order=newest"
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            assert Client().get(url).status_code == 200
    assert any("synopse_versioning_passage" in query["sql"] for query in captured)


def test_private_pages_are_never_kept(version):
    read(version)
    PageViewRestriction.objects.create(page=version.page, restriction_type="login")
    assert Client().get(version.page.get_url()).status_code == 302
    member = Client()
    member.force_login(make_user())
    read(version, member)
    assert Client().get(version.page.get_url()).status_code == 302
    assert Client().get(version.get_absolute_url()).status_code == 404
    caches["pages"].clear()
    read(version, member)
    assert not caches["pages"]._cache


def test_members_get_the_kept_text_in_a_frame_of_their_own(version):
    read(version)
    for name in ("kanarie-eins", "kanarie-zwei"):
        member = Client()
        member.force_login(make_user(username=name, email=f"{name}@example.org"))
        page = read(version, member)
        html = page.content.decode()
        assert name in html.partition('id="main"')[0]
        assert "kanarie" not in html.partition('id="main"')[2].lower()
        assert page["Cache-Control"] == "private, no-cache"
        assert "ETag" not in page
        assert "kanarie" not in read(version).content.decode()
    assert "csrfmiddlewaretoken" not in read(version).content.decode()
    for kept in caches["pages"]._cache.values():
        assert b"kanarie" not in kept


def test_a_member_who_comes_first_leaves_nothing_personal_behind(version):
    member = Client()
    member.force_login(make_user(username="kanarie"))
    read(version, member)
    html = read(version).content.decode()
    assert "kanarie" not in html
    assert html.partition('id="main"')[2]


def test_a_member_reads_no_annotation_anew_where_the_text_is_kept(version):
    annotate(version)
    member = Client()
    member.force_login(make_user())
    first = queries(version, member)
    assert queries(version, member) <= first - 5


def test_messages_are_shown_once_and_never_kept(version):
    client = Client()
    client.cookies["messages"] = "etwas"
    read(version, client)
    assert not is_kept(version)


def test_both_caches_can_be_switched_off(version, settings):
    settings.SYNOPSE_PAGE_CACHE = settings.SYNOPSE_TEXT_CACHE = ""
    read(version)
    assert queries(version) > 5
    assert not caches["pages"]._cache


def test_the_page_of_a_version_is_kept_too(version):
    url = version.get_absolute_url()
    Client().get(url)
    with CaptureQueriesContext(connection) as captured:
        assert Client().get(url).status_code == 200
    assert len(captured) == 1
    _window(version, {})
    assert "9" in Client().get(url).content.decode()


def test_other_pages_ask_for_no_stamps(version):
    with CaptureQueriesContext(connection) as captured:
        assert Client().get("/healthz").status_code == 200
    assert len(captured) == 0


def test_sweeping_old_stamps_empties_once_and_brings_nothing_back(version):
    read(version)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        before = stamps.state_of(version.page_id)
        assert stamps.sweep_stamps() > 0
        assert stamps.state_of(version.page_id) != before
        assert Stamp.objects.count() == 1
        assert stamps.sweep_stamps() == 0


def test_states_of_all_topics_and_of_one_agree(version):
    annotate(version)
    stamps.touch(version.page_id, 99)
    for topic in (version.page_id, 99, 12345):
        assert stamps.joined(stamps.states(), topic) == stamps.state_of(topic)


def test_a_change_that_is_rolled_back_empties_nothing(version):
    from django.db import transaction

    read(version)
    with transaction.atomic():
        annotate(version)
        transaction.set_rollback(True)
    assert is_kept(version)


def test_the_balance_sheet_is_kept_until_something_becomes_of_an_annotation(version):
    made = annotate(version)
    url = reverse("annotations:balance", args=[version.page_id])

    def counts() -> tuple[int, str]:
        with CaptureQueriesContext(connection) as captured:
            page = Client().get(url).content.decode()
        return len(captured), page

    _queries, before = counts()
    again, kept = counts()
    assert (again, kept) == (1, before)
    newest = next_version(version, "<p>Ein anderer Text.</p>")
    follow(version_id=newest.pk)
    dispose(made, outcome="noted")
    made.refresh_from_db()
    reacting.react(annotation=made, actor=made.user, agrees=False, reason="Nein.")
    _queries, after = counts()
    assert newest.number == 2
    assert "1 widerspricht" in after
    assert "Noch offen" in before
