import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from lxml import html as lxml_html
from wagtail.models import ModelLogEntry

from annotations.admin import links
from annotations.models import (
    Disposition,
)
from annotations.services.reacting import react
from annotations.services.seeing import mark_objections_seen
from tests.admin_pages import listed, signed_in, text_of
from tests.factories import make_user
from tests.factories.annotations import (
    annotate,
    dispose,
    open_version,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]


@pytest.fixture
def objection():
    """Return an annotation whose author objects to the answer."""
    author = make_user()
    made = annotate(open_version(), user=author)
    dispose(made, outcome="not_adopted")
    Disposition.objects.filter(annotations=made).update(public_at=timezone.now())
    made.refresh_from_db()
    react(annotation=made, actor=author, agrees=False, reason="Das war anders gemeint.")
    return made


def test_an_objection_is_noted_as_seen_on_the_page_of_its_annotation(objection):
    editor = make_user("editor", first_name="Eda", last_name="Rat")
    client, url = signed_in(editor), links.annotation_url(objection.pk)
    tree = lxml_html.fromstring(client.get(url).content.decode())
    (form,) = tree.xpath(f"//form[@action='{links.see_objections_url([objection.pk])}']")

    response = client.post(form.get("action"), dict(form.form_values()))

    assert response["Location"] == url
    objection.reaction.refresh_from_db()
    assert objection.reaction.seen_by == editor
    page = text_of(client.get(url))
    assert "gesehen von Eda Rat" in page
    assert "Als gesehen vermerken" not in page
    assert ModelLogEntry.objects.filter(action="annotations.see_objection").count() == 1


def test_several_objections_are_noted_together_and_the_first_one_stays(objection):
    first = make_user("editor")
    mark_objections_seen(annotations=[objection], actor=first)
    author, others = make_user(), []
    for _ in range(2):
        made = annotate(objection.version, user=author)
        dispose(made, outcome="not_adopted")
        Disposition.objects.update(public_at=timezone.now())
        made.refresh_from_db()
        react(annotation=made, actor=author, agrees=False, reason="Nein.")
        others.append(made)
    plain = annotate(objection.version)
    client = signed_in("editor")
    assert listed(client, reaction="unseen") == {one.pk for one in others}

    url = links.see_objections_url([objection.pk, plain.pk, *(one.pk for one in others)])
    assert text_of(client.get(url)).count("Nein.") == 2
    response = client.post(url, follow=True)

    assert "2 Widersprüche sind als gesehen vermerkt." in text_of(response)
    assert listed(client, reaction="unseen") == set()
    objection.reaction.refresh_from_db()
    assert objection.reaction.seen_by == first
    assert "Hier gibt es keinen Widerspruch" in text_of(client.get(url))


@pytest.mark.parametrize("role", ["reviewer", "senate", "moderator"])
def test_only_editors_note_an_objection_as_seen(objection, role):
    client = signed_in(role)
    assert "Als gesehen vermerken" not in text_of(client.get(links.annotation_url(objection.pk)))
    with pytest.raises(PermissionDenied):
        mark_objections_seen(annotations=[objection], actor=make_user(role))
    objection.reaction.refresh_from_db()
    assert objection.reaction.seen_at is None


def test_where_nobody_objects_there_is_nothing_to_see():
    with pytest.raises(ValidationError) as refusal:
        mark_objections_seen(annotations=[annotate(open_version())], actor=make_user("editor"))
    assert refusal.value.code == "nothing"


def test_objections_are_listed_and_stand_on_the_page_of_the_annotation():
    author = make_user()
    made, other = annotate(open_version(), user=author), annotate(open_version())
    dispose(made, outcome="not_adopted")
    Disposition.objects.update(public_at=timezone.now())
    made.refresh_from_db()
    react(annotation=made, actor=author, agrees=False, reason="Das war anders gemeint.")
    client = signed_in("editor")

    assert listed(client, reaction="objects") == {made.pk}
    assert listed(client, reaction="agrees") == set()
    page = text_of(client.get(links.annotation_url(made.pk)))
    assert "widerspricht" in page
    assert "Das war anders gemeint." in page
    assert "widerspricht" not in text_of(client.get(links.annotation_url(other.pk)))
