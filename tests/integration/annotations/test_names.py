"""Nobody but staff speaks under a name that imitates an office, by whatever door they come."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.urls import reverse

from annotations.models import Annotation
from annotations.services.names import check_name
from tests.factories import make_user
from tests.factories.annotations import annotate, answer, open_version, passage
from tests.integration.api.calls import Program, container, quoting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

GUEST = {"email": "gast@example.org"}


def codes(error) -> dict[str, list[str]]:
    return {name: [one.code for one in errors] for name, errors in error.value.error_dict.items()}


@pytest.mark.parametrize("name", ["Senatskanzlei", "Bеzirksamt", "Mod3ration", "Redaktion 2"])
def test_a_guest_with_the_name_of_an_office_is_refused_at_the_field(name):
    version = open_version()
    with pytest.raises(ValidationError) as error:
        annotate(version, name=name, **GUEST)
    assert codes(error) == {"name": ["reserved"]}
    first = annotate(version)
    with pytest.raises(ValidationError) as error:
        answer(first, name=name, **GUEST)
    assert codes(error) == {"name": ["reserved"]}
    assert Annotation.objects.get() == first


def test_the_form_says_what_to_do_and_keeps_the_text(client):
    version = open_version()
    url = reverse("annotations:passage", args=[version.page_id, 1, passage(version).uid])
    words = {"body": "Mein Anliegen", "motivation": "commenting", "name": "S e n a t", **GUEST}
    response = client.post(url, words)
    assert response.status_code == 422
    page = response.content.decode()
    assert "Bitte wählen Sie einen anderen" in page
    assert "Mein Anliegen" in page


def test_names_of_groups_and_of_staff_are_theirs_alone():
    Group.objects.create(name="Kiezbüro Nord")
    make_user("moderator", username="p.rabe", first_name="Paula", last_name="Rabe")
    make_user("superuser", username="frau-chefin", is_active=False)
    for name in ("Kiezbüro Nord", "Ihr Kiezbuero-Nord", "Paula Rabe", "PRabe", "Frau Chefin"):
        with pytest.raises(ValidationError):
            check_name(name)
    for name in ("Kiezbewohner Nord", "Paula", "Rabe", "Paula Rabenstein"):
        check_name(name)


def test_the_name_of_a_citizen_is_not_reserved():
    make_user(username="ada")
    check_name("Ada")


def test_a_city_names_its_own_offices(settings):
    settings.SYNOPSE_RESERVED_NAMES = ["Hafenamt*"]
    check_name("Senat")
    with pytest.raises(ValidationError):
        check_name("Hafenamtsleiter")


def test_staff_speak_under_their_own_names_until_they_lose_the_right():
    version = open_version()
    user = make_user("moderator", username="moderation")
    assert annotate(version, user=user).user_name == "moderation"
    user.groups.clear()
    user = type(user).objects.get(pk=user.pk)
    with pytest.raises(ValidationError) as error:
        annotate(version, user=user)
    assert error.value.code == "reserved"


def test_nobody_signs_up_under_the_name_of_an_office(client, django_user_model):
    data = {"email": "a@example.org", "password1": "ein langes Wort mehr"}
    response = client.post(reverse("account_signup"), {**data, "username": "Senats_Kanzlei"})
    assert "Bitte wählen Sie einen anderen" in response.content.decode()
    assert not django_user_model.objects.filter(email="a@example.org").exists()
    client.post(reverse("account_signup"), {**data, "username": "Senta"})
    assert django_user_model.objects.filter(username="Senta").exists()


def test_the_interface_for_programs_refuses_the_account_with_such_a_name():
    version = open_version("<p>Die Stadt gehört allen.</p>")
    program = Program(make_user(username="bezirksamt-mitte"))
    response = program.post(container(version), quoting(version, "Stadt"))
    assert response.status_code == 422
    assert "könnte für den eines Amtes gehalten werden" in response.json()["detail"]
    assert not Annotation.objects.exists()
