"""Annotations for tests, written through the services."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from annotations.services.disposing import dispose_annotations
from annotations.services.submitting import submit_annotation, submit_reply
from tests.factories import make_user, make_version, publish

if TYPE_CHECKING:
    from annotations.models import Annotation, Disposition
    from versioning.models import Passage, Version

BASE_URL = "http://testserver"


def open_version(html: Any = "<p>Die Stadt gehört allen.</p>", **plan: Any) -> Version:
    """Return version 1 of a new draft, with an open window."""
    return make_version(html, **{"closes": timezone.now() + timedelta(days=7), **plan})


def next_version(version: Version, html: Any, **plan: Any) -> Version:
    """Publish another text on the page of a version, with an open window."""
    window = {"closes": timezone.now() + timedelta(days=7)}
    found = publish(version.page.specific, html=html, **{**window, **plan})
    assert found is not None
    assert found.number == version.number + 1
    return found


def passage(version: Version, position: int = 0) -> Passage:
    """Return a passage by its place, from 0."""
    return version.passages.order_by("position")[position]


def annotate(version: Version, words: str = "", *, position: int = 0, **values: Any) -> Annotation:
    """Annotate words of a passage, or all of it, with an account of its own."""
    values.setdefault("body", "Das sehe ich anders.")
    if "email" not in values:
        values.setdefault("user", make_user())
    return submit_annotation(
        version=version,
        passage=values.pop("passage", None) or passage(version, position),
        quote=words,
        idempotency_key=values.pop("key", uuid.uuid4().hex),
        base_url=BASE_URL,
        **values,
    )


def answer(parent: Annotation, **values: Any) -> Annotation:
    """Reply with an account of its own."""
    values.setdefault("body", "Ich auch.")
    if "email" not in values:
        values.setdefault("user", make_user())
    return submit_reply(
        parent=parent,
        idempotency_key=values.pop("key", uuid.uuid4().hex),
        base_url=BASE_URL,
        **values,
    )


def dispose(*annotations: Annotation, outcome: str = "noted", **values: Any) -> Disposition:
    """Answer annotations as an editor."""
    values.setdefault("actor", make_user("editor"))
    values.setdefault("reason", "Weil es besser ist.")
    return dispose_annotations(annotations=annotations, outcome=outcome, **values)
