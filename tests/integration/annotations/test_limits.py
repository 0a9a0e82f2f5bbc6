"""Limits on how often something may be done (TRUST S9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from annotations import networks
from annotations.models import Annotation, State, Tally
from annotations.services import limits
from annotations.services.confirming import confirm_annotation
from annotations.services.moments import happening_at
from annotations.services.purging import purge
from tests.factories import make_user
from tests.factories.annotations import annotate, open_version, passage
from tests.integration.annotations.test_confirming import token

pytestmark = pytest.mark.django_db
LONG = "Radwege brauchen Platz, und zwar in jedem Bezirk."


@pytest.fixture
def version():
    return open_version("<p>Die Stadt gehört allen.</p><p>Alle reden mit.</p>")


@pytest.fixture
def at_noon():
    noon = timezone.now().replace(hour=12, minute=10, second=0, microsecond=0)
    with time_machine.travel(noon, tick=False):
        yield


def old_account():
    user = make_user()
    user.date_joined = timezone.now() - timedelta(days=30)
    user.save()
    return user


def codes(error):
    lists = error.value.error_dict.values()
    return [each.code for errors in lists for each in errors]


def write(version, number, user, **values):
    for at in range(number):
        annotate(version, user=user, body=f"Stimme {at} {values.get('network', '')}", **values)


def test_an_account_writes_as_often_as_its_limit_says(version, settings, at_noon):
    settings.SYNOPSE_RATE_LIMITS = {"post_person": "4/h"}
    user = old_account()
    write(version, 4, user)
    with pytest.raises(ValidationError) as error:
        annotate(version, user=user, body="eine zu viel")
    assert codes(error) == ["rate_limited"]
    assert limits.retry_after(error.value) == 50 * 60
    assert Annotation.objects.count() == 4
    annotate(version, user=old_account(), body="Andere dürfen.")
    with time_machine.travel(timezone.now() + timedelta(minutes=51)):
        annotate(version, user=user, body="Nun wieder.")


def test_a_new_account_may_do_a_third(version, settings, at_noon):
    settings.SYNOPSE_RATE_LIMITS = {"post_person": "7/h"}
    user = make_user()
    write(version, 3, user)
    with pytest.raises(ValidationError):
        annotate(version, user=user, body="eine zu viel")


def test_a_network_has_a_limit_whoever_writes(version, settings, at_noon):
    settings.SYNOPSE_RATE_LIMITS = {"post_network": "3/h"}
    for _ in range(3):
        annotate(version, user=make_user(), network="ein Netz")
    with pytest.raises(ValidationError) as error:
        annotate(version, user=make_user(), network="ein Netz")
    assert codes(error) == ["rate_limited"]
    annotate(version, user=make_user(), network="ein anderes")


def test_a_page_has_a_limit(version, settings, at_noon):
    settings.SYNOPSE_RATE_LIMITS = {"post_page": "2/m"}
    write(version, 2, old_account())
    with pytest.raises(ValidationError):
        annotate(version, user=old_account())
    annotate(open_version(), user=old_account())


def test_what_is_refused_does_not_count(version, settings, at_noon):
    settings.SYNOPSE_RATE_LIMITS = {"post_person": "6/h", "post_page": "1/m", "said_again": ""}
    user = old_account()
    annotate(version, user=user)
    for at in range(3):
        with pytest.raises(ValidationError):
            annotate(version, user=user, body=f"zu schnell {at}")
    assert sorted(Tally.objects.values_list("number", flat=True)) == [1, 1]


def test_the_same_words_at_the_same_place_are_not_taken_twice(version, settings, at_noon):
    settings.SYNOPSE_RATE_LIMITS = {"said_again": "1/d"}
    user = old_account()
    made = annotate(version, "Stadt", user=user, body="Meine!", key="eins")
    assert annotate(version, "Stadt", user=user, body="Meine!", key="eins") == made
    with pytest.raises(ValidationError) as error:
        annotate(version, "Stadt", user=user, body="meine …", key="zwei")
    assert codes(error) == ["said_already"]
    annotate(version, "gehört", user=user, body="Meine!")
    annotate(version, "Stadt", user=old_account(), body="Meine!")


def test_the_same_words_of_many_wait_for_a_moderator(version, settings, at_noon):
    settings.SYNOPSE_RATE_LIMITS = {"same_words": "2/d"}
    states = [annotate(version, user=make_user(), body=LONG).state for _ in range(2)]
    assert states == [State.PUBLIC] * 2
    shouted = annotate(version, user=make_user(), body=LONG.upper())
    assert shouted.state == State.PENDING
    assert annotate(version, user=make_user(), body="Ich auch!").state == State.PUBLIC


def test_the_flood_of_a_guest_is_seen_when_it_is_confirmed(version, settings, at_noon):
    settings.SYNOPSE_RATE_LIMITS = {"same_words": "1/d"}
    annotate(version, user=make_user(), body=LONG)
    annotate(version, body=LONG, name="Gast", email="gast@example.org")
    assert confirm_annotation(token=token()).state == State.PENDING


def test_imported_history_has_no_limits(version, settings):
    settings.SYNOPSE_RATE_LIMITS = {"post_person": "1/d", "said_again": "1/d"}
    user = old_account()
    with happening_at(timezone.now()):
        annotate(version, user=user)
        annotate(version, user=user)


def test_mails_to_one_address_are_counted_whatever_they_are_for(version, at_noon):
    for at in range(3):
        annotate(version, body=f"Nr. {at}", name="Gast", email="Gast@example.org")
    with pytest.raises(ValidationError) as error:
        limits.count_confirm_mail("gast@example.org")
    assert error.value.error_dict["email"][0].code == "rate_limited"


def test_a_wrong_limit_is_named(settings):
    settings.SYNOPSE_RATE_LIMITS = {"post_person": "viele"}
    with pytest.raises(ImproperlyConfigured, match="post_person"):
        limits.rate("post_person")


def test_no_address_of_a_network_is_stored_and_counts_leave_after_a_day(version, settings, at_noon):
    settings.SYNOPSE_RATE_LIMITS = {}
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.77")
    annotate(version, user=make_user(), network=networks.network_of(request))
    rows = Tally.objects.all()
    assert rows.exists()
    assert all(len(row.key) == 64 and "203" not in row.key[:3] + str(row) for row in rows)
    purge(now=timezone.now() + timedelta(days=3))
    assert not rows.all().exists()


@pytest.mark.parametrize(
    ("headers", "proxies", "address"),
    [
        ({"REMOTE_ADDR": "192.0.2.1"}, 0, "192.0.2.1"),
        ({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.9"}, 0, "10.0.0.1"),
        ({"HTTP_X_FORWARDED_FOR": "6.6.6.6, 192.0.2.9"}, 1, "192.0.2.9"),
        ({"HTTP_X_FORWARDED_FOR": "6.6.6.6, 192.0.2.9, 10.0.0.2"}, 2, "192.0.2.9"),
        ({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": ""}, 1, "10.0.0.1"),
    ],
)
def test_only_trusted_proxies_say_who_somebody_is(headers, proxies, address, settings):
    settings.SYNOPSE_PROXIES = proxies
    assert networks.address_of(RequestFactory().get("/", **headers)) == address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1/32"),
        ("::ffff:192.0.2.1", "192.0.2.1/32"),
        ("2001:db8:1:2ab:3::4", "2001:db8:1:200::/56"),
        ("fe80::1%eth0", "fe80::/56"),
        ("kein Netz", "kein Netz"),
    ],
)
def test_a_household_is_one_network(address, network):
    assert networks.network_name(address) == network


def test_the_hash_of_a_network_changes_every_day():
    request = RequestFactory().get("/")
    today = networks.network_of(request)
    assert today == networks.network_of(request)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert networks.network_of(request) != today


def posted(version, **values):
    client = Client()
    args = [version.page_id, version.number, passage(version).uid]
    data = {"motivation": "commenting", "name": "Gast", "email": "gast@example.org", **values}
    return client.post(reverse("annotations:passage", args=args), data)


def test_too_much_is_answered_with_429_the_time_and_the_text(version, settings, at_noon):
    settings.SYNOPSE_RATE_LIMITS = {"post_network": "1/h"}
    assert posted(version, body="Das Erste.").status_code == 302
    answer = posted(version, body="Das Zweite, lang überlegt.")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) == 50 * 60
    assert "Das Zweite, lang überlegt." in answer.content.decode()
    assert "50" in answer.content.decode()


def test_searches_are_limited_by_network_and_reading_is_not(version, settings, at_noon):
    settings.SYNOPSE_RATE_LIMITS = {"search_network": "2/m"}
    url = reverse("annotations:list", args=[version.page_id])
    client = Client()
    assert [client.get(url, {"q": f"wort{at}"}).status_code for at in range(3)] == [200, 200, 429]
    assert int(client.get(url, {"q": "noch eins"})["Retry-After"]) > 0
    assert client.get(url).status_code == 200
    assert Client(REMOTE_ADDR="192.0.2.7").get(url, {"q": "wort"}).status_code == 200


def test_a_limit_that_is_empty_is_none(version, settings, at_noon):
    settings.SYNOPSE_RATE_LIMITS = {"search_network": "", "post_person": ""}
    assert limits.rate("post_person") is None
    write(version, 12, make_user())
