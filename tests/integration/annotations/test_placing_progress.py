"""How far placing is, and the way of an annotation through all versions."""

from __future__ import annotations

import pytest
from django.urls import reverse

from annotations.models import Annotation, PlacementRun
from annotations.presentation.tracing import trace_of
from annotations.services import placement as placing_service
from annotations.services.placement import expect_placing, place_annotations
from tests.factories import make_user
from tests.factories.annotations import annotate, next_version, open_version
from versioning.services.checklist import checklist

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

TEXT = "<p>Die Stadt gehört allen, die in ihr wohnen.</p><p>Busse fahren in jedem Bezirk.</p>"
LISTING = "synopse_annotations:index"


@pytest.fixture
def halfway(monkeypatch):
    """Placing on the second version that was broken off after two of five."""
    version = open_version(TEXT)
    user = make_user()
    for _ in range(5):
        annotate(version, "Stadt", user=user)
    new = next_version(version, TEXT.replace("wohnen", "leben"))
    monkeypatch.setattr(placing_service, "BATCH", 2)
    place = placing_service._Placer.place

    def once(self, keys):
        if PlacementRun.objects.get(version=new).done:
            raise RuntimeError("killed")
        place(self, keys)

    monkeypatch.setattr(placing_service._Placer, "place", once)
    with pytest.raises(RuntimeError):
        place_annotations(version=new)
    monkeypatch.undo()
    return new


def content(client, name):
    client.force_login(make_user("editor"))
    response = client.get(reverse(name))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", [LISTING, "synopse_annotations:progress"])
def test_the_admin_says_how_far_placing_is_until_it_is_done(client, halfway, name):
    sentence = "2 von 5 Anmerkungen sind eingeordnet."
    assert sentence in content(client, name)
    place_annotations(version=halfway)
    assert sentence not in content(client, name)
    assert '<progress id="synopse-placing' not in content(client, name)


def test_a_run_is_recorded_before_a_worker_begins(client):
    version = open_version(TEXT)
    annotate(version)
    new = next_version(version, TEXT.replace("wohnen", "leben"))
    expect_placing(version=new)
    assert "0 von 1 Anmerkungen" in content(client, LISTING)


def test_the_gate_says_so_and_is_not_stopped_by_it(halfway):
    lines = {line.key: line for line in checklist(halfway)}
    assert "2 von 5" in lines["placing"].text
    assert not lines["placing"].blocks
    place_annotations(version=halfway)
    assert "placing" not in {line.key for line in checklist(halfway)}


def test_the_page_of_an_annotation_without_a_place_says_that_it_is_being_sought(client, halfway):
    last = Annotation.objects.order_by("pk").last()
    page = client.get(last.get_absolute_url()).content.decode()
    assert "Die Anmerkungen werden gerade dieser Fassung zugeordnet" in page
    place_annotations(version=halfway)
    page = client.get(last.get_absolute_url()).content.decode()
    assert "gerade dieser Fassung" not in page


def changed_words(event):
    return "".join(run.text for run in event.runs if run.operation == "insert").strip()


def test_the_trace_goes_through_every_version_with_what_changed():
    """Intact beside a change, changed, quiet, quiet, removed: nothing is missing."""
    version = open_version(TEXT)
    made = annotate(version, "Die Stadt gehört allen")
    texts = [
        TEXT.replace("wohnen", "leben"),
        TEXT.replace("wohnen", "leben").replace("allen", "uns allen"),
        TEXT.replace("wohnen", "leben").replace("allen", "uns allen") + "<p>Neu angefügt.</p>",
        TEXT.replace("wohnen", "leben").replace("allen", "uns allen") + "<p>Anders angefügt.</p>",
        TEXT.split("</p>", maxsplit=1)[1],
    ]
    for text in texts:
        version = next_version(version, text)
    place_annotations(version=version)
    events = [event for event in trace_of(made) if event.kind == "placed"]
    assert [event.title for event in events] == [
        "Der Absatz lautet jetzt",
        "Der Absatz lautet jetzt",
        "Die Textstelle ist in den Fassungen 4 bis 5 unverändert",
        "Diese Wörter sind entfallen",
    ]
    assert [changed_words(event) for event in events[:2]] == ["leben", "uns"]
    assert [event.version.number for event in events if event.version] == [2, 3, 6]
