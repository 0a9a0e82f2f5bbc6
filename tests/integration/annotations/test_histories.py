"""What changed in a passage and why, and what a trace tells beyond its own annotation."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from annotations.gate_checks import MAX_NEIGHBOURS
from annotations.models import Annotation
from annotations.services.disposing import change_disposition
from annotations.services.following import follow
from annotations.services.moderating import hide_annotation
from tests.factories import make_user
from tests.factories.annotations import annotate, dispose, next_version, open_version, passage
from versioning.models import Change
from versioning.services.changes import explain_changes
from versioning.services.withholding import withhold_passage

pytestmark = pytest.mark.django_db

HTML = "<h2>Wege</h2><p>Busse fahren jede Stunde über die alte Brücke.</p><p>Der Hafen bleibt.</p>"
OTHER = HTML.replace("jede Stunde", "alle zehn Minuten").replace("alte", "neue")
BUSES, HARBOUR = 1, 2


@pytest.fixture(scope="module")
def shared_version(shared_root):
    return open_version(HTML)


def published(version, html=OTHER):
    found = next_version(version, html)
    follow(version_id=found.pk)
    return found


def history(client, version, position: int = BUSES):
    args = [version.page_id, version.number, passage(version, position).uid]
    response = client.get(reverse("annotations:history", args=args))
    assert response.status_code == 200
    return response


def test_a_history_tells_the_words_of_each_version_and_the_annotations_behind_them(client, version):
    wish = annotate(version, "jede Stunde", position=BUSES, proposed="alle zehn Minuten")
    same = annotate(version, "jede Stunde", position=BUSES, body="Viel öfter!")
    given = dispose(wish, same, outcome="adopted", reason="So oft wird gefragt.")
    newest = published(version)
    for shown in (version, newest):  # from whichever version one comes
        response = history(client, shown)
        page = response.content.decode()
        assert [step.version.number for step in response.context["steps"]] == [2, 1]
        assert re.search("<del>.{0,80}jede Stunde", page)
        assert "So oft wird gefragt." in page
        assert wish.get_absolute_url() in page
        assert f"?answer={given.pk}#found" in page
    change = given.changes.first()
    assert f"?change={change.pk}#change-{change.pk}" in page


def test_a_history_tells_editorial_reasons_and_where_there_is_none(client, version):
    newest = published(version)
    assert "noch kein Grund" in history(client, newest).content.decode()
    actor = make_user("editor")
    explain_changes(changes=list(newest.changes.all()), reason="Nur Rechtschreibung.", actor=actor)
    page = history(client, newest).content.decode()
    assert page.count("Nur Rechtschreibung.") == 1  # for two changes of one passage
    assert newest.changes.count() > 1


def test_a_history_ends_where_the_passage_does(client, version):
    published(version, HTML.replace("<p>Der Hafen bleibt.</p>", ""))
    steps = history(client, version, HARBOUR).context["steps"]
    assert [step.version.number for step in steps] == [2, 1]
    assert "gibt es nicht mehr" in steps[0].title


def test_withheld_words_are_in_no_history(client, version):
    newest = published(version)
    withhold_passage(passage=passage(version, BUSES), actor=make_user("superuser"), ground="Urteil")
    assert "jede Stunde" not in history(client, newest).content.decode()


def test_a_page_that_is_not_public_has_no_histories(client, version):
    args = [version.page_id, 1, passage(version, BUSES).uid]
    version.page.specific.unpublish()
    assert client.get(reverse("annotations:history", args=args)).status_code == 404


def test_what_finds_no_place_beside_a_change_is_one_link_away(client, version):
    for number in range(MAX_NEIGHBOURS + 2):
        annotate(version, position=BUSES, body=f"Stimme {number}")
    newest = published(version)
    args = [version.page_id, version.number, passage(version, BUSES).uid]
    page = history(client, newest).content.decode()
    assert "Weitere zu diesem Absatz" in page
    assert "2 Anmerkungen" in page
    assert f'"{reverse("annotations:passage", args=args)}"' in page


# The trace


def trace(client, annotation):
    response = client.get(annotation.get_absolute_url())
    return response, response.content.decode()


def test_a_trace_leads_to_every_change_and_to_all_with_the_same_answer(client, version):
    made = annotate(version, "jede Stunde", position=BUSES)
    other = annotate(version, "alte Brücke", position=BUSES)
    hidden = annotate(version, position=BUSES)
    newest = next_version(version, OTHER)
    changes = list(newest.changes.all())
    given = dispose(made, other, hidden, outcome="adopted", changes=changes)
    hide_annotation(annotation=hidden, actor=make_user("moderator"), ground="Spam.")
    follow(version_id=newest.pk)
    _response, page = trace(client, made)
    assert len(changes) > 1
    for change in changes:
        assert f"?change={change.pk}#change-{change.pk}" in page
    assert "„jede Stunde“ → „alle zehn Minuten“" in page
    assert "Diese Antwort gilt für 2 Anmerkungen" in page
    listed = client.get(f"{reverse('annotations:list', args=[version.page_id])}?answer={given.pk}")
    assert {entry.annotation for entry in listed.context["entries"]} == {made, other}


def test_a_change_of_mind_stays_in_the_trace_a_mended_sentence_does_not(client, version):
    made = annotate(version, "jede Stunde", position=BUSES)
    published(version)
    editor = make_user("editor")
    given = dispose(made, outcome="not_adopted", reason="Kein Gold.", actor=editor)
    change_disposition(disposition=given, outcome="not_adopted", reason="Kein Geld.", actor=editor)
    change_disposition(disposition=given, outcome="adopted", reason="Doch.", actor=editor)
    response, page = trace(client, made)
    kinds = [event.kind for event in response.context["events"]]
    assert kinds.count("decided") == 1
    assert kinds.index("decided") < kinds.index("answered")
    assert "anders entschieden: Nicht übernommen" in page
    assert "Kein Geld." in page
    assert "Kein Gold." not in page


def test_what_was_decided_before_it_was_public_stays_inside(client, version):
    made = annotate(version, "jede Stunde", position=BUSES)
    editor = make_user("editor")
    given = dispose(made, outcome="not_adopted", reason="Noch geheim.", actor=editor)
    change_disposition(disposition=given, outcome="noted", reason="Gelesen.", actor=editor)
    published(version)
    _response, page = trace(client, made)
    assert "Gelesen." in page
    assert "Noch geheim." not in page


def test_a_trace_says_where_an_annotation_was_made(client, version):
    made = annotate(version, position=BUSES)
    assert "Quelle:" not in trace(client, made)[1]
    Annotation.objects.filter(pk=made.pk).update(source="workshop")
    assert "Quelle: Werkstatt" in trace(client, made)[1]


def test_a_change_that_touches_the_annotated_words_names_no_other_page(client, version):
    made = annotate(version, "jede Stunde", position=BUSES)
    dispose(made, outcome="adopted")
    published(version)
    assert Change.objects.filter(dispositions__annotations=made).count() == 1
    assert "syn-trace__changes" not in trace(client, made)[1]
