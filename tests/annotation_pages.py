"""What the tests of the pages about annotations share: a guest, and the forms that are sent."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from annotations.models import OutboxMail
from tests.factories import make_user
from tests.factories.annotations import (
    passage,
)

GUEST = {"name": "Marlen K.", "email": "marlen@example.org"}
FETCH = {"X-Requested-With": "fetch"}
NOBODY = UUID(int=1)


def url_of(version, position=0):
    args = [version.page_id, version.number, passage(version, position).uid]
    return reverse("annotations:passage", args=args)


def words(**values):
    return {"body": "Das sehe ich anders.", "motivation": "commenting", **GUEST, **values}


def member(client, **fields):
    user = make_user(**fields)
    client.force_login(user)
    return user


def link_in_mail():
    return re.search(r"http://testserver(/\S+)", OutboxMail.objects.get(kind="confirm").text)[1]


def close(version):
    version.__class__.objects.filter(pk=version.pk).update(
        opens=timezone.now() - timedelta(days=2), closes=timezone.now() - timedelta(minutes=1)
    )
