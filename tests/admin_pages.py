import re

from django.contrib.messages import get_messages
from django.test import Client

from annotations.admin import links
from annotations.models import (
    Annotation,
    State,
)
from tests.factories import make_user
from tests.factories.annotations import (
    annotate,
)

HTML = (
    "<h2>Wohnen</h2><p>Die Stadt gehört allen, die dort wohnen.</p>"
    "<h2>Verkehr</h2><p>Busse fahren jede Stunde.</p>"
)
NEW_HTML = HTML.replace("dort wohnen", "hier leben")
LIVING = "Stadt gehört allen, die dort wohnen"


def signed_in(role, **options) -> Client:
    client = Client(**options)
    client.force_login(make_user(role) if isinstance(role, str) else role)
    return client


def said(response) -> str:
    return " ".join(str(message).strip() for message in get_messages(response.wsgi_request))


def text_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def is_missing(client, url) -> bool:
    """Tell whether an address is not found; without a language it leads to one with it first."""
    return client.get(url, follow=True).status_code == 404


def listed(client, **filters) -> set[int]:
    response = client.get(links.listing_url(**filters))
    assert response.status_code == 200
    return {row.pk for row in response.context["object_list"]}


def waiting_annotation(version):
    annotation = annotate(version)
    Annotation.objects.filter(pk=annotation.pk).update(state=State.PENDING)
    annotation.refresh_from_db()
    return annotation
