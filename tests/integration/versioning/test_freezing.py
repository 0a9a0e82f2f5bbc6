import pytest

from tests.factories import make_draft, publish

pytestmark = pytest.mark.django_db


def test_publishing_freezes_the_first_version(root):
    draft = make_draft(html="<h2>Ziele</h2><p>Die <b>Stadt</b> gehört allen.</p>")

    version = publish(draft, label="Entwurf")

    assert (version.number, version.label, version.previous_hash) == (1, "Entwurf", "")
    assert [(p.number, p.kind, p.text) for p in version.passages.in_order()] == [
        ("1", "heading", "Ziele"),
        ("1.1", "paragraph", "Die Stadt gehört allen."),
    ]
