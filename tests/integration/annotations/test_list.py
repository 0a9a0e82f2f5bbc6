"""The list of all annotations: filters, search, order, pages, and what is never in it."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from annotations import list_views
from annotations.models import Annotation, Disposition
from annotations.services.editing import edit_annotation
from annotations.services.following import follow
from annotations.services.integrity import integrity_problems
from annotations.services.moderating import (
    hide_annotation,
    release_annotation,
    show_annotation,
    withdraw_annotation,
)
from tests.factories import make_draft, make_user, publish
from tests.factories.annotations import (
    annotate,
    answer,
    dispose,
    next_version,
    open_version,
    passage,
)
from versioning.services.withholding import withhold_passage

pytestmark = pytest.mark.django_db

TEXT = (
    "<h2>Wohnen</h2><p>Die Stadt gehört allen.</p>"
    "<h2>Verkehr</h2><p>Busse fahren jede Stunde über die Brücke.</p><p>Der Hafen bleibt.</p>"
)
CITY, BUSES, HARBOUR = 1, 3, 4


@pytest.fixture(scope="module")
def shared_version(shared_root):
    return open_version([TEXT])


def address(version) -> str:
    return reverse("annotations:list", args=[version.page_id])


def html(client, version, query: str = "") -> str:
    response = client.get(f"{address(version)}{query}")
    assert response.status_code == 200
    return response.content.decode()


def found(client, version, query: str = "") -> list[str]:
    """Return the words of the entries, in their order."""
    response = client.get(f"{address(version)}{query}")
    assert response.status_code == 200
    return [entry.annotation.comment for entry in response.context["entries"]]


def test_everything_public_of_all_versions_is_listed_newest_first(client, version):
    annotate(version, position=CITY, body="Auf der ersten.")
    second = next_version(version, [TEXT.replace("jede Stunde", "alle zehn Minuten")])
    follow(version_id=second.pk)
    made = annotate(second, position=BUSES, body="Auf der zweiten.")
    assert found(client, second) == ["Auf der zweiten.", "Auf der ersten."]
    page = html(client, second)
    assert "2 Anmerkungen" in page
    assert f"#p-{made.passage.uid}" in page
    assert made.get_absolute_url() in page
    assert "Zu Fassung 1 geschrieben." in page or "Fassung 1" in page


def test_the_list_is_linked_from_the_text_and_the_process(client, version):
    annotate(version)
    for url in (version.page.url, version.page.get_parent().url):
        assert address(version) in client.get(url).content.decode()


def test_what_is_not_public_is_neither_listed_nor_found(client, version):
    moderator = make_user("superuser")
    made = [annotate(version, body=f"Geheim {n}") for n in range(4)]
    for row, state in zip(made, ("hidden", "spam", "illegal"), strict=False):
        hide_annotation(annotation=row, actor=moderator, ground="Grund", state=state)
    withdraw_annotation(annotation=made[3], actor=made[3].user)
    annotate(version, body="Sichtbar.")
    annotate(version, body="Geheim, unbestätigt", name="Gast", email="gast@example.org")
    assert found(client, version) == ["Sichtbar."]
    assert found(client, version, "?q=geheim") == []
    assert not Annotation.objects.exclude(state="public").exclude(searchable="").exists()


def test_the_index_follows_every_act(client, version):
    moderator = make_user("superuser")
    made = annotate(version, body="Laternen im Park")
    assert found(client, version, "?q=laternen") == ["Laternen im Park"]
    hide_annotation(annotation=made, actor=moderator, ground="Grund")
    made.refresh_from_db()
    assert (found(client, version, "?q=laternen"), made.searchable) == ([], "")
    show_annotation(annotation=made, actor=moderator)
    assert found(client, version, "?q=laternen") == ["Laternen im Park"]
    made.refresh_from_db()
    edit_annotation(annotation=made, actor=made.user, body="Bänke im Park")
    assert found(client, version, "?q=laternen") == []
    assert found(client, version, "?q=bänke") == ["Bänke im Park"]
    withdraw_annotation(annotation=made, actor=made.user)
    assert found(client, version, "?q=bänke") == []
    assert not list(integrity_problems())


def test_withheld_words_are_found_no_more_and_the_rest_still_is(
    client, version, django_capture_on_commit_callbacks
):
    annotate(
        version,
        "jede Stunde",
        position=BUSES,
        body="Bitte öfter.",
        proposed="jede halbe Stunde",
    )
    assert found(client, version, "?q=stunde") == ["Bitte öfter."]
    with django_capture_on_commit_callbacks(execute=True):
        withhold_passage(
            passage=passage(version, BUSES), ground="Gericht", actor=make_user("superuser")
        )
    assert found(client, version, "?q=stunde") == []
    assert found(client, version, "?q=öfter") == ["Bitte öfter."]


@pytest.mark.parametrize(
    "question",
    ["brücke", "BRÜCKE", "bruck", "rücken", "strasse", "frida", "zehn minuten", "bitte öfter"],
)
def test_words_are_found_in_text_quote_proposal_and_name_whatever_their_case(
    client, version, question
):
    author = make_user(first_name="Frida", last_name="vom Kanal", username="frida")
    annotate(
        version,
        "jede Stunde über die Brücke",
        position=BUSES,
        user=author,
        body="Bitte öfter über die Brücken und durch die Hauptstraße.",
        proposed="alle zehn Minuten über die Brücke",
    )
    annotate(version, position=CITY, body="Etwas ganz anderes.")
    assert len(found(client, version, f"?q={quote(question)}")) == 1


def test_all_words_must_be_there_and_signs_of_the_database_are_only_signs(client, version):
    annotate(version, body="Bänke und Bäume")
    annotate(version, body="50 % Bäume")
    assert found(client, version, "?q=bänke+bäume") == ["Bänke und Bäume"]
    assert found(client, version, "?q=%25") == ["50 % Bäume"]
    assert found(client, version, "?q=_") == []


def test_words_of_replies_are_found_and_shown_with_the_way_to_them(client, version):
    thread = annotate(version, body="Mehr Bänke.")
    annotate(version, body="Etwas ganz anderes.")
    reply = answer(thread, body="Und <b>Laternen</b> am Ufer.")
    answer(thread, body="Noch mehr Laternen.")

    assert found(client, version, "?q=laternen+bänke") == ["Mehr Bänke."]
    page = html(client, version, "?q=laternen")

    assert f'href="{reply.get_absolute_url()}"' in page
    assert "Und &lt;b&gt;<mark>Laternen</mark>&lt;/b&gt; am Ufer." in page
    assert "Noch mehr" not in page, "the first one leads to the thread"
    assert "In einer Antwort gefunden" not in html(client, version, "?q=bänke")


def test_each_line_shows_the_reply_with_the_word_that_it_lacks_itself(client, version):
    benches = annotate(version, body="Mehr Bänke.")
    lights = annotate(version, body="Mehr Laternen.")
    answer(benches, body="Bänke, ja.")
    answer(benches, body="Und Laternen.")
    answer(lights, body="Laternen, ja.")
    answer(lights, body="Und Bänke.")

    entries = client.get(f"{address(version)}?q=bänke+laternen").context["entries"]

    shown = {entry.annotation.comment: entry.found.annotation.comment for entry in entries}
    assert shown == {"Mehr Bänke.": "Und Laternen.", "Mehr Laternen.": "Und Bänke."}


def test_replies_that_are_not_public_are_not_found(client, version):
    moderator = make_user("superuser")
    thread = annotate(version, body="Mehr Bänke.")
    hidden = answer(thread, body="Laternen!")
    hide_annotation(annotation=hidden, actor=moderator, ground="Grund")
    answer(thread, body="Laternen, unbestätigt", name="Gast", email="gast@example.org")
    assert found(client, version, "?q=laternen") == []
    show_annotation(annotation=hidden, actor=moderator)
    assert found(client, version, "?q=laternen") == ["Mehr Bänke."]
    assert not list(integrity_problems())


def test_found_words_are_marked_and_nothing_in_them_is_markup(client, version):
    annotate(version, body="<b>Laterne</b> & <script>alert(1)</script>")
    page = html(client, version, "?q=laterne")
    assert "&lt;b&gt;<mark>Laterne</mark>&lt;/b&gt; &amp;" in page
    assert "<script>alert" not in page
    assert "<mark>&lt;script</mark>" in html(client, version, "?q=%3Cscript")


def test_filters_are_combined_shown_and_removable(client, version):
    annotate(version, position=CITY, body="Wort eins", motivation="questioning")
    annotate(version, position=BUSES, body="Wort zwei", motivation="questioning")
    annotate(version, position=BUSES, body="Wort drei")
    query = "?kind=questioning&chapter=2&q=wort"
    assert found(client, version, query) == ["Wort zwei"]
    page = html(client, version, query)
    for without in ("chapter=2&amp;q=wort", "q=wort&amp;kind=questioning"):
        assert f"?{without}" in page or "&amp;".join(reversed(without.split("&amp;"))) in page
    assert re.search(r"Kapitel: <bdi>[^<]*Verkehr", page)
    assert 'content="noindex"' in page
    assert 'content="noindex"' not in html(client, version)


def test_only_public_answers_count_as_answers(client, version):
    draft = make_draft(html=[TEXT], dispositions_public="at_once")
    version = publish(draft, closes=timezone.now() + timedelta(days=7))
    editor = make_user("superuser")
    adopted, refused, planned, _open = (
        annotate(version, body=body) for body in ("Ja", "Nein", "Bald", "Offen")
    )
    dispose(adopted, actor=editor, outcome="adopted")
    dispose(refused, actor=editor, outcome="not_adopted")
    dispose(planned, actor=editor, outcome="noted", reason="Noch geheim")
    Disposition.objects.filter(annotations=planned).update(public_at=None)
    assert found(client, version, "?state=open") == ["Offen", "Bald"]
    assert found(client, version, "?state=disposed") == ["Nein", "Ja"]
    assert found(client, version, "?state=adopted") == ["Ja"]
    assert found(client, version, "?state=not_adopted") == ["Nein"]
    assert found(client, version, "?state=noted") == []
    assert "Noch geheim" not in html(client, version)


def test_a_missing_adoption_is_open_again(client, version):
    made = annotate(version, body="Versprochen")
    disposition = dispose(made, actor=make_user("superuser"), outcome="adopted")
    Disposition.objects.filter(pk=disposition.pk).update(public_at=timezone.now(), missing=True)
    assert found(client, version, "?state=open") == ["Versprochen"]
    assert found(client, version, "?state=adopted") == []


def test_orders_are_by_time_support_and_place(client, version):
    late = annotate(version, position=BUSES, body="spät im Text")
    early = annotate(version, position=CITY, body="früh im Text")
    second = next_version(version, [TEXT.replace("<p>Der Hafen bleibt.</p>", "")])
    follow(version_id=second.pk)
    Annotation.objects.filter(pk=late.pk).update(support_count=5)
    assert found(client, version, "?order=supported")[0] == "spät im Text"
    assert found(client, version, "?order=place") == ["früh im Text", "spät im Text"]
    assert found(client, version) == ["früh im Text", "spät im Text"]
    assert early.pk > late.pk


def test_those_whose_words_are_gone_are_last_by_place_and_a_chapter_of_their_own(client, version):
    annotate(version, position=HARBOUR, body="Der schöne Hafen")
    second = next_version(version, [TEXT.replace("<p>Der Hafen bleibt.</p>", "")])
    follow(version_id=second.pk)
    annotate(second, position=CITY, body="Noch da")
    assert found(client, second, "?order=place") == ["Noch da", "Der schöne Hafen"]
    assert found(client, second, "?chapter=gone") == ["Der schöne Hafen"]
    assert "Nicht mehr im Text" in html(client, second, "?chapter=gone")


def test_mine_are_ones_own_with_those_that_wait_and_nobody_elses(client, root):
    draft = make_draft(html=[TEXT], moderation="before")
    version = publish(draft, closes=timezone.now() + timedelta(days=7))
    me, moderator = make_user(), make_user("superuser")
    released = annotate(version, user=me, body="Geprüft")
    release_annotation(annotation=released, actor=moderator)
    annotate(version, user=me, body="Wartet noch")
    annotate(version, body="Fremdes, das wartet")
    assert found(client, version) == ["Geprüft"]
    assert found(client, version, "?mine=1") == []
    assert "melden Sie sich" in html(client, version, "?mine=1")
    client.force_login(me)
    assert found(client, version) == ["Geprüft"]
    assert found(client, version, "?mine=1") == ["Wartet noch", "Geprüft"]
    assert found(client, version, "?mine=1&q=wartet") == ["Wartet noch"]
    assert html(client, version, "?mine=1").count("Wartet auf die Prüfung") == 1
    response = client.get(f"{address(version)}?mine=1")
    assert "private" in response["Cache-Control"]


def test_twenty_stand_on_a_page_and_the_filters_travel_along(client, version):
    writer = make_user()
    for n in range(23):
        annotate(version, user=writer, body=f"Stimme {n}", position=CITY)
    assert len(found(client, version, "?q=stimme")) == 20
    assert found(client, version, "?q=stimme&page=2") == ["Stimme 2", "Stimme 1", "Stimme 0"]
    assert "?q=stimme&amp;page=2" in html(client, version, "?q=stimme")


def test_an_empty_list_says_why(client, version):
    assert "gibt es noch keine Anmerkungen" in html(client, version)
    annotate(version)
    assert "Nehmen Sie einen Filter weg" in html(client, version, "?q=xyzxyz")


@pytest.mark.parametrize(
    "query",
    [
        "?order=unknown",
        "?chapter=100000000000000000000",
        "?chapter=-1&kind=replying&state=hidden&language=xx&order=pk",
        "?q=%00&chapter=%00&page=%00",
        "?q=%ED%A0%80%ED%BF%BF",
        "?page=-1",
        "?page=100000000000000000000",
        "?page=²",
        "?q=" + "wort+" * 1_000,
        "?q=" + "%F0%9F%9A%8B" * 1_200,
        "?q=%25%5C_'%22--",
        "?mine=" + "1" * 500,
        "?kind=commenting&kind=questioning",
    ],
)
def test_whatever_stands_in_the_address_the_page_is_shown(client, version, query):
    annotate(version)
    assert html(client, version, query)


def test_what_is_left_out_of_an_address_is_said(client, version):
    for query in ("?order=unknown", "?chapter=99", "?q=" + "x" * 300):
        assert "weggelassen" in html(client, version, query)
    assert "weggelassen" not in html(client, version, "?q=wort&order=place")


def test_words_that_no_database_can_hold_find_nothing(version):
    request = RequestFactory().get(address(version))
    request.user = AnonymousUser()
    request.GET = request.GET.copy()
    request.GET["q"] = "\ud800\0"
    assert list_views.listing(request, version.page_id).status_code == 200


def test_pages_without_annotations_and_unknown_ones_have_no_list(client, version):
    assert client.get(reverse("annotations:list", args=[1])).status_code == 404
    assert client.get("/de/versions/100000000000000000000/annotations/").status_code == 404
    version.page.specific.unpublish()
    assert client.get(address(version)).status_code == 404


@pytest.mark.parametrize(
    "query",
    ["since=9999-12-31", "until=0001-01-01", "since=gestern", "answer=-1", "answer=" + "9" * 30,
     "result=v99", "source=taube", "reaction=x", "until=2026-02-30"],
)  # fmt: skip
def test_what_no_filter_can_be_is_left_out_and_said(client, version, query):
    annotate(version, position=CITY, body="Bleibt.")
    assert found(client, version, f"?{query}") == ["Bleibt."]
    assert "nicht alles" in html(client, version, f"?{query}")


def test_days_hold_what_was_written_on_them_in_the_sites_time(client, version):
    made = annotate(version, position=CITY, body="Kurz nach Mitternacht.")
    moment = timezone.datetime(2026, 11, 17, 23, 30, tzinfo=timezone.get_fixed_timezone(0))
    Annotation.objects.filter(pk=made.pk).update(created_at=moment)  # the 18th in Berlin
    assert found(client, version, "?since=2026-11-18&until=2026-11-18") == [made.comment]
    assert found(client, version, "?until=2026-11-17") == []
    assert found(client, version, "?since=2026-11-19") == []
