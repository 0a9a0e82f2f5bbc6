"""Access keys: only their hash is stored, and they work for their owner until they end."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from annotations.models import ApiToken
from annotations.services import tokens
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_a_key_is_found_by_its_words_and_never_stored():
    user = make_user()
    token, raw = tokens.make_token(user=user, name="  Mein \u202eProgramm ", days=30)
    assert tokens.find_token(raw) == token
    assert (token.name, token.user) == ("Mein Programm", user)
    assert raw not in str(ApiToken.objects.values())
    assert tokens.find_token(raw + "x") is None
    assert tokens.find_token("") is None


@pytest.mark.parametrize("hostile", ["\x00", "\ud800", "x" * 10_000, "synopse_\udfff"])
def test_hostile_keys_are_no_keys(hostile):
    assert tokens.find_token(hostile) is None


def test_a_key_ends_after_its_time_and_with_its_owner():
    user = make_user()
    _token, raw = tokens.make_token(user=user, name="Programm", days=30)
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        assert tokens.find_token(raw) is None
    user.is_active = False
    user.save()
    assert tokens.find_token(raw) is None


def test_a_key_that_was_taken_back_opens_nothing():
    user = make_user()
    token, raw = tokens.make_token(user=user, name="Programm", days=90)
    with pytest.raises(PermissionDenied):
        tokens.revoke_token(token=token, actor=make_user())
    tokens.revoke_token(token=token, actor=user)
    assert tokens.find_token(raw) is None


def test_keys_need_a_person_a_name_a_time_and_there_are_not_too_many():
    user = make_user()
    with pytest.raises(PermissionDenied):
        tokens.make_token(user=AnonymousUser(), name="Programm", days=30)
    for bad in ({"name": "\u200b ", "days": 30}, {"name": "Programm", "days": 31}):
        with pytest.raises(ValidationError):
            tokens.make_token(user=user, **bad)
    for number in range(tokens.MOST):
        tokens.make_token(user=user, name=f"Programm {number}", days=30)
    with pytest.raises(ValidationError, match=str(tokens.MOST)):
        tokens.make_token(user=user, name="noch eines", days=30)


def test_use_is_noted_once_a_minute():
    token, _raw = tokens.make_token(user=make_user(), name="Programm", days=30)
    tokens.note_use(token)
    first = ApiToken.objects.get().used_at
    tokens.note_use(token)
    assert ApiToken.objects.get().used_at == first
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        tokens.note_use(token)
    assert ApiToken.objects.get().used_at > first
