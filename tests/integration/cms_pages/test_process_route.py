"""The bodies that a process names: in the editor, in the service, for drafts and translations."""

from __future__ import annotations

from copy import deepcopy

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from cms_pages.models import ProcessBody
from cms_pages.services.processes import make_process
from cms_pages.services.site_setup import set_up_site
from tests.factories import make_draft, make_group, make_user, publish
from versioning.doors import RouteBody
from versioning.services.route import bodies_of, departments_of, route_of

pytestmark = pytest.mark.django_db

COUNCIL = RouteBody("Rat der Bürgermeister", "heard", remind_days=3)
SENATE = RouteBody("Senat, Beschluss", "resolves")
HOUSE = RouteBody("Abgeordnetenhaus", "notes")


@pytest.fixture(scope="module")
def shared_home(shared):
    return set_up_site().home


@pytest.fixture
def home(shared_home):
    return deepcopy(shared_home)


@pytest.fixture
def boss(client):
    user = make_user("superuser")
    client.force_login(user)
    return user


def process_with(home, *bodies, slug="kluge-stadt"):
    return make_process(
        parent=home, title="Stadt", slug=slug, actor=make_user("superuser"), bodies=bodies
    )


def row(body, role, *, group="", responsible="", order=None, **values):
    fields = {"body": body, "role": role, "group": group, "responsible": responsible}
    fields |= {"remind_days": "7", **values}
    return fields | ({"ORDER": str(order)} if order is not None else {})


def save(client, process, *rows, action="action-publish", initial=0):
    """Send the editor's form with bodies, as a browser would."""
    data = nested_form_data(
        {
            "title": process.title,
            "slug": process.slug,
            "intro": rich_text("<p>Wie soll es werden?</p>"),
            "body": rich_text(""),
            "phases": streamfield([]),
            "timeline": streamfield([]),
            "results": "",
            "bodies": inline_formset(rows, initial=initial),
            "comments": inline_formset([]),
            action: "1",
        }
    )
    return client.post(reverse("wagtailadmin_pages:edit", args=[process.pk]), data)


def names(bodies):
    return [body.body for body in bodies]


def test_the_bodies_of_the_editor_are_the_way_of_the_drafts_below(client, home, boss):
    process = process_with(home)
    draft = make_draft(process=process)
    senate = make_user("senate")

    answer = save(
        client,
        process,
        row("Senat, Beschluss", "resolves", responsible=senate.pk, order=3),
        row("Ressort Wirtschaft", "cosigns", group=make_group("reviewer").pk, order=1),
        row("Rat der Bürgermeister", "heard", order=2, remind_days="3"),
    )

    assert answer.status_code == 302
    assert names(departments_of(draft)) == ["Ressort Wirtschaft"]
    council, resolving = bodies_of(draft)
    assert (council.body, council.remind_days) == ("Rat der Bürgermeister", 3)
    assert (resolving.role, resolving.responsible) == ("resolves", senate.pk)


def test_a_draft_of_the_bodies_changes_nothing_before_it_is_published(client, home, boss):
    process = process_with(home, COUNCIL, SENATE)
    draft = make_draft(process=process)

    answer = save(client, process, row("Beirat", "heard"), action="action-save")

    assert answer.status_code == 302
    assert names(route_of(draft)) == [COUNCIL.body, SENATE.body]
    process.refresh_from_db()
    kept = process.get_latest_revision_as_object()
    assert "Beirat" in names(kept.bodies.all())


MISTAKES = {
    "nobody signs for a department": (
        [row("Ressort Wirtschaft", "cosigns"), row("Senat", "resolves")],
        "Wählen Sie die Gruppe, deren Mitglieder für Ressort Wirtschaft zeichnen.",
    ),
    "two resolve": (
        [row("Senat", "resolves"), row("Parlament", "resolves")],
        "Senat beschließt schon. Nur ein Gremium beschließt.",
    ),
    "somebody is heard after the resolution": (
        [row("Senat", "resolves"), row("Beirat", "heard")],
        "Senat beschließt davor",
    ),
    "one name twice": (
        [row("Senat", "heard"), row(" senat", "resolves")],
        "steht hier zweimal",
    ),
    "nobody decides": (
        [row("Ressort Wirtschaft", "cosigns", group="GROUP")],
        "Nennen Sie mindestens ein Gremium, dem der Text vorgelegt wird",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_editor_says_what_is_wrong_with_the_way(client, home, boss, mistake):
    rows, words = MISTAKES[mistake]
    group = {"group": make_group("reviewer").pk}
    rows = [one | group if one["group"] == "GROUP" else one for one in rows]
    process = process_with(home)

    answer = save(client, process, *rows)

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not ProcessBody.objects.exists()
    unfinished = save(client, process, *rows, action="action-save")
    assert unfinished.status_code == 302
    assert not ProcessBody.objects.exists()


def test_a_body_without_a_name_may_stand_in_a_draft_and_is_not_published(client, home, boss):
    process = process_with(home)
    rows = [row("", "notes"), row("Senat", "resolves")]

    assert save(client, process, *rows).status_code == 200
    assert not ProcessBody.objects.exists()
    assert save(client, process, *rows, action="action-save").status_code == 302


def test_citizens_are_not_offered_as_responsible(client, home, boss):
    senate, citizen = make_user("senate"), make_user()
    process = process_with(home)

    page = client.get(reverse("wagtailadmin_pages:edit", args=[process.pk]))

    field = page.context["form"].formsets["bodies"].empty_form.fields["responsible"]
    offered = set(field.queryset.values_list("pk", flat=True))
    assert senate.pk in offered
    assert citizen.pk not in offered
    answer = save(client, process, row("Senat", "resolves", responsible=citizen.pk))
    assert answer.status_code == 200


def test_the_editor_asks_no_more_for_many_bodies(client, home, boss, django_assert_max_num_queries):
    few = process_with(home, SENATE)
    many = process_with(
        home, *[RouteBody(f"Beirat {n}", "heard") for n in range(9)], SENATE, slug="viele"
    )
    addresses = [reverse("wagtailadmin_pages:edit", args=[page.pk]) for page in (few, many)]
    for address in addresses:
        client.get(address)  # Wagtail stores a subscription at the first visit
    with CaptureQueriesContext(connection) as asked:
        client.get(addresses[0])
    with django_assert_max_num_queries(len(asked)):
        client.get(addresses[1])


def test_the_service_refuses_what_the_editor_refuses(home):
    with pytest.raises(ValidationError) as refusal:
        process_with(home, SENATE, RouteBody("Parlament", "resolves"))
    assert refusal.value.messages == [
        "Senat, Beschluss beschließt schon. Nur ein Gremium beschließt."
    ]
    assert not ProcessBody.objects.exists()


def test_without_bodies_those_of_the_site_hold(home, settings):
    settings.SYNOPSE_GATE_BODIES = ["Rat"]
    draft = make_draft(process=process_with(home))
    assert names(route_of(draft)) == ["Rat"]


def test_a_translated_text_goes_the_way_of_its_source(home):
    process = process_with(home, COUNCIL, SENATE, HOUSE)
    draft = make_draft(process=process)
    publish(draft)
    english = draft.copy_for_translation(Locale.objects.get(language_code="en"), copy_parents=True)
    translated = english.get_parent().specific
    assert names(route_of(english)) == names([COUNCIL, SENATE, HOUSE])

    translated.bodies.set([])
    translated.save()
    assert not ProcessBody.objects.filter(page=translated).exists()
    assert names(route_of(english)) == names([COUNCIL, SENATE, HOUSE])
